"""What compressed pictures say about themselves, before anything is decoded."""

from __future__ import annotations

import struct

import imagecodecs
import numpy as np
import pytest
from openjpeg import utils as openjpeg

from webapp.dicom.codestream import JPEG, JPEG_2000, JPEG_LS, codestream, starts_codestream, unboxed
from webapp.errors import CodestreamMismatch, DecodeFailed

ROWS, COLUMNS = 40, 33
GREY = np.arange(ROWS * COLUMNS, dtype=np.uint16).reshape(ROWS, COLUMNS) % 1000
FOUND = b"\xff\xc3\x00\x0b\x0c\x00\x18\x00\x11\x01\x01\x11\x00"
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x01\x00\x00\x55\xff\xd9"


def boxed(frame: bytes, kind: bytes = b"jp2c", length: int | None = None) -> bytes:
    """A codestream in the boxes of a JP2 file."""
    length = 8 + len(frame) if length is None else length
    head = struct.pack(">L4s4s", 12, b"jP  ", b"\r\n\x87\n") + struct.pack(">L4s4s", 12, b"ftyp", b"jp2 ")
    return head + struct.pack(">L4s", length, kind) + (struct.pack(">Q", 16) if length == 1 else b"") + frame


@pytest.mark.parametrize(
    ("frame", "family", "precision"),
    [
        (imagecodecs.jpeg8_encode(GREY.astype(np.uint8)), JPEG, 8),
        (imagecodecs.jpeg8_encode(GREY, bitspersample=12), JPEG, 12),
        (imagecodecs.jpeg8_encode(GREY, lossless=True, bitspersample=10), JPEG, 10),
        (imagecodecs.jpegls_encode(GREY), JPEG_LS, 16),
        (openjpeg.encode_array(GREY, bits_stored=12), JPEG_2000, 12),
        (imagecodecs.htj2k_encode(GREY), JPEG_2000, 16),
    ],
    ids=["baseline", "extended", "lossless", "JPEG-LS", "JPEG 2000", "HTJ2K"],
)
def test_size_depth_and_components_are_read_from_the_head(frame: bytes, family: str, precision: int) -> None:
    found = codestream(bytes(frame))
    assert (found.family, found.rows, found.columns, found.components) == (family, ROWS, COLUMNS, 1)
    assert found.precision == precision


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0" * 100, id="zeros"),
        pytest.param(b"\xff\xd8", id="only a start"),
        pytest.param(b"\xff\xd8\x00\x00\x00\x00", id="no marker"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x04ab", id="no frame"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x00\x00\x00", id="a segment without length"),
        pytest.param(b"\xff\xd8\xff\xc3\x00\x0b\x10", id="a frame cut short"),
        pytest.param(b"\xff\xd8" + FOUND, id="no scan"),
        pytest.param(b"\xff\xd8" + SCAN, id="a scan without a frame"),
        pytest.param(b"\xff\xd8" + FOUND + SCAN[:-2], id="a scan without an end"),
        pytest.param(b"\xff\x4f\xff\x51\x00\x29", id="a size cut short"),
        pytest.param(b"\xff\x4f\xff\x51\x00\x02\xff\x90\x00\x0a", id="a tile without a size"),
    ],
)
def test_what_is_no_whole_codestream_is_damaged(frame: bytes) -> None:
    with pytest.raises(DecodeFailed):
        codestream(frame)


def test_fill_bytes_and_lone_markers_before_the_frame_are_skipped() -> None:
    found = codestream(b"\xff\xd8\xff\x01\xff\xff\xe0\x00\x04ab" + FOUND + SCAN)
    assert (found.rows, found.columns, found.components, found.precision) == (24, 17, 1, 12)


def test_padding_behind_the_end_does_no_harm() -> None:
    assert codestream(b"\xff\xd8" + FOUND + SCAN + b"\0" * 500).rows == 24


def test_components_of_unlike_depth_are_refused() -> None:
    frame = bytearray(imagecodecs.htj2k_encode(np.zeros((40, 40, 3), np.uint8)))
    frame[45] = 11
    with pytest.raises(CodestreamMismatch, match="differ"):
        codestream(bytes(frame))


def test_components_with_fewer_pixels_than_the_picture_are_refused() -> None:
    frame = bytearray(imagecodecs.htj2k_encode(np.zeros((40, 40), np.uint8)))
    frame[43] = 2
    with pytest.raises(CodestreamMismatch, match="fewer pixels"):
        codestream(bytes(frame))


@pytest.mark.parametrize("length", [None, 0, 1], ids=["told", "to the end", "long"])
def test_the_boxes_of_a_jp2_file_are_taken_off(length: int | None) -> None:
    frame = bytes(imagecodecs.htj2k_encode(GREY))
    assert unboxed(boxed(frame, length=length)) == frame


def test_boxes_without_a_codestream_are_damaged() -> None:
    with pytest.raises(DecodeFailed):
        unboxed(boxed(b"nothing", kind=b"jp2h"))


def test_a_codestream_begins_with_its_marker_or_a_box() -> None:
    frame = bytes(imagecodecs.htj2k_encode(GREY))
    assert starts_codestream(frame)
    assert starts_codestream(boxed(frame))
    assert starts_codestream(bytes(imagecodecs.jpegls_encode(GREY)))
    assert not starts_codestream(frame[2:])
