"""How slices slide sideways, against the tilt that the header records: G48 to G53.

The tag (0018,1120) is compared by magnitude only: makers give it opposite signs for the same geometry.
"""

from __future__ import annotations

import math

import numpy as np

from webapp.dicom.audited import Audited
from webapp.dicom.grid import DRIFT_MM, DRIFT_PIXELS, GridKind, Shear
from webapp.dicom.tolerances import SIDEWAYS_DEG, TILT_DIFFERS_DEG, TILT_RECORDED_DEG
from webapp.findings import Finding, Severity

_POSITION_TAG = "0020,0032"
_TILT_TAG = "0018,1120"


def slide_findings(stack: Audited) -> list[Finding]:
    """G48, G52, G53: a tilt, a sideways slide, or origins that wander. Two slices cannot tell (G15)."""
    grid = stack.grid
    if grid.shear is Shear.NONE or len(stack.instances) == 2:
        return []
    numbers = {"drift_mm": grid.drift_mm, "tilt_deg": grid.tilt_deg}
    if grid.shear is Shear.WANDER:
        message = f"Slice origins wander up to {grid.drift_mm:.1f} mm sideways; each slice is placed separately."
        return [Finding("G53", Severity.WARN, message, numbers, (_POSITION_TAG,))]
    slide = float(np.linalg.norm(grid.slide_mm))
    total = slide / grid.spacing_mm * float(stack.positions_mm[-1] - stack.positions_mm[0])
    each = f"{slide:.2f} mm each, " if grid.kind is GridKind.REGULAR else ""
    message = (
        f"The slices slide {each}{total:.1f} mm in all, at {grid.tilt_deg:.1f}°: a tilted scan. "
        "It is straightened exactly."
    )
    numbers |= {"slide_mm": slide, "total_mm": total}
    found = [Finding("G48", Severity.WARN, message, numbers, (_POSITION_TAG, _TILT_TAG))]
    sideways = _from_the_columns_deg(stack)
    if sideways > SIDEWAYS_DEG:
        message = (
            f"The slide runs {sideways:.0f}° off the columns: it is no gantry tilt. "
            "The patient moved, or the field was shifted."
        )
        found.append(Finding("G52", Severity.WARN, message, {"from_columns_deg": sideways}, (_POSITION_TAG,)))
    return found


def _from_the_columns_deg(stack: Audited) -> float:
    """The angle between the slide and the columns of the pictures, 0 to 90 degrees."""
    along, across = stack.grid.slide_mm @ stack.frame.column, stack.grid.slide_mm @ stack.frame.row
    return math.degrees(math.atan2(abs(float(across)), abs(float(along))))


def recorded_tilt_findings(stack: Audited) -> list[Finding]:
    """G49–G51: the recorded tilt against the measured one."""
    recorded, grid = stack.first.recorded.gantry_tilt, stack.grid
    said = recorded is not None and abs(recorded) > TILT_RECORDED_DEG
    evidence = (_POSITION_TAG, _TILT_TAG)
    if grid.shear is Shear.NONE:
        if recorded is None or not said or not _would_show(stack, recorded):
            return []
        message = f"A tilt of {recorded:.1f}° is recorded, the positions show none: already corrected or never applied."
        return [Finding("G50", Severity.NOTE, message, {"recorded_deg": recorded}, evidence)]
    if grid.shear is Shear.WANDER or len(stack.instances) == 2:
        return []
    if recorded is None or not said:
        return [Finding("G49", Severity.WARN, "The tilt is not recorded in the header.", {}, (_TILT_TAG,))]
    if abs(abs(recorded) - grid.tilt_deg) <= TILT_DIFFERS_DEG:
        return []
    message = f"The header says {abs(recorded):.1f}° of tilt, the positions {grid.tilt_deg:.1f}°."
    return [Finding("G51", Severity.WARN, message, {"recorded_deg": recorded, "tilt_deg": grid.tilt_deg}, evidence)]


def _would_show(stack: Audited, recorded_deg: float) -> bool:
    """Whether slices tilted that much would have slid far enough to be seen."""
    depth = float(stack.positions_mm[-1] - stack.positions_mm[0])
    unseen = max(DRIFT_MM, DRIFT_PIXELS * (stack.pixel_mm or 0.0))
    return abs(math.tan(math.radians(recorded_deg))) * depth / 2 > unseen
