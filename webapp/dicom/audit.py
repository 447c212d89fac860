"""What can be said about a stack: every geometry tag held against the measured positions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from webapp.dicom.acquisition_order import acquisition_findings, completeness_findings, numbering_findings
from webapp.dicom.audited import Audited
from webapp.dicom.codecs import LOSSY
from webapp.dicom.colour import colour_findings
from webapp.dicom.coverage import coarseness_findings, coverage_findings
from webapp.dicom.evenness import evenness_findings, plausibility_findings, two_slices_findings
from webapp.dicom.gap import gap_findings
from webapp.dicom.model import Instance
from webapp.dicom.origin import anonymised_findings, patient_findings, private_copy_findings, reformat_findings
from webapp.dicom.pixel_size import pixel_size_findings
from webapp.dicom.slice_location import location_findings
from webapp.dicom.spacing_tag import spacing_tag_finding
from webapp.dicom.thickness import thickness_findings
from webapp.dicom.tilt import recorded_tilt_findings, slide_findings
from webapp.dicom.units import unit_findings
from webapp.dicom.values import numbers, text
from webapp.dicom.windows import inversion_findings
from webapp.findings import Finding, Severity


def _spacing_tag_findings(stack: Audited) -> list[Finding]:
    """G33–G41."""
    return [spacing_tag_finding(stack.grid, stack.instances)]


#: Everything that is asked of slices with proven positions, in the order it is told.
CHECKS: Final[tuple[Callable[[Audited], list[Finding]], ...]] = (
    evenness_findings,
    two_slices_findings,
    plausibility_findings,
    _spacing_tag_findings,
    thickness_findings,
    gap_findings,
    slide_findings,
    recorded_tilt_findings,
    coarseness_findings,
    coverage_findings,
    location_findings,
    numbering_findings,
    completeness_findings,
    acquisition_findings,
    patient_findings,
    reformat_findings,
    private_copy_findings,
    anonymised_findings,
)


def grid_findings(stack: Audited) -> list[Finding]:
    """Everything that the measured positions say, and every geometry tag held against them.

    Parameters
    ----------
    stack : Audited
    """
    return [finding for check in CHECKS for finding in check(stack)]


def pixel_findings(instances: Sequence[Instance]) -> list[Finding]:
    """G11, G12, G64–G67, G69, G73: what a reader of lengths and values has to know."""
    first = instances[0]
    found = pixel_size_findings(instances)
    if len({(instance.scale.slope, instance.scale.intercept) for instance in instances}) > 1:
        message = "Each slice has its own scale; it is applied one by one."
        found.append(Finding("G64", Severity.NOTE, message, {}, ("0028,1052", "0028,1053")))
    found += unit_findings(instances)
    form = first.format
    if form.high_bit != form.bits_stored - 1:
        message = (
            f"Unusual bit layout: {form.bits_stored} bits are stored up to bit {form.high_bit}; values are shifted as "
            "declared."
        )
        found.append(Finding("G66", Severity.WARN, message, {}, ("0028,0101", "0028,0102")))
    found += inversion_findings(first)
    return [*found, *colour_findings(instances), *_loss_of_detail(instances), *_burned_in(instances)]


def _loss_of_detail(instances: Sequence[Instance]) -> list[Finding]:
    """G69: detail that was lost, with the largest ratio that is recorded."""
    lossy = [one for one in instances if _lossy(one)]
    if not lossy:
        return []
    ratio = max(max(numbers(one.dataset, "LossyImageCompressionRatio") or [0.0]) for one in lossy)
    how = f" ({ratio:.3g}:1)" if ratio > 1 else ""
    message = f"The pictures were compressed with loss{how}: fine detail and values may be altered."
    told = {"ratio": ratio} if ratio > 1 else {}
    return [Finding("G69", Severity.WARN, message, told, ("0028,2110", "0028,2112"))]


def _burned_in(instances: Sequence[Instance]) -> list[Finding]:
    """G73: text that was drawn into the pictures."""
    count = sum(text(one.dataset, "BurnedInAnnotation").upper() == "YES" for one in instances)
    if not count:
        return []
    message = "The pictures are marked as having text burned in: it may name the patient."
    return [Finding("G73", Severity.NOTE, message, {"pictures": count}, ("0028,0301",))]


def _lossy(instance: Instance) -> bool:
    """Whether detail was lost, now or ever before (PS3.3 C.7.6.1.1.5)."""
    return instance.transfer_syntax in LOSSY or str(instance.dataset.get("LossyImageCompression", "")) == "01"
