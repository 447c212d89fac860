"""A zip, a folder or a file as members, within limits, never extracted to a path from outside."""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from isal import isal_zlib

from webapp.config import Limits
from webapp.dicom.bare import could_be_dicom
from webapp.dicom.zip_directory import Extent, checked_entries
from webapp.errors import (
    ArchiveEncrypted,
    ArchiveMethod,
    EmptyArchive,
    ExpandedTooBig,
    FileTruncated,
    NotAnArchive,
    TooManyMembers,
)

_ENCRYPTED = 0x1

#: From so many unpacked bytes on, they are held against the packed ones: masks pack better than any bomb.
_RATIO_FROM = 256 << 20

#: Characters of a name that are shown; the end of it tells more than the beginning.
_LONGEST_NAME = 200
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

#: What isal raises on damaged bytes; its stubs declare the class as an instance of it.
_DAMAGED: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment]

#: Deflate never makes bytes grow by more than this over a header's length.
_DEFLATE_SLACK = 1 << 10


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
    members: list[Member] = []
    passed = []
    for entry, start in checked_entries(path, whole, limits):
        if reason := _not_read(entry):
            passed.append(Passed(shown_name(entry.filename), "ignored", reason))
        else:
            members.append(_member(len(members), entry, whole, start, limits))
    total = sum(member.size for member in members)
    if total > limits.expanded_bytes:
        raise ExpandedTooBig
    if total > _RATIO_FROM and total > limits.ratio * whole.length:
        raise ExpandedTooBig("This zip unpacks to an implausible number of times its own size.")
    return Archive(tuple(members), tuple(passed), whole.length)


def shown_name(name: str) -> str:
    """A name as it may be shown: of bounded length, without characters that steer a terminal or turn text around.

    Parameters
    ----------
    name : str
        As the sender wrote it.
    """
    plain = _STEERING.sub("\N{REPLACEMENT CHARACTER}", name)
    return plain if len(plain) <= _LONGEST_NAME else f"…{plain[1 - _LONGEST_NAME :]}"


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
        name=shown_name(entry.filename),
        size=entry.file_size,
        packed=Extent(whole.descriptor, start, entry.compress_size),
        deflated=entry.compress_type == zipfile.ZIP_DEFLATED,
        crc=entry.CRC,
        most=limits.member_bytes,
    )
