"""The grid a surface is made on: averaged, sized to the budget, its crossings counted first."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.volumes import BOX, coded, sphere, straight, volume_of
from webapp.imaging import coarse
from webapp.imaging.affine import Affine
from webapp.imaging.coarse import block_mean, full_grid, grid_for
from webapp.imaging.field import Field


def field_of(values: NDArray[np.generic], no_data: float | None = None) -> Field:
    k, j, i = values.shape
    return Field(values, straight(Affine.from_steps(BOX, (0, 0, 0)), (k, j, i)), no_data)


@pytest.mark.parametrize("kind", ["int16", "uint8", "int32", "float32"])
def test_a_block_is_its_mean_and_what_is_beyond_the_last_whole_one_is_left_out(kind: str) -> None:
    values = (coded((5, 6, 7)) % 200).astype(kind)
    means = block_mean(field_of(values), (2, 3, 2))
    expected = values[:4, :, :6].reshape(2, 2, 2, 3, 3, 2).mean(axis=(1, 3, 5))
    assert means.dtype == np.float32
    assert means == pytest.approx(expected)


def test_means_do_not_depend_on_how_values_lie_in_memory() -> None:
    values = coded((6, 8, 10))
    turned = np.ascontiguousarray(values.transpose(2, 0, 1)).transpose(1, 2, 0)[:, :, :]
    assert np.array_equal(block_mean(field_of(values), (3, 2, 5)), block_mean(field_of(turned), (3, 2, 5)))


@pytest.mark.parametrize("kind", ["int16", "float32"])
def test_what_was_not_measured_does_not_count_and_a_block_with_little_else_is_none(kind: str) -> None:
    values = np.full((2, 2, 4), 10).astype(kind)
    values[0, 0] = -99
    values[:, :, 2:][1] = -99
    means = block_mean(field_of(values, -99.0), (2, 2, 2))
    assert means[0, 0, 0] == 10
    assert np.isnan(means[0, 0, 1])


def test_a_grid_that_fits_is_the_field_itself() -> None:
    ball = sphere(5.0, (12, 12, 12), np.eye(3)[::-1]).field()
    grid = grid_for(ball, 0.0, 100_000)
    assert grid.values is ball.values
    assert (grid.factors, grid.crossings) == ((1, 1, 1), full_grid(ball, 0.0).crossings)


def test_a_budget_makes_the_grid_coarser_until_what_crosses_fits() -> None:
    ball = sphere(20.0, (60, 60, 60), np.eye(3)[::-1]).field()
    grid = grid_for(ball, 0.0, 400)
    assert grid.factors[0] > 1
    assert 0 < grid.crossings * 2 <= 400 * 4


def test_noise_never_makes_more_than_the_budget_lets_be_thinned() -> None:
    noise = np.random.default_rng(0).integers(-1000, 1000, (64, 64, 64)).astype(np.int16)
    assert grid_for(volume_of(noise).field(), 0.0, 2000).crossings * 2 <= 2000 * 4


def test_a_large_field_is_averaged_before_anything_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    monkeypatch.setattr(coarse, "_GRID_VOXELS", 1000)
    count = coarse.crossings

    def watched(values: NDArray[np.generic], level: float, no_data: float | None = None) -> int:
        counted.append(values.size)
        return count(values, level, no_data)

    monkeypatch.setattr(coarse, "crossings", watched)
    grid_for(sphere(9.0, (24, 24, 24), np.eye(3)[::-1]).field(), 0.0, 10_000)
    assert max(counted) <= 1000
