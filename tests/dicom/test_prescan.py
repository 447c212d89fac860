"""Elements are counted before anything is built of them."""

from __future__ import annotations

import struct
import time
import zlib
from pathlib import Path

import pytest

from webapp.config import Limits
from webapp.dicom.archive import FileMember
from webapp.dicom.header import read_header
from webapp.dicom.prescan import check_cost, depth_of
from webapp.errors import NotDicom

OPEN = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
CLOSE = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)


def item(body: bytes) -> bytes:
    """An item that says how long it is."""
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(body)) + body


def nested(times: int) -> bytes:
    """Items inside items, each with its length."""
    body = b""
    for _ in range(times):
        body = item(body)
    return body


def test_items_beside_each_other_are_one_deep() -> None:
    assert depth_of((OPEN + CLOSE) * 100) == 1
    assert depth_of(item(b"abcd") * 100) == 1


@pytest.mark.parametrize("body", [OPEN * 70 + CLOSE * 70, nested(70)], ids=["open", "with lengths"])
def test_items_inside_items_are_counted(body: bytes) -> None:
    assert depth_of(body) == 70


@pytest.mark.parametrize("body", [OPEN * 64 + CLOSE * 64, nested(64), item(b"") * 5000])
def test_what_the_limits_allow_is_let_through(body: bytes) -> None:
    check_cost(body, Limits())


@pytest.mark.parametrize("body", [OPEN * 65 + CLOSE * 65, nested(65)])
def test_one_level_more_than_the_limit_is_refused(body: bytes) -> None:
    with pytest.raises(NotDicom, match="too deeply"):
        check_cost(body, Limits())


def test_one_item_more_than_the_limit_is_refused() -> None:
    check_cost(item(b"") * 20, Limits(elements=20))
    with pytest.raises(NotDicom, match="more items"):
        check_cost(item(b"") * 21, Limits(elements=20))


def test_a_million_items_are_refused_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(NotDicom):
        check_cost((OPEN + CLOSE) * 1_000_000, Limits())
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "element", [bytes(8), b"\x02\0\x02\0UI\0\0", b"\x08\0\x08\0CS\0\0"], ids=["0000", "0002", "0008"]
)
@pytest.mark.parametrize("deflated", [False, True], ids=["plain", "deflated"])
def test_millions_of_elements_are_refused_at_once(deflated: bool, element: bytes, tmp_path: Path) -> None:
    syntax = b"1.2.840.10008.1.2.1.99" if deflated else b"1.2.840.10008.1.2.1\0"
    meta = struct.pack("<HH2sH", 2, 0x10, b"UI", len(syntax)) + syntax
    body = element * (6 << 20)
    if deflated:
        packer = zlib.compressobj(wbits=-15)
        body = packer.compress(body) + packer.flush()
    head = bytes(128) + b"DICM" + struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(meta)) + meta
    path = tmp_path / "many.dcm"
    path.write_bytes(head + body)
    begun = time.monotonic()
    with pytest.raises(NotDicom):
        read_header(FileMember(0, "many.dcm", path.stat().st_size, path), Limits())
    assert time.monotonic() - begun < 8.0
