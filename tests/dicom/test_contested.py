"""Places with several different pictures: which there are, how they are counted, and when there is a choice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pydicom.dataset import Dataset

from tests.dicom.members import instances_of
from tests.dicom.test_times import tagged
from tests.factories import Scan, contested_series, make_series, numbered_and_timed, repeated
from tests.factories_multiframe import make_times
from webapp.dicom.contested import Contested, contested_in
from webapp.dicom.copies import pixel_fingerprints
from webapp.dicom.grouping import Group
from webapp.dicom.stack import Stack, stack_of


def judge(group: Group) -> Stack:
    return stack_of(group, pixel_fingerprints)


def contested_among(datasets: Sequence[Dataset]) -> Contested | None:
    """What there is to choose between among datasets."""
    group = Group(tuple(instances_of(datasets)))
    return contested_in(group, judge(group), pixel_fingerprints, judge)


def told(datasets: Sequence[Dataset]) -> list[tuple[int, str, list[int | None]]]:
    """Slice, volume and the numbers of its pictures for each contested place."""
    found = contested_among(datasets)
    assert found is not None
    return [(one.place, one.volume, [picture.number for picture in one.pictures]) for one in found.contests]


def test_of_thirteen_pictures_at_twelve_places_one_place_is_contested() -> None:
    assert told(contested_series({3: 1})) == [(3, "", [4, 13])]


def test_two_contested_places_are_both_named() -> None:
    assert told(contested_series({7: 1, 3: 1})) == [(3, "", [4, 14]), (7, "", [8, 13])]


def test_three_pictures_at_one_place_are_one_contest() -> None:
    assert told(contested_series({3: 2})) == [(3, "", [4, 13, 14])]


def test_a_contested_place_is_told_in_mm_along_the_direction_the_slices_are_kept_in() -> None:
    found = contested_among(contested_series({3: 1}))
    assert found is not None
    assert (found.contests[0].position_mm, found.places) == (pytest.approx(35.5 + 3 * 3.0), 12)


def test_slices_are_counted_as_the_volume_keeps_them_when_the_normal_points_down() -> None:
    scan = Scan(((1, 0, 0), (0, -1, 0)), slices=12, each=numbered_and_timed)
    found = contested_among(contested_series({3: 1}, scan))
    assert found is not None
    assert (found.contests[0].place, found.contests[0].position_mm) == (8, pytest.approx(35.5 - 9.0))


def test_of_several_volumes_only_the_repeated_picture_is_asked_for() -> None:
    scan = Scan(slices=8)
    series = make_times(scan, 3, tagged("EchoTime", "5", "10", "15"))
    once = next(one for one in series if one.EchoTime == 10 and one.ImagePositionPatient[2] == 35.5 + 3 * 2)
    assert [(place, volume) for place, volume, _ in told([*series, repeated(once, 3)])] == [(2, "echo time 10 ms")]


def test_a_picture_of_two_parameters_is_asked_for_in_its_own_volume() -> None:
    scan = Scan(slices=8)

    def mark(dataset: Dataset, k: int, t: int) -> None:
        dataset.EchoTime, dataset.FlipAngle = (5, 10)[t % 2], (3, 9)[t // 2]

    series = make_times(scan, 4, mark)
    found = told([*series, repeated(series[0], 3)])
    assert len(found) == 1
    assert "echo time" in found[0][1]
    assert "flip angle" in found[0][1]


def test_volumes_that_nothing_tells_apart_are_contested_at_every_place() -> None:
    series = make_times(
        Scan(slices=4), 3, lambda dataset, k, t: setattr(dataset, "InstanceNumber", 1 + (k * 7 + t * 5) % 12)
    )
    assert [(place, len(numbers)) for place, _, numbers in told(series)] == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_copy_of_a_contested_picture_is_no_third_choice() -> None:
    series = contested_series({3: 1})
    copy = repeated(series[3], 0, InstanceNumber=99)
    found = contested_among([*series, copy])
    assert found is not None
    assert [len(one.pictures) for one in found.contests] == [2]
    assert [one.numbers for one in found.group.findings if one.id == "G18"] == [{"copies": 1}]


def test_different_pictures_under_one_identity_can_be_chosen_between() -> None:
    series = contested_series({3: 1})
    series[-1].SOPInstanceUID = series[3].SOPInstanceUID
    assert told(series) == [(3, "", [4, 13])]


def fan_with_a_repeat() -> list[Dataset]:
    """Pictures without a common direction, one place twice."""
    series = contested_series({3: 1})
    for one in series:
        del one.ImagePositionPatient
    return series


@pytest.mark.parametrize(
    "datasets",
    [
        pytest.param(make_series(), id="a clean volume"),
        pytest.param(fan_with_a_repeat(), id="pictures without a position"),
        pytest.param(make_series(Scan(positions_mm=[0] * 7)), id="a film of one place"),
        pytest.param(contested_series({0: 1}, Scan(slices=1, each=numbered_and_timed)), id="one place only"),
    ],
)
def test_nothing_is_offered_where_a_choice_settles_nothing(datasets: list[Dataset]) -> None:
    assert contested_among(datasets) is None
