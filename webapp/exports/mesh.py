"""A surface as STL, PLY or GLB, its vertices in patient LPS, mm."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import numpy as np
import trimesh

from webapp.imaging.mesh import Mesh

_STL_HEADER_BYTES = 80
_SPACE = b"SPACE=LPS UNIT=mm"
# glTF wants metres, Y up and the front facing +Z: the node says so and the vertices stay patient LPS in mm.
_LPS_MM_TO_GLTF = np.array([[0.001, 0, 0, 0], [0, 0, 0.001, 0], [0, -0.001, 0, 0], [0, 0, 0, 1]])


class MeshFormat(StrEnum):
    """The mesh files that can be written."""

    STL = "stl"
    PLY = "ply"
    GLB = "glb"


def mesh_bytes(mesh: Mesh, kind: MeshFormat) -> bytes:
    """The whole file.

    Parameters
    ----------
    mesh : Mesh
        ``vertices`` (V, 3) float32, patient LPS, mm; ``faces`` (F, 3) int32.
    kind : MeshFormat
        STL is binary with ``SPACE=LPS`` in its header and PLY has it as a comment, as 3D Slicer writes and reads them;
        in GLB the node's matrix leads to metres with Y up.
    """
    solid = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    return _WRITERS[kind](solid)


def _stl(solid: Any) -> bytes:
    """Binary STL with the space named in its free 80 bytes."""
    body = bytes(solid.export(file_type="stl"))
    return (b"Trueslice " + _SPACE).ljust(_STL_HEADER_BYTES) + body[_STL_HEADER_BYTES:]


def _ply(solid: Any) -> bytes:
    """Binary PLY with the space named in a comment."""
    head, _, rest = bytes(solid.export(file_type="ply", vertex_normal=False)).partition(b"1.0\n")
    return head + b"1.0\ncomment " + _SPACE + b"\n" + rest


def _glb(solid: Any) -> bytes:
    """Binary glTF, placed by its node."""
    scene: Any = trimesh.Scene(metadata={"space": "LPS", "unit": "mm"})
    scene.add_geometry(solid, node_name="surface", geom_name="surface", transform=_LPS_MM_TO_GLTF)
    return bytes(scene.export(file_type="glb"))


_WRITERS: dict[MeshFormat, Callable[[Any], bytes]] = {
    MeshFormat.STL: _stl,
    MeshFormat.PLY: _ply,
    MeshFormat.GLB: _glb,
}
