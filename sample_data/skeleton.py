"""The skeleton: ribs, breastbone, shoulder girdle and pelvis, and the spine among them."""

from __future__ import annotations

import numpy as np

from sample_data.shapes import EVERYWHERE, Canvas, Field, Points, Solid, ellipsoid, profile, soft_max, tube
from sample_data.spine import SPINE_Y, VERTEBRAE, paint_bone, paint_spine
from sample_data.torso import CAGE, cage_angle

_RIB_ENDS = (2.52, 2.48, 2.44, 2.40, 2.36, 2.28, 2.18, 2.02, 1.86, 1.68, 1.22, 0.78)
_RIB_DROPS = (34.0, 46.0, 58.0, 66.0, 72.0, 78.0, 82.0, 84.0, 84.0, 82.0, 74.0, 66.0)


def paint_skeleton(canvas: Canvas) -> None:
    """Paint every bone, the discs and what the spinal canal holds."""
    paint_spine(canvas)
    for index in range(12):
        _paint_rib(canvas, index)
    _paint_sternum(canvas)
    for side in (-1.0, 1.0):
        _paint_shoulder(canvas, side)
        paint_bone(canvas, _ilium(side), wall=2.0)
    paint_bone(canvas, _sacrum(), 650.0, 170.0)


def _rib_course(index: int, angle: Field) -> tuple[Field, Field]:
    """Height (N,) of rib ``index`` at an angle round the chest, and the tangent of its slope per mm round."""
    start, drop, end = VERTEBRAE[index + 1].z + 5.0, _RIB_DROPS[index], _RIB_ENDS[index]
    share = np.clip(angle / 2.5, 0.0, 1.2)
    height = start - drop * share**1.25
    rise = (12.0 + 7.0 * index if index < 7 else 34.0) * np.clip(angle - end, 0.0, None) ** 1.4
    slope = np.asarray((drop * 0.5 - 60.0 * (angle > end)) / 90.0, dtype=np.float64)
    return height + rise, slope


def _paint_rib(canvas: Canvas, index: int) -> None:
    """Paint both ribs of one pair and their cartilage."""
    end = _RIB_ENDS[index]
    last = 2.93 if index < 7 else end + 0.42 if index < 10 else end

    def distance(points: Points) -> Field:
        angle = cage_angle(points)
        height, slope = _rib_course(index, angle)
        out = CAGE.distance(points) / 3.4
        up = (points[:, 2] - height) / np.sqrt(1 + slope**2) / 6.2
        radius = np.hypot(out, up) + 1e-6
        ring = (radius - 1) * radius / (np.hypot(out / 3.4, up / 6.2) + 1e-7)
        return soft_max(ring, np.maximum((angle - last) * 90.0, 24.0 - np.abs(points[:, 0])), 4.0)

    lowest = VERTEBRAE[index + 1].z - 118.0
    box = np.array([[-150.0, -120.0, lowest], [150.0, 110.0, VERTEBRAE[index + 1].z + 24]])
    whole = Solid(box, distance)
    if index < 10:
        canvas.paint(whole, 105.0)
    bony = whole.within(Solid(EVERYWHERE, lambda points: (cage_angle(points) - end) * 90.0), 3.0)
    paint_bone(canvas, bony, 860.0, 230.0, 1.4)
    z = VERTEBRAE[index + 1].z
    y = float(SPINE_Y(np.array([z]))[0])
    for side in (-1.0, 1.0):
        neck = tube([(side * 17, y + 9, z + 8, 4.0), (side * 27, y + 18, z + 7, 3.8), (side * 36, y + 27, z + 5, 3.8)])
        paint_bone(canvas, neck.within(CAGE.grown(6.0)), 860.0, 230.0, 1.4)


def _paint_sternum(canvas: Canvas) -> None:
    """Paint manubrium, body and xiphoid on the front of the chest."""
    width = profile([(20, 4), (38, 6), (48, 15), (90, 19), (140, 15), (152, 17), (168, 26), (186, 27), (194, 20)])

    def distance(points: Points) -> Field:
        x, _, z = points.T
        plate = np.abs(CAGE.distance(points)) - 5.2 + 1.2 * np.clip(1 - np.abs(z - 146) / 3.0, 0.0, 1.0)
        return soft_max(soft_max(plate, np.abs(x) - width(z), 5.0), np.maximum(26 - z, z - 190), 4.0)

    paint_bone(canvas, Solid(np.array([[-34.0, -120.0, 22.0], [34.0, -10.0, 194.0]]), distance), 600.0, 150.0, 1.2)


