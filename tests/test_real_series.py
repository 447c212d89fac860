"""Real series with answers worked out by other programs: right, or refused by name, never wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import REAL_DATA, Silence
from webapp import stackfiles
from webapp.config import Limits
from webapp.imaging.volume import Volume
from webapp.reconstruct import STACKS, Opening, open_input

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.filterwarnings("ignore:Invalid value for VR:UserWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:pydicom"),
]

Find = Callable[[str], Path]
Opened = Callable[..., dict[str, Any]]
Even = tuple[dict[str, Any], dict[str, Any], Volume]

#: Series that form one even, straight stack: each must be a volume.
VOLUMES = (
    "ct_lidc0314_275sl",
    "ct_overlap_j2k_nouid",
    "mr_siemens_sag_prone",
    "mr_ge_sag_196",
    "mr_ge_oblique_sliceloc",
    "mr_hitachi_oblique_4sl",
    "mr_4sl_uncompressed",
    "mr_4sl_j2k",
    "mr_4sl_rle",
    "mr_4sl_jpegls",
    "mr_4sl_jpegll",
    "mr_jpegll_fragments",
    "mr_philips_cor_4sl",
    "pt_qin_299_with_seg",
)

#: Series that are no even box: each must be a volume with a warning that says so.
UNEVEN = {"ct_missing_ge_4sl": "G29", "mr_t2_missing_slice": "G29", "ct_tilt_philips_p16": "G48"}

#: Series of several volumes, or of several slices a file: volumes of every stack, slices of each, stacks.
SEVERAL = {
    "mr_ge_4d_two_series": (10, 15, 2),
    "mr_mosaic_ax_int": (6, 36, 1),
    "mr_mosaic_cor_int36": (2, 36, 1),
    "mr_enh_siemens_asl7": (7, 12, 1),
    "mr_enh_siemens_t1sag": (1, 96, 1),
    "mr_enh_philips_dti": (4, 8, 1),
}

#: Those of which another program wrote one NIfTI file.
CONVERTED = ("mr_mosaic_ax_int", "mr_mosaic_cor_int36", "mr_enh_siemens_t1sag", "mr_enh_philips_dti")

#: The same stack, packed in four ways.
ONE_AND_THE_SAME = ("mr_4sl_jpegll", "mr_4sl_jpegls", "mr_4sl_rle", "mr_4sl_j2k")


def answer(name: str) -> dict[str, Any]:
    """What other programs made of a series."""
    answers: dict[str, dict[str, Any]] = json.loads((REAL_DATA / "answers.json").read_text(encoding="utf-8"))
    return answers[name]


def only_volume(found: dict[str, Any]) -> tuple[dict[str, Any], Volume]:
    volumes = [stack for stack in found["stacks"] if stack["kind"] == "volume"]
    assert len(volumes) == 1
    return volumes[0], stackfiles.load_volume(volumes[0]["folder"])


@pytest.fixture(scope="module", params=VOLUMES)
def even(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Even:
    """A series that must be a volume: what was asked of it, its meta and its voxels."""
    path = REAL_DATA / f"{request.param}.zip"
    if not path.exists():
        pytest.skip(f"the real series {request.param} is not on this machine")
    staging = tmp_path_factory.mktemp("even")
    found = open_input(path, Opening(staging, Limits(), Silence()))
    folders = [staging / STACKS / name for series in found["series"] for name in series["stacks"]]
    meta, volume = only_volume({"stacks": [{**stackfiles.read_meta(folder), "folder": folder} for folder in folders]})
    return answer(request.param)["series"][0], meta, volume


def test_an_even_stack_is_a_trusted_volume_with_every_slice(even: Even) -> None:
    wanted, meta, _ = even
    assert meta["verdict"] == "trusted"
    assert meta["shape_kji"][meta["slice_axis"]] == wanted["n_positions"]


def test_the_spacing_is_that_of_other_programs(even: Even) -> None:
    wanted, meta, _ = even
    assert meta["spacing_mm_kji"][meta["slice_axis"]] == pytest.approx(wanted["spacing_mm"]["median"], abs=0.003)


def test_the_values_are_those_of_other_programs(even: Even) -> None:
    wanted, meta, volume = even
    assert meta["value_range"] == pytest.approx([wanted["values"]["min"], wanted["values"]["max"]], rel=1e-6)
    found = [volume.probe(np.array(point["LPS"])).value for point in wanted.get("probe", [])]
    assert found == pytest.approx([point["value"] for point in wanted.get("probe", [])], rel=1e-4)


def test_every_corner_lies_where_other_programs_put_it(even: Even) -> None:
    wanted, _, volume = even
    affine = np.array(wanted["affine_LPS_col_row_slice"])
    size = np.array([wanted["cols"], wanted["rows"], wanted["n_positions"]]) - 1
    theirs = np.array([affine[:, :3] @ (corner * size) + affine[:, 3] for corner in np.ndindex(2, 2, 2)])
    last = np.array(volume.shape_kji) - 1
    ours = np.array([volume.affine.apply(corner * last) for corner in np.ndindex(2, 2, 2)])
    distances = np.linalg.norm(ours[:, None] - theirs[None], axis=-1)
    assert distances.min(axis=1).max() < 0.01


@pytest.mark.parametrize("name", ONE_AND_THE_SAME[1:])
def test_one_stack_packed_in_four_ways_has_the_same_voxels(
    name: str, real_data: Find, open_path: Opened, tmp_path: Path
) -> None:
    checks = open_path(real_data(name))["stacks"][0]["file"]
    (tmp_path / "staging").rename(tmp_path / "first")
    assert open_path(real_data(ONE_AND_THE_SAME[0]))["stacks"][0]["file"] == checks


@pytest.mark.parametrize("name", UNEVEN)
def test_what_is_no_even_box_is_a_volume_with_a_warning_and_every_value_in_its_place(
    name: str, real_data: Find, open_path: Opened
) -> None:
    meta, volume = only_volume(open_path(real_data(name)))
    wanted = answer(name)["series"][0]
    assert (meta["verdict"], meta["shape_kji"][meta["slice_axis"]]) == ("caution", wanted["n_positions"])
    assert [one["severity"] for one in meta["findings"] if one["id"] == UNEVEN[name]] == ["WARN"]
    found = [volume.probe(np.array(point["LPS"])).value for point in wanted["probe"]]
    assert found == [point["value"] for point in wanted["probe"]]


@pytest.mark.parametrize("name", SEVERAL)
def test_several_volumes_or_slices_a_file_are_sorted_into_volumes(
    name: str, real_data: Find, open_path: Opened
) -> None:
    times, slices, count = SEVERAL[name]
    stacks = open_path(real_data(name))["stacks"]
    assert [stack["kind"] for stack in stacks] == ["volume"] * count
    for stack in stacks:
        assert (stack["time_points"], stack["shape_kji"][stack["slice_axis"]]) == (times, slices)


@pytest.mark.parametrize("name", CONVERTED)
def test_every_corner_of_tiles_and_frames_lies_where_another_program_put_it(
    name: str, real_data: Find, open_path: Opened
) -> None:
    _, volume = only_volume(open_path(real_data(name)))
    (theirs,) = answer(name)["dcm2niix"]
    affine = np.diag([-1, -1, 1]) @ np.array(theirs["affine_RAS"])
    last = np.array(theirs["dim"][:3]) - 1
    wanted = np.array([affine[:, :3] @ (corner * last) + affine[:, 3] for corner in np.ndindex(2, 2, 2)])
    ours = volume.affine.apply([corner * (np.array(volume.shape_kji) - 1) for corner in np.ndindex(2, 2, 2)])
    assert np.linalg.norm(ours[:, None] - wanted[None], axis=-1).min(axis=1).max() < 0.05


def test_pictures_of_one_place_are_no_volume(real_data: Find, open_path: Opened) -> None:
    stacks = open_path(real_data("ct_notavolume_4sl"))["stacks"]
    assert [(stack["kind"], stack["spacing_mm_kji"]) for stack in stacks] == [("cine", None)]


def test_a_segmentation_lies_over_the_pet_beside_it_and_is_not_stacked_into_it(
    real_data: Find, open_path: Opened
) -> None:
    found = open_path(real_data("pt_qin_299_with_seg"))
    assert [series["modality"] for series in found["series"]] == ["PT"]
    assert [over["modality"] for over in found["over"]] == ["SEG"]
    assert found["set_aside"] == []


def test_a_tag_that_holds_the_gap_is_named_and_the_positions_are_used(real_data: Find, open_path: Opened) -> None:
    """An old GE: the tag says 2 mm, slices of 5 mm lie 7 mm apart."""
    meta, volume = only_volume(open_path(real_data("mr_ge_gap_sbs2")))
    assert 6.95 < volume.spacing_mm[meta["slice_axis"]] < 7.08
    assert meta["verdict"] == "caution"
    assert "G34" in {finding["id"] for finding in meta["findings"]}


def test_a_localizer_in_three_planes_is_three_stacks(real_data: Find, open_path: Opened) -> None:
    stacks = open_path(real_data("mr_ge_localizer_3plane"))["stacks"]
    assert sorted(stack["slice_axis"] for stack in stacks) == [0, 1, 2]
    for stack in stacks:
        assert stack["shape_kji"][stack["slice_axis"]] == 7
        assert stack["spacing_mm_kji"][stack["slice_axis"]] == pytest.approx(15.0, abs=0.003)


def test_a_table_of_contents_is_no_picture_and_a_hole_is_told(real_data: Find, open_path: Opened) -> None:
    found = open_path(real_data("dicomdir_3patients"))
    assert len(found["series"]) == 13
    assert [one["code"] for one in found["set_aside"]] == ["not_an_image"] * 2
    sparse = [stack for stack in found["stacks"] if stack["grid"] == "SPARSE"]
    assert [(stack["kind"], stack["verdict"]) for stack in sparse] == [("volume", "caution")]
    hole = next(finding for finding in sparse[0]["findings"] if finding["id"] == "G30")
    assert (hole["severity"], "202.5 mm" in hole["message"]) == ("WARN", True)


def test_of_odd_files_only_frames_with_places_are_a_volume(real_data: Find, open_path: Opened) -> None:
    found = open_path(real_data("oddities_a"))
    volumes = [stack["shape_kji"] for stack in found["stacks"] if stack["kind"] == "volume"]
    assert volumes == [[15, 10, 10]]
    assert all(one["reason"].endswith(".") for one in found["set_aside"])
    names = {one["name"].rsplit("/", 1)[-1]: one["code"] for one in found["set_aside"]}
    assert names["2026-05-26-oob-monochrome-65535.dcm"] == "bad_dimensions"
