"""A member's bytes to Instances: every header element typed once, at the door; one instance a picture."""

from __future__ import annotations

from dataclasses import replace

from pydicom.dataset import FileDataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from webapp.config import Limits
from webapp.dicom.archive import Member
from webapp.dicom.codecs import FAMILIES, NATIVE, no_decoder
from webapp.dicom.frames import frames_of_file
from webapp.dicom.header import FLOAT_BITS, Header, read_header
from webapp.dicom.model import Instance, PixelFormat
from webapp.dicom.mosaic import is_mosaic, tiles_of
from webapp.dicom.picture_classes import NO_PICTURES, class_name, class_of
from webapp.dicom.pixels import check_format
from webapp.dicom.typed import format_of, frame_count, placement_of, recorded_of, scale_of
from webapp.dicom.values import text, texts, whole
from webapp.errors import BadDimensions, NotAnImage, NotDicom

#: Bytes that any compressed frame takes with the head of its fragment.
_SMALLEST_CODESTREAM = 16

_MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"

#: Elements of which an object that is DICOM at all has at least one.
_IDENTIFYING = ("SOPClassUID", "Modality", "PatientID", "StudyInstanceUID")


def read_instances(member: Member, limits: Limits) -> list[Instance]:
    """One member's pictures: one of a classic file, one a frame of a multi-frame file, one a tile of a mosaic.

    Parameters
    ----------
    member : Member
    limits : Limits

    Returns
    -------
    list of Instance
        In the file's order, which says nothing about space.

    Raises
    ------
    NotDicom, FileTruncated, NotAnImage, NoDecoder, BadDimensions
    """
    return pictures_of(member, read_header(member, limits), limits)


def pictures_of(member: Member, header: Header, limits: Limits) -> list[Instance]:
    """The pictures of a member whose header is at hand; see `read_instances`."""
    dataset, offset = header.dataset, header.offset
    if offset is None and "PixelDataProviderURL" in dataset:
        raise no_decoder(text(dataset.file_meta, "TransferSyntaxUID"))
    if offset is None or text(dataset, "SOPClassUID") in NO_PICTURES:
        raise NotAnImage(_what_it_is(dataset, has_pixels=offset is not None))
    instance = whole_file(member, header)
    check_size(instance, limits)
    return tiles_of(instance) if is_mosaic(instance) else frames_of_file(held(instance))


def whole_file(member: Member, header: Header) -> Instance:
    """A file with pixels, typed as if it were one picture.

    Parameters
    ----------
    member : Member
    header : Header
        With the place of the pixels.

    Raises
    ------
    BadDimensions
    """
    form = format_of(header.dataset, FLOAT_BITS.get(header.element) if header.element is not None else None)
    return _instance(member, header.dataset, -1 if header.offset is None else header.offset, form)


def check_size(instance: Instance, limits: Limits) -> None:
    """Refuse a file whose pictures are too large, too many, or stored in a way this version does not read.

    Raises
    ------
    BadDimensions
    """
    check_format(instance.format, limits)
    if instance.frames > limits.frames:
        raise BadDimensions(f"The file announces more than {limits.frames} frames.")


def held(instance: Instance) -> Instance:
    """The file without the frames it announces but cannot hold, save one that will say so; undecodable, it is one."""
    most = 1
    if instance.transfer_syntax in FAMILIES:
        most += instance.member.size // _SMALLEST_CODESTREAM
    elif instance.transfer_syntax in NATIVE and instance.pixel_offset >= 0:
        most += instance.member.size * 8 // instance.format.frame_bits
    elif instance.transfer_syntax in NATIVE:
        most = instance.frames
    return replace(instance, frames=min(instance.frames, most))


def _what_it_is(dataset: FileDataset, *, has_pixels: bool) -> str:
    """A sentence for an object that is no picture; only the standard's own names, never a tag's text."""
    uid = class_of(dataset)
    if uid == _MEDIA_DIRECTORY:
        return "A DICOMDIR: a table of contents, not a picture."
    known = class_name(uid)
    if not known and not any(keyword in dataset for keyword in _IDENTIFYING):
        raise NotDicom
    if not known:
        return NotAnImage.cause
    if has_pixels:
        return f"{known}: it marks pictures and is none itself."
    if "Image Storage" in known:
        return f"{known}: its picture is missing; the file is cut short or was stripped."
    return f"{known}: an object without a picture."


def _instance(member: Member, dataset: FileDataset, offset: int, form: PixelFormat) -> Instance:
    """The typed header of the file as a whole."""
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
        frames=frame_count(dataset),
        announced=frame_count(dataset),
        format=form,
        placement=placement_of(dataset),
        recorded=recorded_of(dataset),
        scale=scale_of(dataset),
        stack_id=text(dataset, "StackID"),
        concatenation=text(dataset, "ConcatenationUID"),
    )


def _implied_syntax(dataset: FileDataset) -> str:
    """The transfer syntax of a file without meta elements, from how it was read."""
    implicit, little = dataset.original_encoding
    if implicit:
        return str(ImplicitVRLittleEndian)
    return str(ExplicitVRLittleEndian if little else ExplicitVRBigEndian)
