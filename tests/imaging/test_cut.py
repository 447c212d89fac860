"""Planes in any direction through stacks of every kind, and slabs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.stacks import MISSING, UNEVEN, Pile, ramp
from tests.imaging.volumes import coded, turned, volume_of
from webapp.imaging.cut import Cut, Slab, SlabMode, merged, offsets_mm, take_cut
from webapp.imaging.sampler import values_at
from webapp.imaging.volume import Volume

PILES = {
    "straight": Pile(),
    "oblique": Pile(turn_deg=25.0),
    "tilted one way": Pile(tilt_deg=20.0),
    "tilted the other way": Pile(tilt_deg=-20.0, turn_deg=10.0),
    "uneven": Pile(depths_mm=UNEVEN),
    "uneven and tilted": Pile(depths_mm=UNEVEN, tilt_deg=18.5),
    "wandering": Pile(wander_mm=1.0, turn_deg=5.0),
    "sagittal": Pile(slice_axis=2, tilt_deg=12.0),
    "coronal with slices missing": Pile(slice_axis=1, depths_mm=MISSING, has_holes=True),
}


def cut_through(pile: Pile, degrees: float) -> Cut:
    """A plane through the middle of a stack, turned about a skew axis."""
    middle = pile.points_mm.reshape(-1, 3).mean(axis=0)
    right, down = (np.eye(3)[:2]) @ turned(degrees).T
    first = middle - 8 * right - 6 * down
    return Cut(first, right, down, (0.5, 0.4), (25, 41))


@pytest.mark.parametrize("degrees", [0.0, 17.0, 45.0, 90.0])
@pytest.mark.parametrize("name", PILES)
def test_a_cut_in_any_direction_shows_what_lies_there(name: str, degrees: float) -> None:
    pile = PILES[name]
    cut = cut_through(pile, degrees)
    picture = take_cut(pile.volume(), cut, Slab())
    measured = pile.is_measured(cut.points_mm())
    assert np.array_equal(np.isfinite(picture), measured)
    np.testing.assert_allclose(picture[measured], ramp(cut.points_mm())[measured], atol=1e-3)


@pytest.mark.parametrize("name", PILES)
def test_at_a_voxels_centre_its_own_value_is_shown(name: str) -> None:
    pile = PILES[name]
    volume = pile.volume()
    assert np.array_equal(values_at(volume, pile.points_mm), volume.voxels[0])


def padded(value: float) -> Volume:
    """A stack of tens in which one voxel is padding."""
    voxels = np.full((3, 3, 3), 10, np.int16)
    voxels[1, 1, 1] = value
    return replace(volume_of(voxels), no_data=value)


def test_padding_takes_no_part_and_its_neighbours_share_its_weight() -> None:
    volume = padded(-2000)
    near = volume.affine.apply([[1, 1, 1.5], [1, 1.25, 1.0], [0.5, 1, 1]])
    assert values_at(volume, near).tolist() == [10.0, 10.0, 10.0]


def test_on_padding_itself_there_is_no_data() -> None:
    volume = padded(-2000)
    assert np.isnan(values_at(volume, volume.affine.apply([[1, 1, 1]])))[0]


def test_beyond_the_outermost_centres_there_is_no_data() -> None:
    volume = volume_of(coded())
    beyond = volume.affine.apply([[-0.1, 2, 2], [4.1, 2, 2], [2, -0.1, 2], [2, 2, 6.1]])
    assert np.isnan(values_at(volume, beyond)).all()


# Slabs --------------------------------------------------------------------------------------------------------


def slab_of(mode: SlabMode, thickness_mm: float) -> NDArray[np.float32]:
    """An axial slab about slice 2 of voxels that encode their index."""
    volume = volume_of(coded())
    cut = Cut(volume.affine.apply([2, 0, 0]), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.8, 0.5), (6, 7))
    return take_cut(volume, cut, Slab(thickness_mm, mode))


def test_a_slab_of_no_thickness_is_the_plane() -> None:
    assert slab_of(SlabMode.MEAN, 0.0)[3, 4] == 234


@pytest.mark.parametrize(("mode", "value"), [(SlabMode.MEAN, 234), (SlabMode.MIP, 334), (SlabMode.MINIP, 134)])
def test_a_slab_holds_the_planes_on_both_sides(mode: SlabMode, value: int) -> None:
    assert slab_of(mode, 6.0)[3, 4] == pytest.approx(value, abs=1e-3)


def test_a_slab_that_reaches_out_of_the_stack_shows_what_there_is() -> None:
    assert slab_of(SlabMode.MIP, 60.0)[3, 4] == pytest.approx(434, abs=0.5)


def test_the_planes_of_a_slab_lie_evenly_about_its_middle() -> None:
    assert offsets_mm(6.0, 3.0).tolist() == [-3.0, 0.0, 3.0]
    assert offsets_mm(0.0, 3.0).tolist() == [0.0]
    assert offsets_mm(7.0, 3.0).tolist() == pytest.approx([-3.5, -3.5 / 3, 3.5 / 3, 3.5])


def test_a_slab_never_has_more_planes_than_the_limit() -> None:
    assert len(offsets_mm(10_000.0, 0.01)) == 256


@pytest.mark.parametrize("mode", list(SlabMode))
def test_where_one_plane_has_no_data_the_others_speak(mode: SlabMode) -> None:
    nothing, seven = np.full((1, 1), np.nan, np.float32), np.full((1, 1), 7, np.int16)
    assert merged([nothing, seven], mode)[0, 0] == 7
    assert np.isnan(merged([nothing, nothing], mode)[0, 0])