def _paint_shoulder(canvas: Canvas, side: float) -> None:
    """Paint collar bone, shoulder blade and upper arm bone of one side (+1 is the patient's left)."""
    outer = profile([(60, 0.75), (90, 0.9), (140, 1.15), (180, 1.42), (205, 1.45)])

    def blade(points: Points) -> Field:
        angle, z = cage_angle(points), points[:, 2]
        plate = np.abs(CAGE.distance(points) - 15.0 - 4.0 * np.sin(z / 30)) - 1.9
        edges = np.maximum((angle - outer(z)) * 95.0, (0.62 - angle) * 95.0)
        return soft_max(soft_max(plate, edges, 3.0), np.maximum(78 - z, z - 200), 4.0)

    low, high = sorted((side * 20.0, side * 150.0))
    sheet = Solid(np.array([[low, -20.0, 76.0], [high, 125.0, 206.0]]), blade)
    spine = tube(
        [(side * 66, 72, 176, 2.5), (side * 92, 67, 186, 4), (side * 116, 51, 196, 5), (side * 126, 34, 203, 6)]
    )
    neck = tube([(side * 108, 56, 178, 6), (side * 118, 38, 184, 9), (side * 122, 22, 190, 13)])
    paint_bone(canvas, sheet.joined(spine).joined(neck), 780.0, 260.0, 1.3)
    collar = tube(
        [
            (side * 20, -40, 186, 8),
            (side * 46, -50, 192, 6.2),
            (side * 80, -34, 202, 5.6),
            (side * 106, 0, 208, 6),
            (side * 124, 26, 210, 7),
        ]
    )
    paint_bone(canvas, collar, 880.0, 240.0, 1.8)
    head = ellipsoid((side * 138, 4, 202), (22, 22, 23))
    shaft = tube(
        [(side * 140, 2, 208, 18), (side * 144, -4, 226, 13), (side * 148, -10, 250, 11), (side * 150, -12, 270, 11)]
    )
    paint_bone(canvas, head.joined(shaft, 8.0), 880.0, 200.0, 2.0)


def _ilium(side: float) -> Solid:
    """Wing of the hip bone, a curved plate with a thick crest."""
    crest = profile([(-20, -196), (0, -178), (35, -164), (70, -168), (100, -196)])

    def distance(points: Points) -> Field:
        x, y, z = side * points[:, 0], points[:, 1], points[:, 2]
        around = np.degrees(np.arctan2(x - 14, y + 12))
        away = np.hypot((x - 14) / 0.98, (y + 12) / 0.93) - (97 + 0.22 * (z + 200)) + 6.0 * np.sin(around / 26)
        top = crest(around - 30) - z
        thick = 4.2 + 3.2 * np.exp(-np.abs(top) / 9.0) + 4.0 * np.clip((40 - around) / 25, 0.0, 1.0)
        edges = np.maximum(np.maximum(-top, (around - 118) * 1.6), (24 - around) * 1.6)
        return soft_max(np.abs(away) - thick, edges, 7.0)

    low, high = sorted((side * 20.0, side * 150.0))
    return Solid(np.array([[low, -110.0, -290.0], [high, 110.0, -150.0]]), distance)


def _sacrum() -> Solid:
    """Wedge below the last disc with its wings, hollowed by canal and foramina."""
    core = tube([(0, 36, -188, 20), (0, 52, -214, 18), (0, 66, -244, 16), (0, 76, -270, 14)])
    wings = [
        tube([(s * 14, 44, -192, 16), (s * 33, 54, -204, 17), (s * 33, 62, -232, 15), (s * 24, 72, -262, 13)])
        for s in (-1.0, 1.0)
    ]
    ridge = tube([(0, 74, -196, 5), (0, 86, -220, 5), (0, 94, -250, 4)])
    whole = core.joined(wings[0], 8.0).joined(wings[1], 8.0).joined(ridge, 6.0)
    whole = whole.without(tube([(0, 58, -180, 8), (0, 70, -215, 7), (0, 82, -260, 5)]))
    for s in (-1.0, 1.0):
        for y, z in ((52.0, -212.0), (64.0, -236.0)):
            whole = whole.without(
                tube([(s * 23, y - 22, z - 6, 4.2), (s * 22, y + 4, z, 3.2), (s * 21, y + 28, z + 4, 2.6)])
            )
    return whole.warped(1.2, 30.0, 131)
