"""A volume: voxels in patient space, read-only."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.volumes import BOX, ORIGIN, coded, turned, volume_of
from webapp.imaging.affine import Affine
from webapp.imaging.volume import Volume


def test_voxels_that_could_be_written_are_refused() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Volume(np.zeros((1, 2, 3, 4)), Affine(np.eye(4)), np.zeros((2, 3)), 0)


def test_voxels_without_a_time_axis_are_refused() -> None:
    voxels = np.zeros((2, 3, 4))
    voxels.setflags(write=False)
    with pytest.raises(ValueError, match="T, K, J, I"):
        Volume(voxels, Affine(np.eye(4)), np.zeros((2, 3)), 0)


def test_there_is_one_origin_for_each_slice() -> None:
    voxels = np.zeros((1, 2, 3, 4))
    voxels.setflags(write=False)
    with pytest.raises(ValueError, match="one origin"):
        Volume(voxels, Affine(np.eye(4)), np.zeros((3, 3)), 0)


def test_a_volume_knows_its_shape_and_spacing() -> None:
    volume = volume_of(coded())
    assert volume.shape_kji == (5, 6, 7)
    assert volume.spacing_mm == pytest.approx((3.0, 0.8, 0.5))


@pytest.mark.parametrize("degrees", [0, 20, 200])
def test_every_voxel_centre_has_its_own_value(degrees: float) -> None:
    volume = volume_of(coded(), BOX @ turned(degrees).T)
    for index in np.ndindex(5, 6, 7):
        assert volume.value_at(volume.affine.apply(index)) == index @ np.array([100, 10, 1])


@pytest.mark.parametrize(
    ("kji", "wanted"),
    [
        pytest.param((-0.49, -0.49, -0.49), 0.0, id="inside the first voxel"),
        pytest.param((4.49, 5.49, 6.49), 456.0, id="inside the last voxel"),
        pytest.param((-0.51, 0, 0), None, id="below"),
        pytest.param((4.51, 0, 0), None, id="above"),
        pytest.param((0, 0, 7), None, id="to the left"),
        pytest.param((1e9, 0, 0), None, id="far away"),
    ],
)
def test_the_outermost_voxels_end_half_a_step_beyond_their_centres(
    kji: tuple[float, float, float], wanted: float | None
) -> None:
    volume = volume_of(coded())
    assert volume.value_at(volume.affine.apply(kji)) == wanted


def test_the_first_voxel_lies_at_the_origin() -> None:
    assert volume_of(coded()).value_at(np.array(ORIGIN)) == 0
