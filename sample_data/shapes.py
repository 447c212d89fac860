"""Implicit shapes: solids as signed distances in patient space, and a canvas to paint them on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Field = NDArray[np.float64]
Box = NDArray[np.float64]
Distance = Callable[[Points], Field]
Curve = Callable[[Field], Field]
Triple = tuple[float, float, float]
Knot = tuple[float, float, float, float]

FAR = 99.0
EVERYWHERE: Box = np.array([[-np.inf] * 3, [np.inf] * 3])


@dataclass(frozen=True, slots=True)
class Solid:
    """A region of patient space.

    Attributes
    ----------
    box : (2, 3) ndarray of float64, patient LPS, mm
        Lowest and highest corner; outside of it the solid is absent.
    distance : callable
        ``(N, 3)`` points in mm to ``(N,)`` signed distances in mm, negative inside.
    """

    box: Box
    distance: Distance

    def grown(self, margin: float) -> Solid:
        """Return the solid with its surface moved outwards by ``margin`` mm."""
        return Solid(_widened(self.box, margin), lambda points: self.distance(points) - margin)

    def warped(self, amplitude: float, wavelength: float, seed: int) -> Solid:
        """Return the solid bent by smooth noise of ``amplitude`` and ``wavelength`` in mm."""

        def distance(points: Points) -> Field:
            shifts = [ripple(points, wavelength, seed + axis) for axis in range(3)]
            return self.distance(points + amplitude * np.stack(shifts, axis=-1))

        return Solid(_widened(self.box, 2 * amplitude), distance)

    def within(self, other: Solid, blend: float = 2.0) -> Solid:
        """Return the part of this solid inside ``other``, edges rounded over ``blend`` mm."""
        return Solid(self.box, lambda points: soft_max(self.distance(points), other.distance(points), blend))

    def without(self, other: Solid, blend: float = 2.0) -> Solid:
        """Return this solid with ``other`` cut away, edges rounded over ``blend`` mm."""
        return Solid(self.box, lambda points: soft_max(self.distance(points), -other.distance(points), blend))

    def joined(self, other: Solid, blend: float = 4.0) -> Solid:
        """Return the union with ``other``, seams filled over ``blend`` mm."""
        box = np.stack([np.minimum(self.box[0], other.box[0]), np.maximum(self.box[1], other.box[1])])
        return Solid(box, lambda points: -soft_max(-self.distance(points), -other.distance(points), blend))


Value = float | Callable[[Points, Field], Field]


@dataclass(frozen=True, slots=True)
class Canvas:
    """Points in patient space and the value each of them has so far.

    Attributes
    ----------
    points : (N, 3) ndarray of float64, patient LPS, mm
    values : (N,) ndarray of float64, HU; painted in place
    """

    points: Points
    values: Field

    def paint(self, solid: Solid, value: Value, edge: float = 0.9) -> None:
        """Paint ``solid`` over what is there.

        Parameters
        ----------
        solid : Solid
        value : float or callable
            HU, or a function of the ``(M, 3)`` points and their ``(M,)`` distances giving ``(M,)`` HU.
        edge : float
            Half the width of the soft border, in mm.
        """
        low, high = _widened(solid.box, 2 * edge)
        near = _inside(self.points, low, high)
        if not len(near):
            return
        distances = solid.distance(self.points[near])
        touched = distances < edge
        near, distances = near[touched], distances[touched]
        weights = np.clip(0.5 - distances / (2 * edge), 0.0, 1.0)
        paint = value(self.points[near], distances) if callable(value) else value
        self.values[near] += weights * (paint - self.values[near])


def soft_max(first: Field, second: Field | float, blend: float) -> Field:
    """Return the larger of two distances, the corner rounded over ``blend`` mm."""
    gap = np.clip(blend - np.abs(first - second), 0.0, None)
    return np.asarray(np.maximum(first, second) + gap * gap / (4 * blend))


def profile(knots: Sequence[tuple[float, float]]) -> Curve:
    """Return a smooth curve near the given ``(position in mm, value)`` knots."""
    at, values = np.array(sorted(knots)).T
    fine = np.arange(at[0] - 40.0, at[-1] + 41.0)
    window = np.hanning(23)
    padded = np.pad(np.interp(fine, at, values), 11, mode="edge")
    smooth = np.convolve(padded, window / window.sum(), mode="valid")
    return lambda position: np.interp(position, fine, smooth)


@lru_cache(maxsize=256)
def _waves(wavelength: float, seed: int) -> tuple[Points, Field]:
    """Wave vectors (6, 3) in rad/mm and phases (6,) of one noise."""
    generator = np.random.default_rng(seed)
    directions = generator.standard_normal((6, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = wavelength * generator.uniform(0.7, 1.5, (6, 1))
    return 2 * np.pi * directions / lengths, generator.uniform(0, 2 * np.pi, 6)


def ripple(points: Points, wavelength: float, seed: int) -> Field:
    """Return smooth noise of unit size, varying over about ``wavelength`` mm."""
    vectors, phases = _waves(wavelength, seed)
    return np.asarray(np.sin(points @ vectors.T + phases).sum(axis=1) / np.sqrt(6.0))


def ellipsoid(centre: Triple, radii: Triple, turn: Triple = (0.0, 0.0, 0.0), power: float = 2.0) -> Solid:
    """Return an ellipsoid; ``centre`` and ``radii`` in mm, ``turn`` in degrees about x, then y, then z."""
    middle, size, rotation = np.array(centre), np.array(radii), _rotation(turn)

    def distance(points: Points) -> Field:
        return _radial((points - middle) @ rotation, size, power)

    reach = np.abs(rotation) @ size if power <= 2 else np.full(3, np.linalg.norm(size))
    return Solid(np.stack([middle - reach, middle + reach]), distance)


def column(
    x: Curve,
    y: Curve,
    half_width: Curve,
    half_depth: Curve,
    extent: tuple[float, float, float] = (-np.inf, np.inf, 2.0),
) -> Solid:
    """Return an upright elliptic column; curves of z in mm, ``extent`` is lowest z, highest z and power."""
    bottom, top, power = extent

    def distance(points: Points) -> Field:
        z = points[:, 2]
        size = np.stack([half_width(z), half_depth(z)], axis=-1)
        centred = points[:, :2] - np.stack([x(z), y(z)], axis=-1)
        side = _radial(centred, size, power)
        return side if np.isinf(bottom) else soft_max(side, np.maximum(bottom - z, z - top), 6.0)

    levels = np.linspace(-300.0, 300.0, 121)
    low = [float((middle(levels) - half(levels)).min()) for middle, half in ((x, half_width), (y, half_depth))]
    high = [float((middle(levels) + half(levels)).max()) for middle, half in ((x, half_width), (y, half_depth))]
    return Solid(np.array([[*low, bottom], [*high, top]]), distance)


def tube(knots: Sequence[Knot], flare: float = 0.0, seed: int = 0) -> Solid:
    """Return a round tube through ``(x, y, z, radius)`` knots in mm, its radius uneven by the share ``flare``."""
    path = _catmull_rom(np.array(knots, dtype=np.float64))
    if flare:
        path[:, 3] *= 1 + flare * ripple(path[:, :3], 28.0, seed)
    return tubes(np.concatenate([path[:-1], path[1:]], axis=1))


def tubes(segments: NDArray[np.float64]) -> Solid:
    """Return the union of cone segments: ``(M, 8)`` rows of x, y, z, radius at either end, mm."""
    starts, ends = segments[:, :4], segments[:, 4:]
    reach = np.maximum(starts[:, 3:], ends[:, 3:]) + 6.0
    lows = np.minimum(starts[:, :3], ends[:, :3]) - reach
    highs = np.maximum(starts[:, :3], ends[:, :3]) + reach

    def distance(points: Points) -> Field:
        nearest = np.full(len(points), FAR)
        if not len(points):
            return nearest
        seen = np.all((lows <= points.max(axis=0)) & (highs >= points.min(axis=0)), axis=1)
        for index in np.flatnonzero(seen):
            inside = _inside(points, lows[index], highs[index])
            cone = _cone(points[inside], starts[index], ends[index])
            nearest[inside] = np.minimum(nearest[inside], cone)
        return nearest

    return Solid(np.stack([lows.min(axis=0), highs.max(axis=0)]), distance)


def _inside(points: Points, low: Field, high: Field) -> NDArray[np.intp]:
    """Indices (M,) of the points between two corners; z is asked first, it rules out most solids."""
    found = np.arange(len(points))
    for axis in (2, 0, 1):
        along = points[found, axis] if axis != 2 else points[:, 2]
        found = found[(along >= low[axis]) & (along <= high[axis])]
        if not len(found):
            break
    return found


def _cone(points: Points, start: Field, end: Field) -> Field:
    """Signed distance (N,) to one round-ended segment."""
    axis = end[:3] - start[:3]
    along = np.clip((points - start[:3]) @ axis / max(float(axis @ axis), 1e-9), 0.0, 1.0)
    gap = points - start[:3] - along[:, None] * axis
    return np.asarray(np.linalg.norm(gap, axis=1) - (start[3] + along * (end[3] - start[3])))


def _radial(centred: Points, size: Points, power: float) -> Field:
    """First-order signed distance (N,) to the superellipse of semi-axes ``size`` about the origin."""
    scaled = np.abs(centred) / size
    radius = np.maximum((scaled**power).sum(axis=1) ** (1 / power), 1e-6)
    slopes = (scaled / radius[:, None]) ** (power - 1) / size
    return np.asarray((radius - 1) / np.maximum(np.linalg.norm(slopes, axis=1), 2.5e-3))


def _rotation(degrees: Triple) -> NDArray[np.float64]:
    """Rotation matrix (3, 3), columns are the turned axes; about x, then y, then z."""
    (sx, sy, sz), (cx, cy, cz) = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x, dtype=np.float64)


def _catmull_rom(knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Path (P, 4) of about 4 mm steps through all knots (K, 4)."""
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    pieces = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        steps = max(2, int(np.linalg.norm(end[:3] - start[:3]) / 4))
        t = np.linspace(0, 1, steps, endpoint=False)[:, None]
        curve = 2 * start + (end - before) * t + (2 * before - 5 * start + 4 * end - after) * t**2
        pieces.append(0.5 * (curve + (3 * start - before - 3 * end + after) * t**3))
    return np.concatenate([*pieces, knots[-1:]])


def _widened(box: Box, margin: float) -> Box:
    """Box with every face moved outwards by ``margin`` mm."""
    return np.asarray(box + np.array([[-margin], [margin]]))
