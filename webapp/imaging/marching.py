"""Marching cubes through a volume, slab by slab, on several cores.

::

    values ─ slabs of a few planes, ─┬─ which side of the level (`sides.py`)
             the last plane shared   ├─ a slab the level does not cross: no further visit
             with the next           ├─ crossed edges ─ one corner each, in index space (`slab.py`)
                                     └─ cases of eight corners ─ triangles (`cubes.py`)

The corners of a slab begin with those in its first plane. They are the ones the slab below counts last, so the parts
join by number, without comparing a single place. Everything is numpy on whole slabs, which lets go of the interpreter:
threads share the work. Values are read in the order in which they lie in memory, whatever the order of their axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.sides import sides_of
from webapp.imaging.slab import Piece, edges_of_cases, part_of, piece_of

#: Orders of the axes that turn a right hand into a left one.
_ODD: Final = ((0, 2, 1), (1, 0, 2), (2, 1, 0))

#: Voxels of a slab: enough to be worth a call, few enough for the caches.
_SLAB_VOXELS: Final = 1 << 20


def _nobody(_done: int, _total: int) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Marching:
    """How to march.

    Parameters
    ----------
    level : float
        Iso value, finite, in the unit of the values; what is at least as high lies inside.
    no_data : float or None
        The value that stands for "nothing was measured here". What is not finite is no data anyhow.
    closed : bool
        Whether the surface is closed where the values end, half a voxel outside the last centre; open otherwise.
    mirrored : bool
        Whether k, j, i run like the thumb, fore and middle finger of a left hand instead of a right one.
    workers : int
        Threads.
    progress : callable
        Told slabs done, and slabs.
    """

    level: float
    no_data: float | None = None
    closed: bool = False
    mirrored: bool = False
    workers: int = 1
    progress: Callable[[int, int], None] = _nobody


def memory_order(values: NDArray[Any]) -> tuple[int, ...]:
    """The axes from the slowest to the fastest in memory.

    Parameters
    ----------
    values : ndarray
    """
    return tuple(sorted(range(values.ndim), key=lambda axis: -abs(values.strides[axis])))


def crossings(values: NDArray[Any], level: float, no_data: float | None = None) -> int:
    """Neighbouring voxels on different sides of the level: the corners of the open surface, and half its triangles.

    Parameters
    ----------
    values : (K, J, I) ndarray
    level : float
    no_data : float or None
    """
    ordered = values.transpose(memory_order(values))
    found = 0
    for first, last in _cuts(ordered.shape[0], ordered[0].size):
        sides = sides_of(ordered[first : last + 1], level, no_data)
        own = sides if last == ordered.shape[0] - 1 else sides[:-1]
        pairs = ((sides[1:], sides[:-1]), (own[:, 1:], own[:, :-1]), (own[:, :, 1:], own[:, :, :-1]))
        found += sum(int(np.count_nonzero((here ^ there) == 1)) for here, there in pairs)
    return found


def march(values: NDArray[Any], how: Marching) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """The surface at a level in index space.

    Parameters
    ----------
    values : (K, J, I) ndarray
        Any strides and any real or boolean type; read slab by slab, never copied whole.
    how : Marching

    Returns
    -------
    points : (V, 3) ndarray of float32
        Indices ``(k, j, i)`` as fractions; one for each crossed edge.
    faces : (F, 3) ndarray of int32
        Counter-clockwise seen from where values are lower. Every edge belongs to two triangles, save at the border of
        an open surface.
    """
    order = memory_order(values)
    turned_over = how.mirrored != (order in _ODD)
    pieces = [piece for piece in _pieces(values.transpose(order), how, turned_over) if piece is not None]
    may_be_idle = any(piece.may_be_idle for piece in pieces)
    points, faces = _joined(pieces)
    if may_be_idle:
        points, faces = used_only(points, faces)
    return points if order == (0, 1, 2) else np.ascontiguousarray(points[:, np.argsort(order)]), faces


def used_only(points: NDArray[np.float32], faces: NDArray[np.int32]) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """The same triangles over the corners that they use.

    Parameters
    ----------
    points : (V, 3) ndarray
    faces : (F, 3) ndarray of int32
    """
    used = np.zeros(len(points), bool)
    used[faces] = True
    if used.all():
        return points, faces
    number = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return points[used], number[faces]


def _pieces(ordered: NDArray[Any], how: Marching, turned_over: bool) -> Iterator[Piece | None]:
    """What each slab holds, one after the other."""
    around = int(how.closed)
    rows, columns = (size + 2 * around for size in ordered.shape[1:])
    cuts = _cuts(ordered.shape[0] + 2 * around, rows * columns)
    edges = edges_of_cases(rows, columns)
    work = partial(_piece, ordered, how, np.ascontiguousarray(edges[:, ::-1]) if turned_over else edges)
    with ThreadPoolExecutor(how.workers) as pool:
        for done, piece in enumerate(pool.map(work, cuts) if how.workers > 1 else map(work, cuts), 1):
            how.progress(done, len(cuts))
            yield piece


def _piece(ordered: NDArray[Any], how: Marching, edges: NDArray[np.int32], cut: tuple[int, int]) -> Piece | None:
    """What one slab holds, None where the level does not cross it."""
    part = part_of(ordered, cut, how.level, how.no_data, closed=how.closed)
    return None if part is None else piece_of(part, how.level, edges)


def _cuts(planes: int, voxels: int) -> list[tuple[int, int]]:
    """First and last plane of each slab; the last is the next one's first."""
    thick = max(1, _SLAB_VOXELS // voxels)
    return [(first, min(first + thick, planes - 1)) for first in range(0, planes - 1, thick)]


def _joined(pieces: list[Piece]) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """All pieces as one; each is let go as soon as it is taken over."""
    points = np.empty((sum(len(piece.points) for piece in pieces), 3), np.float32)
    faces = np.empty((sum(len(piece.faces) for piece in pieces), 3), np.int32)
    point = face = 0
    pieces.reverse()
    while pieces:
        piece = pieces.pop()
        points[point : point + len(piece.points)] = piece.points
        np.add(piece.faces, np.int32(point), out=faces[face : face + len(piece.faces)])
        point, face = point + len(piece.points), face + len(piece.faces)
    return points, faces
