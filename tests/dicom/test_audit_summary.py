"""The audit in one line."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.dicom.clean import clean, stack_from, varying


def wander(dataset: Dataset, k: int) -> None:
    dataset.ImagePositionPatient[0] += 2.0 * (-1) ** k


def test_a_clean_stack_in_one_line() -> None:
    scan = clean(slices=60, spacing_mm=4.8, tags={"SliceThickness": 4, "SpacingBetweenSlices": 4.8})
    assert stack_from(scan).summary == (
        "Spacing 4.80 mm (measured) · thickness 4.00 mm (tag) · gap 0.80 mm (20 %) · (0018,0088) 4.80 mm agrees · "
        "tilt 0.0° · 60 slices, none missing"
    )


TILT = (0, 3 * math.tan(math.radians(16.5)), 0)


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        pytest.param({"tags": {"SliceThickness": 3}}, "thickness 3.00 mm (tag) · no gap ·", id="contiguous"),
        pytest.param({"tags": {"SliceThickness": 4}}, "overlap 1.00 mm (25 %)", id="overlap"),
        pytest.param({"tags": {"SliceThickness": None}}, "thickness not recorded ·", id="no thickness"),
        pytest.param({"tags": {"SliceThickness": 650}}, "thickness not credible ·", id="a scout's thickness"),
        pytest.param(
            {"each": varying("SliceThickness", lambda k: 3 + k)}, "thickness 3.00 to 9.00 mm (tag) ·", id="thicknesses"
        ),
        pytest.param({"tags": {"SpacingBetweenSlices": 50}}, "(0018,0088) 50.00 mm differs", id="a tag that differs"),
        pytest.param({"tags": {"SpacingBetweenSlices": 0}}, "(0018,0088) 0.00 mm is the gap", id="a tag with the gap"),
        pytest.param({"slide_mm": TILT}, "tilt 16.5°, straightened · 7 slices, none missing", id="tilted"),
        pytest.param({"each": wander}, "origins wander up to 2.3 mm, placed one by one", id="wandering"),
        pytest.param(
            {"positions_mm": [0, 3, 6, 9, 14, 19, 24]}, "Spacing 3.00 to 5.00 mm (measured)", id="uneven, spacing"
        ),
        pytest.param({"positions_mm": [0, 3, 6, 9, 14, 19, 24]}, "7 slices, unevenly spaced", id="uneven, count"),
        pytest.param({"positions_mm": [0, 3, 6, 12, 15, 18, 21]}, "Spacing 3.00 mm (measured)", id="a hole, spacing"),
        pytest.param({"positions_mm": [0, 3, 6, 12, 15, 18, 21]}, "7 slices, 1 missing", id="a hole, count"),
        pytest.param({"positions_mm": [0, 3, 6, 54, 57, 60, 63]}, "7 slices in 2 blocks", id="blocks"),
    ],
)
def test_the_line_says_what_was_measured_what_was_read_and_what_is_missing(scan: dict[str, Any], words: str) -> None:
    assert words in stack_from(clean(**scan)).summary
