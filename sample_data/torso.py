"""The trunk: its outline, the rib cage, the cavity inside and the diaphragm across it."""

from __future__ import annotations

import numpy as np

from sample_data.shapes import (
    EVERYWHERE,
    Curve,
    Field,
    Points,
    Solid,
    column,
    profile,
    soft_max,
    tube,
)

MIDLINE: Curve = profile([(-300, 0), (300, 0)])

_BODY_WIDTH = profile(
    [
        (-250, 168),
        (-215, 166),
        (-180, 154),
        (-120, 140),
        (-60, 148),
        (-20, 154),
        (30, 159),
        (80, 164),
        (120, 166),
        (165, 160),
        (190, 140),
        (205, 108),
        (220, 74),
        (250, 60),
    ]
)
_BODY_DEPTH = profile(
    [
        (-250, 108),
        (-180, 102),
        (-120, 99),
        (-60, 104),
        (-20, 107),
        (30, 109),
        (80, 108),
        (120, 102),
        (165, 90),
        (190, 77),
        (205, 68),
        (222, 61),
        (250, 59),
    ]
)
BODY_Y = profile(
    [(-250, 6), (-180, 3), (-120, 0), (30, 0), (80, 2), (120, 4), (165, 10), (190, 15), (222, 18), (250, 16)]
)
_CAGE_WIDTH = profile(
    [
        (-250, 96),
        (-180, 116),
        (-120, 114),
        (-60, 128),
        (-20, 135),
        (30, 136),
        (80, 131),
        (120, 121),
        (160, 101),
        (190, 72),
        (215, 36),
        (250, 20),
    ]
)
_CAGE_DEPTH = profile(
    [
        (-250, 62),
        (-180, 72),
        (-120, 76),
        (-60, 86),
        (-20, 90),
        (30, 90),
        (80, 86),
        (120, 79),
        (160, 67),
        (190, 50),
        (215, 30),
        (250, 14),
    ]
)
CAGE_Y = profile(
    [
        (-250, -14),
        (-180, -15),
        (-120, -13),
        (-60, -8),
        (-20, -6),
        (30, -4),
        (80, -1),
        (120, 2),
        (160, 8),
        (190, 13),
        (215, 20),
        (250, 24),
    ]
)

CAGE = column(MIDLINE, CAGE_Y, _CAGE_WIDTH, _CAGE_DEPTH, (-np.inf, np.inf, 2.35))
CAVITY = CAGE.grown(-6.0)
_TRUNK = column(MIDLINE, BODY_Y, _BODY_WIDTH, _BODY_DEPTH, (-np.inf, np.inf, 2.4))
_ARMS = tube([(126, 10, 178, 36), (138, 4, 205, 41), (147, -8, 250, 42), (150, -12, 270, 42)]).joined(
    tube([(-126, 10, 178, 36), (-138, 4, 205, 41), (-147, -8, 250, 42), (-150, -12, 270, 42)])
)
_FURROW = tube([(0, 124, -260, 7), (0, 114, -120, 9), (0, 124, 20, 8), (0, 124, 100, 7), (0, 116, 170, 4)])
BODY = _TRUNK.joined(_ARMS, 26.0).without(_FURROW, 12.0).warped(1.6, 110.0, 11)


def cage_angle(points: Points) -> Field:
    """Angle (N,) round the chest in radians: 0 at the spine, pi at the breastbone, alike on both sides."""
    z = points[:, 2]
    across = np.abs(points[:, 0]) / _CAGE_WIDTH(z)
    return np.arctan2(across, (points[:, 1] - CAGE_Y(z)) / _CAGE_DEPTH(z))


def dome_height(x: Field, y: Field) -> Field:
    """Height z (N,) of the diaphragm in mm; the right dome stands higher."""
    domes = ((34.0, -63.0, 58.0, -14.0), (19.0, 70.0, 56.0, -10.0), (6.0, 8.0, 80.0, -30.0))
    heights = []
    for top, middle, width, front in domes:
        r = np.minimum(((x - middle) / width) ** 2 + ((y - front) / 75.0) ** 2, 4.0)
        heights.append(top - 26.0 * r - 14.0 * r**2)
    return soft_max(soft_max(heights[0], heights[1], 12.0), heights[2], 20.0)


def above_dome(points: Points) -> Field:
    """Signed distance (N,) from the diaphragm in mm, positive towards the head."""
    x, y, z = points.T
    height = dome_height(x, y)
    slope_x, slope_y = dome_height(x + 1, y) - height, dome_height(x, y + 1) - height
    return np.asarray((z - height) / np.sqrt(1 + slope_x**2 + slope_y**2))


BELOW_DOME = Solid(EVERYWHERE, above_dome)
