"""Reference lines: where slices cut a picture, exactly, in the picture's own millimetres."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.rectangle import Rectangles

#: Planes that meet at a smaller angle are parallel: their line would wander over the picture with the last digits of
#: the directions, and a slice is no thin line at such an angle; degrees.
PARALLEL_DEG: Final = 1.0


def reference_lines(picture: Rectangles, slices: Rectangles) -> NDArray[np.float64]:
    """Where the planes of slices cut a picture, as far as both reach.

    Each line is the exact intersection of the two planes, cut off at the edges of the picture, and no longer than the
    slice is wide: its rectangle is projected at right angles onto the line, so that the line on a projection (a CT
    scout, whose nominal plane may miss the slices) spans what the slices show.

    Parameters
    ----------
    picture : Rectangles
        One.
    slices : Rectangles
        N.

    Returns
    -------
    (N, 4) ndarray
        ``x0, y0, x1, y1`` in mm from the picture's outer top left corner, x to the right and y down, from left to
        right, an upright line from top to bottom; NaN for a slice that is parallel, or does not reach the picture.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        start, along, cuts = _lines(picture, slices)
        low, high = _within(start, along, picture.sizes_mm[0])
        first, last = _widths(picture, slices, along)
        low, high = np.maximum(low, first), np.minimum(high, last)
        ends = np.stack([start + low[:, None] * along, start + high[:, None] * along], axis=1).reshape(-1, 4)
        return np.where((cuts & (low < high))[:, None], ends, np.nan)


def _lines(
    picture: Rectangles, slices: Rectangles
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """(N, 2) each line's point nearest to the corner, (N, 2) its direction, (N,) whether the planes meet at all."""
    axes = np.stack([picture.right[0], picture.down[0]], axis=1)
    slopes = slices.normals @ axes
    offsets = slices.depths_mm - slices.normals @ picture.corners_mm[0]
    steepness = np.linalg.norm(slopes, axis=1)
    cuts = steepness >= math.sin(math.radians(PARALLEL_DEG))
    across = slopes / steepness[:, None]
    along = np.stack([-across[:, 1], across[:, 0]], axis=1)
    backward = (along[:, 0] < 0) | ((along[:, 0] == 0) & (along[:, 1] < 0))
    return across * (offsets / steepness)[:, None], np.where(backward[:, None], -along, along), cuts


def _within(
    start: NDArray[np.float64], along: NDArray[np.float64], size_mm: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(N,) from where to where along each line it lies within the picture; the first is beyond the last outside it."""
    to_low, to_high = -start / along, (size_mm - start) / along
    low, high = np.minimum(to_low, to_high), np.maximum(to_low, to_high)
    beside = (along == 0) & ((start < 0) | (start > size_mm))
    low = np.where(along == 0, np.where(beside, np.inf, -np.inf), low)
    high = np.where(along == 0, np.where(beside, -np.inf, np.inf), high)
    return low.max(axis=1), high.min(axis=1)


def _widths(
    picture: Rectangles, slices: Rectangles, along: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(N,) from where to where along each line its slice reaches, seen at right angles to the line."""
    lines = along @ np.stack([picture.right[0], picture.down[0]])
    corner = np.einsum("nx,nx->n", slices.corners_mm - picture.corners_mm[0], lines)
    sides = [
        np.einsum("nx,nx->n", side, lines) * slices.sizes_mm[:, axis]
        for axis, side in enumerate((slices.right, slices.down))
    ]
    low = corner + np.minimum(sides[0], 0) + np.minimum(sides[1], 0)
    high = corner + np.maximum(sides[0], 0) + np.maximum(sides[1], 0)
    return low, high
