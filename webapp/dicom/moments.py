"""Dates and times of the standard as moments that can be subtracted (PS3.5 6.2: DA, TM, DT)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Final

#: A time of day: hours, and where they are given minutes, seconds, fractions; colons are of an older standard.
_TIME: Final = re.compile(r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6})\d*)?)?)?")
_DATE: Final = re.compile(r"(\d{4})\.?(\d\d)\.?(\d\d)")
_OFFSET: Final = re.compile(r"([+-])(\d\d)(\d\d)")


def time_of_day(value: str) -> timedelta | None:
    """A TM as the time since midnight, or None.

    Parameters
    ----------
    value : str
    """
    found = _TIME.fullmatch(value.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    if hours > 23 or minutes > 59 or seconds > 60:
        return None
    return timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=int((found[4] or "0").ljust(6, "0")))


def date_of(value: str) -> date | None:
    """A DA as a date, or None.

    Parameters
    ----------
    value : str
    """
    found = _DATE.fullmatch(value.strip())
    try:
        return None if found is None else date(*map(int, found.groups()))
    except ValueError:
        return None


def moment(day: str, time: str) -> datetime | None:
    """A DA and a TM together, without a zone; None where either is missing.

    Parameters
    ----------
    day, time : str
    """
    on, at = date_of(day), time_of_day(time)
    return None if on is None or at is None else datetime(on.year, on.month, on.day) + at


def zone_of(offset: str) -> timezone | None:
    """An offset from UTC such as +0100, or None.

    Parameters
    ----------
    offset : str
    """
    found = _OFFSET.fullmatch(offset.strip())
    if found is None:
        return None
    away = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-away if found[1] == "-" else away) if away < timedelta(days=1) else None


def local_moment(value: str, zone: timezone | None) -> datetime | None:
    """A DT as the clock on the wall showed it, without a zone; None where it holds no time.

    Parameters
    ----------
    value : str
    zone : timezone or None
        Of the clocks that other moments were read off; where that or the value's own offset is not known, both are
        taken to be the same.
    """
    plain, sign, rest = _split(value.strip())
    found = moment(plain[:8], plain[8:]) if len(plain) > 8 else None
    own = zone_of(sign + rest)
    if found is None or own is None or zone is None:
        return found
    return found.replace(tzinfo=own).astimezone(zone).replace(tzinfo=None)


def _split(value: str) -> tuple[str, str, str]:
    """A DT before its offset, and the offset."""
    for sign in ("+", "-"):
        if sign in value:
            return value.partition(sign)
    return value, "", ""
