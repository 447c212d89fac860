"""Instances to series, and series to groups that could form one stack."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from tests.dicom.members import scanned
from tests.factories import DIRECTIONS, Scan
from webapp.dicom.apart import set_apart
from webapp.dicom.grouping import Group, groups_of, series_of
from webapp.dicom.model import Instance, Series
from webapp.findings import Severity

SYSTEM = "1.2.826.0.1.3680043.8.498.1"


def changed(keyword: str, value: Any, when: Callable[[int], bool] = lambda k: k < 3) -> Scan:
    """A scan in which some slices carry another value."""

    def each(dataset: Dataset, k: int) -> None:
        if when(k):
            setattr(dataset, keyword, value)

    return Scan(each=each)


def only_series(instances: list[Instance]) -> Series:
    series = series_of(instances)
    assert len(series) == 1
    return series[0]


def groups(scan: Scan) -> list[Group]:
    return groups_of(only_series(scanned(scan)))


def sizes(found: list[Group]) -> list[int]:
    return sorted(len(group.instances) for group in found)


def test_one_scan_is_one_series_and_one_group() -> None:
    assert sizes(groups(Scan())) == [7]


@pytest.mark.parametrize("keyword", ["PatientID", "StudyInstanceUID", "SeriesInstanceUID"])
def test_another_patient_study_or_series_is_another_series(keyword: str) -> None:
    series = series_of(scanned(changed(keyword, "1.2.3")))
    assert sorted(len(one.instances) for one in series) == [3, 4]


def test_series_come_in_the_order_of_their_first_picture() -> None:
    instances = scanned(changed("SeriesInstanceUID", "1.2.3"))
    assert [one.series_uid for one in series_of(instances)] == list(dict.fromkeys(one.series_uid for one in instances))


def test_a_series_without_a_uid_is_rebuilt_by_guess_and_says_so() -> None:
    series = only_series(scanned(Scan(tags={"SeriesInstanceUID": ""})))
    assert series.guessed
    assert series.series_uid.startswith("guessed-")
    assert len(series.instances) == 7


def test_two_series_without_uids_are_told_apart_by_their_descriptions() -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.SeriesInstanceUID, dataset.SeriesDescription = "", f"part {k % 2}"

    assert len(series_of(scanned(Scan(each=each)))) == 2


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("SOPClassUID", MRImageStorage),
        ("Modality", "MR"),
        ("ImageType", ["DERIVED", "PRIMARY"]),
        ("ImageType", ["ORIGINAL", "PRIMARY", "PHASE"]),
        ("ImageType", ["ORIGINAL", "PRIMARY", "WATER"]),
        ("ImagePositionPatient", None),
        ("FrameOfReferenceUID", SYSTEM),
        ("PixelSpacing", [0.8, 0.51]),
        ("PixelSpacing", None),
        ("ImageOrientationPatient", [0, 1, 0, 0, 0, -1]),
        ("ImageOrientationPatient", [1, 0, 0, 0, 0.999998, 0.00175]),
    ],
)
def test_pictures_that_do_not_fit_together_become_two_groups(keyword: str, value: Any) -> None:
    assert sizes(groups(changed(keyword, value))) == [3, 4]


def test_pictures_of_two_sizes_become_two_groups() -> None:
    def each(dataset: Dataset, k: int) -> None:
        if k < 3:
            dataset.Rows, dataset.PixelData = 8, dataset.PixelData[: 8 * 12 * 2]

    assert sizes(groups(Scan(each=each))) == [3, 4]


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("ImageType", ["ORIGINAL", "PRIMARY", "OTHER WORD"]),
        ("AcquisitionNumber", 2),
        ("SliceThickness", 9),
        ("FrameOfReferenceUID", ""),
        ("PixelSpacing", [0.80004, 0.50002]),
        ("ImageOrientationPatient", [1, 0, 0, 0, 0.9999999, 0.0005]),
    ],
)
def test_what_says_nothing_of_the_stack_does_not_split_it(keyword: str, value: Any) -> None:
    assert sizes(groups(changed(keyword, value))) == [7]


@pytest.mark.parametrize(
    ("keyword", "value", "finding"),
    [
        ("FrameOfReferenceUID", SYSTEM, "G06"),
        ("PixelSpacing", [0.8, 0.51], "G09"),
        ("ImageOrientationPatient", [0, 1, 0, 0, 0, -1], "G04"),
    ],
)
def test_each_part_says_why_the_series_was_split(keyword: str, value: Any, finding: str) -> None:
    for group in groups(changed(keyword, value)):
        assert [(one.id, one.severity) for one in group.findings] == [(finding, Severity.NOTE)]


def test_ids_scrambled_file_by_file_do_not_split_the_stack() -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.FrameOfReferenceUID = f"1.2.{k + 1}"

    found = groups(Scan(each=each))
    assert sizes(found) == [7]
    assert [finding.id for finding in found[0].findings] == ["G07"]


def test_pictures_that_all_point_their_own_way_stay_together_and_are_refused() -> None:
    names = list(DIRECTIONS)

    def each(dataset: Dataset, k: int) -> None:
        row, column = DIRECTIONS[names[k]]
        dataset.ImageOrientationPatient = [*row, *column]

    found = groups(Scan(slices=4, each=each))
    assert sizes(found) == [4]
    assert [(one.id, one.severity) for one in found[0].findings] == [("G04", Severity.BLOCK)]


def test_a_direction_without_length_points_no_way_but_its_own() -> None:
    assert sizes(groups(changed("ImageOrientationPatient", [0, 0, 0, 0, 1, 0]))) == [3, 4]


def test_pictures_without_positions_stay_together() -> None:
    assert sizes(groups(Scan(tags={"ImagePositionPatient": None}))) == [7]


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param({"PhotometricInterpretation": "HSV", "SamplesPerPixel": 3}, id="retired colours"),
        pytest.param({"PhotometricInterpretation": "RGB"}, id="three colours in one sample"),
        pytest.param({"PhotometricInterpretation": "MONOCHROME2", "SamplesPerPixel": 3}, id="greys in three samples"),
    ],
)
def test_pictures_of_no_known_colours_and_greys_are_set_aside_by_name(tags: dict[str, Any]) -> None:
    shown, aside = set_apart(only_series(scanned(Scan(tags=tags))))
    assert not shown.instances
    assert {one.code for one in aside} == {"photometric"}
    assert sorted(one.name for one in aside) == [f"picture {number}" for number in range(7)]


def test_overview_pictures_beside_a_stack_are_a_group_of_their_own() -> None:
    found = groups(changed("ImageType", ["ORIGINAL", "LOCALIZER"], lambda k: k == 0))
    assert [(len(group.instances), group.is_overview) for group in found] == [(6, False), (1, True)]
    assert [[one.id for one in group.findings] for group in found] == [["G13"], ["G13"]]


def test_overview_pictures_of_all_directions_stay_together() -> None:
    names = list(DIRECTIONS)

    def each(dataset: Dataset, k: int) -> None:
        if k < len(names):
            dataset.ImageType = ["ORIGINAL", "LOCALIZER"]
            dataset.ImageOrientationPatient = [number for part in DIRECTIONS[names[k]] for number in part]

    assert [len(group.instances) for group in groups(Scan(each=each))] == [3, 4]


def test_overview_pictures_of_two_sizes_are_two_groups() -> None:
    def each(dataset: Dataset, k: int) -> None:
        if k < 3:
            dataset.ImageType = ["ORIGINAL", "LOCALIZER"]
        if k == 0:
            dataset.Rows, dataset.PixelData = 8, dataset.PixelData[: 8 * 12 * 2]

    found = groups(Scan(each=each))
    assert [len(group.instances) for group in found if group.is_overview] in ([1, 2], [2, 1])


def test_overview_pictures_on_their_own_are_the_series() -> None:
    found = groups(Scan(tags={"ImageType": ["ORIGINAL", "LOCALIZER"]}))
    assert [(len(group.instances), group.is_overview, group.findings) for group in found] == [(7, False, ())]


def test_single_pictures_of_many_directions_beside_a_stack_are_shown_together() -> None:
    """A projection turned around the body, of which two pictures point the same way."""

    def each(dataset: Dataset, k: int) -> None:
        angle = math.radians(20 * min(k, 5))
        dataset.ImageOrientationPatient = [math.cos(angle), math.sin(angle), 0, 0, 0, -1]

    found = groups(Scan(each=each))
    assert sizes(found) == [2, 5]
    told = {len(group.instances): [(one.id, one.severity) for one in group.findings] for group in found}
    assert told == {2: [("G04", Severity.NOTE)], 5: [("G04", Severity.BLOCK)]}
