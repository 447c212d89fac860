"""How even the slices are: G15 and G27 to G32, from the measured positions alone."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

import numpy as np

from webapp.dicom.audited import Audited
from webapp.dicom.grid import GridKind, Shear
from webapp.findings import Finding, Severity

_POSITION_TAG = ("0020,0032",)

#: Runs of equal spacing that a sentence names, and single gaps that the numbers hold.
_RUNS_SAID: Final = 6
_GAPS_LISTED: Final = 500

#: Places of holes that a sentence names.
_HOLES_SAID: Final = 5


def evenness_findings(stack: Audited) -> list[Finding]:
    """G27–G31: the class of the spacing, with its numbers (geometry of PS3.3 C.7.6.2.1.1)."""
    grid, gaps = stack.grid, stack.gaps_mm
    numbers = {"spacing_mm": grid.spacing_mm, "smallest_mm": float(gaps.min()), "largest_mm": float(gaps.max())}
    match grid.kind:
        case GridKind.REGULAR:
            source = f"{stack.first.placed_by}, ±{grid.residual_mm:.3f} mm"
            message = f"Slice centres are {grid.spacing_mm:.2f} mm apart ({source})."
            numbers["residual_mm"] = grid.residual_mm
            return [Finding("G27", Severity.OK, message, numbers, _POSITION_TAG)]
        case GridKind.JITTER:
            message = (
                f"The spacing wavers from {gaps.min():.2f} to {gaps.max():.2f} mm; each slice is placed where it says."
            )
            return [Finding("G28", Severity.NOTE, message, numbers, _POSITION_TAG)]
        case GridKind.MISSING:
            return [_missing(stack, numbers)]
        case GridKind.SPARSE:
            return [_blocks(stack, numbers)]
    return [_variable(stack, numbers)]


def _missing(stack: Audited, numbers: dict[str, float]) -> Finding:
    """G29: how many slices are missing, and where."""
    s, gaps = stack.grid.spacing_mm, stack.gaps_mm
    after, missing = holes(stack)
    widest = float(gaps.max())
    times = round(widest / s)
    one = missing == 1
    subject = "1 slice is missing" if one else f"{missing} slices are missing"
    where = f"after slice {after[0] + 1}" if len(after) == 1 else f"after slices {_listed(after)}"
    gap = "the gap there is" if len(after) == 1 else "the widest gap is"
    message = (
        f"{subject} {where}: {gap} {widest:.1f} mm, {'twice' if times == 2 else f'{times} times'} the spacing of "
        f"{s:.1f} mm. {'It is' if one else 'They are'} drawn as blank."
    )
    return Finding("G29", Severity.WARN, message, {**numbers, "missing": missing}, _POSITION_TAG, after)


def _blocks(stack: Audited, numbers: dict[str, float]) -> Finding:
    """G30: blocks with wide holes between them."""
    after, missing = holes(stack)
    widest, s = float(stack.gaps_mm.max()), stack.grid.spacing_mm
    holes_there = "a hole" if len(after) == 1 else "holes"
    message = (
        f"The slices lie in {len(after) + 1} blocks with {holes_there} of up to {widest:.1f} mm between them, at a "
        f"spacing of {s:.2f} mm. Views across a hole are blank there; each block can be trusted by itself."
    )
    counted: dict[str, Any] = {**numbers, "missing": missing, "blocks": len(after) + 1}
    return Finding("G30", Severity.WARN, message, counted, _POSITION_TAG, after)


def holes(stack: Audited) -> tuple[tuple[int, ...], int]:
    """The places after which slices are missing, and how many are."""
    multiples = np.rint(stack.gaps_mm / stack.grid.spacing_mm)
    return tuple(np.flatnonzero(multiples > 1).tolist()), int(multiples.sum()) - len(multiples)


def _variable(stack: Audited, numbers: dict[str, float]) -> Finding:
    """G31: the list of spacings."""
    gaps = stack.gaps_mm
    runs = [(spacing, sum(1 for _ in same)) for spacing, same in groupby(np.round(gaps, 2).tolist())]
    table = ", then ".join(f"{count} × {spacing:.2f} mm" for spacing, count in runs)
    if len(runs) > _RUNS_SAID:
        table = f"{len(runs)} changes from {gaps.min():.2f} to {gaps.max():.2f} mm"
    message = f"The spacing changes: {table}. Each slice is placed where it says; between them views are interpolated."
    counted: dict[str, Any] = {**numbers, "spacings_mm": np.round(gaps, 4).tolist()[:_GAPS_LISTED]}
    changes = tuple((np.flatnonzero(np.abs(np.diff(np.round(gaps, 2))) > 0) + 1).tolist()) if len(runs) > 1 else ()
    return Finding("G31", Severity.WARN, message, counted, _POSITION_TAG, changes[:_GAPS_LISTED])


def two_slices_findings(stack: Audited) -> list[Finding]:
    """G15: what two slices cannot tell."""
    if len(stack.instances) != 2:
        return []
    message = "Two slices: tilt or unevenness cannot be detected."
    slide = float(np.linalg.norm(stack.grid.slide_mm))
    if stack.grid.shear is not Shear.NONE:
        message += f" They lie {slide:.1f} mm sideways of each other."
    return [Finding("G15", Severity.NOTE, message, {"slices": 2, "slide_mm": slide}, _POSITION_TAG)]


def plausibility_findings(stack: Audited) -> list[Finding]:
    """G32: a spacing that no patient is scanned with."""
    s, limits = stack.grid.spacing_mm, stack.thresholds
    if limits.smallest_spacing_mm <= s <= limits.largest_spacing_mm:
        return []
    message = f"A spacing of {s:.3f} mm is implausible."
    return [Finding("G32", Severity.WARN, message, {"spacing_mm": s}, _POSITION_TAG)]


def _listed(after: tuple[int, ...]) -> str:
    """Places as a reader counts them, the first few of many."""
    said = [str(place + 1) for place in after[:_HOLES_SAID]]
    if len(after) > _HOLES_SAID:
        return ", ".join(said) + f" and {len(after) - _HOLES_SAID} more"
    return ", ".join(said[:-1]) + f" and {said[-1]}"
