"""What lies between slices, by modality: G45, and the order in which they were acquired."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dicom.clean import clean, findings_of, only, varying
from tests.factories import Scan
from webapp.config import AuditThresholds, Config
from webapp.findings import Finding, Severity

TWO = {"Modality": "MR", "MRAcquisitionType": "2D", "ScanningSequence": "GR", "RepetitionTime": 500}
THREE = {"Modality": "MR", "MRAcquisitionType": "3D"}
CT = {"Modality": "CT"}
PET = {"Modality": "PT"}
OTHER = {"Modality": "OT"}


def between(thickness: float, spacing: float, tags: dict[str, Any], **scan: Any) -> Scan:
    """A stack with this thickness and spacing, in pixels large enough for it."""
    wanted = {"SliceThickness": thickness, **tags}
    return clean(slices=8, spacing_mm=spacing, pixel_mm=(spacing, spacing), tags=wanted, **scan)


def said(thickness: float, spacing: float, tags: dict[str, Any]) -> Finding:
    return only("G45", between(thickness, spacing, tags))


@pytest.mark.parametrize(
    ("thickness", "spacing", "tags", "severity", "words"),
    [
        pytest.param(5, 4, TWO, "WARN", "overlap by 1.00 mm (20 %): in 2D MR this is unusual", id="2D overlap"),
        pytest.param(5, 5, TWO, "NOTE", "No gap lies between the slices: cross-talk is possible", id="2D contiguous"),
        pytest.param(5, 5.25, TWO, "NOTE", "Almost no gap, 0.25 mm (5 %)", id="2D small gap"),
        pytest.param(5, 5.5, TWO, "OK", "A usual gap of 0.50 mm (10 %)", id="2D from 10 %"),
        pytest.param(5, 6, TWO, "OK", "1.00 mm (20 %) is not imaged between slices: 17 % of the depth", id="2D usual"),
        pytest.param(5, 6.5, TWO, "OK", "1.50 mm (30 %)", id="2D to 30 %"),
        pytest.param(5, 7, TWO, "NOTE", "A wide gap of 2.00 mm (40 %)", id="2D wide"),
        pytest.param(5, 9, TWO, "WARN", "About 44 % of the depth is not imaged", id="2D very wide"),
        pytest.param(3, 12, TWO, "WARN", "More is skipped than imaged", id="2D sampling"),
        pytest.param(3, 12, TWO, "WARN", "75 % of the depth is not imaged", id="2D sampling, share"),
        pytest.param(1, 1, THREE, "OK", "no cross-talk", id="3D contiguous"),
        pytest.param(2, 1, THREE, "NOTE", "real detail is about 2.00 mm, not 1.00 mm", id="3D interpolated"),
        pytest.param(1, 1.5, THREE, "WARN", "unusual for 3D", id="3D gap"),
        pytest.param(5, 3.4, CT, "OK", "overlap by 1.60 mm (32 %): good for reformats", id="CT overlap"),
        pytest.param(2, 1, CT, "OK", "overlap by 1.00 mm (50 %)", id="CT half overlap"),
        pytest.param(5, 1, CT, "NOTE", "Heavy overlap, 4.00 mm (80 %)", id="CT heavy overlap"),
        pytest.param(5, 5, CT, "OK", "curved surfaces can show steps", id="CT contiguous"),
        pytest.param(5, 6, CT, "WARN", "Gaps of 1.00 mm (20 %)", id="CT gap"),
        pytest.param(1, 10, CT, "WARN", "high-resolution CT of the lung, not meant for 3D", id="CT sampling"),
        pytest.param(3.375, 3.375, PET, "OK", "side by side", id="PET"),
        pytest.param(4, 3, PET, "NOTE", "the detector sets the resolution", id="PET overlap"),
        pytest.param(3, 4, PET, "NOTE", "A gap of 1.00 mm (33 %)", id="PET gap"),
        pytest.param(3, 3, OTHER, "OK", "side by side", id="other"),
        pytest.param(3, 4, OTHER, "NOTE", "1.00 mm (33 %) is not imaged", id="other gap"),
        pytest.param(4, 3, OTHER, "OK", "overlap by 1.00 mm (25 %)", id="other overlap"),
    ],
)
def test_the_gap_is_judged_by_the_rules_of_its_modality(
    thickness: float, spacing: float, tags: dict[str, Any], severity: str, words: str
) -> None:
    found = said(thickness, spacing, tags)
    assert (found.severity, words in found.message) == (Severity(severity), True), found.message


def test_the_numbers_are_there_for_programs() -> None:
    numbers = said(5, 6, TWO).numbers
    wanted = {"spacing_mm": 6, "thickness_mm": 5, "gap_mm": 1, "gap_percent": 20, "sampled_percent": 100 * 5 / 6}
    assert {name: numbers[name] for name in wanted} == pytest.approx(wanted)


def test_without_a_thickness_nothing_is_said_of_gaps_but_that() -> None:
    found = findings_of(between(3, 3, {**CT, "SliceThickness": None}))
    assert ("G45" in found, found["G43"].severity) == (False, Severity.NOTE)


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        pytest.param({"Modality": "MR"}, "concluded from the thickness", id="thick slices"),
        pytest.param({"Modality": "MR", "SequenceName": "*fl3d1"}, "The partitions", id="a sequence called 3D"),
        pytest.param({"Modality": "MR", "SliceThickness": 1}, "partitions", id="thin slices"),
    ],
)
def test_mr_that_does_not_say_2d_or_3d_is_judged_by_what_it_looks_like(tags: dict[str, Any], words: str) -> None:
    assert words in only("G45", between(5, 5, tags)).message


def times(order: list[int]) -> Any:
    """Acquisition times, three seconds apart, in the order in which slices were acquired."""
    return varying("AcquisitionTime", lambda k: f"1200{3 * order.index(k):02d}.5")


@pytest.mark.parametrize(
    ("order", "interleaved"),
    [
        pytest.param([0, 2, 4, 6, 1, 3, 5, 7], True, id="odd numbers first"),
        pytest.param([1, 3, 5, 7, 0, 2, 4, 6], True, id="even numbers first"),
        pytest.param([7, 5, 3, 1, 6, 4, 2, 0], True, id="from above"),
        pytest.param([0, 1, 2, 3, 4, 5, 6, 7], False, id="one after the other"),
        pytest.param([0, 4, 1, 5, 2, 6, 3, 7], False, id="two at a time"),
    ],
)
def test_interleaving_is_found_in_the_acquisition_times(order: list[int], interleaved: bool) -> None:
    found = only("G45", between(5, 5, TWO, each=times(order)))
    assert ("acquired interleaved" in found.message) is interleaved
    assert found.numbers["interleaved"] == interleaved


@pytest.mark.parametrize("time", ["", "12"])
def test_without_times_no_order_is_claimed(time: str) -> None:
    found = only("G45", between(5, 5, TWO, each=varying("AcquisitionTime", lambda k: time if k else "120000")))
    assert found.numbers["interleaved"] == 0


@pytest.mark.parametrize(
    ("sequence", "repetition", "spacing", "plausible"),
    [
        pytest.param("SE", 600, 5, True, id="spin echo, short"),
        pytest.param(["SE", "IR"], 600, 5.2, True, id="inversion recovery"),
        pytest.param("SE", 3000, 5, False, id="long repetition"),
        pytest.param("GR", 600, 5, False, id="gradient echo"),
        pytest.param("SE", 600, 6, False, id="a gap"),
        pytest.param("SE", None, 5, False, id="repetition not recorded"),
    ],
)
def test_cross_talk_is_plausible_with_refocusing_pulses_a_short_repetition_and_no_gap(
    sequence: Any, repetition: float | None, spacing: float, plausible: bool
) -> None:
    found = said(5, spacing, {**TWO, "ScanningSequence": sequence, "RepetitionTime": repetition})
    assert ("cross-talk is plausible; the picture cannot prove it" in found.message) is plausible


def test_cross_talk_is_no_matter_of_3d_or_ct() -> None:
    pulses = {"ScanningSequence": "SE", "RepetitionTime": 500}
    assert not any("plausible" in said(3, 3, {**tags, **pulses}).message for tags in (THREE, CT))


def test_a_thickness_that_changes_gives_a_gap_for_every_pair() -> None:
    each = varying("SliceThickness", lambda k: 4 if k < 4 else 7)
    found = findings_of(clean(slices=8, spacing_mm=7, pixel_mm=(7, 7), each=each))
    assert "the gap changes from 0.00 to 3.00 mm" in found["G45"].message
    assert found["G45"].severity is Severity.WARN
    assert found["G45"].numbers["gap_mm"] == pytest.approx(3)


def test_uneven_slices_are_judged_by_their_widest_gap() -> None:
    scan = clean(positions_mm=[0, 3, 6, 9, 14, 19, 24], tags={"SliceThickness": 3})
    assert "Gaps of 2.00 mm (67 %)" in only("G45", scan).message


def test_a_hole_is_no_gap_between_slices() -> None:
    found = only("G45", clean(slices=6, positions_mm=[0, 3, 6, 12, 15, 18], tags={"SliceThickness": 3}))
    assert found.numbers["gap_mm"] == pytest.approx(0)


def test_the_limits_are_settings() -> None:
    thresholds = AuditThresholds(usual_gap_percent=15)
    assert findings_of(between(5, 6, TWO), thresholds)["G45"].severity is Severity.NOTE


def test_the_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setenv("TRUESLICE_AUDIT__SHORT_REPETITION_MS", "900")
    assert Config().audit.short_repetition_ms == 900
