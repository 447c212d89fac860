"""A member's bytes to an Instance: every header element typed once, at the door."""

from __future__ import annotations

import math

import numpy as np
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import UID

from webapp.config import Limits
from webapp.dicom.archive import Member
from webapp.dicom.header import read_header
from webapp.dicom.model import Instance, PixelFormat, Placement, Recorded, Scale
from webapp.dicom.pixels import check_format
from webapp.dicom.values import number, numbers, text, texts, whole
from webapp.errors import BadDimensions, NotAnImage, NotDicom

_MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"

#: Elements of which an object that is DICOM at all has at least one.
_IDENTIFYING = ("SOPClassUID", "Modality", "PatientID", "StudyInstanceUID")

#: Beyond these a position or a direction is no measured number (mm, and parts of a unit vector).
_FARTHEST_MM = 1e6
_LONGEST_DIRECTION = 1e3

#: Usable distances between pixels, mm.
_PIXEL_MM = (1e-5, 50.0)

#: Rescale Types that are not said aloud: US means "unspecified".
_UNSPECIFIED = ("", "US")


def read_instance(member: Member, limits: Limits) -> Instance:
    """One member's header, typed.

    Raises
    ------
    NotDicom, FileTruncated, NotAnImage, BadDimensions
    """
    dataset, offset = read_header(member, limits)
    if offset is None:
        raise NotAnImage(_what_it_is(dataset))
    instance = _instance(member, dataset, offset)
    check_format(instance.format, limits)
    return instance


def _what_it_is(dataset: FileDataset) -> str:
    """A sentence for an object without pixels; only the standard's own names, never a tag's text."""
    uid = UID(text(dataset, "SOPClassUID") or text(dataset.file_meta, "MediaStorageSOPClassUID"))
    if uid == _MEDIA_DIRECTORY:
        return "A DICOMDIR: a table of contents, not a picture."
    known = uid.name if uid.is_valid and uid.name != uid else ""
    if not known and not any(keyword in dataset for keyword in _IDENTIFYING):
        raise NotDicom
    if "Image Storage" in known:
        return f"{known}: its picture is missing; the file is cut short or was stripped."
    return f"{known}: an object without a picture." if known else NotAnImage.cause


def _instance(member: Member, dataset: FileDataset, offset: int) -> Instance:
    """The typed header."""
    return Instance(
        member=member,
        frame=0,
        pixel_offset=offset,
        dataset=dataset,
        transfer_syntax=text(dataset.file_meta, "TransferSyntaxUID") or _implied_syntax(dataset),
        sop_class=text(dataset, "SOPClassUID"),
        sop_uid=text(dataset, "SOPInstanceUID"),
        series_uid=text(dataset, "SeriesInstanceUID"),
        study_uid=text(dataset, "StudyInstanceUID"),
        patient_id=text(dataset, "PatientID"),
        frame_of_reference=text(dataset, "FrameOfReferenceUID"),
        modality=text(dataset, "Modality"),
        manufacturer=text(dataset, "Manufacturer"),
        description=text(dataset, "SeriesDescription"),
        image_type=tuple(word.strip().upper() for word in texts(dataset, "ImageType")),
        number=whole(dataset, "InstanceNumber"),
        frames=_frames(dataset),
        format=_format(dataset),
        placement=_placement(dataset),
        recorded=_recorded(dataset),
        scale=_scale(dataset),
    )


def _implied_syntax(dataset: FileDataset) -> str:
    """The transfer syntax of a file without meta elements, from how it was read."""
    implicit, little = dataset.original_encoding
    if implicit:
        return "1.2.840.10008.1.2"
    return "1.2.840.10008.1.2.1" if little else "1.2.840.10008.1.2.2"


def _format(dataset: Dataset) -> PixelFormat:
    """The pixel description, complete and possible, or a refusal."""
    wanted = ("Rows", "Columns", "BitsAllocated")
    rows, columns, bits = (whole(dataset, keyword) or 0 for keyword in wanted)
    samples = whole(dataset, "SamplesPerPixel") or 1
    if rows < 1 or columns < 1 or bits not in (1, 8, 16, 32, 64) or samples not in (1, 3):
        raise BadDimensions
    stored = whole(dataset, "BitsStored") or bits
    high = whole(dataset, "HighBit")
    high = stored - 1 if high is None else high
    signed = whole(dataset, "PixelRepresentation") or 0
    if not (1 <= stored <= bits and stored - 1 <= high < bits and signed in (0, 1)):
        raise BadDimensions
    return PixelFormat(
        rows, columns, samples, text(dataset, "PhotometricInterpretation"), bits, stored, high, bool(signed)
    )


def _frames(dataset: Dataset) -> int:
    """Number of Frames, 1 when absent."""
    if "NumberOfFrames" not in dataset:
        return 1
    frames = whole(dataset, "NumberOfFrames")
    if frames is None or frames < 1:
        raise BadDimensions("The number of frames (0028,0008) is not a whole number above zero.")
    return frames


def _placement(dataset: Dataset) -> Placement | None:
    """Position and directions when both are complete numbers; None otherwise."""
    position = numbers(dataset, "ImagePositionPatient", 3)
    directions = numbers(dataset, "ImageOrientationPatient", 6)
    if position is None or directions is None:
        return None
    if max(map(abs, position)) > _FARTHEST_MM or max(map(abs, directions)) > _LONGEST_DIRECTION:
        return None
    spacing = numbers(dataset, "PixelSpacing", 2)
    usable = spacing is not None and all(_PIXEL_MM[0] <= step <= _PIXEL_MM[1] for step in spacing)
    return Placement(
        position_mm=np.array(position),
        row=np.array(directions[:3]),
        column=np.array(directions[3:]),
        spacing_mm=(spacing[0], spacing[1]) if spacing is not None and usable else None,
    )


def _recorded(dataset: Dataset) -> Recorded:
    """The geometry tags that are only held against the positions."""
    return Recorded(
        spacing_between_slices=number(dataset, "SpacingBetweenSlices"),
        thickness=number(dataset, "SliceThickness"),
        slice_location=number(dataset, "SliceLocation"),
        gantry_tilt=number(dataset, "GantryDetectorTilt"),
        spacing_tag_present="SpacingBetweenSlices" in dataset,
    )


def _scale(dataset: Dataset) -> Scale:
    """Rescale Slope and Intercept; absent or empty means as stored."""
    slope, intercept = _factor(dataset, "RescaleSlope"), _factor(dataset, "RescaleIntercept")
    kind = text(dataset, "RescaleType").upper()
    present = slope is not None or intercept is not None
    return Scale(1.0 if slope is None else slope, intercept or 0.0, "" if kind in _UNSPECIFIED else kind, present)


def _factor(dataset: Dataset, keyword: str) -> float | None:
    """A number of the modality stage: None when absent or empty, not-a-number when it holds something else."""
    found = number(dataset, keyword)
    if found is not None or keyword not in dataset:
        return found
    raw = dataset.get_item(keyword)
    return math.nan if raw is not None and raw.value not in (None, "", b"") else None
