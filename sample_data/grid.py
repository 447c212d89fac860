"""Where pixels lie: a stack of parallel slices in patient space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """A stack of equal slices.

    Attributes
    ----------
    origin : centre of the first pixel of slice 0, patient LPS, mm
    row : unit direction in which the column index grows
    column : unit direction in which the row index grows
    step : vector from one slice's origin to the next, mm; need not be along the normal
    spacing : distance between rows, between columns, mm
    shape : slices, rows, columns
    """

    origin: Vector
    row: Vector
    column: Vector
    step: Vector
    spacing: tuple[float, float]
    shape: tuple[int, int, int]

    @property
    def normal(self) -> NDArray[np.float64]:
        """Unit normal (3,), ``row`` x ``column``."""
        return np.cross(self.row, self.column)

    def position(self, index: float) -> NDArray[np.float64]:
        """Return Image Position (Patient) (3,) of slice ``index``, LPS, mm."""
        return np.asarray(self.origin, dtype=np.float64) + index * np.asarray(self.step)

    def points(self, index: int, along_normal: float = 0.0) -> NDArray[np.float64]:
        """Return the pixel centres of one slice.

        Parameters
        ----------
        index : int
            Slice number.
        along_normal : float
            Shift along the normal, mm, to sample a slice across its thickness.

        Returns
        -------
        (rows * columns, 3) ndarray of float64, patient LPS, mm
            PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1.
        """
        _, rows, columns = self.shape
        down = np.arange(rows)[:, None, None] * self.spacing[0] * np.asarray(self.column)
        across = np.arange(columns)[None, :, None] * self.spacing[1] * np.asarray(self.row)
        start = self.position(index) + along_normal * self.normal
        return np.asarray(start + down + across, dtype=np.float64).reshape(-1, 3)


def centred(
    centre: Vector, row: Vector, column: Vector, step: Vector, spacing: tuple[float, float], shape: tuple[int, int, int]
) -> Grid:
    """Return the grid whose middle lies at ``centre`` (patient LPS, mm); the rest as in `Grid`."""
    half = [(count - 1) / 2 for count in shape]
    middle = half[0] * np.asarray(step)
    middle = middle + half[1] * spacing[0] * np.asarray(column) + half[2] * spacing[1] * np.asarray(row)
    x, y, z = (round(float(value), 6) for value in np.asarray(centre) - middle)
    return Grid((x, y, z), row, column, step, spacing, shape)
