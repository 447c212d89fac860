"""The three planes: which array axes they show, and the letters at their edges."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: A second or third letter is added when that component of the unit vector exceeds this (about 15°).
OBLIQUE_LETTER = 0.25

#: Below this angle a plane carries its plain name, degrees.
OBLIQUE_FROM_DEG = 1.0

#: The plane name of pictures that form no volume.
PICTURE = "picture"

#: Letters of the positive and negative patient directions x, y, z (LPS).
LETTERS = (("L", "R"), ("P", "A"), ("S", "I"))
_OPPOSITES = str.maketrans("LRPASI", "RLAPIS")


class Plane(StrEnum):
    """A view plane, seen in the radiological convention.

    Axial is seen from the feet, coronal from the front, sagittal from the patient's left; the patient's right is on
    the left of the screen.
    """

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"

    @property
    def axis(self) -> int:
        """The axis of ``(k, j, i)`` that is scrolled."""
        return _AXES[self][0]

    @property
    def row_axis(self) -> int:
        """The axis of ``(k, j, i)`` that runs down the screen."""
        return _AXES[self][1]

    @property
    def column_axis(self) -> int:
        """The axis of ``(k, j, i)`` that runs to the right of the screen."""
        return _AXES[self][2]

    @property
    def rows_reversed(self) -> bool:
        """Whether the row axis runs up the screen, as k does: the head is above."""
        return self.row_axis == 0


_AXES = {Plane.AXIAL: (0, 1, 2), Plane.CORONAL: (1, 0, 2), Plane.SAGITTAL: (2, 0, 1)}


class Edges(NamedTuple):
    """Orientation letters of the four edges of a picture."""

    left: str
    right: str
    top: str
    bottom: str


def letters(direction: ArrayLike) -> str:
    """The letters of a patient direction, largest part first: ``"L"``, ``"PS"``.

    Parameters
    ----------
    direction : (3,) array-like
        Patient LPS, any length.
    """
    vector = np.asarray(direction, np.float64)
    unit = vector / np.linalg.norm(vector)
    order = np.argsort(-np.abs(unit), kind="stable")
    shown = [axis for place, axis in enumerate(order) if place == 0 or abs(unit[axis]) > OBLIQUE_LETTER]
    return "".join(LETTERS[axis][0 if unit[axis] > 0 else 1] for axis in shown)


def opposite(sides: str) -> str:
    """The letters of the opposite direction: ``"R"`` for ``"L"``, ``"AI"`` for ``"PS"``.

    Parameters
    ----------
    sides : str
        As `letters` writes them.
    """
    return sides.translate(_OPPOSITES)


def edges(plane: Plane, directions: NDArray[np.float64]) -> Edges:
    """The letters at the edges of a plane.

    Parameters
    ----------
    plane : Plane
    directions : (3, 3) ndarray
        Unit vectors of k, j, i in patient LPS.
    """
    right = directions[plane.column_axis]
    down = -directions[plane.row_axis] if plane.rows_reversed else directions[plane.row_axis]
    return Edges(letters(-right), letters(right), letters(-down), letters(down))
