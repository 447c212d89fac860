"""Whether pixels have a size in the patient: G10, G11, G12."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from webapp.dicom.model import Instance
from webapp.dicom.picture_size import PROJECTIONS, is_at_detector
from webapp.dicom.tolerances import SQUARE_SHARE
from webapp.dicom.values import number, numbers
from webapp.findings import Finding, Severity

#: Sizes that are not the patient's, in the order they are offered.
_CANDIDATES: Final = (
    ("ImagerPixelSpacing", "0018,1164", "at the detector"),
    ("NominalScannedPixelSpacing", "0018,2010", "of the film digitiser"),
)


def no_pixel_size_finding(instance: Instance) -> Finding:
    """G10: no usable size; the nearest candidate is named."""
    message = "There is no usable pixel size, so there are no lengths in mm and no volume."
    tags = ["0028,0030"]
    for keyword, tag, whose in _CANDIDATES:
        size = numbers(instance.dataset, keyword, 2)
        if size is not None:
            message += f" The header only has a size {whose}: {size[0]:.3f} × {size[1]:.3f} mm."
            tags.append(tag)
            break
    return Finding("G10", Severity.WARN, message, {}, tuple(tags))


def pixel_size_findings(instances: Sequence[Instance]) -> list[Finding]:
    """G11, G12: pixels that are not square, and lengths that are magnified."""
    first = instances[0]
    spacing = first.placement.spacing_mm if first.placement else None
    found = []
    if spacing and abs(spacing[0] - spacing[1]) > SQUARE_SHARE * spacing[0]:
        message = f"Pixels are not square ({spacing[0]:.3f} × {spacing[1]:.3f} mm); drawn in true proportion."
        found.append(Finding("G11", Severity.NOTE, message, {"spacing_mm": list(spacing)}, ("0028,0030",)))
    return found + _magnified(first)


def _magnified(instance: Instance) -> list[Finding]:
    """G12: a projection whose pixel size is that at the detector (PS3.3 10.7.1.3)."""
    at_detector = numbers(instance.dataset, "ImagerPixelSpacing", 2)
    if at_detector is None or instance.modality not in PROJECTIONS or not is_at_detector(instance.dataset):
        return []
    size = f"{at_detector[0]:.3f} × {at_detector[1]:.3f} mm"
    message = f"The pixel size ({size}) is that at the detector: lengths in the patient are magnified."
    evidence = ("0028,0030", "0018,1164", "0028,0A02", "0018,1114")
    factor = number(instance.dataset, "EstimatedRadiographicMagnificationFactor")
    numbers_: dict[str, object] = {"at_detector_mm": at_detector}
    if factor is not None and factor > 0:
        message += f" Divided by the recorded magnification of {factor:.2f} they are estimates."
        numbers_["magnification"] = factor
    return [Finding("G12", Severity.WARN, message, numbers_, evidence)]
