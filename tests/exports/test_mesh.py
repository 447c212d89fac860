"""A surface as a file for other programs."""

from __future__ import annotations

import io
import json
import struct

import numpy as np
import pytest
import trimesh

from webapp.exports.mesh import MeshFormat, mesh_bytes
from webapp.imaging.mesh import Mesh

#: Ten mm from the origin: 1 mm to the Left, 2 mm to Posterior, 3 mm to the Head.
VERTICES = np.array([[10, 20, 30], [11, 20, 30], [10, 22, 30], [10, 20, 33]], np.float32)
#: Wound so that every side faces outwards.
FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)


@pytest.fixture
def a_mesh() -> Mesh:
    return Mesh(VERTICES, FACES, level=200, grid_step_mm=(1, 1, 1), coarsened=(1, 1, 1), found=4)


def read_back(content: bytes, kind: MeshFormat) -> trimesh.Trimesh:
    return trimesh.load_mesh(io.BytesIO(content), file_type=str(kind), process=False)


@pytest.mark.parametrize("kind", [MeshFormat.STL, MeshFormat.PLY])
def test_every_triangle_comes_back_where_it_was(a_mesh: Mesh, kind: MeshFormat) -> None:
    assert np.array_equal(read_back(mesh_bytes(a_mesh, kind), kind).triangles, VERTICES[FACES])


@pytest.mark.parametrize("kind", list(MeshFormat))
def test_the_outside_stays_outside(a_mesh: Mesh, kind: MeshFormat) -> None:
    assert read_back(mesh_bytes(a_mesh, kind), kind).volume > 0


def test_an_stl_is_binary_and_names_its_space_and_unit(a_mesh: Mesh) -> None:
    content = mesh_bytes(a_mesh, MeshFormat.STL)
    assert b"SPACE=LPS UNIT=mm" in content[:80]
    assert not content.startswith(b"solid")
    assert struct.unpack_from("<I", content, 80) == (4,)
    assert len(content) == 84 + 4 * 50


def test_a_ply_is_binary_and_names_its_space_and_unit(a_mesh: Mesh) -> None:
    head = mesh_bytes(a_mesh, MeshFormat.PLY).partition(b"end_header")[0]
    assert b"format binary_little_endian 1.0\ncomment SPACE=LPS UNIT=mm\n" in head


def test_a_ply_keeps_its_shared_corners(a_mesh: Mesh) -> None:
    assert np.array_equal(read_back(mesh_bytes(a_mesh, MeshFormat.PLY), MeshFormat.PLY).vertices, VERTICES)


def test_a_glb_keeps_millimetres_and_its_node_leads_to_metres_with_the_head_up(a_mesh: Mesh) -> None:
    scene = trimesh.load_scene(io.BytesIO(mesh_bytes(a_mesh, MeshFormat.GLB)), file_type="glb", process=False)
    (name,) = scene.graph.nodes_geometry
    matrix, _ = scene.graph[name]
    left, head, front = matrix[:3, :3] @ [1, 2, 3]
    assert (left, head, front) == pytest.approx((0.001, 0.003, -0.002))
    (geometry,) = scene.geometry.values()
    assert np.array_equal(geometry.vertices, VERTICES)


def test_a_glb_states_its_space_and_unit(a_mesh: Mesh) -> None:
    content = mesh_bytes(a_mesh, MeshFormat.GLB)
    (length,) = struct.unpack_from("<I", content, 12)
    document = json.loads(content[20 : 20 + length])
    assert {"space": "LPS", "unit": "mm"}.items() <= document["scenes"][0]["extras"].items()


@pytest.mark.parametrize("kind", list(MeshFormat))
def test_two_exports_are_the_same_bytes(a_mesh: Mesh, kind: MeshFormat) -> None:
    assert mesh_bytes(a_mesh, kind) == mesh_bytes(a_mesh, kind)
