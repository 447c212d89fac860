"""A volume: voxels in patient space, read-only."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.stacks import EVERYWHERE, MISSING, PILES, Pile
from tests.imaging.volumes import BOX, ORIGIN, coded, straight, turned, volume_of
from webapp.imaging.affine import Affine
from webapp.imaging.volume import Volume

LATTICE = straight(Affine(np.eye(4)), (2, 3, 4))


def test_voxels_that_could_be_written_are_refused() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Volume(np.zeros((1, 2, 3, 4)), LATTICE)


def test_voxels_without_a_time_axis_are_refused() -> None:
    voxels = np.zeros((2, 3, 4))
    voxels.setflags(write=False)
    with pytest.raises(ValueError, match="T, K, J, I"):
        Volume(voxels, LATTICE)


def test_voxels_of_another_shape_than_their_lattice_are_refused() -> None:
    voxels = np.zeros((1, 2, 3, 5))
    voxels.setflags(write=False)
    with pytest.raises(ValueError, match="fill their lattice"):
        Volume(voxels, LATTICE)


def test_a_volume_knows_its_shape_and_spacing() -> None:
    volume = volume_of(coded())
    assert volume.shape_kji == (5, 6, 7)
    assert volume.spacing_mm == pytest.approx((3.0, 0.8, 0.5))


@pytest.mark.parametrize("degrees", [0, 20, 200])
def test_every_voxel_centre_has_its_own_value(degrees: float) -> None:
    volume = volume_of(coded(), BOX @ turned(degrees).T)
    for index in np.ndindex(5, 6, 7):
        assert volume.probe(volume.affine.apply(index)).value == index @ np.array([100, 10, 1])


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
    assert volume.probe(volume.affine.apply(kji)).value == wanted


def test_the_first_voxel_lies_at_the_origin() -> None:
    assert volume_of(coded()).probe(np.array(ORIGIN)).value == 0


@pytest.mark.parametrize("pile", EVERYWHERE.values(), ids=EVERYWHERE)
def test_every_voxel_centre_of_a_stack_that_is_no_even_box_has_its_own_value(pile: Pile) -> None:
    volume = pile.volume()
    for index in np.ndindex(volume.shape_kji):
        probe = volume.probe(pile.points_mm[index])
        assert (probe.value, probe.exact, probe.why_null) == (float(volume.voxels[(0, *index)]), True, None)
        assert probe.kji == pytest.approx(index, abs=1e-6)


def test_a_point_between_two_voxels_has_the_value_of_the_nearer_one_and_is_not_exact() -> None:
    pile = PILES["uneven and tilted 25"]
    volume = pile.volume()
    probe = volume.probe(0.7 * pile.points_mm[4, 5, 5] + 0.3 * pile.points_mm[4, 6, 5])
    assert (probe.value, probe.exact) == (float(volume.voxels[0, 4, 5, 5]), False)


@pytest.mark.parametrize("name", ["slices missing", "slices missing and tilted"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.7, 0.95])
def test_inside_a_hole_there_is_no_value(name: str, share: float) -> None:
    pile = PILES[name]
    normal = pile.directions[0]
    point = pile.points_mm[3, 10, 5] + share * 6.0 * normal
    probe = pile.volume().probe(point)
    assert (probe.value, probe.why_null, probe.exact) == (None, "hole", False)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.7, 0.95])
def test_between_slices_of_a_stack_that_is_merely_uneven_the_nearer_one_answers(share: float) -> None:
    pile = Pile(MISSING)
    volume = pile.volume()
    probe = volume.probe((1 - share) * pile.points_mm[3, 10, 5] + share * pile.points_mm[4, 10, 5])
    assert probe.value == float(volume.voxels[0, 3 if share < 0.5 else 4, 10, 5])


@pytest.mark.parametrize("pile", EVERYWHERE.values(), ids=EVERYWHERE)
def test_beyond_the_edges_of_a_slice_it_is_outside(pile: Pile) -> None:
    volume = pile.volume()
    _, a, b = pile.axes
    middle = tuple(size // 2 for size in volume.shape_kji)
    for axis, count, step in zip((a, b), pile.pixels, pile.pixel_mm, strict=True):
        for place in (-0.6, count - 0.4):
            point = pile.points_mm[middle] + (place - middle[axis]) * step * pile.directions[axis]
            assert (volume.probe(point).value, volume.probe(point).why_null) == (None, "outside")
    first = tuple(0 if axis == pile.slice_axis else size for axis, size in enumerate(middle))
    below = pile.points_mm[first] - 4.0 * pile.directions[pile.slice_axis]
    assert volume.probe(below).why_null == "outside"


def test_each_time_point_has_its_own_value() -> None:
    voxels = np.stack([coded(), coded() + 5])
    voxels.setflags(write=False)
    volume = Volume(voxels, volume_of(coded()).lattice)
    assert [volume.probe(np.array(ORIGIN), time).value for time in (0, 1)] == [0, 5]
