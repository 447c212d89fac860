"""Padding stands for nothing: it is set to one value, and left out of everything that is computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.dicom.members import instance_of
from tests.dicom.test_voxels import written
from tests.factories import Scan, make_series, pixels_of
from webapp import stackfiles
from webapp.dicom.padding import PaddingRange, padding_of

Open = Callable[..., dict[str, Any]]

#: Pixels of the phantom, and of one of its slices.
PIXELS, SLICE = 7 * 16 * 12, 16 * 12


def padded(value: int, *, signed: bool = True, until: int | None = None, **tags: Any) -> Scan:
    """The phantom with its first two rows padded."""

    def each(dataset: Dataset, k: int) -> None:
        values: NDArray[Any] = pixels_of(Scan(), k).astype(np.int16 if signed else np.uint16)
        values[:2] = value
        dataset.PixelRepresentation, dataset.BitsStored, dataset.HighBit = int(signed), 16, 15
        dataset.PixelPaddingValue = value
        if until is not None:
            dataset.PixelPaddingRangeLimit = until
        dataset.PixelData = values.tobytes()
        for keyword, one in tags.items():
            setattr(dataset, keyword, one)

    return Scan(each=each)


def told(stack: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["severity"], one["message"]) for one in stack["findings"] if one["id"] == "G68"]


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        pytest.param({"PixelPaddingValue": -2000, "PixelRepresentation": 1}, (-2000, -2000), id="signed"),
        pytest.param({"PixelPaddingValue": 63536}, (63536, 63536), id="unsigned"),
        pytest.param(
            {"PixelPaddingValue": -2000, "PixelPaddingRangeLimit": -1900, "PixelRepresentation": 1},
            (-2000, -1900),
            id="a range",
        ),
        pytest.param({"PixelPaddingValue": 9, "PixelPaddingRangeLimit": 4}, (4, 9), id="a range downwards"),
        pytest.param({}, None, id="none"),
    ],
)
def test_padding_is_read_with_the_sign_of_the_pixels(tags: dict[str, Any], wanted: tuple[float, float] | None) -> None:
    layout = {"BitsStored": 16, "HighBit": 15}
    found = padding_of(instance_of(make_series(Scan(slices=1, tags={**layout, **tags}))[0]))
    assert found == (None if wanted is None else PaddingRange(*wanted))


def test_padding_whose_sign_was_lost_is_still_negative() -> None:
    dataset = make_series(Scan(slices=1, tags={"PixelRepresentation": 1, "BitsStored": 16, "HighBit": 15}))[0]
    dataset.add_new("PixelPaddingValue", "US", 63536)
    assert padding_of(instance_of(dataset)) == PaddingRange(-2000, -2000)


def test_padding_is_one_value_that_occurs_nowhere_else_and_is_not_rescaled(tmp_path: Path) -> None:
    decoded, voxels = written(padded(-2000), tmp_path)
    assert (decoded.dtype, decoded.no_data, decoded.nothing) == ("int16", -32768, 7 * 2 * 12)
    assert (voxels[0, :, :2] == -32768).all()
    assert int(voxels[0, 0, 2, 0]) == 40 - 1024
    assert (decoded.low, decoded.high) == (40 - 1024, 6 * 400 + 15 * 20 + 11 - 1024)


def test_padding_beyond_int16_once_rescaled_does_not_cost_exactness(tmp_path: Path) -> None:
    decoded, _ = written(padded(-32768), tmp_path)
    assert (decoded.dtype, decoded.no_data) == ("int16", -32768)


def test_padding_takes_the_other_end_where_the_lowest_value_was_measured(tmp_path: Path) -> None:
    def each(dataset: Dataset, k: int) -> None:
        values = np.zeros((16, 12), np.int16)
        values[0, :2] = (-32768, 7)
        dataset.PixelRepresentation, dataset.BitsStored, dataset.HighBit = 1, 16, 15
        dataset.RescaleIntercept, dataset.PixelPaddingValue, dataset.PixelData = 0, 7, values.tobytes()

    decoded, voxels = written(Scan(each=each), tmp_path)
    assert (decoded.dtype, decoded.low, decoded.no_data) == ("int16", -32768, 32767)
    assert (voxels[0, :, 0, 1] == 32767).all()


def test_padding_is_nan_where_both_ends_were_measured(tmp_path: Path) -> None:
    def each(dataset: Dataset, k: int) -> None:
        values = np.zeros((16, 12), np.int16)
        values[0, :3] = (-32768, 32767, 7)
        dataset.PixelRepresentation, dataset.BitsStored, dataset.HighBit = 1, 16, 15
        dataset.RescaleIntercept, dataset.PixelPaddingValue, dataset.PixelData = 0, 7, values.tobytes()

    decoded, voxels = written(Scan(each=each), tmp_path)
    assert (decoded.dtype, decoded.low, decoded.high, decoded.nothing) == ("float32", -32768, 32767, 7)
    assert math.isnan(decoded.no_data or 0)
    assert np.isnan(voxels[0, :, 0, 2]).all()


def test_padding_of_fractions_is_nan(tmp_path: Path) -> None:
    decoded, voxels = written(padded(-2000, RescaleSlope=0.5, RescaleIntercept=0), tmp_path)
    assert math.isnan(decoded.no_data or 0)
    assert np.isnan(voxels[0, :, :2]).all()
    assert (decoded.low, float(voxels[0, 0, 2, 1])) == (20.0, 20.5)


def test_a_range_of_padding_is_all_nothing(tmp_path: Path) -> None:
    decoded, _ = written(padded(-2000, until=60), tmp_path)
    assert decoded.nothing == 7 * 2 * 12 + 12 + 1  # the first slice holds 40 to 51 in its third row, and 60 below


def test_slices_of_nothing_but_padding_do_not_stretch_the_range(tmp_path: Path) -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.PixelPaddingValue = 0
        if k == 3:
            dataset.PixelData = bytes(2 * SLICE)

    decoded, voxels = written(Scan(each=each), tmp_path)
    assert (decoded.low, decoded.nothing) == (1 - 1024, SLICE + 1)
    assert (voxels[0, 3] == decoded.no_data).all()


def test_a_stack_of_nothing_but_padding_opens(open_series: Open) -> None:
    stack = open_series(make_series(Scan(tags={"PixelPaddingValue": 0, "PixelData": bytes(2 * SLICE)})))["stacks"][0]
    assert told(stack) == [("NOTE", "100.0 % of pixels are padding (stored as 0), left out of windows and statistics.")]


def test_the_share_of_padding_is_told_and_no_data_is_named(open_series: Open) -> None:
    stack = open_series(make_series(padded(-2000)))["stacks"][0]
    assert stack["no_data"] == -32768
    assert told(stack) == [
        ("NOTE", "12.5 % of pixels are padding (stored as −2000), left out of windows and statistics.")
    ]


def test_a_range_and_a_small_share_are_told_as_they_are(open_series: Open) -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.PixelPaddingValue, dataset.PixelPaddingRangeLimit = 2801, 3000

    stack = open_series(make_series(Scan(columns=64, slices=8, each=each)))["stacks"][0]
    assert "are padding (stored as 2801 to 3000)" in told(stack)[0][1]


def test_padding_that_does_not_occur_is_not_told(open_series: Open) -> None:
    stack = open_series(make_series(Scan(tags={"PixelPaddingValue": 4000})))["stacks"][0]
    assert (stack["no_data"], told(stack)) == (None, [])


def test_statistics_and_the_automatic_window_leave_padding_out(open_series: Open) -> None:
    stack = open_series(make_series(padded(-2000)))["stacks"][0]
    assert stack["value_range"] == [40 - 1024, 6 * 400 + 15 * 20 + 11 - 1024]
    automatic = stack["windows"][-1]
    assert automatic["center"] - automatic["width"] / 2 > -1024


def test_a_point_on_padding_has_no_value(open_series: Open) -> None:
    scan = padded(-2000)
    volume = stackfiles.load_volume(open_series(make_series(scan))["stacks"][0]["folder"])
    on, beside = (volume.probe(scan.point_mm(3, row, 4)) for row in (1, 2))
    assert (on.value, on.why_null) == (None, "padding")
    assert (beside.value, beside.why_null) == (3 * 400 + 40 + 4 - 1024, None)


def test_pixels_without_a_number_are_nothing_and_told(open_series: Open) -> None:
    def each(dataset: Dataset, k: int) -> None:
        values = pixels_of(Scan(), k).astype(np.float32)
        values[0, 0], values[0, 1] = np.nan, np.inf
        del dataset.PixelData, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation
        dataset.BitsAllocated, dataset.RescaleIntercept, dataset.FloatPixelData = 32, 0, values.tobytes()

    stack = open_series(make_series(Scan(each=each)))["stacks"][0]
    assert (stack["no_data"], stack["value_range"]) == ("nan", [2, 6 * 400 + 15 * 20 + 11])
    assert told(stack) == [("NOTE", "1.0 % of pixels hold no number; they are left out of windows and statistics.")]
