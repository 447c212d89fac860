"""Bytes to send: zips, DICOM files and parts of them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

from pydicom.dataset import Dataset, FileDataset

from tests.factories import Scan, as_bytes, make_series

#: A name that must turn up nowhere but in the store.
NAME = "Zebrafish^Quetzal"


def zipped(files: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An ordinary zip of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, body in files:
            archive.writestr(name, body)
    return stream.getvalue()


def series_files(scan: Scan | None = None, prefix: str = "good/") -> list[tuple[str, bytes]]:
    """An innocent series as files of a zip."""
    scan = scan or Scan()
    tags = {"PatientName": NAME, **scan.tags}
    scan = Scan(**{**{name: getattr(scan, name) for name in Scan.__dataclass_fields__}, "tags": tags})
    return [(f"{prefix}{place:03}", as_bytes(one)) for place, one in enumerate(make_series(scan))]


def one(**changes: Any) -> FileDataset:
    """One picture of the phantom, with elements changed; None takes one away."""
    dataset = make_series(Scan(slices=1, tags={"PatientName": NAME}))[0]
    for keyword, value in changes.items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    return dataset


def file_of(change: Callable[[Dataset], None] | None = None, **changes: Any) -> bytes:
    """One picture as a file."""
    dataset = one(**changes)
    if change is not None:
        change(dataset)
    return as_bytes(dataset)


def element(group: int, number: int, kind: bytes, value: bytes, length: int | None = None) -> bytes:
    """One element, explicit little endian, whatever its length claims to be."""
    length = len(value) if length is None else length
    if kind in (b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC", b"OF", b"UR"):
        return struct.pack("<HH2sHI", group, number, kind, 0, length) + value
    return struct.pack("<HH2sH", group, number, kind, length) + value


def replaced(whole: bytes, group: int, number: int, new: bytes) -> bytes:
    """A file with a short explicit element replaced by other bytes."""
    at = whole.index(struct.pack("<HH", group, number), 132)
    kind, length = whole[at + 4 : at + 6], struct.unpack_from("<H", whole, at + 6)[0]
    head = 8
    if kind in (b"OB", b"OW", b"SQ", b"UN", b"UT"):
        head, length = 12, struct.unpack_from("<I", whole, at + 8)[0]
    return whole[:at] + new + whole[at + head + length :]


def inserted(whole: bytes, group: int, number: int, new: bytes) -> bytes:
    """A file with bytes put before a short explicit element."""
    at = whole.index(struct.pack("<HH", group, number), 132)
    return whole[:at] + new + whole[at:]


def headed(body: bytes, syntax: bytes = b"1.2.840.10008.1.2.1") -> bytes:
    """Preamble, file meta and whatever follows."""
    syntax += b"\0" * (len(syntax) % 2)
    meta = element(2, 1, b"OB", b"\0\1") + element(2, 2, b"UI", b"1.2.840.10008.5.1.4.1.1.2\0")
    meta += element(2, 3, b"UI", b"1.2.3.4\0") + element(2, 0x10, b"UI", syntax)
    return b"\0" * 128 + b"DICM" + element(2, 0, b"UL", struct.pack("<I", len(meta))) + meta + body
