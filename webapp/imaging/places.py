"""From the index space of a surface to the patient, through the true places of the slices."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.lattice import Lattice

#: Points mapped at a time.
_CHUNK: Final = 1 << 18


def runs_of(lattice: Lattice) -> list[tuple[int, int]]:
    """First slice, and the one behind the last, of every run of slices without a hole.

    Parameters
    ----------
    lattice : Lattice
    """
    behind = [int(place) + 1 for place in np.flatnonzero(lattice.holes)]
    bounds = [0, *behind, lattice.shape_kji[lattice.slice_axis]]
    return list(pairwise(bounds))


def places_mm(lattice: Lattice, points_kji: NDArray[np.float32], run: tuple[int, int]) -> NDArray[np.float32]:
    """Patient places of points that lie between the slices of a run, or half a step outside its ends.

    Parameters
    ----------
    lattice : Lattice
    points_kji : (V, 3) ndarray of float32
        Along the slice axis counted from the run's first slice.
    run : tuple of 2 int
        As `runs_of` gives it.

    Returns
    -------
    (V, 3) ndarray of float32
        Patient LPS, mm.
    """
    affine = lattice.affine
    if lattice.is_box:
        # Indices and steps are small numbers, so the products keep all the digits that float32 has at the end.
        places = points_kji @ affine.steps_mm.astype(np.float32)
        places += affine.origin_mm.astype(np.float32)
        return places
    places = np.empty(points_kji.shape, np.float32)
    origins = _origins_mm(lattice, run)
    numbers = np.arange(-1, len(origins) - 1)
    for start in range(0, len(places), _CHUNK):
        chunk = points_kji[start : start + _CHUNK].astype(np.float64)
        slices = chunk[:, lattice.slice_axis].copy()
        chunk[:, lattice.slice_axis] = 0
        starts = np.stack([np.interp(slices, numbers, origins[:, axis]) for axis in range(3)], axis=1)
        places[start : start + _CHUNK] = starts + chunk @ affine.steps_mm
    return places


def _origins_mm(lattice: Lattice, run: tuple[int, int]) -> NDArray[np.float64]:
    """(N + 2, 3) the first voxels of a run's slices, and of one more at either end, as far off as its neighbour."""
    origins = lattice.origins_mm[run[0] : run[1]]
    if len(origins) > 1:
        before, after = origins[1] - origins[0], origins[-1] - origins[-2]
    else:
        step_mm = lattice.hole_step_mm or lattice.affine.spacing_mm[lattice.slice_axis]
        before = after = lattice.affine.steps_mm[lattice.slice_axis] * (
            step_mm / lattice.affine.spacing_mm[lattice.slice_axis]
        )
    return np.concatenate(([origins[0] - before], origins, [origins[-1] + after]))
