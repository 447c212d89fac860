"""How the scanner's own slice location runs against the true position: G42."""

from __future__ import annotations

import numpy as np

from webapp.dicom.audited import Audited
from webapp.dicom.tolerances import AGREES_MM, AGREES_SHARE
from webapp.findings import Finding, Severity


def location_findings(stack: Audited) -> list[Finding]:
    """G42: sign, scale and origin of (0020,1041), which makers choose as they like (PS3.3 C.7.6.2.1.2).

    The comparison is with the position along row × column, whichever way the slices are shown.
    """
    recorded = [instance.recorded.slice_location for instance in stack.instances]
    if None in recorded or len(recorded) < 3:
        return []
    locations = np.array(recorded, np.float64)
    positions = stack.sign * stack.positions_mm
    depth = positions - positions.mean()
    slope = float(depth @ locations / (depth @ depth))
    tolerance = max(AGREES_MM, AGREES_SHARE * stack.grid.spacing_mm)
    stretched = abs(abs(slope) - 1) > AGREES_SHARE
    offset = float(locations.mean() - (slope if stretched else np.sign(slope)) * positions.mean())
    left_over = float(np.abs(locations - locations.mean() - slope * depth).max())
    if left_over > tolerance + AGREES_SHARE * float(np.ptp(locations)) + 2 * stack.grid.residual_mm:
        way = f"does not follow the true position (off by up to {left_over:.1f} mm)"
    elif ways := _ways(slope < 0, abs(slope) if stretched else None, offset if abs(offset) > tolerance else None):
        way = f"{' and '.join(ways)}, compared with the true position"
    else:
        return []
    message = (
        f"The scanner's own slice location ({locations.min():.1f} to {locations.max():.1f} mm) {way}. It is not used "
        "to place slices."
    )
    return [Finding("G42", Severity.NOTE, message, {"slope": slope, "offset_mm": offset}, ("0020,1041",))]


def _ways(opposite: bool, stretch: float | None, offset_mm: float | None) -> list[str]:
    """In which ways a location differs, in words."""
    ways = ["runs in the opposite direction"] if opposite else []
    if stretch is not None:
        ways.append(f"is stretched ×{stretch:.3f}")
    if offset_mm is not None:
        ways.append(f"is shifted by {offset_mm:.1f} mm")
    return ways
