"""Planes through slices that lie where they lie: no value moved, none made up."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.stacks import EVERYWHERE, MISSING, UNEVEN, Pile, points_of, ramp
from webapp.imaging.lattice import Sampling, canvas_of
from webapp.imaging.plane import Plane
from webapp.imaging.sampling import side_view
from webapp.imaging.slicing import Slice, take, view_of


def pictures(pile: Pile) -> list[tuple[Plane, Slice, NDArray[np.float64]]]:
    """Every picture of the side views, with the patient points of its pixels."""
    volume, found = pile.volume(), []
    for plane in Plane:
        if plane.axis != pile.slice_axis:
            view = view_of(plane, volume.lattice)
            for index, place in enumerate(view.positions_mm):
                picture = take(volume, plane, index)
                found.append((plane, picture, points_of(picture, plane, place, pile.directions)))
    return found


@pytest.mark.parametrize("pile", EVERYWHERE.values(), ids=EVERYWHERE)
def test_a_linear_ramp_is_the_same_ramp_in_every_side_view(pile: Pile) -> None:
    """Between slices and between pixels a ramp is exact, so whatever is off was put in the wrong place."""
    for _, picture, points in pictures(pile):
        measured = np.isfinite(picture.pixels.astype(np.float64))
        assert np.abs(picture.pixels[measured] - ramp(points)[measured]).max(initial=0) < 1e-3


@pytest.mark.parametrize("pile", EVERYWHERE.values(), ids=EVERYWHERE)
def test_pixels_are_blank_exactly_where_no_slices_lie(pile: Pile) -> None:
    """In the corners beside slid slices, inside holes, and nowhere else; blank is NaN and never a number."""
    for _, picture, points in pictures(pile):
        assert np.array_equal(np.isfinite(picture.pixels), pile.is_measured(points))


@pytest.mark.parametrize("pile", EVERYWHERE.values(), ids=EVERYWHERE)
def test_the_side_views_hold_every_slice_from_edge_to_edge(pile: Pile) -> None:
    """No voxel lies outside the pictures by more than what is between two samples."""
    places = pile.points_mm.reshape(-1, 3) @ pile.directions.T
    canvas = canvas_of(pile.lattice)
    ends = canvas.start_mm + (np.array(canvas.counts) - 1) * canvas.steps_mm
    spare = np.where(np.arange(3) == pile.slice_axis, canvas.steps_mm, 1e-6)
    assert (places.min(axis=0) >= canvas.start_mm - 1e-6).all()
    assert (places.max(axis=0) <= ends + spare).all()


@pytest.mark.parametrize("tilt", [-25.0, 25.0])
def test_the_corners_of_a_tilted_stack_are_blank(tilt: float) -> None:
    pile = Pile(tilt_deg=tilt)
    (picture,) = [one for plane, one, _ in pictures(pile) if plane is Plane.SAGITTAL][:1]
    blank = np.isnan(picture.pixels)
    one, other = ((0, -1), (-1, 0)) if tilt < 0 else ((0, 0), (-1, -1))
    assert blank[one]
    assert blank[other]
    assert not (picture.pixels == 0).any()


def test_a_hole_is_blank_across_its_whole_width_and_nothing_else_is() -> None:
    pile = Pile(MISSING, has_holes=True)
    volume = pile.volume()
    picture = take(volume, Plane.CORONAL, 3).pixels[::-1]
    depths = np.arange(len(picture)) * 3.0
    assert np.isnan(picture).any(axis=1).tolist() == np.isnan(picture).all(axis=1).tolist()
    assert depths[np.isnan(picture).all(axis=1)].tolist() == [12.0, 24.0, 27.0]


def test_wide_steps_of_a_stack_that_is_merely_uneven_are_no_holes() -> None:
    picture = take(Pile(MISSING).volume(), Plane.CORONAL, 3).pixels
    assert np.isfinite(picture).all()


def test_acquired_slices_of_a_side_view_keep_their_values_to_the_last_bit() -> None:
    volume = Pile(MISSING, has_holes=True).volume(lambda points: np.sin(points).sum(axis=-1))
    lines = take(volume, Plane.CORONAL, 5).pixels[::-1]
    for k, depth in enumerate(MISSING):
        assert np.array_equal(lines[round(depth / 3)], volume.voxels[0, k, 5])


def test_a_pure_shear_is_straightened_and_all_else_interpolated() -> None:
    said = [take(pile.volume(), Plane.CORONAL, 3).sampling for pile in (Pile(tilt_deg=5), Pile(UNEVEN), Pile())]
    assert said == [Sampling.STRAIGHTENED, Sampling.INTERPOLATED, Sampling.ACQUIRED]


def test_every_time_point_is_sampled_from_its_own_voxels() -> None:
    pile = Pile(tilt_deg=10)
    first = pile.volume()
    both = np.concatenate([first.voxels, first.voxels + 100])
    both.setflags(write=False)
    volume = type(first)(both, first.lattice)
    a, b = (side_view(volume, canvas_of(volume.lattice), Plane.CORONAL, 8, time) for time in (0, 1))
    assert np.isfinite(a).any()
    assert b[np.isfinite(b)] == pytest.approx(a[np.isfinite(a)] + 100, abs=1e-3)
