"""Grey pictures through every compressed transfer syntax, and what is refused before a decoder sees it."""

from __future__ import annotations

import struct
from dataclasses import replace

import imagecodecs
import numpy as np
import pytest
from openjpeg import utils as openjpeg
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.dicom.encoding import LOSSLESS, LOSSY, Picture, encoded, packed
from tests.dicom.members import instance_of, stored_values
from tests.factories import as_bytes
from webapp.dicom import codecs
from webapp.errors import CodestreamMismatch, DecodeFailed, InstanceError, NoDecoder

ROWS, COLUMNS = 40, 33
HUGE = 65535

#: A syntax of each family whose codestream says how large it is.
WITH_SIZE = (JPEG2000Lossless, HTJ2KLossless, JPEGLSLossless, JPEGLosslessSV1)

#: What the lossy processes of JPEG hold.
MOST_BITS: dict[str, int] = {JPEGBaseline8Bit: 8, JPEGExtended12Bit: 12}

DEPTHS = [
    pytest.param(8, False, id="8 bits"),
    pytest.param(12, False, id="12 bits"),
    pytest.param(16, False, id="16 bits"),
    pytest.param(12, True, id="12 bits signed"),
    pytest.param(16, True, id="16 bits signed"),
]


def name(syntax: object) -> str | None:
    """A syntax by its name in the list of tests."""
    return UID(syntax).name if isinstance(syntax, str) else None


def picture_of(bits: int, signed: bool = False) -> Picture:
    """Noise over the whole range, with both ends in the corners."""
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    noise = np.random.default_rng(bits).integers(low, high + 1, (ROWS, COLUMNS))
    noise[0, 0], noise[-1, -1] = low, high
    return noise.astype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")


def ramp_of(bits: int) -> Picture:
    """A slope from one corner to the other over the whole range."""
    slope = np.add.outer(np.arange(ROWS), np.arange(COLUMNS)) / (ROWS + COLUMNS - 2)
    return (slope * ((1 << bits) - 1)).astype("u1" if bits <= 8 else "u2")


def decoded(dataset: object) -> Picture:
    instance = instance_of(dataset)  # type: ignore[arg-type]
    return stored_values(instance, instance.member.read())


@pytest.mark.parametrize("syntax", LOSSLESS, ids=name)
@pytest.mark.parametrize(("bits", "signed"), DEPTHS)
def test_a_lossless_syntax_gives_back_every_bit(syntax: str, bits: int, signed: bool) -> None:
    picture = picture_of(bits, signed)
    found = decoded(encoded(syntax, picture, bits))
    assert found.dtype == picture.dtype
    assert np.array_equal(found, picture)


@pytest.mark.parametrize(
    ("syntax", "bits"),
    [(syntax, bits) for syntax in LOSSY for bits in (8, 12, 16) if bits <= MOST_BITS.get(syntax, 16)],
    ids=name,
)
def test_a_lossy_syntax_stays_as_near_as_it_was_told(syntax: str, bits: int) -> None:
    encode, most = LOSSY[syntax]
    ramp = ramp_of(bits)
    found = decoded(packed(encode(ramp, bits), syntax, ramp, bits))
    assert np.abs(found.astype(int) - ramp).max() <= most(bits)


@pytest.mark.parametrize("syntax", [JPEG2000, HTJ2K], ids=name)
def test_what_lossy_compression_pushes_beyond_the_ends_does_not_come_out_at_the_other(syntax: str) -> None:
    ends = np.zeros((64, 64), np.uint16)
    ends[:, 32:] = 0xFFFF
    frame = (
        openjpeg.encode_array(ends, bits_stored=16, compression_ratios=[30])
        if syntax == JPEG2000
        else imagecodecs.htj2k_encode(ends, level=0.01, reversible=False)
    )
    found = decoded(packed(bytes(frame), syntax, ends, 16))
    assert found[:, :16].max() < 0x4000
    assert found[:, 48:].min() > 0xC000


@pytest.mark.parametrize("predictor", range(1, 8))
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_every_predictor_of_lossless_jpeg_is_known(predictor: int, bits: int) -> None:
    picture = picture_of(bits)
    frame = imagecodecs.jpeg8_encode(picture, lossless=True, predictor=predictor, bitspersample=bits)
    assert np.array_equal(decoded(packed(bytes(frame), JPEGLossless, picture, bits)), picture)


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, HTJ2KLossless], ids=name)
@pytest.mark.parametrize(("bits", "signed"), DEPTHS)
def test_another_decoder_of_jpeg_2000_reads_the_same_numbers(syntax: str, bits: int, signed: bool) -> None:
    picture = picture_of(bits, signed)
    theirs = openjpeg.decode_pixel_data(LOSSLESS[syntax](picture, bits), version=2)
    assert np.array_equal(np.frombuffer(theirs, picture.dtype).reshape(picture.shape), picture)


def test_eight_stored_bits_may_be_announced_as_sixteen() -> None:
    picture = picture_of(8)
    frame = imagecodecs.jpegls_encode(picture)
    assert np.array_equal(decoded(packed(frame, JPEGLSLossless, picture.astype(np.uint16), 8)), picture)


