"""Films: pictures at the times they were taken, in the proportion their header tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from pydicom.dataset import Dataset

from tests.factories import Scan
from tests.factories_multiframe import make_film
from webapp.stackfiles import THUMBNAIL

Open = Callable[..., dict[str, Any]]

SCAN = Scan()


@pytest.mark.parametrize(
    ("steps", "times"),
    [
        ([0, 30, 50, 30, 30, 30, 30], [0, 30, 80, 110, 140, 170, 200]),
        ([30, 30, 50, 30, 30, 30, 30], [0, 30, 80, 110, 140, 170, 200]),
        ([0, 30, 0, 30, 30, 30, 30], None),
        ([0, 30, -50, 30, 30, 30, 30], None),
    ],
    ids=["uneven", "a step before the first picture", "standing still", "running back"],
)
def test_a_film_with_a_step_for_each_picture_keeps_them(
    open_series: Open, steps: list[float], times: list[float] | None
) -> None:
    film = make_film(SCAN)
    film.FrameTimeVector, film.FrameIncrementPointer = steps, 0x00181065
    (stack,) = open_series([film])["stacks"]
    assert stack["frame_times_ms"] == times


def test_an_ultrasound_film_is_drawn_in_the_proportion_of_its_region(open_series: Open) -> None:
    """Pixels of 0.4 × 0.2 mm: 16 rows and 12 columns are 6.4 mm high and 2.4 mm wide."""
    film, region = make_film(SCAN), Dataset()
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX, region.PhysicalDeltaY = 0.02, 0.04
    film.SequenceOfUltrasoundRegions = [region]
    (stack,) = open_series([film])["stacks"]
    assert {(tuple(place["spacing_mm"]), place["size"]) for place in stack["places"]} == {((0.4, 0.2), "region")}
    with Image.open(stack["folder"] / THUMBNAIL) as small:
        assert small.height / small.width == pytest.approx(6.4 / 2.4, rel=0.02)


def test_single_pictures_are_small_pictures_in_true_proportion(open_series: Open) -> None:
    film = make_film(SCAN)
    film.PixelAspectRatio = [3, 1]
    (stack,) = open_series([film])["stacks"]
    with Image.open(stack["folder"] / THUMBNAIL) as small:
        assert small.height / small.width == pytest.approx(16 * 3 / 12, rel=0.02)
