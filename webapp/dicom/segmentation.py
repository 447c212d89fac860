"""A DICOM SEG read: its segments, and each frame with its own place (PS3.3 C.8.20)."""

from __future__ import annotations

from typing import Final

from pydicom.dataset import Dataset

from webapp.config import Limits
from webapp.dicom.archive import Member
from webapp.dicom.frames import frames_of_file
from webapp.dicom.header import Header
from webapp.dicom.model import Instance
from webapp.dicom.picture_classes import LABEL_MAP, class_of
from webapp.dicom.read import check_size, held, whole_file
from webapp.dicom.regions import MOST_REGIONS, Kind, MarkedFrame, Region, Segmentation, colour_of_lab
from webapp.dicom.values import items, numbers, text, whole
from webapp.errors import BadDimensions, FileTruncated, RegionsUnread

_KINDS: Final = {"BINARY": Kind.BINARY, "FRACTIONAL": Kind.FRACTIONAL, "LABELMAP": Kind.LABELMAP}
_WHOLE: Final = 255


def read_segmentation(member: Member, header: Header, limits: Limits) -> Segmentation:
    """The segments and frames of a file.

    Parameters
    ----------
    member : Member
    header : Header
    limits : Limits

    Raises
    ------
    FileTruncated, BadDimensions, RegionsUnread
    """
    dataset = header.dataset
    if header.offset is None:
        raise FileTruncated("The segmentation has no pixels; the file is cut short or was stripped.")
    kind = Kind.LABELMAP if class_of(dataset) == LABEL_MAP else _KINDS.get(text(dataset, "SegmentationType").upper())
    if kind is None:
        raise RegionsUnread("The segmentation is neither binary, fractional nor a label map (0062,0001).")
    file = whole_file(member, header)
    check_size(file, limits)
    if held(file).frames < file.announced:
        raise FileTruncated(f"The segmentation announces {file.announced} frames, but holds fewer: it is cut short.")
    if file.format.samples != 1 or (kind is Kind.BINARY and file.format.bits_allocated not in (1, 8)):
        raise BadDimensions("The pixels of the segmentation are of a kind that it does not announce.")
    regions = _regions(dataset)
    frames = tuple(_frame(picture, regions, kind) for picture in frames_of_file(file))
    full = whole(dataset, "MaximumFractionalValue") if kind is Kind.FRACTIONAL else 1
    if not full or not 0 < full <= _WHOLE:
        raise RegionsUnread("The value that stands for a whole pixel (0062,000E) is missing or impossible.")
    return Segmentation(kind, regions, frames, full)


def _regions(dataset: Dataset) -> tuple[Region, ...]:
    """Its segments in the order of the file; two of one number are refused."""
    described = items(dataset, "SegmentSequence")
    if not described or len(described) > MOST_REGIONS:
        raise RegionsUnread(f"The segmentation describes {len(described)} segments; 1 to {MOST_REGIONS} are read.")
    numbered = [whole(one, "SegmentNumber") for one in described]
    if None in numbered or len(set(numbered)) < len(numbered):
        raise RegionsUnread("Segments without a number of their own (0062,0004) cannot be told apart.")
    return tuple(
        Region(number or 0, text(one, "SegmentLabel"), colour_of_lab(_lab(one), place))
        for place, (one, number) in enumerate(zip(described, numbered, strict=True))
    )


def _lab(segment: Dataset) -> list[float] | None:
    """The recommended colour as stored."""
    return numbers(segment, "RecommendedDisplayCIELabValue", 3)


def _frame(picture: Instance, regions: tuple[Region, ...], kind: Kind) -> MarkedFrame:
    """A frame with the segment it belongs to, and the pictures it was drawn on."""
    groups = items(picture.file_dataset, "PerFrameFunctionalGroupsSequence")
    own = groups[picture.frame] if picture.frame < len(groups) else Dataset()
    shared = (items(picture.file_dataset, "SharedFunctionalGroupsSequence") or [Dataset()])[0]
    named = [
        whole(item, "ReferencedSegmentNumber")
        for group in (own, shared)
        for item in items(group, "SegmentIdentificationSequence")
    ]
    places = [place for place, region in enumerate(regions) if named and region.number == named[0]]
    if kind is not Kind.LABELMAP and not places:
        raise RegionsUnread("A frame names no segment that the file describes (0062,000B).")
    sources = tuple(
        text(source, "ReferencedSOPInstanceUID")
        for derived in items(own, "DerivationImageSequence")
        for source in items(derived, "SourceImageSequence")
    )
    return MarkedFrame(picture, -1 if kind is Kind.LABELMAP else places[0], sources)
