"""The cells of marching cubes: which triangles cut a cube whose corners lie on this or that side of a level.

A corner is a number of three bits, one for each axis; an edge is the axis it runs along and its lower corner. The
cases are worked out here instead of copied: on each face of the cube inside corners that only touch at a diagonal are
parted, so that two cubes always agree about the face between them and no hole opens (Lorensen and Cline 1987; the
remedy for their holes is Nielson and Hamann's, 1991). No diagonal of a polygon lies in a face, so that no edge belongs
to more than two triangles.
"""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: The bit of a corner that an axis has.
_BIT: Final = (4, 2, 1)

#: No cube is cut into more triangles.
MOST: Final = 5

Edge = tuple[int, int]
Triangle = tuple[Edge, Edge, Edge]


def _edge(here: int, there: int) -> Edge:
    """The edge between two neighbouring corners: its axis and its lower corner."""
    return _BIT.index(here ^ there), min(here, there)


def _faces() -> tuple[tuple[int, int, int, int], ...]:
    """The corners of the six faces, counter-clockwise seen from outside."""
    faces = []
    for axis in range(3):
        u, v = _BIT[(axis + 1) % 3], _BIT[(axis + 2) % 3]
        far = _BIT[axis]
        faces += [(0, v, u + v, u), (far, far + u, far + u + v, far + v)]
    return tuple(faces)


_FACES: Final = _faces()
_EDGES: Final = tuple((axis, corner) for axis in range(3) for corner in range(8) if not corner & _BIT[axis])
_FACES_OF: Final = {
    (axis, corner): {place for place, face in enumerate(_FACES) if {corner, corner | _BIT[axis]} <= set(face)}
    for axis, corner in _EDGES
}
_MIDDLES: Final = {
    (axis, corner): np.array([bool(corner & bit) + 0.5 * (bit == _BIT[axis]) for bit in _BIT])
    for axis, corner in _EDGES
}


def _loops(case: int) -> list[list[Edge]]:
    """The polygons in which a level cuts a cube: on each face every run of inside corners is cut off by a segment."""
    follows: dict[Edge, Edge] = {}
    for face in _FACES:
        inside = [bool(case >> corner & 1) for corner in face]
        for first in range(4):
            if inside[first] and not inside[first - 1]:
                last = first
                while inside[(last + 1) % 4]:
                    last += 1
                follows[_edge(face[first - 1], face[first])] = _edge(face[last % 4], face[(last + 1) % 4])
    loops = []
    while follows:
        start, here = follows.popitem()
        loop = [start]
        while here != start:
            loop.append(here)
            here = follows.pop(here)
        loops.append(loop)
    return loops


def _cuttings(loop: list[Edge]) -> list[list[Triangle]]:
    """All ways to cut a polygon into triangles."""
    if len(loop) < 3:
        return [[]]
    return [
        [*left, (loop[0], loop[middle], loop[-1]), *right]
        for middle in range(1, len(loop) - 1)
        for left in _cuttings(loop[: middle + 1])
        for right in _cuttings(loop[middle:])
    ]


def _cost(loop: list[Edge], triangles: list[Triangle]) -> tuple[int, float]:
    """Diagonals that lie in a face of the cube, and the length of all."""
    sides = {frozenset((loop[place - 1], loop[place])) for place in range(len(loop))}
    pairs = {frozenset(pair) for triangle in triangles for pair in combinations(triangle, 2)} - sides
    diagonals = [tuple(pair) for pair in pairs]
    in_faces = sum(bool(_FACES_OF[here] & _FACES_OF[there]) for here, there in diagonals)
    return in_faces, sum(float(np.sum((_MIDDLES[here] - _MIDDLES[there]) ** 2)) for here, there in diagonals)


def _triangles(case: int) -> list[Triangle]:
    """The triangles of one case, counter-clockwise seen from where the values are below the level."""
    found: list[Triangle] = []
    for loop in _loops(case):
        found += min(_cuttings(loop), key=partial(_cost, loop))
    return found


def _table() -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """What `COUNTS`, `AXES` and `CORNERS` hold."""
    counts, edges = np.zeros(256, np.uint8), np.zeros((256, MOST, 3, 2), np.int64)
    for case in range(256):
        triangles = _triangles(case)
        counts[case] = len(triangles)
        edges[case, : len(triangles)] = np.array(triangles, np.int64).reshape(-1, 3, 2)
    corners = (edges[..., 1, None] & np.array(_BIT)) > 0
    for array in (counts, edges):
        array.setflags(write=False)
    return counts, edges[..., 0], corners.astype(np.int64)


#: (256,) triangles of each case; bit n of a case says whether corner n lies inside.
#: (256, 5, 3) axis of the edge on which each corner of each triangle lies, and (256, 5, 3, 3) the lower corner of that
#: edge along the three axes.
COUNTS, AXES, CORNERS = _table()
