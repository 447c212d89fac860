"""Files to volumes: every voxel at its true patient point, or no volume at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.factories import Scan, make_series, value_at
from tests.placed import misplaced
from webapp import stackfiles
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import take
from webapp.store.tags import read_table

Opened = Callable[..., dict[str, Any]]

#: Directions of no standard plane, to the last digit: 10° and 20°, and close to 45° about two axes.
OBLIQUE = ((0.984807753012208, 0.17364817766693033, 0), (-0.16317591116653482, 0.9254165783983234, -0.3420201433256687))
STEEP = ((0.7071067811865476, 0.5, 0.5), (0, 0.7071067811865476, -0.7071067811865476))
PLANES: list[Any] = ["axial", "coronal", "sagittal", OBLIQUE, STEEP]
NAMES = ["axial", "coronal", "sagittal", "double oblique", "steep"]


@pytest.mark.parametrize("plane", PLANES, ids=NAMES)
def test_every_voxel_lies_at_its_true_point_and_shows_its_value(plane: Any, open_scan: Opened) -> None:
    scan = Scan(plane)
    volume = stackfiles.load_volume(open_scan(scan)["folder"])
    assert sorted(volume.shape_kji) == [7, 12, 16]
    for k, j, i in np.ndindex(scan.slices, scan.rows, scan.columns):
        index = volume.affine.index(scan.point_mm(k, j, i))
        nearest = np.rint(index).astype(int)
        assert np.linalg.norm(volume.affine.apply(nearest) - scan.point_mm(k, j, i)) < 1e-6
        assert volume.voxels[(0, *nearest)] == value_at(k, j, i) - 1024


def test_directions_of_six_digits_cost_less_than_a_hundredth_of_a_micrometre(open_scan: Opened) -> None:
    scan = Scan("oblique")
    volume = stackfiles.load_volume(open_scan(scan)["folder"])
    for k, j, i in ((0, 0, 11), (6, 15, 0), (6, 15, 11)):
        nearest = np.rint(volume.affine.index(scan.point_mm(k, j, i)))
        assert volume.affine.apply(nearest) == pytest.approx(scan.point_mm(k, j, i), abs=1e-5)


@pytest.mark.parametrize("plane", PLANES, ids=NAMES)
def test_every_slice_keeps_its_true_origin(plane: Any, open_scan: Opened) -> None:
    meta = open_scan(Scan(plane))
    volume = stackfiles.load_volume(meta["folder"])
    index = np.zeros((7, 3))
    index[:, meta["slice_axis"]] = np.arange(7)
    assert np.array(meta["origins_mm"]) == pytest.approx(volume.affine.apply(index), abs=1e-6)


def test_the_origin_of_a_slice_is_its_own_and_not_the_mean_lines(open_scan: Opened) -> None:
    positions = [0, 3.02, 6, 9, 12, 15, 18]
    meta = open_scan(Scan(positions_mm=positions))
    assert meta["grid"] == "REGULAR"
    assert [origin[2] for origin in meta["origins_mm"]] == pytest.approx([35.5 + depth for depth in positions])


@pytest.mark.parametrize(
    ("plane", "slice_axis", "spacing"),
    [
        ("axial", 0, [3.0, 0.8, 0.5]),
        ("coronal", 1, [0.8, 3.0, 0.5]),
        ("sagittal", 2, [0.8, 0.5, 3.0]),
        ("oblique", 0, [3.0, 0.8, 0.5]),
    ],
)
def test_spacing_comes_in_the_order_of_the_patient_axes(
    plane: str, slice_axis: int, spacing: list[float], open_scan: Opened
) -> None:
    meta = open_scan(Scan(plane))
    assert (meta["slice_axis"], meta["spacing_mm_kji"]) == (slice_axis, pytest.approx(spacing, abs=1e-5))


@pytest.mark.parametrize("plane", PLANES, ids=NAMES)
def test_the_axes_run_to_the_head_the_back_and_the_left(plane: Any, open_scan: Opened) -> None:
    steps = np.array(open_scan(Scan(plane))["affine_kji_to_lps"])[:3, :3].T
    assert [steps[0, 2] > 0, steps[1, 1] > 0, steps[2, 0] > 0] == [True, True, True]


@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
def test_an_axial_view_has_the_patients_right_on_its_left(plane: str, open_scan: Opened) -> None:
    volume = stackfiles.load_volume(open_scan(Scan(plane))["folder"])
    assert take(volume, Plane.AXIAL, 0).edges == ("R", "L", "A", "P")


def test_an_original_axial_picture_is_seen_as_it_was_stored(open_scan: Opened) -> None:
    volume = stackfiles.load_volume(open_scan(Scan())["folder"])
    pixels = take(volume, Plane.AXIAL, 4).pixels
    assert [int(pixels[0, 0]), int(pixels[0, -1]), int(pixels[-1, 0])] == [
        value_at(4, 0, 0) - 1024,
        value_at(4, 0, 11) - 1024,
        value_at(4, 15, 0) - 1024,
    ]


def test_how_the_patient_lay_turns_nothing_a_second_time(open_series: Opened) -> None:
    found = open_series(*(make_series(Scan(tags={"PatientPosition": lay})) for lay in ("HFS", "FFP", "HFDR")))
    assert len({json.dumps(stack["affine_kji_to_lps"]) for stack in found["stacks"]}) == 1


@pytest.mark.parametrize(
    "scan",
    [
        pytest.param(Scan(positions_mm=[0, 3, 6, 9, 9, 12, 15]), id="repeated"),
        pytest.param(Scan(slices=1), id="one slice"),
        pytest.param(Scan(tags={"ImagePositionPatient": None}), id="no positions"),
        pytest.param(Scan(tags={"PixelSpacing": None}), id="no pixel size"),
        pytest.param(Scan(tags={"ImageType": ["DERIVED", "MOSAIC"]}), id="mosaic"),
        pytest.param(Scan(tags={"ImageOrientationPatient": [0] * 6}), id="no directions"),
    ],
)
def test_what_is_no_volume_is_pictures_without_any_millimetres(scan: Scan, open_scan: Opened) -> None:
    meta = open_scan(scan)
    assert meta["kind"] == "pictures"
    assert meta["shape_kji"] == [scan.slices, 16, 12]
    assert {meta[name] for name in ("slice_axis", "spacing_mm_kji", "affine_kji_to_lps", "origins_mm")} == {None}


@pytest.mark.parametrize("plane", PLANES, ids=NAMES)
@pytest.mark.parametrize(
    ("scan", "grid", "shear"),
    [
        pytest.param({"slices": 5, "positions_mm": [0, 3, 6, 12, 15]}, "MISSING", "NONE", id="missing"),
        pytest.param({"positions_mm": [0, 3, 6, 9, 14, 19, 24]}, "VARIABLE", "NONE", id="uneven"),
        pytest.param({"slide_mm": (0.3, 0.8, -0.4)}, "REGULAR", "SHEAR", id="tilted"),
    ],
)
def test_slices_that_are_no_even_box_lie_where_they_say_all_the_same(
    plane: Any, scan: dict[str, Any], grid: str, shear: str, open_series: Opened
) -> None:
    phantom = Scan(plane, **scan)
    (meta,) = open_series(make_series(phantom))["stacks"]
    assert (meta["kind"], meta["verdict"], meta["grid"], meta["shear"]) == ("volume", "caution", grid, shear)
    assert misplaced(meta, phantom, intercept=-1024) == []


def test_two_slabs_are_one_volume_with_a_hole_and_a_volume_each(open_series: Opened) -> None:
    scan = Scan(slices=6, positions_mm=[0, 3, 6, 54, 57, 60])
    whole, *blocks = open_series(make_series(scan))["stacks"]
    assert (whole["kind"], whole["verdict"], whole["grid"]) == ("volume", "caution", "SPARSE")
    assert [(block["kind"], block["grid"], block["shape_kji"][0]) for block in blocks] == [("volume", "REGULAR", 3)] * 2
    assert misplaced(whole, scan, intercept=-1024) == []


def test_the_windows_of_a_ct_start_with_its_own(open_scan: Opened) -> None:
    windows = open_scan(Scan(tags={"WindowCenter": 50, "WindowWidth": 400}))["windows"]
    assert [one["name"] for one in windows][:2] == ["From the file", "Soft tissue"]
    assert windows[-1]["name"] == "Automatic"


def test_the_windows_of_an_mr_are_its_own_range(open_scan: Opened) -> None:
    assert [one["name"] for one in open_scan(Scan(tags={"Modality": "MR"}))["windows"]] == ["Automatic"]


def test_the_thumbnail_has_the_proportion_of_the_acquired_picture(open_scan: Opened) -> None:
    """16 rows of 0.8 mm are 12.8 mm, 12 columns of 0.5 mm are 6 mm."""
    with Image.open(open_scan(Scan("sagittal"))["folder"] / stackfiles.THUMBNAIL) as picture:
        assert picture.size == (90, 192)


def test_the_tags_hold_every_element_and_what_varies(open_scan: Opened) -> None:
    tags = read_table(open_scan()["folder"])
    spacing, position = tags.find("0028,0030"), tags.find("0020,0032")
    assert (tags.instances, spacing.value, spacing.column) == (7, "0.8\\0.5", None)
    assert len(set(tags.along(position))) == 7


def test_the_patient_is_known_by_a_hash_only(open_series: Opened) -> None:
    series = open_series(make_series())["series"][0]
    assert "P1" not in series["patient_key"]
    assert "Phantom^Asymmetric" not in json.dumps(series)


@pytest.mark.parametrize("tilt_mm", [1.1, -1.1])
def test_a_tilt_narrows_no_pixel(open_scan: Callable[..., dict[str, Any]], tilt_mm: float) -> None:
    meta = open_scan(Scan(slide_mm=(0.0, tilt_mm, 0.0)))
    assert meta["spacing_mm_kji"] == pytest.approx([3.0, 0.8, 0.5], abs=1e-6)
