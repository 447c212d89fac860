"""What a mesh is as a body, held against trimesh."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from tests.imaging.meshes import mesh_of
from tests.imaging.volumes import shaped, volume_of
from webapp.imaging import solid
from webapp.imaging.mesh import Mesh
from webapp.imaging.solid import enclosed_mm3, is_watertight, parts_of, solid_facts, vertex_normals

#: Two balls, one with a hollow in it.
BALLS = shaped(
    lambda points: np.maximum(
        np.minimum(9 - np.linalg.norm(points - [-8, 0, 0], axis=-1), np.linalg.norm(points - [-8, 0, 0], axis=-1) - 4),
        5 - np.linalg.norm(points - [12, 0, 0], axis=-1),
    ),
    (24, 26, 50),
    np.eye(3)[::-1],
)


@pytest.fixture(scope="module")
def balls() -> Mesh:
    return mesh_of(BALLS)


@pytest.fixture(params=[1 << 18, 100], ids=["at once", "in portions"])
def portions(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solid, "_CHUNK", request.param)
    monkeypatch.setattr(solid, "_EDGES", request.param)


@pytest.mark.usefixtures("portions")
def test_the_facts_are_those_of_another_program(balls: Mesh) -> None:
    theirs = trimesh.Trimesh(balls.vertices, balls.faces, process=False)
    ours = solid_facts(balls.vertices, balls.faces)
    assert ours.watertight == theirs.is_watertight is True
    assert ours.volume_ml == pytest.approx(theirs.volume / 1000)
    assert ours.area_cm2 == pytest.approx(theirs.area / 100)
    assert ours.box_mm == pytest.approx(theirs.extents)
    assert ours.components == theirs.body_count == 3


@pytest.mark.usefixtures("portions")
def test_noise_falls_into_the_parts_another_program_finds() -> None:
    noise = np.random.default_rng(5).integers(-20, 20, (14, 15, 16)).astype(np.int16)
    mesh = mesh_of(volume_of(noise), 8.0)
    theirs = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    parts = parts_of(mesh.faces, len(mesh.vertices))
    assert parts.max() + 1 == len(np.unique(parts)) == theirs.body_count > 20
    assert (parts[mesh.faces] == parts[mesh.faces[:, :1]]).all()


@pytest.mark.usefixtures("portions")
def test_each_part_encloses_its_own_and_a_hollow_takes_away(balls: Mesh) -> None:
    found = enclosed_mm3(balls.vertices, balls.faces, parts_of(balls.faces, len(balls.vertices)))
    expected = [-(4**3), 5**3, 9**3]
    assert sorted(found) == pytest.approx([4 / 3 * np.pi * cube for cube in expected], rel=0.05)


@pytest.mark.parametrize("spoil", ["a hole", "a fin", "a triangle turned over", "a triangle twice"])
def test_a_mesh_that_is_not_tight_is_called_so(balls: Mesh, spoil: str) -> None:
    faces = balls.faces.copy()
    if spoil == "a hole":
        faces = faces[2:]
    elif spoil == "a fin":
        faces = np.concatenate((faces, [[faces[0, 0], faces[0, 1], faces[9, 2]]] * 2)).astype(np.int32)
    elif spoil == "a triangle turned over":
        faces[7] = faces[7, ::-1]
    else:
        faces = np.concatenate((faces, faces[3:5]))
    assert is_watertight(balls.faces, len(balls.vertices))
    assert not is_watertight(faces, len(balls.vertices))


@pytest.mark.usefixtures("portions")
def test_pairs_of_edges_that_fall_into_two_portions_are_still_pairs(balls: Mesh) -> None:
    assert is_watertight(balls.faces, len(balls.vertices))


def test_corners_of_no_triangle_belong_to_no_part() -> None:
    assert parts_of(np.array([[1, 2, 4]], np.int32), 6).tolist() == [-1, 0, 0, -1, 0, -1]


@pytest.mark.usefixtures("portions")
def test_normals_look_out_of_the_ball(balls: Mesh) -> None:
    small = balls.vertices[:, 0] > 6
    normals = vertex_normals(balls.vertices, balls.faces)[small]
    assert np.linalg.norm(normals, axis=1) == pytest.approx(1)
    assert (np.einsum("vx,vx->v", normals, (balls.vertices[small] - [12, 0, 0]) / 5) > 0.97).all()
