"""Planes across slices in colour: each point takes the colour of the pixel nearest to it, none is mixed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.lattice import NEGLIGIBLE, Canvas, slices_around
from webapp.imaging.plane import Plane
from webapp.imaging.volume import Volume


def colour_side_view(volume: Volume, canvas: Canvas, plane: Plane, index: int, time: int) -> NDArray[np.uint8]:
    """A plane across the slices of a volume in colour.

    Parameters
    ----------
    volume : Volume
        Its voxels have a last axis of red, green and blue.
    canvas : Canvas
        Of the volume.
    plane : Plane
        Scrolled along another axis than the slices.
    index : int
        Sample of the canvas along ``plane.axis``.
    time : int

    Returns
    -------
    (rows, columns, 4) ndarray of uint8
        Red, green, blue and opacity in the order of ``plane.row_axis`` and ``plane.column_axis``; opacity is 0 where
        nothing was measured and 255 elsewhere.
    """
    s, a = volume.slice_axis, plane.axis
    b = 3 - s - a
    slices = np.moveaxis(volume.voxels[time], (s, a, b), (0, 1, 2))
    depths = canvas.start_mm[s] + np.arange(canvas.counts[s]) * canvas.steps_mm[s]
    nearest, measured = _nearest_slices(canvas.corners_mm[:, s], depths, volume.lattice.holes)
    corners = canvas.corners_mm[nearest]
    rows = _nearest((canvas.start_mm[a] + index * canvas.steps_mm[a] - corners[:, a]) / canvas.steps_mm[a])
    shifts = (canvas.start_mm[b] - corners[:, b]) / canvas.steps_mm[b]
    columns = _nearest(shifts[:, None] + np.arange(canvas.counts[b]))
    inside = (rows >= 0) & (rows < slices.shape[1]) & measured
    there = inside[:, None] & (columns >= 0) & (columns < slices.shape[2])
    picture = np.zeros((*there.shape, 4), np.uint8)
    at, across = np.nonzero(there)
    picture[at, across, :3] = slices[nearest[at], rows[at], columns[at, across]]
    picture[at, across, 3] = 255
    return picture if plane.row_axis == s else picture.swapaxes(0, 1)


def _nearest(places: NDArray[np.float64]) -> NDArray[np.int_]:
    """The whole places nearest to fractional ones; halves go up, as on the screen."""
    return np.asarray(np.floor(places + 0.5), int)


def _nearest_slices(
    positions_mm: NDArray[np.float64], wanted_mm: NDArray[np.float64], holes: NDArray[np.bool_]
) -> tuple[NDArray[np.int_], NDArray[np.bool_]]:
    """The slice nearest to each place along the normal, and whether the place lies in no hole."""
    below, along = slices_around(positions_mm, wanted_mm)
    between = (along > NEGLIGIBLE) & (along < 1 - NEGLIGIBLE)
    return below + (along > 0.5), ~(between & holes[below])
