"""A stack that is no even box as NIfTI: every value at its true place, blank where nothing was measured, and said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.stacks import EVERYWHERE, MISSING, UNEVEN, Pile
from webapp.errors import NotSupportedYet
from webapp.exports.nifti import nifti_chunks, write_nifti
from webapp.exports.nifti_form import form_of
from webapp.findings import Verdict
from webapp.imaging.lattice import Sampling
from webapp.imaging.volume import Volume

RAS_TO_LPS = np.array([-1.0, -1.0, 1.0])

#: What a file has to be resampled for, along every axis.
UNEVEN_PILES = {name: pile for name, pile in EVERYWHERE.items() if pile.sampling is Sampling.INTERPOLATED}

RAMPS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "20 y": lambda points: 20 * points[..., 1],
    "20 z": lambda points: 20 * points[..., 2],
}


def written(volume: Volume, folder: Path) -> Any:
    write_nifti(volume, Verdict.CAUTION, folder / "v.nii")
    return nib.load(folder / "v.nii")


def points_of(image: Any) -> NDArray[np.float64]:
    """(I, J, K, 3) patient points of a file's voxels, LPS, mm, by the file's own affine."""
    indices = np.stack(np.indices(image.shape[:3]), axis=-1)
    points: NDArray[np.float64] = (indices @ image.affine[:3, :3].T + image.affine[:3, 3]) * RAS_TO_LPS
    return points


@pytest.mark.parametrize("ramp", RAMPS.values(), ids=RAMPS)
@pytest.mark.parametrize("pile", UNEVEN_PILES.values(), ids=UNEVEN_PILES)
def test_a_ramp_is_the_same_ramp_by_the_files_own_affine(
    tmp_path: Path, pile: Pile, ramp: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> None:
    image = written(pile.volume(ramp), tmp_path)
    values, truth = np.asarray(image.dataobj), ramp(points_of(image))
    measured = np.isfinite(values)
    assert measured.any()
    assert np.abs(values - truth)[measured].max() < 1e-3


@pytest.mark.parametrize("pile", UNEVEN_PILES.values(), ids=UNEVEN_PILES)
def test_voxels_are_blank_exactly_where_nothing_was_measured(tmp_path: Path, pile: Pile) -> None:
    image = written(pile.volume(), tmp_path)
    assert np.array_equal(np.isfinite(np.asarray(image.dataobj)), pile.is_measured(points_of(image)))


@pytest.mark.parametrize("pile", UNEVEN_PILES.values(), ids=UNEVEN_PILES)
def test_the_grid_is_even_and_at_right_angles(tmp_path: Path, pile: Pile) -> None:
    header = written(pile.volume(), tmp_path).header
    steps = header.get_sform()[:3, :3]
    assert np.allclose(steps.T @ steps, np.diag(np.diag(steps.T @ steps)), atol=1e-4)
    assert header["qform_code"] == header["sform_code"] == 1


def test_slices_that_lie_on_the_grid_keep_their_values_to_the_last_bit(tmp_path: Path) -> None:
    volume = Pile(MISSING, has_holes=True).volume(lambda points: np.sin(points).sum(axis=-1))
    values = np.asarray(written(volume, tmp_path).dataobj)
    for k, depth in enumerate(MISSING):
        assert np.array_equal(values[:, :, round(depth / 3)], volume.voxels[0, k].T)


def test_a_hole_is_not_a_number_and_never_zero(tmp_path: Path) -> None:
    volume = Pile(MISSING, has_holes=True).volume()
    values = np.asarray(written(volume, tmp_path).dataobj)
    assert [k for k in range(values.shape[2]) if np.isnan(values[:, :, k]).all()] == [4, 8, 9]


def test_padding_is_not_a_number_and_is_not_blended_into_its_neighbours(tmp_path: Path) -> None:
    volume = Pile(UNEVEN).volume(lambda points: np.where(points[..., 2] < 6, -2000.0, 100.0))
    values = np.asarray(written(replace(volume, no_data=-2000.0), tmp_path).dataobj)
    assert set(values[np.isfinite(values)].tolist()) == {100.0}
    assert np.isnan(values).any()


def test_every_time_point_is_resampled_from_its_own_voxels(tmp_path: Path) -> None:
    first = Pile(UNEVEN).volume()
    both = np.concatenate([first.voxels, first.voxels + 100])
    both.setflags(write=False)
    values = np.asarray(written(Volume(both, first.lattice), tmp_path).dataobj)
    assert values.shape[3] == 2
    assert np.nanmax(np.abs(values[..., 1] - values[..., 0] - 100)) < 1e-3


def test_the_description_says_that_it_was_resampled_and_at_which_step(tmp_path: Path) -> None:
    told = written(Pile(UNEVEN).volume(), tmp_path).header["descrip"].item().decode()
    assert told == "Trueslice: caution; resampled, 2.500 mm between slices, NaN: no data"


@pytest.mark.parametrize(
    ("pile", "why"),
    [
        (Pile(UNEVEN), "The slices are not evenly spaced"),
        (Pile(wander_mm=1.3), "The slices are shifted against each other"),
        (Pile(MISSING, has_holes=True), "Slices are missing"),
    ],
)
def test_the_words_say_why_and_at_which_step(pile: Pile, why: str) -> None:
    words = form_of(pile.lattice).words
    assert words.startswith(why)
    assert "the usual distance between slices" in words


def test_what_is_beyond_the_last_step_is_said() -> None:
    assert "The last 1.50 mm are less than a step" in form_of(Pile((0.0, 3.0, 6.0, 10.5)).lattice).words


def test_tilted_even_slices_are_not_resampled() -> None:
    form = form_of(Pile(tilt_deg=15).lattice)
    assert form.canvas is None
    assert "tilt stands as shear in the affine" in form.words


def test_a_straight_even_stack_needs_no_words() -> None:
    assert form_of(Pile().lattice).words == ""


def test_the_stream_never_holds_more_than_a_plane() -> None:
    volume = Pile(UNEVEN).volume()
    plane = 4 * volume.shape_kji[1] * volume.shape_kji[2]
    assert max(len(chunk) for chunk in nifti_chunks(volume, Verdict.CAUTION)) == max(plane, 352)


def test_slices_metres_apart_sideways_are_refused_by_name() -> None:
    with pytest.raises(NotSupportedYet, match="so far apart sideways"):
        nifti_chunks(Pile(wander_mm=1e6).volume(), Verdict.CAUTION)