@pytest.mark.parametrize("syntax", LOSSLESS, ids=name)
def test_a_codestream_of_another_size_than_its_header_is_refused(syntax: str) -> None:
    dataset = encoded(syntax, picture_of(12), 12)
    dataset.Rows = ROWS * 2
    with pytest.raises((CodestreamMismatch, DecodeFailed)):
        decoded(dataset)


@pytest.fixture
def no_decoders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any decoder that is asked fails the test."""
    for package in ("jpeg8_decode", "jpegls_decode", "jpeg2k_decode"):
        monkeypatch.setattr(imagecodecs, package, lambda *_, **__: pytest.fail("a decoder was asked for"))
    monkeypatch.setattr(codecs, "decode_pixel_data", lambda *_, **__: pytest.fail("a decoder was asked for"))


@pytest.mark.usefixtures("no_decoders")
@pytest.mark.parametrize("syntax", WITH_SIZE, ids=name)
@pytest.mark.parametrize(("keyword", "value"), [("Rows", ROWS * 2), ("Columns", COLUMNS - 1), ("Rows", 8000)])
def test_the_size_is_compared_before_any_decoder_runs_and_both_are_named(syntax: str, keyword: str, value: int) -> None:
    dataset = encoded(syntax, picture_of(12), 12)
    setattr(dataset, keyword, value)
    said = f"has {ROWS} rows and {COLUMNS} columns, its header says {dataset.Rows} and {dataset.Columns}"
    with pytest.raises(CodestreamMismatch, match=said):
        decoded(dataset)


def claiming(syntax: str, frame: bytes, rows: int, columns: int) -> bytes:
    """A codestream that says it is of another size than it is."""
    if syntax in (JPEG2000Lossless, HTJ2KLossless):
        return frame[:8] + struct.pack(">2L", columns, rows) + frame[16:]
    place = next(at for at in (frame.find(marker) for marker in (b"\xff\xc0", b"\xff\xc3", b"\xff\xf7")) if at > 0)
    return frame[: place + 5] + struct.pack(">2H", rows, columns) + frame[place + 9 :]


@pytest.mark.usefixtures("no_decoders")
@pytest.mark.parametrize("syntax", WITH_SIZE, ids=name)
def test_a_picture_that_unpacks_to_gigabytes_allocates_nothing(syntax: str) -> None:
    picture = picture_of(12)
    frame = claiming(syntax, LOSSLESS[syntax](picture, 12), HUGE, HUGE)
    with pytest.raises(CodestreamMismatch, match=f"has {HUGE} rows and {HUGE} columns"):
        decoded(packed(frame, syntax, picture, 12))


@pytest.mark.usefixtures("no_decoders")
@pytest.mark.parametrize("syntax", WITH_SIZE, ids=name)
def test_colours_where_the_header_says_grey_are_refused(syntax: str) -> None:
    picture = picture_of(8)
    frame = LOSSLESS[syntax](np.stack([picture] * 3, axis=-1), 8)
    with pytest.raises(CodestreamMismatch, match="3 numbers a pixel, its header says 1"):
        decoded(packed(frame, syntax, picture, 8))


@pytest.mark.usefixtures("no_decoders")
@pytest.mark.parametrize("syntax", WITH_SIZE, ids=name)
def test_more_bits_in_the_codestream_than_the_header_has_room_for_are_refused(syntax: str) -> None:
    frame = LOSSLESS[syntax](picture_of(16), 16)
    with pytest.raises(CodestreamMismatch, match="numbers of 16 bits, its header has room for 8"):
        decoded(packed(frame, syntax, picture_of(8), 8))


@pytest.mark.usefixtures("no_decoders")
def test_run_lengths_of_another_depth_are_refused() -> None:
    with pytest.raises(CodestreamMismatch, match="hold 1 bytes a pixel, the header describes 2"):
        decoded(packed(LOSSLESS[RLELossless](picture_of(8), 8), RLELossless, picture_of(12), 12))


@pytest.mark.usefixtures("no_decoders")
def test_run_lengths_that_unpack_to_far_more_than_the_picture_are_refused() -> None:
    frame = struct.pack("<16L", 1, 64, *[0] * 14) + b"\x81\0" * (ROWS * COLUMNS * 4)
    with pytest.raises(DecodeFailed):
        decoded(packed(frame, RLELossless, picture_of(8), 8))


def test_run_lengths_that_make_their_decoder_panic_are_a_damaged_picture() -> None:
    segment = b"\x81\x01" * (ROWS * COLUMNS // 128 + 1)
    frame = struct.pack("<16L", 2, 64, 64 + len(segment), *[0] * 13) + segment * 2
    with pytest.raises(DecodeFailed):
        decoded(packed(frame, RLELossless, picture_of(12), 12))


@pytest.mark.usefixtures("no_decoders")
@pytest.mark.parametrize("offsets", [(0xFFFFFFFF, 64), (1, 1 << 20), (1, 3), (2, 200, 100)])
def test_segments_of_run_lengths_that_lie_nowhere_are_refused(offsets: tuple[int, ...]) -> None:
    frame = struct.pack("<16L", *offsets, *[0] * (16 - len(offsets))) + b"\0" * 200
    with pytest.raises((DecodeFailed, CodestreamMismatch)):
        decoded(packed(frame, RLELossless, picture_of(8 * min(offsets[0], 2)), 8 * min(offsets[0], 2)))


@pytest.mark.parametrize(
    ("syntax", "inside"), [(JPEG2000Lossless, JPEGLosslessSV1), (JPEGLSLossless, JPEG2000Lossless)], ids=name
)
def test_a_codestream_of_another_standard_than_the_header_names_is_refused(syntax: str, inside: str) -> None:
    picture = picture_of(12)
    wanted = f"is {codecs.FAMILIES[inside]}, its header says {codecs.FAMILIES[syntax]}"
    with pytest.raises(CodestreamMismatch, match=wanted):
        decoded(packed(LOSSLESS[inside](picture, 12), syntax, picture, 12))


@pytest.mark.parametrize("syntax", [*LOSSLESS, *LOSSY], ids=name)
@pytest.mark.parametrize("part", [4, 2])
def test_a_codestream_cut_short_is_refused_and_nothing_made_up(syntax: str, part: int) -> None:
    bits = 8 if syntax == JPEGBaseline8Bit else 12
    picture = ramp_of(bits)
    frame = (LOSSLESS[syntax] if syntax in LOSSLESS else LOSSY[syntax][0])(picture, bits)
    with pytest.raises((DecodeFailed, CodestreamMismatch)):
        decoded(packed(frame[: len(frame) // part], syntax, picture, bits))


@pytest.mark.parametrize("syntax", [UID(one) for one in LOSSY], ids=name)
def test_a_picture_that_lost_its_last_bytes_is_refused(syntax: UID) -> None:
    bits = 8 if syntax == JPEGBaseline8Bit else 12
    ramp = ramp_of(bits)
    frame = LOSSY[syntax][0](ramp, bits)[:-2]
    with pytest.raises(DecodeFailed, match="cut short"):
        decoded(packed(frame, syntax, ramp, bits))


@pytest.mark.parametrize(
    ("syntax", "said"),
    [
        ("1.2.840.10008.1.2.4.94", "JPIP"),
        ("1.2.840.10008.1.2.4.100", "MPEG2"),
        ("1.2.840.10008.1.2.4.102", "MPEG-4"),
        ("1.2.840.10008.1.2.4.107", "HEVC"),
        ("1.2.840.10008.1.2.7.1", "SMPTE"),
    ],
)
def test_videos_and_references_are_refused_by_the_name_of_their_compression(syntax: str, said: str) -> None:
    with pytest.raises(NoDecoder, match=said):
        decoded(packed(b"\0" * 64, syntax, picture_of(12), 12))


def test_pixels_that_lie_on_a_server_are_refused_by_the_name_of_their_protocol() -> None:
    dataset = packed(b"\0" * 64, "1.2.840.10008.1.2.4.94", picture_of(12), 12)
    del dataset.PixelData
    dataset.PixelDataProviderURL = "https://example.org/"
    with pytest.raises(NoDecoder, match="JPIP"):
        instance_of(dataset)


def test_a_compression_nobody_knows_is_refused() -> None:
    instance = replace(instance_of(encoded(JPEGLSLossless, picture_of(12), 12)), transfer_syntax="1.2.3.4")
    with pytest.raises(NoDecoder, match="an unknown compression"):
        stored_values(instance, instance.member.read())


@pytest.mark.parametrize(("syntax", "said"), [("1.2.840.10008.1.2.4.110", "JPEG XL"), ("1.2.3.4", "an unknown")])
def test_a_compression_younger_than_the_library_is_named_all_the_same(syntax: str, said: str) -> None:
    assert said in str(codecs.no_decoder(syntax))


@pytest.mark.parametrize("lost", [10, 200, 1000])
def test_a_file_cut_inside_its_codestream_is_refused(lost: int) -> None:
    instance = instance_of(encoded(JPEGLSLossless, picture_of(12), 12))
    body = instance.member.read()
    with pytest.raises(InstanceError):
        stored_values(instance, body[: len(body) - lost])


def test_memory_that_runs_out_is_not_called_a_damaged_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_left(_: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(imagecodecs, "jpegls_decode", nothing_left)
    with pytest.raises(MemoryError):
        decoded(encoded(JPEGLSLossless, picture_of(12), 12))


def test_what_a_decoder_makes_of_another_shape_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imagecodecs, "jpegls_decode", lambda _: picture_of(12)[:-1])
    with pytest.raises(DecodeFailed):
        decoded(encoded(JPEGLSLossless, picture_of(12), 12))


def test_a_compressed_file_is_still_one_dicom_file() -> None:
    assert as_bytes(encoded(RLELossless, picture_of(12), 12))[128:132] == b"DICM"
