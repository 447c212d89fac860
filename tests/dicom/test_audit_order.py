"""What numbers say of the order and of what is missing: G22 to G26."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.dicom.clean import clean, findings_of, instances_of, only, varying
from tests.factories import make_series
from webapp.dicom.copies import pixel_fingerprints
from webapp.dicom.grouping import Group
from webapp.dicom.stack import stack_of
from webapp.findings import Finding, Severity


def test_numbers_that_jump_through_the_body_are_noted_and_not_used() -> None:
    found = only("G22", clean(each=varying("InstanceNumber", lambda k: 1 + (k * 5) % 7)))
    assert (found.severity, found.numbers["rank_correlation"]) == (Severity.NOTE, pytest.approx(0.25))
    assert "rank correlation 0.25" in found.message


@pytest.mark.parametrize(
    ("plane", "words"),
    [("axial", "from head to foot"), ("coronal", "from back to front"), ("sagittal", "from left to right")],
)
def test_numbers_that_run_backwards_are_said_in_words_of_the_body(plane: str, words: str) -> None:
    downwards = plane != "sagittal"  # the normal of a sagittal stack points to the right
    found = only(
        "G23", clean(directions=plane, each=varying("InstanceNumber", lambda k: 7 - k if downwards else k + 1))
    )
    assert (found.severity, words in found.message) == (Severity.OK, True)


@pytest.mark.parametrize("number", [lambda k: None, lambda k: 1 + k // 2], ids=["blank", "repeated"])
def test_numbers_that_are_blank_or_repeated_are_noted(number: Any) -> None:
    assert only("G24", clean(each=varying("InstanceNumber", number))).severity is Severity.NOTE


@pytest.mark.parametrize("keyword", ["ImagesInAcquisition", "NumberOfSlices"])
def test_fewer_slices_than_announced_may_be_missing_at_an_end(keyword: str) -> None:
    found = only("G25", clean(tags={keyword: 9}))
    assert (found.severity, found.numbers) == (Severity.NOTE, {"announced": 9, "here": 7})
    assert "announces 9 pictures, 7 are here" in found.message


@pytest.mark.parametrize(
    ("group", "creator", "element", "vr"),
    [(0x0021, "GEMS_RELA_01", 0x4F, "SS"), (0x2001, "Philips Imaging DD 001", 0x18, "SL")],
    ids=["GE", "Philips"],
)
def test_private_counts_of_slices_are_known(group: int, creator: str, element: int, vr: str) -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.private_block(group, creator, create=True).add_new(element, vr, 8)

    found = only("G25", clean(each=each))
    assert (found.numbers["announced"], found.tags) == (8, (f"{group:04X},10{element:02X}",))


def test_a_count_in_a_block_of_another_name_is_not_believed() -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.private_block(0x0021, "Somebody else", create=True).add_new(0x4F, "SS", 8)

    assert "G25" not in findings_of(clean(each=each))


def test_numbers_that_start_late_hint_at_an_end_that_is_missing() -> None:
    found = only("G25", clean(each=varying("InstanceNumber", lambda k: k + 3)))
    assert "numbered from 3 on: 2 may be missing at an end" in found.message


@pytest.mark.parametrize("announced", [5, 7, 14, 70], ids=str)
def test_a_count_that_is_met_or_holds_for_several_times_says_nothing(announced: int) -> None:
    assert "G25" not in findings_of(clean(tags={"ImagesInAcquisition": announced}))


def test_a_hole_that_positions_show_needs_no_hint() -> None:
    found = findings_of(clean(slices=6, positions_mm=[0, 3, 6, 12, 15, 18], tags={"ImagesInAcquisition": 7}))
    assert ("G25" in found, "G29" in found) == (False, True)


def test_a_part_of_a_series_is_not_expected_to_be_all_of_it() -> None:
    split = Finding("G04", Severity.NOTE, "Two directions.")
    instances = instances_of(make_series(clean(tags={"ImagesInAcquisition": 9})))
    stack = stack_of(Group(tuple(instances), (split,)), pixel_fingerprints)
    assert "G25" not in {finding.id for finding in stack.findings}


def test_several_acquisitions_that_fit_together_are_told_as_passed() -> None:
    found = only("G26", clean(each=varying("AcquisitionNumber", lambda k: 1 + k // 4)))
    assert (found.severity, found.message) == (Severity.OK, "Acquired in 2 parts that fit together.")


@pytest.mark.parametrize("finding", ["G22", "G23", "G24", "G25", "G26"])
def test_slices_numbered_in_the_order_of_the_body_say_nothing(finding: str) -> None:
    assert finding not in findings_of(clean(tags={"AcquisitionNumber": 4}))
