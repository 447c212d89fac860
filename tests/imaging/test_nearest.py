"""Planes across slices in colour: every colour is one that was recorded, and the one of the nearest pixel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.stacks import EVERYWHERE, PILES, Pile, points_of
from tests.imaging.volumes import volume_of
from webapp.imaging.lattice import Sampling
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import Slice, take, view_of
from webapp.imaging.volume import Volume

#: Every pile, and one whose samples lie a little beyond half-way between its slices.
ALL = {**EVERYWHERE, "four and seven apart": Pile((0.0, 4.0, 11.0))}


def coloured(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Colours that tell their own index."""
    return np.moveaxis(np.indices(shape), 0, -1).astype(np.uint8) + np.uint8(1)


def in_colour(pile: Pile) -> Volume:
    """The pile with colours for values."""
    grey = pile.volume()
    voxels = coloured(grey.voxels.shape[1:4])[None]
    voxels.setflags(write=False)
    return Volume(voxels, grey.lattice)


def side_pictures(pile: Pile) -> list[tuple[Slice, NDArray[np.float64]]]:
    volume, found = in_colour(pile), []
    for plane in Plane:
        if plane.axis != pile.slice_axis:
            for index, place in enumerate(view_of(plane, volume.lattice).positions_mm):
                picture = take(volume, plane, index)
                found.append((picture, points_of(picture, plane, place, pile.directions)))
    return found


@pytest.mark.parametrize("pile", ALL.values(), ids=ALL)
def test_what_was_measured_is_drawn(pile: Pile) -> None:
    for picture, points in side_pictures(pile):
        assert (picture.pixels[..., 3][pile.is_measured(points)] == 255).all()
        assert set(np.unique(picture.pixels[..., 3])) <= {0, 255}


@pytest.mark.parametrize("pile", ALL.values(), ids=ALL)
def test_every_colour_is_that_of_the_nearest_voxel(pile: Pile) -> None:
    """A voxel's colour is its index: it lies within half a step of the point that shows it, in each direction."""
    s, a, b = pile.axes
    depths = pile.lattice.depths_mm
    for picture, points in side_pictures(pile):
        shown = picture.pixels[..., 3] == 255
        index = picture.pixels[shown][:, :3].astype(int) - 1
        apart = np.abs((pile.points_mm[tuple(index.T)] - points[shown]) @ pile.directions.T)
        assert apart[:, a].max(initial=0) <= pile.pixel_mm[0] / 2 + 1e-5
        assert apart[:, b].max(initial=0) <= pile.pixel_mm[1] / 2 + 1e-5
        nearest = np.abs(points[shown] @ pile.directions[s] - depths[:, None]).min(axis=0, initial=np.inf)
        assert np.allclose(apart[:, s], nearest, atol=1e-5)


@pytest.mark.parametrize("axis", range(3))
def test_a_hole_is_nothing(axis: int) -> None:
    pile = replace(PILES["slices missing"], slice_axis=axis)
    below = np.array(pile.depths_mm)[[3, 6]] + (pile.origins_mm @ pile.directions.T)[0, axis]
    for picture, points in side_pictures(pile):
        depth = points @ pile.directions[axis]
        inside = [(depth > low + 1e-5) & (depth < low + gap - 1e-5) for low, gap in zip(below, (6, 9), strict=True)]
        assert not picture.pixels[..., 3][inside[0] | inside[1]].any()


def test_a_side_view_in_colour_says_that_it_takes_the_nearest() -> None:
    assert side_pictures(PILES["slices missing"])[0][0].sampling is Sampling.NEAREST


def test_a_straight_stack_in_colour_is_shown_as_acquired() -> None:
    volume = volume_of(coloured((4, 5, 6)))
    picture = take(volume, Plane.CORONAL, 2)
    assert picture.sampling is Sampling.ACQUIRED
    assert picture.pixels.shape == (4, 6, 3)
    assert picture.pixels[0, 1].tolist() == [4, 3, 2]
