"""How large the pixels of one picture are, and what that size is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import UID

from webapp.dicom.model import Instance
from webapp.dicom.tolerances import SQUARE_SHARE
from webapp.dicom.typed import size_mm_of
from webapp.dicom.values import items, number, numbers, text, whole

#: X-ray shadows: what lies nearer to the tube is drawn larger (PS3.3 10.7.1.3).
PROJECTIONS: Final = frozenset(("CR", "DX", "MG", "XA", "RF", "IO", "PX", "RG"))

#: Root of the storage classes of captured screens and scanned films (PS3.4 B.5).
_CAPTURES: Final = "1.2.840.10008.5.1.4.1.1.7"

#: Physical Units of an ultrasound region (0018,6024): centimetres.
_CENTIMETRES: Final = 3

#: Elements that tell the proportion of a pixel, rows before columns: the first one usable counts.
_PROPORTIONS: Final = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio")

#: Pixels longer than this many times their width are not credible.
_LONGEST: Final = 20.0


class SizeKind(StrEnum):
    """What the size of a pixel is worth."""

    PATIENT = "patient"
    REGION = "region"
    MAGNIFICATION = "magnification"
    DETECTOR = "detector"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class PixelSize:
    """The size of a pixel.

    Parameters
    ----------
    spacing_mm : tuple of 2 float
        Between rows, then between columns, mm.
    kind : SizeKind
        ``PATIENT``: true in the patient. ``REGION``: true inside the calibrated regions of an ultrasound picture.
        ``MAGNIFICATION``: at the detector, divided by the recorded magnification. ``DETECTOR``: at the detector, where
        the patient is magnified. ``UNSTATED``: of a projection whose header does not say which of these it is.
    """

    spacing_mm: tuple[float, float]
    kind: SizeKind


def pixel_size_of(instance: Instance) -> PixelSize | None:
    """The size of a picture's pixels; None where no length can be told.

    Parameters
    ----------
    instance : Instance
    """
    dataset, placed = instance.dataset, instance.placement
    if placed is not None and placed.spacing_mm is not None:
        return PixelSize(placed.spacing_mm, SizeKind.PATIENT)
    if items(dataset, "SequenceOfUltrasoundRegions"):
        region = _region_mm(dataset)
        return None if region is None else PixelSize(region, SizeKind.REGION)
    if instance.modality in PROJECTIONS:
        return _projected(dataset)
    spacing = size_mm_of(dataset, "PixelSpacing")
    uncalibrated = _is_capture(instance) and not text(dataset, "PixelSpacingCalibrationType")
    return None if spacing is None or uncalibrated else PixelSize(spacing, SizeKind.PATIENT)


def pixel_aspect_of(instance: Instance) -> float:
    """Height of a picture's pixels over their width; 1 where nothing credible tells it.

    Parameters
    ----------
    instance : Instance
    """
    size = pixel_size_of(instance)
    told = (numbers(instance.dataset, keyword, 2) for keyword in _PROPORTIONS)
    pairs: list[Sequence[float] | None] = [size.spacing_mm if size else None, *told]
    for pair in pairs:
        if pair and min(pair) > 0 and 1 / _LONGEST <= pair[0] / pair[1] <= _LONGEST:
            return pair[0] / pair[1]
    return 1.0


def is_at_detector(dataset: Dataset) -> bool:
    """Whether a projection's size is that at the detector: nothing says that it was calibrated in the patient.

    Parameters
    ----------
    dataset : Dataset
        With Imager Pixel Spacing (0018,1164).
    """
    at_detector = numbers(dataset, "ImagerPixelSpacing", 2)
    spacing = numbers(dataset, "PixelSpacing", 2)
    if at_detector is None or text(dataset, "PixelSpacingCalibrationType"):
        return False
    return spacing is None or np.allclose(spacing, at_detector, rtol=SQUARE_SHARE, atol=0)


def _projected(dataset: Dataset) -> PixelSize | None:
    """The size of a projection's pixels, as calibrated, as divided by the magnification, or at the detector."""
    at_detector, spacing = size_mm_of(dataset, "ImagerPixelSpacing"), size_mm_of(dataset, "PixelSpacing")
    if at_detector is not None and is_at_detector(dataset):
        factor = number(dataset, "EstimatedRadiographicMagnificationFactor")
        if factor is None or factor <= 0:
            return PixelSize(at_detector, SizeKind.DETECTOR)
        return PixelSize((at_detector[0] / factor, at_detector[1] / factor), SizeKind.MAGNIFICATION)
    if spacing is None:
        return None
    calibrated = at_detector is not None or text(dataset, "PixelSpacingCalibrationType")
    return PixelSize(spacing, SizeKind.PATIENT if calibrated else SizeKind.UNSTATED)


def _region_mm(dataset: Dataset) -> tuple[float, float] | None:
    """The pixel size that all regions in centimetres agree on, mm (PS3.3 C.8.5.5)."""
    sizes = [size for region in items(dataset, "SequenceOfUltrasoundRegions") if (size := _size_of(region))]
    agree = sizes and np.allclose(sizes, sizes[0], rtol=SQUARE_SHARE, atol=0)
    return sizes[0] if agree else None


def _size_of(region: Dataset) -> tuple[float, float] | None:
    """The pixel size of a region that is measured in centimetres both ways, mm."""
    if {whole(region, f"PhysicalUnits{axis}Direction") for axis in "XY"} != {_CENTIMETRES}:
        return None
    down, across = number(region, "PhysicalDeltaY"), number(region, "PhysicalDeltaX")
    return (10 * abs(down), 10 * abs(across)) if down and across else None


def _is_capture(instance: Instance) -> bool:
    """Whether a picture was captured from a screen or scanned from film, so that its size need not be the patient's."""
    return UID(instance.sop_class).startswith(_CAPTURES) or instance.modality == "OT"
