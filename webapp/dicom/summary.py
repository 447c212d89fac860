"""The audit in one line: what was measured, what tags say, what is missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from webapp.dicom.grid import Grid, GridKind, Shear
from webapp.dicom.model import Instance
from webapp.dicom.tolerances import thickness_of
from webapp.findings import OVERVIEWS, Finding

#: Gaps below this are none, mm.
_NO_GAP_MM = 0.005

#: Findings that say why pictures are no volume; the last one found is the summary.
_NO_VOLUME = frozenset(("G01", "G02", "G04", "G05", "G10", "G14", "G16", "G17", "G20", "G54"))

#: What the tag (0018,0088) is to the spacing, by the finding about it.
_READINGS = {"G33": "agrees", "G34": "is the gap", "G35": "is the table step", "G36": "is the thickness"}


def volume_summary(grid: Grid, instances: Sequence[Instance], findings: Sequence[Finding]) -> str:
    """Spacing, thickness, gap, the tag, tilt, count and chosen pictures of a volume.

    Parameters
    ----------
    grid : Grid
    instances : sequence of Instance
        One of each place.
    findings : sequence of Finding
        Of the stack.
    """
    parts = [
        _spacing(grid, instances[0].placed_by),
        _thickness(instances),
        _gap(grid, thickness_of(instances)),
        _tag(findings),
        _tilt(grid),
        ", ".join([_count(grid, findings), *_lacking(findings)]),
        _chosen(findings),
    ]
    return " · ".join(part for part in parts if part)


def refused_summary(instances: Sequence[Instance], findings: Sequence[Finding]) -> str:
    """Why pictures are no volume, or how many there are.

    Parameters
    ----------
    instances : sequence of Instance
    findings : sequence of Finding
    """
    reasons = (
        finding.message for finding in reversed(findings) if finding.id in _NO_VOLUME or OVERVIEWS in finding.numbers
    )
    return next(reasons, f"{len(instances)} slices")


def _spacing(grid: Grid, source: str) -> str:
    """The spacing and where it comes from, or its range where slices are uneven."""
    if grid.kind in (GridKind.JITTER, GridKind.VARIABLE):
        gaps = grid.gaps_mm
        return f"Spacing {gaps.min():.2f} to {gaps.max():.2f} mm ({source})"
    return f"Spacing {grid.spacing_mm:.2f} mm ({source})"


def _thickness(instances: Sequence[Instance]) -> str:
    """What the tag says of the thickness."""
    thickness = thickness_of(instances)
    if thickness is not None:
        return f"thickness {thickness:.2f} mm (tag)"
    recorded = {instance.recorded.thickness for instance in instances}
    known = [value for value in recorded if value is not None]
    if len(known) == len(recorded) > 1:
        return f"thickness {min(known):.2f} to {max(known):.2f} mm (tag)"
    return "thickness not recorded" if not known else "thickness not credible"


def _gap(grid: Grid, thickness_mm: float | None) -> str:
    """The gap or overlap that follows from spacing and thickness."""
    if thickness_mm is None:
        return ""
    if grid.kind is GridKind.VARIABLE:
        low, high = grid.gaps_mm.min() - thickness_mm, grid.gaps_mm.max() - thickness_mm
        return f"gap {low:.2f} to {high:.2f} mm" if low > 0 else ""
    gap = grid.spacing_mm - thickness_mm
    if abs(gap) < _NO_GAP_MM:
        return "no gap"
    return f"{'gap' if gap > 0 else 'overlap'} {abs(gap):.2f} mm ({100 * abs(gap) / thickness_mm:.0f} %)"


def _tag(findings: Sequence[Finding]) -> str:
    """The tag (0018,0088) and what it turned out to be."""
    for finding in findings:
        if "tag_mm" in finding.numbers:
            return f"(0018,0088) {finding.numbers['tag_mm']:.2f} mm {_READINGS.get(finding.id, 'differs')}"
    return ""


def _tilt(grid: Grid) -> str:
    """The measured tilt and what is done about it."""
    if grid.shear is Shear.WANDER:
        return f"origins wander up to {grid.drift_mm:.1f} mm, placed one by one"
    if grid.shear is Shear.SHEAR:
        return f"tilt {grid.tilt_deg:.1f}°, straightened"
    return f"tilt {abs(grid.tilt_deg):.1f}°"


def _lacking(findings: Sequence[Finding]) -> list[str]:
    """Pictures that may have belonged here."""
    unusable = sum(finding.numbers.get("not_usable", 0) for finding in findings if finding.id == "G71")
    unread = sum(finding.numbers.get("unread_files", 0) for finding in findings if finding.id == "G71")
    said = [f"{unusable} picture{'' if unusable == 1 else 's'} not usable"] if unusable else []
    return said + ([f"{unread} file{'' if unread == 1 else 's'} unread"] if unread else [])


def _chosen(findings: Sequence[Finding]) -> str:
    """At how many places somebody chose between different pictures."""
    count = sum(finding.numbers.get("chosen", 0) for finding in findings if finding.id == "G20")
    return f"{count} picture{'' if count == 1 else 's'} chosen among several of one place" if count else ""


def _count(grid: Grid, findings: Sequence[Finding]) -> str:
    """How many slices there are, and how many are missing between them."""
    slices = f"{len(grid.positions_mm)} slices"
    if grid.kind is GridKind.SPARSE:
        blocks = int((np.rint(grid.gaps_mm / grid.spacing_mm) > 1).sum()) + 1
        return f"{slices} in {blocks} blocks"
    if grid.kind is GridKind.MISSING:
        multiples = np.rint(grid.gaps_mm / grid.spacing_mm)
        return f"{slices}, {int(multiples.sum()) - len(multiples)} missing"
    if grid.kind is GridKind.VARIABLE:
        return f"{slices}, unevenly spaced"
    return slices if _lacking(findings) else f"{slices}, none missing"
