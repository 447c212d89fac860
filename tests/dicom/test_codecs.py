"""The decoders, and the check of a codestream against its header."""

from __future__ import annotations

import struct
from dataclasses import replace

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import (
    MPEG2MPML,
    UID,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.dicom.encoding import LOSSLESS, Picture, encoded, lossy_12_bits, packed
from tests.dicom.members import instance_of, stored_values
from tests.factories import as_bytes
from webapp.dicom import codecs
from webapp.dicom.codecs import codestream
from webapp.errors import CodestreamMismatch, DecodeFailed, InstanceError, NoDecoder

ROWS, COLUMNS = 40, 33


@pytest.fixture(autouse=True)
def decoders() -> None:
    codecs.install()


def picture_of(bits: int, signed: bool = False) -> Picture:
    """Noise over the whole range, with both ends in the corners."""
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    noise = np.random.default_rng(bits).integers(low, high + 1, (ROWS, COLUMNS))
    noise[0, 0], noise[-1, -1] = low, high
    return noise.astype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")


def decoded(dataset: object) -> Picture:
    instance = instance_of(dataset)  # type: ignore[arg-type]
    return stored_values(instance, instance.member.read())


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda syntax: UID(syntax).name)
@pytest.mark.parametrize(
    ("bits", "signed"),
    [
        pytest.param(8, False, id="8 bits"),
        pytest.param(12, False, id="12 bits"),
        pytest.param(16, False, id="16 bits"),
        pytest.param(12, True, id="12 bits signed"),
        pytest.param(16, True, id="16 bits signed"),
    ],
)
def test_a_lossless_syntax_gives_back_every_bit(syntax: str, bits: int, signed: bool) -> None:
    picture = picture_of(bits, signed)
    found = decoded(encoded(syntax, picture, bits))
    assert found.dtype == picture.dtype
    assert np.array_equal(found, picture)


def test_near_lossless_stays_as_near_as_it_was_told() -> None:
    picture = picture_of(12)
    frame = imagecodecs.jpegls_encode(picture, level=2)
    assert np.abs(decoded(packed(frame, JPEGLSNearLossless, picture, 12)).astype(int) - picture).max() <= 2


def test_twelve_bit_lossy_pictures_are_read() -> None:
    ramp = np.add.outer(np.arange(ROWS) * 50, np.arange(COLUMNS) * 30).astype(np.uint16)
    assert np.abs(decoded(lossy_12_bits(ramp)).astype(int) - ramp).max() < 30


def test_eight_bit_lossy_pictures_are_read() -> None:
    ramp = np.add.outer(np.arange(ROWS) * 5, np.arange(COLUMNS) * 3).astype(np.uint8)
    frame = imagecodecs.jpeg8_encode(ramp, level=98)
    assert np.abs(decoded(packed(frame, JPEGBaseline8Bit, ramp, 8)).astype(int) - ramp).max() < 5


def test_eight_stored_bits_may_be_announced_as_sixteen() -> None:
    picture = picture_of(8)
    frame = imagecodecs.jpegls_encode(picture)
    assert np.array_equal(decoded(packed(frame, JPEGLSLossless, picture.astype(np.uint16), 8)), picture)


