"""A surface as a file for other programs."""

from __future__ import annotations

import io
import json
import struct
from itertools import product

import numpy as np
import pytest
import trimesh

from webapp.exports import mesh as writer
from webapp.exports.mesh import MeshFormat, Space, mesh_chunks
from webapp.findings import Verdict
from webapp.imaging.mesh import Mesh

#: Ten mm from the origin: 1 mm to the Left, 2 mm to Posterior, 3 mm to the Head.
VERTICES = np.array([[10, 20, 30], [11, 20, 30], [10, 22, 30], [10, 20, 33]], np.float32)
#: Wound so that every side faces outwards.
FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)

EVERY = pytest.mark.parametrize(("kind", "space"), list(product(MeshFormat, Space)))


@pytest.fixture
def a_mesh() -> Mesh:
    return Mesh(VERTICES, FACES)


def bytes_of(mesh: Mesh, kind: MeshFormat, space: Space = Space.LPS) -> bytes:
    return b"".join(mesh_chunks(mesh, kind, space, Verdict.CAUTION))


def read_back(content: bytes, kind: MeshFormat) -> trimesh.Trimesh:
    return trimesh.load_mesh(io.BytesIO(content), file_type=str(kind), process=False)


@EVERY
def test_every_triangle_comes_back_where_it_was(a_mesh: Mesh, kind: MeshFormat, space: Space) -> None:
    turn = [-1, -1, 1] if space == Space.RAS else [1, 1, 1]
    triangles = read_back(bytes_of(a_mesh, kind, space), kind).triangles
    if kind == MeshFormat.GLB:  # the reader follows the node: metres, Y up, whatever the space
        triangles = np.stack((triangles[..., 0], -triangles[..., 2], triangles[..., 1]), axis=-1) * 1000
        turn = [1, 1, 1]
    assert triangles == pytest.approx(VERTICES[FACES] * turn, abs=1e-4)


@EVERY
def test_the_outside_stays_outside(a_mesh: Mesh, kind: MeshFormat, space: Space) -> None:
    solid = read_back(bytes_of(a_mesh, kind, space), kind)
    metres = 1e-9 if kind == MeshFormat.GLB else 1
    assert solid.volume == pytest.approx(1.0 * metres)


@EVERY
def test_a_file_names_its_space_its_unit_and_the_verdict(a_mesh: Mesh, kind: MeshFormat, space: Space) -> None:
    content = bytes_of(a_mesh, kind, space)
    if kind == MeshFormat.GLB:
        (length,) = struct.unpack_from("<I", content, 12)
        told = json.loads(content[20 : 20 + length])["scenes"][0]["extras"]
        assert told == {"space": space.upper(), "unit": "mm", "verdict": "caution"}
    else:
        assert f"SPACE={space.upper()} UNIT=mm VERDICT=caution".encode() in content[:200]


def test_an_stl_is_binary_and_carries_unit_normals(a_mesh: Mesh) -> None:
    content = bytes_of(a_mesh, MeshFormat.STL)
    assert not content.startswith(b"solid")
    assert b"SPACE=LPS" in content[:80]
    assert struct.unpack_from("<I", content, 80) == (4,)
    assert len(content) == 84 + 4 * 50
    assert struct.unpack_from("<3f", content, 84) == (0, 0, -1)


def test_a_ply_is_binary_and_says_so_before_its_comment(a_mesh: Mesh) -> None:
    head = bytes_of(a_mesh, MeshFormat.PLY).partition(b"end_header")[0]
    assert b"format binary_little_endian 1.0\ncomment SPACE=LPS UNIT=mm" in head


@pytest.mark.parametrize("kind", [MeshFormat.PLY, MeshFormat.OBJ])
def test_shared_corners_stay_shared(a_mesh: Mesh, kind: MeshFormat) -> None:
    assert np.array_equal(read_back(bytes_of(a_mesh, kind), kind).vertices, VERTICES)


def test_a_glb_keeps_millimetres_and_its_node_leads_to_metres_with_the_head_up(a_mesh: Mesh) -> None:
    scene = trimesh.load_scene(io.BytesIO(bytes_of(a_mesh, MeshFormat.GLB)), file_type="glb", process=False)
    (name,) = scene.graph.nodes_geometry
    matrix, _ = scene.graph[name]
    left, head, front = matrix[:3, :3] @ [1, 2, 3]
    assert (left, head, front) == pytest.approx((0.001, 0.003, -0.002))
    (geometry,) = scene.geometry.values()
    assert np.array_equal(geometry.vertices, VERTICES)


def test_a_glb_carries_normals_for_smooth_shading(a_mesh: Mesh) -> None:
    content = bytes_of(a_mesh, MeshFormat.GLB)
    (length,) = struct.unpack_from("<I", content, 12)
    document = json.loads(content[20 : 20 + length])
    place = 20 + length + 8 + document["bufferViews"][1]["byteOffset"]
    normals = np.frombuffer(content, "<f4", 12, place).reshape(4, 3)
    assert np.linalg.norm(normals, axis=1) == pytest.approx(1)
    assert (np.einsum("vx,vx->v", normals, VERTICES - VERTICES.mean(axis=0)) > 0).all()


@EVERY
def test_a_file_written_in_small_pieces_is_the_same(
    a_mesh: Mesh, kind: MeshFormat, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = bytes_of(a_mesh, kind, space)
    monkeypatch.setattr(writer, "_CHUNK", 3)
    assert bytes_of(a_mesh, kind, space) == whole
