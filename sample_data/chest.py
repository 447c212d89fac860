"""The chest: lungs, airways, heart and great vessels, in the portal venous phase of contrast."""

from __future__ import annotations

from functools import cache

import numpy as np

from sample_data.branches import Growth, tree
from sample_data.shapes import (
    EVERYWHERE,
    Canvas,
    Field,
    Knot,
    Points,
    Solid,
    ellipsoid,
    profile,
    ripple,
    soft_max,
    tube,
)
from sample_data.spine import SPINE_Y
from sample_data.torso import CAVITY, above_dome

BLOOD = 152.0

_TRACHEA: tuple[Knot, ...] = (
    (0, 3, 262, 8.5),
    (0, 6, 235, 8.5),
    (1, 11, 190, 8.5),
    (2, 16, 150, 8.5),
    (2, 18, 120, 8.8),
)
_AIRWAYS: tuple[tuple[Knot, ...], ...] = (
    ((2, 17, 122, 8), (-14, 18, 106, 7.2), (-30, 17, 94, 6.2), (-40, 18, 76, 5), (-48, 22, 50, 3.4), (-56, 28, 28, 2)),
    ((-28, 17, 97, 5), (-46, 14, 108, 4), (-62, 6, 122, 2.6), (-74, 2, 138, 1.6)),
    ((-40, 14, 78, 3.6), (-56, -14, 66, 2.6), (-74, -34, 56, 1.6)),
    ((3, 17, 122, 8), (20, 22, 108, 6.4), (40, 24, 92, 5.6), (52, 26, 72, 4.4), (60, 30, 46, 3), (68, 32, 24, 1.8)),
    ((36, 22, 96, 4.6), (54, 10, 106, 3.4), (68, -8, 122, 2.4), (76, -24, 132, 1.6)),
    ((50, 18, 84, 3.0), (66, -16, 74, 2.2), (84, -40, 64, 1.5)),
)
AORTA = tube(
    [
        (6, -20, 74, 15),
        (-6, -27, 92, 15),
        (-12, -26, 112, 15),
        (-6, -16, 132, 14.5),
        (8, 4, 142, 13.5),
        (22, 26, 134, 12.8),
        (27, 39, 114, 12.2),
        (25, 40, 70, 11.6),
        (20, 33, 30, 11.0),
        (14, 21, -5, 10.4),
        (10, 8, -50, 9.8),
        (9, 0, -100, 9.0),
        (6, -4, -146, 8.2),
    ]
)
_CAVA_ABOVE = tube([(-22, -22, 172, 9), (-25, -18, 140, 9.5), (-27, -13, 108, 10), (-28, -8, 84, 11)])
_TO_NECK = [
    tube(
        [
            (-8, -14, 136, 8),
            (-14, -10, 160, 7.5),
            (-22, -6, 184, 7),
            (-30, -6, 196, 5.5),
            (-70, -10, 204, 5),
            (-128, -2, 190, 4),
        ]
    ),
    tube([(-22, -6, 182, 5), (-26, 2, 214, 4.4), (-28, 4, 262, 4.2)]),
    tube([(2, -4, 141, 5), (8, 0, 170, 4.4), (24, 2, 210, 4.4), (28, 4, 262, 4.2)]),
    tube([(14, 10, 141, 5.5), (22, 12, 170, 5), (34, 4, 194, 5), (72, -8, 204, 5), (128, 0, 190, 4)]),
    tube([(-22, -22, 170, 9), (-30, -20, 190, 8), (-36, -6, 215, 7), (-38, 2, 262, 6.4)]),
    tube([(-24, -22, 162, 8), (0, -36, 172, 7.6), (24, -28, 186, 7.6), (36, -6, 215, 6.4), (39, 2, 262, 6)]),
    tube([(30, -22, 186, 6.5), (70, -18, 198, 5.5), (126, -10, 186, 4.5)]),
    tube([(-32, -20, 188, 6.5), (-70, -20, 198, 5.5), (-126, -12, 186, 4.5)]),
]
_PULMONARY = [
    tube([(22, -44, 72, 13), (22, -36, 92, 13.5), (24, -20, 106, 13)]),
    tube([(24, -18, 107, 11), (4, -4, 105, 10.5), (-20, 4, 102, 10), (-42, 6, 96, 8), (-50, 14, 80, 6)]),
    tube([(24, -16, 108, 11), (38, 4, 112, 10.5), (48, 14, 104, 9), (56, 20, 88, 7)]),
    tube([(-12, 16, 72, 9), (-32, 8, 72, 7), (-46, 2, 80, 5)]),
    tube([(-10, 18, 62, 8), (-34, 18, 58, 6), (-48, 20, 50, 4.5)]),
    tube([(24, 18, 74, 9), (44, 8, 80, 6.5), (56, -2, 88, 5)]),
    tube([(24, 22, 64, 8), (46, 24, 58, 6), (58, 28, 50, 4.5)]),
]
_HEART = ellipsoid((20, -28, 46), (62, 44, 47), (0, 28, -36)).joined(ellipsoid((-24, -14, 58), (26, 30, 38)), 16.0)
_PERICARDIUM = _HEART.grown(4.0).warped(2.5, 60.0, 201)
_LEFT_WALL = ellipsoid((40, -34, 38), (50, 31, 31), (0, 28, -36))
_CHAMBERS = [
    ellipsoid((34, -28, 41), (38, 18, 18), (0, 28, -36)).warped(2.0, 26.0, 211),
    ellipsoid((10, -52, 44), (40, 15, 27), (0, 26, -14)).warped(2.5, 30.0, 221),
    ellipsoid((-28, -14, 58), (19, 24, 30)).warped(2.0, 30.0, 231),
    ellipsoid((6, 16, 68), (30, 16, 19)).warped(2.0, 30.0, 241),
    ellipsoid((30, -4, 84), (10, 12, 10)),
]
_GULLET = tube(
    [
        (2, 16, 262, 6),
        (4, 22, 200, 6.5),
        (3, 31, 150, 6.5),
        (4, 33, 110, 6.5),
        (6, 30, 70, 7),
        (14, 18, 30, 7.5),
        (26, 8, 12, 8),
        (40, 4, 4, 9),
    ]
)
_MIDDLE_X = profile([(-80, 6), (20, 8), (80, 4), (120, 1), (240, 0)])
_MIDDLE_WIDTH = profile([(-80, 26), (20, 24), (60, 24), (100, 32), (130, 30), (170, 34), (200, 38), (230, 50)])
_MIDDLE_SHAPE = profile([(-110, 0.2), (-80, 0.24), (-58, 0.45), (-30, 0.95), (20, 1.0), (45, 0.75), (70, 0.6)])
_SPINE_COLUMN = tube([(0.0, float(SPINE_Y(np.array([z]))[0]) + 2.0, float(z), 21.0) for z in range(-90, 261, 50)])


