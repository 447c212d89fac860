"""Surfaces of stacks that are no even box: where the patient has them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.stacks import Pile
from tests.imaging.test_surface import centre_mm, corners, signed_volume_mm3
from webapp.imaging.surface import isosurface

RADIUS = 11.0
STEPS = (*(2.0,) * 6, *(1.2,) * 9, *(3.0,) * 4)
DEPTHS = tuple(float(depth) for depth in np.cumsum((0.0, *STEPS)))

#: Stacks large enough for the ball.
BALLS = {
    **{f"tilted {tilt:g}": Pile(tuple(2.0 * k for k in range(18)), tilt) for tilt in (-25.0, -5.0, 0.5, 25.0)},
    "uneven": Pile(DEPTHS),
    "uneven and tilted": Pile(DEPTHS, 20.0),
    "wandering": Pile(tuple(1.5 * k for k in range(23)), wander_mm=1.0),
    "oblique, uneven, tilted": Pile(DEPTHS, -15.0, turn_deg=33.0),
}


def ball_in(pile: Pile) -> tuple[Pile, NDArray[np.float64]]:
    """The pile with pixels enough, and the middle of its voxels."""
    wide = replace(pile, pixels=(64, 60), pixel_mm=(0.7, 0.6))
    return wide, wide.points_mm.reshape(-1, 3).mean(axis=0)


@pytest.mark.parametrize("slice_axis", range(3))
@pytest.mark.parametrize("name", BALLS)
def test_a_ball_is_as_large_and_where_it_is(name: str, slice_axis: int) -> None:
    pile, middle = ball_in(replace(BALLS[name], slice_axis=slice_axis))
    mesh = isosurface(pile.volume(lambda points: RADIUS - np.linalg.norm(points - middle, axis=-1)), 0.0, 100_000)
    distances = np.linalg.norm(mesh.vertices - middle, axis=1)
    assert distances == pytest.approx(RADIUS, abs=0.35)
    assert centre_mm(mesh) == pytest.approx(middle, abs=0.1)
    assert signed_volume_mm3(mesh) == pytest.approx(4 / 3 * math.pi * RADIUS**3, rel=0.04)


def test_no_triangle_reaches_into_a_hole_and_all_others_stay() -> None:
    depths = tuple(2.0 * k for k in range(18) if k not in (7, 8))
    whole, middle = ball_in(Pile(depths))
    holed, _ = ball_in(Pile(depths, has_holes=True))

    def ball(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return RADIUS - np.linalg.norm(points - middle, axis=-1)

    mesh, closed = (isosurface(pile.volume(ball), 0.0, 100_000) for pile in (holed, whole))
    low, high = (float(place) for place in holed.lattice.depths_mm[[6, 7]])
    places = corners(mesh)[..., 2]
    assert not ((places > low + 1e-4) & (places < high - 1e-4)).any()
    assert not ((places.min(axis=1) < low + 1e-4) & (places.max(axis=1) > high - 1e-4)).any()
    others = corners(closed)[..., 2]
    crossing = (others.max(axis=1) > low + 1e-4) & (others.min(axis=1) < high - 1e-4)
    assert 0 < len(mesh.faces) == np.count_nonzero(~crossing)


def test_thinning_leaves_no_triangle_in_a_hole() -> None:
    depths = tuple(2.0 * k for k in range(18) if k not in (7, 8))
    pile, middle = ball_in(Pile(depths, has_holes=True))
    mesh = isosurface(pile.volume(lambda points: RADIUS - np.linalg.norm(points - middle, axis=-1)), 0.0, 1000)
    low, high = (float(place) for place in pile.lattice.depths_mm[[6, 7]])
    spans = corners(mesh)[..., 2]
    assert mesh.found > len(mesh.faces)
    assert not ((spans.min(axis=1) < low + 0.1) & (spans.max(axis=1) > high - 0.1)).any()


def test_slices_that_are_unevenly_spaced_are_not_averaged() -> None:
    noise = np.random.default_rng(0)
    pile, _ = ball_in(Pile(DEPTHS))
    mesh = isosurface(pile.volume(lambda points: noise.normal(size=points.shape[:-1])), 0.0, 3000)
    assert mesh.coarsened[0] == 1
    assert min(mesh.coarsened[1:]) > 1
