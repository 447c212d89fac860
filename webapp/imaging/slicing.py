"""One plane of a volume as a picture with its place in millimetres."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.errors import IndexOutOfRange
from webapp.imaging.affine import PATIENT_AXES, Affine
from webapp.imaging.plane import Edges, Plane, edges
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


@dataclass(frozen=True, slots=True)
class PlaneView:
    """What a plane of a volume shows, without pixels.

    Parameters
    ----------
    count, rows, columns : int
        Slices that can be scrolled, and the size of each.
    grid : Grid
    edges : Edges
        Orientation letters.
    oblique_deg : float
        Angle between the plane's scroll axis and the patient axis it is named after, degrees.
    """

    count: int
    rows: int
    columns: int
    grid: Grid
    edges: Edges
    oblique_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """A picture of one plane.

    Parameters
    ----------
    pixels : (rows, columns) ndarray of int16 or float32
        Modality units, rows down and columns to the right as on the screen.
    grid : Grid
    edges : Edges
    """

    pixels: NDArray[np.generic]
    grid: Grid
    edges: Edges


def view_of(plane: Plane, affine: Affine, shape_kji: tuple[int, int, int]) -> PlaneView:
    """What a plane of a volume with this affine and shape shows."""
    count, rows, columns = (shape_kji[axis] for axis in (plane.axis, plane.row_axis, plane.column_axis))
    cosine = abs(float(affine.directions[plane.axis] @ np.asarray(PATIENT_AXES[plane.axis])))
    return PlaneView(
        count=count,
        rows=rows,
        columns=columns,
        grid=_grid(plane, affine, rows),
        edges=edges(plane, affine.directions),
        oblique_deg=math.degrees(math.acos(min(1.0, cosine))),
    )


def _grid(plane: Plane, affine: Affine, rows: int) -> Grid:
    """The place of the first pixel, measured along the plane's own axes from the patient's origin."""
    right, down = affine.directions[plane.column_axis], affine.directions[plane.row_axis]
    dx, dy = affine.spacing_mm[plane.column_axis], affine.spacing_mm[plane.row_axis]
    x0, y0 = float(right @ affine.origin_mm), float(down @ affine.origin_mm)
    if plane.rows_reversed:
        y0 = -(y0 + dy * (rows - 1))
    return Grid(x0, dx, y0, dy)


def take(volume: Volume, plane: Plane, index: int, time: int = 0) -> Slice:
    """One picture of a volume, as acquired: rows and columns are turned, never resampled.

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
    view = view_of(plane, volume.affine, volume.shape_kji)
    if not (0 <= index < view.count and 0 <= time < volume.voxels.shape[0]):
        raise IndexOutOfRange
    where: list[int | slice] = [time, slice(None), slice(None), slice(None)]
    where[1 + plane.axis] = index
    pixels = volume.voxels[tuple(where)]
    return Slice(pixels[::-1] if plane.rows_reversed else pixels, view.grid, view.edges)
