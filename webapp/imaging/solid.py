"""What a mesh is as a body: its parts, what they enclose, and whether it is tight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

#: Triangles worked on at a time.
_CHUNK: Final = 1 << 17

#: Edges sorted at a time.
_EDGES: Final = 1 << 22

MM3_PER_ML: Final = 1000.0
MM2_PER_CM2: Final = 100.0

Vertices = NDArray[np.float32]
Faces = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SolidFacts:
    """What can be checked of a mesh before somebody prints or measures it.

    Parameters
    ----------
    watertight : bool
        Every edge belongs to exactly two triangles, which run along it in opposite directions.
    volume_ml : float
        What it encloses, ml, hollows taken off; of an open mesh only as its middle sees it.
    area_cm2 : float
    box_mm : tuple of 3 float
        Its extent along patient x, y, z, mm.
    components : int
        Parts that do not touch; a hollow's wall is one of them.
    """

    watertight: bool
    volume_ml: float
    area_cm2: float
    box_mm: tuple[float, float, float]
    components: int

    def as_json(self) -> dict[str, Any]:
        """The facts as plain values."""
        return {**asdict(self), "box_mm": list(self.box_mm)}


def solid_facts(vertices: Vertices, faces: Faces) -> SolidFacts:
    """The facts of a mesh.

    Parameters
    ----------
    vertices : (V, 3) ndarray of float32
        mm.
    faces : (F, 3) ndarray of int32
        F ≥ 1.
    """
    middle = vertices.mean(axis=0, dtype=np.float64)
    volume_mm3 = area_mm2 = 0.0
    for chunk in _chunks(faces):
        volumes, areas = _volumes_and_areas(vertices[chunk] - middle)
        volume_mm3, area_mm2 = volume_mm3 + float(volumes.sum()), area_mm2 + float(areas.sum())
    parts = parts_of(faces, len(vertices))
    x, y, z = (float(extent) for extent in vertices.max(axis=0) - vertices.min(axis=0))
    return SolidFacts(
        watertight=is_watertight(faces, len(vertices)),
        volume_ml=volume_mm3 / MM3_PER_ML,
        area_cm2=area_mm2 / MM2_PER_CM2,
        box_mm=(x, y, z),
        components=int(parts.max()) + 1,
    )


def is_watertight(faces: Faces, vertices: int) -> bool:
    """Whether every edge belongs to exactly two triangles that run along it in opposite directions.

    Parameters
    ----------
    faces : (F, 3) ndarray of int32
    vertices : int
    """
    portions = max(1, -(-3 * len(faces) // _EDGES))
    bounds = np.linspace(0, vertices, portions + 1).astype(np.int64)
    return all(_pair_up(_edges(faces, vertices, range(*ends))) for ends in pairwise(bounds.tolist()))


def _edges(faces: Faces, vertices: int, lower: range) -> NDArray[np.int64]:
    """Sorted numbers of the edges whose lower corner lies in a range; one there and the same back differ in one bit."""
    found = []
    for chunk in _chunks(faces):
        here, there = (chunk[:, corners].reshape(-1).astype(np.int64) for corners in ((0, 1, 2), (1, 2, 0)))
        low = np.minimum(here, there)
        wanted = (low >= lower.start) & (low < lower.stop)
        low, here, there = low[wanted], here[wanted], there[wanted]
        found.append((low * vertices + np.maximum(here, there)) * 2 + (here > there))
    edges = np.concatenate(found)
    edges.sort()
    return edges


def _pair_up(edges: NDArray[np.int64]) -> bool:
    """Whether sorted edges come as one pair each: there, and back."""
    there, back = edges[::2], edges[1::2]
    if len(there) != len(back):
        return False
    return bool((there & 1 == 0).all() and (back == there + 1).all() and (there[1:] > back[:-1]).all())


def parts_of(faces: Faces, vertices: int) -> NDArray[np.int32]:
    """(V,) the number of the connected part that each corner belongs to, from 0; corners of no triangle have −1.

    Triangles are taken in portions, whose parts are joined where they share a corner: near triangles have near numbers,
    so a portion's graph is small.

    Parameters
    ----------
    faces : (F, 3) ndarray of int32
    vertices : int
    """
    parts = np.full(vertices, -1, np.int32)
    links, count = [np.empty((0, 2), np.int32)], 0
    for chunk in _chunks(faces):
        first, behind = int(chunk.min()), int(chunk.max()) + 1
        window = parts[first:behind]
        found = _connected(chunk - np.int32(first), behind - first) + np.int32(count)
        used = np.zeros(behind - first, bool)
        used[chunk - np.int32(first)] = True
        known = used & (window >= 0)
        links.append(np.unique(np.stack((window[known], found[known]), axis=1), axis=0))
        fresh = used & (window < 0)
        window[fresh] = found[fresh]
        count = int(found.max()) + 1
    joined = _connected(np.concatenate(links), count)
    used = parts >= 0
    is_part = np.bincount(parts[used], minlength=count) > 0
    _, numbers = np.unique(joined[is_part], return_inverse=True)
    joined[is_part] = numbers
    parts[used] = joined[parts[used]]
    return parts


def _connected(groups: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    """(count,) the part of each number, where the numbers of each row belong together."""
    starts, ends = groups[:, :-1].reshape(-1), groups[:, 1:].reshape(-1)
    graph = csr_array((np.ones(len(starts), bool), (starts, ends)), shape=(count, count))
    labels: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return labels


def enclosed_mm3(vertices: Vertices, faces: Faces, parts: NDArray[np.int32]) -> NDArray[np.float64]:
    """(N,) what each part encloses, mm³; below zero for the wall of a hollow.

    Of a part that is open, because the values end there, it is what its own middle sees of it: a half or more of the
    whole.

    Parameters
    ----------
    vertices : (V, 3) ndarray of float32
        mm, every one of some triangle.
    faces : (F, 3) ndarray of int32
    parts : (V,) ndarray of int32
        As `parts_of` gives them.
    """
    counts = np.bincount(parts)
    middles = np.stack([np.bincount(parts, vertices[:, axis]) / counts for axis in range(3)], axis=1)
    enclosed = np.zeros(len(counts))
    for chunk in _chunks(faces):
        part = parts[chunk[:, 0]]
        volumes, _ = _volumes_and_areas(vertices[chunk] - middles[part][:, None])
        enclosed += np.bincount(part, volumes, len(counts))
    return enclosed


def vertex_normals(vertices: Vertices, faces: Faces) -> NDArray[np.float32]:
    """(V, 3) unit normals, outwards: the mean of the triangles around a corner by their area, for smooth shading.

    Parameters
    ----------
    vertices : (V, 3) ndarray of float32
    faces : (F, 3) ndarray of int32
    """
    sums = np.zeros((3, len(vertices)))
    for chunk in _chunks(faces):
        across = _across(vertices[chunk].astype(np.float64))
        for axis in range(3):
            sums[axis] += np.bincount(chunk.reshape(-1), np.repeat(across[:, axis], 3), len(vertices))
    lengths = np.linalg.norm(sums, axis=0)
    normals: NDArray[np.float32] = (sums / np.where(lengths, lengths, 1)).T.astype(np.float32)
    return normals


def _chunks(faces: Faces) -> Iterator[Faces]:
    """The triangles in portions."""
    return (faces[start : start + _CHUNK] for start in range(0, len(faces), _CHUNK))


def _across(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) outward normals of (n, 3, 3) triangles, twice as long as their areas."""
    across: NDArray[np.float64] = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return across


def _volumes_and_areas(corners: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n,) what lies between triangles and the origin, mm³, and (n,) their areas, mm²."""
    across = _across(corners)
    return np.einsum("fx,fx->f", corners[:, 0], across) / 6, np.sqrt(np.einsum("fx,fx->f", across, across)) / 2
