"""What belongs into one stack: kinds, sizes, overviews, wide holes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydicom.dataset import FileDataset
from pydicom.uid import SegmentationStorage

from tests.factories import Scan, make_instance, make_series
from tests.factories_multiframe import make_enhanced, uids_of_one_series
from tests.placed import finding, ids, misplaced

Open = Callable[..., dict[str, Any]]

#: Two slabs of even slices, 48 mm apart.
SLABS = Scan(slices=9, positions_mm=[0, 3, 6, 9, 57, 60, 63, 66, 69])


def with_overview() -> tuple[Scan, list[FileDataset], FileDataset]:
    """A scan, its slices, and an overview picture in the same series."""
    uids, scan = uids_of_one_series(), Scan()
    overview = make_instance(Scan(directions="coronal"), 0, uids)
    overview.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    return scan, [make_instance(scan, k, uids) for k in range(scan.slices)], overview


def test_overview_pictures_are_a_stack_of_their_own_and_both_say_so(open_series: Open) -> None:
    _, series, overview = with_overview()
    document = open_series([*series, overview])
    stack, pictures = document["stacks"]
    assert finding(stack, "G13")["numbers"] == {"pictures": 1}
    assert finding(pictures, "G13")["numbers"] == {"overview_pictures": 1}
    assert [(one["kind"], one["label"], one["verdict"]) for one in (stack, pictures)] == [
        ("volume", "", "trusted"),
        ("pictures", "overview pictures", "trusted"),
    ]
    assert "1 overview picture (localizer)" in pictures["summary"]
    assert document["set_aside"] == []


def test_overview_pictures_leave_the_stack_beside_them_as_it_is(open_series: Open) -> None:
    scan, series, overview = with_overview()
    alone, beside = (open_series(sent)["stacks"][0] for sent in (series, [*series, overview]))
    assert misplaced(beside, scan, intercept=-1024) == []
    assert beside["affine_kji_to_lps"] == alone["affine_kji_to_lps"]
    told = [[one for one in stack["findings"] if one["id"] != "G13"] for stack in (alone, beside)]
    assert told[0] == told[1]


def test_an_overview_picture_that_cannot_be_decoded_leaves_no_hole_among_the_slices(open_series: Open) -> None:
    _, series, overview = with_overview()
    overview.PixelData = overview.PixelData[:100]
    document = open_series([*series, overview])
    (stack,) = document["stacks"]
    assert (stack["verdict"], "G71" in ids(stack)) == ("trusted", False)
    assert len(document["set_aside"]) == 1


def test_projections_are_a_stack_beside_the_slices(open_series: Open) -> None:
    def each(dataset: Any, k: int) -> None:
        dataset.ImageType = ["DERIVED", "SECONDARY", "PROJECTION IMAGE" if k > 4 else "AXIAL"]

    stacks = open_series(make_series(Scan(each=each)))["stacks"]
    assert sorted(max(stack["shape_kji"][:1]) for stack in stacks) == [2, 5]
    assert all(finding(stack, "G13")["numbers"] == {"kinds": 2} for stack in stacks)


def test_two_picture_sizes_are_two_stacks_and_say_so(open_series: Open) -> None:
    uids = uids_of_one_series()
    small, large = Scan(slices=4), Scan(slices=4, rows=20, origin_mm=(0, 0, 200))
    series = [make_instance(scan, k, uids) for scan in (small, large) for k in range(4)]
    stacks = open_series(series)["stacks"]
    assert all(finding(stack, "G08")["numbers"] == {"sizes": 2} for stack in stacks)
    assert [stack["shape_kji"][1] for stack in stacks] == [16, 20]


def test_slabs_with_a_wide_hole_come_as_one_stack_and_block_by_block(open_series: Open) -> None:
    whole, *blocks = open_series(make_series(SLABS))["stacks"]
    assert (whole["grid"], whole["shape_kji"][0], "G30" in ids(whole)) == ("SPARSE", 9, True)
    assert [(block["grid"], block["shape_kji"][0], block["kind"]) for block in blocks] == [
        ("REGULAR", 4, "volume"),
        ("REGULAR", 5, "volume"),
    ]
    assert [finding(block, "G30")["numbers"] for block in blocks] == [
        {"block": 1, "blocks": 2},
        {"block": 2, "blocks": 2},
    ]


def test_a_slice_alone_beyond_a_hole_is_no_block(open_series: Open) -> None:
    scan = Scan(slices=5, positions_mm=[0, 3, 6, 9, 57])
    stacks = open_series(make_series(scan))["stacks"]
    assert [stack["shape_kji"][0] for stack in stacks] == [5, 4]


def test_blocks_of_several_volumes_keep_them_all(open_series: Open) -> None:
    _, *blocks = open_series([make_enhanced(SLABS, times=2)])["stacks"]
    assert [(block["time_points"], block["shape_kji"][0]) for block in blocks] == [(2, 4), (2, 5)]


def test_an_even_stack_has_no_blocks(open_series: Open) -> None:
    assert len(open_series(make_series())["stacks"]) == 1


def test_a_segmentation_without_frames_of_its_own_is_set_aside_and_told_why(open_series: Open) -> None:
    scan = Scan()
    mask = make_instance(scan, 0, uids_of_one_series())
    mask.SOPClassUID = mask.file_meta.MediaStorageSOPClassUID = SegmentationStorage
    document = open_series(make_series(scan), [mask])
    assert len(document["stacks"]) == 1
    reasons = ["The segmentation is neither binary, fractional nor a label map (0062,0001)."]
    assert [line["reason"] for line in document["set_aside"]] == reasons


def test_slices_that_alternate_between_two_coordinate_systems_are_two_stacks_with_a_warning(open_series: Open) -> None:
    def each(dataset: Any, k: int) -> None:
        dataset.FrameOfReferenceUID = f"1.2.3.{k % 2}"

    scan = Scan(slices=10, each=each)
    stacks = open_series(make_series(scan))["stacks"]
    found = [finding(stack, "G06") for stack in stacks]
    assert [(stack["kind"], stack["shape_kji"][0], stack["step_mm"]) for stack in stacks] == [("volume", 5, 6.0)] * 2
    assert [(one["severity"], one["numbers"]["pictures"]) for one in found] == [("WARN", 5), ("WARN", 5)]
    assert all("the others lie between these" in one["message"] for one in found)


def test_two_coordinate_systems_side_by_side_are_two_stacks_without_a_warning(open_series: Open) -> None:
    def each(dataset: Any, k: int) -> None:
        dataset.FrameOfReferenceUID = f"1.2.3.{k // 4}"

    stacks = open_series(make_series(Scan(slices=8, each=each)))["stacks"]
    assert [finding(stack, "G06")["severity"] for stack in stacks] == ["NOTE", "NOTE"]


def test_pictures_that_name_no_coordinate_system_join_the_only_one_and_are_noted(open_series: Open) -> None:
    def each(dataset: Any, k: int) -> None:
        dataset.FrameOfReferenceUID = "1.2.3" if k % 2 else ""

    (stack,) = open_series(make_series(Scan(slices=8, each=each)))["stacks"]
    assert (stack["shape_kji"][0], "G06" in ids(stack)) == (8, False)
    assert finding(stack, "G07")["numbers"] == {"without": 4}


def test_pictures_that_name_none_of_two_coordinate_systems_are_a_stack_of_their_own(open_series: Open) -> None:
    def each(dataset: Any, k: int) -> None:
        dataset.FrameOfReferenceUID = ("1.2.3", "1.2.4", "")[k // 3]

    stacks = open_series(make_series(Scan(slices=9, each=each)))["stacks"]
    assert [stack["shape_kji"][0] for stack in stacks] == [3, 3, 3]
    assert sorted("name none of them" in finding(stack, "G06")["message"] for stack in stacks) == [False, False, True]
    assert sum("G07" in ids(stack) for stack in stacks) == 1
