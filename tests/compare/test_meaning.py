"""What was done with a tag, in the words of the audit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compare.stacks import finding, meta
from webapp.compare.meaning import meanings_of

TAG = "0018,0088"


def short(told: dict[str, Any], tag: str = TAG) -> str:
    return meanings_of(told)[tag].short


@pytest.mark.parametrize(
    ("name", "numbers", "reading"),
    [
        ("G33", {}, "this tag agrees"),
        ("G34", {}, "this tag holds the gap between slices 2.5 mm"),
        ("G35", {}, "this tag holds the table step 2.5 mm"),
        ("G36", {}, "this tag repeats the thickness 2.5 mm"),
        ("G39", {"steps": 2}, "this tag holds 2 steps, 2.5 mm"),
        ("G40", {}, "this tag says 2.5 mm, and why is not known"),
    ],
)
def test_the_spacing_tag_says_what_it_turned_out_to_be(name: str, numbers: dict[str, Any], reading: str) -> None:
    told = meta(findings=[finding(name, TAG, tag_mm=2.5, spacing_mm=2.397, **numbers)])
    assert short(told) == f"not used for spacing: measured 2.397 mm; {reading}"


def test_the_audits_own_sentences_stand_behind_it_the_gravest_first() -> None:
    findings = [finding("G33", TAG, message="Agrees."), finding("G32", TAG, severity="WARN", message="Implausible.")]
    meaning = meanings_of(meta(findings=findings))[TAG]
    assert (meaning.messages, meaning.findings, meaning.severity) == (
        ("Implausible.", "Agrees."),
        ("G32", "G33"),
        "WARN",
    )


def test_a_tag_that_had_to_be_used_says_so() -> None:
    told = meta(placed_by="assumed from the tag (0018,0088)", findings=[finding("G33", TAG, tag_mm=4.8)])
    assert short(told) == "used for spacing: assumed from this tag, as slices do not record their places"
    assert short(told, "0020,0032") == "used: places the first slice; the step is assumed from this tag"


def test_a_step_from_the_protocol_is_no_measurement() -> None:
    told = meta(placed_by="from the scan protocol", findings=[finding("G33", TAG, tag_mm=4.8, spacing_mm=4.8)])
    assert short(told) == "not used for spacing: from the scan protocol 4.8 mm; this tag agrees"


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("0020,0032", "used: places every slice"),
        ("0018,0050", "not used for spacing: only for the gap between slices"),
        ("0020,1041", "not used: the scanner's own label of a slice"),
        ("0018,1120", "not used: the tilt is measured from positions, 0.0°"),
        (TAG, "not used for spacing: measured 4.8 mm"),
    ],
)
def test_every_geometry_tag_says_whether_it_was_used(tag: str, words: str) -> None:
    assert short(meta(), tag) == words


def test_of_pictures_that_form_no_volume_nothing_is_claimed() -> None:
    told = meta(kind="pictures", spacing_mm_kji=None, slice_axis=None)
    assert short(told) == "read; these pictures form no volume"


def test_a_tag_that_nobody_looked_at_has_no_meaning() -> None:
    assert "0018,0081" not in meanings_of(meta())