def test_a_frame_split_into_fragments_is_put_together() -> None:
    picture = picture_of(12)
    frame = imagecodecs.ljpeg_encode(picture, bitspersample=12)
    parts = [frame[at : at + 100] for at in range(0, len(frame), 100)]
    parts[-1] += b"\0" * (len(parts[-1]) % 2)
    items = b"".join(struct.pack("<HHL", 0xFFFE, 0xE000, len(part)) + part for part in parts)
    fragments = struct.pack("<HHL", 0xFFFE, 0xE000, 0) + items
    assert np.array_equal(
        decoded(packed(frame, JPEGLosslessSV1, picture, 12, PixelData=fragments + b"\xfe\xff\xdd\xe0\0\0\0\0")), picture
    )


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda syntax: UID(syntax).name)
def test_a_codestream_of_another_size_than_its_header_is_refused(syntax: str) -> None:
    dataset = encoded(syntax, picture_of(12), 12)
    dataset.Rows = ROWS * 2
    with pytest.raises((CodestreamMismatch, DecodeFailed)):
        decoded(dataset)


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLSLossless, JPEGLosslessSV1], ids=lambda one: UID(one).name)
@pytest.mark.parametrize(("keyword", "value"), [("Rows", ROWS * 2), ("Columns", COLUMNS - 1), ("Rows", 8000)])
def test_the_size_is_compared_before_any_decoder_runs(
    syntax: str, keyword: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = encoded(syntax, picture_of(12), 12)
    setattr(dataset, keyword, value)
    monkeypatch.setattr(codecs, "get_decoder", lambda _: pytest.fail("a decoder was asked for"))
    with pytest.raises(CodestreamMismatch, match="another size"):
        decoded(dataset)


def test_more_bits_in_the_codestream_than_in_the_header_are_refused() -> None:
    frame = imagecodecs.jpegls_encode(picture_of(16))
    with pytest.raises(CodestreamMismatch):
        decoded(packed(frame, JPEGLSLossless, picture_of(8), 8))


def test_run_lengths_of_another_depth_are_refused() -> None:
    with pytest.raises(CodestreamMismatch):
        decoded(packed(LOSSLESS[RLELossless](picture_of(8), 8), RLELossless, picture_of(12), 12))


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda syntax: UID(syntax).name)
def test_a_damaged_codestream_is_refused_and_nothing_made_up(syntax: str) -> None:
    frame = LOSSLESS[syntax](picture_of(12), 12)
    with pytest.raises((DecodeFailed, CodestreamMismatch)):
        decoded(packed(frame[: len(frame) // 4], syntax, picture_of(12), 12))


def test_a_video_is_refused_by_the_name_of_its_compression() -> None:
    with pytest.raises(NoDecoder, match="MPEG2"):
        decoded(packed(b"\0" * 64, MPEG2MPML, picture_of(12), 12))


def test_a_compression_nobody_knows_is_refused() -> None:
    instance = replace(instance_of(encoded(JPEGLSLossless, picture_of(12), 12)), transfer_syntax="1.2.3.4")
    with pytest.raises(NoDecoder, match="an unknown compression"):
        stored_values(instance, instance.member.read())


def test_pixels_without_fragments_are_refused() -> None:
    dataset = encoded(JPEGLSLossless, picture_of(12), 12)
    form = instance_of(dataset).format
    dataset.PixelData = b"\xfe\xff\xdd\xe0\0\0\0\0"
    with pytest.raises(DecodeFailed):
        codecs.decode(dataset, JPEGLSLossless, form)


@pytest.mark.filterwarnings("ignore:End of file reached:UserWarning")
@pytest.mark.parametrize("lost", [10, 200, 1000])
def test_a_file_cut_inside_its_codestream_is_refused(lost: int) -> None:
    instance = instance_of(encoded(JPEGLSLossless, picture_of(12), 12))
    body = instance.member.read()
    with pytest.raises(InstanceError):
        stored_values(instance, body[: len(body) - lost])


def test_memory_that_runs_out_is_not_called_a_damaged_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_left(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(codecs, "get_decoder", nothing_left)
    with pytest.raises(MemoryError):
        decoded(encoded(JPEGLSLossless, picture_of(12), 12))


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xd8", id="only a start"),
        pytest.param(b"\xff\xd8\x00\x00\x00\x00", id="no marker"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x04ab", id="no frame"),
        pytest.param(b"\xff\xd8\xff\xc3\x00\x0b\x10", id="a frame cut short"),
        pytest.param(b"\xff\x4f\xff\x51\x00\x29", id="a size cut short"),
    ],
)
def test_what_is_no_codestream_is_damaged(frame: bytes) -> None:
    with pytest.raises(DecodeFailed):
        codestream(frame)


def test_fill_bytes_and_lone_markers_before_the_frame_are_skipped() -> None:
    frame = b"\xff\xd8\xff\x01\xff\xff\xe0\x00\x04ab\xff\xc3\x00\x0b\x0c\x00\x18\x00\x11\x01\x01\x11\x00"
    found = codestream(frame)
    assert (found.rows, found.columns, found.components, found.precision) == (24, 17, 1, 12)


def test_decoders_may_be_installed_twice() -> None:
    codecs.install()
    assert all(codecs.is_available(uid) for uid in codecs.DECODER_DEPENDENCIES)


def test_every_supported_syntax_can_be_decoded_here() -> None:
    for syntax, plugin in codecs.PLUGINS.items():
        assert plugin in codecs.get_decoder(syntax).available_plugins


def test_a_compressed_file_is_still_one_dicom_file() -> None:
    assert as_bytes(encoded(RLELossless, picture_of(12), 12))[128:132] == b"DICM"
