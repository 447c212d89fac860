"""What (0018,0088) means, read from the positions: geometry G33 to G41."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.dicom.members import scanned, stack_from
from tests.factories import Scan
from webapp.dicom.grid import common_frame, measure
from webapp.dicom.spacing_tag import spacing_tag_finding
from webapp.findings import Finding, Severity


def reading(tag: Any, spacing: float, thickness: Any, tilt_deg: float = 0.0) -> Finding:
    """The finding for a stack with this tag, measured spacing, thickness and tilt."""
    slide = (0, spacing * math.tan(math.radians(tilt_deg)), 0)
    tags = {"SliceThickness": thickness, **({} if tag == "absent" else {"SpacingBetweenSlices": tag})}
    instances = scanned(Scan(slices=12, spacing_mm=spacing, slide_mm=slide, tags=tags))
    instances.sort(key=lambda one: float(one.placement.position_mm[2]) if one.placement is not None else 0.0)
    places = [one.placement for one in instances if one.placement is not None]
    return spacing_tag_finding(measure(common_frame(places), places), instances)


@pytest.mark.parametrize(
    ("tag", "spacing", "thickness", "tilt", "finding", "severity", "words"),
    [
        pytest.param(4.8, 4.8, 4, 0, "G33", "OK", "agrees", id="centre to centre"),
        pytest.param(3.02, 3, 3, 0, "G33", "OK", "agrees", id="within 1 %"),
        pytest.param(0.204, 0.2, 0.2, 0, "G33", "OK", "agrees", id="within 0.005 mm"),
        pytest.param(1, 6, 5, 0, "G34", "WARN", "the gap between slices (6.00 − 5.00)", id="the gap"),
        pytest.param(2, 7, 5, 0, "G34", "WARN", "the gap", id="the gap of an old GE"),
        pytest.param(0, 5, 5, 0, "G34", "WARN", "the gap", id="a gap of nothing"),
        pytest.param(-1.6, 3.4, 5, 0, "G34", "WARN", "the gap", id="a negative gap: overlap"),
        pytest.param(3, 6, 3, 0, "G34", "WARN", "or a copy of the thickness 3.00 mm", id="gap or copy, both said"),
        pytest.param(2.5, 2.3708, 2.5, 18.5, "G35", "WARN", "tilted 18.5°", id="the table step of a tilted CT"),
        pytest.param(3.0115, 3, 2, 5, "G35", "WARN", "tilted 5.0°", id="nearer to the table step of a small tilt"),
        pytest.param(3, 3, 2, 5, "G33", "OK", "agrees", id="nearer to the spacing in spite of a tilt"),
        pytest.param(2.9, 2.7, 2.9, 0, "G36", "WARN", "repeats the thickness", id="a copy of the thickness"),
        pytest.param(-3, 3, 3, 0, "G37", "WARN", "negative", id="right size, wrong sign"),
        pytest.param(-7, 3, None, 0, "G37", "WARN", "negative", id="negative without a meaning"),
        pytest.param(0, 3, 2, 0, "G38", "NOTE", "not usable (0 mm)", id="zero"),
        pytest.param(1e-310, 3, 2, 0, "G38", "NOTE", "not usable", id="next to nothing"),
        pytest.param(501, 3, 2, 0, "G38", "NOTE", "not usable", id="half a metre"),
        pytest.param(None, 3, 2, 0, "G38", "NOTE", "not usable", id="empty"),
        pytest.param(6, 3, 2, 0, "G39", "WARN", "fits 2 steps", id="twice the spacing"),
        pytest.param(15, 3, 2, 0, "G39", "WARN", "fits 5 steps", id="five times the spacing"),
        pytest.param(0.5, 3, 2, 0, "G39", "WARN", "fits 6 steps", id="a sixth of the spacing"),
        pytest.param(20, 3, 5, 0, "G40", "WARN", "disagree by 567%", id="no reading"),
        pytest.param(1, 2.4, None, 0, "G40", "WARN", "the cause is unknown", id="no thickness to tell the gap by"),
        pytest.param("absent", 3, 3, 0, "G41", "OK", "absent", id="absent"),
    ],
)
def test_the_tag_is_read_by_the_meaning_that_fits_the_positions(
    tag: Any, spacing: float, thickness: Any, tilt: float, finding: str, severity: str, words: str
) -> None:
    found = reading(tag, spacing, thickness, tilt)
    assert (found.id, found.severity) == (finding, Severity(severity))
    assert words in found.message


@pytest.mark.parametrize("tag", [1, -3, 2.9, 6, 20], ids=str)
def test_a_tag_that_disagrees_says_both_numbers_and_which_is_used(tag: float) -> None:
    found = reading(tag, 3.3, 2.9)
    assert f"{tag:.2f} mm" in found.message
    assert "The measured 3.30 mm is used." in found.message
    assert (found.numbers["tag_mm"], found.numbers["spacing_mm"]) == (tag, pytest.approx(3.3))


@pytest.mark.parametrize("tag", [1, -3, 0, 300, 3], ids=str)
def test_no_tag_ever_moves_a_slice(tag: float) -> None:
    stack = stack_from(Scan(tags={"SpacingBetweenSlices": tag}))
    assert (stack.kind, stack.spacing_mm) == ("volume", (3.0, 0.8, 0.5))