def _between_lungs(points: Points) -> Field:
    """Signed distance (N,) to the mediastinum without heart and vessels, mm."""
    x, y, z = points.T
    return np.asarray(np.abs(x - _MIDDLE_X(z)) - _MIDDLE_WIDTH(z) * _MIDDLE_SHAPE(y))


@cache
def lungs() -> Solid:
    """Both lungs: the cavity above the diaphragm, less what lies between them."""
    heart, aorta, cava = _HEART.grown(7.0), AORTA.grown(2.5), _CAVA_ABOVE.grown(3.0)

    def distance(points: Points) -> Field:
        outer = soft_max(CAVITY.grown(-2.0).distance(points), -above_dome(points), 5.0)
        middle = _between_lungs(points)
        for part in (heart, aorta, cava, _SPINE_COLUMN):
            middle = -soft_max(-middle, -part.distance(points), 7.0)
        return soft_max(outer, -middle, 5.0)

    return Solid(np.array([[-140.0, -115.0, -75.0], [140.0, 100.0, 232.0]]), distance).warped(1.2, 36.0, 251)


@cache
def _lung_vessels() -> tuple[Solid, Solid]:
    """Arterial and venous trees of both lungs together: right, left."""
    right = Growth((-44, 8, 90), (-135, -100, -60), (-8, 95, 220), 520, 6.5, 0.85, 7)
    left = Growth((50, 14, 92), (8, -100, -60), (135, 95, 220), 480, 6.5, 0.85, 8)
    return tree(lungs(), right, 3.5), tree(lungs(), left, 3.5)


