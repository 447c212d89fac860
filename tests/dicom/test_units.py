"""A unit is shown only where every picture of the stack has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.factories import Scan, make_series, pixels_of

Open = Callable[..., dict[str, Any]]


def warned(stack: dict[str, Any]) -> list[str]:
    return [one["severity"] for one in stack["findings"] if one["id"] == "G65"]


@pytest.mark.parametrize("kind", [None, "HU"])
def test_a_rescaled_ct_without_another_type_is_in_hounsfield_units(open_series: Open, kind: str | None) -> None:
    stack = open_series(make_series(Scan(tags={} if kind is None else {"RescaleType": kind})))["stacks"][0]
    assert (stack["value_unit"], warned(stack)) == ("HU", [])


@pytest.mark.parametrize("kind", ["US", "MGML"])
def test_another_rescale_type_has_no_unit_and_a_warning(open_series: Open, kind: str) -> None:
    stack = open_series(make_series(Scan(tags={"RescaleType": kind})))["stacks"][0]
    assert (stack["value_unit"], warned(stack)) == (None, ["WARN"])


@pytest.mark.parametrize("modality", ["CT", "MR"])
def test_one_picture_without_a_rescale_takes_the_unit_from_all(open_series: Open, modality: str) -> None:
    def drop(dataset: Dataset, k: int) -> None:
        dataset.Modality = modality
        if k == 3:
            del dataset.RescaleSlope, dataset.RescaleIntercept

    stack = open_series(make_series(Scan(each=drop)))["stacks"][0]
    assert (stack["value_unit"], warned(stack)) == (None, ["WARN"])


def test_padding_that_occurs_is_noted_and_left_out_of_the_automatic_window(open_series: Open) -> None:
    def pad(dataset: Dataset, k: int) -> None:
        values = pixels_of(Scan(), k).astype(np.int16)
        values[:2] = -2000
        dataset.PixelRepresentation, dataset.BitsStored, dataset.HighBit = 1, 16, 15
        dataset.PixelPaddingValue, dataset.PixelData = -2000, values.tobytes()

    stack = open_series(make_series(Scan(each=pad)))["stacks"][0]
    assert [one["message"] for one in stack["findings"] if one["id"] == "G68"] == [
        "Padding (−3024) is shown as a value by this version; the automatic window leaves it out."
    ]
    window = stack["windows"][-1]
    assert window["center"] - window["width"] / 2 > -1100


def test_an_animal_on_four_legs_is_lettered_by_axes(open_series: Open) -> None:
    stack = open_series(make_series(Scan(tags={"AnatomicalOrientationType": "QUADRUPED"})))["stacks"][0]
    assert stack["letters"] == "axes"


def test_a_person_is_lettered_by_the_body(open_series: Open) -> None:
    assert open_series(make_series())["stacks"][0]["letters"] == "human"
