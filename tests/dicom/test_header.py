"""The elements before the pixels, whatever the file's encoding."""

from __future__ import annotations

import io
import zlib
from typing import Any

import pytest
from pydicom.dataset import FileDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from tests.dicom.members import Bytes
from tests.factories import as_bytes, make_series
from webapp.config import Limits
from webapp.dicom import header
from webapp.dicom.header import read_header
from webapp.errors import FileTruncated, NotDicom

#: A sequence of undefined length with one open item, again and again.
DEEP = b"\x40\x00\x75\x02SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"


@pytest.fixture
def picture() -> FileDataset:
    return make_series()[0]


def encoded(dataset: FileDataset, syntax: str) -> bytes:
    dataset.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian:
        dataset.PixelData = dataset.pixel_array.byteswap().tobytes()
    stream = io.BytesIO()
    dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("syntax", "element"),
    [
        pytest.param(ExplicitVRLittleEndian, b"\xe0\x7f\x10\x00OW", id="explicit little endian"),
        pytest.param(ImplicitVRLittleEndian, b"\xe0\x7f\x10\x00", id="implicit little endian"),
        pytest.param(ExplicitVRBigEndian, b"\x7f\xe0\x00\x10OW", id="explicit big endian"),
    ],
)
def test_the_pixels_are_found_where_they_start(picture: FileDataset, syntax: str, element: bytes) -> None:
    body = encoded(picture, syntax)
    dataset, offset, _ = read_header(Bytes(body), Limits())
    assert offset == body.rindex(element)
    assert dataset.Rows == 16


def test_a_deflated_data_set_is_read_and_its_pixels_left_to_the_library(picture: FileDataset) -> None:
    dataset, offset, _ = read_header(Bytes(encoded(picture, DeflatedExplicitVRLittleEndian)), Limits())
    assert (dataset.Columns, offset) == (12, -1)


def test_a_deflated_data_set_without_pixels_has_no_place_for_them(picture: FileDataset) -> None:
    del picture.PixelData
    assert read_header(Bytes(encoded(picture, DeflatedExplicitVRLittleEndian)), Limits())[1] is None


def test_a_deflated_bomb_is_not_unpacked(picture: FileDataset) -> None:
    picture.PixelData = b"\0" * 1_000_000
    body = encoded(picture, DeflatedExplicitVRLittleEndian)
    with pytest.raises(NotDicom, match="unpack"):
        read_header(Bytes(body), Limits(deflated_bytes=10_000))


def test_damaged_deflated_elements_are_told(picture: FileDataset) -> None:
    body = bytearray(encoded(picture, DeflatedExplicitVRLittleEndian))
    start = 144 + int.from_bytes(body[140:144], "little")
    body[start : start + 40] = b"\xff" * 40
    with pytest.raises(NotDicom, match="damaged"):
        read_header(Bytes(bytes(body)), Limits())


def test_deflated_noise_that_unpacks_is_still_no_dicom(picture: FileDataset) -> None:
    body = encoded(picture, DeflatedExplicitVRLittleEndian)
    start = 144 + int.from_bytes(body[140:144], "little")
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    noise = stream.compress(b"\x08\x00\x05\x00SQ\0\0\x10\0\0\0abcdefghijklmnopqrst") + stream.flush()
    with pytest.raises(NotDicom):
        read_header(Bytes(body[:start] + noise), Limits())


def test_a_header_longer_than_the_first_look_is_read_to_its_end(picture: FileDataset) -> None:
    picture.add_new(0x00091001, "OB", b"\1" * 200_000)
    picture.add_new(0x00090010, "LO", "MAKER")
    body = as_bytes(picture)
    dataset, offset, _ = read_header(Bytes(body), Limits())
    assert (dataset.Rows, offset) == (16, body.rindex(b"\xe0\x7f\x10\x00OW"))


def test_a_header_longer_than_the_limit_is_given_up(picture: FileDataset) -> None:
    picture.add_new(0x00091001, "OB", b"\1" * 400_000)
    with pytest.raises(FileTruncated):
        read_header(Bytes(as_bytes(picture)), Limits(header_bytes=1000))


def test_a_file_without_pixels_has_no_place_for_them(picture: FileDataset) -> None:
    del picture.PixelData
    assert read_header(Bytes(as_bytes(picture)), Limits())[1] is None


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian], ids=["explicit", "implicit"])
def test_a_file_without_preamble_is_read(picture: FileDataset, syntax: str) -> None:
    body = encoded(picture, syntax)
    bare = body[144 + int.from_bytes(body[140:144], "little") :]
    assert read_header(Bytes(bare), Limits())[0].Rows == 16


@pytest.mark.parametrize("body", [b"", b"hello", b"\0" * 500, b"x" * 128 + b"DICO" + b"x" * 99])
def test_what_is_no_dicom_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(NotDicom):
        read_header(Bytes(body), Limits())


@pytest.mark.parametrize("kept", [10, 25, 60], ids=lambda kept: f"{kept} bytes into the elements")
def test_a_file_cut_inside_its_header_has_no_pixels(picture: FileDataset, kept: int) -> None:
    body = as_bytes(picture)
    start = 144 + int.from_bytes(body[140:144], "little")
    assert read_header(Bytes(body[: start + kept]), Limits())[1] is None


def test_a_file_cut_inside_its_first_element_is_no_dicom(picture: FileDataset) -> None:
    with pytest.raises(NotDicom):
        read_header(Bytes(as_bytes(picture)[:142]), Limits())


@pytest.mark.parametrize(
    ("times", "kind"),
    [pytest.param(50, FileTruncated, id="cut inside"), pytest.param(1500, NotDicom, id="without end")],
)
def test_sequences_left_open_are_refused(picture: FileDataset, times: int, kind: type[Exception]) -> None:
    body = as_bytes(picture)
    start = body.index(b"\xe0\x7f\x10\x00OW")
    with pytest.raises(kind):
        read_header(Bytes(body[:start] + DEEP * times + body[start:]), Limits())


def test_a_fault_in_the_first_look_is_looked_at_again_with_more_bytes(
    picture: FileDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A value cut off at the end of the first look may raise anything; the whole of it does not."""
    honest, faults = header.read_partial, [ValueError("cut"), EOFError("cut")]

    def read_partial(*words: Any, **more: Any) -> Any:
        if faults:
            raise faults.pop()
        return honest(*words, **more)

    monkeypatch.setattr(header, "read_partial", read_partial)
    monkeypatch.setattr(header, "_FIRST_LOOK", 200)
    monkeypatch.setattr(header, "_LOOK_FACTOR", 2)
    assert read_header(Bytes(as_bytes(picture)), Limits())[0].Rows == 16
