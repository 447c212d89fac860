"""Enhanced objects: frames lie where their own groups say, whatever the file's order and its tags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.factories import DIRECTIONS, Scan
from tests.factories_multiframe import group, make_enhanced, make_film, measures_of, uids_of_one_series
from tests.placed import finding, ids, misplaced
from webapp.stackfiles import open_voxels
from webapp.store.tags import read_rows, read_table

Open = Callable[..., dict[str, Any]]

SCAN = Scan()
TILT = (0.0, 3.0 * np.tan(np.radians(20)), 0.0)


@pytest.mark.parametrize("directions", sorted(DIRECTIONS))
def test_an_enhanced_object_opens_as_one_volume_with_every_frame_in_its_place(
    open_series: Open, directions: str
) -> None:
    scan = Scan(directions=directions)
    (stack,) = open_series([make_enhanced(scan)])["stacks"]
    assert (stack["kind"], stack["verdict"], misplaced(stack, scan)) == ("volume", "trusted", [])


def test_the_order_of_frames_in_the_file_means_nothing(open_series: Open) -> None:
    backwards = make_enhanced(SCAN, order=[(k, 0) for k in reversed(range(SCAN.slices))])
    (stack,) = open_series([backwards])["stacks"]
    assert misplaced(stack, SCAN) == []


def test_a_tilted_enhanced_object_keeps_its_tilt(open_series: Open) -> None:
    scan = Scan(slide_mm=TILT)
    (stack,) = open_series([make_enhanced(scan)])["stacks"]
    assert "G48" in ids(stack)
    assert stack["tilt_deg"] == pytest.approx(20)


def test_a_frame_that_is_not_there_is_told(open_series: Open) -> None:
    (stack,) = open_series([make_enhanced(SCAN, order=[(k, 0) for k in (0, 1, 2, 4, 5, 6)])])["stacks"]
    assert "G29" in ids(stack)
    assert stack["grid"] == "MISSING"


@pytest.mark.parametrize(
    ("tag", "thickness", "said"), [(1.0, 5.0, "G34"), (30.0, 5.0, "G39"), (None, 5.0, "G41"), (6.0, 5.0, "G33")]
)
def test_the_spacing_tag_inside_pixel_measures_is_held_against_the_positions(
    open_series: Open, tag: float | None, thickness: float, said: str
) -> None:
    scan = Scan(spacing_mm=6.0)
    dataset = make_enhanced(scan)
    measures_of(dataset).SliceThickness = thickness
    if tag is not None:
        measures_of(dataset).SpacingBetweenSlices = tag
    (stack,) = open_series([dataset])["stacks"]
    assert said in ids(stack)
    assert misplaced(stack, scan) == []
    assert max(stack["spacing_mm_kji"]) == pytest.approx(6.0)


@pytest.mark.parametrize("place", ["root", "unassigned"])
def test_an_old_spacing_tag_kept_elsewhere_in_the_file_is_not_read(open_series: Open, place: str) -> None:
    dataset = make_enhanced(SCAN)
    if place == "root":
        dataset.SpacingBetweenSlices = 1.0
    else:
        old = [group(SpacingBetweenSlices=1.0)]
        dataset.SharedFunctionalGroupsSequence[0].UnassignedSharedConvertedAttributesSequence = old
    (stack,) = open_series([dataset])["stacks"]
    assert "G41" in ids(stack)


def test_two_stacks_in_one_object_open_one_by_one(open_series: Open) -> None:
    def halved(frame: Dataset, k: int, t: int) -> None:
        frame.FrameContentSequence[0].StackID = "1" if k < 4 else "2"

    stacks = open_series([make_enhanced(Scan(slices=8), each=halved)])["stacks"]
    assert [stack["shape_kji"][0] for stack in stacks] == [4, 4]
    assert all(finding(stack, "G56")["numbers"] == {"stacks": 2} for stack in stacks)


def test_frame_numbers_that_disagree_with_the_positions_are_told_and_not_used(open_series: Open) -> None:
    def swapped(frame: Dataset, k: int, t: int) -> None:
        frame.FrameContentSequence[0].InStackPositionNumber = {2: 4, 3: 3}.get(k, k + 1)

    (stack,) = open_series([make_enhanced(SCAN, each=swapped)])["stacks"]
    assert finding(stack, "G55")["tags"] == ["0020,9057"]
    assert misplaced(stack, SCAN) == []


def test_a_dimension_index_that_disagrees_is_told(open_series: Open) -> None:
    def swapped(frame: Dataset, k: int, t: int) -> None:
        frame.FrameContentSequence[0].DimensionIndexValues = [{2: 4, 3: 3}.get(k, k + 1)]

    (stack,) = open_series([make_enhanced(SCAN, each=swapped)])["stacks"]
    assert finding(stack, "G55")["tags"] == ["0020,9157"]


def test_frame_numbers_that_run_the_other_way_agree(open_series: Open) -> None:
    def turned(frame: Dataset, k: int, t: int) -> None:
        frame.FrameContentSequence[0].InStackPositionNumber = SCAN.slices - k
        frame.FrameContentSequence[0].DimensionIndexValues = [SCAN.slices - k]

    (stack,) = open_series([make_enhanced(SCAN, each=turned)])["stacks"]
    assert "G55" not in ids(stack)


def test_frames_without_a_position_stand_apart_and_both_stacks_say_so(open_series: Open) -> None:
    def lost(frame: Dataset, k: int, t: int) -> None:
        if k == 6:
            del frame.PlanePositionSequence

    stacks = open_series([make_enhanced(SCAN, each=lost)])["stacks"]
    said = {stack["kind"]: finding(stack, "G54")["severity"] for stack in stacks}
    assert said == {"volume": "WARN", "pictures": "BLOCK"}


def test_an_object_without_any_position_is_pictures(open_series: Open) -> None:
    def lost(frame: Dataset, k: int, t: int) -> None:
        del frame.PlanePositionSequence

    (stack,) = open_series([make_enhanced(SCAN, each=lost)])["stacks"]
    assert (stack["kind"], stack["shape_kji"]) == ("pictures", [SCAN.slices, SCAN.rows, SCAN.columns])
    assert finding(stack, "G54")["numbers"] == {"without_position": 7, "frames": 7}


def test_each_frame_has_its_own_scale(open_series: Open) -> None:
    def halved(frame: Dataset, k: int, t: int) -> None:
        frame.PixelValueTransformationSequence = [
            group(RescaleSlope="0.5" if k % 2 else "1", RescaleIntercept="0", RescaleType="US")
        ]

    (stack,) = open_series([make_enhanced(SCAN, each=halved)])["stacks"]
    voxels = open_voxels(stack["folder"])
    assert voxels[0, 1, 0, 1] == pytest.approx(401 * 0.5)
    assert voxels[0, 2, 0, 1] == pytest.approx(801)
    assert "G64" in ids(stack)


def test_magnitude_and_phase_frames_are_stacks_of_their_own(open_series: Open) -> None:
    def named(frame: Dataset, k: int, t: int) -> None:
        frame.MRImageFrameTypeSequence[0].ComplexImageComponent = "PHASE" if t else "MAGNITUDE"

    stacks = open_series([make_enhanced(SCAN, times=2, each=named)])["stacks"]
    assert [(stack["kind"], stack["time_points"]) for stack in stacks] == [("volume", 1)] * 2


def test_the_window_of_the_frames_is_on_offer(open_series: Open) -> None:
    dataset = make_enhanced(SCAN)
    dataset.SharedFunctionalGroupsSequence[0].FrameVOILUTSequence = [group(WindowCenter="77", WindowWidth="55")]
    (stack,) = open_series([dataset])["stacks"]
    assert (stack["windows"][0]["center"], stack["windows"][0]["width"]) == (77, 55)


def test_a_window_of_single_frames_is_offered_with_its_function_as_the_middle_ones(open_series: Open) -> None:
    def windowed(frame: Dataset, k: int, _: int) -> None:
        frame.FrameVOILUTSequence = [group(WindowCenter=str(70 + k), WindowWidth="55", VOILUTFunction="SIGMOID")]

    (stack,) = open_series([make_enhanced(SCAN, each=windowed)])["stacks"]
    window = stack["windows"][-1]
    middle = stack["shape_kji"][stack["slice_axis"]] // 2
    assert (window["name"], window["function"]) == ("From the file (middle slice)", "SIGMOID")
    assert window["center"] == 70 + middle


def test_a_file_that_holds_fewer_frames_than_it_announces_loses_those_only(open_series: Open) -> None:
    dataset = make_enhanced(SCAN, order=[(k, 0) for k in range(SCAN.slices)])
    dataset.PixelData = dataset.PixelData[: -2 * SCAN.rows * SCAN.columns * 2]
    document = open_series([dataset])
    (stack,) = document["stacks"]
    assert misplaced(stack, replace(SCAN, slices=5)) == []
    assert {line["code"] for line in document["set_aside"]} == {"truncated_file"}


def test_parts_of_one_object_in_several_files_are_put_together(open_series: Open) -> None:
    uids = uids_of_one_series()
    parts = [make_enhanced(SCAN, order=[(k, 0) for k in half], uids=uids) for half in ((0, 1, 2, 3), (4, 5, 6))]
    for part in parts:
        part.ConcatenationUID, part.InConcatenationTotalNumber = "1.2.3", 2
    (stack,) = open_series(parts)["stacks"]
    assert (misplaced(stack, SCAN), "G25" in ids(stack)) == ([], False)


def test_an_object_whose_other_files_are_not_here_says_so(open_series: Open) -> None:
    part = make_enhanced(SCAN)
    part.ConcatenationUID, part.InConcatenationTotalNumber = "1.2.3", 2
    (stack,) = open_series([part])["stacks"]
    assert finding(stack, "G25")["numbers"] == {"announced": 2, "here": 1}


def test_objects_of_one_series_at_different_places_stand_alone(open_series: Open) -> None:
    uids = uids_of_one_series()
    parts = [make_enhanced(SCAN, order=[(k, 0) for k in half], uids=uids) for half in ((0, 1, 2, 3), (4, 5, 6))]
    stacks = open_series(parts)["stacks"]
    assert [stack["shape_kji"][0] for stack in stacks] == [4, 3]


def test_a_film_without_positions_keeps_its_real_times(open_series: Open) -> None:
    (stack,) = open_series([make_film(SCAN)])["stacks"]
    assert (stack["kind"], stack["verdict"]) == ("cine", "trusted")
    assert stack["frame_times_ms"] == [0, 40, 80, 120, 160, 200, 240]


def test_a_film_without_recorded_times_invents_none(open_series: Open) -> None:
    film = make_film(SCAN)
    del film.FrameTime
    (stack,) = open_series([film])["stacks"]
    assert (stack["kind"], stack["frame_times_ms"]) == ("cine", None)


def test_the_pictures_of_a_film_stay_in_the_order_of_the_file(open_series: Open) -> None:
    (stack,) = open_series([make_film(SCAN)])["stacks"]
    assert [int(value) for value in open_voxels(stack["folder"])[0, :, 0, 0]] == [k * 400 - 1024 for k in range(7)]


def test_diffusion_directions_are_read_from_inside_their_group(open_series: Open) -> None:
    def weighted(frame: Dataset, k: int, t: int) -> None:
        frame.FrameContentSequence[0].TemporalPositionIndex = 1
        along = [group(DiffusionGradientOrientation=[float(t == 1), float(t == 2), 0.0])]
        frame.MRDiffusionSequence = [group(DiffusionBValue=700.0, DiffusionGradientDirectionSequence=along)]
        if not t:
            frame.MRDiffusionSequence = [group(DiffusionBValue=0.0)]

    (stack,) = open_series([make_enhanced(SCAN, times=3, each=weighted)])["stacks"]
    assert stack["time_values"] == ["b 0", "b 700 along 0.00, 1.00, 0.00", "b 700 along 1.00, 0.00, 0.00"]


def test_the_private_b_value_of_siemens_frames_tells_volumes_apart(open_series: Open) -> None:
    def weighted(frame: Dataset, k: int, t: int) -> None:
        frame.FrameContentSequence[0].TemporalPositionIndex = 1
        own = Dataset()
        own.private_block(0x0021, "SIEMENS MR SDI 02", create=True).add_new(0x05, "IS", str(500 * t))
        frame.private_block(0x0021, "SIEMENS MR SDI 02", create=True).add_new(0xFE, "SQ", [own])

    (stack,) = open_series([make_enhanced(SCAN, times=3, each=weighted)])["stacks"]
    assert (stack["time_key"], stack["time_values"]) == ("b-value", [0, 500, 1000])


def test_the_echo_time_of_frames_tells_volumes_apart(open_series: Open) -> None:
    def echoed(frame: Dataset, k: int, t: int) -> None:
        frame.FrameContentSequence[0].TemporalPositionIndex = 1
        frame.MREchoSequence = [group(EffectiveEchoTime=5.0 + t)]

    (stack,) = open_series([make_enhanced(SCAN, times=2, each=echoed)])["stacks"]
    assert (stack["time_key"], stack["time_values"], stack["time_unit"]) == ("echo time", [5, 6], "ms")


def test_the_tag_table_shows_the_groups_of_one_frame_only(open_series: Open) -> None:
    (stack,) = open_series([make_enhanced(SCAN)])["stacks"]
    paths = {row.path for row in read_rows(stack["folder"])}
    frames = {path[10:].partition("]")[0] for path in paths if path.startswith("5200,9230[")}
    (frame,) = frames
    assert f"5200,9230[{frame}].0020,9113[0].0020,0032" in paths


def test_what_varies_from_frame_to_frame_runs_along_the_slices(open_series: Open) -> None:
    (stack,) = open_series([make_enhanced(SCAN)])["stacks"]
    table = read_table(stack["folder"])
    assert table.along(table.find("0020,9057")) == [str(k + 1) for k in range(SCAN.slices)]
