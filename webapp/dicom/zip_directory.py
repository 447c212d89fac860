"""The directory of a zip, held against the file before a byte of any member is unpacked.

::

    end record ── one only, at the end, agreeing with the one for large files ──> count, size within limits?
    directory  ── as many entries as announced ──> each local header says the same, no two entries share bytes
"""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from webapp.config import Limits
from webapp.errors import (
    ArchiveCorrupt,
    ArchiveOverlap,
    ArchiveTruncated,
    EmptyArchive,
    NotAnArchive,
    TooManyMembers,
    TruesliceError,
)

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_END_RECORD = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64_RECORD = struct.Struct("<4sQ2H2L4Q")
_END: Final = b"PK\x05\x06"
_LONGEST_COMMENT = 1 << 16

#: What a count and a size hold where the record for large files has the true ones.
_SEE_ABOVE: Final = (0xFFFF, 0xFFFFFFFF)

#: Flags of an entry that its local header repeats: encrypted; and the one that leaves sizes to a later record.
_ENCRYPTED: Final = 0x1
_SIZES_LATER: Final = 0x8

#: What a file that is not a zip looks like, by its first bytes.
_LOOKS_LIKE: Final = (
    (0, b"PK\x03\x04", "a zip"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"\x1f\x8b", "a gzip file or a .tar.gz"),
    (0, b"BZh", "a bzip2 file"),
    (0, b"\xfd7zXZ\x00", "an xz file"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd file"),
    (257, b"ustar", "a .tar archive"),
    (0, b"%PDF", "a PDF"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"MZ", "a Windows program"),
    (0, b"\x7fELF", "a Linux program"),
    (0, b"<", "a web page"),
)

#: How many of these, from the first, are archives.
_ARCHIVES: Final = 8

#: First bytes that are enough for all of them.
SNIFFED: Final = 262


@dataclass(frozen=True, slots=True)
class Extent:
    """A stretch of an open file, read by place so that several threads may."""

    descriptor: int
    start: int
    length: int

    def read(self, most: int) -> bytes:
        """Its first bytes, at most so many."""
        return os.pread(self.descriptor, min(most, self.length), self.start)


def archive_words(start: bytes) -> str:
    """What kind of archive a file is, in words; empty for one that is none.

    Parameters
    ----------
    start : bytes
        Its first `SNIFFED` bytes.
    """
    return next((words for at, magic, words in _LOOKS_LIKE[:_ARCHIVES] if start.startswith(magic, at)), "")


def checked_entries(path: Path, whole: Extent, limits: Limits) -> Iterator[tuple[zipfile.ZipInfo, int]]:
    """The files of a zip, each with the place where its packed bytes start.

    Parameters
    ----------
    path : Path
    whole : Extent
        All of the same file, open.
    limits : Limits

    Raises
    ------
    NotAnArchive, EmptyArchive, ArchiveTruncated, ArchiveCorrupt, ArchiveOverlap, TooManyMembers
    """
    announced = _check_end_record(whole, limits)
    try:
        with zipfile.ZipFile(path) as directory:
            entries = directory.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise ArchiveCorrupt from error
    if len(entries) > limits.members:
        raise TooManyMembers
    if len(entries) & 0xFFFF != announced & 0xFFFF:
        raise ArchiveCorrupt("This zip is damaged: its directory does not hold as many files as it says.")
    files = [entry for entry in entries if not entry.filename.endswith("/")]  # is_dir() fails on an empty name
    if not files:
        raise EmptyArchive
    starts = _data_starts(entries, whole)
    return iter([(entry, starts[id(entry)]) for entry in files])


def _part(whole: Extent, start: int, length: int) -> bytes:
    """Bytes of the file from a place on; fewer at its end."""
    return os.pread(whole.descriptor, length, max(0, start))


def _check_end_record(whole: Extent, limits: Limits) -> int:
    """Refuse what is not a zip, is cut short, or announces too many files, before the directory is parsed; how many."""
    tail = _part(whole, whole.length - _END_RECORD.size - _LONGEST_COMMENT, _END_RECORD.size + _LONGEST_COMMENT)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_RECORD.size:
        raise _not_a_zip(whole)
    _check_only_end(tail, place)
    fields: tuple[int, ...] = _END_RECORD.unpack_from(tail, place)
    count, size = fields[4], fields[5]
    locator = place - _END64_LOCATOR.size
    if locator >= 0 and tail[locator : locator + 4] == b"PK\x06\x07":
        count, size = _end64(whole, _END64_LOCATOR.unpack_from(tail, locator)[2], tail[:locator], (count, size))
    if count > limits.members or size > limits.directory_bytes:
        raise TooManyMembers
    return count


def _check_only_end(tail: bytes, place: int) -> None:
    """Two programs must not find two ends: no record may count a later one as its comment, nothing may follow."""
    comment = _END_RECORD.unpack_from(tail, place)[-1]
    if tail[place + _END_RECORD.size + comment :].strip(b"\0"):
        raise ArchiveCorrupt("This zip is damaged: other bytes follow its end.")
    earlier = tail.find(_END)
    while earlier < place:
        length = int.from_bytes(tail[earlier + 20 : earlier + 22], "little")
        if earlier + _END_RECORD.size + length == len(tail):
            raise ArchiveCorrupt("This zip is damaged: it has several ends.")
        earlier = tail.find(_END, earlier + 1)


def _end64(whole: Extent, offset: int, before: bytes, small: tuple[int, int]) -> tuple[int, int]:
    """Count and directory size of the end record for large files, which must agree with the small one's."""
    record = _part(whole, offset, _END64_RECORD.size)
    if len(record) < _END64_RECORD.size or record[:4] != b"PK\x06\x06" or not before.endswith(record):
        raise ArchiveCorrupt
    fields = _END64_RECORD.unpack(record)
    large = fields[7], fields[8]
    if any(said not in (meant, hidden) for said, meant, hidden in zip(small, large, _SEE_ABOVE, strict=True)):
        raise ArchiveCorrupt("This zip is damaged: its two directories contradict each other.")
    return large


def _not_a_zip(whole: Extent) -> TruesliceError:
    """The refusal for a file without an end record: cut short, or something else altogether."""
    start = whole.read(SNIFFED)
    if start[:4] == b"PK\x03\x04":
        return ArchiveTruncated()
    for at, magic, words in _LOOKS_LIKE:
        if start.startswith(magic, at):
            return NotAnArchive(f"This is {words}, not a zip file.")
    return NotAnArchive()


def _data_starts(entries: list[zipfile.ZipInfo], whole: Extent) -> dict[int, int]:
    """Where each entry's packed bytes start, once it is certain that no two entries share bytes."""
    starts: dict[int, int] = {}
    previous_end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        header = _part(whole, entry.header_offset, _LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
            raise ArchiveCorrupt
        fields = _LOCAL_HEADER.unpack(header)
        start = entry.header_offset + _LOCAL_HEADER.size + fields[-2] + fields[-1]
        if entry.header_offset < previous_end:
            raise ArchiveOverlap
        previous_end = start + entry.compress_size
        if previous_end > whole.length:
            raise ArchiveTruncated
        _check_local(entry, fields)
        starts[id(entry)] = start
    return starts


def _check_local(entry: zipfile.ZipInfo, fields: tuple[int, ...]) -> None:
    """Hold what stands before an entry's bytes against what the directory says of it.

    A checksum that differs is damage to one file: it costs that file alone, when it is read.
    """
    _, _, flags, method, _, _, _, packed, size, _, _ = fields
    same = method == entry.compress_type and not (flags ^ entry.flag_bits) & _ENCRYPTED
    if not flags & _SIZES_LATER:
        same &= packed in (entry.compress_size, _SEE_ABOVE[1])
        same &= size in (entry.file_size, _SEE_ABOVE[1])
    if not same:
        raise ArchiveCorrupt("This zip is damaged: a file in it says something else than the directory.")
