"""Files to volumes: every voxel at its true patient point, or no volume at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless

from tests.conftest import Silence
from tests.factories import Scan, as_bytes, make_series, value_at, zip_of, zip_series
from webapp import stackfiles
from webapp.config import Limits
from webapp.errors import EmptyArchive, ExpandedTooBig, NothingToShow
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import take
from webapp.reconstruct import OPENED, Opening, open_input

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
        pytest.param(Scan(slices=5, positions_mm=[0, 3, 6, 12, 15]), id="missing"),
        pytest.param(Scan(slices=6, positions_mm=[0, 3, 6, 54, 57, 60]), id="two slabs"),
        pytest.param(Scan(positions_mm=[0, 3, 6, 9, 14, 19, 24]), id="uneven"),
        pytest.param(Scan(slide_mm=(0, 1, 0)), id="tilted"),
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


def test_two_directions_are_two_stacks(open_series: Opened) -> None:
    def each(dataset: Dataset, k: int) -> None:
        if k >= 4:
            dataset.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
            dataset.ImagePositionPatient = [3.0 * k, 0, 0]

    stacks = open_series(make_series(Scan(each=each)))["stacks"]
    assert sorted((stack["kind"], sorted(stack["shape_kji"])[0]) for stack in stacks) == [("volume", 3), ("volume", 4)]
    assert sorted(stack["id"] for stack in stacks) == ["1", "2"]


def test_two_series_in_one_zip_are_two_series(open_series: Opened) -> None:
    document = open_series(make_series(), make_series(Scan("coronal")))
    assert [len(series["stacks"]) for series in document["series"]] == [1, 1]


def test_a_series_without_a_uid_says_that_it_was_made_up(open_series: Opened) -> None:
    series = open_series(make_series(Scan(tags={"SeriesInstanceUID": ""})))["series"][0]
    assert (series["uid_made_up"], series["images"]) == (True, 7)


def test_what_is_no_picture_is_set_aside_by_name_and_the_series_opens(tmp_path: Path, open_path: Opened) -> None:
    files = [(f"{n}.dcm", as_bytes(one)) for n, one in enumerate(make_series())]
    frames = as_bytes(make_series(Scan(slices=1, tags={"NumberOfFrames": 3}))[0])
    cut = as_bytes(make_series()[0])[:-50]
    extra = [("README.txt", b"hello"), ("film.dcm", frames), ("__MACOSX/x", b"x"), ("empty", b""), ("cut.dcm", cut)]
    document = open_path(zip_of(tmp_path / "a.zip", [*files, *extra]))
    assert {one["name"]: one["code"] for one in document["set_aside"]} == {
        "README.txt": "not_dicom",
        "film.dcm": "multi_frame",
        "__MACOSX/x": "ignored",
        "empty": "not_dicom",
        "cut.dcm": "truncated_file",
    }
    assert [stack["kind"] for stack in document["stacks"]] == ["volume"]
    assert document["input"]["files"] == 12


def test_a_series_whose_every_picture_fails_leaves_no_stack(tmp_path: Path, open_path: Opened, report: Silence) -> None:
    broken = [(f"bad{n}", as_bytes(one)) for n, one in enumerate(make_series(Scan(tags={"RescaleSlope": 0})))]
    good = [(f"good{n}", as_bytes(one)) for n, one in enumerate(make_series())]
    document = open_path(zip_of(tmp_path / "a.zip", broken + good))
    assert len(document["series"]) == 1
    assert sorted(one["name"] for one in document["set_aside"]) == [f"bad{n}" for n in range(7)]
    assert len(list((tmp_path / "staging" / "stacks").iterdir())) == 1


def test_a_stack_is_judged_again_without_the_picture_that_failed(tmp_path: Path, open_path: Opened) -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.RescaleSlope = 0 if k == 3 else 1

    stack = open_path(zip_series(tmp_path / "a.zip", make_series(Scan(each=each))))["stacks"][0]
    assert (stack["kind"], stack["shape_kji"][0]) == ("pictures", 6)
    assert "1 slice is missing after slice 3" in stack["summary"]


def test_a_damaged_twin_is_named_and_harms_nobody(tmp_path: Path, open_path: Opened) -> None:
    bodies = [as_bytes(one) for one in make_series()]
    path = zip_of(tmp_path / "a.zip", [*((f"{n}", body) for n, body in enumerate(bodies)), ("twin", bodies[0])])
    whole = bytearray(path.read_bytes())
    place = whole.rindex(b"PK\x01\x02")
    whole[place + 16] ^= 0xFF
    path.write_bytes(whole)
    document = open_path(path)
    assert [(one["name"], one["code"]) for one in document["set_aside"]] == [("twin", "truncated_file")]
    assert document["stacks"][0]["kind"] == "volume"


def test_a_compressed_series_is_the_same_volume(open_scan: Opened) -> None:
    scan = Scan("sagittal", rows=40, columns=36, each=lambda dataset, _: dataset.compress(JPEG2000Lossless))
    volume = stackfiles.load_volume(open_scan(scan)["folder"])
    for k, j, i in ((0, 0, 0), (3, 39, 0), (6, 20, 35)):
        assert volume.value_at(scan.point_mm(k, j, i)) == value_at(k, j, i) - 1024


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param([("a.txt", b"hello")], "Not a DICOM file", id="no dicom"),
        pytest.param([("__MACOSX/x", b"x")], "helper file", id="only helper files"),
    ],
)
def test_a_zip_without_pictures_says_what_it_holds(
    tmp_path: Path, open_path: Opened, files: list[tuple[str, bytes]], words: str
) -> None:
    with pytest.raises(NothingToShow, match=words):
        open_path(zip_of(tmp_path / "a.zip", files))


def test_an_empty_zip_is_refused(tmp_path: Path, open_path: Opened) -> None:
    with pytest.raises(EmptyArchive):
        open_path(zip_of(tmp_path / "a.zip", []))


def test_more_voxels_than_one_volume_may_have_are_refused(tmp_path: Path, open_path: Opened) -> None:
    with pytest.raises(ExpandedTooBig, match="voxels"):
        open_path(zip_series(tmp_path / "a.zip", make_series()), Limits(voxels=100))


def test_members_that_stopped_an_earlier_attempt_are_left_out_by_name(tmp_path: Path, open_path: Opened) -> None:
    document = open_path(zip_series(tmp_path / "a.zip", make_series(Scan(slices=7))), skip=[2])
    assert [(one["name"], one["code"]) for one in document["set_aside"]] == [("a/00002", "stopped_reading")]


def test_pictures_of_one_pixel_are_shown(open_scan: Opened) -> None:
    meta = open_scan(Scan(rows=1, columns=1))
    assert (meta["kind"], meta["shape_kji"]) == ("volume", [7, 1, 1])


def test_a_folder_and_a_single_file_open_too(tmp_path: Path, report: Silence) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, dataset in enumerate(make_series()):
        (folder / f"{number}").write_bytes(as_bytes(dataset))
    for source, images in ((folder, 7), (folder / "0", 1)):
        staging = tmp_path / f"out{images}"
        staging.mkdir()
        assert open_input(source, Opening(staging, Limits(), report))["series"][0]["images"] == images


def test_the_stages_come_in_their_order(open_scan: Opened, report: Silence) -> None:
    open_scan()
    stages = list(dict.fromkeys(stage for stage, _, _ in report.stages))
    assert stages == ["reading", "placing", "decoding", "auditing"]
    assert ("reading", 7, 7) in report.stages
    assert report.in_hand == []


def test_the_document_on_disk_is_the_one_that_was_given(open_series: Opened) -> None:
    document = open_series(make_series())
    written = json.loads((document["stacks"][0]["folder"].parents[1] / OPENED).read_text())
    assert written == {name: document[name] for name in ("input", "series", "set_aside")}


def test_the_windows_of_a_ct_start_with_its_own(open_scan: Opened) -> None:
    windows = open_scan(Scan(tags={"WindowCenter": 40, "WindowWidth": 400}))["windows"]
    assert [one["name"] for one in windows][:2] == ["From the file", "Soft tissue"]
    assert windows[-1]["name"] == "Automatic"


def test_the_windows_of_an_mr_are_its_own_range(open_scan: Opened) -> None:
    assert [one["name"] for one in open_scan(Scan(tags={"Modality": "MR"}))["windows"]] == ["Automatic"]


def test_the_thumbnail_has_the_proportion_of_the_acquired_picture(open_scan: Opened) -> None:
    """16 rows of 0.8 mm are 12.8 mm, 12 columns of 0.5 mm are 6 mm."""
    with Image.open(open_scan(Scan("sagittal"))["folder"] / stackfiles.THUMBNAIL) as picture:
        assert picture.size == (90, 192)


def test_the_tags_hold_every_element_and_what_varies(open_scan: Opened) -> None:
    tags = json.loads((open_scan()["folder"] / stackfiles.TAGS).read_text())
    assert tags["instances"] == 7
    assert "0028,0030" in {row["path"] for row in tags["rows"]}
    assert len(tags["varying"]["0020,0032"]) == 7


def test_the_patient_is_known_by_a_hash_only(open_series: Opened) -> None:
    series = open_series(make_series())["series"][0]
    assert "P1" not in series["patient_key"]
    assert "Phantom^Asymmetric" not in json.dumps(series)
