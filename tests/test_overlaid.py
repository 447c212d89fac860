"""Segmentations and structure sets at intake: every voxel at its place, volumes, colours, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.factories import Scan, as_bytes, zip_of
from tests.factories_overlays import RED_LAB, Drawing, box, make_seg, make_structures, ring, series_of
from webapp.stackfiles import open_voxels, volume_of
from webapp.stackoverlays import judged

Open = Callable[..., dict[str, Any]]

#: Straight, oblique, tilted, from the side, and uneven.
SCANS = {
    "axial": Scan(),
    "oblique": Scan("oblique"),
    "coronal": Scan("coronal"),
    "sagittal": Scan("sagittal"),
    "tilted": Scan(slide_mm=(0, 0.9, 0)),
}


def only_overlay(found: dict[str, Any]) -> dict[str, Any]:
    """The only overlay of an input, with its voxels as layers of labels."""
    assert found["set_aside"] == []
    (meta,) = found["overlays"]
    return dict(meta) | {"volume": volume_of(meta, open_voxels(meta["folder"]))}


def label_at(overlay: dict[str, Any], point_mm: Any, layer: int = 0) -> int:
    """The label at a patient point."""
    value = overlay["volume"].probe(np.asarray(point_mm), layer).value
    return int(value or 0)


@pytest.mark.parametrize("name", SCANS)
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
def test_every_voxel_of_a_segment_lies_where_the_pictures_voxel_lies(name: str, kind: str, open_series: Open) -> None:
    scan = SCANS[name]
    pictures, uids = series_of(scan)
    mask = box(scan, (2, 4), (3, 9), (5, 8))
    seg = make_seg(scan, uids, {"Box": mask}, Drawing(kind, sources=pictures))
    overlay = only_overlay(open_series(pictures, [seg]))
    for k, j, i in np.ndindex(*mask.shape):
        assert bool(label_at(overlay, scan.point_mm(k, j, i))) == bool(mask[k, j, i]), (k, j, i)


@pytest.mark.parametrize("name", SCANS)
def test_a_segments_volume_and_centre_are_those_of_its_voxels(name: str, open_series: Open) -> None:
    scan = SCANS[name]
    pictures, uids = series_of(scan)
    mask = box(scan, (2, 4), (3, 9), (5, 8))
    (region,) = only_overlay(open_series(pictures, [make_seg(scan, uids, {"Box": mask})]))["overlay"]["regions"]
    points = np.array([scan.point_mm(*place) for place in np.argwhere(mask)])
    assert region["voxels"] == 84
    assert region["volume_ml"] == pytest.approx(84 * 0.8 * 0.5 * 3 / 1000, rel=1e-6)
    assert np.allclose(region["centre_mm"], points.mean(axis=0), atol=1e-6)


def test_segments_that_overlap_are_kept_apart_and_others_share_a_layer(open_series: Open) -> None:
    scan = Scan()
    pictures, uids = series_of(scan)
    masks = {
        "A": box(scan, (1, 3), (2, 8), (2, 8)),
        "B": box(scan, (3, 4), (8, 9), (8, 9)),
        "C": box(scan, (5, 5), (1, 2), (1, 2)),
    }
    overlay = only_overlay(open_series(pictures, [make_seg(scan, uids, masks)]))
    assert [(one["label"], one["layer"], one["value"]) for one in overlay["overlay"]["regions"]] == [
        ("A", 0, 1),
        ("B", 1, 2),
        ("C", 0, 3),
    ]
    both = scan.point_mm(3, 8, 8)
    assert (label_at(overlay, both, 0), label_at(overlay, both, 1)) == (1, 2)


def test_slices_without_frames_between_two_parts_stay_empty(open_series: Open) -> None:
    scan = Scan(slices=12)
    pictures, uids = series_of(scan)
    mask = box(scan, (1, 2), (3, 9), (5, 8)) | box(scan, (8, 9), (3, 9), (5, 8))
    overlay = only_overlay(open_series(pictures, [make_seg(scan, uids, {"Two parts": mask})]))
    assert overlay["shape_kji"][0] == 9
    assert [one["numbers"] for one in overlay["findings"] if one["id"] == "S03"] == [{"left_out": 5}]
    assert [bool(label_at(overlay, scan.point_mm(k, 5, 6))) for k in range(1, 10)] == [True] * 2 + [False] * 5 + [
        True
    ] * 2


def test_shares_count_from_one_half(open_series: Open) -> None:
    scan = Scan()
    pictures, uids = series_of(scan)
    shares = box(scan, (2, 3), (3, 4), (5, 6)) * 0.4 + box(scan, (3, 3), (3, 4), (5, 6)) * 0.6
    overlay = only_overlay(open_series(pictures, [make_seg(scan, uids, {"Share": shares}, Drawing("FRACTIONAL"))]))
    assert overlay["overlay"]["regions"][0]["voxels"] == 4
    assert (label_at(overlay, scan.point_mm(2, 3, 5)), label_at(overlay, scan.point_mm(3, 3, 5))) == (102, 255)


def test_a_recommended_colour_is_the_one_that_is_meant(open_series: Open) -> None:
    scan = Scan()
    pictures, uids = series_of(scan)
    mask = {"Red": box(scan, (2, 4), (3, 9), (5, 8))}
    seg = make_seg(scan, uids, mask, Drawing(colours=[RED_LAB]))
    colour = only_overlay(open_series(pictures, [seg]))["overlay"]["regions"][0]["colour"]
    assert np.allclose([int(colour[at : at + 2], 16) for at in (1, 3, 5)], [255, 0, 0], atol=3)


def test_frames_beside_the_pictures_they_were_drawn_on_are_refused_and_told_how_far(open_series: Open) -> None:
    scan = Scan()
    pictures, uids = series_of(scan)
    mask = {"Box": box(scan, (2, 4), (3, 9), (5, 8))}
    found = open_series(pictures, [make_seg(scan, uids, mask, Drawing(sources=pictures, shift_mm=(0, 0, 1.5)))])
    said = judged(found["stacks"][0], only_overlay(found))
    assert said.verdict == "refused"
    assert "3 of 3 frames lie up to 1.50 mm beside the pictures" in said.reasons[0]


def test_what_reaches_beyond_the_pictures_is_cut_off_and_told_how_far(open_series: Open) -> None:
    scan, wide = Scan(), Scan(slices=10)
    pictures, uids = series_of(scan)
    found = open_series(pictures, [make_seg(wide, uids, {"Long": box(wide, (5, 9), (3, 9), (5, 8))})])
    said = judged(found["stacks"][0], only_overlay(found))
    assert said.verdict == "caution"
    assert "it reaches 9.0 mm beyond these pictures" in " ".join(said.reasons)


def test_what_lies_beside_the_pictures_is_refused(open_series: Open) -> None:
    scan, wide = Scan(), Scan(slices=20)
    pictures, uids = series_of(scan)
    found = open_series(pictures, [make_seg(wide, uids, {"Far": box(wide, (15, 19), (3, 9), (5, 8))})])
    said = judged(found["stacks"][0], only_overlay(found))
    assert (said.verdict, "outside these pictures" in said.reasons[0]) == ("refused", True)


def test_another_coordinate_system_is_refused(open_series: Open) -> None:
    scan = Scan()
    pictures, uids = series_of(scan)
    seg = make_seg(scan, (uids[0], uids[1], "1.2.3"), {"Box": box(scan, (2, 4), (3, 9), (5, 8))})
    found = open_series(pictures, [seg])
    said = judged(found["stacks"][0], only_overlay(found))
    assert (said.verdict, "another coordinate system" in said.reasons[0]) == ("refused", True)


# structures -----------------------------------------------------------------------------------------------------------
def test_nested_contours_and_keyholes_leave_their_holes(open_series: Open) -> None:
    scan = Scan("oblique")
    pictures, uids = series_of(scan)
    outer, inner = ((1.5, 1.5), (12.5, 10.5)), ((4.5, 3.5), (8.5, 7.5))
    nested = [("CLOSED_PLANAR", ring(scan, k, *edges)) for k in (2, 3) for edges in (outer, inner)]
    keyhole = []
    for k in (2, 3):
        around, hole = ring(scan, k, *outer), ring(scan, k, *inner)[::-1]
        keyhole.append(("CLOSED_PLANAR", np.concatenate((around, around[:1], hole, hole[:1]))))
    overlay = only_overlay(open_series(pictures, [make_structures(scan, uids, {"Nested": nested, "Keyhole": keyhole})]))
    for region in overlay["overlay"]["regions"]:
        assert region["voxels"] == 2 * (11 * 9 - 4 * 4)
        assert region["contour_ml"] == pytest.approx(2 * (99 - 16) * 0.8 * 0.5 * 3 / 1000, rel=1e-5)
        inside = label_at(overlay, scan.point_mm(2, 3, 3), region["layer"])
        assert (inside, label_at(overlay, scan.point_mm(2, 6, 5), region["layer"])) == (region["value"], 0)


def test_between_contours_of_missing_slices_nothing_is_filled_in(open_series: Open) -> None:
    scan = Scan(slices=12)
    pictures, uids = series_of(scan)
    rings = [("CLOSED_PLANAR", ring(scan, k, (2.5, 2.5), (8.5, 8.5))) for k in (1, 2, 6, 9)]
    overlay = only_overlay(open_series(pictures, [make_structures(scan, uids, {"Gaps": rings})]))
    filled = [k for k in range(12) if label_at(overlay, scan.point_mm(k, 5, 5))]
    assert filled == [1, 2, 6, 9]
    assert [one["numbers"] for one in overlay["findings"] if one["id"] == "S03"] == [{"left_out": 5}]
    assert overlay["overlay"]["regions"][0]["volume_ml"] == pytest.approx(4 * 36 * 0.8 * 0.5 * 3 / 1000)


def test_contours_without_their_pictures_are_measured_all_the_same(open_path: Open, tmp_path: Any) -> None:
    scan = Scan("sagittal", pixel_mm=(1, 1))
    _, uids = series_of(scan)
    rings = [("CLOSED_PLANAR", ring(scan, k, (1.5, 1.5), (11.5, 9.5))) for k in range(1, 6)]
    alone = zip_of(tmp_path / "alone.zip", [("rs", as_bytes(make_structures(scan, uids, {"Alone": rings})))])
    (region,) = only_overlay(open_path(alone))["overlay"]["regions"]
    assert region["contour_ml"] == pytest.approx(5 * 80 * 3 / 1000)
    assert region["volume_ml"] == pytest.approx(region["contour_ml"], rel=0.03)


def test_points_are_kept_and_open_lines_are_counted(open_series: Open) -> None:
    scan = Scan()
    pictures, uids = series_of(scan)
    closed = ring(scan, 2, (2.5, 2.5), (8.5, 8.5))
    contours = [("CLOSED_PLANAR", closed), ("POINT", closed[:1]), ("OPEN_PLANAR", closed)]
    overlay = only_overlay(open_series(pictures, [make_structures(scan, uids, {"Mixed": contours}, [(0, 128, 255)])]))
    (region,) = overlay["overlay"]["regions"]
    assert np.allclose(region["points_mm"], closed[:1])
    assert (region["left_out"], region["colour"], overlay["verdict"]) == (1, "#0080ff", "caution")


# hostile --------------------------------------------------------------------------------------------------------------
def changed(**changes: Any) -> Callable[[Dataset], None]:
    """A change of elements at the root of a file."""

    def change(dataset: Dataset) -> None:
        for keyword, value in changes.items():
            setattr(dataset, keyword, value)

    return change


def nameless(dataset: Dataset) -> None:
    """Frames that name a segment which is not there."""
    for item in dataset.PerFrameFunctionalGroupsSequence:
        item.SegmentIdentificationSequence[0].ReferencedSegmentNumber = 77


def placeless(dataset: Dataset) -> None:
    """A frame far from any patient."""
    dataset.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient = [1e30, 0, 0]


def twins(dataset: Dataset) -> None:
    """Two segments of one number."""
    dataset.SegmentSequence = [dataset.SegmentSequence[0], dataset.SegmentSequence[0]]


def crooked(dataset: Dataset) -> None:
    """Directions that are none."""
    shared = dataset.SharedFunctionalGroupsSequence[0]
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = [0, 0, 0, 0, 0, 0]


SPOILT_SEGS = {
    "a million frames": (changed(NumberOfFrames=1_000_000), "frames"),
    "frames that are not there": (changed(NumberOfFrames=500), "announces 500 frames"),
    "no segments": (changed(SegmentSequence=[]), "0 segments"),
    "another kind": (changed(SegmentationType="WISHFUL"), "neither binary"),
    "a segment that is not there": (nameless, "names no segment"),
    "a place beyond any patient": (placeless, "no position"),
    "two segments of one number": (twins, "number of their own"),
    "no directions": (crooked, "directions"),
}


@pytest.mark.parametrize("name", SPOILT_SEGS)
def test_a_spoilt_segmentation_ends_in_a_sentence_and_the_pictures_are_shown(name: str, open_series: Open) -> None:
    spoil, words = SPOILT_SEGS[name]
    scan = Scan()
    pictures, uids = series_of(scan)
    seg = make_seg(scan, uids, {"Box": box(scan, (2, 4), (3, 9), (5, 8))})
    spoil(seg)
    found = open_series(pictures, [seg])
    assert [stack["kind"] for stack in found["stacks"]] == ["volume"]
    assert found["overlays"] == []
    assert words in found["set_aside"][0]["reason"]


def test_a_segmentation_that_says_it_was_drawn_on_itself_is_taken_by_its_own_places(open_series: Open) -> None:
    scan = Scan()
    pictures, uids = series_of(scan)
    seg = make_seg(scan, uids, {"Box": box(scan, (2, 4), (3, 9), (5, 8))}, Drawing(sources=pictures))
    for item in seg.PerFrameFunctionalGroupsSequence:
        item.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID = seg.SOPInstanceUID
    assert only_overlay(open_series(pictures, [seg]))["verdict"] == "trusted"


def test_colours_out_of_range_are_replaced(open_series: Open) -> None:
    scan = Scan()
    pictures, uids = series_of(scan)
    rings = [("CLOSED_PLANAR", ring(scan, 2, (2.5, 2.5), (8.5, 8.5)))]
    spoilt = make_structures(scan, uids, {"Loud": rings}, [(-5, 300, 99999)])
    colour = only_overlay(open_series(pictures, [spoilt]))["overlay"]["regions"][0]["colour"]
    assert colour == "#e6a23c"


@pytest.mark.filterwarnings("ignore:Invalid value for VR DS")
@pytest.mark.parametrize("points", [[[np.nan, 0, 0]] * 4, [[1e9, 0, 0], [0, 1e9, 0], [0, 0, 1e9]], [[1, 2, 3]] * 5])
def test_contours_that_are_no_shapes_end_in_a_sentence(points: Any, open_series: Open) -> None:
    scan = Scan()
    pictures, uids = series_of(scan)
    found = open_series(pictures, [make_structures(scan, uids, {"None": [("CLOSED_PLANAR", np.array(points))]})])
    assert [line["code"] for line in found["set_aside"]] == ["regions_unread"]
    assert found["set_aside"][0]["reason"] == "None of its contours is closed, in one plane, and made of numbers."
