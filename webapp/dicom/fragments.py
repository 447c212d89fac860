"""Which fragments of a compressed pixel element make which frame (PS3.5 A.4, PS3.3 C.7.6.3.1.8)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from webapp.dicom.codestream import starts_codestream
from webapp.dicom.model import Instance
from webapp.errors import CodestreamMismatch, DecodeFailed, FileTruncated

_LONG_VRS: Final = (b"OB", b"OW", b"UN")
_UNDEFINED: Final = 0xFFFFFFFF
_ITEM: Final = b"\xfe\xff\x00\xe0"
_DELIMITER: Final = b"\xfe\xff\xdd\xe0"

#: More fragments than this in one file are there to wear the reader out.
_MOST: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A piece of the pixel element: how far its item is behind the first one, and its bytes."""

    offset: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Encapsulated:
    """The codestreams of one file.

    Parameters
    ----------
    frames : int
        As many as the header announces.
    codestreams : tuple of bytes
        Of the first frames; fewer where the file does not hold all.
    """

    frames: int
    codestreams: tuple[bytes, ...]

    def frame(self, number: int) -> bytes:
        """One frame's codestream.

        Parameters
        ----------
        number : int

        Raises
        ------
        FileTruncated
        """
        if number >= len(self.codestreams):
            raise FileTruncated(f"The picture data hold {len(self.codestreams)} of {self.frames} frames.")
        return self.codestreams[number]


def encapsulated_in_file(instance: Instance, whole: bytes) -> Encapsulated:
    """The compressed pixel element of a file, straight out of its bytes.

    Parameters
    ----------
    instance : Instance
        Any picture of the file, whose place of the pixel element is known.
    whole : bytes
        All bytes of the file.

    Raises
    ------
    FileTruncated, CodestreamMismatch, DecodeFailed
    """
    start = instance.pixel_offset + 12
    if whole[instance.pixel_offset + 4 : instance.pixel_offset + 6] not in _LONG_VRS:
        start = instance.pixel_offset + 8
    if len(whole) < start + 8:
        raise FileTruncated
    if whole[start : start + 4] not in (_ITEM, _DELIMITER):
        raise CodestreamMismatch("The transfer syntax (0002,0010) says compressed, but the picture data are plain.")
    (length,) = struct.unpack_from("<L", whole, start - 4)
    end = len(whole) if length == _UNDEFINED else min(len(whole), start + length)
    frames = max(instance.announced, instance.frames)
    fragments = _fragments(whole, start, end, frames)
    table = b""
    if fragments and not starts_codestream(fragments[0].body):
        table = fragments.pop(0).body
    offsets = _offsets(table, instance.dataset.get("ExtendedOffsetTable"))
    return Encapsulated(frames, _frames(fragments, frames, offsets))


def _fragments(whole: bytes, start: int, end: int, frames: int) -> list[_Fragment]:
    """The offset table and every fragment behind it; of several frames those before the place where the file is cut."""
    found: list[_Fragment] = []
    first = start
    for place, length in _items(whole, start, end):
        body = whole[place : place + length]
        if len(body) < length:
            if frames == 1:
                raise FileTruncated(f"The picture data are cut short ({len(body)} of {length} bytes).")
            break
        first = first if found else place + length
        found.append(_Fragment(place - 8 - first, body))
        if len(found) > _MOST:
            raise DecodeFailed("The picture data are cut into too many pieces to be read.")
    return found


def _items(whole: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the value of each item begins, and its length; a byte that only fills up to an even length is skipped."""
    place = start
    while place + 8 <= end:
        if whole[place : place + 4] != _ITEM:
            place += 1
        if whole[place : place + 4] != _ITEM:
            return
        (length,) = struct.unpack_from("<L", whole, place + 4)
        yield place + 8, length
        place += 8 + length


def _offsets(table: bytes, extended: object) -> tuple[int, ...]:
    """Where the frames begin, by the Extended Offset Table (7FE0,0001) or else by the basic one."""
    if isinstance(extended, bytes) and extended:
        return struct.unpack(f"<{len(extended) // 8}Q", extended[: len(extended) // 8 * 8])
    return struct.unpack(f"<{len(table) // 4}L", table[: len(table) // 4 * 4])


def _frames(fragments: Sequence[_Fragment], frames: int, offsets: tuple[int, ...]) -> tuple[bytes, ...]:
    """The fragments put together.

    One frame is all of them, and as many as there are frames are one each, whatever the table says. Otherwise the table
    is believed where every entry meets a fragment; where it does not, a frame begins where a codestream does.
    """
    if frames == 1:
        return (b"".join(one.body for one in fragments),)
    if len(fragments) == frames:
        return tuple(one.body for one in fragments)
    starts = _by_table(fragments, frames, offsets) or _by_codestream(fragments, frames)
    ends = [*starts[1:], len(fragments)][: len(starts)]  # without any fragment there is no end either
    return tuple(b"".join(one.body for one in fragments[start:end]) for start, end in zip(starts, ends, strict=True))


def _by_table(fragments: Sequence[_Fragment], frames: int, offsets: tuple[int, ...]) -> list[int]:
    """The first fragment of each frame by the offset table; nothing where the table is none or wrong."""
    places = {one.offset: number for number, one in enumerate(fragments)}
    starts = [places.get(offset, -1) for offset in offsets]
    right = len(starts) == frames and starts[0] == 0 and all(a < b for a, b in pairwise(starts))
    return starts if right else []


def _by_codestream(fragments: Sequence[_Fragment], frames: int) -> list[int]:
    """The first fragment of each frame by how the fragments begin.

    Raises
    ------
    CodestreamMismatch
        Nobody can tell which fragment belongs to which frame.
    """
    starts = [number for number, one in enumerate(fragments) if starts_codestream(one.body)]
    if len(fragments) < frames and not starts:
        return list(range(len(fragments)))
    if not starts or starts[0] != 0 or len(starts) > frames:
        raise CodestreamMismatch(
            f"The picture data are {len(fragments)} pieces, which cannot be shared among {frames} frames."
        )
    return starts
