"""One plane of a volume as a picture with its place in millimetres."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.errors import IndexOutOfRange
from webapp.imaging.affine import PATIENT_AXES
from webapp.imaging.lattice import Canvas, Lattice, Sampling, canvas_of
from webapp.imaging.nearest import colour_side_view
from webapp.imaging.plane import Edges, Plane, edges
from webapp.imaging.rectangle import Rectangles
from webapp.imaging.sampling import side_view
from webapp.imaging.volume import Volume


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the pixels of a picture lie: x to the right, y down, both in mm along the shown axes.

    Parameters
    ----------
    x0, y0 : float
        Centre of the first column and the first row, mm.
    dx, dy : float
        Distance between columns and between rows, mm, above 0.
    """

    x0: float
    dx: float
    y0: float
    dy: float


@dataclass(frozen=True, slots=True, eq=False)
class PlaneView:
    """What a plane of a volume shows, without pixels.

    Parameters
    ----------
    count : int
        Slices that can be scrolled.
    rows, columns : int
        Size of the picture that holds them all.
    grid : Grid
        Its place.
    edges : Edges
        Orientation letters.
    oblique_deg : float
        Angle between the plane's scroll direction and the patient axis it is named after, degrees.
    positions_mm : (count,) ndarray
        Where each slice lies along the scroll direction, mm.
    """

    count: int
    rows: int
    columns: int
    grid: Grid
    edges: Edges
    oblique_deg: float
    positions_mm: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """A picture of one plane.

    Parameters
    ----------
    pixels : (rows, columns) ndarray of int16 or float32, or (rows, columns, 3 or 4) ndarray of uint8
        Modality units, rows down and columns to the right as on the screen; NaN where nothing was measured. Or colours:
        red, green, blue, and an opacity of 0 where nothing was measured.
    grid : Grid
    edges : Edges
    sampling : Sampling
        How the pixels came from the voxels.
    """

    pixels: NDArray[np.generic]
    grid: Grid
    edges: Edges
    sampling: Sampling = Sampling.ACQUIRED


def view_of(plane: Plane, lattice: Lattice) -> PlaneView:
    """What a plane of a volume with this lattice shows.

    Parameters
    ----------
    plane : Plane
    lattice : Lattice
    """
    return _view(plane, lattice, canvas_of(lattice))


def _view(plane: Plane, lattice: Lattice, canvas: Canvas) -> PlaneView:
    """The view of a lattice whose canvas is at hand."""
    axis = plane.axis
    along_slices = axis == lattice.slice_axis and not lattice.is_box
    even = canvas.start_mm[axis] + np.arange(canvas.counts[axis]) * canvas.steps_mm[axis]
    positions = canvas.corners_mm[:, axis] if along_slices else even
    cosine = abs(float(canvas.directions[axis] @ np.asarray(PATIENT_AXES[axis])))
    return PlaneView(
        count=len(positions),
        rows=canvas.counts[plane.row_axis],
        columns=canvas.counts[plane.column_axis],
        grid=_grid(plane, canvas, canvas.start_mm, canvas.counts),
        edges=edges(plane, canvas.directions),
        oblique_deg=math.degrees(math.acos(min(1.0, cosine))),
        positions_mm=positions,
    )


def _grid(plane: Plane, canvas: Canvas, first_mm: NDArray[np.float64], counts: tuple[int, int, int]) -> Grid:
    """The place of a picture whose first voxel lies at `first_mm` along the canvas's directions."""
    x0, y0 = float(first_mm[plane.column_axis]), float(first_mm[plane.row_axis])
    dx, dy = float(canvas.steps_mm[plane.column_axis]), float(canvas.steps_mm[plane.row_axis])
    if plane.rows_reversed:
        y0 = -(y0 + dy * (counts[plane.row_axis] - 1))
    return Grid(x0, dx, y0, dy)


def take(volume: Volume, plane: Plane, index: int, time: int = 0) -> Slice:
    """One picture of a volume: as acquired where voxels lie in the plane, sampled from the true origins elsewhere.

    Parameters
    ----------
    volume : Volume
    plane : Plane
    index : int
        Zero-based place along ``plane.axis``.
    time : int
        Zero-based time point.

    Raises
    ------
    IndexOutOfRange
    """
    canvas = canvas_of(volume.lattice)
    view = _view(plane, volume.lattice, canvas)
    if not (0 <= index < view.count and 0 <= time < volume.voxels.shape[0]):
        raise IndexOutOfRange
    if volume.lattice.is_box:
        return Slice(_as_acquired(volume, plane, index, time), view.grid, view.edges)
    if plane.axis == volume.slice_axis:
        grid = _grid(plane, canvas, canvas.corners_mm[index], volume.shape_kji)
        return Slice(_as_acquired(volume, plane, index, time), grid, view.edges)
    sample = colour_side_view if volume.is_colour else side_view
    picture = sample(volume, canvas, plane, index, time)
    pixels = picture[::-1] if plane.rows_reversed else picture
    return Slice(pixels, view.grid, view.edges, _sampling(volume))


def _sampling(volume: Volume) -> Sampling:
    """How a side view comes from the voxels: nothing in colour is blended."""
    return Sampling.NEAREST if volume.is_colour else volume.lattice.sampling


def place_of(plane: Plane, lattice: Lattice, index: int) -> tuple[Rectangles, Grid]:
    """The rectangle in the patient that one picture of a plane covers, and the grid of its pixels on the screen.

    Parameters
    ----------
    plane : Plane
    lattice : Lattice
    index : int
        Zero-based place along ``plane.axis``.

    Raises
    ------
    IndexOutOfRange
    """
    canvas = canvas_of(lattice)
    view = _view(plane, lattice, canvas)
    if not 0 <= index < view.count:
        raise IndexOutOfRange
    acquired = plane.axis == lattice.slice_axis and not lattice.is_box
    counts = lattice.shape_kji if acquired else canvas.counts
    grid = _grid(plane, canvas, canvas.corners_mm[index], counts) if acquired else view.grid
    right, down = canvas.directions[plane.column_axis], canvas.directions[plane.row_axis]
    down = -down if plane.rows_reversed else down
    first = view.positions_mm[index] * canvas.directions[plane.axis] + grid.x0 * right + grid.y0 * down
    size = counts[plane.column_axis], counts[plane.row_axis]
    return Rectangles.of_pixels(first, (right, down), (grid.dx, grid.dy), size), grid


def _as_acquired(volume: Volume, plane: Plane, index: int, time: int) -> NDArray[np.generic]:
    """A plane of voxels, turned as on the screen."""
    where: list[int | slice] = [time, slice(None), slice(None), slice(None)]
    where[1 + plane.axis] = index
    pixels = volume.voxels[tuple(where)]
    return pixels[::-1] if plane.rows_reversed else pixels
