"""What a test asks of a mesh, worked out apart from the code that is tested."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.mesh import Mesh, Surface
from webapp.imaging.options import SurfaceOptions
from webapp.imaging.surface import isosurface
from webapp.imaging.volume import Volume


def surface_of(volume: Volume, level: float = 0.0, triangles: int | None = None, **more: Any) -> Surface:
    """The surface of a volume."""
    return isosurface(volume.field(), SurfaceOptions(level, triangles, **more))


def mesh_of(volume: Volume, level: float = 0.0, triangles: int | None = None, **more: Any) -> Mesh:
    """The mesh of a volume."""
    return surface_of(volume, level, triangles, **more).mesh


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


def edge_uses(faces: NDArray[np.int32]) -> NDArray[np.int_]:
    """How many triangles each edge belongs to."""
    edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    return np.unique(edges, axis=0, return_counts=True)[1]


def is_closed(faces: NDArray[np.int32]) -> bool:
    """Every edge belongs to two triangles that run along it in opposite directions."""
    edges = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    there = {(int(a), int(b)) for a, b in edges}
    return len(there) == len(edges) and all((b, a) in there for a, b in there)
