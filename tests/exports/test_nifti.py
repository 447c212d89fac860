"""A volume as NIfTI, against affines worked out by hand."""

from __future__ import annotations

import math
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from numpy.typing import NDArray

from webapp.errors import NotSupportedYet
from webapp.exports.nifti import gzipped, nifti_chunks, ras_affine, write_nifti
from webapp.findings import Verdict
from webapp.imaging.affine import Affine
from webapp.imaging.lattice import Lattice
from webapp.imaging.volume import Volume

ORIGIN = (-10.0, 20.0, 30.0)


def a_volume(steps_mm: list[list[float]], dtype: str = "int16", times: int = 1) -> Volume:
    """3 slices of 4 rows and 5 columns whose values count their own place."""
    voxels = np.arange(times * 60).reshape(times, 3, 4, 5).astype(dtype) - 7
    return with_origins(voxels, Affine.from_steps(steps_mm, ORIGIN))


def with_origins(voxels: NDArray[np.generic], affine: Affine, origins_mm: NDArray[np.float64] | None = None) -> Volume:
    voxels.setflags(write=False)
    even = affine.apply([[k, 0, 0] for k in range(voxels.shape[1])])
    k, j, i = voxels.shape[1:4]
    return Volume(voxels, Lattice(affine, (k, j, i), 0, even if origins_mm is None else origins_mm))


def oblique_steps() -> list[list[float]]:
    """Turned by 30 degrees about the Head axis: 3 mm between slices, 2 mm down, 0.5 mm across."""
    cos, sin = math.cos(math.radians(30)), math.sin(math.radians(30))
    return [[0, 0, 3.0], [-2.0 * sin, 2.0 * cos, 0], [0.5 * cos, 0.5 * sin, 0]]


def written(volume: Volume, folder: Path, name: str = "v.nii") -> Any:
    write_nifti(volume, Verdict.CAUTION, folder / name)
    return nib.load(folder / name)


def test_the_affine_of_an_oblique_stack_is_the_one_worked_out_by_hand() -> None:
    half_root_3 = 0.8660254037844386
    expected = [
        [-0.5 * half_root_3, 1.0, 0.0, 10.0],
        [-0.25, -2.0 * half_root_3, 0.0, -20.0],
        [0.0, 0.0, 3.0, 30.0],
        [0.0, 0.0, 0.0, 1.0],
    ]
    assert np.allclose(ras_affine(Affine.from_steps(oblique_steps(), ORIGIN).matrix), expected, atol=1e-12)


@pytest.mark.parametrize("name", ["v.nii", "v.nii.gz"])
def test_every_voxel_comes_back_exactly(tmp_path: Path, name: str) -> None:
    volume = a_volume(oblique_steps())
    back = np.asanyarray(written(volume, tmp_path, name).dataobj)
    assert np.array_equal(back, volume.voxels[0].transpose(2, 1, 0))


@pytest.mark.parametrize("dtype", ["int16", "float32", "uint8"])
def test_the_numbers_keep_their_kind(tmp_path: Path, dtype: str) -> None:
    assert written(a_volume(oblique_steps(), dtype), tmp_path).get_data_dtype() == np.dtype(dtype)


def test_a_view_turned_without_copying_is_written_in_its_turned_order(tmp_path: Path) -> None:
    acquired = np.arange(60, dtype=np.int16).reshape(1, 3, 4, 5)
    turned = acquired.transpose(0, 2, 1, 3)[:, ::-1]
    turned.setflags(write=False)
    volume = with_origins(turned, Affine.from_steps(oblique_steps(), ORIGIN))
    back = np.asanyarray(written(volume, tmp_path).dataobj)
    assert np.array_equal(back, turned[0].transpose(2, 1, 0))


def test_every_voxel_stands_where_it_stood(tmp_path: Path) -> None:
    volume = a_volume(oblique_steps())
    image = written(volume, tmp_path)
    left, posterior, head = volume.affine.apply([2, 1, 4])
    assert np.allclose((image.affine @ [4, 1, 2, 1])[:3], [-left, -posterior, head], atol=1e-5)


def test_both_ways_of_saying_where_it_is_agree_without_shear(tmp_path: Path) -> None:
    header = written(a_volume(oblique_steps()), tmp_path).header
    assert header["sform_code"] == header["qform_code"] == 1
    assert np.allclose(header.get_qform(), header.get_sform(), atol=1e-5)


def test_a_tilted_stack_keeps_its_true_slice_step(tmp_path: Path) -> None:
    header = written(a_volume([[0, 1.0, 3.0], [0, 2.0, 0], [0.5, 0, 0]]), tmp_path).header
    assert np.allclose(header.get_sform()[:3, 2], [0, -1.0, 3.0])
    assert header["qform_code"] == 0


def test_time_points_run_last(tmp_path: Path) -> None:
    volume = a_volume(oblique_steps(), times=2)
    back = np.asanyarray(written(volume, tmp_path).dataobj)
    assert back.shape == (5, 4, 3, 2)
    assert np.array_equal(back[..., 1], volume.voxels[1].transpose(2, 1, 0))


def test_lengths_are_millimetres_and_values_are_not_scaled(tmp_path: Path) -> None:
    header = written(a_volume(oblique_steps()), tmp_path).header
    assert header.get_xyzt_units()[0] == "mm"
    assert tuple(header["pixdim"][1:4]) == pytest.approx((0.5, 2.0, 3.0))


def test_the_scaling_is_spelled_out_for_programs_that_read_it(tmp_path: Path) -> None:
    write_nifti(a_volume(oblique_steps()), Verdict.TRUSTED, tmp_path / "v.nii")
    slope_and_intercept = (tmp_path / "v.nii").read_bytes()[112:120]
    assert struct.unpack("<2f", slope_and_intercept) == (1, 0)


def test_the_description_holds_the_verdict_and_nothing_else(tmp_path: Path) -> None:
    assert written(a_volume(oblique_steps()), tmp_path).header["descrip"].item() == b"Trueslice: caution"


def test_colour_is_refused_by_name() -> None:
    affine = Affine.from_steps(oblique_steps(), ORIGIN)
    with pytest.raises(NotSupportedYet, match="Colour"):
        nifti_chunks(with_origins(np.zeros((1, 3, 4, 5, 3), np.uint8), affine), Verdict.CAUTION)


def test_the_stream_never_holds_more_than_a_slice() -> None:
    sizes = [len(chunk) for chunk in nifti_chunks(a_volume(oblique_steps()), Verdict.TRUSTED)]
    assert sizes == [352, 40, 40, 40]


def test_two_exports_of_one_volume_are_the_same_bytes() -> None:
    volume = a_volume(oblique_steps())
    one, two = (b"".join(gzipped(nifti_chunks(volume, Verdict.TRUSTED))) for _ in range(2))
    assert one == two


def test_voxels_that_stand_for_nothing_are_no_numbers() -> None:
    voxels = np.arange(60).reshape(1, 3, 4, 5).astype(np.int16)
    voxels[0, 1, 2, 3] = -32768
    plain = with_origins(voxels, Affine.from_steps(oblique_steps(), ORIGIN))
    body = b"".join(nifti_chunks(replace(plain, no_data=-32768), Verdict.TRUSTED))
    found = np.frombuffer(body[352:], "<f4")
    assert np.flatnonzero(np.isnan(found)).tolist() == [20 + 10 + 3]
    assert np.delete(found, 33).tolist() == [float(value) for value in range(60) if value != 33]
