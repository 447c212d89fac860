"""A zip, a folder or a file as members, within limits, never extracted to a path from outside."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from isal import isal_zlib

from webapp.config import Limits
from webapp.dicom.bare import could_be_dicom
from webapp.errors import (
    ArchiveCorrupt,
    ArchiveEncrypted,
    ArchiveMethod,
    ArchiveOverlap,
    ArchiveTruncated,
    EmptyArchive,
    ExpandedTooBig,
    FileTruncated,
    NotAnArchive,
    TooManyMembers,
    TruesliceError,
)

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_END_RECORD = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64_RECORD = struct.Struct("<4sQ2H2L4Q")
_LONGEST_COMMENT = 1 << 16
_ENCRYPTED = 0x1

#: What isal raises on damaged bytes; its stubs declare the class as an instance of it.
_DAMAGED: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment]

#: Deflate never makes bytes grow by more than this over a header's length.
_DEFLATE_SLACK = 1 << 10

#: What a file that is not a zip looks like, by its first bytes.
_LOOKS_LIKE = (
    (b"%PDF", "a PDF"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"<", "a web page"),
)


def _inflated(packed: bytes, most: int) -> bytes:
    """Raw deflate, at most so many bytes of it; isal is more than twice as quick as the interpreter's own."""
    try:
        inflated: bytes = isal_zlib.decompressobj(-isal_zlib.MAX_WBITS).decompress(packed, most)
    except _DAMAGED as error:
        raise FileTruncated("The file is damaged inside the zip.") from error
    return inflated


class Member(Protocol):
    """One file of the input, read whole or from its start."""

    @property
    def number(self) -> int:
        """Its place in the input, from 0."""

    @property
    def name(self) -> str:
        """Its name as the sender wrote it: shown, never used as a path."""

    @property
    def size(self) -> int:
        """Its announced size, bytes."""

    def head(self, wanted: int) -> bytes:
        """The first bytes, at most `wanted`; fewer only when the file is shorter."""

    def read(self) -> bytes:
        """All bytes.

        Raises
        ------
        FileTruncated, ArchiveCorrupt, ExpandedTooBig
        """


@dataclass(frozen=True, slots=True)
class Extent:
    """A stretch of an open file, read by place so that several threads may."""

    descriptor: int
    start: int
    length: int

    def read(self, most: int) -> bytes:
        """Its first bytes, at most so many."""
        return os.pread(self.descriptor, min(most, self.length), self.start)


@dataclass(frozen=True, slots=True)
class FileMember:
    """A file on the disk of the person at the command line."""

    number: int
    name: str
    size: int
    path: Path

    def head(self, wanted: int) -> bytes:
        """The first bytes of the file."""
        with self.path.open("rb") as stream:
            return stream.read(wanted)

    def read(self) -> bytes:
        """The whole file."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A file inside a zip, inflated in memory without passing the disk."""

    number: int
    name: str
    size: int
    packed: Extent
    deflated: bool
    crc: int
    most: int

    def head(self, wanted: int) -> bytes:
        """The first bytes, inflating no more than is asked for."""
        if not self.deflated:
            return self.packed.read(wanted)
        return _inflated(self.packed.read(wanted + _DEFLATE_SLACK), wanted)

    def read(self) -> bytes:
        """The whole member, counted while inflating and held against its checksum."""
        whole = self._inflate() if self.deflated else self.packed.read(self.packed.length)
        if isal_zlib.crc32(whole) != self.crc:
            raise FileTruncated("The file is damaged inside the zip: its checksum does not fit.")
        return whole

    def _inflate(self) -> bytes:
        """The inflated bytes; the announced size is only a guess and the limit is what holds."""
        whole = _inflated(self.packed.read(self.packed.length), min(self.size, self.most) + 1)
        if len(whole) > self.most:
            raise ExpandedTooBig
        if len(whole) != self.size:
            raise FileTruncated("The file's size inside the zip does not fit its directory.")
        return whole


@dataclass(frozen=True, slots=True)
class Passed:
    """Something in the input that is not read at all, and why."""

    name: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Archive:
    """The members of an input and what was passed over."""

    members: tuple[Member, ...]
    passed: tuple[Passed, ...]
    bytes: int


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Archive]:
    """The members of a zip, a folder or a single file, while the input is open.

    Parameters
    ----------
    path : Path
    limits : Limits

    Yields
    ------
    Archive

    Raises
    ------
    NotAnArchive, EmptyArchive, ArchiveTruncated, ArchiveCorrupt, ArchiveOverlap, ArchiveEncrypted, ArchiveMethod,
    TooManyMembers, ExpandedTooBig
    """
    if path.is_dir():
        yield _folder(path, limits)
    elif (size := path.stat().st_size) == 0:
        raise NotAnArchive("This file is empty.")
    else:
        with path.open("rb") as stream:
            whole = Extent(stream.fileno(), 0, size)
            if could_be_dicom(whole.read(132)):
                yield Archive((FileMember(0, path.name, size, path),), (), size)
            else:
                yield _zip(path, whole, limits)


