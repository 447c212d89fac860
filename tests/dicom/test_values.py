"""Single values out of a data set."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from webapp.dicom.values import number, numbers, text, texts, whole


def holding(value: Any, vr: str = "LO") -> Dataset:
    dataset = Dataset()
    dataset["SeriesNumber"] = DataElement("SeriesNumber", vr, value)
    return dataset


@pytest.mark.parametrize(("value", "wanted"), [(None, ""), ("", ""), ("7", "7"), ("7 ", "7"), ("7\0", "7")], ids=repr)
def test_text_comes_without_its_padding(value: str | None, wanted: str) -> None:
    assert text(holding(value), "SeriesNumber") == wanted


def test_absent_text_is_empty() -> None:
    assert text(Dataset(), "SeriesNumber") == ""
    assert texts(Dataset(), "SeriesNumber") == []


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param(["1", "2.5"], [1.0, 2.5], id="two numbers"),
        pytest.param("1", [1.0], id="one number"),
        pytest.param(["1", "x"], None, id="a word"),
        pytest.param(["1", "nan"], None, id="not a number"),
        pytest.param("inf", None, id="infinite"),
        pytest.param("", None, id="empty"),
    ],
)
def test_numbers_are_all_numbers_or_none(value: Any, wanted: list[float] | None) -> None:
    assert numbers(holding(value), "SeriesNumber") == wanted


def test_numbers_of_the_wrong_count_are_none() -> None:
    assert numbers(holding(["1", "2"]), "SeriesNumber", 3) is None


def test_a_number_is_the_first_of_several() -> None:
    assert number(holding(["4.5", "2"]), "SeriesNumber") == 4.5


@pytest.mark.parametrize(("value", "wanted"), [("4", 4), ("4.0", 4), ("4.5", None), ("1A", None), (None, None)])
def test_a_whole_number_has_no_fraction(value: str | None, wanted: int | None) -> None:
    assert whole(holding(value), "SeriesNumber") == wanted


def test_a_value_the_library_cannot_convert_counts_as_absent() -> None:
    class Broken(Dataset):
        def get(self, *_: Any, **__: Any) -> Any:
            raise ValueError

    assert text(Broken(), "SeriesNumber") == ""
