"""Planes through slices that lie where they lie: tilted, uneven, missing, wandering.

Each slice keeps its own origin. A plane of such a volume is sampled point by point: between the two slices around a
point, each read between its own four pixels. Where no slice is near there is no data, and it is never filled. Pixels
that stand for nothing have no weight: the others around a point share it, and where all stand for nothing, so does the
point. Planes along the slices are sampled in the same way where a straight box of voxels is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.lattice import NEGLIGIBLE, Canvas, settled, slices_around
from webapp.imaging.plane import Plane
from webapp.imaging.volume import Volume

#: What stands for nothing while a plane is sampled, beside NaN for places that no slice reaches.
_NOTHING = np.float32(np.inf)


def side_view(volume: Volume, canvas: Canvas, plane: Plane, index: int, time: int) -> NDArray[np.float32]:
    """A plane across the slices.

    Parameters
    ----------
    volume : Volume
    canvas : Canvas
        Of the volume.
    plane : Plane
        Scrolled along another axis than the slices.
    index : int
        Sample of the canvas along ``plane.axis``.
    time : int

    Returns
    -------
    (rows, columns) ndarray of float32
        Modality units in the order of ``plane.row_axis`` and ``plane.column_axis``; NaN where nothing was measured.
    """
    s, a = volume.slice_axis, plane.axis
    b = 3 - s - a
    slices = np.moveaxis(volume.voxels[time], (s, a, b), (0, 1, 2))
    place_mm = canvas.start_mm[a] + index * canvas.steps_mm[a]
    lines = _lines(volume, slices, (place_mm - canvas.corners_mm[:, a]) / canvas.steps_mm[a])
    shifts = (canvas.start_mm[b] - canvas.corners_mm[:, b]) / canvas.steps_mm[b]
    lines = _aligned(lines, shifts, canvas.counts[b])
    depths = canvas.start_mm[s] + np.arange(canvas.counts[s]) * canvas.steps_mm[s]
    picture = _between(lines, canvas.corners_mm[:, s], depths, volume.lattice.holes)
    picture = _told(volume, picture)
    return picture if plane.row_axis == s else picture.T


def straight_planes(volume: Volume, canvas: Canvas, time: int) -> Iterator[NDArray[np.float32]]:
    """The volume on the straight box around it, plane after plane from foot to head; never more than one is held.

    Parameters
    ----------
    volume : Volume
    canvas : Canvas
        Of the volume.
    time : int

    Yields
    ------
    (J, I) ndarray of float32
        Modality units; NaN where nothing was measured.
    """
    for k in range(canvas.counts[0]):
        if volume.slice_axis == 0:
            yield _along_slices(volume, canvas, k, time)
        else:
            yield side_view(volume, canvas, Plane.AXIAL, k, time)


def _along_slices(volume: Volume, canvas: Canvas, index: int, time: int) -> NDArray[np.float32]:
    """A plane of the canvas that is parallel to the slices, blended from the two around it; NaN inside a hole."""
    s = volume.slice_axis
    depths = np.array([canvas.start_mm[s] + index * canvas.steps_mm[s]])
    (below,), (weight,) = _around(canvas.corners_mm[:, s], depths)
    if weight == 0 or weight == 1:
        return _told(volume, _laid(volume, canvas, int(below + weight), time))
    lower = _laid(volume, canvas, int(below), time)
    if volume.lattice.holes[below]:
        return np.full_like(lower, np.nan)
    return _told(volume, _mixed(lower, _laid(volume, canvas, int(below) + 1, time), weight))


def _laid(volume: Volume, canvas: Canvas, k: int, time: int) -> NDArray[np.float32]:
    """One slice at its own place on the canvas, read between its pixels; NaN beside it."""
    a, b = (axis for axis in range(3) if axis != volume.slice_axis)
    picture = _values(volume, np.take(volume.voxels[time], k, axis=volume.slice_axis))
    shift_a, shift_b = ((canvas.start_mm[axis] - canvas.corners_mm[k, axis]) / canvas.steps_mm[axis] for axis in (a, b))
    return _shifted(_shifted(picture, shift_a, canvas.counts[a]).T, shift_b, canvas.counts[b]).T


def _told(volume: Volume, picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """A sampled picture with NaN for what stands for nothing."""
    if volume.no_data is not None:
        picture[picture == _NOTHING] = np.nan
    return picture


def _mixed(
    lower: NDArray[np.float32], upper: NDArray[np.float32], weight: NDArray[np.float32] | np.float32
) -> NDArray[np.float32]:
    """Values between two, `weight` of the way to the upper ones; where one stands for nothing the other alone."""
    with np.errstate(invalid="ignore"):
        mixed = lower + weight * (upper - lower)
    nothing = (lower == _NOTHING) | (upper == _NOTHING)
    if nothing.any():
        mixed[nothing] = np.where(lower == _NOTHING, upper, lower)[nothing]
    return mixed


def _lines(volume: Volume, slices: NDArray[np.generic], rows: NDArray[np.float64]) -> NDArray[np.float32]:
    """(N, B) one line of each slice at its own fractional row; NaN beyond its edge."""
    below, weights = _whole_and_rest(rows)
    last = slices.shape[1] - 1
    inside = np.flatnonzero((below >= 0) & (below + (weights > 0) <= last))
    lines = np.full((slices.shape[0], slices.shape[2]), np.nan, np.float32)
    lower = _values(volume, slices[inside, below[inside]])
    if not weights.any():  # nothing slides this way: reading the next line as well would double the time
        lines[inside] = lower
        return lines
    upper = _values(volume, slices[inside, np.minimum(below[inside] + 1, last)])
    lines[inside] = np.where(weights[inside, None] == 0, lower, _mixed(lower, upper, weights[inside, None]))
    return lines


def _values(volume: Volume, pixels: NDArray[np.generic]) -> NDArray[np.float32]:
    """Pixels as numbers that can be mixed, with a mark where they stand for nothing."""
    values = pixels.astype(np.float32)
    if volume.no_data is not None:
        values[volume.is_nothing(pixels)] = _NOTHING
    return values


def _aligned(lines: NDArray[np.float32], shifts: NDArray[np.float64], count: int) -> NDArray[np.float32]:
    """(N, count) each line moved to its own place; the lines themselves where nothing slides that way."""
    if count == lines.shape[1] and np.abs(shifts).max() < NEGLIGIBLE:
        return lines
    below, weights = _whole_and_rest(shifts)
    places = below[:, None] + np.arange(count + 1)
    last = lines.shape[1] - 1
    read = np.take_along_axis(lines, np.clip(places, 0, last), axis=1)
    read[(places < 0) | (places > last)] = np.nan
    aligned = read[:, :-1]
    between = np.flatnonzero(weights)
    aligned[between] = _mixed(aligned[between], read[between, 1:], weights[between, None])
    return aligned


def _shifted(line: NDArray[np.float32], shift: float, count: int) -> NDArray[np.float32]:
    """(count, ...) a line, or lines side by side, read from a fractional place on; NaN beyond the ends."""
    (below,), (weight,) = _whole_and_rest(np.array([shift]))
    padded = np.full((count + 1, *line.shape[1:]), np.nan, np.float32)
    first, last = max(0, -below), min(count + 1, len(line) - below)
    if first < last:
        padded[first:last] = line[first + below : last + below]
    if weight == 0:
        return padded[:-1]
    return _mixed(padded[:-1], padded[1:], weight)


def _whole_and_rest(places: NDArray[np.float64]) -> tuple[NDArray[np.int_], NDArray[np.float32]]:
    """The indices at or before places, and the fractions behind them; fractions too small to be meant are none."""
    exact = settled(places)
    below = np.floor(exact).astype(int)
    return below, (exact - below).astype(np.float32)


def _between(
    lines: NDArray[np.float32],
    positions_mm: NDArray[np.float64],
    wanted_mm: NDArray[np.float64],
    holes: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """(P, B) lines at wanted places along the normal, blended from the two around each; NaN inside a hole."""
    below, weights = _around(positions_mm, wanted_mm)
    lower, upper = lines[below], lines[below + 1]
    picture = np.where(weights[:, None] == 1, upper, lower)
    inside = (weights > 0) & (weights < 1)
    if not inside.any():
        return picture
    picture[inside] = _mixed(lower[inside], upper[inside], weights[inside, None])
    picture[inside & holes[below]] = np.nan
    return picture


def _around(
    positions_mm: NDArray[np.float64], wanted_mm: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """(P,) the slice before each wanted place, and the share of the next one; shares too small to be meant are none."""
    below, along = slices_around(positions_mm, wanted_mm)
    weights = np.clip(along, 0, 1).astype(np.float32)
    weights[weights < NEGLIGIBLE] = 0
    weights[weights > 1 - NEGLIGIBLE] = 1
    return below, weights
