"""What (0018,0088) Spacing Between Slices means in this stack: it differs by maker, so the positions decide.

The standard means the distance between slice centres along the normal (PS3.3 C.8.13.1, C.7.6.16.2.1). Some writers
store the gap between slices, the table step of a tilted scan, a copy of the thickness or a signed direction instead.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from webapp.dicom.grid import Grid, GridKind, Shear
from webapp.dicom.model import Instance
from webapp.dicom.tolerances import AGREES_MM, AGREES_SHARE, GAP_AGREES_MM, UNUSABLE_ABOVE_MM, near, thickness_of
from webapp.findings import Finding, Severity

#: A spacing below this is none, mm.
_NOTHING_MM: Final = 1e-4

#: More whole steps than these are chance: every long tag is near some multiple of a short spacing.
_MOST_STEPS: Final = 40
_STEP_SHARE: Final = 0.1

_SPACING_TAG: Final = "0018,0088"
_THICKNESS_TAG: Final = "0018,0050"
_TILT_TAG: Final = "0018,1120"


@dataclass(frozen=True, slots=True)
class _Case:
    """A tag beside what was measured, all in mm."""

    tag: float
    spacing: float
    step: float
    thickness: float | None
    tilt_deg: float | None
    nuclear: bool

    @property
    def numbers(self) -> dict[str, float]:
        return {"tag_mm": self.tag, "spacing_mm": self.spacing}

    @property
    def says(self) -> str:
        return f"The tag (0018,0088) says {self.tag:.2f} mm. The slices are {self.spacing:.2f} mm apart"

    @property
    def used(self) -> str:
        return f"The measured {self.spacing:.2f} mm is used."


def spacing_tag_finding(grid: Grid, instances: Sequence[Instance]) -> Finding:
    """G33–G41: the reading of (0018,0088) that fits the measured spacing.

    The readings are tried in the order: agrees, holds the gap, holds the table step of a tilted scan, repeats the
    thickness, negative, unusable, a multiple, unexplained. Two readings that fit at once are both named.

    Parameters
    ----------
    grid : Grid
    instances : sequence of Instance
        In spatial order, either way round.
    """
    if not any(instance.recorded.spacing_tag_present for instance in instances):
        return Finding("G41", Severity.OK, "The tag (0018,0088) is absent; it is not needed.", {}, (_SPACING_TAG,))
    tag = _commonest_tag(instances)
    if tag is None or abs(tag) > UNUSABLE_ABOVE_MM:
        return Finding("G38", Severity.NOTE, "The tag (0018,0088) is not usable as a spacing.", {}, (_SPACING_TAG,))
    case = _case(tag, grid, instances)
    table_step = case.tilt_deg is not None and abs(tag - case.step) < abs(tag - case.spacing)
    if near(tag, case.spacing) and not table_step:
        message = f"The tag (0018,0088) says {tag:.2f} mm and agrees with the measured spacing."
        return Finding("G33", Severity.OK, message, case.numbers, (_SPACING_TAG,))
    return next(_readings(case), None) or _without_reading(case)


def _commonest_tag(instances: Sequence[Instance]) -> float | None:
    """The value that most slices carry; of equally common ones the smallest."""
    counted = Counter(
        value for instance in instances if (value := instance.recorded.spacing_between_slices) is not None
    )
    return min(counted, key=lambda value: (-counted[value], value)) if counted else None


def _case(tag: float, grid: Grid, instances: Sequence[Instance]) -> _Case:
    """The tag beside its stack: of changing spacings the commonest is what a tag could mean."""
    spacing = float(np.median(grid.gaps_mm)) if grid.kind is GridKind.VARIABLE else grid.spacing_mm
    slide = float(np.linalg.norm(grid.slide_mm)) * spacing / grid.spacing_mm
    tilt = grid.tilt_deg if grid.shear is Shear.SHEAR else None
    first = instances[0]
    return _Case(tag, spacing, math.hypot(spacing, slide), thickness_of(instances), tilt, first.modality == "NM")


def _readings(case: _Case) -> Iterator[Finding]:
    """G34, G35, G36: the readings that have a reason, each naming the next one that fits as well."""
    t = case.thickness
    gap = t is not None and near(case.tag + t, case.spacing, GAP_AGREES_MM)
    step = case.tilt_deg is not None and near(case.tag, case.step)
    copy = t is not None and near(case.tag, t)
    thickness = {} if t is None else {"thickness_mm": t}
    or_copy = f", or a copy of the thickness {t:.2f} mm" if copy else ""
    or_step = ", or the table step of the tilted scan" if step else or_copy
    both = (_SPACING_TAG, _THICKNESS_TAG)
    if gap:
        message = (
            f"{case.says}: this maker stores the gap between slices ({case.spacing:.2f} − {t:.2f}){or_step}. "
            f"{case.used}"
        )
        yield Finding("G34", Severity.WARN, message, {**case.numbers, **thickness}, both)
    if step:
        message = (
            f"{case.says} along their normal: it is the table step of a scan tilted {case.tilt_deg:.1f}°{or_copy}. "
            f"{case.used}"
        )
        numbers = {**case.numbers, "step_mm": case.step, "tilt_deg": case.tilt_deg}
        yield Finding("G35", Severity.WARN, message, numbers, (_SPACING_TAG, _TILT_TAG))
    if copy:
        message = f"{case.says}: the tag repeats the thickness. {case.used}"
        yield Finding("G36", Severity.WARN, message, {**case.numbers, **thickness}, both)


def _without_reading(case: _Case) -> Finding:
    """G37–G40: a sign, nothing, a multiple, or no reading at all."""
    tag, s = case.tag, case.spacing
    if abs(tag) < _NOTHING_MM:
        message = f"The tag (0018,0088) is not usable (0 mm). {case.used}"
        return Finding("G38", Severity.NOTE, message, case.numbers, (_SPACING_TAG,))
    if tag < 0:
        return _negative(case)
    if steps := _steps(tag, s):
        why = f"that fits {steps} steps, so slices were taken out or the series was re-cut"
        message = f"{case.says}: {why}. {case.used}"
        return Finding("G39", Severity.WARN, message, {**case.numbers, "steps": steps}, (_SPACING_TAG,))
    why = "the cause is unknown"
    if case.thickness is None:
        why += ": without a credible thickness it cannot be told whether it is the gap between slices"
    message = f"{case.says}: they disagree by {abs(tag - s) / s:.0%} and {why}. {case.used}"
    return Finding("G40", Severity.WARN, message, case.numbers, (_SPACING_TAG,))


def _negative(case: _Case) -> Finding:
    """G37: in nuclear medicine the sign is the direction of the frames (PS3.3 C.8.4.15); elsewhere it means nothing."""
    if case.nuclear:
        why = "in nuclear medicine the sign only says which way the frames run"
    elif near(-case.tag, case.spacing):
        why = "the size is right, the negative sign means nothing here"
    else:
        why = "a negative spacing means nothing here"
    severity = Severity.NOTE if case.nuclear else Severity.WARN
    return Finding("G37", severity, f"{case.says}: {why}. {case.used}", case.numbers, (_SPACING_TAG,))


def _steps(tag: float, s: float) -> int:
    """How many whole steps one length is of the other, at least 2; 0 when none."""
    longer, shorter = max(tag, s), min(tag, s)
    steps = round(longer / shorter)
    fits = abs(longer - steps * shorter) <= max(AGREES_MM, min(AGREES_SHARE * longer, _STEP_SHARE * shorter))
    return steps if 2 <= steps <= _MOST_STEPS and fits else 0
