"""The abdomen: liver to the right, stomach and spleen to the left, kidneys, gut and vessels."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sample_data.branches import Growth, tree
from sample_data.chest import BLOOD
from sample_data.shapes import EVERYWHERE, Canvas, Field, Knot, Points, Solid, ellipsoid, ripple, soft_max, tube, tubes
from sample_data.torso import BELOW_DOME, CAVITY

_CAVA = tube(
    [
        (-16, 0, -146, 9),
        (-20, 2, -100, 10),
        (-22, 6, -50, 11),
        (-22, 8, -10, 11.5),
        (-22, 0, 20, 11.5),
        (-26, -8, 40, 11),
    ]
)
_VESSELS = [
    tube([(6, -4, -142, 8), (24, 4, -176, 6.5), (44, 14, -206, 6), (60, 8, -255, 5.5)]),
    tube([(4, -4, -142, 8), (-20, 4, -176, 6.5), (-42, 14, -206, 6), (-58, 8, -255, 5.5)]),
    tube([(-17, 2, -144, 8.5), (8, 14, -176, 7), (34, 22, -206, 7), (54, 16, -255, 7)]),
    tube([(-17, 2, -142, 8.5), (-26, 12, -176, 7.4), (-40, 22, -206, 7), (-54, 16, -255, 7)]),
    tube([(11, 4, -46, 4), (10, -14, -48, 3.6), (6, -24, -70, 3.6), (0, -28, -120, 3), (-12, -26, -165, 2)]),
    tube([(-12, -30, -165, 3), (-8, -29, -120, 4.5), (-10, -22, -80, 5.5), (-14, -18, -62, 6.5)]),
    tube([(12, 10, -32, 4), (12, -12, -30, 3.4), (-14, -20, -30, 2.6), (-30, -26, -34, 2)]),
    tube([(-12, -18, -64, 6.5), (-26, -18, -44, 6.5), (-40, -18, -28, 6), (-54, -16, -18, 5)]),
    tube([(-12, -16, -62, 5), (12, -8, -58, 4), (44, 8, -50, 4), (76, 30, -36, 3.6)]),
    tube([(10, 4, -66, 3), (32, 22, -72, 2.8), (48, 34, -74, 2.4)]),
    tube([(9, 4, -68, 3), (-30, 22, -78, 2.8), (-46, 34, -84, 2.4)]),
    tube([(-18, 4, -68, 5), (8, -10, -66, 4.5), (30, 16, -68, 4.2), (48, 32, -70, 4)]),
    tube([(-24, 6, -76, 5), (-46, 32, -80, 4)]),
]
_KIDNEYS = [
    (ellipsoid((62, 44, -66), (27, 24, 54), (10, 12, -35)), (50, 36, -68)),
    (ellipsoid((-62, 46, -82), (27, 24, 52), (10, -12, 35)), (-50, 38, -84)),
]
_SPLEEN = ellipsoid((98, 38, -20), (34, 50, 58), (18, -8, 24)).without(ellipsoid((62, 10, -24), (41, 42, 66)), 12.0)
_STOMACH = tube(
    [
        (54, 24, -2, 29),
        (62, 6, -14, 38),
        (64, -14, -38, 32),
        (52, -38, -60, 24),
        (24, -52, -76, 19),
        (-4, -50, -76, 15),
        (-22, -40, -68, 10),
        (-32, -30, -66, 10),
    ],
    0.06,
    401,
)
_DUODENUM = tube(
    [
        (-32, -30, -66, 11),
        (-48, -12, -74, 12),
        (-50, 4, -100, 12),
        (-38, 6, -122, 11),
        (0, -14, -124, 10),
        (30, -12, -112, 11),
        (40, -24, -104, 11),
    ],
    0.1,
    411,
)
_PANCREAS = tube(
    [
        (-34, -6, -96, 12),
        (-28, -16, -80, 14),
        (-4, -26, -66, 10),
        (28, -12, -58, 9),
        (58, 10, -48, 9),
        (80, 30, -38, 7),
    ],
    0.25,
    421,
)
_COLON: tuple[Knot, ...] = (
    (-76, -26, -226, 24),
    (-88, -14, -200, 27),
    (-94, 0, -160, 23),
    (-92, -2, -134, 22),
    (-78, -34, -120, 20),
    (-52, -60, -124, 18),
    (-20, -62, -142, 18),
    (20, -62, -144, 18),
    (56, -60, -126, 19),
    (86, -30, -96, 19),
    (96, 8, -82, 18),
    (100, 24, -112, 15),
    (98, 18, -160, 14),
    (96, 6, -200, 14),
    (80, -6, -232, 15),
    (54, -20, -262, 15),
)
_GALLBLADDER = tube([(-34, -26, -50, 5), (-44, -38, -62, 11), (-54, -52, -76, 15), (-58, -60, -86, 12)])
_ADRENALS = [
    tube([(-30, 22, -18, 3), (-34, 30, -28, 3), (-38, 40, -34, 2)]),
    tube([(34, 18, -16, 3), (38, 26, -26, 3), (48, 32, -32, 2)]),
    tube([(38, 25, -25, 3), (34, 36, -32, 2)]),
]


@cache
def liver() -> Solid:
    """Liver under the right dome, its left lobe reaching across the midline in front."""

    def distance(points: Points) -> Field:
        x, y, z = points.T
        under = soft_max(CAVITY.grown(-4.0).distance(points), BELOW_DOME.grown(-4.5).distance(points), 5.0)
        floor = np.where(x < -40, -112 + 0.42 * (x + 110), -82.6 + 0.95 * (x + 40)) - z + 0.25 * (y + 20)
        left = (0.55 * x + 0.84 * y + 7 + 0.1 * (z + 20)) * 0.98
        tip = np.hypot(x - 10, 0.8 * (z - 10)) - 62
        edges = soft_max(
            soft_max(floor * 0.8, np.where(x > -25, left, left + 0.9 * (x + 25)), 16.0),
            np.where(x > 0, tip, -99.0),
            10.0,
        )
        return soft_max(under, edges, 16.0)

    box = np.array([[-130.0, -110.0, -125.0], [75.0, 95.0, 40.0]])
    cleft = ellipsoid((2, -52, -48), (2.4, 20, 26), (0, 0, 14))
    hollow = ellipsoid((-28, -18, -58), (18, 14, 26))
    return (
        Solid(box, distance)
        .without(cleft, 4.0)
        .without(hollow, 14.0)
        .without(_GALLBLADDER.grown(1.0), 5.0)
        .warped(2.6, 48.0, 431)
    )


@cache
def _liver_vessels() -> tuple[Solid, Solid]:
    """Portal tree from the hilum and hepatic veins from the vena cava."""
    low, high = (-128, -105, -115), (60, 90, 34)
    portal = Growth((-50, -16, -20), low, high, 90, 5.0, 1.1, 17)
    hepatic = Growth((-24, -2, 18), low, high, 70, 5.5, 1.2, 19)
    return tree(liver(), portal, 7.0), tree(liver(), hepatic, 7.0)


@cache
def _small_bowel() -> Solid:
    """Loops of gut: a path that wanders inside the lower abdomen."""
    generator = np.random.default_rng(23)
    here, heading = np.array([38.0, -26.0, -116.0]), np.array([0.3, -0.2, -0.9])
    path: list[list[float]] = []
    for _ in range(300):
        radius = 10.5 + 2.5 * np.sin(len(path) / 5.0)
        path.append([*here, radius])
        pull = (np.array([6.0, -32.0, -188.0]) - here) / np.array([80.0, 34.0, 66.0])
        heading = heading + 0.62 * generator.standard_normal(3) + 0.55 * pull * np.linalg.norm(pull) ** 2
        heading /= np.linalg.norm(heading)
        here = here + 11.0 * heading
    knots: NDArray[np.float64] = np.array(path)
    return tubes(np.concatenate([knots[:-1], knots[1:]], axis=1))


def paint_abdomen(canvas: Canvas) -> None:
    """Paint the organs below the diaphragm, the deep ones first."""
    room = CAVITY.grown(-3.5).within(BELOW_DOME.grown(-3.5))
    _paint_gut(canvas, room)
    for number, (kidney, pelvis) in enumerate(_KIDNEYS):
        _paint_kidney(canvas, kidney.warped(2.2, 34.0, 441 + 3 * number), pelvis, room)
    for gland in _ADRENALS:
        canvas.paint(gland, 75.0)
    canvas.paint(_PANCREAS.warped(2.0, 14.0, 451), lambda points, distances: 96.0 + 16.0 * ripple(points, 9.0, 452))
    _paint_stomach(canvas, room)
    canvas.paint(
        _SPLEEN.within(room, 4.0).warped(2.0, 40.0, 461),
        lambda points, distances: 122.0 + 3.0 * ripple(points, 16.0, 462),
    )
    canvas.paint(liver(), lambda points, distances: 110.0 + 4.0 * ripple(points, 18.0, 471))
    for vessels in _liver_vessels():
        canvas.paint(vessels.within(liver().grown(-3.0)), 158.0, 1.0)
    canvas.paint(_GALLBLADDER.grown(1.6), 70.0)
    canvas.paint(_GALLBLADDER, 9.0)
    canvas.paint(ellipsoid((-54, -46, -80), (4.5, 3.6, 4.0)), 330.0)
    for vessel in [*_VESSELS, _CAVA]:
        canvas.paint(vessel, BLOOD - 4.0)


def _paint_gut(canvas: Canvas, room: Solid) -> None:
    """Paint small bowel, duodenum and colon with their contents."""
    loops = _small_bowel().within(room, 4.0)
    canvas.paint(loops, 88.0)
    canvas.paint(loops.grown(-2.2), lambda points, distances: 24.0 + 14.0 * ripple(points, 16.0, 481))
    gas = Solid(
        EVERYWHERE,
        lambda points: 4.0 * (1.35 - ripple(points, 46.0, 483)) + np.clip((points[:, 1] + 40) / 4, 0.0, None),
    )
    canvas.paint(loops.grown(-2.4).within(gas, 3.0), -880.0)
    canvas.paint(_DUODENUM, 84.0)
    canvas.paint(_DUODENUM.grown(-2.6), 26.0)
    canvas.paint(_mesentery(), 130.0)
    colon = tube(_COLON, 0.13, 491).within(room, 4.0)
    canvas.paint(colon, 78.0)
    stool = colon.grown(-2.2)
    canvas.paint(
        stool, lambda points, distances: -20.0 + 90.0 * ripple(points, 9.0, 493) * np.abs(ripple(points, 14.0, 494))
    )
    risen = tube([(x, y - 0.75 * radius, z, 0.95 * radius) for x, y, z, radius in _COLON])
    canvas.paint(risen.warped(4.0, 26.0, 495).within(stool), -940.0)


@cache
def _mesentery() -> Solid:
    """Fine vessels in the fat between the loops."""
    region = ellipsoid((2, -28, -180), (72, 34, 58))
    return tree(region, Growth((-4, -28, -120), (-75, -65, -235), (80, 10, -118), 120, 2.8, 0.8, 29), 1.0)


def _paint_kidney(canvas: Canvas, kidney: Solid, pelvis: tuple[float, float, float], room: Solid) -> None:
    """Paint one kidney in its fat: cortex, pyramids, sinus."""

    def value(points: Points, distances: Field) -> Field:
        pyramids = np.clip(0.5 + 1.4 * ripple(points, 17.0, 501), 0.0, 1.0) * np.clip(
            (-distances - 6.0) / 2.0, 0.0, 1.0
        )
        return 188.0 - 36.0 * pyramids

    def fat(points: Points, distances: Field) -> Field:
        return np.full(len(points), -102.0)

    canvas.paint(kidney.grown(5.0).within(room), fat, 2.0)
    canvas.paint(kidney, value)
    sinus = ellipsoid(pelvis, (15, 10, 26), (0, 0, 30.0 if pelvis[0] < 0 else -30.0)).warped(3.0, 16.0, 511)
    canvas.paint(sinus, -85.0)
    for shift in (-14.0, 0.0, 14.0):
        canvas.paint(ellipsoid((pelvis[0] * 1.06, pelvis[1] + 2, pelvis[2] + shift), (6, 4, 5)), 60.0)


def _paint_stomach(canvas: Canvas, room: Solid) -> None:
    """Paint the stomach: wall with folds, a meal, and a bubble of gas with a level surface."""
    stomach = _STOMACH.within(room, 5.0)
    canvas.paint(stomach, 92.0)
    lumen = stomach.grown(-3.4).warped(1.6, 13.0, 521)
    canvas.paint(lumen, lambda points, distances: 32.0 + 16.0 * np.clip(ripple(points, 15.0, 523), 0.0, None))
    gas = Solid(EVERYWHERE, lambda points: points[:, 1] + 33.0)
    canvas.paint(lumen.within(gas, 0.5), -975.0)
