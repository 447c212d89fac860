"""Where the voxels of a stack lie: each slice at its own origin, and the straight box around them all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from webapp.imaging.affine import Affine

#: A gap wider than this many usual steps is a hole: nothing was measured in it.
HOLE_STEPS: Final = 1.5

#: Gaps within this share of the smallest one are the usual step.
USUAL_SHARE: Final = 0.1

#: Fractions of a pixel below this are none: positions carry no more digits.
NEGLIGIBLE: Final = 1e-6

#: Samples of a side view along the normal, at the most.
_MOST_SAMPLES: Final = 4096


class Sampling(StrEnum):
    """How the pixels of a view came from the voxels."""

    ACQUIRED = "acquired"
    STRAIGHTENED = "straightened"
    INTERPOLATED = "interpolated"
    NEAREST = "nearest pixel"


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """The places of a stack's voxels.

    Parameters
    ----------
    affine : Affine
        The best straight map from ``(k, j, i)`` to patient LPS, mm; exact where `sampling` is ``ACQUIRED``.
    shape_kji : tuple of 3 int
    slice_axis : int
        The axis along which slices were acquired.
    origins_mm : (N, 3) ndarray
        True centre of the first voxel of each slice, patient LPS, mm.
    sampling : Sampling
        What views across the slices need: nothing, straightening (a pure shear), or interpolation.
    hole_step_mm : float or None
        The step between neighbouring slices of a stack in which some are missing; gaps much wider are holes. None
        where every gap is a step of its own.
    """

    affine: Affine
    shape_kji: tuple[int, int, int]
    slice_axis: int
    origins_mm: NDArray[np.float64]
    sampling: Sampling = Sampling.ACQUIRED
    hole_step_mm: float | None = None

    def __post_init__(self) -> None:
        if self.origins_mm.shape != (self.shape_kji[self.slice_axis], 3):
            raise ValueError("there is one origin for each slice")

    @property
    def is_box(self) -> bool:
        """Whether the voxels form a straight, even box, so that every plane of it is a plane of voxels."""
        return self.sampling is Sampling.ACQUIRED

    @property
    def directions(self) -> NDArray[np.float64]:
        """(3, 3) unit vectors of k, j, i; along the slice axis the normal of the slices."""
        directions = self.affine.directions.copy()
        if not self.is_box:
            a, b = (axis for axis in range(3) if axis != self.slice_axis)
            normal = np.cross(directions[a], directions[b])
            directions[self.slice_axis] = normal * np.sign(normal @ directions[self.slice_axis])
        return directions

    @property
    def pixel_axes(self) -> NDArray[np.float64]:
        """(2, 3) the other two directions over their steps, 1/mm: a point less a slice's origin gives its pixel."""
        rest = [axis for axis in range(3) if axis != self.slice_axis]
        axes: NDArray[np.float64] = self.directions[rest] / np.linalg.norm(self.affine.steps_mm, axis=1)[rest, None]
        return axes

    @property
    def depths_mm(self) -> NDArray[np.float64]:
        """(N,) places of the slices along their normal, mm."""
        depths: NDArray[np.float64] = self.origins_mm @ self.directions[self.slice_axis]
        return depths

    @property
    def holes(self) -> NDArray[np.bool_]:
        """(N − 1,) whether nothing was measured between each slice and the next."""
        gaps = np.diff(self.depths_mm)
        if self.hole_step_mm is None:
            return np.zeros(len(gaps), bool)
        holes: NDArray[np.bool_] = gaps > HOLE_STEPS * self.hole_step_mm
        return holes

    def apply(self, points_kji: ArrayLike) -> NDArray[np.float64]:
        """(..., 3) patient points in mm of (..., 3) indices; between two slices on the line between their origins."""
        points = np.asarray(points_kji, np.float64)
        if self.is_box:
            return self.affine.apply(points)
        k = points[..., self.slice_axis]
        places = np.arange(len(self.origins_mm))
        starts = np.stack([np.interp(k, places, self.origins_mm[:, axis]) for axis in range(3)], axis=-1)
        in_plane = points.copy()
        in_plane[..., self.slice_axis] = 0
        mapped: NDArray[np.float64] = starts + in_plane @ self.affine.steps_mm
        return mapped


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """The straight box around all slices of a lattice, in the lattice's own directions.

    Parameters
    ----------
    directions : (3, 3) ndarray
        Unit vectors along k, j, i, at right angles.
    corners_mm : (N, 3) ndarray
        The first voxel of each slice along those directions, mm.
    start_mm, steps_mm : (3,) ndarray
        The first sample, and the distance between samples, along k, j, i, mm.
    counts : tuple of 3 int
        Samples along k, j, i.
    """

    directions: NDArray[np.float64]
    corners_mm: NDArray[np.float64]
    start_mm: NDArray[np.float64]
    steps_mm: NDArray[np.float64]
    counts: tuple[int, int, int]

    @property
    def affine(self) -> Affine:
        """The map from the canvas' own indices to patient LPS, mm."""
        return Affine.from_steps(self.directions * self.steps_mm[:, None], self.start_mm @ self.directions)


def canvas_of(lattice: Lattice) -> Canvas:
    """The box around a lattice; for a straight even one the lattice itself.

    Parameters
    ----------
    lattice : Lattice
    """
    s = lattice.slice_axis
    directions = lattice.directions
    corners = lattice.origins_mm @ directions.T
    if lattice.is_box:
        start = directions @ lattice.affine.origin_mm
        return Canvas(directions, corners, start, np.array(lattice.affine.spacing_mm), lattice.shape_kji)
    steps = np.linalg.norm(lattice.affine.steps_mm, axis=1)
    depth = corners[-1, s] - corners[0, s]
    steps[s] = max(lattice.hole_step_mm or usual_step_mm(corners[:, s]), depth / (_MOST_SAMPLES - 1))
    spread = corners.max(axis=0) - corners.min(axis=0)
    counts = np.ceil(spread / steps - NEGLIGIBLE).astype(int) + np.array(lattice.shape_kji)
    counts[s] = int(np.floor(depth / steps[s] + NEGLIGIBLE)) + 1
    k, j, i = (int(count) for count in counts)
    return Canvas(directions, corners, corners.min(axis=0), steps, (k, j, i))


def settled(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places among pixels or slices without fractions too small to be meant.

    Parameters
    ----------
    places : ndarray
    """
    near = np.rint(places)
    return np.where(np.abs(places - near) < NEGLIGIBLE, near, places)


def slices_around(
    depths_mm: NDArray[np.float64], wanted_mm: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The slice before each place along the normal, and how far the place lies on the way to the next one.

    Parameters
    ----------
    depths_mm : (N,) ndarray
        Places of the slices, ascending, N ≥ 2.
    wanted_mm : (P,) ndarray

    Returns
    -------
    below : (P,) ndarray of int
        At most N − 2.
    along : (P,) ndarray
        0 at the slice before, 1 at the next; beyond these outside the stack.
    """
    below = np.clip(np.searchsorted(depths_mm, wanted_mm, side="right") - 1, 0, len(depths_mm) - 2)
    return below, (wanted_mm - depths_mm[below]) / (depths_mm[below + 1] - depths_mm[below])


def usual_step_mm(positions_mm: NDArray[np.float64]) -> float:
    """The median of the gaps that are nearly as small as the smallest one, mm.

    Parameters
    ----------
    positions_mm : (N,) ndarray
        Ascending, N ≥ 2.
    """
    gaps = np.diff(positions_mm)
    return float(np.median(gaps[gaps <= gaps.min() * (1 + USUAL_SHARE)]))
