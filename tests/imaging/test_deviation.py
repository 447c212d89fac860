"""How far a thinned mesh lies from the whole one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from webapp.imaging.deviation import deviation

Part = tuple[NDArray[np.float32], NDArray[np.int32]]


def plate(steps: int, height: float = 0.0, size: float = 10.0) -> Part:
    """A flat square of so many steps along each side, at a height."""
    ticks = np.linspace(0, size, steps + 1)
    x, y = np.meshgrid(ticks, ticks, indexing="ij")
    vertices = np.stack((x.ravel(), y.ravel(), np.full(x.size, height)), axis=1).astype(np.float32)
    corner = (np.arange(steps)[:, None] * (steps + 1) + np.arange(steps)).ravel()
    over, right = corner + steps + 1, corner + 1
    faces = np.concatenate((np.stack((corner, over, over + 1), axis=1), np.stack((corner, over + 1, right), axis=1)))
    return vertices, faces.astype(np.int32)


def test_two_cuttings_of_one_plate_do_not_deviate() -> None:
    assert deviation(plate(1), plate(30)).max_mm == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("steps", [1, 3, 30])
def test_a_plate_above_another_is_as_far_off_as_it_lies(steps: int) -> None:
    off = deviation(plate(steps, height=0.25), plate(17))
    assert (off.mean_mm, off.p95_mm, off.max_mm) == pytest.approx((0.25, 0.25, 0.25), abs=1e-6)
    assert off.samples == 4_000


def test_what_reaches_beyond_is_measured_to_the_rim() -> None:
    off = deviation(plate(1, size=12.0), plate(20))
    assert off.max_mm == pytest.approx(np.hypot(2, 2), abs=0.4)
    assert off.p95_mm < 2


def test_a_tent_is_as_far_off_as_its_pole_is_high() -> None:
    vertices = np.array([[0, 0, 0], [10, 0, 0], [10, 10, 0], [0, 10, 0], [5, 5, 1]], np.float32)
    faces = np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]], np.int32)
    off = deviation((vertices, faces), plate(25))
    assert off.max_mm == pytest.approx(1, abs=0.05)
    assert off.mean_mm == pytest.approx(1 / 3, abs=0.02)


def test_the_same_meshes_give_the_same_numbers() -> None:
    assert deviation(plate(2, 0.1), plate(9)) == deviation(plate(2, 0.1), plate(9))
