"""The even slices that regions lie on, and the same as the document every page reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.affine import Affine, nearest_axes
from webapp.imaging.labels import evened
from webapp.imaging.lattice import usual_step_mm

#: Slices this near to each other are one, mm.
SAME_MM: Final = 0.02

#: Slices that slide less than this beside a straight line do not slide, mm.
_STRAIGHT_MM: Final = 0.05

#: Slices of a grid, at the most.
_MOST: Final = 4096


@dataclass(frozen=True, slots=True, eq=False)
class RegionGrid:
    """Slices of pixels in the patient, in the order of their normal.

    Parameters
    ----------
    origins_mm : (N, 3) ndarray
        Centre of the first pixel of each slice, patient LPS, mm.
    row, column : (3,) ndarray
        Unit vectors along a row and down a column.
    pixel_mm : tuple of 2 float
        Between rows, between columns, mm.
    step_mm : float
        Between slices along the normal, mm; the usual one where they are uneven.
    size : tuple of 2 int
        Rows, columns.
    even : bool
    left_out : int
        Slices between the first and the last for which the file has nothing.
    """

    origins_mm: NDArray[np.float64]
    row: NDArray[np.float64]
    column: NDArray[np.float64]
    pixel_mm: tuple[float, float]
    step_mm: float
    size: tuple[int, int]
    even: bool = True
    left_out: int = 0

    @property
    def shape(self) -> tuple[int, int, int]:
        """Slices, rows, columns."""
        return len(self.origins_mm), *self.size

    @property
    def voxel_ml(self) -> float:
        """What one voxel takes, ml."""
        return self.pixel_mm[0] * self.pixel_mm[1] * self.step_mm / 1000

    def points_mm(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """(P, 3) patient points, mm, of (P, 3) fractional slices, rows and columns."""
        numbers = np.arange(len(self.origins_mm))
        starts = np.stack([np.interp(places[:, 0], numbers, self.origins_mm[:, axis]) for axis in range(3)], axis=-1)
        beyond = places[:, 0] - np.clip(places[:, 0], 0, len(numbers) - 1)
        normal = np.cross(self.row, self.column)
        down, right = places[:, 1:2] * self.pixel_mm[0] * self.column, places[:, 2:3] * self.pixel_mm[1] * self.row
        points: NDArray[np.float64] = starts + beyond[:, None] * self.step_mm * normal + down + right
        return points

    def cropped(self, low: tuple[int, int], size: tuple[int, int]) -> RegionGrid:
        """The grid from a first row and column on."""
        shift = low[0] * self.pixel_mm[0] * self.column + low[1] * self.pixel_mm[1] * self.row
        return replace(self, origins_mm=self.origins_mm + shift, size=size)

    def as_meta(self) -> dict[str, Any]:
        """The geometry as ``meta.json`` keeps it, in k, j, i."""
        count, normal = len(self.origins_mm), np.cross(self.row, self.column)
        step = normal * self.step_mm
        across = (self.origins_mm[-1] - self.origins_mm[0]) / (count - 1) if count > 1 else step
        steps = [across, self.column * self.pixel_mm[0], self.row * self.pixel_mm[1]]
        acquired = Affine.from_steps(steps, self.origins_mm[0])
        order = nearest_axes(acquired)
        affine = acquired.reordered(order, self.shape)
        slice_axis = order.axes.index(0)
        flipped = order.flips[slice_axis]
        corner = affine.origin_mm - acquired.apply([count - 1 if flipped else 0, 0, 0])
        spacing = np.linalg.norm(affine.steps_mm, axis=1).tolist()
        spacing[slice_axis] = self.step_mm
        return {
            "shape_kji": [self.shape[axis] for axis in order.axes],
            "slice_axis": slice_axis,
            "spacing_mm_kji": spacing,
            "affine_kji_to_lps": affine.matrix.tolist(),
            "origins_mm": ((self.origins_mm[::-1] if flipped else self.origins_mm) + corner).tolist(),
            "acquired": {"axes": list(order.axes), "flips": list(order.flips)},
            "grid": "REGULAR" if self.even else "VARIABLE",
            "step_mm": self.step_mm,
            "tilt_deg": None,
            "shear": self._shear(across, normal),
        }

    def _shear(self, across: NDArray[np.float64], normal: NDArray[np.float64]) -> str:
        """Whether the slices lie straight behind each other, slide evenly, or wander."""
        line = self.origins_mm[0] + np.arange(len(self.origins_mm))[:, None] * across
        beside = self.origins_mm - line
        beside -= (beside @ normal)[:, None] * normal
        if float(np.linalg.norm(beside, axis=1).max()) > _STRAIGHT_MM:
            return "WANDER"
        slide = (across - (across @ normal) * normal) * (len(self.origins_mm) - 1)
        return "SHEAR" if float(np.linalg.norm(slide)) > _STRAIGHT_MM else "NONE"


def clustered(depths_mm: Sequence[float] | NDArray[np.float64], within_mm: float = SAME_MM) -> NDArray[np.int64]:
    """The number of the place of each depth, from 0 in ascending order; neighbours within a distance are one place.

    Parameters
    ----------
    depths_mm : (N,) array-like
    within_mm : float
    """
    depths = np.asarray(depths_mm, np.float64)
    order = np.argsort(depths, kind="stable")
    numbers = np.empty(len(depths), np.int64)
    numbers[order] = np.concatenate(([0], np.cumsum(np.diff(depths[order]) > within_mm)))
    return numbers


def slices_between(
    origins_mm: NDArray[np.float64], normal: NDArray[np.float64], hint_mm: float | None, pixels: int, most_voxels: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], float, bool]:
    """Origins of even slices, those that were left out among them, where that is what they are.

    Parameters
    ----------
    origins_mm : (N, 3) ndarray
        Of the slices there are, in the order of the normal.
    normal : (3,) ndarray
    hint_mm : float or None
        The step that is recorded or known.
    pixels : int
        Of one slice.
    most_voxels : int

    Returns
    -------
    origins_mm : (M, 3) ndarray
    places : (N,) ndarray of int
        Where the slices there are stand among them.
    step_mm : float
    even : bool
    """
    depths = origins_mm @ normal
    places = evened(depths, hint_mm, min(_MOST, max(1, most_voxels // max(1, pixels))))
    if places is None:
        return origins_mm, np.arange(len(depths)), usual_step_mm(depths), False
    numbers = np.arange(places[-1] + 1)
    origins = np.stack([np.interp(numbers, places, origins_mm[:, axis]) for axis in range(3)], axis=-1)
    step = (depths[-1] - depths[0]) / places[-1] if len(depths) > 1 else hint_mm or 1.0
    return origins, places, float(step), True
