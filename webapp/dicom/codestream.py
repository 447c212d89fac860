"""What a compressed picture says about itself, read out of its first bytes before any decoder sees it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from webapp.dicom.model import PixelFormat
from webapp.errors import CodestreamMismatch, DecodeFailed

#: Families of codestreams, by the names of their standards.
JPEG: Final = "JPEG"
JPEG_LS: Final = "JPEG-LS"
JPEG_2000: Final = "JPEG 2000"
RLE: Final = "RLE"

#: Marker codes behind 0xFF (ITU-T T.81 B.1.1.3, T.87 C.1.1, T.800 A.2).
_START_OF_SCAN: Final = 0xDA
_JFIF: Final = 0xE0
_ADOBE: Final = 0xEE
_JPEG_LS_FRAME: Final = 0xF7
_FRAMES: Final = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xF7))
_STANDALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))
_SIZE: Final = 0x51
_CODING: Final = 0x52
_START_OF_TILE: Final = 0x90

#: The last two bytes of a JPEG, JPEG-LS or JPEG 2000 codestream. No coded picture holds them.
_END: Final = b"\xff\xd9"

_TAIL: Final = 16

_JPEG_START: Final = b"\xff\xd8"
_JPEG_2000_START: Final = b"\xff\x4f\xff\x51"
_RLE_TABLE: Final = 64
_BOXES_START: Final = b"\x00\x00\x00\x0cjP  "

#: What an Adobe marker says of three components (ITU-T T.872 6.5.3).
_TRANSFORMS: Final = {0: "RGB", 1: "YBR"}
_NAMED_BY_LETTERS: Final = ((82, 71, 66), (114, 103, 98))


@dataclass(frozen=True, slots=True)
class Codestream:
    """What a compressed picture says about itself.

    Parameters
    ----------
    family : str
        `JPEG`, `JPEG_LS`, `JPEG_2000` or `RLE`.
    rows, columns, components, precision : int
        Precision: bits of a number.
    signed : bool
        Its numbers have a sign; only JPEG 2000 knows any.
    colour : str
        ``"RGB"`` or ``"YBR"`` where it tells what its three components are once decoded, else empty.
    """

    family: str
    rows: int
    columns: int
    components: int
    precision: int
    signed: bool = False
    colour: str = ""


def codestream(frame: bytes) -> Codestream:
    """The description at the beginning of a JPEG, JPEG-LS or JPEG 2000 codestream, whose end is there.

    Parameters
    ----------
    frame : bytes
        One picture, without boxes round it.

    Raises
    ------
    DecodeFailed
        It is none of these, or damaged, or cut short.
    """
    try:
        if frame.startswith(_JPEG_2000_START):
            return _jpeg_2000(frame)
        if frame.startswith(_JPEG_START):
            return _jpeg(frame)
    except (struct.error, IndexError, ValueError) as error:
        raise DecodeFailed from error
    raise DecodeFailed("The compressed picture is none of JPEG, JPEG-LS and JPEG 2000.")


def rle_codestream(frame: bytes, form: PixelFormat) -> Codestream:
    """The description of run lengths, which know nothing but their segments: the rest is the header's.

    Parameters
    ----------
    frame : bytes
        One picture: a table of up to 15 segments of 64 bytes, then the segments (PS3.5 G.5).
    form : PixelFormat

    Raises
    ------
    CodestreamMismatch, DecodeFailed
        There are more or fewer bytes a pixel, or segments that unpack to more than the picture.
    """
    if len(frame) < _RLE_TABLE:
        raise DecodeFailed
    count, *offsets = struct.unpack_from("<16L", frame)
    wanted = form.samples * -(-form.bits_allocated // 8)
    if count != wanted:
        raise CodestreamMismatch(f"The run lengths hold {count} bytes a pixel, the header describes {wanted}.")
    starts = [*offsets[:count], len(frame)]
    longest = 2 * form.rows * form.columns + form.rows + 2
    if starts[0] < _RLE_TABLE or any(not 0 < b - a <= longest for a, b in pairwise(starts)):
        raise DecodeFailed
    return Codestream(RLE, form.rows, form.columns, form.samples, form.bits_allocated, form.signed)


def starts_codestream(fragment: bytes) -> bool:
    """Whether a fragment begins as a JPEG, JPEG-LS or JPEG 2000 picture does.

    Parameters
    ----------
    fragment : bytes
    """
    return fragment.startswith((_JPEG_START + b"\xff", _JPEG_2000_START, _BOXES_START))


def unboxed(frame: bytes) -> bytes:
    """A JPEG 2000 codestream without the boxes of a JP2 file, which DICOM does not know but some writers leave.

    Parameters
    ----------
    frame : bytes

    Raises
    ------
    DecodeFailed
        Boxes without a codestream (ITU-T T.800 I.4).
    """
    if not frame.startswith(_BOXES_START):
        return frame
    place = 0
    while place + 8 <= len(frame):
        length, kind = struct.unpack_from(">L4s", frame, place)
        if kind == b"jp2c":
            return frame[place + (16 if length == 1 else 8) :]
        if length < 8:
            break
        place += length
    raise DecodeFailed


def _jpeg(frame: bytes) -> Codestream:
    """From the segments before the first scan (ITU-T T.81 B.2, T.87 C.2)."""
    found: Codestream | None = None
    told = ""
    for marker, place in _segments(frame, 2):
        if marker in _FRAMES:
            found = _jpeg_frame(frame, marker, place)
        elif marker == _JFIF and frame[place + 2 : place + 6] == b"JFIF":
            told = "YBR"
        elif marker == _ADOBE and frame[place + 2 : place + 7] == b"Adobe":
            told = told or _transform(frame, place)
        elif marker == _START_OF_SCAN:
            return _with_scan(frame, place, found, told)
    raise DecodeFailed


def _transform(frame: bytes, place: int) -> str:
    """What an Adobe segment says of the colours; one that is too short says nothing."""
    (length,) = struct.unpack_from(">H", frame, place)
    return _TRANSFORMS.get(frame[place + 13], "") if length >= 14 else ""


def _jpeg_frame(frame: bytes, marker: int, place: int) -> Codestream:
    """From the frame header; red, green and blue may be named by their letters, and are never thinned out."""
    precision, rows, columns, components = struct.unpack_from(">BHHB", frame, place + 2)
    described = [struct.unpack_from(">BB", frame, place + 8 + 3 * number) for number in range(components)]
    colour = "YBR" if len({factors for _, factors in described}) > 1 else ""
    if tuple(name for name, _ in described) in _NAMED_BY_LETTERS:
        colour = "RGB"
    family = JPEG_LS if marker == _JPEG_LS_FRAME else JPEG
    return Codestream(family, rows, columns, components, precision, colour=colour)


def _with_scan(frame: bytes, place: int, found: Codestream | None, told: str) -> Codestream:
    """The whole description at the first scan, behind which the end must follow."""
    if found is None:
        raise DecodeFailed
    _hold_to_end(frame, place)
    return replace(found, colour=(found.colour or told) if found.components > 1 and found.family == JPEG else "")


def _jpeg_2000(frame: bytes) -> Codestream:
    """From the main header (ITU-T T.800 A.5.1, A.6.1)."""
    found: Codestream | None = None
    for marker, place in _segments(frame, 2):
        if marker == _SIZE:
            found = _jpeg_2000_size(frame, place)
        elif marker == _CODING and found is not None:
            transformed = found.components > 1 and frame[place + 6] == 1
            found = replace(found, colour="RGB" if transformed else "")
        elif marker == _START_OF_TILE and found is not None:
            _hold_to_end(frame, place)
            return found
    raise DecodeFailed


def _jpeg_2000_size(frame: bytes, place: int) -> Codestream:
    """From the size segment; components must be alike, as a DICOM header can describe no others."""
    right, bottom, left, top = struct.unpack_from(">4L", frame, place + 4)
    (components,) = struct.unpack_from(">H", frame, place + 36)
    kinds = {bytes(frame[at : at + 3]) for at in range(place + 38, place + 38 + 3 * components, 3)}
    if len(kinds) != 1:
        raise CodestreamMismatch("The components of the compressed picture differ in size or bits.")
    depth, across, down = struct.unpack(">3B", kinds.pop())
    if (across, down) != (1, 1):
        raise CodestreamMismatch("The compressed picture keeps fewer pixels than its own size says.")
    return Codestream(JPEG_2000, bottom - top, right - left, components, (depth & 0x7F) + 1, signed=bool(depth & 0x80))


def _segments(frame: bytes, place: int) -> Iterator[tuple[int, int]]:
    """Markers with a segment, and where its length stands."""
    while place + 4 <= len(frame):
        if frame[place] != 0xFF:
            raise DecodeFailed
        marker = frame[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in _STANDALONE:
            place += 2
        else:
            yield marker, place + 2
            place += 2 + max(2, int(struct.unpack_from(">H", frame, place + 2)[0]))


def _hold_to_end(frame: bytes, place: int) -> None:
    """Decoders fill what is missing with grey, so a codestream must reach its end; it is looked for there first."""
    if frame.rfind(_END, max(place, len(frame) - _TAIL)) < 0 and frame.find(_END, place) < 0:
        raise DecodeFailed("The compressed picture is cut short: its end is missing.")
