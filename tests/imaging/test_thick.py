"""Slabs along a stack's own planes, and the true planes of the patient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.stacks import UNEVEN, Pile, ramp
from tests.imaging.volumes import coded, volume_of
from webapp.errors import IndexOutOfRange
from webapp.imaging.affine import PATIENT_AXES
from webapp.imaging.cut import Slab, SlabMode
from webapp.imaging.lattice import Sampling
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import Slice, take
from webapp.imaging.thick import patient_view, take_patient, take_slab

STACKS = {
    "oblique": Pile(turn_deg=25.0),
    "tilted": Pile(tilt_deg=15.0),
    "uneven and turned": Pile(depths_mm=UNEVEN, turn_deg=40.0),
    "sagittal": Pile(slice_axis=2, turn_deg=8.0),
}


@pytest.mark.parametrize(("mode", "value"), [(SlabMode.MEAN, 234), (SlabMode.MIP, 334), (SlabMode.MINIP, 134)])
def test_an_axial_slab_merges_the_slices_it_reaches(mode: SlabMode, value: int) -> None:
    slab = take_slab(volume_of(coded()), Plane.AXIAL, 2, Slab(6.0, mode))
    assert slab.pixels[3, 4] == value


def test_a_slab_thinner_than_two_slices_is_the_slice() -> None:
    volume = volume_of(coded())
    slab = take_slab(volume, Plane.AXIAL, 2, Slab(5.9, SlabMode.MIP))
    assert np.array_equal(slab.pixels, take(volume, Plane.AXIAL, 2).pixels)


def test_a_slab_lies_where_its_middle_lies() -> None:
    volume = volume_of(coded())
    slab, middle = take_slab(volume, Plane.SAGITTAL, 3, Slab(2.0)), take(volume, Plane.SAGITTAL, 3)
    assert (slab.grid, slab.edges, slab.sampling) == (middle.grid, middle.edges, middle.sampling)


def test_padding_does_not_darken_a_slab() -> None:
    voxels = coded()
    voxels[3] = -2000
    volume = replace(volume_of(voxels), no_data=-2000)
    assert take_slab(volume, Plane.AXIAL, 2, Slab(6.0, SlabMode.MINIP)).pixels[3, 4] == 134


@pytest.mark.parametrize("name", ["tilted", "uneven and turned"])
def test_a_slab_along_slices_that_slide_shows_the_same_patient(name: str) -> None:
    pile = STACKS[name]
    thin = take_slab(pile.volume(), Plane.AXIAL, 4, Slab(0.0))
    acquired = take(pile.volume(), Plane.AXIAL, 4)
    row, column = 5, 4
    x = acquired.grid.x0 + column * acquired.grid.dx
    y = acquired.grid.y0 + row * acquired.grid.dy
    at = round((y - thin.grid.y0) / thin.grid.dy), round((x - thin.grid.x0) / thin.grid.dx)
    slope = abs(ramp(np.eye(3))).max()
    assert thin.pixels[at] == pytest.approx(float(acquired.pixels[row, column]), abs=float(slope))


def points_of(plane: Plane, picture: Slice, depth_mm: float) -> NDArray[np.float64]:
    """Patient points of a patient plane's pixels, mm."""
    axes = np.asarray(PATIENT_AXES, float)
    right, down = axes[plane.column_axis], axes[plane.row_axis] * (-1 if plane.rows_reversed else 1)
    rows, columns = picture.pixels.shape
    y = (picture.grid.y0 + picture.grid.dy * np.arange(rows))[:, None, None] * down
    x = (picture.grid.x0 + picture.grid.dx * np.arange(columns))[None, :, None] * right
    return y + x + depth_mm * axes[plane.axis]


@pytest.mark.parametrize("plane", list(Plane))
@pytest.mark.parametrize("name", STACKS)
def test_a_true_patient_plane_shows_what_lies_there(name: str, plane: Plane) -> None:
    pile = STACKS[name]
    view = patient_view(plane, pile.lattice)
    index = view.count // 2
    picture = take_patient(pile.volume(), plane, index, Slab())
    points = points_of(plane, picture, float(view.positions_mm[index]))
    measured = np.isfinite(picture.pixels)
    assert measured.any()
    assert np.array_equal(measured, pile.is_measured(points))
    np.testing.assert_allclose(picture.pixels[measured], ramp(points)[measured], atol=1e-3)


@pytest.mark.parametrize("name", STACKS)
def test_the_planes_of_the_patient_reach_every_slice(name: str) -> None:
    pile = STACKS[name]
    axes = np.asarray(PATIENT_AXES, float)
    places = pile.points_mm.reshape(-1, 3) @ axes.T
    for plane in Plane:
        view = patient_view(plane, pile.lattice)
        step = view.grid.dx
        assert view.positions_mm[0] <= places[:, plane.axis].min() + 1e-9
        assert view.positions_mm[-1] >= places[:, plane.axis].max() - step


def test_a_patient_plane_is_interpolated_and_not_oblique() -> None:
    pile = STACKS["oblique"]
    assert take_patient(pile.volume(), Plane.AXIAL, 3, Slab()).sampling is Sampling.INTERPOLATED
    assert patient_view(Plane.AXIAL, pile.lattice).oblique_deg == 0.0


@pytest.mark.parametrize(("index", "time"), [(-1, 0), (10_000, 0), (0, 1), (0, -1)])
def test_what_is_not_there_is_refused(index: int, time: int) -> None:
    volume = STACKS["tilted"].volume()
    for taken in (take_slab, take_patient):
        with pytest.raises(IndexOutOfRange):
            taken(volume, Plane.AXIAL, index, Slab(), time)
