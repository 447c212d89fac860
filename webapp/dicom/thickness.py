"""Whether the slice thickness (0018,0050) can be believed: G43 and G44."""

from __future__ import annotations

from itertools import pairwise

from webapp.dicom.audited import Audited
from webapp.dicom.tolerances import AGREES_MM, is_thickness, near, thickness_of
from webapp.findings import Finding, Severity

_EVIDENCE = ("0018,0050",)


def thickness_findings(stack: Audited) -> list[Finding]:
    """G43: no credible thickness. G44: thickness that changes inside the stack, and where."""
    if thickness_of(stack.instances) is not None:
        return []
    recorded = [instance.recorded.thickness for instance in stack.instances]
    usable = [value for value in recorded if value is not None and is_thickness(value)]
    if not usable:
        found = next((value for value in recorded if value is not None), None)
        said = "not recorded" if found is None else f"{found:g} mm"
        message = f"No credible slice thickness ({said}): the gap between slices cannot be stated."
        return [Finding("G43", Severity.NOTE, message, {}, _EVIDENCE)]
    if len(usable) < len(recorded):
        message = (
            f"{len(recorded) - len(usable)} of {len(recorded)} slices carry no credible thickness: the gap between "
            "slices cannot be stated."
        )
        return [Finding("G43", Severity.NOTE, message, {"without": len(recorded) - len(usable)}, _EVIDENCE)]
    return [_changes(usable)]


def _changes(thicknesses: list[float]) -> Finding:
    """G44: the slices at which the thickness changes."""
    pairs = enumerate(pairwise(thicknesses), 1)
    places = tuple(place for place, (before, after) in pairs if not near(after, before, AGREES_MM))
    low, high = min(thicknesses), max(thicknesses)
    message = f"The slice thickness changes from {low:g} to {high:g} mm inside the stack"
    if len(places) == 1:
        before, after = thicknesses[places[0] - 1], thicknesses[places[0]]
        message = f"The slice thickness changes from {before:g} to {after:g} mm at slice {places[0] + 1}"
    numbers = {"thickness_mm": sorted(set(thicknesses))}
    return Finding("G44", Severity.WARN, f"{message}; gaps are worked out pair by pair.", numbers, _EVIDENCE, places)
