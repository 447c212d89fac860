"""Reversible byte filters."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from webapp.imaging.filters import LEFT_CHANNELS, LEFT_ZIGZAG_PLANES, NONE, PLANES, decode, encode

SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, max_side=9)
PICTURES = st.sampled_from([np.int16, np.uint16, np.uint8, np.float32]).flatmap(
    lambda dtype: arrays.arrays(dtype, SHAPES)
)


@given(PICTURES)
def test_what_is_filtered_comes_back_bit_for_bit(pixels: NDArray[np.generic]) -> None:
    name, body = encode(pixels)
    shape = (pixels.shape[0], pixels.shape[1])
    found = decode(name, body, pixels.dtype.name, shape)
    assert (found.dtype, found.shape, found.tobytes()) == (pixels.dtype, pixels.shape, pixels.tobytes())


COLOURS = st.sampled_from([3, 4]).flatmap(
    lambda depth: arrays.arrays(np.uint8, SHAPES.map(lambda shape: (*shape, depth)))
)


@given(COLOURS)
def test_colours_come_back_byte_for_byte(pixels: NDArray[np.uint8]) -> None:
    name, body = encode(pixels)
    assert (name, len(body)) == (LEFT_CHANNELS, pixels.nbytes)
    assert np.array_equal(decode(name, body, "uint8", pixels.shape), pixels)


def test_the_red_of_a_whole_picture_travels_before_the_green() -> None:
    pixels = np.array([[[10, 1, 200], [12, 0, 200]]], np.uint8)
    assert encode(pixels)[1] == bytes([10, 2, 1, 255, 200, 0])


@given(PICTURES)
def test_a_filtered_picture_has_as_many_bytes_as_before(pixels: NDArray[np.generic]) -> None:
    assert len(encode(pixels)[1]) == pixels.nbytes


@pytest.mark.parametrize(
    ("dtype", "name"),
    [(np.int16, LEFT_ZIGZAG_PLANES), (np.uint16, LEFT_ZIGZAG_PLANES), (np.float32, PLANES), (np.uint8, NONE)],
)
def test_each_number_type_has_its_filter(dtype: type[np.generic], name: str) -> None:
    assert encode(np.zeros((2, 3), dtype))[0] == name


def test_the_bytes_on_the_wire_are_these() -> None:
    """Steps 1, −1 and 256 become 2, 1 and 512: first all low bytes, then all high bytes."""
    assert encode(np.array([[1, 0, 256]], np.int16))[1] == bytes([2, 1, 0, 0, 0, 2])


def test_the_widest_steps_go_round_and_come_back() -> None:
    pixels = np.array([[32767, -32768, 32767], [-32768, 32767, 0]], np.int16)
    assert decode(*encode(pixels), "int16", (2, 3)).tolist() == pixels.tolist()


def test_a_turned_picture_is_filtered_as_it_is_seen() -> None:
    pixels = np.arange(12, dtype=np.int16).reshape(3, 4)[::-1].T
    assert decode(*encode(pixels), "int16", (4, 3)).tolist() == pixels.tolist()


def test_a_smooth_picture_becomes_smaller_than_without_a_filter() -> None:
    x, y = np.mgrid[:64, :64]
    pixels = (1000 * np.sin(x / 20) * np.cos(y / 15)).astype(np.int16)
    assert len(zlib.compress(encode(pixels)[1], 1)) < 0.7 * len(zlib.compress(pixels.tobytes(), 1))
