"""What can be said about a stack: every geometry tag held against the measured positions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from webapp.dicom.acquisition_order import acquisition_findings, completeness_findings, numbering_findings
from webapp.dicom.audited import Audited
from webapp.dicom.codecs import LOSSY
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
    """G11, G12, G64–G67, G69: what a reader of lengths and values has to know."""
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
