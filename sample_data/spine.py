"""The spine: its curve, its vertebrae, discs and canal; and how bone is painted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sample_data.shapes import Canvas, Field, Points, Solid, Triple, ellipsoid, profile, ripple, soft_max, tube

SPINE_Y = profile(
    [
        (-260, 78),
        (-225, 64),
        (-190, 40),
        (-160, 27),
        (-130, 23),
        (-90, 26),
        (-40, 37),
        (0, 46),
        (50, 54),
        (90, 55),
        (140, 48),
        (190, 37),
        (220, 29),
        (260, 22),
    ]
)


@dataclass(frozen=True, slots=True)
class Vertebra:
    """One vertebra; lengths in mm.

    Attributes
    ----------
    z : height of the middle of its body, patient LPS
    height, width, depth : of the body; width and depth are half-sizes
    spine, drop : length of the spinous process and how far its tip hangs down
    transverse : half-span of the transverse processes
    """

    z: float
    height: float
    width: float
    depth: float
    spine: float
    drop: float
    transverse: float


def _column_of_vertebrae() -> tuple[Vertebra, ...]:
    """C7, T1 to T12, L1 to L5, from the head down."""
    pitches = [20, 20, 20, 20.5, 21, 21.5, 22, 22.5, 23, 23.5, 24.5, 26, 28.5, 30, 31, 31, 31, 31]
    heights = np.array(pitches) * np.linspace(0.83, 0.80, 18)
    z, found = 248.0, []
    for index, (pitch, height) in enumerate(zip(pitches, heights, strict=True)):
        share = index / 17
        lumbar = index >= 13
        drop = 2.0 if lumbar else 6.0 + 12.0 * np.sin(np.pi * min(index, 12) / 12)
        spine = 22.0 if lumbar else 10.0 + 4.0 * min(1.0, index / 6)
        transverse = 38.0 if lumbar else 34.0 - 8.0 * max(0.0, index - 8) / 4
        found.append(Vertebra(z, float(height), 13.5 + 10.0 * share, 9.5 + 7.0 * share, spine, float(drop), transverse))
        z -= (pitch + (pitches[index + 1] if index < 17 else pitch)) / 2
    return tuple(found)


VERTEBRAE = _column_of_vertebrae()


def paint_bone(canvas: Canvas, solid: Solid, cortex: float = 820.0, marrow: float = 210.0, wall: float = 1.5) -> None:
    """Paint a bone: a compact shell of ``wall`` mm about marrow with its trabecular mottle; HU."""

    def value(points: Points, distances: Field) -> Field:
        inner = np.clip((-distances - wall) / 1.2, 0.0, 1.0)
        mottle = 32.0 * ripple(points, 7.0, 101)
        return cortex + inner * (marrow + mottle - cortex)

    canvas.paint(solid, value, 0.8)


def _local(points: Points, z: float) -> tuple[Field, Field, Field]:
    """Points in the frame of the spine at height ``z``: |left|, back, up; each (N,), mm."""
    slope = float(SPINE_Y(np.array([z + 5.0]))[0] - SPINE_Y(np.array([z - 5.0]))[0]) / 10
    lean = 1 / np.hypot(1.0, slope)
    back = points[:, 1] - float(SPINE_Y(np.array([z]))[0])
    up = points[:, 2] - z
    return np.abs(points[:, 0]), lean * (back - slope * up), lean * (up + slope * back)


def _capsule(at: tuple[Field, Field, Field], start: Triple, end: Triple, radius: float) -> Field:
    """Distance (N,) to a round bar in the spine's frame."""
    axis = np.subtract(end, start)
    gaps = [here - first for here, first in zip(at, start, strict=True)]
    dots = sum(gap * length for gap, length in zip(gaps, axis, strict=True))
    along = np.clip(dots / float(axis @ axis), 0.0, 1.0)
    squares = sum((gap - along * length) ** 2 for gap, length in zip(gaps, axis, strict=True))
    return np.asarray(np.sqrt(squares) - radius)


def _vertebral_body(at: tuple[Field, Field, Field], bone: Vertebra) -> Field:
    """Distance (N,) to the waisted drum in front."""
    left, back, up = at
    waist = 0.93 + 0.09 * np.minimum(np.abs(2 * up / bone.height), 1.3) ** 2
    hollow = back + 2.5 * np.clip(1 - left / 10.0, 0.0, 1.0) * (back > 0)
    across, along = left / (bone.width * waist), np.abs(hollow) / (bone.depth * waist)
    radius = np.maximum((across**2.5 + along**2.5) ** 0.4, 1e-6)
    plates = np.abs(up) - bone.height / 2 + 2.2 * np.clip(1 - radius**2, 0.0, 1.0)
    return soft_max((radius - 1) * bone.depth, plates, 3.0)


def _vertebra(bone: Vertebra) -> Solid:
    """Body, pedicles, laminae, joints, transverse and spinous processes in one."""

    def distance(points: Points) -> Field:
        at = _local(points, bone.z)
        rear, high = bone.depth, bone.height
        flat = (at[0] * 1.5, at[1], at[2] * 0.75)
        parts = [
            _capsule(
                at, (bone.width * 0.68, rear * 0.7, high * 0.18), (bone.width * 0.78 + 1, rear + 9, high * 0.12), 3.6
            ),
            _capsule(at, (13.0, rear + 11, 1.0), (3.0, rear + 21, -4.0), 3.4),
            _capsule(at, (14.5, rear + 11, high * 0.45), (15.5, rear + 12, -high * 0.62), 4.2),
            _capsule(at, (14.0, rear + 9, 2.0), (bone.transverse, rear + (8 if bone.drop == 2.0 else 17), 4.0), 3.6),
            _capsule(flat, (0.0, rear + 21, -4.0), (0.0, rear + 20 + bone.spine, -4.0 - bone.drop), 3.8),
        ]
        whole = _vertebral_body(at, bone)
        for part in parts:
            whole = -soft_max(-whole, -part, 3.0)
        return whole

    y = float(SPINE_Y(np.array([bone.z]))[0])
    return Solid(np.array([[-48.0, y - 26, bone.z - 42], [48.0, y + 72, bone.z + 26]]), distance)


def paint_spine(canvas: Canvas) -> None:
    """Paint discs, canal, cord and vertebrae."""
    slack = [
        (0.0, float(SPINE_Y(np.array([z]))[0]) + rear, z)
        for z, rear in [
            (262, 18),
            (240, 18.5),
            (200, 19),
            (120, 21),
            (40, 22.5),
            (-40, 24),
            (-100, 25),
            (-160, 25),
            (-205, 22),
        ]
    ]
    canvas.paint(tube([(x, y, z, 9.0) for x, y, z in slack]), -60.0)
    canvas.paint(tube([(x, y - 0.5, z, 7.2) for x, y, z in slack]), 14.0)
    canvas.paint(tube([(x, y - 0.5, z, 4.4) for x, y, z in slack if z > -60]), 40.0)
    for upper, lower in pairwise(VERTEBRAE):
        z = (upper.z + lower.z) / 2
        y = float(SPINE_Y(np.array([z]))[0])
        disc = ellipsoid((0, y, z), (upper.width * 1.03, upper.depth * 1.03, 8.0), power=3.0)
        canvas.paint(disc, lambda points, distances: 72.0 + 26.0 * np.clip(1 + distances / 6.0, 0.0, 1.0))
    for bone in VERTEBRAE:
        paint_bone(canvas, _vertebra(bone), 760.0, 190.0, 1.2)
