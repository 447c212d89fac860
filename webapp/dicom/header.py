"""The elements before the pixels, from as few of a file's bytes as possible."""

from __future__ import annotations

import io
import itertools
import zlib
from collections.abc import Callable
from typing import Final, NamedTuple

from pydicom.dataset import FileDataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag, Tag
from pydicom.uid import DeflatedExplicitVRLittleEndian

from webapp.config import Limits
from webapp.dicom.archive import Member
from webapp.dicom.bare import could_be_dicom
from webapp.dicom.prescan import check_cost
from webapp.dicom.zip_directory import archive_words
from webapp.errors import FileTruncated, InstanceError, NestedArchive, NotDicom

#: First bytes looked at; nearly every classic header ends before.
_FIRST_LOOK = 1 << 15

#: How much further to look when the header goes on.
_LOOK_FACTOR = 8

#: Elements that hold pixels: whole numbers, or floating point of 32 or of 64 bits (PS3.3 C.7.6.24, C.7.6.25).
PIXEL_DATA: Final = Tag("PixelData")
FLOAT_BITS: Final = {Tag("FloatPixelData"): 32, Tag("DoubleFloatPixelData"): 64}
_PIXELS = frozenset((PIXEL_DATA, *FLOAT_BITS))
_DEFLATED = str(DeflatedExplicitVRLittleEndian).encode()


class Header(NamedTuple):
    """Everything before the pixels, and where they start.

    Parameters
    ----------
    dataset : FileDataset
    offset : int or None
        Place of the pixel element in the member's bytes; -1 when only pydicom can find it; None when there is none.
    element : BaseTag or None
        Which element holds the pixels.
    """

    dataset: FileDataset
    offset: int | None
    element: BaseTag | None


def read_header(member: Member, limits: Limits) -> Header:
    """Read as far as the pixels.

    Parameters
    ----------
    member : Member
    limits : Limits

    Returns
    -------
    Header

    Raises
    ------
    NotDicom, NestedArchive, FileTruncated
    """
    wanted = _FIRST_LOOK
    while True:
        head = member.head(wanted)
        whole = len(head) < wanted
        if _DEFLATED in head[:1024]:
            return _deflated_header(member, limits)
        found = _parse(head, whole, limits)
        if found is not None and (found.offset is not None or whole):
            return found
        if whole or wanted > limits.header_bytes:
            raise FileTruncated
        wanted *= _LOOK_FACTOR


def _parse(head: bytes, whole: bool, limits: Limits) -> Header | None:
    """Parse as far as the pixels; nothing when the bytes end too early."""
    if not could_be_dicom(head):
        raise _no_dicom(head)
    check_cost(head, limits)
    met: list[BaseTag] = []
    count = _counter(limits)

    def at_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
        count(tag, vr, length)
        if tag in _PIXELS:
            met.append(tag)
        return bool(met)

    stream = io.BytesIO(head)
    try:
        dataset = read_partial(stream, stop_when=at_pixels, force=True)
    except (EOFError, OSError) as error:
        if whole:
            raise FileTruncated from error
        return None
    except NotDicom:
        raise
    except RecursionError as error:
        raise NotDicom("Its sequences are nested too deeply to be read.") from error
    except Exception as error:  # pydicom raises nearly anything on bytes that are not what they seem
        if not whole:
            return None
        raise NotDicom("Its elements cannot be read.") from error
    return Header(dataset, stream.tell(), met[0]) if met else Header(dataset, None, None)


def _counter(limits: Limits) -> Callable[[BaseTag, str | None, int], bool]:
    """Asked at each element by pydicom: refuses more of them than are taken from one file, and stops at none."""
    numbers = itertools.count(1)

    def count(_tag: BaseTag, _vr: str | None, _length: int) -> bool:
        if next(numbers) > limits.elements:
            raise NotDicom("It holds more elements than are taken from one file.")
        return False

    return count


def _no_dicom(head: bytes) -> InstanceError:
    """The refusal for a file that does not begin as DICOM does: an archive by its name."""
    words = archive_words(head)
    return NestedArchive(f"This is {words}; archives inside an upload are not opened.") if words else NotDicom()


def _deflated_header(member: Member, limits: Limits) -> Header:
    """A deflated data set, inflated once under a cap before pydicom inflates it without one (PS3.5 A.5)."""
    whole = member.read()
    start = 144 + int.from_bytes(whole[140:144], "little")
    try:
        inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(whole[start:], limits.deflated_bytes + 1)
    except zlib.error as error:
        raise NotDicom("Its deflated elements are damaged.") from error
    if len(inflated) > limits.deflated_bytes:
        raise NotDicom("Its deflated elements unpack to more than is taken from one file.")
    check_cost(inflated, limits)
    try:
        dataset = read_partial(io.BytesIO(whole), stop_when=_counter(limits), force=True)
    except NotDicom:
        raise
    except Exception as error:  # as in _parse
        raise NotDicom("Its elements cannot be read.") from error
    element = next((tag for tag in sorted(_PIXELS) if tag in dataset), None)
    return Header(dataset, None if element is None else -1, element)
