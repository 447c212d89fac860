"""Colour pictures through every compressed transfer syntax: the numbers, and what the three of a pixel are."""

from __future__ import annotations

from collections.abc import Callable

import imagecodecs
import numpy as np
import pytest
from openjpeg import utils as openjpeg
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.dicom.encoding import LOSSLESS, Picture, encoded, packed
from tests.dicom.members import instance_of
from tests.factories import as_bytes
from webapp.dicom.colour import rgb_values
from webapp.dicom.pixel_data import Pixels

ROWS, COLUMNS = 40, 33
NOTHING_SAID = b""


def name(syntax: object) -> str | None:
    """A syntax by its name in the list of tests."""
    return UID(syntax).name if isinstance(syntax, str) else None


def colours(bits: int = 8) -> Picture:
    """Three slopes in three directions over the whole range."""
    down, along = np.arange(ROWS)[:, None] / (ROWS - 1), np.arange(COLUMNS)[None] / (COLUMNS - 1)
    slopes = np.broadcast_arrays(down, along, 1 - down * along)
    return np.stack([(slope * ((1 << bits) - 1)) for slope in slopes], -1).astype("u1" if bits <= 8 else "u2")


def opened(dataset: object) -> tuple[Picture, str, Picture]:
    """The samples, what they are, and the picture in red, green and blue."""
    instance = instance_of(dataset)  # type: ignore[arg-type]
    samples, photometric = Pixels(instance, as_bytes(dataset)).samples(instance)  # type: ignore[arg-type]
    return samples, photometric, rgb_values(instance, samples, photometric)


def jpeg(colour_space: str = "YCBCR", subsampling: str = "444") -> bytes:
    """Lossy JPEG of the slopes, kept as luminance and chrominances or as red, green and blue."""
    return bytes(
        imagecodecs.jpeg8_encode(
            colours(), level=98, colorspace="RGB", outcolorspace=colour_space, subsampling=subsampling
        )
    )


def unmarked(frame: bytes) -> bytes:
    """A JPEG without the segment that says what its components are."""
    assert frame[2] == 0xFF
    assert frame[3] in (0xE0, 0xEE)
    return frame[:2] + frame[4 + int.from_bytes(frame[4:6], "big") :]


def renamed(frame: bytes, names: tuple[int, int, int]) -> bytes:
    """A JPEG whose components have other names, in its frame and in its scan."""
    out = bytearray(frame)
    start, scan = (frame.find(marker) for marker in (b"\xff\xc0", b"\xff\xda"))
    for number, said in enumerate(names):
        out[start + 10 + 3 * number] = out[scan + 5 + 2 * number] = said
    return bytes(out)


def lossy_jpeg_2000(picture: Picture) -> bytes:
    """JPEG 2000 by the transforms that lose something."""
    return bytes(openjpeg.encode_array(picture, photometric_interpretation=1, compression_ratios=[4]))


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("syntax", LOSSLESS, ids=name)
def test_a_lossless_syntax_gives_back_every_colour(syntax: str, bits: int) -> None:
    picture = colours(bits)
    samples, photometric, _ = opened(encoded(syntax, picture, bits))
    assert photometric == "RGB"
    assert np.array_equal(samples, picture)


@pytest.mark.parametrize(
    ("syntax", "bits", "encode", "most"),
    [
        (JPEGBaseline8Bit, 8, lambda picture: imagecodecs.jpeg8_encode(picture, level=98), 8),
        (JPEGExtended12Bit, 12, lambda picture: imagecodecs.jpeg8_encode(picture, level=98, bitspersample=12), 8),
        (JPEGLSNearLossless, 8, lambda picture: imagecodecs.jpegls_encode(picture, level=2), 2),
        (JPEGLSNearLossless, 16, lambda picture: imagecodecs.jpegls_encode(picture, level=2), 2),
        (
            JPEG2000,
            8,
            lossy_jpeg_2000,
            8,
        ),
        (
            JPEG2000,
            16,
            lossy_jpeg_2000,
            8,
        ),
        (HTJ2K, 8, lambda picture: imagecodecs.htj2k_encode(picture, level=1e-5, reversible=False), 8),
    ],
    ids=name,
)
def test_a_lossy_syntax_keeps_the_colours_near(
    syntax: str, bits: int, encode: Callable[[Picture], bytes], most: int
) -> None:
    picture = colours(bits)
    _, _, shown = opened(packed(bytes(encode(picture)), syntax, picture, bits))
    wanted = (picture.astype(int) >> bits - 8) if bits > 8 else picture.astype(int)
    assert np.abs(shown.astype(int) - wanted).max() <= most


@pytest.mark.parametrize("said", ["RGB", "YBR_FULL_422", "YBR_FULL"])
@pytest.mark.parametrize("subsampling", ["444", "422", "420"])
def test_a_jpeg_with_a_jfif_marker_is_converted_once_whatever_the_header_says(said: str, subsampling: str) -> None:
    dataset = packed(jpeg(subsampling=subsampling), JPEGBaseline8Bit, colours(), 8, PhotometricInterpretation=said)
    _, photometric, shown = opened(dataset)
    assert photometric == (said if said.startswith("YBR") else "YBR_FULL")
    assert np.abs(shown.astype(int) - colours()).max() <= 10


