"""What is a copy, and what are different pictures under one name."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.factories import Scan, make_series

Open = Callable[..., dict[str, Any]]


def same_name(dataset: Dataset, k: int) -> None:
    dataset.SOPInstanceUID = "1.2.3"
    if k >= 5:
        dataset.PixelData = bytes(len(dataset.PixelData))


def about_identity(stack: dict[str, Any]) -> list[str]:
    return [one["severity"] for one in stack["findings"] if one["id"] == "G18"]


def test_equal_pixels_under_one_name_at_two_places_are_two_slices(open_series: Open) -> None:
    stack = open_series(make_series(Scan(each=same_name)))["stacks"][0]
    assert (stack["shape_kji"][0], about_identity(stack)) == (7, ["NOTE"])


def test_two_different_pictures_of_one_name_at_one_place_are_no_volume(open_series: Open) -> None:
    series = make_series()
    other = copy.deepcopy(series[0])
    other.PixelData = bytes(len(other.PixelData))
    stack = open_series([*series, other])["stacks"][0]
    assert (stack["verdict"], about_identity(stack)) == ("refused", ["BLOCK"])


def test_the_same_picture_sent_twice_is_ignored(open_series: Open) -> None:
    series = make_series()
    stack = open_series([*series, series[0]])["stacks"][0]
    assert (stack["shape_kji"][0], about_identity(stack)) == (7, ["NOTE"])


def test_the_same_pixels_on_another_scale_are_no_copy(open_series: Open) -> None:
    series = make_series()
    other = copy.deepcopy(series[0])
    other.SOPInstanceUID, other.RescaleSlope = generate_uid(), 2
    assert open_series([*series, other])["stacks"][0]["verdict"] == "refused"
