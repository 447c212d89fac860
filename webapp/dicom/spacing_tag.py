"""What (0018,0088) Spacing Between Slices means in this stack: it differs by maker, so the positions decide."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from webapp.dicom.grid import Grid, Shear
from webapp.dicom.model import Instance
from webapp.dicom.tolerances import AGREES_MM, AGREES_SHARE, GAP_AGREES_MM, UNUSABLE_ABOVE_MM, thickness_of
from webapp.findings import Finding, Severity

#: A spacing below this is none, mm.
_NOTHING_MM = 1e-4

_SPACING_TAG = "0018,0088"
_THICKNESS_TAG = "0018,0050"


def spacing_tag_finding(grid: Grid, instances: Sequence[Instance]) -> Finding:
    """G33–G41: the reading of (0018,0088) that fits the measured spacing.

    The readings are tried in the order: agrees, holds the gap, holds the table step of a tilted scan, repeats the
    thickness, negative, unusable, a multiple, unexplained. Two readings that fit at once are both named.

    Parameters
    ----------
    grid : Grid
    instances : sequence of Instance
        In kept order.
    """
    recorded = instances[0].recorded
    s, tag = grid.spacing_mm, recorded.spacing_between_slices
    if not recorded.spacing_tag_present:
        return Finding("G41", Severity.OK, "The tag (0018,0088) is absent; it is not needed.", {}, (_SPACING_TAG,))
    if tag is None or abs(tag) > UNUSABLE_ABOVE_MM:
        return Finding("G38", Severity.NOTE, "The tag (0018,0088) is not usable as a spacing.", {}, (_SPACING_TAG,))
    numbers = {"tag_mm": tag, "spacing_mm": s}
    table_step = grid.shear is not Shear.NONE and abs(tag - _step_mm(grid)) < abs(tag - s)
    if _near(tag, s, AGREES_MM) and not table_step:
        message = f"The tag (0018,0088) says {tag:.2f} mm and agrees with the measured spacing."
        return Finding("G33", Severity.OK, message, numbers, (_SPACING_TAG,))
    return _disagreement(tag, grid, thickness_of(instances), numbers)


def _disagreement(tag: float, grid: Grid, thickness: float | None, numbers: dict[str, float]) -> Finding:
    """G34–G40: why the tag is not the spacing."""
    s = grid.spacing_mm
    says = f"The tag (0018,0088) says {tag:.2f} mm. The slices are {s:.2f} mm apart"
    used = f"The measured {s:.2f} mm is used."
    step = _step_mm(grid)
    tilted = grid.shear is not Shear.NONE
    both = (_SPACING_TAG, _THICKNESS_TAG)
    if thickness is not None and _near(tag + thickness, s, GAP_AGREES_MM):
        also = f", or a copy of the thickness {thickness:.2f} mm" if _near(tag, thickness, AGREES_MM) else ""
        message = f"{says}: this maker stores the gap between slices ({s:.2f} − {thickness:.2f}){also}. {used}"
        return Finding("G34", Severity.WARN, message, {**numbers, "thickness_mm": thickness}, both)
    if tilted and _near(tag, step, AGREES_MM):
        message = f"{says} along their normal: it is the table step of a scan tilted {grid.tilt_deg:.1f}°. {used}"
        return Finding("G35", Severity.WARN, message, {**numbers, "step_mm": step}, (_SPACING_TAG, "0018,1120"))
    if thickness is not None and _near(tag, thickness, AGREES_MM):
        message = f"{says}: the tag repeats the thickness. {used}"
        return Finding("G36", Severity.WARN, message, {**numbers, "thickness_mm": thickness}, both)
    if abs(tag) < _NOTHING_MM:
        message = f"The tag (0018,0088) is not usable (0 mm). {used}"
        return Finding("G38", Severity.NOTE, message, numbers, (_SPACING_TAG,))
    return _unexplained(tag, s, f"{says}: ", numbers)


def _unexplained(tag: float, s: float, says: str, numbers: dict[str, float]) -> Finding:
    """G37, G39, G40: a sign, a multiple, or no reading at all."""
    used = f"The measured {s:.2f} mm is used."
    if tag < 0:
        message = f"{says}a negative spacing means nothing here. {used}"
        return Finding("G37", Severity.WARN, message, numbers, (_SPACING_TAG,))
    times = max(round(tag / s), round(s / tag))
    if times >= 2 and (_near(tag, times * s, AGREES_MM) or _near(s, times * tag, AGREES_MM)):
        message = f"{says}that fits {times} steps, so slices were taken out or the series was re-cut. {used}"
        return Finding("G39", Severity.WARN, message, {**numbers, "steps": times}, (_SPACING_TAG,))
    message = f"{says}they disagree by {abs(tag - s) / s:.0%} and the cause is unknown. {used}"
    return Finding("G40", Severity.WARN, message, numbers, (_SPACING_TAG,))


def _step_mm(grid: Grid) -> float:
    """The distance from one origin to the next, along the way the table moved, mm."""
    return math.hypot(grid.spacing_mm, float(np.linalg.norm(grid.slide_mm)))


def _near(a: float, b: float, least_mm: float) -> bool:
    """Whether two lengths agree within 1 % or a least length."""
    return abs(a - b) <= max(least_mm, AGREES_SHARE * abs(b))
