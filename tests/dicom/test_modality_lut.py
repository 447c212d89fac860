"""Modality LUT Sequence: a table in the place of slope and intercept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut

from tests.dicom.test_voxels import written
from tests.factories import Scan, make_series

Open = Callable[..., dict[str, Any]]


def table(entries: list[int], first: int = 0, kind: str = "HU", vr: str = "US") -> list[Dataset]:
    """A sequence of one table."""
    item = Dataset()
    item.add_new("LUTDescriptor", vr, [len(entries), first, 16])
    item.ModalityLUTType = kind
    item.add_new("LUTData", "OW", np.array(entries, "<u2").tobytes())
    return [item]


def scan(words: list[int], **tags: Any) -> Scan:
    """Slices of one row."""

    def each(dataset: Dataset, k: int) -> None:
        dataset.Rows, dataset.Columns = 1, len(words)
        dataset.PixelData = np.array(words, "<i2").tobytes()

    return Scan(tags=tags, each=each)


def test_the_table_replaces_slope_and_intercept(tmp_path: Path) -> None:
    """Slope 2 and intercept −1024 stand beside it and are not applied."""
    tags = {"ModalityLUTSequence": table([500, 600, 700], first=10), "RescaleSlope": 2}
    decoded, voxels = written(scan([9, 10, 11, 12, 4000], **tags), tmp_path)
    assert (decoded.dtype, voxels[0, 0, 0].tolist()) == ("int16", [500, 500, 600, 700, 700])


def test_a_table_for_negative_values_begins_below_zero(tmp_path: Path) -> None:
    tags = {"ModalityLUTSequence": table([1, 2, 3], first=-1, vr="SS"), "PixelRepresentation": 1}
    _, voxels = written(scan([-9, -1, 0, 1, 9], **tags), tmp_path)
    assert voxels[0, 0, 0].tolist() == [1, 1, 2, 3, 3]


def test_entries_beyond_int16_are_kept_as_float32(tmp_path: Path) -> None:
    decoded, voxels = written(scan([0, 1], ModalityLUTSequence=table([0, 65535])), tmp_path)
    assert (decoded.dtype, voxels[0, 0, 0].tolist()) == ("float32", [0.0, 65535.0])


def test_padding_is_not_looked_up(tmp_path: Path) -> None:
    tags = {"ModalityLUTSequence": table([5, 6, 7]), "PixelPaddingValue": 0}
    decoded, voxels = written(scan([0, 1, 2], **tags), tmp_path)
    assert (decoded.low, decoded.no_data, voxels[0, 0, 0].tolist()) == (6, -32768, [-32768, 6, 7])


def test_values_are_those_of_pydicom(tmp_path: Path) -> None:
    series = make_series(scan([0, 3, 200, 300], ModalityLUTSequence=table([7 * n for n in range(256)], first=2)))
    _, voxels = written(scan([0, 3, 200, 300], ModalityLUTSequence=table([7 * n for n in range(256)], 2)), tmp_path)
    theirs = apply_modality_lut(series[0].pixel_array, series[0])
    assert np.array_equal(voxels[0, 0], theirs)


def test_a_damaged_table_costs_its_picture(tmp_path: Path) -> None:
    decoded, _ = written(scan([0, 1], ModalityLUTSequence=[Dataset()]), tmp_path)
    assert all("look-up table" in one.reason for one in decoded.failed.values())
    assert len(decoded.failed) == 7


@pytest.mark.parametrize(("kind", "unit"), [("HU", "HU"), ("OD", None), ("US", None)])
def test_the_unit_is_that_of_the_table(open_series: Open, kind: str, unit: str | None) -> None:
    tags = {"ModalityLUTSequence": table(list(range(4000)), kind=kind), "RescaleType": "HU"}
    assert open_series(make_series(Scan(tags=tags)))["stacks"][0]["value_unit"] == unit
