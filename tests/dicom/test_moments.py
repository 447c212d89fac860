"""Dates and times as moments: fractions, midnight, offsets, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from webapp.dicom.moments import local_moment, moment, time_of_day, zone_of


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("130244.678000", 46964.678, id="a fraction"),
        pytest.param("130244.5", 46964.5, id="a short fraction"),
        pytest.param("130244.1234567", 46964.123456, id="more digits than the standard has"),
        pytest.param("130244", 46964, id="seconds"),
        pytest.param("1302", 46920, id="minutes"),
        pytest.param("13", 46800, id="hours"),
        pytest.param("13:02:44.5", 46964.5, id="colons"),
        pytest.param("000000", 0, id="midnight"),
        pytest.param(" 130244 ", 46964, id="spaces around"),
    ],
)
def test_a_time_of_day_is_the_time_since_midnight(value: str, seconds: float) -> None:
    assert time_of_day(value) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "25", "1260", "12345", "noon", "130244.", "-10000"])
def test_what_is_no_time_is_none(value: str) -> None:
    assert time_of_day(value) is None


@pytest.mark.parametrize(
    ("day", "time"), [("20240230", "120000"), ("", "120000"), ("20240101", ""), ("yesterday", "120000")]
)
def test_a_moment_needs_a_day_and_a_time(day: str, time: str) -> None:
    assert moment(day, time) is None


def test_a_day_and_a_time_are_a_moment() -> None:
    assert moment("20240229", "235959.5") == datetime(2024, 2, 29, 23, 59, 59, 500_000)
    assert moment("2024.02.29", "12") == datetime(2024, 2, 29, 12)


@pytest.mark.parametrize(("offset", "hours"), [("+0100", 1.0), ("-0330", -3.5), ("+0000", 0.0), (" +0545 ", 5.75)])
def test_an_offset_is_a_zone(offset: str, hours: float) -> None:
    assert zone_of(offset) == timezone(timedelta(hours=hours))


@pytest.mark.parametrize("offset", ["", "0100", "+1", "+9900", "CET"])
def test_what_is_no_offset_is_none(offset: str) -> None:
    assert zone_of(offset) is None


@pytest.mark.parametrize(
    ("value", "zone", "wanted"),
    [
        pytest.param("20240101113000.25", None, datetime(2024, 1, 1, 11, 30, 0, 250_000), id="no offset anywhere"),
        pytest.param("20240101113000+0200", UTC, datetime(2024, 1, 1, 9, 30), id="two hours ahead"),
        pytest.param("20240101003000+0200", UTC, datetime(2023, 12, 31, 22, 30), id="over midnight, and the year"),
        pytest.param("20240101113000.5-0500", zone_of("+0100"), datetime(2024, 1, 1, 17, 30, 0, 500_000), id="west"),
        pytest.param("20240101113000+0200", None, datetime(2024, 1, 1, 11, 30), id="only its own: the same clock"),
        pytest.param("20240101", UTC, None, id="a day without a time"),
        pytest.param("", UTC, None, id="nothing"),
    ],
)
def test_a_datetime_is_read_off_the_clock_of_the_zone(
    value: str, zone: timezone | None, wanted: datetime | None
) -> None:
    assert local_moment(value, zone) == wanted
