"""How much of the body a stack covers, and how coarse its side views are: G46 and G47."""

from __future__ import annotations

from webapp.dicom.audited import Audited
from webapp.dicom.tolerances import thickness_of
from webapp.findings import Finding, Severity


def coarseness_findings(stack: Audited) -> list[Finding]:
    """G46: steps between slices that are much larger than pixels."""
    pixel, s, limits = stack.pixel_mm, stack.grid.spacing_mm, stack.thresholds
    ratio = 0.0 if pixel is None else round(s / pixel, 3)
    if pixel is None or ratio <= limits.blocky_ratio:
        return []
    coarse = ratio > limits.steps_ratio
    looks = "they show steps, not detail" if coarse else "they look blocky"
    message = f"Side views have steps of {s:.2f} mm against pixels of {pixel:.2f} mm: {looks}."
    numbers = {"spacing_mm": s, "pixel_mm": pixel, "ratio": ratio}
    severity = Severity.WARN if coarse else Severity.NOTE
    return [Finding("G46", severity, message, numbers, ("0020,0032", "0028,0030"))]


def coverage_findings(stack: Audited) -> list[Finding]:
    """G47: the length of the scan, from edge to edge where the thickness is known."""
    first, last = float(stack.positions_mm[0]), float(stack.positions_mm[-1])
    thickness = thickness_of(stack.instances) or 0.0
    ends = "edge to edge" if thickness else "from the first centre to the last"
    message = (
        f"Covers {last - first + thickness:.1f} mm ({ends}) from {stack.way[0]} to {stack.way[1]}, "
        f"slice centres at {first:.1f} to {last:.1f} mm."
    )
    numbers = {"covered_mm": last - first + thickness, "first_mm": first, "last_mm": last}
    return [Finding("G47", Severity.OK, message, numbers, ("0020,0032", "0018,0050"))]
