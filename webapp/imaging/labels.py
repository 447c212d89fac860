"""Labels on a plane through the patient: each pixel has what the voxel around it holds, and nothing is blended."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.cut import MOST_PLANES, Cut, offsets_mm
from webapp.imaging.lattice import HOLE_STEPS, Lattice, usual_step_mm
from webapp.imaging.volume import Volume

#: Planes of a slab that are looked at, at the most.
_MOST: Final = min(64, MOST_PLANES)

#: A pixel this near to the border between two voxels belongs to the first, voxels.
_BORDER: Final = 1e-6


def labels_on(volume: Volume, cut: Cut, thickness_mm: float = 0.0, *, shares: bool = False) -> NDArray[np.generic]:
    """The labels on a plane, or in a slab about it.

    Parameters
    ----------
    volume : Volume
        Its time points are layers of labels; 0 stands for none.
    cut : Cut
    thickness_mm : float
        Of a slab: there a pixel has the label nearest to the middle, or the largest share.
    shares : bool
        Whether voxels hold shares instead of labels.

    Returns
    -------
    (L, rows, columns) ndarray
        Of the kind of the voxels.
    """
    offsets = offsets_mm(thickness_mm, max(min(volume.spacing_mm), thickness_mm / (_MOST - 1)))
    plane = _Plane(volume, cut)
    found = plane.at(0.0)
    for offset in sorted(offsets, key=abs):
        more = plane.at(float(offset))
        found = np.maximum(found, more) if shares else np.where(found == 0, more, found)
    return found


def half_step_mm(lattice: Lattice) -> float:
    """Half of the usual step between slices, mm: so far a slice reaches to either side.

    Parameters
    ----------
    lattice : Lattice
    """
    if len(lattice.origins_mm) == 1:
        return lattice.affine.spacing_mm[lattice.slice_axis] / 2
    return usual_step_mm(lattice.depths_mm) / 2


class _Plane:
    """A plane of pixels over slices of voxels.

    Parameters
    ----------
    volume : Volume
    cut : Cut
    """

    def __init__(self, volume: Volume, cut: Cut) -> None:
        lattice, s = volume.lattice, volume.slice_axis
        self._cut = cut
        self._slices = np.moveaxis(volume.voxels, 1 + s, 1)
        self._depths = lattice.depths_mm
        self._normal = lattice.directions[s]
        self._half = half_step_mm(lattice)
        self._axes = lattice.pixel_axes
        self._starts = lattice.origins_mm @ self._axes.T

    def at(self, offset_mm: float) -> NDArray[np.generic]:
        """(L, rows, columns) labels on the plane moved along its normal."""
        number = self._numbers(offset_mm)
        slot = np.maximum(number, 0)
        a, b = (
            np.ceil(self._cut.places_along(axis, offset_mm) - self._starts[slot, place] - 0.5 - _BORDER).astype(
                np.int64
            )
            for place, axis in enumerate(self._axes)
        )
        rows, columns = self._slices.shape[2:]
        inside = (number >= 0) & (a >= 0) & (a < rows) & (b >= 0) & (b < columns)
        found = np.zeros((len(self._slices), *self._cut.shape), self._slices.dtype)
        if inside.any():
            labels = self._slices[:, slot, a.clip(0, rows - 1), b.clip(0, columns - 1)]
            np.copyto(found, labels, where=inside)
        return found

    def _numbers(self, offset_mm: float) -> NDArray[np.int64]:
        """The slice that each pixel lies in; -1 where it lies in none."""
        depths = self._cut.places_along(self._normal, offset_mm)
        upper = np.searchsorted((self._depths[1:] + self._depths[:-1]) / 2, depths)
        apart = np.abs(depths - self._depths[upper])
        return np.where(apart <= self._half * (1 + _BORDER), upper, -1)


def evened(depths_mm: NDArray[np.float64], hint_mm: float | None, most: int) -> NDArray[np.int64] | None:
    """The place of each slice among even ones of which some were left out because nothing is in them.

    Parameters
    ----------
    depths_mm : (N,) ndarray
        Ascending, N ≥ 1.
    hint_mm : float or None
        The step between slices that is recorded or known; it is believed where it fits.
    most : int
        Slices there may be.

    Returns
    -------
    (N,) ndarray of int, or None
        From 0 on; None where the slices lie on no even ones.
    """
    if len(depths_mm) == 1:
        return np.zeros(1, np.int64)
    gaps = np.diff(depths_mm)
    for step in (hint_mm, float(gaps.min()), float(np.median(gaps[gaps < HOLE_STEPS * gaps.min()]))):
        if not step or step <= 0 or (depths_mm[-1] - depths_mm[0]) / step > most - 1:
            continue
        places = np.rint((depths_mm - depths_mm[0]) / step)
        even = (depths_mm[-1] - depths_mm[0]) / max(places[-1], 1) * places
        near = np.abs(depths_mm - depths_mm[0] - even).max()
        if np.diff(places).min() >= 1 and near <= max(0.05, 0.02 * step):
            numbers: NDArray[np.int64] = places.astype(np.int64)
            return numbers
    return None
