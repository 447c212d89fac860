"""The planes of a volume as slabs, and the planes of the patient instead of the stack's own."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from webapp.errors import IndexOutOfRange
from webapp.imaging.affine import PATIENT_AXES
from webapp.imaging.cut import Cut, Slab, merged, take_cut
from webapp.imaging.lattice import Lattice, Sampling
from webapp.imaging.plane import Plane, edges
from webapp.imaging.slicing import Grid, PlaneView, Slice, take, view_of
from webapp.imaging.volume import Volume

#: Samples along one patient axis, at the most.
_MOST_SAMPLES = 2048
#: Thicknesses less than this beyond a slice do not reach it, slices.
_TOUCHES = 1e-6


def take_slab(volume: Volume, plane: Plane, index: int, slab: Slab, time: int = 0) -> Slice:
    """One picture of a plane with the planes around it merged into it.

    Parameters
    ----------
    volume : Volume
    plane : Plane
    index : int
        Zero-based place of the middle.
    slab : Slab
    time : int
        Zero-based time point.

    Raises
    ------
    IndexOutOfRange
    """
    if volume.lattice.is_box or plane.axis != volume.slice_axis:
        return _merged_planes(volume, plane, index, slab, time)
    return _sampled_slab(volume, plane, index, slab, time)


def _merged_planes(volume: Volume, plane: Plane, index: int, slab: Slab, time: int) -> Slice:
    """A slab along even planes that lie exactly behind each other."""
    positions = view_of(plane, volume.lattice).positions_mm
    middle = take(volume, plane, index, time)
    step = abs(positions[1] - positions[0]) if len(positions) > 1 else np.inf
    reach = int(slab.thickness_mm / 2 / step + _TOUCHES)
    around = range(max(0, index - reach), min(len(positions), index + reach + 1))
    pictures = (_measured(volume, take(volume, plane, one, time).pixels) for one in around)
    return Slice(merged(pictures, slab.mode), middle.grid, middle.edges, middle.sampling)


def _measured(volume: Volume, pixels: NDArray[np.generic]) -> NDArray[np.float32]:
    """Pixels with NaN where there is no data."""
    values = pixels.astype(np.float32)
    values[volume.is_nothing(pixels)] = np.nan
    return values


def _sampled_slab(volume: Volume, plane: Plane, index: int, slab: Slab, time: int) -> Slice:
    """A slab along slices that do not lie behind each other, in the box around them all."""
    lattice = volume.lattice
    view = view_of(plane, lattice)
    if not (0 <= index < view.count and 0 <= time < volume.voxels.shape[0]):
        raise IndexOutOfRange
    cut = _cut(plane, view, lattice.directions, float(view.positions_mm[index]))
    return Slice(take_cut(volume, cut, slab, time), view.grid, view.edges, Sampling.INTERPOLATED)


def _cut(plane: Plane, view: PlaneView, directions: NDArray[np.float64], depth_mm: float) -> Cut:
    """A view's plane at a depth along its scroll direction."""
    right = directions[plane.column_axis]
    down = -directions[plane.row_axis] if plane.rows_reversed else directions[plane.row_axis]
    grid = view.grid
    first = depth_mm * directions[plane.axis] + grid.x0 * right + grid.y0 * down
    return Cut(first, right, down, (grid.dy, grid.dx), (view.rows, view.columns))


def patient_view(plane: Plane, lattice: Lattice) -> PlaneView:
    """What a true plane of the patient shows of a stack: the box around it, in its finest step.

    Parameters
    ----------
    plane : Plane
    lattice : Lattice
    """
    axes = np.asarray(PATIENT_AXES, np.float64)
    corners = lattice.apply(list(product(*((0, count - 1) for count in lattice.shape_kji))))
    ends = np.concatenate([corners, _slice_corners(lattice)]) @ axes.T
    low, high = ends.min(axis=0), ends.max(axis=0)
    step = max(min(lattice.affine.spacing_mm), float((high - low).max()) / (_MOST_SAMPLES - 1))
    counts = np.floor((high - low) / step + _TOUCHES).astype(int) + 1
    x0, y0 = low[plane.column_axis], low[plane.row_axis]
    if plane.rows_reversed:
        y0 = -(y0 + step * (counts[plane.row_axis] - 1))
    return PlaneView(
        count=int(counts[plane.axis]),
        rows=int(counts[plane.row_axis]),
        columns=int(counts[plane.column_axis]),
        grid=Grid(float(x0), step, float(y0), step),
        edges=edges(plane, axes),
        oblique_deg=0.0,
        positions_mm=low[plane.axis] + step * np.arange(counts[plane.axis]),
    )


def _slice_corners(lattice: Lattice) -> NDArray[np.float64]:
    """(4 N, 3) corners of every slice at its true place, mm."""
    s = lattice.slice_axis
    ends = [(0, count - 1) for count in lattice.shape_kji]
    ends[s] = (0, 0)
    in_plane = np.array(sorted(set(product(*ends))), np.float64) @ lattice.affine.steps_mm
    return (lattice.origins_mm[:, None] + in_plane[None]).reshape(-1, 3)


def take_patient(volume: Volume, plane: Plane, index: int, slab: Slab, time: int = 0) -> Slice:
    """A true plane of the patient, interpolated.

    Parameters
    ----------
    volume : Volume
    plane : Plane
    index : int
        Zero-based, of `patient_view`.
    slab : Slab
    time : int
        Zero-based time point.

    Raises
    ------
    IndexOutOfRange
    """
    view = patient_view(plane, volume.lattice)
    if not (0 <= index < view.count and 0 <= time < volume.voxels.shape[0]):
        raise IndexOutOfRange
    axes = np.asarray(PATIENT_AXES, np.float64)
    cut = _cut(plane, view, axes, float(view.positions_mm[index]))
    return Slice(take_cut(volume, cut, slab, time), view.grid, view.edges, Sampling.INTERPOLATED)
