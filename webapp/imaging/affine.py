"""From array index to patient millimetres and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Steps whose box is this much smaller than a right-angled one span no volume.
_FLAT = 1e-9

#: Patient directions of the kept axes k, j, i: to the Head, to Posterior, to the Left, in LPS.
PATIENT_AXES = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """The map from array index ``(k, j, i)`` to patient LPS in mm.

    Parameters
    ----------
    matrix : (4, 4) array of float
        Columns 0–2 are the steps of one index along k, j, i in mm; column 3 is the centre of voxel ``(0, 0, 0)``.
        The step across slices is the true vector between slice origins, so a sheared stack stays exact.
    """

    matrix: NDArray[np.float64]

    def __post_init__(self) -> None:
        matrix = np.array(self.matrix, np.float64)
        if matrix.shape != (4, 4) or not np.isfinite(matrix).all() or _flat(matrix[:3, :3]):
            raise ValueError("an affine is a finite, invertible (4, 4) matrix")
        matrix.setflags(write=False)
        object.__setattr__(self, "matrix", matrix)

    @classmethod
    def from_steps(cls, steps_mm: ArrayLike, origin_mm: ArrayLike) -> Affine:
        """The affine of three steps and an origin.

        Parameters
        ----------
        steps_mm : (3, 3) array-like
            Row ``a`` is the step of one index along array axis ``a``, patient LPS, mm.
        origin_mm : (3,) array-like
            Centre of voxel ``(0, 0, 0)``, patient LPS, mm.
        """
        matrix = np.eye(4)
        matrix[:3, :3] = np.asarray(steps_mm, np.float64).T
        matrix[:3, 3] = np.asarray(origin_mm, np.float64)
        return cls(matrix)

    @property
    def steps_mm(self) -> NDArray[np.float64]:
        """(3, 3) steps, row ``a`` for one index along axis ``a``, mm."""
        steps: NDArray[np.float64] = self.matrix[:3, :3].T
        return steps

    @property
    def origin_mm(self) -> NDArray[np.float64]:
        """(3,) centre of voxel ``(0, 0, 0)``, patient LPS, mm."""
        return self.matrix[:3, 3]

    @property
    def directions(self) -> NDArray[np.float64]:
        """(3, 3) unit vectors, row ``a`` along array axis ``a``."""
        steps = self.steps_mm
        directions: NDArray[np.float64] = steps / np.linalg.norm(steps, axis=1, keepdims=True)
        return directions

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Perpendicular distance between neighbouring sheets along k, j, i, mm."""
        k, j, i = self.steps_mm
        volume = abs(float(np.linalg.det(self.matrix[:3, :3])))
        areas = (np.cross(j, i), np.cross(k, i), np.cross(k, j))
        spacing_k, spacing_j, spacing_i = (volume / float(np.linalg.norm(area)) for area in areas)
        return spacing_k, spacing_j, spacing_i

    def apply(self, points_kji: ArrayLike) -> NDArray[np.float64]:
        """(..., 3) patient points in mm of (..., 3) indices, which may be fractions."""
        points: NDArray[np.float64] = np.asarray(points_kji, np.float64) @ self.steps_mm + self.origin_mm
        return points

    def index(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """(..., 3) indices ``(k, j, i)``, as fractions, of (..., 3) patient points in mm."""
        shifted = np.asarray(points_mm, np.float64) - self.origin_mm
        indices: NDArray[np.float64] = shifted @ np.linalg.inv(self.steps_mm)
        return indices

    def reordered(self, order: AxisOrder, shape: Sequence[int]) -> Affine:
        """The affine after the array axes were permuted and flipped.

        Parameters
        ----------
        order : AxisOrder
        shape : sequence of 3 int
            The array's shape before, in its own axis order.
        """
        steps = self.steps_mm[list(order.axes)].copy()
        origin = self.origin_mm.copy()
        for place, (axis, flipped) in enumerate(zip(order.axes, order.flips, strict=True)):
            if flipped:
                origin += steps[place] * (shape[axis] - 1)
                steps[place] *= -1
        return Affine.from_steps(steps, origin)


def _flat(steps: NDArray[np.float64]) -> bool:
    """Whether three steps lie in one plane, whatever their length."""
    lengths = float(np.prod(np.linalg.norm(steps, axis=0)))
    return abs(float(np.linalg.det(steps))) <= _FLAT * lengths


@dataclass(frozen=True, slots=True)
class AxisOrder:
    """How acquired array axes become k, j, i: by permuting and flipping only, never by resampling.

    Parameters
    ----------
    axes : tuple of 3 int
        The acquired axis that becomes k, j and i.
    flips : tuple of 3 bool
        Whether k, j and i run against it.
    """

    axes: tuple[int, int, int]
    flips: tuple[bool, bool, bool]

    def view(self, voxels: NDArray[np.generic]) -> NDArray[np.generic]:
        """The same memory seen in k, j, i order; axes before and behind the three (time, colour) stay.

        Parameters
        ----------
        voxels : (T, A, B, C) or (T, A, B, C, 3) ndarray
            In acquired axis order.
        """
        rest = tuple(range(4, voxels.ndim))
        turned = voxels.transpose(0, *(axis + 1 for axis in self.axes), *rest)
        steps = tuple(slice(None, None, -1) if flipped else slice(None) for flipped in self.flips)
        return turned[(slice(None), *steps)]


def nearest_axes(affine: Affine) -> AxisOrder:
    """The order in which the acquired axes lie nearest to Head, Posterior and Left.

    Each patient axis is given the acquired axis with the largest remaining |cosine|; ties go to the earlier of k, j, i.

    Parameters
    ----------
    affine : Affine
        Of the acquired array.
    """
    cosines = np.asarray(PATIENT_AXES) @ affine.directions.T
    remaining = np.round(np.abs(cosines), 9)
    axes = [0, 0, 0]
    for _ in range(3):
        place, axis = np.unravel_index(int(np.argmax(remaining)), remaining.shape)
        axes[int(place)] = int(axis)
        remaining[place, :] = -1
        remaining[:, axis] = -1
    flips = [bool(cosines[place, axis] < 0) for place, axis in enumerate(axes)]
    return AxisOrder((axes[0], axes[1], axes[2]), (flips[0], flips[1], flips[2]))
