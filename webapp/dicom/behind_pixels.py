"""The pixel element and what lies behind it: as tags, without the pixels themselves."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import data_element_generator
from pydicom.tag import BaseTag

from webapp.dicom.model import Instance
from webapp.dicom.tag_words import Unread
from webapp.errors import InstanceError, IntakeError

_LONG: Final = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV"))
_UNDEFINED: Final = 0xFFFFFFFF
_PIXELS: Final = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))

#: Bytes of an element before its value, at most (PS3.5 7.1.2).
_HEAD: Final = 12


def behind_pixels(instance: Instance) -> Dataset:
    """The elements of a file from its pixels on; of the pixels themselves only how many bytes they are.

    A file is read whole only where something may follow its pixels.

    Parameters
    ----------
    instance : Instance
        Any picture of the file.
    """
    place = instance.pixel_offset
    if place < 0:
        return Dataset()
    implicit, little = _encoding(instance)
    head = instance.member.head(place + _HEAD)[place:]
    element, begin = _element(head, implicit, little)
    if element.length != _UNDEFINED and place + begin + element.length >= instance.member.size:
        return Dataset({element.tag: element})
    try:
        whole = instance.member.read()
    except (InstanceError, IntakeError):
        return Dataset({element.tag: element})
    return Dataset(_parsed(whole, place, implicit, little))


def _encoding(instance: Instance) -> tuple[bool, bool]:
    """Implicit or not, little-endian or not, as the file was read."""
    implicit, little = getattr(instance.file_dataset, "original_encoding", (False, True))
    return bool(implicit), little is not False


def _element(head: bytes, implicit: bool, little: bool) -> tuple[RawDataElement, int]:
    """The element without its value, and where that begins."""
    order: Final = "little" if little else "big"
    tag = BaseTag(int.from_bytes(head[:2], order) << 16 | int.from_bytes(head[2:4], order))
    vr = head[4:6]
    if implicit or not vr.isalpha():
        written, span = None, head[4:8]
        begin = 8
    elif vr in _LONG:
        written, span, begin = vr.decode("ascii"), head[8:12], 12
    else:
        written, span, begin = vr.decode("ascii"), head[6:8], 8
    length = int.from_bytes(span, order)
    return _unread(tag, written, length, (implicit, little)), begin


def _parsed(whole: bytes, place: int, implicit: bool, little: bool) -> dict[BaseTag, DataElement | RawDataElement]:
    """The elements from a place on; what cannot be read ends them."""
    stream = BytesIO(whole)
    stream.seek(place)
    found: dict[BaseTag, DataElement | RawDataElement] = {}
    try:
        for element in data_element_generator(stream, implicit, little):
            if element.tag in found:  # zeros that fill up a block read as one element again and again
                break
            found[element.tag] = _without_pixels(element, implicit, little)
    except Exception:  # pydicom raises nearly anything on bytes that are not what they seem
        return found
    return found


def _without_pixels(
    element: DataElement | RawDataElement, implicit: bool, little: bool
) -> DataElement | RawDataElement:
    """The element; that of the pixels by its length only."""
    if element.tag not in _PIXELS:
        return element
    return _unread(element.tag, element.VR, len(element.value or b""), (implicit, little))


def _unread(tag: BaseTag, vr: str | None, length: int, encoding: tuple[bool, bool]) -> RawDataElement:
    """An element without its value."""
    return RawDataElement(tag, vr, length, Unread(length), 0, *encoding)  # type: ignore[arg-type]
