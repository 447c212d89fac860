"""Stacks whose slices lie where they lie: tilted, uneven, wandering, with slices missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tests.imaging.volumes import turned
from webapp.imaging.affine import Affine
from webapp.imaging.lattice import Lattice, Sampling
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import Slice
from webapp.imaging.volume import Volume

#: The step of the piles in which slices are missing, mm.
STEP_MM = 3.0

EVEN = tuple(3.0 * k for k in range(9))
UNEVEN = (0.0, 3.0, 6.0, 9.0, 14.0, 19.0, 24.0, 26.5, 29.0)
MISSING = (0.0, 3.0, 6.0, 9.0, 15.0, 18.0, 21.0, 30.0, 33.0)

#: The ramp's slope along x, y, z, per mm, and its value at the patient's origin.
SLOPE, AT_ORIGIN = np.array([1.5, -0.75, 2.25]), 40.0


def ramp(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """A value that grows evenly along a skew direction of the patient."""
    values: NDArray[np.float64] = points_mm @ SLOPE + AT_ORIGIN
    return values


@dataclass(frozen=True)
class Pile:
    """Slices of 14 × 11 pixels, or of another size, piled along an axis of k, j, i.

    Parameters
    ----------
    depths_mm : tuple of float
        Places of the slices along their normal.
    tilt_deg : float
        By which they slide along the first in-plane axis.
    wander_mm : float
        By which they stray to and fro along the second.
    slice_axis : int
    turn_deg : float
        Of the whole stack about a skew axis.
    pixels : tuple of 2 int
    pixel_mm : tuple of 2 float
    has_holes : bool
        Whether wide gaps are holes.
    """

    depths_mm: Sequence[float] = EVEN
    tilt_deg: float = 0.0
    wander_mm: float = 0.0
    slice_axis: int = 0
    turn_deg: float = 0.0
    pixels: tuple[int, int] = (14, 11)
    pixel_mm: tuple[float, float] = (0.8, 0.5)
    has_holes: bool = False
    origin_mm: tuple[float, float, float] = (-8.2, -11.7, 5.5)

    @property
    def axes(self) -> tuple[int, int, int]:
        """The slice axis and the two in the plane, of k, j, i."""
        a, b = (axis for axis in range(3) if axis != self.slice_axis)
        return self.slice_axis, a, b

    @property
    def directions(self) -> NDArray[np.float64]:
        """(3, 3) unit vectors of k, j, i."""
        return np.eye(3)[::-1] @ turned(self.turn_deg).T

    @property
    def origins_mm(self) -> NDArray[np.float64]:
        """(N, 3) first voxels of the slices."""
        s, a, b = self.axes
        depths = np.array(self.depths_mm)
        places = np.zeros((len(depths), 3))
        places[:, s] = depths
        places[:, a] = depths * math.tan(math.radians(self.tilt_deg))
        places[:, b] = self.wander_mm * np.cos(np.arange(len(depths)) * 2.1)
        origins: NDArray[np.float64] = np.array(self.origin_mm) + places @ self.directions
        return origins

    @property
    def points_mm(self) -> NDArray[np.float64]:
        """(K, J, I, 3) centres of the voxels."""
        s, a, b = self.axes
        row, column = self.directions[a] * self.pixel_mm[0], self.directions[b] * self.pixel_mm[1]
        rows, columns = (np.arange(count) for count in self.pixels)
        plane = rows[:, None, None] * row + columns[None, :, None] * column
        return np.moveaxis(self.origins_mm[:, None, None] + plane, (0, 1, 2), (s, a, b))

    @property
    def sampling(self) -> Sampling:
        """What its side views need."""
        steps = np.diff(self.depths_mm)
        if self.wander_mm or np.ptp(steps) > 1e-9:
            return Sampling.INTERPOLATED
        return Sampling.STRAIGHTENED if self.tilt_deg else Sampling.ACQUIRED

    @property
    def lattice(self) -> Lattice:
        """Where its voxels lie."""
        s, a, b = self.axes
        origins, steps = self.origins_mm, np.zeros((3, 3))
        steps[s] = (origins[-1] - origins[0]) / (len(origins) - 1)
        steps[a], steps[b] = self.directions[a] * self.pixel_mm[0], self.directions[b] * self.pixel_mm[1]
        k, j, i = self.points_mm.shape[:3]
        hole_step_mm = STEP_MM if self.has_holes else None
        return Lattice(Affine.from_steps(steps, origins[0]), (k, j, i), s, origins, self.sampling, hole_step_mm)

    def volume(self, value: Callable[[NDArray[np.float64]], NDArray[np.float64]] = ramp) -> Volume:
        """The volume whose voxels are a function of their patient point."""
        voxels = value(self.points_mm).astype(np.float32)[None]
        voxels.setflags(write=False)
        return Volume(voxels, self.lattice, "HU")

    def is_measured(self, points_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether slices lie around a point and reach it: (...) of (..., 3)."""
        s, a, b = self.axes
        places, firsts = points_mm @ self.directions.T, self.origins_mm @ self.directions.T
        tiny = 1e-5

        def reached(slice_: NDArray[np.int_]) -> NDArray[np.bool_]:
            inside = np.ones(slice_.shape, bool)
            for axis, count, step in zip((a, b), self.pixels, self.pixel_mm, strict=True):
                offset = (places[..., axis] - firsts[slice_, axis]) / step
                inside &= (offset >= -tiny) & (offset <= count - 1 + tiny)
            return inside

        depths = firsts[:, s]
        depth = places[..., s]
        below = np.clip(np.searchsorted(depths, depth + tiny, side="right") - 1, 0, len(depths) - 2)
        at_below, at_above = np.abs(depth - depths[below]) < tiny, np.abs(depth - depths[below + 1]) < tiny
        gaps = np.diff(depths)
        blank = gaps[below] > 4.5 if self.has_holes else np.zeros(below.shape, bool)
        between = reached(below) & reached(below + 1) & ~blank
        within = (depth > depths[0] - tiny) & (depth < depths[-1] + tiny)
        return np.where(at_below, reached(below), np.where(at_above, reached(below + 1), between)) & within


