"""Stored values out of bytes, and modality values out of stored values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.dicom.members import Bytes, instance_of, read_one, stored_values
from tests.dicom.test_header import encoded
from tests.factories import Scan, as_bytes, make_series
from webapp.config import Limits
from webapp.dicom.model import PixelFormat, Scale
from webapp.dicom.pixels import NotExact, Stage, check_format, measured_range, real_values, usable, whole_values
from webapp.errors import BadDimensions, FileTruncated

BIG_ENDIAN = "1.2.840.10008.1.2.2"


def picture(words: list[int], allocated: int = 16, **tags: Any) -> FileDataset:
    """A picture of one row whose pixels are these words of memory."""
    dataset = make_series(Scan(slices=1))[0]
    dataset.Rows, dataset.Columns, dataset.BitsAllocated = 1, len(words), allocated
    dataset.PixelData = np.array(words, f"<u{allocated // 8}").tobytes()
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    return dataset


def stored(dataset: FileDataset) -> list[int]:
    instance = instance_of(dataset)
    return [int(value) for value in stored_values(instance, instance.member.read())[0]]


@pytest.mark.parametrize(
    ("words", "allocated", "bits", "high", "signed", "wanted"),
    [
        pytest.param([0, 255], 8, 8, 7, 0, [0, 255], id="8 bits"),
        pytest.param([0x80, 0x7F], 8, 8, 7, 1, [-128, 127], id="8 bits signed"),
        pytest.param([0, 0xFFFF], 16, 16, 15, 0, [0, 65535], id="16 bits"),
        pytest.param([0x8000, 0x7FFF], 16, 16, 15, 1, [-32768, 32767], id="16 bits signed"),
        pytest.param([0x0F00, 0x0800, 0x07FF], 16, 12, 11, 1, [-256, -2048, 2047], id="12 bits signed"),
        pytest.param([0xF123, 0x1FFF], 16, 12, 11, 0, [0x123, 0xFFF], id="overlay bits above the value"),
        pytest.param([0xF7FF, 0x1FFF], 16, 12, 11, 1, [2047, -1], id="overlay bits above a signed value"),
        pytest.param([0x1230, 0xFFFF], 16, 12, 15, 0, [291, 4095], id="left-aligned: high bit 15"),
        pytest.param([0xF000, 0x7FF0], 16, 12, 15, 1, [-256, 2047], id="left-aligned signed"),
        pytest.param([0x2468], 16, 12, 13, 0, [0x91A], id="in the middle: high bit 13"),
        pytest.param([0xFFFFFFFF, 7], 32, 32, 31, 1, [-1, 7], id="32 bits signed"),
    ],
)
def test_only_the_declared_bits_are_the_value(
    words: list[int], allocated: int, bits: int, high: int, signed: int, wanted: list[int]
) -> None:
    layout = {"BitsStored": bits, "HighBit": high, "PixelRepresentation": signed}
    assert stored(picture(words, allocated, **layout)) == wanted


@pytest.mark.parametrize(
    "syntax",
    [ExplicitVRLittleEndian, ImplicitVRLittleEndian, BIG_ENDIAN, DeflatedExplicitVRLittleEndian],
    ids=["explicit", "implicit", "big endian", "deflated"],
)
def test_the_picture_is_the_same_in_every_uncompressed_syntax(syntax: str) -> None:
    dataset = make_series(Scan(slices=1))[0]
    wanted = dataset.pixel_array
    instance = read_one(Bytes(encoded(dataset, syntax)))
    assert np.array_equal(stored_values(instance, instance.member.read()), wanted)


def test_pixels_written_as_words_of_a_short_representation_are_found() -> None:
    """Some writers give Pixel Data a representation with a two-byte length."""
    body = as_bytes(picture([1, 2, 3, 4])).replace(b"\xe0\x7f\x10\x00OW\0\0\x08\0\0\0", b"\xe0\x7f\x10\x00US\x08\0")
    instance = read_one(Bytes(body))
    assert stored_values(instance, body)[0].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("lost", [1, 100, 384])
def test_a_picture_cut_short_says_how_many_bytes_there_are(lost: int) -> None:
    body = as_bytes(make_series(Scan(slices=1))[0])
    instance = read_one(Bytes(body))
    with pytest.raises(FileTruncated, match=rf"{384 - lost} of 384 bytes") as caught:
        stored_values(instance, body[: len(body) - lost])
    assert "again" in caught.value.cure


def test_a_picture_shorter_than_its_rows_is_cut_short() -> None:
    dataset = make_series(Scan(slices=1))[0]
    dataset.Rows = 17
    with pytest.raises(FileTruncated, match="384 of 408 bytes"):
        stored(dataset)


def test_a_compressed_file_whose_pixels_are_gone_is_cut_short() -> None:
    body = as_bytes(make_series(Scan(slices=1))[0])
    instance = replace(read_one(Bytes(body)), transfer_syntax="1.2.840.10008.1.2.5")
    with pytest.raises(FileTruncated):
        stored_values(instance, body[: body.rindex(b"\xe0\x7f\x10\x00OW")])


def test_a_compressed_file_of_noise_is_cut_short() -> None:
    instance = replace(instance_of(make_series(Scan(slices=1))[0]), transfer_syntax="1.2.840.10008.1.2.5")
    with pytest.raises(FileTruncated):
        stored_values(instance, b"\x08\x00\x05\x00SQ\0\0\x10\0\0\0abcdefghijklmnopqrst")


@pytest.mark.parametrize(("rows", "bits"), [(8193, 16), (10, 64)])
def test_what_cannot_be_shown_is_refused_before_it_is_read(rows: int, bits: int) -> None:
    with pytest.raises(BadDimensions):
        check_format(PixelFormat(rows, 10, 1, "MONOCHROME2", bits, bits, bits - 1, False), Limits())


def as_whole(stored: NDArray[Any], slope: float, intercept: float) -> NDArray[np.int16]:
    """Stored values on a scale, as int16."""
    measured = measured_range(stored, None)
    assert measured is not None
    return whole_values(stored, Stage(Scale(slope, intercept, "", True)), measured)


@pytest.mark.parametrize(
    ("values", "intercept", "wanted"),
    [
        pytest.param([0, 4095], -1024, [-1024, 3071], id="a CT"),
        pytest.param([0, 32767], 0, [0, 32767], id="as stored"),
        pytest.param([0], -32768, [-32768], id="the lowest of all"),
        pytest.param([33_791], -1024, [32767], id="the highest of all"),
    ],
)
def test_whole_values_are_stored_plus_intercept(values: list[int], intercept: float, wanted: list[int]) -> None:
    found = as_whole(np.array([values], np.uint16), 1.0, float(intercept))
    assert (found.dtype, found.tolist()) == (np.int16, [wanted])


@pytest.mark.parametrize(
    ("values", "slope", "intercept"),
    [
        pytest.param([1], 0.5, 0, id="half a slope"),
        pytest.param([1], 1, 0.5, id="half an intercept"),
        pytest.param([0], -1, 0, id="a slope of minus one"),
        pytest.param([65_535], 1, 0, id="unsigned 16 bits"),
        pytest.param([33_792], 1, -1024, id="one beyond after the shift"),
        pytest.param([0], 1, -40_000, id="an intercept below int16"),
        pytest.param([40_000], 1, -40_000, id="an intercept below int16 that would fit"),
    ],
)
def test_values_that_int16_cannot_hold_exactly_are_not_forced_into_it(
    values: list[int], slope: float, intercept: float
) -> None:
    with pytest.raises(NotExact):
        as_whole(np.array([values], np.uint16), float(slope), float(intercept))


@given(st.lists(st.integers(-40_000, 70_000), min_size=1, max_size=5), st.integers(-40_000, 40_000))
def test_int16_is_exact_or_not_taken(values: list[int], intercept: int) -> None:
    try:
        found = as_whole(np.array([values], np.int32), 1.0, float(intercept))
    except NotExact:
        return
    assert found[0].tolist() == [value + intercept for value in values]


def test_real_values_are_stored_times_slope_plus_intercept() -> None:
    found = real_values(np.array([[0, 101]], np.uint16), Stage(Scale(0.5, -3, "", True)))
    assert (found.dtype, found.tolist()) == (np.float32, [[-3.0, 47.5]])


@pytest.mark.parametrize(
    ("slope", "intercept", "wanted"),
    [
        (1, 0, True), (-2.5, -1024, True), (0, 0, False), (float("nan"), 0, False), (1, float("nan"), False),
        (1e300, 0, False), (1, -1e300, False), (float("inf"), 0, False),
    ],
)  # fmt: skip
def test_a_scale_is_used_only_when_it_gives_numbers(slope: float, intercept: float, wanted: bool) -> None:
    assert usable(Scale(slope, intercept, "", True)) is wanted


def test_the_stored_values_share_no_writable_memory_with_the_file() -> None:
    body = as_bytes(picture([5, 6]))
    instance = read_one(Bytes(body))
    before = bytes(body)
    found: NDArray[Any] = stored_values(instance, body) + 1
    assert (found[0].tolist(), body) == ([6, 7], before)
