"""Flat rectangles in the patient: where pictures and slices lie, each by its own directions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from webapp.imaging.affine import PATIENT_AXES
from webapp.imaging.plane import Plane


@dataclass(frozen=True, slots=True, eq=False)
class Rectangles:
    """Rectangles in the patient, edge to edge; one without a place is made of NaN.

    Parameters
    ----------
    corners_mm : (N, 3) ndarray
        The outer corner of the first pixel of each, patient LPS, mm.
    right, down : (N, 3) ndarray
        Unit vectors along a row and down a column.
    sizes_mm : (N, 2) ndarray
        Across and down, mm.
    """

    corners_mm: NDArray[np.float64]
    right: NDArray[np.float64]
    down: NDArray[np.float64]
    sizes_mm: NDArray[np.float64]

    @classmethod
    def of_pixels(
        cls, first_mm: ArrayLike, directions: tuple[ArrayLike, ArrayLike], pixel_mm: ArrayLike, counts: ArrayLike
    ) -> Rectangles:
        """The rectangles that pixels cover.

        Parameters
        ----------
        first_mm : (N, 3) or (3,) array-like
            Centre of the first pixel, patient LPS, mm.
        directions : pair of (N, 3) or (3,) array-like
            Unit vectors along a row and down a column.
        pixel_mm, counts : (N, 2) or (2,) array-like
            Distance between columns, between rows, mm; columns and rows.
        """
        first = np.atleast_2d(np.asarray(first_mm, np.float64))
        right, down = (np.broadcast_to(np.asarray(one, np.float64), first.shape) for one in directions)
        pixel = np.broadcast_to(np.asarray(pixel_mm, np.float64), (len(first), 2))
        corners = first - right * pixel[:, :1] / 2 - down * pixel[:, 1:] / 2
        return cls(corners, right, down, pixel * np.asarray(counts, np.float64))

    @property
    def normals(self) -> NDArray[np.float64]:
        """(N, 3) unit vectors away from the viewer."""
        return np.cross(self.right, self.down)

    @property
    def depths_mm(self) -> NDArray[np.float64]:
        """(N,) places along the own normal of each, mm."""
        depths: NDArray[np.float64] = np.einsum("nx,nx->n", self.corners_mm, self.normals)
        return depths

    def one(self, index: int) -> Rectangles:
        """One of them, N = 1."""
        return Rectangles(
            *(part[index : index + 1] for part in (self.corners_mm, self.right, self.down, self.sizes_mm))
        )


class Facing(NamedTuple):
    """How a picture lies in the patient, in the words of the three planes.

    Parameters
    ----------
    plane : Plane
        The one it is nearest to.
    oblique_deg : float
        Angle between their normals, degrees.
    position_mm : float
        Where it lies along its normal, seen towards head, back or left, mm.
    """

    plane: Plane
    oblique_deg: float
    position_mm: float


def facing(origin_mm: ArrayLike, row: ArrayLike, column: ArrayLike) -> Facing:
    """How a picture lies in the patient.

    Parameters
    ----------
    origin_mm : (3,) array-like
        Any point of the picture, patient LPS, mm.
    row, column : (3,) array-like
        Unit vectors at right angles.
    """
    normal = np.cross(np.asarray(row, np.float64), np.asarray(column, np.float64))
    cosines = np.asarray(PATIENT_AXES) @ normal
    axis = int(np.argmax(np.round(np.abs(cosines), 9)))
    toward = normal * np.sign(cosines[axis])
    plane = next(plane for plane in Plane if plane.axis == axis)
    oblique = math.degrees(math.acos(min(1.0, abs(float(cosines[axis])))))
    return Facing(plane, oblique, float(np.asarray(origin_mm, np.float64) @ toward))
