"""A group of pictures in spatial order, or the reason why they are no volume."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.dicom.members import Bytes, finding_ids, instances_of, read_one, scanned, stack_from
from tests.factories import DIRECTIONS, Scan, as_bytes, make_series
from webapp.dicom.copies import pixel_fingerprints
from webapp.dicom.grouping import Group
from webapp.dicom.stack import Stack, stack_of
from webapp.errors import FileTruncated
from webapp.findings import Finding, Severity, Verdict


def stack_of_datasets(datasets: list[Any]) -> Stack:
    return stack_of(Group(tuple(instances_of(datasets))), pixel_fingerprints)


def positions(stack: Stack) -> list[list[float]]:
    return [one.placement.position_mm.tolist() for one in stack.instances if one.placement is not None]


def wander(dataset: Dataset, k: int) -> None:
    dataset.ImagePositionPatient[0] += 2.0 * (-1) ** k


@pytest.mark.parametrize("plane", DIRECTIONS)
def test_slices_are_ordered_by_position_whatever_their_numbers_say(plane: str) -> None:
    scan = Scan(plane)
    wanted = [pytest.approx(scan.point_mm(k, 0, 0).tolist()) for k in range(scan.slices)]
    assert positions(stack_from(scan)) == wanted


def test_numbers_that_run_against_the_body_change_nothing() -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.InstanceNumber = 100 - k

    assert positions(stack_from(Scan(each=each))) == positions(stack_from())


def test_an_even_straight_stack_is_a_trusted_volume() -> None:
    stack = stack_from()
    assert (stack.kind, stack.verdict, stack.spacing_mm) == ("volume", Verdict.TRUSTED, (3.0, 0.8, 0.5))


@pytest.mark.parametrize(
    ("scan", "finding", "words"),
    [
        pytest.param(Scan(slices=5, positions_mm=[0, 3, 6, 12, 15]), "G29", "5 slices, 1 missing", id="one missing"),
        pytest.param(Scan(slices=5, positions_mm=[0, 3, 12, 15, 18]), "G29", "5 slices, 2 missing", id="two missing"),
        pytest.param(Scan(slices=6, positions_mm=[0, 3, 6, 54, 57, 60]), "G30", "6 slices in 2 blocks", id="two slabs"),
        pytest.param(Scan(positions_mm=[0, 3, 6, 9, 14, 19, 24]), "G31", "Spacing 3.00 to 5.00 mm", id="uneven"),
        pytest.param(Scan(slide_mm=(0, 1.0, 0)), "G48", "tilt 18.4°, straightened", id="tilted"),
        pytest.param(Scan(each=wander), "G53", "origins wander up to 2.3 mm, placed one by one", id="wandering"),
    ],
)
def test_what_is_no_even_straight_stack_is_a_volume_with_a_warning(scan: Scan, finding: str, words: str) -> None:
    stack = stack_from(scan)
    found = next(one for one in stack.findings if one.id == finding)
    assert (stack.kind, stack.verdict, found.severity) == ("volume", Verdict.CAUTION, Severity.WARN)
    assert words in stack.summary


def test_wavering_slices_are_a_volume_with_a_note() -> None:
    stack = stack_from(Scan(slices=6, positions_mm=[0, 3.15, 5.85, 9.15, 11.85, 15]))
    found = next(one for one in stack.findings if one.id == "G28")
    assert (stack.kind, stack.verdict, found.severity) == ("volume", Verdict.TRUSTED, Severity.NOTE)
    assert "Spacing 2.70 to 3.30 mm" in stack.summary


@pytest.mark.parametrize(
    ("scan", "finding", "words"),
    [
        pytest.param(
            Scan(tags={"ImageOrientationPatient": [1.02, 0, 0, 0, 1, 0]}), "G02", "off by 0.020", id="no right angle"
        ),
        pytest.param(
            Scan(tags={"ImageOrientationPatient": [0, 0, 0, 0, 0, 0]}), "G02", "off by 1.000", id="no direction"
        ),
        pytest.param(Scan(tags={"ImagePositionPatient": None}), "G01", "7 of 7 pictures carry no", id="no positions"),
        pytest.param(
            Scan(tags={"ImageType": ["ORIGINAL", "PRIMARY", "MOSAIC"]}), "G17", "tiled of many slices", id="mosaic"
        ),
    ],
)
def test_what_has_no_place_in_the_patient_is_refused_with_its_reason(scan: Scan, finding: str, words: str) -> None:
    stack = stack_from(scan)
    assert (stack.kind, stack.verdict) == ("pictures", Verdict.REFUSED)
    assert finding in finding_ids(stack)
    assert words in stack.summary


def test_a_missing_slice_is_named_by_its_place() -> None:
    stack = stack_from(Scan(slices=5, positions_mm=[0, 3, 6, 12, 15]))
    assert next(finding.slices for finding in stack.findings if finding.id == "G29") == (2,)


def test_pictures_without_a_pixel_size_have_no_millimetres_but_are_shown() -> None:
    stack = stack_from(Scan(tags={"PixelSpacing": None}))
    assert (stack.kind, stack.verdict, stack.spacing_mm) == ("pictures", Verdict.CAUTION, None)
    assert "G10" in finding_ids(stack)


def test_one_picture_is_a_picture_and_no_volume() -> None:
    stack = stack_from(Scan(slices=1))
    assert (stack.kind, stack.verdict) == ("pictures", Verdict.TRUSTED)
    assert stack.summary == "One picture: no distance between slices exists. (Other programs would have assumed 1 mm.)"


def test_two_slices_are_a_volume_that_says_what_cannot_be_known() -> None:
    stack = stack_from(Scan(slices=2))
    assert stack.kind == "volume"
    assert "G15" in finding_ids(stack)


def test_pictures_of_one_place_are_a_cine() -> None:
    stack = stack_from(Scan(positions_mm=[0] * 7))
    assert (stack.kind, stack.verdict) == ("cine", Verdict.TRUSTED)
    assert "All 7 pictures show the same place" in stack.summary


def test_pictures_without_spatial_order_come_by_their_numbers() -> None:
    numbers = [one.number for one in stack_from(Scan(positions_mm=[0] * 7)).instances]
    assert numbers == sorted(number for number in numbers if number is not None)


def test_pictures_without_numbers_come_last() -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.InstanceNumber = None if k == 3 else k

    stack = stack_from(Scan(positions_mm=[0] * 7, each=each))
    assert [one.number for one in stack.instances] == [0, 1, 2, 4, 5, 6, None]


def test_places_with_two_different_pictures_are_refused() -> None:
    stack = stack_from(Scan(positions_mm=[0, 3, 6, 9, 9, 12, 15]))
    assert (stack.kind, stack.verdict) == ("pictures", Verdict.REFUSED)
    found = next(one for one in stack.findings if one.id == "G20")
    assert found.numbers == {"pictures": 7, "places": 6, "repeated": 1}
    assert "1 of 6 places hold more than one different picture" in stack.summary


@pytest.mark.parametrize("uid", ["", "1.2.3.4"], ids=["same id", "another id"])
def test_a_picture_sent_twice_is_kept_once_and_told(uid: str) -> None:
    datasets = make_series()
    twin = deepcopy(datasets[0])
    twin.SOPInstanceUID = uid or datasets[0].SOPInstanceUID
    stack = stack_of_datasets([*datasets, twin])
    assert (stack.kind, len(stack.instances)) == ("volume", 7)
    assert next(one.message for one in stack.findings if one.id == "G18").startswith("1 identical copy ignored")


def test_three_copies_are_counted() -> None:
    datasets = make_series()
    stack = stack_of_datasets([*datasets, *datasets[:3]])
    assert next(one.numbers["copies"] for one in stack.findings if one.id == "G18") == 3


def test_equal_pictures_at_different_places_are_all_kept() -> None:
    def each(dataset: Dataset, _: int) -> None:
        dataset.PixelData = bytes(len(dataset.PixelData))

    assert len(stack_from(Scan(each=each)).instances) == 7


def test_pictures_without_ids_are_never_taken_for_copies() -> None:
    def each(dataset: Dataset, _: int) -> None:
        dataset.SOPInstanceUID = ""
        dataset.PixelData = bytes(len(dataset.PixelData))

    assert len(stack_from(Scan(each=each)).instances) == 7


def test_a_copy_that_cannot_be_read_is_kept_to_be_named_later() -> None:
    class Damaged(Bytes):
        def read(self) -> bytes:
            raise FileTruncated

    bodies = [as_bytes(dataset) for dataset in make_series()]
    members = [*(Bytes(body, number) for number, body in enumerate(bodies)), Damaged(bodies[0], 7)]
    instances = [read_one(member) for member in members]
    assert len(stack_of(Group(tuple(instances)), pixel_fingerprints).instances) == 8


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        pytest.param({"SliceThickness": 3}, "thickness 3.00 mm (tag) · no gap", id="contiguous"),
        pytest.param({"SliceThickness": 2}, "thickness 2.00 mm (tag) · gap 1.00 mm (50 %)", id="gap"),
        pytest.param({"SliceThickness": 4}, "thickness 4.00 mm (tag) · overlap 1.00 mm (25 %)", id="overlap"),
        pytest.param({"SliceThickness": None}, "thickness not recorded", id="no thickness"),
        pytest.param({"SpacingBetweenSlices": 3}, "(0018,0088) 3.00 mm agrees", id="tag agrees"),
        pytest.param({"SpacingBetweenSlices": 5}, "(0018,0088) 5.00 mm differs", id="tag differs"),
    ],
)
def test_the_summary_says_what_was_measured_and_what_was_read(tags: dict[str, Any], words: str) -> None:
    summary = stack_from(Scan(tags=tags)).summary
    assert summary.startswith("Spacing 3.00 mm (measured)")
    assert words in summary
    assert summary.endswith("tilt 0.0° · 7 slices, none missing")


def test_the_order_of_the_files_changes_nothing() -> None:
    datasets = make_series(Scan("oblique"))
    assert positions(stack_of_datasets(datasets)) == positions(stack_of_datasets(datasets[::-1]))


def test_the_reasons_of_the_group_are_reasons_of_the_stack() -> None:
    split = Finding("G06", Severity.NOTE, "Two coordinate systems.")
    assert stack_of(Group(tuple(scanned()), (split,)), pixel_fingerprints).findings[0] == split


def test_a_group_that_was_refused_is_not_measured() -> None:
    fan = Finding("G04", Severity.BLOCK, "The slices point in 7 directions.")
    stack = stack_of(Group(tuple(scanned()), (fan,)), pixel_fingerprints)
    assert (stack.kind, stack.grid, stack.summary) == ("pictures", None, fan.message)
