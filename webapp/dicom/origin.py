"""Where pictures come from: the patient on the table, the reformat, the private copy, the anonymiser: G59–G63."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from pydicom.dataset import Dataset

from webapp.dicom.audited import Audited
from webapp.dicom.model import Instance
from webapp.dicom.tolerances import COPY_DIFFERS_PIXELS
from webapp.dicom.values import numbers, text
from webapp.findings import Finding, Severity

#: Words of Image Type (0008,0008) of pictures that were cut again from others.
_REFORMATS: Final = frozenset(
    ("MPR", "CPR", "REFORMATTED", "RESAMPLED", "AVERAGE", "MIP", "MAX_IP", "MIN_IP", "MINIP", "PROJECTION IMAGE")
)

#: Philips' sequence with a copy of the position: group, creator, element.
_PHILIPS_COPY: Final = (0x2005, "Philips MR Imaging DD 005", 0x0F)

#: Times that a file has when it was acquired; midnight sharp is what some anonymisers write.
_TIMES: Final = ("AcquisitionTime", "ContentTime", "SeriesTime")


def patient_findings(stack: Audited) -> list[Finding]:
    """G59, G60: how the patient lay, and whether it is a person (PS3.3 C.7.3.1.1.2, C.7.1.1)."""
    dataset, found = stack.first.dataset, []
    if not text(dataset, "PatientPosition") and "PatientOrientationCodeSequence" not in dataset:
        message = "How the patient lay is not recorded; letters come from the directions only."
        found.append(Finding("G59", Severity.NOTE, message, {}, ("0018,5100",)))
    if is_quadruped(dataset):
        message = "The directions are those of an animal: the letters of the human body are hidden."
        found.append(Finding("G60", Severity.WARN, message, {}, ("0010,2210",)))
    return found


def is_quadruped(dataset: Dataset) -> bool:
    """Whether the directions are those of an animal on four legs (PS3.3 C.7.1.1).

    Parameters
    ----------
    dataset : Dataset
    """
    return text(dataset, "AnatomicalOrientationType").upper() == "QUADRUPED"


def reformat_findings(stack: Audited) -> list[Finding]:
    """G61: slices that were computed from others."""
    words = set(stack.first.image_type)
    if "DERIVED" not in words or not words & _REFORMATS:
        return []
    message = "Reformatted by the scanner: thickness and spacing are those of the new slices."
    return [Finding("G61", Severity.NOTE, message, {}, ("0008,0008",))]


def private_copy_findings(stack: Audited) -> list[Finding]:
    """G62: Philips' private copy of the position; the first, the middle and the last slice are asked."""
    pixel = stack.pixel_mm
    if pixel is None or "PHILIPS" not in stack.first.manufacturer.upper():
        return []
    asked = (stack.first, stack.instances[len(stack.instances) // 2], stack.instances[-1])
    apart = max(map(_copy_apart_mm, asked))
    if apart <= COPY_DIFFERS_PIXELS * pixel:
        return []
    message = f"A hidden copy of the position differs by {apart:.2f} mm; the standard one is used."
    return [Finding("G62", Severity.NOTE, message, {"apart_mm": apart}, ("2005,140F",))]


def _copy_apart_mm(instance: Instance) -> float:
    """How far the private copy lies from the position; 0 where there is none."""
    group, creator, element = _PHILIPS_COPY
    try:
        items = instance.dataset.private_block(group, creator)[element].value
    except KeyError:
        return 0.0
    if instance.placement is None or not isinstance(items, Sequence) or not len(items):
        return 0.0
    item = items[0]
    copy = numbers(item, "ImagePositionPatient", 3) if isinstance(item, Dataset) else None
    return 0.0 if copy is None else float(np.linalg.norm(np.array(copy) - instance.placement.position_mm))


def anonymised_findings(stack: Audited) -> list[Finding]:
    """G63: pictures whose identity and times were removed."""
    dataset = stack.first.dataset
    removed = text(dataset, "PatientIdentityRemoved").upper() == "YES" or text(dataset, "DeidentificationMethod")
    if not removed or any(text(dataset, keyword).strip("0.") for keyword in _TIMES):
        return []
    message = "Anonymised, the times are blank: the order in time cannot be checked."
    return [Finding("G63", Severity.NOTE, message, {}, ("0012,0062", "0008,0031"))]
