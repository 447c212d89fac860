"""Planes in any direction, and slabs: several of them merged into one picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.sampler import values_at
from webapp.imaging.volume import Volume

#: Planes merged into one slab, at the most.
MOST_PLANES: Final = 256

#: Thickest slab that is made, mm.
THICKEST_MM: Final = 200.0

#: Places that differ by less are one, in the unit of a direction.
_SAME: Final = 1e-9


class SlabMode(StrEnum):
    """How the planes of a slab become one picture."""

    MEAN = "mean"
    MIP = "mip"
    MINIP = "minip"


@dataclass(frozen=True, slots=True)
class Slab:
    """How thick a picture is, and how it is merged.

    Parameters
    ----------
    thickness_mm : float
        From its first to its last plane, mm; 0 is a plane.
    mode : SlabMode
    """

    thickness_mm: float = 0.0
    mode: SlabMode = SlabMode.MEAN


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A plane through the patient.

    Parameters
    ----------
    first_mm : (3,) ndarray
        Centre of the first pixel, patient LPS, mm.
    right, down : (3,) ndarray
        Unit vectors along a row and down a column, at right angles.
    step_mm : tuple of 2 float
        Between rows, then between columns, mm.
    shape : tuple of 2 int
        Rows and columns.
    """

    first_mm: NDArray[np.float64]
    right: NDArray[np.float64]
    down: NDArray[np.float64]
    step_mm: tuple[float, float]
    shape: tuple[int, int]

    @property
    def normal(self) -> NDArray[np.float64]:
        """(3,) unit vector away from the viewer."""
        return np.cross(self.right, self.down)

    def points_mm(self, offset_mm: float = 0.0) -> NDArray[np.float64]:
        """(rows, columns, 3) centres of the pixels, moved along the normal, patient LPS, mm.

        Parameters
        ----------
        offset_mm : float
        """
        rows, columns = (np.arange(count)[:, None] * step for count, step in zip(self.shape, self.step_mm, strict=True))
        start = self.first_mm + offset_mm * self.normal
        points: NDArray[np.float64] = start + (rows * self.down)[:, None] + (columns * self.right)[None]
        return points

    def places_along(self, axis: NDArray[np.float64], offset_mm: float = 0.0) -> NDArray[np.float64]:
        """(rows or 1, columns or 1) places of the pixels along a direction, in its unit; 1 where they do not differ.

        Parameters
        ----------
        axis : (3,) ndarray
            Units per mm.
        offset_mm : float
            How far the plane is moved along its normal.
        """
        start = (self.first_mm + offset_mm * self.normal) @ axis
        down = np.arange(self.shape[0]) * self.step_mm[0] * (self.down @ axis)
        right = np.arange(self.shape[1]) * self.step_mm[1] * (self.right @ axis)
        places: NDArray[np.float64] = start + _short(down)[:, None] + _short(right)[None]
        return places


def _short(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places along a line, or the first of them where all are the same."""
    return places[:1] if abs(float(places[-1])) < _SAME else places


def take_cut(volume: Volume, cut: Cut, slab: Slab, time: int = 0) -> NDArray[np.float32]:
    """The picture of a cut.

    Parameters
    ----------
    volume : Volume
    cut : Cut
    slab : Slab
        Its planes lie on both sides of the cut, as far apart as the finest step of the volume, or more where that
        would be too many.
    time : int
        Zero-based time point.

    Returns
    -------
    (rows, columns) ndarray of float32
        Modality units; NaN where nothing was measured.
    """
    offsets = offsets_mm(slab.thickness_mm, min(volume.spacing_mm))
    pictures = (values_at(volume, cut.points_mm(float(offset)), time) for offset in offsets)
    return merged(pictures, slab.mode)


def offsets_mm(thickness_mm: float, step_mm: float) -> NDArray[np.float64]:
    """(P,) places of a slab's planes along its normal, about the middle, mm.

    Parameters
    ----------
    thickness_mm, step_mm : float
    """
    count = min(MOST_PLANES, int(np.ceil(thickness_mm / step_mm - 1e-9)) + 1)
    return np.linspace(-thickness_mm / 2, thickness_mm / 2, count) if count > 1 else np.zeros(1)


def merged(pictures: Iterable[NDArray[np.generic]], mode: SlabMode) -> NDArray[np.float32]:
    """Pictures as one; where a picture has no data the others speak alone.

    Parameters
    ----------
    pictures : iterable of (rows, columns) ndarray
        Modality units, NaN where nothing was measured; at least one.
    mode : SlabMode

    Returns
    -------
    (rows, columns) ndarray of float32
    """
    if mode is SlabMode.MEAN:
        return _mean(pictures)
    merge = np.fmax if mode is SlabMode.MIP else np.fmin
    return reduce(merge, (picture.astype(np.float32) for picture in pictures))


def _mean(pictures: Iterable[NDArray[np.generic]]) -> NDArray[np.float32]:
    """The mean of what was measured at each pixel."""
    total = count = np.zeros(())
    for picture in pictures:
        known = np.isfinite(picture)
        total, count = total + np.where(known, picture, 0), count + known
    mean = np.full(count.shape, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean.astype(np.float32)
