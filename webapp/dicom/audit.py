"""What can be said about a stack: every geometry tag held against the measured positions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from webapp.dicom.codecs import LOSSY
from webapp.dicom.grid import CLEANED_UP, NOT_ORTHONORMAL, Frame, Grid, GridKind, Shear
from webapp.dicom.model import Instance
from webapp.dicom.spacing_tag import spacing_tag_finding
from webapp.dicom.tolerances import AGREES_MM, AGREES_SHARE, thickness_of
from webapp.findings import Finding, Severity

#: Recorded tilts below this are none; two tilts differ when further apart than the second, degrees.
TILT_RECORDED_DEG = 0.1
TILT_DIFFERS_DEG = 0.5

_EVEN_ONLY = "This version shows evenly spaced slices only."
_STRAIGHT_ONLY = "This version shows straight stacks only."

_THICKNESS_TAG = "0018,0050"
_POSITION_TAG = "0020,0032"


def grid_findings(grid: Grid, instances: Sequence[Instance]) -> list[Finding]:
    """Everything that the measured positions say, and every geometry tag held against them.

    Parameters
    ----------
    grid : Grid
    instances : sequence of Instance
        In kept order.
    """
    return [
        *spacing_findings(grid),
        spacing_tag_finding(grid, instances),
        *location_findings(grid, instances),
        *thickness_findings(instances),
        *tilt_findings(grid, instances),
    ]


def direction_findings(frame: Frame) -> list[Finding]:
    """G02, G03: whether the directions form a right angle of unit length."""
    if frame.deviation > NOT_ORTHONORMAL:
        message = f"The direction vectors are not a right angle of unit length (off by {frame.deviation:.3f})."
        return [Finding("G02", Severity.BLOCK, message, {"deviation": frame.deviation}, ("0020,0037",))]
    if frame.deviation > CLEANED_UP:
        message = f"The direction vectors were cleaned up by {frame.deviation:.4f}."
        return [Finding("G03", Severity.NOTE, message, {"deviation": frame.deviation}, ("0020,0037",))]
    return []


def spacing_findings(grid: Grid) -> list[Finding]:
    """G15, G27–G32: how even the slices are. What is not even is refused by name with its numbers."""
    found = [_evenness(grid)]
    if len(grid.positions_mm) == 2:
        found.append(Finding("G15", Severity.NOTE, "Two slices: tilt or unevenness cannot be detected.", {"slices": 2}))
    if not 0.05 <= grid.spacing_mm <= 50:
        message = f"A spacing of {grid.spacing_mm:.3f} mm is implausible."
        found.append(Finding("G32", Severity.WARN, message, {"spacing_mm": grid.spacing_mm}, (_POSITION_TAG,)))
    return found


def _evenness(grid: Grid) -> Finding:
    """G27–G31 by the class of the grid."""
    s, gaps = grid.spacing_mm, grid.gaps_mm
    numbers = {"spacing_mm": s, "smallest_mm": float(gaps.min()), "largest_mm": float(gaps.max())}
    if grid.kind is GridKind.REGULAR:
        message = f"Slice centres are {s:.2f} mm apart (measured, ±{grid.residual_mm:.3f} mm)."
        return Finding("G27", Severity.OK, message, {**numbers, "residual_mm": grid.residual_mm}, (_POSITION_TAG,))
    if grid.kind in (GridKind.MISSING, GridKind.SPARSE):
        return _holes(grid, numbers)
    between = f"{gaps.min():.2f} to {gaps.max():.2f} mm"
    if grid.kind is GridKind.JITTER:
        message = f"The spacing wavers from {between}. {_EVEN_ONLY}"
        return Finding("G28", Severity.BLOCK, message, numbers, (_POSITION_TAG,))
    message = f"The spacing changes from {between}. {_EVEN_ONLY}"
    return Finding("G31", Severity.BLOCK, message, numbers, (_POSITION_TAG,))


def _holes(grid: Grid, numbers: dict[str, float]) -> Finding:
    """G29, G30: which slices are missing."""
    s, gaps = grid.spacing_mm, grid.gaps_mm
    after = tuple(int(place) for place in np.flatnonzero(np.rint(gaps / s) > 1))
    missing = int(np.rint(gaps / s).sum()) - len(gaps)
    widest = float(gaps.max())
    if grid.kind is GridKind.SPARSE:
        message = (
            f"The slices lie in {len(after) + 1} blocks with holes of up to {widest:.1f} mm between them. {_EVEN_ONLY}"
        )
        return Finding("G30", Severity.BLOCK, message, {**numbers, "missing": missing}, (_POSITION_TAG,), after)
    words = "1 slice is missing" if missing == 1 else f"{missing} slices are missing"
    message = (
        f"{words} after slice {after[0] + 1}: the gap there is {gaps[after[0]]:.1f} mm, "
        f"the spacing {s:.1f} mm. {_EVEN_ONLY}"
    )
    return Finding("G29", Severity.BLOCK, message, {**numbers, "missing": missing}, (_POSITION_TAG,), after)


def tilt_findings(grid: Grid, instances: Sequence[Instance]) -> list[Finding]:
    """G48–G51, G53: how far slices slide sideways, against the recorded tilt. What slides is refused by name."""
    recorded = instances[0].recorded.gantry_tilt
    evidence = (_POSITION_TAG, "0018,1120")
    if grid.shear is Shear.NONE:
        if recorded is None or abs(recorded) <= TILT_RECORDED_DEG:
            return []
        message = f"A tilt of {recorded:.1f}° is recorded, the positions show none: already corrected or never applied."
        return [Finding("G50", Severity.NOTE, message, {"recorded_deg": recorded}, evidence)]
    slide, numbers = float(np.linalg.norm(grid.slide_mm)), {"drift_mm": grid.drift_mm, "tilt_deg": grid.tilt_deg}
    if grid.shear is Shear.WANDER:
        message = (
            f"Slice origins wander up to {grid.drift_mm:.1f} mm sideways. This version shows straight stacks only."
        )
        return [Finding("G53", Severity.BLOCK, message, numbers, evidence)]
    message = (
        f"The slices slide {slide:.2f} mm each, at {grid.tilt_deg:.1f}° ({slide * len(grid.gaps_mm):.1f} mm in all): "
        f"a tilted scan. {_STRAIGHT_ONLY}"
    )
    found = [Finding("G48", Severity.BLOCK, message, {**numbers, "slide_mm": slide}, evidence)]
    if recorded is None or abs(recorded) <= TILT_RECORDED_DEG:
        found.append(Finding("G49", Severity.WARN, "The tilt is not recorded in the header.", {}, ("0018,1120",)))
    elif abs(abs(recorded) - grid.tilt_deg) > TILT_DIFFERS_DEG:
        message = f"The header says {abs(recorded):.1f}° of tilt, the positions {grid.tilt_deg:.1f}°."
        found.append(Finding("G51", Severity.WARN, message, {"recorded_deg": recorded, **numbers}, evidence))
    return found


def thickness_findings(instances: Sequence[Instance]) -> list[Finding]:
    """G43, G44: whether the thickness can be believed."""
    found = sorted({instance.recorded.thickness for instance in instances} - {None}, key=lambda value: value or 0)
    if len(found) > 1:
        message = f"The slice thickness changes from {found[0]:g} to {found[-1]:g} mm inside the stack."
        return [Finding("G44", Severity.WARN, message, {"thickness_mm": found}, (_THICKNESS_TAG,))]
    if thickness_of(instances) is None:
        recorded = f"{found[0]:g} mm" if found else "not recorded"
        message = f"No credible slice thickness ({recorded}): the gap between slices cannot be stated."
        return [Finding("G43", Severity.NOTE, message, {}, (_THICKNESS_TAG,))]
    return []


def pixel_findings(instances: Sequence[Instance]) -> list[Finding]:
    """G11, G64, G67, G69: what a reader of the values has to know."""
    first = instances[0]
    found = []
    spacing = first.placement.spacing_mm if first.placement else None
    if spacing and abs(spacing[0] - spacing[1]) > 1e-3 * spacing[0]:
        message = f"Pixels are not square ({spacing[0]:.3f} × {spacing[1]:.3f} mm); drawn in true proportion."
        found.append(Finding("G11", Severity.NOTE, message, {"spacing_mm": list(spacing)}, ("0028,0030",)))
    if len({(instance.scale.slope, instance.scale.intercept) for instance in instances}) > 1:
        message = "Each slice has its own scale; it is applied one by one."
        found.append(Finding("G64", Severity.NOTE, message, {}, ("0028,1052", "0028,1053")))
    if first.format.photometric == "MONOCHROME1":
        message = "Brightness is inverted for display, the values are not."
        found.append(Finding("G67", Severity.NOTE, message, {}, ("0028,0004",)))
    if any(_lossy(instance) for instance in instances):
        message = "The pictures were compressed with loss: fine detail and values may be altered."
        found.append(Finding("G69", Severity.WARN, message, {}, ("0028,2110",)))
    return found


def _lossy(instance: Instance) -> bool:
    """Whether detail was lost, now or ever before (PS3.3 C.7.6.1.1.5)."""
    return instance.transfer_syntax in LOSSY or str(instance.dataset.get("LossyImageCompression", "")) == "01"


def frame_of_reference_findings(instances: Sequence[Instance]) -> list[Finding]:
    """G07: whether the stack can be put beside others."""
    if all(instance.frame_of_reference for instance in instances):
        return []
    message = "No coordinate system is named: that it fits other series is unproven."
    return [Finding("G07", Severity.NOTE, message, {}, ("0020,0052",))]


def location_findings(grid: Grid, instances: Sequence[Instance]) -> list[Finding]:
    """G42: how the scanner's own slice location runs against the true position."""
    recorded = [instance.recorded.slice_location for instance in instances]
    if any(value is None for value in recorded) or len(recorded) < 3:
        return []
    locations = np.array(recorded, np.float64)
    slope, offset = np.polyfit(grid.positions_mm, locations, 1)
    tolerance = max(AGREES_MM, AGREES_SHARE * grid.spacing_mm)
    if abs(slope - 1) <= AGREES_SHARE and abs(offset) <= tolerance:
        return []
    ways = []
    if slope < 0:
        ways.append("in the opposite direction")
    if abs(abs(slope) - 1) > AGREES_SHARE:
        ways.append(f"stretched ×{abs(slope):.3f}")
    if abs(offset) > tolerance:
        ways.append(f"shifted by {offset:.1f} mm")
    message = (
        f"The printed slice location ({locations.min():.1f} to {locations.max():.1f} mm) runs {' and '.join(ways)} "
        "against the true position; it places nothing here."
    )
    numbers = {"slope": float(slope), "offset_mm": float(offset)}
    return [Finding("G42", Severity.NOTE, message, numbers, ("0020,1041",))]
