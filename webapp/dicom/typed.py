"""Elements of a data set as values: the stored format, the place in the patient, the recorded geometry, the scale."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from pydicom.dataset import Dataset

from webapp.dicom.model import PixelFormat, Placement, Recorded, Scale
from webapp.dicom.values import number, numbers, text, whole
from webapp.errors import BadDimensions

#: Beyond these a position or a direction is no measured number (mm, and parts of a unit vector).
_FARTHEST_MM = 1e6
_LONGEST_DIRECTION = 1e3

#: Usable distances between pixels, mm.
_PIXEL_MM = (1e-5, 50.0)


def format_of(dataset: Dataset, float_bits: int | None = None) -> PixelFormat:
    """The pixel description, complete and possible, or a refusal.

    Parameters
    ----------
    dataset : Dataset
    float_bits : int, optional
        Bits of one floating-point pixel, where the pixels are such.

    Raises
    ------
    BadDimensions
    """
    wanted = ("Rows", "Columns", "BitsAllocated")
    rows, columns, bits = (whole(dataset, keyword) or 0 for keyword in wanted)
    samples = whole(dataset, "SamplesPerPixel") or 1
    if rows < 1 or columns < 1 or bits not in (1, 8, 16, 32, 64) or samples not in (1, 3):
        raise BadDimensions
    photometric = text(dataset, "PhotometricInterpretation").upper()
    if float_bits is not None:
        if (bits, samples) != (float_bits, 1):
            raise BadDimensions
        return PixelFormat(rows, columns, 1, photometric, bits, bits, bits - 1, signed=True, floating=True)
    stored = whole(dataset, "BitsStored") or bits
    high = whole(dataset, "HighBit")
    high = stored - 1 if high is None else high
    signed = whole(dataset, "PixelRepresentation") or 0
    if not (1 <= stored <= bits and stored - 1 <= high < bits and signed in (0, 1)):
        raise BadDimensions
    by_plane = whole(dataset, "PlanarConfiguration") == 1
    return PixelFormat(rows, columns, samples, photometric, bits, stored, high, bool(signed), by_plane)


def frame_count(dataset: Dataset) -> int:
    """Number of Frames, 1 when absent."""
    if "NumberOfFrames" not in dataset:
        return 1
    frames = whole(dataset, "NumberOfFrames")
    if frames is None or frames < 1:
        raise BadDimensions("The number of frames (0028,0008) is not a whole number above zero.")
    return frames


def placement_of(dataset: Dataset) -> Placement | None:
    """Position and directions when both are complete numbers; None otherwise (PS3.3 C.7.6.2)."""
    position = numbers(dataset, "ImagePositionPatient", 3)
    return None if position is None else placed_at(position, dataset, dataset)


def placed_at(position_mm: Sequence[float], directions_in: Dataset, spacing_in: Dataset) -> Placement | None:
    """A placement whose parts stand in different data sets.

    Parameters
    ----------
    position_mm : sequence of 3 float
        Patient LPS.
    directions_in, spacing_in : Dataset
        Where Image Orientation (Patient) and Pixel Spacing are.

    Returns
    -------
    Placement or None
        None where the directions are no numbers, or any number is none that a scanner could have measured.
    """
    directions = numbers(directions_in, "ImageOrientationPatient", 6)
    if directions is None:
        return None
    if max(map(abs, position_mm)) > _FARTHEST_MM or max(map(abs, directions)) > _LONGEST_DIRECTION:
        return None
    return Placement(
        position_mm=np.array(position_mm, np.float64),
        row=np.array(directions[:3]),
        column=np.array(directions[3:]),
        spacing_mm=size_mm_of(spacing_in, "PixelSpacing"),
    )


def size_mm_of(dataset: Dataset, keyword: str) -> tuple[float, float] | None:
    """A pixel's size, between rows and between columns, mm; None where it is not recorded or not credible.

    Parameters
    ----------
    dataset : Dataset
    keyword : str
        Of an element that holds the two distances.
    """
    spacing = numbers(dataset, keyword, 2)
    if spacing is None or not all(_PIXEL_MM[0] <= step <= _PIXEL_MM[1] for step in spacing):
        return None
    return spacing[0], spacing[1]


def recorded_of(dataset: Dataset) -> Recorded:
    """The geometry tags that are only held against the positions."""
    return Recorded(
        spacing_between_slices=number(dataset, "SpacingBetweenSlices"),
        thickness=number(dataset, "SliceThickness"),
        slice_location=number(dataset, "SliceLocation"),
        gantry_tilt=number(dataset, "GantryDetectorTilt"),
        spacing_tag_present="SpacingBetweenSlices" in dataset,
    )


def scale_of(dataset: Dataset) -> Scale:
    """Rescale Slope and Intercept; absent or empty means as stored."""
    slope, intercept = _factor(dataset, "RescaleSlope"), _factor(dataset, "RescaleIntercept")
    kind = text(dataset, "RescaleType").upper()
    present = slope is not None and intercept is not None
    return Scale(1.0 if slope is None else slope, intercept or 0.0, kind, present)


def _factor(dataset: Dataset, keyword: str) -> float | None:
    """A number of the modality stage: None when absent or empty, not-a-number when it holds something else."""
    found = number(dataset, keyword)
    if found is not None or keyword not in dataset:
        return found
    raw = dataset.get_item(keyword)
    return math.nan if raw is not None and raw.value not in (None, "", b"") else None
