"""Balls, boxes and rings of known size on grids of every kind: their area, their volume and their place."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.meshes import area_mm2, centre_mm, is_closed, signed_volume_mm3, surface_of
from tests.imaging.stacks import Pile
from tests.imaging.volumes import turned
from webapp.imaging.options import SurfaceOptions
from webapp.imaging.surface import isosurface

Points = NDArray[np.float64]

UNEVEN = tuple(float(depth) for depth in np.cumsum((0.0, *(1.0,) * 18, *(0.6,) * 24, *(1.4,) * 18)))

#: Grids of about a millimetre that hold the phantoms, which measure 30 to 50 mm.
FINE = Pile(tuple(float(k) for k in range(57)), pixels=(84, 104), pixel_mm=(0.7, 0.55))
GRIDS = {
    "even": replace(FINE, depths_mm=tuple(0.7 * k for k in range(82)), pixels=(82, 82), pixel_mm=(0.7, 0.7)),
    "anisotropic": FINE,
    "oblique": replace(FINE, turn_deg=33.0),
    "sagittal": replace(FINE, slice_axis=2),
    "tilted 20°": replace(FINE, tilt_deg=20.0),
    "uneven": replace(FINE, depths_mm=UNEVEN),
    "oblique, uneven, tilted, coronal": replace(FINE, depths_mm=UNEVEN, tilt_deg=-12.0, turn_deg=20.0, slice_axis=1),
    "wandering": replace(FINE, wander_mm=0.8),
}


@dataclass(frozen=True)
class Phantom:
    """A body whose value is the depth below its surface, mm."""

    value: Callable[[Points], Points]
    area_mm2: float
    volume_mm3: float


def _ball(points: Points) -> Points:
    depth: Points = 13.0 - np.linalg.norm(points, axis=-1)
    return depth


def _ring(points: Points) -> Points:
    flat = np.hypot(points[..., 0], points[..., 1]) - 10.0
    depth: Points = 4.5 - np.hypot(flat, points[..., 2])
    return depth


#: A box that lies askew to every grid, so that its corners are cut off evenly and not by luck.
BOX_MM = np.array([32.0, 30.0, 28.0])


def _box(points: Points) -> Points:
    outside: Points = np.abs(points @ turned(25.0)) - BOX_MM / 2
    depth: Points = -outside.max(axis=-1)
    return depth


PHANTOMS = {
    "ball": Phantom(_ball, 4 * math.pi * 13.0**2, 4 / 3 * math.pi * 13.0**3),
    "ring": Phantom(_ring, 4 * math.pi**2 * 10.0 * 4.5, 2 * math.pi**2 * 10.0 * 4.5**2),
    "box": Phantom(_box, 2 * float(BOX_MM @ np.roll(BOX_MM, 1)), float(BOX_MM.prod())),
}

EACH = pytest.mark.parametrize(("grid", "body"), [(grid, body) for grid in GRIDS for body in PHANTOMS])


def placed(grid: str, body: str) -> tuple[Pile, Phantom, Points]:
    """A phantom in the middle of a grid; a box, whose edges every grid cuts off, in that of one twice as fine."""
    pile = GRIDS[grid]
    if body == "box":
        count = len(pile.depths_mm)
        between = np.interp(np.arange(2 * count - 1) / 2, np.arange(count), pile.depths_mm)
        rows, columns = pile.pixels
        fine = (pile.pixel_mm[0] / 2, pile.pixel_mm[1] / 2)
        pile = replace(pile, depths_mm=tuple(between), pixels=(2 * rows, 2 * columns), pixel_mm=fine)
        pile = replace(pile, wander_mm=pile.wander_mm / 2)
    return pile, PHANTOMS[body], pile.points_mm.reshape(-1, 3).mean(axis=0)


@EACH
def test_a_body_of_known_size_has_it_at_full_resolution(grid: str, body: str) -> None:
    pile, phantom, middle = placed(grid, body)
    mesh = surface_of(pile.volume(lambda points: phantom.value(points - middle))).mesh
    assert is_closed(mesh.faces)
    assert area_mm2(mesh) == pytest.approx(phantom.area_mm2, rel=0.01)
    assert signed_volume_mm3(mesh) == pytest.approx(phantom.volume_mm3, rel=0.01)
    assert centre_mm(mesh) == pytest.approx(middle, abs=0.02)
    half_voxel_mm = max(*pile.pixel_mm, float(np.diff(pile.depths_mm).max())) / 2
    assert np.abs(phantom.value(mesh.vertices - middle)).max() < half_voxel_mm


@EACH
def test_a_thinned_body_lies_within_the_stated_error(grid: str, body: str) -> None:
    pile, phantom, middle = placed(grid, body)
    volume = pile.volume(lambda points: phantom.value(points - middle))
    whole = surface_of(volume).mesh
    budget = len(whole.faces) // 3
    made = surface_of(volume, 0.0, budget)
    moved = made.facts.deviation
    assert moved is not None
    assert made.facts.triangles <= budget < made.facts.found == len(whole.faces)
    assert 0 < moved.mean_mm < moved.max_mm < 0.3
    off_whole = np.abs(phantom.value(whole.vertices - middle)).max()
    assert np.abs(phantom.value(made.mesh.vertices - middle)).max() <= moved.max_mm + off_whole
    assert signed_volume_mm3(made.mesh) == pytest.approx(phantom.volume_mm3, rel=0.01)


@pytest.mark.parametrize("grid", GRIDS)
def test_smoothing_takes_noise_and_keeps_volume(grid: str) -> None:
    pile, phantom, middle = placed(grid, "ball")
    noise = np.random.default_rng(1)

    def noisy(points: Points) -> Points:
        grains: Points = phantom.value(points - middle) + noise.normal(0, 0.25, points.shape[:-1])
        return grains

    volume = pile.volume(noisy)
    rough, smooth = (surface_of(volume, largest=True, smooth_mm=mm) for mm in (0.0, 3.5))
    grains, left = (np.std(np.linalg.norm(made.mesh.vertices - middle, axis=1)) for made in (rough, smooth))
    assert left < 0.65 * grains
    assert smooth.facts.smoothed_mm == 3.5
    assert signed_volume_mm3(smooth.mesh) == pytest.approx(signed_volume_mm3(rough.mesh), rel=0.005)


def test_a_stronger_smoothing_than_can_be_done_says_what_was_done() -> None:
    pile, phantom, middle = placed("even", "ball")
    made = surface_of(pile.volume(lambda points: phantom.value(points - middle)), smooth_mm=20.0)
    assert 1.0 < made.facts.smoothed_mm < 20.0


def test_the_same_voxels_in_another_order_of_memory_make_the_same_surface() -> None:
    pile, phantom, middle = placed("anisotropic", "ring")
    field = pile.volume(lambda points: phantom.value(points - middle)).field()
    turned_round = replace(field, values=np.asfortranarray(field.values))
    first, second = (isosurface(one, SurfaceOptions(0.0)) for one in (field, turned_round))
    assert signed_volume_mm3(first.mesh) == pytest.approx(signed_volume_mm3(second.mesh), rel=1e-4)
    assert centre_mm(first.mesh) == pytest.approx(centre_mm(second.mesh), abs=1e-4)
