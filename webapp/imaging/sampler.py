"""The value of a volume at any patient points, read from the true origins of the slices around each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.lattice import NEGLIGIBLE, settled, slices_around
from webapp.imaging.volume import Volume

#: Points worked on at a time: their eight neighbours each stay within a processor's cache.
_AT_ONCE = 1 << 16


def values_at(volume: Volume, points_mm: NDArray[np.float64], time: int = 0) -> NDArray[np.float32]:
    """Values between voxels: bilinear in the slice below and the slice above, then linear between the two.

    Voxels that hold no data take no part; the others share their weight.

    Parameters
    ----------
    volume : Volume
    points_mm : (..., 3) ndarray
        Patient LPS, mm.
    time : int
        Zero-based time point.

    Returns
    -------
    (...) ndarray of float32
        Modality units; NaN outside, inside a hole, and where nothing around was measured.
    """
    flat = points_mm.reshape(-1, 3)
    values = np.empty(len(flat), np.float32)
    slices = np.moveaxis(volume.voxels[time], volume.slice_axis, 0)
    stack = _Slices(volume, slices)
    for start in range(0, len(flat), _AT_ONCE):
        values[start : start + _AT_ONCE] = stack.sample(flat[start : start + _AT_ONCE])
    return values.reshape(points_mm.shape[:-1])


class _Slices:
    """A volume's slices with their places, ready to be asked.

    Parameters
    ----------
    volume : Volume
    slices : (N, A, B) ndarray
        One time point, the slice axis first, the others in the order of k, j, i.
    """

    def __init__(self, volume: Volume, slices: NDArray[np.generic]) -> None:
        lattice, s = volume.lattice, volume.slice_axis
        rest = [axis for axis in range(3) if axis != s]
        directions = lattice.directions
        first, second = directions[rest]
        # The normal of the slices, not the way from slice to slice: bilinear reading stays within the slices.
        normal = np.cross(first, second)
        self._normal = normal * np.sign(normal @ directions[s])
        self._axes = lattice.pixel_axes
        self._origins = lattice.origins_mm
        self._depths = lattice.origins_mm @ self._normal
        self._holes = lattice.holes
        self._slices = slices
        self._volume = volume

    def sample(self, points_mm: NDArray[np.float64]) -> NDArray[np.float32]:
        """(P,) values at (P, 3) points."""
        below, weights, inside = self._around(points_mm @ self._normal)
        total = np.zeros(len(points_mm))
        shares = np.zeros(len(points_mm))
        for number, share in ((below, 1 - weights), (np.minimum(below + 1, len(self._depths) - 1), weights)):
            for value, part in self._in_slice(points_mm, number):
                weight = share * part
                known = self._is_known(value) & (weight > NEGLIGIBLE)
                total += np.where(known, weight * np.where(known, value, 0), 0)
                shares += np.where(known, weight, 0)
            inside &= (share <= NEGLIGIBLE) | self._within(points_mm, number)
        values = np.full(len(points_mm), np.nan)
        np.divide(total, shares, out=values, where=inside & (shares > 0))
        return values.astype(np.float32)

    def _around(self, depths: NDArray[np.float64]) -> tuple[NDArray[np.int_], NDArray[np.float64], NDArray[np.bool_]]:
        """The slice below each depth, how far the next one counts, and whether there is data at all."""
        if len(self._depths) == 1:
            at = np.asarray(np.abs(depths - self._depths[0]) < NEGLIGIBLE)
            return np.zeros(len(depths), int), np.zeros(len(depths)), at
        below, weights = slices_around(self._depths, depths)
        inside = (weights > -NEGLIGIBLE) & (weights < 1 + NEGLIGIBLE)
        between = (weights > NEGLIGIBLE) & (weights < 1 - NEGLIGIBLE)
        inside &= ~(between & self._holes[below])
        weights = np.clip(weights, 0, 1)
        weights[weights < NEGLIGIBLE] = 0
        weights[weights > 1 - NEGLIGIBLE] = 1
        return below, weights, inside

    def _places(self, points_mm: NDArray[np.float64], number: NDArray[np.int_]) -> NDArray[np.float64]:
        """(2, P) fractional row and column of points in their slices."""
        return settled(self._axes @ (points_mm - self._origins[number]).T)

    def _within(self, points_mm: NDArray[np.float64], number: NDArray[np.int_]) -> NDArray[np.bool_]:
        """Whether points lie between the centres of their slices' outermost pixels."""
        last = np.array(self._slices.shape[1:])[:, None] - 1
        places = self._places(points_mm, number)
        return np.asarray(((places >= 0) & (places <= last)).all(axis=0))

    def _in_slice(
        self, points_mm: NDArray[np.float64], number: NDArray[np.int_]
    ) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """The four pixels around each point in its slice, with their weights."""
        last = np.array(self._slices.shape[1:])[:, None] - 1
        places = np.clip(self._places(points_mm, number), 0, last)
        low = np.minimum(np.floor(places), np.maximum(last - 1, 0)).astype(int)
        rest = places - low
        high = np.minimum(low + 1, last)
        for row, by_row in ((low[0], 1 - rest[0]), (high[0], rest[0])):
            for column, by_column in ((low[1], 1 - rest[1]), (high[1], rest[1])):
                yield self._slices[number, row, column].astype(np.float64), by_row * by_column

    def _is_known(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether values were measured."""
        return np.isfinite(values) & ~self._volume.is_nothing(values)