def points_of(picture: Slice, plane: Plane, place_mm: float, directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """(rows, columns, 3) patient points of the pixels of a picture at a place along its scroll direction."""
    rows, columns = picture.pixels.shape[:2]
    x = picture.grid.x0 + np.arange(columns) * picture.grid.dx
    y = picture.grid.y0 + np.arange(rows) * picture.grid.dy
    down = -directions[plane.row_axis] if plane.rows_reversed else directions[plane.row_axis]
    right, scroll = directions[plane.column_axis], directions[plane.axis]
    points: NDArray[np.float64] = x[None, :, None] * right + y[:, None, None] * down + place_mm * scroll
    return points


TILTS = (-25.0, -10.0, -3.0, -1.0, -0.5, 0.5, 1.0, 3.0, 10.0, 25.0)

#: Every way in which a stack is no even box.
PILES = {
    **{f"tilted {tilt:g}": Pile(tilt_deg=tilt) for tilt in TILTS},
    "uneven": Pile(UNEVEN),
    **{f"uneven and tilted {tilt:g}": Pile(UNEVEN, tilt) for tilt in (-25.0, -0.5, 0.5, 15.0, 25.0)},
    "wandering": Pile(wander_mm=1.3),
    "wandering and uneven": Pile(UNEVEN, wander_mm=1.3),
    "slices missing": Pile(MISSING, has_holes=True),
    "slices missing and tilted": Pile(MISSING, 12.0, has_holes=True),
    "wide steps of its own": Pile((0.0, 1.0, 2.0, 3.0, 9.0, 15.0)),
    "oblique, tilted, uneven": Pile(UNEVEN, 15.0, turn_deg=20.0),
    "two slices of an uneven pair": replace(Pile(wander_mm=0.5), depths_mm=(0.0, 4.0)),
}

#: All of them, piled along every axis.
EVERYWHERE = {
    f"{name}, along {'kji'[axis]}": replace(pile, slice_axis=axis) for name, pile in PILES.items() for axis in range(3)
}
