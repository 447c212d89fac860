"""From a level to a surface in patient millimetres."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.volumes import BOX, coded, shaped, sphere, turned, volume_of
from webapp.errors import LevelNotANumber, LevelOutOfRange
from webapp.imaging import surface
from webapp.imaging.mesh import Mesh
from webapp.imaging.surface import isosurface

RADIUS = 12.0
MIRRORED = np.diag([1, 1, -1]) @ BOX

#: Grids a ball is looked at on: steps along k, j, i, and the shape that holds it.
GRIDS = {
    "even": (np.diag([1.0, 1, 1])[::-1], (30, 30, 30)),
    "anisotropic": (BOX, (12, 36, 58)),
    "oblique": (BOX @ turned(33).T, (12, 36, 58)),
    "mirrored": (MIRRORED, (12, 36, 58)),
}


def corners(mesh: Mesh) -> NDArray[np.float64]:
    """(F, 3, 3) corner points of the triangles, mm."""
    return mesh.vertices.astype(float)[mesh.faces]


def area_mm2(mesh: Mesh) -> float:
    a, b, c = corners(mesh).transpose(1, 0, 2)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def signed_volume_mm3(mesh: Mesh) -> float:
    """Positive when the triangles run counter-clockwise seen from outside."""
    a, b, c = corners(mesh).transpose(1, 0, 2)
    return float(np.einsum("fx,fx->f", a, np.cross(b, c)).sum() / 6)


def centre_mm(mesh: Mesh) -> NDArray[np.float64]:
    """Centre of gravity of what the surface encloses, mm."""
    a, b, c = corners(mesh).transpose(1, 0, 2)
    weights = np.einsum("fx,fx->f", a, np.cross(b, c))
    centre: NDArray[np.float64] = weights @ (a + b + c) / 4 / weights.sum()
    return centre


@pytest.fixture(scope="module", params=GRIDS, ids=list(GRIDS))
def ball(request: pytest.FixtureRequest) -> Mesh:
    steps, shape = GRIDS[request.param]
    return isosurface(sphere(RADIUS, shape, steps), 0.0, 100_000)


def test_a_ball_has_its_area(ball: Mesh) -> None:
    assert area_mm2(ball) == pytest.approx(4 * math.pi * RADIUS**2, rel=0.02)


def test_a_ball_has_its_volume_and_its_outside_is_outside(ball: Mesh) -> None:
    assert signed_volume_mm3(ball) == pytest.approx(4 / 3 * math.pi * RADIUS**3, rel=0.03)


def test_a_ball_lies_where_it_lies_in_the_patient(ball: Mesh) -> None:
    assert np.linalg.norm(ball.vertices, axis=1) == pytest.approx(RADIUS, abs=0.2)
    assert centre_mm(ball) == pytest.approx(np.zeros(3), abs=0.02)


def test_a_ball_is_closed(ball: Mesh) -> None:
    edges = np.sort(ball.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()


def test_a_hollow_is_dark_inside_and_its_outside_is_inside() -> None:
    steps, shape = GRIDS["anisotropic"]
    hollow = sphere(RADIUS, shape, steps)
    mesh = isosurface(volume_of(-hollow.voxels[0], steps, hollow.affine.origin_mm), 0.0, 100_000)
    assert signed_volume_mm3(mesh) == pytest.approx(-4 / 3 * math.pi * RADIUS**3, rel=0.03)


@pytest.mark.parametrize("budget", [200, 1000, 5000])
def test_there_are_never_more_triangles_than_the_budget(budget: int) -> None:
    noise = np.random.default_rng(0).integers(-1000, 1000, (24, 30, 20)).astype(np.int16)
    assert 0 < len(isosurface(volume_of(noise), 0, budget).faces) <= budget


def test_a_thinned_ball_is_still_the_ball() -> None:
    steps, shape = GRIDS["oblique"]
    mesh = isosurface(sphere(RADIUS, shape, steps), 0.0, 1500)
    assert mesh.found > len(mesh.faces)
    assert signed_volume_mm3(mesh) == pytest.approx(4 / 3 * math.pi * RADIUS**3, rel=0.03)


def test_a_coarser_grid_keeps_the_ball_in_its_place() -> None:
    mesh = isosurface(sphere(20.0, (60, 60, 60), np.eye(3)[::-1]), 0.0, 300)
    assert max(mesh.coarsened) > 1
    assert mesh.grid_step_mm == tuple(float(factor) for factor in mesh.coarsened)
    assert centre_mm(mesh) == pytest.approx(np.zeros(3), abs=0.1)
    assert signed_volume_mm3(mesh) == pytest.approx(4 / 3 * math.pi * 20.0**3, rel=0.05)


def test_a_grid_larger_than_the_limit_is_averaged_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surface, "_GRID_VOXELS", 20 * 20 * 20)
    mesh = isosurface(sphere(20.0, (60, 60, 60), np.eye(3)[::-1]), 0.0, 100_000)
    assert mesh.coarsened == (3, 3, 3)
    assert np.linalg.norm(mesh.vertices, axis=1) == pytest.approx(20.0, abs=0.5)


def test_the_thicker_axis_is_averaged_less() -> None:
    noise = np.random.default_rng(0).integers(-1000, 1000, (24, 60, 60)).astype(np.int16)
    k, j, i = isosurface(volume_of(noise), 0, 2000).coarsened
    assert k < j <= i


@pytest.mark.parametrize("level", [float("nan"), float("inf"), True, "200", None])
def test_a_level_that_is_no_number_is_refused(level: Any) -> None:
    with pytest.raises(LevelNotANumber):
        isosurface(volume_of(coded()), level, 1000)


@pytest.mark.parametrize("level", [-1, 0, 456.5, 1e9])
def test_a_level_outside_the_values_is_refused_with_them(level: float) -> None:
    with pytest.raises(LevelOutOfRange, match=r"0 to 456 HU"):
        isosurface(volume_of(coded()), level, 1000)


def test_a_volume_of_one_value_has_no_surface() -> None:
    with pytest.raises(LevelOutOfRange):
        isosurface(volume_of(np.full((4, 4, 4), 7, np.int16), unit=None), 7, 1000)


def test_a_single_bright_voxel_lost_in_averaging_has_no_surface(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surface, "_GRID_VOXELS", 10 * 10 * 10)
    voxels = np.zeros((40, 40, 40), np.int16)
    voxels[20, 20, 20] = 100
    with pytest.raises(LevelOutOfRange, match="larger than a few voxels"):
        isosurface(volume_of(voxels, np.eye(3)), 90, 1000)


def test_a_flat_level_is_met_exactly_on_a_slope() -> None:
    """On a ramp along z every vertex of the level 5 lies at z = 5 mm."""
    slope = shaped(lambda points: points[..., 2], (12, 8, 8), BOX)
    assert isosurface(slope, 5.0, 10_000).vertices[:, 2] == pytest.approx(5.0, abs=1e-4)


def test_vertices_and_faces_have_the_types_of_the_wire() -> None:
    mesh = isosurface(volume_of(coded()), 200, 1000)
    assert (mesh.vertices.dtype, mesh.faces.dtype) == (np.float32, np.int32)