def _air_tissue(points: Points, distances: Field) -> Field:
    """HU (N,) of lung, denser where it is dependent."""
    dependent = np.clip((points[:, 1] + 90) / 180, 0.0, 1.0)
    return -872.0 + 55.0 * dependent**2 + 9.0 * ripple(points, 22.0, 261) + 7.0 * ripple(points, 9.0, 262)


def _fissures(points: Points) -> Field:
    """Distance (N,) to the clefts between the lobes, mm."""
    x, y, z = points.T
    bend = 3.0 * ripple(points, 90.0, 271)
    oblique = np.abs((z - 66) - 0.95 * (y - 2) + bend + np.where(x > 0, -6, 4)) / 1.4
    level = np.abs(z - 82 + 0.1 * y + 0.0006 * (x + 60) ** 2 + bend)
    right_middle = np.where((x < 0) & (z - 66 - 0.95 * (y - 2) > 0), level, 99.0)
    return np.asarray(np.minimum(oblique, right_middle) - 0.25)


def paint_lungs(canvas: Canvas) -> None:
    """Paint lungs with fissures, vessels and airways."""
    canvas.paint(lungs(), _air_tissue, 1.1)
    inner = lungs().grown(-0.5)
    canvas.paint(Solid(EVERYWHERE, _fissures).within(inner), -790.0, 0.9)
    for vessels in _lung_vessels():
        canvas.paint(vessels, 60.0, 1.0)


def paint_middle(canvas: Canvas) -> None:
    """Paint what lies between the lungs: heart, vessels, gullet, windpipe, thyroid."""
    _paint_heart(canvas)
    canvas.paint(_GULLET, 58.0)
    canvas.paint(_GULLET.grown(-4.4), lambda points, distances: -420.0 + 260.0 * ripple(points, 30.0, 281))
    for lobe in (ellipsoid((-19, 6, 226), (9, 10, 20)), ellipsoid((19, 6, 224), (8.5, 10, 19))):
        canvas.paint(lobe.warped(1.5, 18.0, 291), 175.0)
    for vessel in _TO_NECK:
        canvas.paint(vessel.grown(1.0), 45.0)
        canvas.paint(vessel, BLOOD)
    airways = [tube(_TRACHEA)] + [tube(path) for path in _AIRWAYS]
    for airway in airways:
        canvas.paint(airway.grown(1.4), 20.0)
    for airway in airways:
        canvas.paint(airway, -985.0)


def _paint_heart(canvas: Canvas) -> None:
    """Paint pericardium, its fat, muscle, the chambers and the vessels that leave them."""
    above = Solid(EVERYWHERE, lambda points: -above_dome(points) + 1.0)
    canvas.paint(_PERICARDIUM.grown(1.2).within(above), 30.0)
    canvas.paint(_PERICARDIUM.within(above), -92.0)
    muscle = _HEART.grown(-3.5).warped(2.5, 34.0, 301).within(above)
    canvas.paint(muscle, 70.0)
    canvas.paint(_LEFT_WALL.within(muscle), 108.0)
    for chamber in _CHAMBERS:
        canvas.paint(chamber.within(above.grown(-3.0)), BLOOD, 1.2)
    for vessel in [*_PULMONARY, _CAVA_ABOVE, AORTA]:
        canvas.paint(vessel.grown(1.2), 48.0)
    for vessel in [*_PULMONARY, _CAVA_ABOVE, AORTA]:
        canvas.paint(vessel, BLOOD)
