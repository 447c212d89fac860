"""A small grey picture for the library."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from webapp.imaging.thumbnail import THUMBNAIL_PIXELS, thumbnail
from webapp.imaging.window import WindowLevel


def picture(pixels: np.ndarray, aspect: float = 1.0, window: WindowLevel | None = None) -> Image.Image:
    return Image.open(io.BytesIO(thumbnail(pixels, aspect, window or WindowLevel(500, 1000))))


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
    assert [int(grey[19 + 39 * place]) for place in range(5)] == [0, 0, 127, 255, 255]


def test_a_thumbnail_carries_no_text() -> None:
    assert picture(np.zeros((4, 4), np.int16)).info == {}
