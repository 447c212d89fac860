"""A small picture for the library."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from webapp.imaging.thumbnail import THUMBNAIL_PIXELS, Look, thumbnail
from webapp.imaging.window import VoiFunction, WindowLevel

PLAIN = Look(WindowLevel(500, 1000))


def picture(pixels: np.ndarray, aspect: float = 1.0, look: Look | None = PLAIN) -> Image.Image:
    return Image.open(io.BytesIO(thumbnail(pixels, aspect, look)))


def greys(look: Look, *values: float) -> list[int]:
    return [int(grey) for grey in look.greys(np.array(values))]


@pytest.mark.parametrize(
    ("shape", "aspect", "size"),
    [
        pytest.param((512, 512), 1.0, (192, 192), id="square"),
        pytest.param((100, 200), 1.0, (192, 96), id="wide"),
        pytest.param((100, 100), 2.0, (96, 192), id="tall pixels"),
        pytest.param((1, 1), 1.0, (192, 192), id="one pixel"),
        pytest.param((1, 1000), 1.0, (192, 1), id="one row"),
    ],
)
def test_a_thumbnail_has_the_true_proportion(shape: tuple[int, int], aspect: float, size: tuple[int, int]) -> None:
    found = picture(np.zeros(shape, np.int16), aspect)
    assert (found.size, max(found.size)) == (size, THUMBNAIL_PIXELS)


def test_a_window_runs_from_black_to_white() -> None:
    bands = np.array([-100, 0, 500, 1000, 2000], np.int16).repeat(39)[:THUMBNAIL_PIXELS]
    grey = np.asarray(picture(np.tile(bands, (THUMBNAIL_PIXELS, 1))))[96]
    assert [int(grey[19 + 39 * place]) for place in range(5)] == [0, 0, 128, 255, 255]


def test_a_thumbnail_carries_no_text() -> None:
    assert picture(np.zeros((4, 4), np.int16)).info == {}


def test_inverted_pictures_have_their_small_values_white() -> None:
    assert greys(Look(WindowLevel(500, 1000), inverted=True), -1, 0, 200, 1000, 2000) == [255, 255, 204, 0, 0]


def test_a_table_is_inverted_behind_it_and_not_before() -> None:
    window = WindowLevel(1, 2, VoiFunction.LUT, (0.0, 0.2, 1.0))
    assert greys(Look(window, inverted=True), 0, 1, 2) == [255, 204, 0]


@pytest.mark.parametrize("inverted", [False, True])
def test_what_was_not_measured_is_black_either_way(inverted: bool) -> None:
    look = Look(WindowLevel(500, 1000), inverted, no_data=-32768)
    assert greys(look, -32768, np.nan) == [0, 0]


def test_colours_are_kept() -> None:
    orange = np.full((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS, 3), (255, 128, 0), np.uint8)
    assert picture(orange, look=None).getpixel((90, 90)) == (255, 128, 0)
