"""A surface as STL, PLY, OBJ or GLB, in mm, written piece by piece so that no file is ever held whole."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from webapp.findings import Verdict
from webapp.imaging.mesh import Mesh
from webapp.imaging.solid import vertex_normals

#: Triangles or corners written at a time.
_CHUNK: Final = 1 << 15

_STL_HEADER_BYTES: Final = 80
_STL_FACET: Final = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_PLY_FACE: Final = np.dtype([("corners", "u1"), ("indices", "<i4", 3)])

#: glTF: magic, version, and the kinds of its two chunks; kinds of numbers and of buffers.
_GLB, _GLB_VERSION, _GLB_JSON, _GLB_BINARY = 0x46546C67, 2, 0x4E4F534A, 0x004E4942
_FLOAT32, _UINT32, _CORNERS, _INDICES = 5126, 5125, 34962, 34963


class MeshFormat(StrEnum):
    """The mesh files that can be written."""

    STL = "stl"
    PLY = "ply"
    OBJ = "obj"
    GLB = "glb"


class Space(StrEnum):
    """The frame of the corners: patient LPS, as in DICOM, or RAS, with x and y the other way round."""

    LPS = "lps"
    RAS = "ras"


def mesh_chunks(mesh: Mesh, kind: MeshFormat, space: Space, verdict: Verdict) -> Iterator[bytes]:
    """The file, piece by piece.

    Parameters
    ----------
    mesh : Mesh
        ``vertices`` (V, 3) float32, patient LPS, mm; ``faces`` (F, 3) int32; may be mapped.
    kind : MeshFormat
        STL is binary. STL, PLY and OBJ name their space and unit as 3D Slicer writes and reads them, ``SPACE=LPS``; in
        GLB the node's matrix leads to metres with Y up, and normals go along for smooth shading.
    space : Space
        Half a turn about z leads from one to the other, so that the outside stays outside.
    verdict : Verdict
        On the geometry; written beside the space.
    """
    turn = np.array([-1, -1, 1] if space == Space.RAS else [1, 1, 1], np.float32)
    words = f"Trueslice SPACE={space.upper()} UNIT=mm VERDICT={verdict}"
    return _WRITERS[kind](mesh, turn, words)


def _stl(mesh: Mesh, turn: NDArray[np.float32], words: str) -> Iterator[bytes]:
    """Binary STL with its words in the free 80 bytes."""
    yield words.encode().ljust(_STL_HEADER_BYTES) + struct.pack("<I", len(mesh.faces))
    for faces in _pieces(mesh.faces):
        facets = np.zeros(len(faces), _STL_FACET)
        corners = mesh.vertices[faces] * turn
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        lengths = np.linalg.norm(across, axis=1, keepdims=True)
        facets["normal"] = across / np.where(lengths, lengths, 1)
        facets["corners"] = corners
        yield facets.tobytes()


def _ply(mesh: Mesh, turn: NDArray[np.float32], words: str) -> Iterator[bytes]:
    """Binary PLY with its words in a comment."""
    head = ["ply", "format binary_little_endian 1.0", f"comment {words.removeprefix('Trueslice ')}"]
    head += [f"element vertex {len(mesh.vertices)}", *(f"property float {axis}" for axis in "xyz")]
    head += [f"element face {len(mesh.faces)}", "property list uchar int vertex_indices", "end_header", ""]
    yield "\n".join(head).encode()
    for vertices in _pieces(mesh.vertices):
        yield (vertices * turn).astype("<f4").tobytes()
    for faces in _pieces(mesh.faces):
        records = np.empty(len(faces), _PLY_FACE)
        records["corners"], records["indices"] = 3, faces
        yield records.tobytes()


def _obj(mesh: Mesh, turn: NDArray[np.float32], words: str) -> Iterator[bytes]:
    """OBJ: text, corners counted from 1."""
    yield f"# {words}\n".encode()
    for vertices in _pieces(mesh.vertices):
        yield (("v %.5f %.5f %.5f\n" * len(vertices)) % tuple((vertices * turn).reshape(-1).tolist())).encode()
    for faces in _pieces(mesh.faces):
        yield (("f %d %d %d\n" * len(faces)) % tuple((faces + 1).reshape(-1).tolist())).encode()


def _glb(mesh: Mesh, turn: NDArray[np.float32], words: str) -> Iterator[bytes]:
    """Binary glTF (2.0, section 4), placed by its node."""
    document = json.dumps(_gltf(mesh, turn, words), separators=(",", ":")).encode()
    document += b" " * (-len(document) % 4)
    binary = 24 * len(mesh.vertices) + 12 * len(mesh.faces)
    yield struct.pack("<III", _GLB, _GLB_VERSION, 12 + 8 + len(document) + 8 + binary)
    yield struct.pack("<II", len(document), _GLB_JSON) + document + struct.pack("<II", binary, _GLB_BINARY)
    for vertices in _pieces(mesh.vertices):
        yield (vertices * turn).astype("<f4").tobytes()
    for normals in _pieces(vertex_normals(mesh.vertices, mesh.faces)):
        yield (normals * turn).astype("<f4").tobytes()
    for faces in _pieces(mesh.faces):
        yield faces.astype("<u4").tobytes()


def _gltf(mesh: Mesh, turn: NDArray[np.float32], words: str) -> dict[str, Any]:
    """The document of a binary glTF: one node, one mesh, corners, normals and triangles in one buffer."""
    corners, triangles = len(mesh.vertices), len(mesh.faces)
    ends = np.stack([mesh.vertices.min(axis=0) * turn, mesh.vertices.max(axis=0) * turn])
    sizes = ((12 * corners, _CORNERS), (12 * corners, _CORNERS), (12 * triangles, _INDICES))
    starts = (0, 12 * corners, 24 * corners)
    views = [
        {"buffer": 0, "byteOffset": start, "byteLength": size, "target": target}
        for start, (size, target) in zip(starts, sizes, strict=True)
    ]
    bounds = {"min": ends.min(axis=0).tolist(), "max": ends.max(axis=0).tolist()}
    accessors = [
        {"bufferView": 0, "componentType": _FLOAT32, "count": corners, "type": "VEC3", **bounds},
        {"bufferView": 1, "componentType": _FLOAT32, "count": corners, "type": "VEC3"},
        {"bufferView": 2, "componentType": _UINT32, "count": 3 * triangles, "type": "SCALAR"},
    ]
    space, unit, verdict = (word.partition("=")[2] for word in words.split()[1:])
    return {
        "asset": {"version": "2.0", "generator": "Trueslice"},
        "scene": 0,
        "scenes": [{"nodes": [0], "extras": {"space": space, "unit": unit, "verdict": verdict}}],
        "nodes": [{"mesh": 0, "name": "surface", "matrix": _to_gltf(turn).T.reshape(-1).tolist()}],
        "meshes": [{"name": "surface", "primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": 2}]}],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": 24 * corners + 12 * triangles}],
    }


def _to_gltf(turn: NDArray[np.float32]) -> NDArray[np.float64]:
    """(4, 4) from the corners to what glTF wants: metres, Y up, the front facing +Z."""
    lps_mm = np.array([[0.001, 0, 0, 0], [0, 0, 0.001, 0], [0, -0.001, 0, 0], [0, 0, 0, 1]])
    return lps_mm @ np.diag([*turn, 1.0])


def _pieces(rows: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The rows of an array in portions."""
    return (np.asarray(rows[start : start + _CHUNK]) for start in range(0, len(rows), _CHUNK))


_WRITERS: Final[dict[MeshFormat, Callable[[Mesh, NDArray[np.float32], str], Iterator[bytes]]]] = {
    MeshFormat.STL: _stl,
    MeshFormat.PLY: _ply,
    MeshFormat.OBJ: _obj,
    MeshFormat.GLB: _glb,
}
