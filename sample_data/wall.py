"""The wall of the trunk: skin, fat and muscles; the table below and the letter beside the patient."""

from __future__ import annotations

import numpy as np

from sample_data.shapes import (
    EVERYWHERE,
    Canvas,
    Field,
    Points,
    Solid,
    Triple,
    column,
    ellipsoid,
    profile,
    ripple,
    tube,
)
from sample_data.torso import BELOW_DOME, BODY, BODY_Y, CAVITY

_FAT = profile([(-250, 17), (-180, 16), (-120, 14), (-60, 11), (30, 9), (120, 9), (170, 9), (205, 6), (250, 5)])
_SPINAE = [
    (
        side,
        column(
            profile([(-250, side * 26), (-120, side * 33), (60, side * 27), (250, side * 18)]),
            profile([(-250, 90), (-180, 76), (-120, 69), (-40, 80), (40, 90), (110, 86), (180, 68), (250, 50)]),
            profile([(-250, 18), (-180, 27), (-100, 29), (0, 25), (120, 19), (250, 14)]),
            profile([(-250, 9), (-180, 15), (-100, 19), (0, 13), (120, 11), (250, 12)]),
            (-np.inf, np.inf, 2.6),
        ),
    )
    for side in (-1.0, 1.0)
]
_PSOAS = [
    tube(
        [
            (s * 24, 38, -30, 5),
            (s * 33, 32, -90, 13),
            (s * 40, 24, -140, 19),
            (s * 52, 12, -190, 22),
            (s * 68, -10, -250, 22),
        ]
    )
    for s in (-1.0, 1.0)
]
_QUADRATUS = [ellipsoid((s * 62, 58, -110), (21, 11, 62), (0, 0, s * -24)) for s in (-1.0, 1.0)]
_RECTUS = [
    column(
        profile([(-250, s * 22), (-100, s * 31), (20, s * 34)]),
        profile([(-250, -82), (-180, -83), (-120, -83), (-60, -90), (-20, -92), (20, -92)]),
        profile([(-250, 18), (-120, 28), (20, 27)]),
        profile([(-250, 6.5), (20, 5.5)]),
        (-260.0, 10.0, 2.6),
    )
    for s in (-1.0, 1.0)
]
_ARMPITS = [ellipsoid((s * 122, 4, 168), (19, 27, 36), (0, s * 16, s * 20)) for s in (-1.0, 1.0)]
_BUTTOCKS = [ellipsoid((s * 84, 74, -242), (66, 34, 62), (0, 0, s * -24)) for s in (-1.0, 1.0)]


def _fat_depth(points: Points) -> Field:
    """Thickness (N,) of the fat under the skin in mm."""
    z = points[:, 2]
    facing = np.arctan2(points[:, 0], points[:, 1] - BODY_Y(z))
    uneven = 1 + 0.22 * np.cos(2 * facing) + 0.12 * ripple(points, 60.0, 31)
    return np.asarray(_FAT(z) * uneven)


def _flesh_distance(points: Points) -> Field:
    """Signed distance (N,) to the muscle layer under skin and fat."""
    return BODY.distance(points) + 2.0 + _fat_depth(points)


def _muscle(points: Points, distances: Field) -> Field:
    """HU (N,) of muscle with streaks of fat between its bundles."""
    streaks = np.clip(np.abs(ripple(points, 34.0, 41)) / 0.09, 0.0, 1.0)
    deep = np.clip((-distances - 3.0) / 3.0, 0.0, 1.0)
    return 57.0 + 3.0 * ripple(points, 12.0, 42) - 48.0 * (1 - streaks) * deep


def _fatty(points: Points, distances: Field) -> Field:
    """HU (N,) of fat with faint strands."""
    strand = np.clip(1 - np.abs(ripple(points, 26.0, 51)) / 0.10, 0.0, 1.0)
    return -104.0 + 26.0 * strand + 4.0 * ripple(points, 14.0, 52)


def _wall_layers(points: Points) -> Field:
    """Distance (N,) to the two fat planes between the three flat muscles of the flank, mm."""
    depth = -_flesh_distance(points)
    x, y, z = points.T
    flank = 34.0 - np.abs(x) / 2.2 + np.clip(z + 50, 0.0, None) + np.clip(y - 48, 0.0, None)
    return np.asarray(np.maximum(np.minimum(np.abs(depth - 6.5), np.abs(depth - 12.5)) - 0.2, flank))


def paint_wall(canvas: Canvas) -> None:
    """Paint the table, then the trunk from the skin inwards to the fat that fills the cavity."""
    _paint_table(canvas)
    canvas.paint(BODY, 25.0, 0.8)
    canvas.paint(BODY.grown(-2.0), _fatty)
    flesh = Solid(EVERYWHERE, _flesh_distance)
    canvas.paint(flesh, _muscle, 1.2)
    canvas.paint(Solid(EVERYWHERE, _wall_layers).within(flesh), -60.0, 0.8)
    for armpit in _ARMPITS:
        canvas.paint(armpit.warped(4.0, 40.0, 61), _fatty, 1.5)
    for buttock in _BUTTOCKS:
        canvas.paint(buttock.grown(2.2).within(flesh), -85.0)
        canvas.paint(buttock.within(flesh), _muscle)
    inner = CAVITY.warped(1.5, 70.0, 71)
    canvas.paint(inner, 50.0)
    canvas.paint(inner.grown(-1.5), _fatty)
    canvas.paint(CAVITY.within(BELOW_DOME), 50.0)
    canvas.paint(CAVITY.grown(-3.0).within(BELOW_DOME.grown(-3.0)), _fatty)


def paint_muscles(canvas: Canvas) -> None:
    """Paint the long muscles, each in its envelope of fat."""
    flesh = Solid(EVERYWHERE, lambda points: _flesh_distance(points) + 1.5)
    bundles = [bundle for _, bundle in _SPINAE] + _QUADRATUS + _PSOAS + _RECTUS
    for number, bundle in enumerate(bundles):
        shape = bundle.warped(1.8, 46.0, 80 + 3 * number).within(flesh)
        canvas.paint(shape.grown(1.5).within(flesh), -75.0)
        canvas.paint(shape, _muscle)


def _paint_table(canvas: Canvas) -> None:
    """Paint a thin curved couch and its mattress under the patient."""

    def sag(points: Points) -> Field:
        return np.asarray(points[:, 1] - 112.0 + points[:, 0] ** 2 / 2400.0)

    def slab(top: float, bottom: float) -> Solid:
        return Solid(EVERYWHERE, lambda points: np.abs(sag(points) - (top + bottom) / 2) - (bottom - top) / 2)

    canvas.paint(slab(-4.0, 8.0), -930.0)
    canvas.paint(slab(8.0, 34.0), 40.0)
    canvas.paint(slab(11.6, 30.4), -955.0)


def paint_letters(canvas: Canvas) -> None:
    """Paint the letter L at the patient's left at three levels, upright in an axial picture seen from the feet."""
    for level in (-150.0, 0.0, 150.0):
        stem = _bar((168.0, -88.0, level), (2.2, 13.0, 12.0))
        foot = _bar((174.5, -77.2, level), (8.7, 2.2, 12.0))
        canvas.paint(stem.joined(foot, 0.5), 2600.0, 0.7)


def _bar(centre: Triple, half: Triple) -> Solid:
    """Box-shaped bar of half-sizes ``half``, mm."""
    middle, size = np.array(centre), np.array(half)

    def distance(points: Points) -> Field:
        return np.asarray((np.abs(points - middle) - size).max(axis=1))

    return Solid(np.stack([middle - size, middle + size]), distance)
