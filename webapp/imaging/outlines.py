"""Closed outlines in a plane as pixels and as areas: what lies inside an odd number of them is inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.errors import RegionsUnread

#: Crossings of one outline with rows of pixels, at the most.
_MOST_CROSSINGS: Final = 10_000_000

#: Outlines of one plane whose nesting is looked at pair by pair, at the most.
_MOST_NESTED: Final = 256


def filled(outlines: Sequence[NDArray[np.float64]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """The pixels whose centres lie inside an odd number of outlines.

    An outline that runs into a hole and back along the same line encloses what is left without the hole, and so do
    two outlines of which one lies inside the other.

    Parameters
    ----------
    outlines : sequence of (P, 2) ndarray
        Row and column of each corner, in pixels; the last corner is joined to the first.
    shape : tuple of 2 int
        Rows and columns.

    Returns
    -------
    (rows, columns) ndarray of bool
    """
    rows, columns = shape
    toggles = np.zeros((rows, columns + 1), np.uint8)
    for outline in outlines:
        crossed, at = _crossings(outline, rows)
        np.bitwise_xor.at(toggles, (crossed, np.clip(np.ceil(at), 0, columns).astype(int)), 1)
    inside: NDArray[np.bool_] = np.bitwise_xor.accumulate(toggles, axis=1)[:, :columns].astype(bool)
    return inside


def _crossings(outline: NDArray[np.float64], rows: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Every place where an outline crosses the middle of a row: the row, and how far along it."""
    (row, column), (next_row, next_column) = outline.T, np.roll(outline, -1, axis=0).T
    first, end = (np.clip(np.ceil(one(row, next_row)), 0, rows).astype(int) for one in (np.minimum, np.maximum))
    counts = end - first
    if counts.sum() > _MOST_CROSSINGS:
        raise RegionsUnread(f"One outline crosses more than {_MOST_CROSSINGS:,} rows.")
    edge = np.repeat(np.arange(len(outline)), counts)
    crossed = first[edge] + np.arange(len(edge)) - (np.cumsum(counts) - counts)[edge]
    share = (crossed - row[edge]) / (next_row - row)[edge]
    return crossed, column[edge] + share * (next_column - column)[edge]


def area_of(outlines: Sequence[NDArray[np.float64]]) -> float | None:
    """The area inside an odd number of outlines that do not cross each other, in the square of their unit.

    Parameters
    ----------
    outlines : sequence of (P, 2) ndarray
        Corners in one plane.

    Returns
    -------
    float or None
        None where there are too many to look at their nesting.
    """
    if len(outlines) > _MOST_NESTED:
        return None
    total = 0.0
    for place, outline in enumerate(outlines):
        around = sum(_holds(other, outline[0]) for at, other in enumerate(outlines) if at != place)
        total += (-1) ** around * _size_of(outline)
    return total


def _size_of(outline: NDArray[np.float64]) -> float:
    """What one outline encloses."""
    around = outline - outline[0]
    a, b = around.T
    return abs(float(np.sum(a * np.roll(b, -1) - b * np.roll(a, -1)))) / 2


def _holds(outline: NDArray[np.float64], point: NDArray[np.float64]) -> bool:
    """Whether a point lies inside an outline."""
    a, b = outline.T
    next_a, next_b = np.roll(outline, -1, axis=0).T
    spans = (a > point[0]) != (next_a > point[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = b + (point[0] - a) / (next_a - a) * (next_b - b)
    return bool(np.count_nonzero(spans & (point[1] < at)) % 2)
