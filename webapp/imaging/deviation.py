"""How far a thinned mesh lies from the one it was made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

#: Points of the thinned mesh that are measured.
_SAMPLES: Final = 4_000

#: Corners of the whole mesh whose triangles a point is held against.
_NEAREST: Final = 4


@dataclass(frozen=True, slots=True)
class Deviation:
    """Distances of a mesh from another, sampled evenly over its area, mm.

    Parameters
    ----------
    mean_mm, p95_mm, max_mm : float
        The mean, what 95 % stay below, and the largest that was found.
    samples : int
    """

    mean_mm: float
    p95_mm: float
    max_mm: float
    samples: int


def deviation(
    thin: tuple[NDArray[np.float32], NDArray[np.int32]], whole: tuple[NDArray[np.float32], NDArray[np.int32]]
) -> Deviation:
    """Distances of points on a thinned mesh from the triangles of the whole one.

    Each point is held against the triangles around the corners of the whole mesh that are nearest to it, so that no
    distance comes out smaller than it is.

    Parameters
    ----------
    thin, whole : tuple
        ``(V, 3)`` corners in mm and ``(F, 3)`` triangles.
    """
    points = _points_on(*thin)
    vertices, faces = whole
    tree = cKDTree(vertices, balanced_tree=False, compact_nodes=False)
    nearest = tree.query(points, min(_NEAREST, len(vertices)))[1].reshape(len(points), -1)
    owners, triangles = _around(faces, nearest)
    squares = _to_triangles(points[owners], vertices[triangles].astype(np.float64))
    distances = np.sqrt(np.minimum.reduceat(squares, np.flatnonzero(np.diff(owners, prepend=-1))))
    return Deviation(
        mean_mm=float(distances.mean()),
        p95_mm=float(np.percentile(distances, 95)),
        max_mm=float(distances.max()),
        samples=len(points),
    )


def _around(faces: NDArray[np.int32], nearest: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Pairs of a point, ascending, and a triangle around one of the corners that are nearest to it."""
    wanted = np.zeros(max(int(nearest.max()), int(faces.max())) + 1, bool)
    wanted[nearest] = True
    near = faces[wanted[faces].any(axis=1)]
    order = np.argsort(near, axis=None, kind="stable")
    corners, triangles = near.reshape(-1)[order], order // 3
    starts, ends = (np.searchsorted(corners, nearest.reshape(-1), side) for side in ("left", "right"))
    counts = ends - starts
    behind = np.cumsum(counts)
    places = np.arange(behind[-1]) - np.repeat(behind - counts - starts, counts)
    owners = np.repeat(np.repeat(np.arange(len(nearest)), nearest.shape[1]), counts)
    return owners, near[triangles[places]]


def _points_on(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float64]:
    """(n, 3) points spread evenly over a mesh, the same each time."""
    corners = vertices[faces].astype(np.float64)
    sides = corners[:, 1:] - corners[:, :1]
    areas = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1)
    dice = np.random.default_rng(0)
    until = np.cumsum(areas)
    picked = np.searchsorted(until, (np.arange(_SAMPLES) + dice.random(_SAMPLES)) / _SAMPLES * until[-1])
    picked = np.minimum(picked, len(faces) - 1)
    parts = dice.random((_SAMPLES, 2))
    beyond = parts.sum(axis=1) > 1
    parts[beyond] = 1 - parts[beyond]
    points: NDArray[np.float64] = corners[picked, 0] + np.einsum("np,npx->nx", parts, sides[picked])
    return points


def _to_triangles(points: NDArray[np.float64], corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) squared distances of (n, 3) points from (n, 3, 3) triangles."""
    a, b, c = corners.transpose(1, 0, 2)
    normal = np.cross(b - a, c - a)
    length = np.einsum("nx,nx->n", normal, normal)
    above = np.einsum("nx,nx->n", points - a, normal)
    over = length > 0
    for here, there in ((a, b), (b, c), (c, a)):
        over &= np.einsum("nx,nx->n", np.cross(there - here, points - here), normal) >= 0
    beside = np.min([_to_edges(points, here, there) for here, there in ((a, b), (b, c), (c, a))], axis=0)
    squares: NDArray[np.float64] = np.where(over, above**2 / np.where(length > 0, length, 1), beside)
    return squares


def _to_edges(
    points: NDArray[np.float64], here: NDArray[np.float64], there: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n,) squared distances of points from the stretches between two points."""
    side = there - here
    length = np.einsum("nx,nx->n", side, side)
    along = np.clip(np.einsum("nx,nx->n", points - here, side) / np.where(length > 0, length, 1), 0, 1)
    apart = points - here - along[:, None] * side
    squares: NDArray[np.float64] = np.einsum("nx,nx->n", apart, apart)
    return squares
