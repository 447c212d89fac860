"""How slices slide sideways against the tilt that the header records: G48 to G53."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.dicom.clean import clean, findings_of, only, stack_from
from tests.factories import Scan
from webapp.findings import Severity


def tilted(degrees: float, recorded: float | None = None, modality: str = "CT", **scan: Any) -> Scan:
    """A stack that slides along its columns as a tilted gantry makes it."""
    tags = {"Modality": modality, **({} if recorded is None else {"GantryDetectorTilt": recorded})}
    return clean(**{"slices": 20, **scan}, slide_mm=(0, 3 * math.tan(math.radians(degrees)), 0), tags=tags)


def wander(dataset: Dataset, k: int) -> None:
    dataset.ImagePositionPatient[0] += 2.0 * (-1) ** k


@pytest.mark.parametrize("modality", ["CT", "MR"])
@pytest.mark.parametrize("degrees", [-25, -20, -3, -2.5, -1, -0.5, 0.5, 1, 2.5, 3, 18.5, 20, 25])
def test_a_tilt_is_measured_from_positions_whatever_the_tag_says(degrees: float, modality: str) -> None:
    stack = stack_from(tilted(degrees, modality=modality))
    found = next(finding for finding in stack.findings if finding.id == "G48")
    assert (stack.kind, found.severity) == ("volume", Severity.WARN)
    assert f"at {abs(degrees):.1f}°" in found.message
    assert "straightened exactly" in found.message


def test_a_tilt_says_how_far_the_slices_slide() -> None:
    found = only("G48", tilted(20))
    assert "1.09 mm each, 20.7 mm in all" in found.message


def test_a_tilted_stack_with_uneven_slices_says_how_far_it_slides_in_all() -> None:
    positions = [0, 3, 6, 9, 14, 19, 24]
    each = 3 * math.tan(math.radians(20))

    def slide(dataset: Dataset, k: int) -> None:
        dataset.ImagePositionPatient[1] += positions[k] / 3 * each

    found = findings_of(clean(positions_mm=positions, each=slide))
    assert "The slices slide 8.7 mm in all, at 20.0°" in found["G48"].message
    assert "G31" in found


def test_a_tilt_that_nobody_recorded_is_told() -> None:
    assert only("G49", tilted(20)).severity is Severity.WARN


def test_a_recorded_tilt_of_nothing_is_no_record() -> None:
    assert "G49" in findings_of(tilted(20, recorded=0))


@pytest.mark.parametrize("recorded", [20.0, -20.0, 20.4])
def test_a_recorded_tilt_of_the_right_size_agrees_whatever_its_sign(recorded: float) -> None:
    assert not {"G49", "G50", "G51"} & set(findings_of(tilted(20, recorded)))


def test_a_recorded_tilt_of_another_size_is_told_with_both_numbers() -> None:
    found = only("G51", tilted(20, recorded=-18.5))
    assert (found.severity, "18.5° of tilt, the positions 20.0°" in found.message) == (Severity.WARN, True)


def test_a_recorded_tilt_that_positions_do_not_show_is_noted() -> None:
    found = only("G50", tilted(0, recorded=20))
    assert (found.severity, "20.0° is recorded" in found.message) == (Severity.NOTE, True)


@pytest.mark.parametrize("recorded", [0.05, -0.05])
def test_a_recorded_tilt_next_to_nothing_is_none(recorded: float) -> None:
    assert "G50" not in findings_of(tilted(0, recorded))


def test_a_recorded_tilt_too_small_to_be_seen_on_so_few_slices_is_no_contradiction() -> None:
    assert "G50" not in findings_of(tilted(0, recorded=0.5, slices=4))


@pytest.mark.parametrize("plane", ["axial", "oblique"])
def test_a_sideways_slide_is_no_gantry_tilt(plane: str) -> None:
    row = clean(directions=plane).axes[0]
    found = findings_of(clean(directions=plane, slide_mm=tuple(0.5 * row)))
    assert found["G52"].severity is Severity.WARN
    assert "90° off the columns" in found["G52"].message
    assert "G48" in found


@pytest.mark.parametrize(("degrees", "told"), [(4, False), (6, True)])
def test_a_slide_is_sideways_beyond_five_degrees(degrees: float, told: bool) -> None:
    slide = (math.sin(math.radians(degrees)), math.cos(math.radians(degrees)), 0)
    assert ("G52" in findings_of(clean(slide_mm=slide))) is told


def test_origins_that_wander_are_placed_one_by_one() -> None:
    stack = stack_from(clean(each=wander))
    found = next(finding for finding in stack.findings if finding.id == "G53")
    assert (stack.kind, found.severity) == ("volume", Severity.WARN)
    assert "wander up to 2.3 mm sideways; each slice is placed separately" in found.message


@pytest.mark.parametrize("finding", ["G48", "G49", "G50", "G51", "G52", "G53"])
def test_a_straight_stack_says_nothing_of_tilt(finding: str) -> None:
    assert finding not in findings_of(clean())


def test_a_slide_below_a_fifth_of_a_pixel_is_none() -> None:
    assert "G48" not in findings_of(clean(slide_mm=(0, 0.06, 0)))
