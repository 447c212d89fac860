"""One picture for each contested place: what can be picked at once, what a pick makes, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pydicom.dataset import Dataset

from tests.dicom.members import instance_of
from tests.dicom.test_contested import contested_among, judge
from tests.dicom.test_times import tagged
from tests.factories import Scan, contested_series, repeated
from tests.factories_multiframe import make_times
from webapp.dicom.contested import Contested
from webapp.dicom.moment import moment_of
from webapp.dicom.picks import as_json, mark_of, members_of, picked_of, picked_stack, ready_picks
from webapp.dicom.stack import Stack
from webapp.errors import PicksUnfit
from webapp.findings import Severity, Verdict


def contested(datasets: Sequence[Dataset]) -> Contested:
    found = contested_among(datasets)
    assert found is not None
    return found


def stack_with(datasets: Sequence[Dataset], *pick: str) -> Stack:
    """The stack that a pick makes of datasets."""
    made = picked_stack(contested(datasets), pick, judge)
    assert made is not None
    return made[0]


def ready(datasets: Sequence[Dataset]) -> dict[str, list[int | None]]:
    """The numbers of what each ready pick takes."""
    offered = ready_picks(contested(datasets).contests)
    return {name: [one.number for one in pictures] for name, pictures in offered.items()}


def test_time_and_number_pick_for_every_place_at_once() -> None:
    wanted = {"earlier": [4, 8], "later": [13, 14], "first": [4, 8], "last": [13, 14]}
    assert ready(contested_series({3: 1, 7: 1})) == wanted


def test_of_three_pictures_the_ends_are_offered() -> None:
    assert (ready(contested_series({3: 2}))["earlier"], ready(contested_series({3: 2}))["later"]) == ([4], [14])


def test_time_goes_before_number_where_they_disagree() -> None:
    series = contested_series({3: 1})
    series[-1].AcquisitionTime = "095900"
    assert ready(series) == {"earlier": [13], "later": [4], "first": [4], "last": [13]}


@pytest.mark.parametrize(
    ("times", "offered"),
    [
        pytest.param(("", "100500"), False, id="one is not recorded"),
        pytest.param(("100300", "100300"), False, id="they are the same"),
        pytest.param(("235950", "000010"), False, id="a midnight may lie between"),
        pytest.param(("100300.1", "100300.2"), True, id="a tenth of a second apart"),
    ],
)
def test_times_are_gone_by_only_where_they_tell_the_pictures_apart(times: tuple[str, str], offered: bool) -> None:
    series = contested_series({3: 1})
    series[3].AcquisitionTime, series[-1].AcquisitionTime = times
    assert ("earlier" in ready(series)) is offered


def test_a_date_settles_what_lies_on_two_sides_of_midnight() -> None:
    series = contested_series({3: 1})
    series[3].AcquisitionDate, series[3].AcquisitionTime = "20240101", "235950"
    series[-1].AcquisitionDate, series[-1].AcquisitionTime = "20240102", "000010"
    assert ready(series)["earlier"] == [4]


def test_pictures_of_one_number_are_not_picked_by_number() -> None:
    series = contested_series({3: 1})
    series[-1].InstanceNumber = 4
    assert set(ready(series)) == {"earlier", "later"}


def test_a_moment_is_told_as_a_time_of_the_day() -> None:
    (dataset, *_) = contested_series({})
    dataset.AcquisitionDateTime = "20240102100213.500000"
    moment = moment_of(instance_of(dataset))
    assert moment is not None
    assert (moment.clock, moment.dated) == ("10:02:13.5", True)


def test_a_pick_makes_a_volume_that_is_never_better_than_caution() -> None:
    stack = stack_with(contested_series({3: 1}), "later")
    assert (stack.kind, len(stack.instances), stack.verdict) == ("volume", 12, Verdict.CAUTION)
    assert stack.instances[3].number == 13


def test_the_warning_names_what_was_taken_and_what_left_out_place_by_place() -> None:
    stack = stack_with(contested_series({3: 1, 7: 1}), "later")
    (warning,) = [one for one in stack.findings if one.id == "G20"]
    assert (warning.severity, warning.slices) == (Severity.WARN, (3, 7))
    assert "2 of 12 places hold more than one different picture" in warning.message
    assert "the latest acquired picture of each place" in warning.message
    assert (
        "slice 4 at 44.5 mm: picture 13 (number 13, 10:01:03) taken, picture 4 (number 4, 10:00:03) left out"
        in warning.message
    )
    assert "slice 8 at 56.5 mm: picture 14" in warning.message


def test_the_summary_says_that_pictures_were_chosen() -> None:
    summary = stack_with(contested_series({3: 1, 7: 1}), "first").summary
    assert summary.endswith("2 pictures chosen among several of one place")


def test_many_places_are_named_in_several_sentences_and_none_is_lost() -> None:
    stack = stack_with(contested_series(dict.fromkeys((5, 2, 9, 0, 11, 7, 3, 1, 10, 4, 8, 6), 1)), "first")
    told = [one for one in stack.findings if one.id == "G20"]
    assert [len(one.slices) for one in told] == [10, 2]
    assert sum(one.message.count(" taken, ") for one in told) == 12
    assert "12 pictures chosen" in stack.summary


def test_one_each_is_picked_by_marks() -> None:
    found = contested(contested_series({3: 1, 7: 1}))
    marks = [mark_of(found.contests[0].pictures[1]), mark_of(found.contests[1].pictures[0])]
    made = picked_stack(found, marks, judge)
    assert made is not None
    stack, kept = made
    assert [stack.instances[place].number for place in (3, 7)] == [13, 8]
    assert kept == sorted(marks)
    assert "(the " not in next(one.message for one in stack.findings if one.id == "G20")


def test_a_pick_among_several_volumes_keeps_them_all() -> None:
    series = make_times(Scan(slices=8), 3, tagged("EchoTime", "5", "10", "15"))
    again = repeated(series[0], 3, InstanceNumber=99)
    found = contested([*series, again])
    mark = next(mark_of(one) for one in found.contests[0].pictures if one.number == 99)
    made = picked_stack(found, [mark], judge)
    assert made is not None
    assert (made[0].kind, len(made[0].volumes), made[0].verdict) == ("volume", 3, Verdict.CAUTION)
    assert sum(one.number == 99 for volume in made[0].volumes for one in volume) == 1


def test_a_copy_left_out_beside_a_choice_is_still_told() -> None:
    series = contested_series({3: 1})
    stack = stack_with([*series, repeated(series[3], 0, InstanceNumber=99)], "later")
    assert [one.numbers for one in stack.findings if one.id == "G18"] == [{"copies": 1}]


def test_a_pick_settles_pictures_of_one_identity() -> None:
    series = contested_series({3: 1})
    series[-1].SOPInstanceUID = series[3].SOPInstanceUID
    assert stack_with(series, "earlier").verdict is Verdict.CAUTION


def test_a_place_left_open_or_picked_twice_is_refused() -> None:
    found = contested(contested_series({3: 1, 7: 1}))
    first, second = (list(map(mark_of, one.pictures)) for one in found.contests)
    for pick in ([first[0]], [*first, second[0]], [*first], [first[0], second[0], "999.0-00000000"]):
        with pytest.raises(PicksUnfit):
            picked_of(found, pick)


def test_pictures_of_another_input_are_not_taken_for_these() -> None:
    marks = [mark_of(one.pictures[0]) for one in contested(contested_series({3: 1})).contests]
    assert picked_of(contested(contested_series({3: 1})), marks) is None


def test_a_ready_pick_that_goes_by_something_unrecorded_makes_nothing() -> None:
    series = contested_series({3: 1})
    for one in series:
        del one.AcquisitionTime
    assert picked_stack(contested(series), ["later"], judge) is None


@pytest.mark.parametrize("pick", [["sooner"], ["1.0-0123456"], ["1.0-01234567", "earlier"], [""], ["../1.0-01234567"]])
def test_what_is_no_mark_is_refused(pick: list[str]) -> None:
    with pytest.raises(PicksUnfit):
        members_of(pick)


def test_marks_name_their_members_and_names_none() -> None:
    assert members_of(["12.0-01234567", "3.1.0.64-89abcdef"]) == {12, 3}
    assert (members_of([]), members_of(["earlier"])) == (None, None)


def test_the_choice_is_written_with_what_tells_its_pictures_apart() -> None:
    series = contested_series({3: 1})
    series[-1].AcquisitionNumber = 2
    (place,) = as_json(contested(series))["places"]
    told = [(one["picture"], one["number"], one["acquired"], one["acquisition"]) for one in place["pictures"]]
    assert told == [(3, 4, "10:00:03", None), (12, 13, "10:01:03", 2)]
