"""From a level to a surface in patient millimetres."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.imaging.meshes import centre_mm, corners, is_closed, mesh_of, signed_volume_mm3, surface_of
from tests.imaging.volumes import BOX, coded, shaped, sphere, straight, volume_of
from webapp.errors import BadArgument, LevelNotANumber, LevelOutOfRange, MeshTooBig, NothingLeft
from webapp.imaging import coarse
from webapp.imaging.affine import Affine
from webapp.imaging.field import Field
from webapp.imaging.options import SurfaceOptions
from webapp.imaging.surface import Effort, isosurface
from webapp.imaging.volume import Volume

RADIUS = 12.0


def two_balls(near_mm: float = 9.0, far_mm: float = 4.0) -> Volume:
    """A large ball and a small one that do not touch."""

    def value(points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        large = near_mm - np.linalg.norm(points - [-6, 0, 0], axis=-1)
        return np.maximum(large, far_mm - np.linalg.norm(points - [13, 0, 0], axis=-1))

    return shaped(value, (30, 30, 50), np.eye(3)[::-1])


def ball_mm3(radius_mm: float) -> float:
    return 4 / 3 * math.pi * radius_mm**3


@pytest.mark.parametrize("budget", [200, 1000, 5000])
def test_there_are_never_more_triangles_than_the_budget(budget: int) -> None:
    noise = np.random.default_rng(0).integers(-1000, 1000, (24, 30, 20)).astype(np.int16)
    assert 0 < len(mesh_of(volume_of(noise), 0, budget).faces) <= budget


def test_a_thinned_ball_is_still_the_ball() -> None:
    made = surface_of(sphere(RADIUS, (12, 36, 58), BOX), 0.0, 1500)
    assert made.facts.found > made.facts.triangles == len(made.mesh.faces)
    assert signed_volume_mm3(made.mesh) == pytest.approx(ball_mm3(RADIUS), rel=0.03)


def test_a_coarser_grid_keeps_the_ball_in_its_place() -> None:
    made = surface_of(sphere(20.0, (60, 60, 60), np.eye(3)[::-1]), 0.0, 300)
    assert max(made.facts.coarsened) > 1
    assert made.facts.grid_step_mm == tuple(float(factor) for factor in made.facts.coarsened)
    assert centre_mm(made.mesh) == pytest.approx(np.zeros(3), abs=0.1)
    assert signed_volume_mm3(made.mesh) == pytest.approx(ball_mm3(20.0), rel=0.05)


def test_a_grid_larger_than_the_limit_is_averaged_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coarse, "_GRID_VOXELS", 20 * 20 * 20)
    made = surface_of(sphere(20.0, (60, 60, 60), np.eye(3)[::-1]), 0.0, 100_000)
    assert made.facts.coarsened == (3, 3, 3)
    assert np.linalg.norm(made.mesh.vertices, axis=1) == pytest.approx(20.0, abs=0.5)


def test_the_thicker_axis_is_averaged_less() -> None:
    noise = np.random.default_rng(0).integers(-1000, 1000, (24, 60, 60)).astype(np.int16)
    k, j, i = surface_of(volume_of(noise), 0, 2000).facts.coarsened
    assert k < j <= i


def test_a_volume_of_noise_is_refused_before_a_triangle_is_made() -> None:
    noise = np.random.default_rng(0).integers(-1000, 1000, (40, 40, 40)).astype(np.int16)
    stages: list[str] = []
    effort = Effort(most_bytes=1_000_000, progress=lambda stage, _done, _total: stages.append(stage))
    with pytest.raises(MeshTooBig, match=r"about 18\d,\d{3} triangles, 9 MB as STL; the limit is 1 MB"):
        isosurface(volume_of(noise).field(), SurfaceOptions(0.0), effort)
    assert "marching" not in stages


@pytest.mark.parametrize("level", [float("nan"), float("inf"), True, "200", None, 10**400])
def test_a_level_that_is_no_number_is_refused(level: Any) -> None:
    with pytest.raises(LevelNotANumber):
        surface_of(volume_of(coded()), level, 1000)


@pytest.mark.parametrize("level", [-1, 0, 456.5, 1e9])
def test_a_level_outside_the_values_is_refused_with_them(level: float) -> None:
    with pytest.raises(LevelOutOfRange, match=r"0 to 456 HU"):
        surface_of(volume_of(coded()), level, 1000)


def test_a_volume_of_one_value_has_no_surface() -> None:
    with pytest.raises(LevelOutOfRange, match="7 to 7"):
        surface_of(volume_of(np.full((4, 4, 4), 7, np.int16), unit=None), 7, 1000)


def test_a_single_slice_has_no_surface() -> None:
    with pytest.raises(LevelOutOfRange, match="two voxels"):
        surface_of(volume_of(coded((1, 6, 7))), 20)


def test_a_single_bright_voxel_lost_in_averaging_has_no_surface(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coarse, "_GRID_VOXELS", 10 * 10 * 10)
    voxels = np.zeros((40, 40, 40), np.int16)
    voxels[20, 20, 20] = 100
    with pytest.raises(LevelOutOfRange, match="larger than a few voxels"):
        surface_of(volume_of(voxels, np.eye(3)), 90, 1000)


def test_a_flat_level_is_met_exactly_on_a_slope() -> None:
    """On a ramp along z every vertex of the level 5 lies at z = 5 mm."""
    slope = shaped(lambda points: points[..., 2], (12, 8, 8), BOX)
    assert mesh_of(slope, 5.0).vertices[:, 2] == pytest.approx(5.0, abs=1e-4)


def test_vertices_and_faces_have_the_types_of_the_wire() -> None:
    mesh = mesh_of(volume_of(coded()), 200)
    assert (mesh.vertices.dtype, mesh.faces.dtype) == (np.float32, np.int32)


@pytest.mark.parametrize("no_data", [-2000.0, float("nan")], ids=["a value", "NaN"])
def test_what_was_not_measured_has_no_surface(no_data: float) -> None:
    """Half the field of a ball is blank: no wall is drawn between the ball and the blank."""
    whole = sphere(RADIUS, (30, 30, 30), np.eye(3)[::-1])
    voxels = whole.voxels.copy()
    voxels[0, :, :, 15:] = no_data
    voxels.setflags(write=False)
    mesh = mesh_of(Volume(voxels, whole.lattice, "HU", None if math.isnan(no_data) else no_data))
    assert np.linalg.norm(mesh.vertices, axis=1) == pytest.approx(RADIUS, abs=0.05)
    assert mesh.vertices[:, 0].max() <= -0.5 + 1e-5
    assert not is_closed(mesh.faces)


def test_blanks_do_not_bleed_into_a_coarser_grid() -> None:
    voxels = np.full((1, 24, 24, 24), -2000, np.int16)
    voxels[0, :, :, 3:21] = 100
    voxels[0, 8:16, 8:16, 8:16] = 900
    voxels.setflags(write=False)
    lattice = straight(Affine.from_steps(np.eye(3)[::-1], (0, 0, 0)), (24, 24, 24))
    made = surface_of(Volume(voxels, lattice, "HU", -2000.0), 500, 60)
    assert max(made.facts.coarsened) > 1
    assert made.mesh.vertices.min() > 6
    assert made.mesh.vertices.max() < 17


def test_a_body_that_the_field_cuts_is_closed_on_request() -> None:
    """A rod along z leaves the field at both ends; closed, it ends half a voxel outside the last centres."""
    rod = shaped(lambda points: 5 - np.linalg.norm(points[..., :2], axis=-1), (20, 24, 24), np.eye(3)[::-1])
    assert not is_closed(mesh_of(rod).faces)
    mesh = mesh_of(rod, closed=True)
    assert is_closed(mesh.faces)
    assert (mesh.vertices[:, 2].min(), mesh.vertices[:, 2].max()) == pytest.approx((-10, 10))
    assert signed_volume_mm3(mesh) == pytest.approx(math.pi * 25 * 20, rel=0.02)


def test_a_mask_is_a_field_like_any_other() -> None:
    inside = sphere(8.0, (30, 30, 30), np.eye(3)[::-1])
    field = Field(inside.voxels[0] >= 0, inside.lattice)
    assert signed_volume_mm3(isosurface(field, SurfaceOptions(0.5)).mesh) == pytest.approx(ball_mm3(8.0), rel=0.03)


def test_only_the_largest_part_is_kept_on_request() -> None:
    made = surface_of(two_balls(), largest=True)
    assert signed_volume_mm3(made.mesh) == pytest.approx(ball_mm3(9.0), rel=0.02)
    assert (made.facts.islands, made.facts.islands_ml) == (1, pytest.approx(ball_mm3(4.0) / 1000, rel=0.04))


@pytest.mark.parametrize(("least_ml", "islands"), [(0.0, 0), (0.2, 0), (0.3, 1)])
def test_parts_smaller_than_a_size_are_left_out(least_ml: float, islands: int) -> None:
    assert surface_of(two_balls(), island_ml=least_ml).facts.islands == islands


def test_when_no_part_is_large_enough_that_is_said() -> None:
    with pytest.raises(NothingLeft, match="smaller than 50 ml"):
        surface_of(two_balls(), island_ml=50)


@pytest.mark.parametrize(
    "wrong",
    [
        {"smooth_mm": -1},
        {"smooth_mm": float("nan")},
        {"smooth_mm": "2"},
        {"island_ml": float("inf")},
        {"triangles": 0},
        {"triangles": 2.5},
        {"closed": 1},
        {"largest": "yes"},
        {"time": -1},
    ],
    ids=str,
)
def test_an_option_of_the_wrong_kind_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadArgument, match=next(iter(wrong))):
        SurfaceOptions(0.0, **wrong)


def test_options_come_back_from_their_document() -> None:
    options = SurfaceOptions(200, 1000, largest=True, island_ml=2, smooth_mm=1.5, closed=True, time=3)
    assert SurfaceOptions.from_json(options.as_json()) == options


@pytest.mark.parametrize("document", [{"level": 1, "colour": "red"}, {"level": 1, "self": 2}], ids=str)
def test_an_option_that_there_is_none_of_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(BadArgument):
        SurfaceOptions.from_json(document)


def test_a_document_without_a_level_is_refused() -> None:
    with pytest.raises(LevelNotANumber):
        SurfaceOptions.from_json({})


def test_progress_names_each_stage_in_order() -> None:
    stages: list[str] = []
    effort = Effort(progress=lambda stage, _done, _total: stages.append(stage))
    options = SurfaceOptions(0.0, 500, largest=True, smooth_mm=2.0)
    isosurface(sphere(RADIUS, (30, 30, 30), np.eye(3)[::-1]).field(), options, effort)
    assert list(dict.fromkeys(stages)) == ["averaging", "marching", "sorting", "smoothing", "thinning", "measuring"]


def test_a_hollow_is_dark_inside_and_its_outside_is_inside() -> None:
    ball = sphere(RADIUS, (12, 36, 58), BOX)
    mesh = mesh_of(volume_of(-ball.voxels[0], BOX, ball.affine.origin_mm))
    assert signed_volume_mm3(mesh) == pytest.approx(-ball_mm3(RADIUS), rel=0.03)


def test_two_makings_are_the_same_to_the_last_bit() -> None:
    first, second = (mesh_of(two_balls(), 0.0, 800) for _ in range(2))
    assert np.array_equal(corners(first), corners(second))


def test_a_ball_of_one_triangle_is_refused() -> None:
    with pytest.raises(BadArgument, match="so few triangles"):
        surface_of(sphere(9.0, (24, 24, 24), np.eye(3)[::-1]), 0.0, 1)


def test_a_field_in_which_nothing_was_measured_says_so() -> None:
    voxels = np.full((1, 5, 6, 7), -5, np.int16)
    voxels.setflags(write=False)
    with pytest.raises(LevelOutOfRange, match="Nothing was measured"):
        surface_of(Volume(voxels, volume_of(coded()).lattice, "HU", -5.0), 0)
