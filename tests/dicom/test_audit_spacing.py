"""How even the slices are: G15 and G27 to G32."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import Any

import pytest

from tests.dicom.clean import clean, findings_of, only, stack_from
from webapp.config import AuditThresholds
from webapp.findings import Severity


def at(*gaps: float) -> dict[str, Any]:
    """The scan whose slices lie these distances apart."""
    positions = [0.0, *accumulate(gaps)]
    return {"slices": len(positions), "positions_mm": positions}


def test_even_slices_are_told_with_the_measured_distance() -> None:
    found = only("G27", clean())
    assert (found.severity, found.message) == (Severity.OK, "Slice centres are 3.00 mm apart (measured, ±0.000 mm).")


def test_rounding_to_two_decimals_is_still_even() -> None:
    rounded = [round(k * 0.6257, 2) for k in range(120)]
    found = findings_of(clean(slices=30, spacing_mm=0.6257, positions_mm=rounded[:30]))
    assert "G27" in found


def test_wavering_slices_are_noted_with_the_smallest_and_the_largest_gap() -> None:
    stack = stack_from(clean(**at(3.15, 2.85, 3.15, 2.85, 3.15)))
    found = next(finding for finding in stack.findings if finding.id == "G28")
    assert (stack.kind, found.severity) == ("volume", Severity.NOTE)
    assert "from 2.85 to 3.15 mm; each slice is placed where it says" in found.message


def test_a_missing_slice_is_named_and_drawn_as_blank() -> None:
    found = only("G29", clean(**at(3, 3, 6, 3, 3)))
    assert found.message == (
        "1 slice is missing after slice 3: the gap there is 6.0 mm, twice the spacing of 3.0 mm. It is drawn as blank."
    )
    assert (found.severity, found.slices, found.numbers["missing"]) == (Severity.WARN, (2,), 1)


@pytest.mark.parametrize(
    ("gaps", "slices", "words"),
    [
        pytest.param((3, 9, 3, 3, 3), (1,), "2 slices are missing after slice 2", id="two adjacent"),
        pytest.param((3, 3, 3, 3, 6), (4,), "after slice 5", id="second from the end"),
        pytest.param((3, 6, 3, 3, 6, 3), (1, 4), "2 slices are missing after slices 2 and 5", id="two places"),
    ],
)
def test_every_hole_is_named(gaps: tuple[float, ...], slices: tuple[int, ...], words: str) -> None:
    found = only("G29", clean(**at(*gaps)))
    assert found.slices == slices
    assert words in found.message


def test_a_hole_is_counted_in_the_order_in_which_slices_are_shown() -> None:
    # the normal of a sagittal stack points to the right, its slices are shown towards the left
    found = only("G29", clean(directions="sagittal", **at(3, 6, 3, 3, 3)))
    assert found.slices == (3,)
    assert "after slice 4" in found.message


def test_many_holes_are_counted_and_the_first_are_named() -> None:
    found = only("G29", clean(**at(*(3, 3, 3, 6) * 7)))
    assert "7 slices are missing after slices 4, 8, 12, 16, 20 and 2 more" in found.message


def test_blocks_with_a_wide_hole_between_them_are_told() -> None:
    found = only("G30", clean(**at(3, 3, 48, 3, 3)))
    assert (found.severity, found.slices, found.numbers["blocks"]) == (Severity.WARN, (2,), 2)
    assert "2 blocks with a hole of up to 48.0 mm" in found.message


def test_changing_spacing_is_listed_run_by_run() -> None:
    found = only("G31", clean(**at(3, 3, 3, 5, 5)))
    assert (found.severity, found.slices) == (Severity.WARN, (3,))
    assert "3 × 3.00 mm, then 2 × 5.00 mm" in found.message
    assert found.numbers["spacings_mm"] == [3, 3, 3, 5, 5]


def test_spacing_that_never_repeats_is_told_by_its_range() -> None:
    found = only("G31", clean(**at(1, 1.7, 2.6, 3.3, 4.9, 6.1, 7.7, 9.2)))
    assert "8 changes from 1.00 to 9.20 mm" in found.message


def test_two_slices_say_what_cannot_be_known() -> None:
    assert only("G15", clean(slices=2)).severity is Severity.NOTE


def test_two_slices_that_slide_are_no_proof_of_a_tilt() -> None:
    found = findings_of(clean(slices=2, slide_mm=(0, 3 * math.tan(math.radians(20)), 0)))
    assert "1.1 mm sideways" in found["G15"].message
    assert not {"G48", "G49"} & set(found)


@pytest.mark.parametrize(("spacing", "words"), [(0.04, "0.040 mm is implausible"), (60, "60.000 mm is implausible")])
def test_a_spacing_that_no_patient_is_scanned_with_is_told(spacing: float, words: str) -> None:
    found = only("G32", clean(spacing_mm=spacing))
    assert (found.severity, words in found.message) == (Severity.WARN, True)


def test_what_is_implausible_is_a_setting() -> None:
    assert "G32" in findings_of(clean(), AuditThresholds(largest_spacing_mm=2))


@pytest.mark.parametrize("finding", ["G15", "G28", "G29", "G30", "G31", "G32"])
def test_a_clean_series_says_nothing_of_spacing(finding: str) -> None:
    assert finding not in findings_of(clean())
