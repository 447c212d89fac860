"""Codestreams whose depth or sign is not their header's: read where that has one meaning, refused where it has two."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest
from openjpeg import utils as openjpeg
from pydicom.uid import JPEG2000, UID, JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless, RLELossless

from tests.dicom.encoding import LOSSLESS, Picture, packed
from tests.dicom.test_codecs import decoded, name
from webapp.errors import CodestreamMismatch

#: 12 bits with a sign, as they are stored: 0xFFF is -1, 0x800 is -2048.
SIGNED = np.tile(np.array([[0, 1, 2047], [-2048, -1, -1000]], np.int16), (20, 14))
PATTERNS = SIGNED.view(np.uint16) & np.uint16(0x0FFF)

#: The same with four bits below them, as High Bit (0028,0102) 15 says.
SHIFTED = (PATTERNS << 4 | 0xF).astype(np.uint16)

WHOLE_CELLS = (JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless, RLELossless)


def written(picture: Picture, bits: int, syntax: str, **header: int) -> Picture:
    """What is read of numbers that were packed with one depth and described with another."""
    frame = LOSSLESS[syntax](picture, bits)
    stored = header.pop("BitsStored", bits)
    described = {"BitsStored": stored, "HighBit": stored - 1, **header}
    return decoded(packed(frame, syntax, picture, bits, **described))


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLSLossless, JPEGLosslessSV1], ids=name)
def test_numbers_packed_without_a_sign_have_the_one_of_the_header(syntax: str) -> None:
    assert np.array_equal(written(PATTERNS, 12, syntax, PixelRepresentation=1), SIGNED)


def test_numbers_packed_with_a_sign_have_none_where_the_header_says_so() -> None:
    assert np.array_equal(written(SIGNED, 12, JPEG2000Lossless, PixelRepresentation=0), PATTERNS)


@pytest.mark.parametrize("syntax", WHOLE_CELLS, ids=name)
@pytest.mark.parametrize("above", [0, 0xF000], ids=["nothing above", "ones above"])
def test_bits_above_the_stored_ones_are_taken_away(syntax: str, above: int) -> None:
    cells = (PATTERNS | above).astype(np.uint16)
    assert np.array_equal(written(cells, 16, syntax, BitsStored=12), PATTERNS)
    assert np.array_equal(written(cells, 16, syntax, BitsStored=12, PixelRepresentation=1), SIGNED)


@pytest.mark.parametrize("syntax", WHOLE_CELLS, ids=name)
def test_whole_cells_are_shifted_as_the_high_bit_says(syntax: str) -> None:
    assert np.array_equal(written(SHIFTED, 16, syntax, BitsStored=12, HighBit=15), PATTERNS)
    found = written(SHIFTED, 16, syntax, BitsStored=12, HighBit=15, PixelRepresentation=1)
    assert np.array_equal(found, SIGNED)


def test_numbers_of_the_stored_bits_alone_are_not_shifted_by_the_high_bit() -> None:
    assert np.array_equal(written(PATTERNS, 12, JPEGLosslessSV1, HighBit=15), PATTERNS)


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLSLossless], ids=name)
def test_fewer_bits_than_the_header_describes_are_enough(syntax: str) -> None:
    assert np.array_equal(written(PATTERNS, 12, syntax, BitsStored=16), PATTERNS)


def test_fewer_bits_with_a_sign_inside_and_outside_are_enough() -> None:
    assert np.array_equal(written(SIGNED, 12, JPEG2000Lossless, BitsStored=16), SIGNED)


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLSLossless], ids=name)
def test_fewer_bits_without_a_sign_are_read_where_none_could_be_one(syntax: str) -> None:
    below = np.arange(40 * 42, dtype=np.uint16).reshape(40, 42)
    assert np.array_equal(written(below, 12, syntax, BitsStored=16, PixelRepresentation=1), below)


@pytest.mark.parametrize(
    ("picture", "outside", "said"), [(PATTERNS, 1, "not signed"), (SIGNED, 0, "signed")], ids=["unsigned", "signed"]
)
def test_fewer_bits_of_another_sign_are_refused_where_they_can_be_read_in_two_ways(
    picture: Picture, outside: int, said: str
) -> None:
    with pytest.raises(CodestreamMismatch, match=f"have 12 bits and are {said}; the header says 16 bits"):
        written(picture, 12, JPEG2000Lossless, BitsStored=16, PixelRepresentation=outside)


def test_what_lossy_compression_pushes_beyond_the_stored_bits_stays_at_their_end() -> None:
    ends = np.zeros((64, 64), np.uint16)
    ends[:, 32:] = 4095
    frame = bytes(openjpeg.encode_array(ends, bits_stored=16, compression_ratios=[30]))
    assert imagecodecs.jpeg2k_decode(frame).max() > 4095
    found = decoded(packed(frame, UID(JPEG2000), ends, 16, BitsStored=12, HighBit=11))
    assert found.max() == 4095
    assert np.abs(found.astype(int) - ends)[:, :16].max() < 500
