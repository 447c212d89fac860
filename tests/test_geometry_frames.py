"""Files of many frames: the rows of the comparison of tools in which most of them go wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from pydicom.dataset import Dataset, FileDataset

from tests.factories import Scan
from tests.factories_multiframe import make_enhanced, make_mosaic, make_nuclear, measures_of, reversed_scan
from tests.placed import ids, misplaced

OpenSeries = Callable[..., dict[str, Any]]

TILTED = Scan(slices=9, slide_mm=(0, 3 * math.tan(math.radians(20)), 0))
SIX = Scan(slices=8, spacing_mm=6, tags={"SliceThickness": 5})
FOUR = Scan(spacing_mm=4)


def tagged(tag: float) -> FileDataset:
    """Frames 6 mm apart and 5 mm thick, whose shared spacing tag says this."""
    dataset = make_enhanced(SIX)
    measures_of(dataset).SpacingBetweenSlices = tag
    return dataset


FILES = {
    "2b the tag holds the gap": (SIX, tagged(1), {"G34"}),
    "2b the tag is five steps": (SIX, tagged(30), {"G39"}),
    "2b the tag agrees": (SIX, tagged(6), {"G33"}),
    "2b no tag": (SIX, make_enhanced(SIX), {"G41"}),
    "24 frames in random order": (Scan(), make_enhanced(Scan()), {"G27"}),
    "24 sagittal": (Scan("sagittal"), make_enhanced(Scan("sagittal")), {"G27"}),
    "26 tilted by 20°": (TILTED, make_enhanced(TILTED), {"G48", "G49"}),
    "27 a mosaic": (FOUR, make_mosaic(FOUR), {"G58"}),
    "28 a nuclear reconstruction": (FOUR, make_nuclear(FOUR), {"G57"}),
    "28 frames against the normal": (reversed_scan(FOUR), make_nuclear(FOUR, sign=-1), {"G57"}),
}


@pytest.mark.parametrize("name", FILES)
def test_every_frame_lies_at_its_true_place_with_its_message(name: str, open_series: OpenSeries) -> None:
    scan, dataset, says = FILES[name]
    (stack,) = open_series([dataset])["stacks"]
    assert stack["kind"] == "volume"
    assert says <= set(ids(stack))
    assert misplaced(stack, scan) == []


def test_row_25_a_missing_frame_leaves_a_hole_and_moves_no_other(open_series: OpenSeries) -> None:
    (stack,) = open_series([make_enhanced(Scan(), order=[(k, 0) for k in (5, 0, 1, 6, 2, 4)])])["stacks"]
    assert (stack["grid"], stack["shape_kji"][0], "6 slices, 1 missing" in stack["summary"]) == ("MISSING", 6, True)
    assert [point.split(" j")[0] for point in misplaced(stack, Scan())] == ["t 0 k 3"] * 5


def test_row_27_a_mosaic_without_its_private_header_is_a_picture_with_a_reason(open_series: OpenSeries) -> None:
    stacks = open_series([make_mosaic(FOUR, header=b"")])["stacks"]
    assert [stack["kind"] for stack in stacks] == ["pictures"]
    assert "G17" in ids(stacks[0])


def test_frames_without_places_are_no_volume(open_series: OpenSeries) -> None:
    dataset = make_enhanced(Scan())
    dataset.PerFrameFunctionalGroupsSequence = [Dataset() for _ in range(7)]
    stacks = open_series([dataset])["stacks"]
    assert "volume" not in {stack["kind"] for stack in stacks}
    assert "G54" in {name for stack in stacks for name in ids(stack)}
