"""What the directions of pictures allow: a right angle of unit length, and one direction for all: G02, G03, G05."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.dicom.grid import CLEANED_UP, NOT_ORTHONORMAL, Frame
from webapp.dicom.model import Placement
from webapp.findings import Finding, Severity

_DIRECTION_TAG: Final = ("0020,0037",)

#: A fan turns by the same angle from picture to picture within this share of it, and all its normals lie in one plane
#: within this sine.
_SAME_TURN: Final = 0.1
_ONE_PLANE: Final = 0.02

#: Pictures that make a fan at least, and the smallest turn of one, degrees.
_FEWEST: Final = 3
_LEAST_TURN_DEG: Final = 0.1


def direction_findings(frame: Frame, placements: Sequence[Placement]) -> list[Finding]:
    """G02, G03, G05: whether directions form a right angle of unit length, and whether they fan out.

    Parameters
    ----------
    frame : Frame
        Of the placements.
    placements : sequence of Placement
    """
    found = []
    if frame.deviation > NOT_ORTHONORMAL:
        found.append(_no_right_angle(frame, placements))
    elif frame.deviation > CLEANED_UP:
        message = f"The direction vectors were cleaned up by {frame.deviation:.4f}."
        found.append(Finding("G03", Severity.NOTE, message, {"deviation": frame.deviation}, _DIRECTION_TAG))
    turn = fan_turn_deg(placements)
    if turn is not None:
        message = (
            f"A radial set: the slices fan around an axis, {turn:.1f}° from one to the next. There is no box-shaped "
            "volume; they are shown as single pictures."
        )
        found.append(Finding("G05", Severity.BLOCK, message, {"turn_deg": turn}, _DIRECTION_TAG))
    return found


def _no_right_angle(frame: Frame, placements: Sequence[Placement]) -> Finding:
    """G02 with the lengths and the angle of the worst picture."""
    rows = np.array([placement.row for placement in placements])
    columns = np.array([placement.column for placement in placements])
    lengths = np.linalg.norm(np.stack([rows, columns]), axis=-1)
    dots = np.einsum("nx,nx->n", rows, columns)
    worst = int(np.argmax(np.maximum(np.abs(lengths - 1).max(axis=0), np.abs(dots))))
    a, b = (float(length) for length in lengths[:, worst])
    angle = math.degrees(math.acos(max(-1.0, min(1.0, float(dots[worst]) / ((a * b) or 1.0)))))
    message = (
        f"The direction vectors are not a right angle of unit length (off by {frame.deviation:.3f}: "
        f"lengths {a:.3f} and {b:.3f}, angle {angle:.1f}°)."
    )
    numbers = {"deviation": frame.deviation, "lengths": [a, b], "angle_deg": angle}
    return Finding("G02", Severity.BLOCK, message, numbers, _DIRECTION_TAG)


def fan_turn_deg(placements: Sequence[Placement]) -> float | None:
    """The angle from one picture of a fan to the next, degrees, or None when the pictures are no fan.

    Parameters
    ----------
    placements : sequence of Placement
        In any order.
    """
    if len(placements) < _FEWEST:
        return None
    normals = np.cross([one.row for one in placements], [one.column for one in placements])
    if np.abs(normals - normals[0]).max() < math.radians(_LEAST_TURN_DEG):
        return None
    _, strengths, axes = np.linalg.svd(normals, full_matrices=False)
    if strengths[2] > _ONE_PLANE * strengths[0]:
        return None
    angles = np.degrees(np.arctan2(normals @ axes[1], normals @ axes[0]))
    # seen from both sides a picture is the same plane: some fans flip half of their pictures
    return _even_turn_deg(angles, 360) or _even_turn_deg(angles, 180)


def _even_turn_deg(angles: NDArray[np.float64], period_deg: float) -> float | None:
    """The common step of directions that repeat after a period, degrees; None when steps differ."""
    angles = np.sort(angles % period_deg)
    turns = np.append(np.diff(angles), angles[0] + period_deg - angles[-1])
    # a fan that does not close has one wide step, from its last picture to its first
    inner = np.delete(turns, int(np.argmax(turns)))
    inner = inner[inner >= _LEAST_TURN_DEG]
    if not inner.size:
        return None
    turn = float(np.median(inner))
    return turn if np.abs(inner - turn).max() <= _SAME_TURN * turn else None
