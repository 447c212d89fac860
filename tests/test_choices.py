"""Files with several pictures of one place, opened with and without a pick: voxels, verdict, and what stays refused."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.factories import Scan, contested_series, make_series, pixels_of, repeated, zip_series
from tests.factories_multiframe import make_enhanced, make_times
from tests.placed import finding, ids
from webapp import stackfiles
from webapp.errors import NothingToChoose, PicksUnfit
from webapp.stackchoices import choice_lines, is_of_picks, marks_of, picture_words, place_words

Open = Callable[..., dict[str, Any]]


def slice_of(meta: dict[str, Any], k: int) -> Any:
    """The stored values that slice k shows."""
    return stackfiles.load_volume(meta["folder"]).voxels[0, k] + 1024


def marks(meta: dict[str, Any], *which: int) -> list[str]:
    """The mark of the picture that is meant at each contested place."""
    places = meta["choice"]["places"]
    return [place["pictures"][at]["mark"] for place, at in zip(places, which, strict=True)]


def test_without_a_pick_contested_places_stay_refused(open_series: Open) -> None:
    (stack,) = open_series(contested_series({3: 1}))["stacks"]
    assert (stack["kind"], stack["verdict"], stack["picked"]) == ("pictures", "refused", None)
    assert [place["slice"] for place in stack["choice"]["places"]] == [3]


def test_a_pick_makes_one_further_stack_beside_the_refused_pictures(open_series: Open) -> None:
    pictures, volume = open_series(contested_series({3: 1, 7: 1}), pick=["later"])["stacks"]
    assert (pictures["id"], pictures["kind"], pictures["verdict"]) == ("1", "pictures", "refused")
    assert (volume["kind"], volume["verdict"], volume["shape_kji"]) == ("volume", "caution", [12, 16, 12])
    assert volume["picked"]["from"] == "1"
    assert finding(volume, "G20")["severity"] == "WARN"


@pytest.mark.parametrize(("pick", "brighter"), [("earlier", 0), ("later", 14)])
def test_the_volume_shows_the_picked_picture_itself_and_no_mean(open_series: Open, pick: str, brighter: int) -> None:
    _, volume = open_series(contested_series({3: 2}), pick=[pick])["stacks"]
    scan = Scan(slices=12)
    assert np.array_equal(slice_of(volume, 3), pixels_of(scan, 3) + brighter)
    assert np.array_equal(slice_of(volume, 4), pixels_of(scan, 4))


def test_pictures_picked_one_by_one_are_the_ones_shown(open_path: Open, tmp_path: Path) -> None:
    path = zip_series(tmp_path / "a.zip", contested_series({3: 1, 7: 1}))
    (refused,) = open_path(path)["stacks"]
    _, volume = open_path(path, pick=marks(refused, 1, 0))["stacks"]
    scan = Scan(slices=12)
    assert np.array_equal(slice_of(volume, 3), pixels_of(scan, 3) + 7)
    assert np.array_equal(slice_of(volume, 7), pixels_of(scan, 7))


def test_the_same_pictures_give_the_same_stack_however_they_were_picked(open_path: Open, tmp_path: Path) -> None:
    path = zip_series(tmp_path / "a.zip", contested_series({3: 1}))
    refused, volume = open_path(path, pick=["later"])["stacks"]
    _, again = open_path(path, pick=marks(refused, 1))["stacks"]
    assert (again["id"], again["picked"]) == (volume["id"], volume["picked"])


def test_a_repeated_picture_of_one_echo_costs_no_other_volume(open_series: Open) -> None:
    def mark(dataset: Any, k: int, t: int) -> None:
        dataset.EchoTime, dataset.AcquisitionTime = (5, 10, 15)[t], f"10{t:02d}{k:02d}"

    scan = Scan(slices=8)
    series = make_times(scan, 3, mark)
    again = repeated(series[0], 3, AcquisitionTime="110000")
    pictures, volume = open_series([*series, again], pick=["later"])["stacks"]
    assert len(pictures["choice"]["places"]) == 1
    assert (volume["kind"], volume["time_points"], volume["time_key"]) == ("volume", 3, "echo time")
    assert volume["verdict"] == "caution"


def test_a_pick_leaves_other_series_and_their_ids_as_they_are(open_series: Open) -> None:
    document = open_series(contested_series({3: 1}), make_series(), pick=["later"])
    assert [len(series["stacks"]) for series in document["series"]] == [2, 1]
    assert document["series"][1]["stacks"] == ["0001-1"]
    assert [len(series["picked"]) for series in document["series"]] == [1, 0]


def test_a_pick_changes_no_id_of_the_other_stacks_of_its_series(open_path: Open, tmp_path: Path) -> None:
    series = contested_series({3: 1})
    others = make_series(Scan("coronal", slices=5))
    for one in others:
        one.SeriesInstanceUID, one.StudyInstanceUID = series[0].SeriesInstanceUID, series[0].StudyInstanceUID
    path = zip_series(tmp_path / "a.zip", series, others)
    before = [stack["id"] for stack in open_path(path)["stacks"]]
    after = [stack["id"] for stack in open_path(path, pick=["later"])["stacks"] if not stack["picked"]]
    assert before == after == ["1", "2"]


def test_marks_open_only_the_series_they_belong_to(open_path: Open, tmp_path: Path) -> None:
    path = zip_series(tmp_path / "a.zip", make_series(), contested_series({3: 1}))
    refused = open_path(path)["stacks"][1]
    document = open_path(path, pick=marks(refused, 0))
    assert [series["stacks"][0] for series in document["series"]] == ["0001-1"]


def test_marks_of_another_input_are_refused(open_path: Open, open_series: Open, tmp_path: Path) -> None:
    (refused,) = open_series(contested_series({3: 1}))["stacks"]
    other = zip_series(tmp_path / "b.zip", contested_series({3: 1}))
    with pytest.raises(PicksUnfit):
        open_path(other, pick=marks(refused, 0))


def test_a_place_left_open_is_refused(open_path: Open, tmp_path: Path) -> None:
    path = zip_series(tmp_path / "a.zip", contested_series({3: 1, 7: 1}))
    (refused,) = open_path(path)["stacks"]
    with pytest.raises(PicksUnfit):
        open_path(path, pick=marks(refused, 0, 0)[:1])


def test_a_picture_that_cannot_be_decoded_is_no_choice(open_series: Open) -> None:
    series = contested_series({3: 1})
    series[-1].PixelData = series[-1].PixelData[:-50]
    (stack,) = open_series(series, pick=["later"])["stacks"]
    assert (stack["kind"], stack["choice"], "G71" in ids(stack)) == ("volume", None, True)


def test_what_was_lost_is_told_of_the_chosen_volume_too(open_series: Open) -> None:
    series = contested_series({3: 1})
    series[9].PixelData = series[9].PixelData[:-50]
    _, volume = open_series(series, pick=["later"])["stacks"]
    assert {"G71", "G29", "G20"} <= set(ids(volume))


def test_pictures_without_number_and_identity_can_be_chosen_between(open_series: Open) -> None:
    series = contested_series({3: 1})
    for one in series:
        del one.SOPInstanceUID
        del one.InstanceNumber
    pictures, volume = open_series(series, pick=["later"])["stacks"]
    assert [one["number"] for one in pictures["choice"]["places"][0]["pictures"]] == [None, None]
    assert np.array_equal(slice_of(volume, 3), pixels_of(Scan(slices=12), 3) + 7)


def test_frames_of_one_file_are_told_apart_by_their_frame(open_path: Open, tmp_path: Path) -> None:
    order = [(k, 0) for k in (0, 1, 2, 3, 3, 4, 5)]
    path = zip_series(tmp_path / "a.zip", [make_enhanced(Scan(slices=6), order=order)])
    (refused,) = open_path(path)["stacks"]
    assert [one["mark"].partition("-")[0] for one in refused["choice"]["places"][0]["pictures"]] == ["0.3", "0.4"]
    _, volume = open_path(path, pick=marks(refused, 1))["stacks"]
    assert (volume["kind"], volume["shape_kji"][0], volume["verdict"]) == ("volume", 6, "caution")


@pytest.fixture
def refused(open_series: Open) -> dict[str, Any]:
    """The meta of pictures with two contested places."""
    (stack,) = open_series(contested_series({3: 1, 7: 1}))["stacks"]
    return dict(stack)


def test_a_ready_pick_means_the_marks_of_its_pictures(refused: dict[str, Any]) -> None:
    assert marks_of(refused, ["later"]) == sorted(marks(refused, 1, 1))
    assert marks_of(refused, marks(refused, 1, 1)) == sorted(marks(refused, 1, 1))


@pytest.mark.parametrize(
    "pick",
    [[], ["sooner"], [None, None], [["later"]], [{}], ["later", "later"], [7, 8], ["0.0-00000000", "1.0-00000000"]],
)
def test_what_settles_no_place_is_refused(refused: dict[str, Any], pick: list[object]) -> None:
    with pytest.raises(PicksUnfit):
        marks_of(refused, pick)


def test_one_mark_said_twice_settles_no_two_places(refused: dict[str, Any]) -> None:
    first = marks(refused, 0, 0)[0]
    for pick in (
        [first, first],
        [first],
        [*marks(refused, 0, 0), first],
        marks({**refused}, 0, 0) + marks(refused, 1, 1),
    ):
        with pytest.raises(PicksUnfit):
            marks_of(refused, pick)


def test_there_is_nothing_to_choose_in_a_volume_or_by_what_is_not_recorded(refused: dict[str, Any]) -> None:
    unrecorded = deepcopy(refused)
    unrecorded["choice"]["ready"] = []
    for meta in ({**refused, "choice": None}, {}, unrecorded):
        with pytest.raises(NothingToChoose):
            marks_of(meta, ["later"])


def test_a_stack_knows_which_pictures_it_was_made_of() -> None:
    made = {"picked": {"marks": ["a", "b"]}}
    assert is_of_picks(made, ["a", "b"])
    assert not is_of_picks(made, ["a", "c"])
    assert not is_of_picks({"picked": None}, [])


def test_places_and_pictures_are_told_in_words() -> None:
    place = {"slice": 3, "position_mm": -12.04, "volume": "echo time 10 ms"}
    assert place_words(place) == "Slice 4 at −12.0\u2009mm, echo time 10 ms"
    one = {"number": 4, "acquisition": 2, "acquired": "10:00:03.5"}
    assert picture_words(one) == "number 4 · acquisition 2 · acquired at 10:00:03.5"
    assert picture_words(dict.fromkeys(one)) == "no number and no time recorded"


def test_the_lines_of_a_choice_name_every_picture_and_every_way(refused: dict[str, Any]) -> None:
    said = "\n".join(choice_lines(refused["choice"]))
    assert all(mark in said for mark in marks(refused, 0, 0) + marks(refused, 1, 1))
    assert all(f"--pick {name}" in said for name in ("earlier", "later", "first", "last", "MARK"))