@pytest.mark.parametrize("said", ["RGB", "YBR_FULL"])
def test_a_jpeg_that_names_its_components_red_green_and_blue_is_not_converted(said: str) -> None:
    dataset = packed(unmarked(jpeg("RGB")), JPEGBaseline8Bit, colours(), 8, PhotometricInterpretation=said)
    _, photometric, shown = opened(dataset)
    assert photometric == "RGB"
    assert np.abs(shown.astype(int) - colours()).max() <= 8


def test_a_jpeg_whose_adobe_marker_says_red_green_and_blue_is_not_converted() -> None:
    frame = renamed(jpeg("RGB"), (1, 2, 3))
    dataset = packed(frame, JPEGBaseline8Bit, colours(), 8, PhotometricInterpretation="YBR_FULL")
    _, photometric, shown = opened(dataset)
    assert photometric == "RGB"
    assert np.abs(shown.astype(int) - colours()).max() <= 8


def test_a_jpeg_whose_adobe_marker_says_chrominance_is_converted_though_the_header_says_rgb() -> None:
    marker = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x01"
    frame = unmarked(jpeg())
    _, photometric, shown = opened(packed(frame[:2] + marker + frame[2:], JPEGBaseline8Bit, colours(), 8))
    assert photometric == "YBR_FULL"
    assert np.abs(shown.astype(int) - colours()).max() <= 8


def test_thinned_out_chrominance_betrays_a_jpeg_that_is_labelled_rgb() -> None:
    _, photometric, shown = opened(packed(unmarked(jpeg(subsampling="420")), JPEGBaseline8Bit, colours(), 8))
    assert photometric == "YBR_FULL"
    assert np.abs(shown.astype(int) - colours()).max() <= 8


@pytest.mark.parametrize(("stored", "said"), [("RGB", "RGB"), ("YCBCR", "YBR_FULL")])
def test_a_jpeg_that_says_nothing_is_what_the_header_says(stored: str, said: str) -> None:
    frame = renamed(unmarked(jpeg(stored)), (0, 1, 2))
    _, photometric, shown = opened(packed(frame, JPEGBaseline8Bit, colours(), 8, PhotometricInterpretation=said))
    assert photometric == said
    assert np.abs(shown.astype(int) - colours()).max() <= 8


@pytest.mark.parametrize("said", ["YBR_RCT", "YBR_ICT", "RGB", "YBR_FULL"])
@pytest.mark.parametrize("syntax", [JPEG2000Lossless, HTJ2KLossless], ids=name)
def test_the_transform_of_jpeg_2000_is_taken_back_by_its_decoder_and_not_again(syntax: str, said: str) -> None:
    dataset = encoded(syntax, colours(), 8)
    dataset.PhotometricInterpretation = said
    samples, photometric, _ = opened(dataset)
    assert photometric == "RGB"
    assert np.array_equal(samples, colours())


@pytest.mark.parametrize(("said", "found"), [("YBR_FULL", "YBR_FULL"), ("RGB", "RGB"), ("YBR_RCT", "RGB")])
def test_jpeg_2000_without_its_transform_is_what_the_header_says(said: str, found: str) -> None:
    frame = bytes(openjpeg.encode_array(colours(), photometric_interpretation=3))
    samples, photometric, _ = opened(packed(frame, JPEG2000Lossless, colours(), 8, PhotometricInterpretation=said))
    assert photometric == found
    assert np.array_equal(samples, colours())


@pytest.mark.parametrize("said", ["RGB", "YBR_FULL"])
@pytest.mark.parametrize("syntax", [JPEGLSLossless, RLELossless], ids=name)
def test_codestreams_that_know_no_colours_are_what_the_header_says(syntax: str, said: str) -> None:
    dataset = encoded(syntax, colours(), 8)
    dataset.PhotometricInterpretation = said
    samples, photometric, _ = opened(dataset)
    assert photometric == said
    assert np.array_equal(samples, colours())


def test_jpeg_ls_with_one_colour_coded_behind_the_other_is_read() -> None:
    scans = b""
    for number, plane in enumerate(np.moveaxis(colours(), -1, 0)):
        frame = bytes(imagecodecs.jpegls_encode(np.ascontiguousarray(plane)))
        scan = frame.find(b"\xff\xda")
        scans += frame[scan : scan + 5] + bytes([number + 1]) + frame[scan + 6 : frame.rfind(b"\xff\xd9")]
    size = bytes([8]) + ROWS.to_bytes(2, "big") + COLUMNS.to_bytes(2, "big")
    head = b"\xff\xd8\xff\xf7\x00\x11" + size + b"\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00"
    samples, _, _ = opened(packed(head + scans + b"\xff\xd9", JPEGLSLossless, colours(), 8))
    assert np.array_equal(samples, colours())


@pytest.mark.parametrize("planar", [0, 1])
@pytest.mark.parametrize("syntax", [JPEGLosslessSV1, JPEGLossless, HTJ2KLosslessRPCL, RLELossless], ids=name)
def test_what_the_header_says_of_planes_does_not_concern_a_compressed_picture(syntax: str, planar: int) -> None:
    dataset = encoded(syntax, colours(), 8)
    dataset.PlanarConfiguration = planar
    assert np.array_equal(opened(dataset)[0], colours())