def _folder(path: Path, limits: Limits) -> Archive:
    """The files below a folder, in the order of their names."""
    files = sorted(found for found in path.rglob("*") if found.is_file() and not found.is_symlink())
    if not files:
        raise EmptyArchive("This folder is empty.")
    if len(files) > limits.members:
        raise TooManyMembers
    members = tuple(
        FileMember(number, _shown(file.relative_to(path)), file.stat().st_size, file)
        for number, file in enumerate(files)
    )
    return Archive(members, (), sum(member.size for member in members))


def _shown(path: Path) -> str:
    """A path as text that can be written anywhere; bytes that are no UTF-8 become question marks."""
    return os.fsencode(path).decode("utf-8", "replace")


def _zip(path: Path, whole: Extent, limits: Limits) -> Archive:
    """The members of a zip whose directory was checked."""
    _check_end_record(whole, limits)
    try:
        with zipfile.ZipFile(path) as directory:
            entries = directory.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise ArchiveCorrupt from error
    if len(entries) > limits.members:
        raise TooManyMembers
    files = [entry for entry in entries if not entry.filename.endswith("/")]  # is_dir() fails on an empty name
    if not files:
        raise EmptyArchive
    starts = _data_starts(entries, whole)
    members: list[Member] = []
    passed = []
    for entry in files:
        if reason := _not_read(entry):
            passed.append(Passed(entry.filename, "ignored", reason))
        else:
            members.append(_member(len(members), entry, whole, starts[id(entry)], limits))
    total = sum(member.size for member in members)
    if total > limits.expanded_bytes:
        raise ExpandedTooBig
    return Archive(tuple(members), tuple(passed), whole.length)


def _part(whole: Extent, start: int, length: int) -> bytes:
    """Bytes of the file from a place on; fewer at its end."""
    return os.pread(whole.descriptor, length, max(0, start))


def _check_end_record(whole: Extent, limits: Limits) -> None:
    """Refuse what is not a zip, is cut short, or announces too many files, before the directory is parsed."""
    tail = _part(whole, whole.length - _END_RECORD.size - _LONGEST_COMMENT, _END_RECORD.size + _LONGEST_COMMENT)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END_RECORD.size:
        raise _not_a_zip(whole)
    _, _, _, _, count, size, _, _ = _END_RECORD.unpack_from(tail, place)
    locator = place - _END64_LOCATOR.size
    if locator >= 0 and tail[locator : locator + 4] == b"PK\x06\x07":
        count, size = _end64(whole, _END64_LOCATOR.unpack_from(tail, locator)[2])
    if count > limits.members or size > limits.directory_bytes:
        raise TooManyMembers


def _end64(whole: Extent, offset: int) -> tuple[int, int]:
    """Count and directory size of the large-file end record."""
    record = _part(whole, offset, _END64_RECORD.size)
    if len(record) < _END64_RECORD.size or record[:4] != b"PK\x06\x06":
        raise ArchiveCorrupt
    fields = _END64_RECORD.unpack(record)
    return fields[7], fields[8]


def _not_a_zip(whole: Extent) -> TruesliceError:
    """The refusal for a file without an end record: cut short, or something else altogether."""
    start = whole.read(8)
    if start[:4] == b"PK\x03\x04":
        return ArchiveTruncated()
    for magic, words in _LOOKS_LIKE:
        if start.startswith(magic):
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
        name_size, extra_size = _LOCAL_HEADER.unpack(header)[-2:]
        start = entry.header_offset + _LOCAL_HEADER.size + name_size + extra_size
        if entry.header_offset < previous_end:
            raise ArchiveOverlap
        previous_end = start + entry.compress_size
        if previous_end > whole.length:
            raise ArchiveTruncated
        starts[id(entry)] = start
    return starts


def _not_read(entry: zipfile.ZipInfo) -> str:
    """Why an entry is passed over, or nothing."""
    name = entry.filename
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        return "A link or device, not a file."
    if name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1] in (".DS_Store", "Thumbs.db", "desktop.ini"):
        return "A helper file of the sender's computer."
    return ""


def _member(number: int, entry: zipfile.ZipInfo, whole: Extent, start: int, limits: Limits) -> ZipMember:
    """One entry that can be read."""
    if entry.flag_bits & _ENCRYPTED:
        raise ArchiveEncrypted
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveMethod
    return ZipMember(
        number=number,
        name=entry.filename,
        size=entry.file_size,
        packed=Extent(whole.descriptor, start, entry.compress_size),
        deflated=entry.compress_type == zipfile.ZIP_DEFLATED,
        crc=entry.CRC,
        most=limits.member_bytes,
    )
