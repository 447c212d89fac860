"""Thickness, coarseness and coverage: G43, G44, G46, G47."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dicom.clean import clean, findings_of, instances_of, only, varying
from tests.factories import make_series
from webapp.dicom.tolerances import thickness_of
from webapp.findings import Severity


@pytest.mark.parametrize(
    ("thickness", "words"),
    [
        pytest.param(None, "not recorded", id="none"),
        pytest.param(0, "(0 mm)", id="zero"),
        pytest.param(650.182, "650.182 mm", id="a scout"),
    ],
)
def test_a_thickness_that_cannot_be_one_is_noted(thickness: Any, words: str) -> None:
    found = only("G43", clean(tags={"SliceThickness": thickness}))
    assert (found.severity, words in found.message) == (Severity.NOTE, True)


def test_a_thickness_on_some_slices_only_is_none() -> None:
    found = only("G43", clean(each=varying("SliceThickness", lambda k: 3 if k else None)))
    assert "1 of 7 slices carry no credible thickness" in found.message


def test_a_thickness_that_changes_once_is_told_with_the_slice() -> None:
    found = only("G44", clean(each=varying("SliceThickness", lambda k: 4 if k < 3 else 7)))
    assert (found.severity, found.slices) == (Severity.WARN, (3,))
    assert "changes from 4 to 7 mm at slice 4" in found.message


def test_a_thickness_that_changes_often_is_told_by_its_range() -> None:
    found = only("G44", clean(each=varying("SliceThickness", lambda k: (4, 7)[k % 2])))
    assert "from 4 to 7 mm inside the stack" in found.message
    assert found.slices == (1, 2, 3, 4, 5, 6)


def test_a_thickness_rounded_differently_does_not_change() -> None:
    instances = instances_of(make_series(clean(each=varying("SliceThickness", lambda k: (3, 3.001)[k % 2]))))
    assert thickness_of(instances) == 3


@pytest.mark.parametrize(
    ("pixel", "severity", "words"),
    [
        pytest.param(
            0.5, Severity.NOTE, "steps of 3.00 mm against pixels of 0.50 mm: they look blocky", id="six times"
        ),
        pytest.param(0.2, Severity.WARN, "they show steps, not detail", id="fifteen times"),
    ],
)
def test_slices_much_further_apart_than_pixels_are_told(pixel: float, severity: Severity, words: str) -> None:
    found = only("G46", clean(pixel_mm=(pixel, pixel)))
    assert (found.severity, words in found.message) == (severity, True)


@pytest.mark.parametrize(
    ("plane", "words"),
    [("axial", "from foot to head"), ("coronal", "from front to back"), ("sagittal", "from right to left")],
)
def test_the_length_of_the_scan_is_told_from_edge_to_edge(plane: str, words: str) -> None:
    found = only("G47", clean(directions=plane, tags={"SliceThickness": 2}))
    assert (found.severity, found.numbers["covered_mm"]) == (Severity.OK, pytest.approx(20))
    assert f"Covers 20.0 mm (edge to edge) {words}" in found.message


def test_without_a_thickness_the_length_is_that_between_centres() -> None:
    assert (
        "Covers 18.0 mm (from the first centre to the last)" in only("G47", clean(tags={"SliceThickness": 0})).message
    )


@pytest.mark.parametrize("finding", ["G43", "G44", "G46"])
def test_a_clean_series_says_nothing_of_thickness(finding: str) -> None:
    assert finding not in findings_of(clean())
