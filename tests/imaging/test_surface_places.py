"""Surfaces of stacks that are no even box: where the patient has them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.meshes import centre_mm, corners, is_closed, mesh_of, signed_volume_mm3, surface_of
from tests.imaging.stacks import Pile

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
    mesh = mesh_of(pile.volume(lambda points: RADIUS - np.linalg.norm(points - middle, axis=-1)), 0.0, 100_000)
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

    mesh, closed = (mesh_of(pile.volume(ball), 0.0, 100_000) for pile in (holed, whole))
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
    made = surface_of(pile.volume(lambda points: RADIUS - np.linalg.norm(points - middle, axis=-1)), 0.0, 1000)
    low, high = (float(place) for place in pile.lattice.depths_mm[[6, 7]])
    spans = corners(made.mesh)[..., 2]
    assert made.facts.found > made.facts.triangles
    assert not ((spans.min(axis=1) < low + 0.1) & (spans.max(axis=1) > high - 0.1)).any()


def test_slices_that_are_unevenly_spaced_are_not_averaged() -> None:
    noise = np.random.default_rng(0)
    pile, _ = ball_in(Pile(DEPTHS))
    made = surface_of(pile.volume(lambda points: noise.normal(size=points.shape[:-1])), 0.0, 3000)
    assert made.facts.coarsened[0] == 1
    assert min(made.facts.coarsened[1:]) > 1


def test_many_uneven_slices_of_noise_are_not_averaged_for_ever() -> None:
    noise = np.random.default_rng(0)
    pile = Pile(tuple(float(depth) for depth in np.cumsum(noise.uniform(1, 2, 60))), pixels=(6, 6))
    made = surface_of(pile.volume(lambda points: noise.normal(size=points.shape[:-1])), 0.0, 30)
    assert 0 < made.facts.triangles <= 30


@pytest.mark.parametrize("slice_axis", range(3))
def test_on_request_a_hole_is_closed_half_a_step_from_its_slices(slice_axis: int) -> None:
    depths = tuple(3.0 * k for k in range(12) if k not in (5, 6))
    pile, middle = ball_in(Pile(depths, has_holes=True, slice_axis=slice_axis))
    mesh = mesh_of(pile.volume(lambda points: 14.0 - np.linalg.norm(points - middle, axis=-1)), closed=True)
    assert is_closed(mesh.faces)
    places = mesh.vertices @ pile.directions[slice_axis]
    below, above = (float(place) for place in pile.lattice.depths_mm[[4, 5]])
    assert not ((places > below + 1.501) & (places < above - 1.501)).any()
    assert np.isclose(places, below + 1.5, atol=1e-3).any()
    assert np.isclose(places, above - 1.5, atol=1e-3).any()


def test_a_slice_alone_between_two_holes_is_a_sheet_when_closed_and_nothing_when_open() -> None:
    pile, middle = ball_in(Pile((0.0, 3.0, 6.0, 15.0, 24.0, 27.0, 30.0), has_holes=True))
    volume = pile.volume(lambda points: 8.0 - np.linalg.norm((points - middle)[..., :2], axis=-1))
    place = float(pile.lattice.depths_mm[3])
    open_, closed = (mesh_of(volume, closed=on).vertices[:, 2] for on in (False, True))
    assert not (np.abs(open_ - place) < 4).any()
    sheet = closed[np.abs(closed - place) < 4]
    assert (sheet.min(), sheet.max()) == pytest.approx((place - 1.5, place + 1.5))
