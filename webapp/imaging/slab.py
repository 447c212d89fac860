"""One slab of a volume on its way through marching cubes: sides, cases, corners, triangles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.cubes import AXES, CORNERS, COUNTS, MOST
from webapp.imaging.sides import INSIDE, NOTHING, sides_of

#: Corners keep this far from voxel centres (voxels): where a value equals the level they would fall together.
_APART: Final = 1 / 512

#: Where a surface is closed at a border, it lies half a voxel outside the last centre.
_HALF: Final = 0.5

#: Edges that a voxel is the lower end of.
_EDGES: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The planes of a slab, both ends included.

    Parameters
    ----------
    values : (P + 1, rows, columns) ndarray
    sides : (P + 1, rows, columns) ndarray of uint8
        `OUTSIDE`, `INSIDE` or `NOTHING`.
    start : tuple of 3 int
        Index in the volume of its first voxel; −1 where something was laid around it.
    has_blanks : bool
        Whether any voxel is `NOTHING`.
    is_last : bool
        Whether its last plane is no other slab's.
    closed : bool
    """

    values: NDArray[Any]
    sides: NDArray[np.uint8]
    start: tuple[int, int, int]
    has_blanks: bool
    is_last: bool
    closed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The surface in one slab.

    Parameters
    ----------
    points : (V, 3) ndarray of float32
        Its own corners, in index space; those in its last plane are the next slab's first.
    faces : (F, 3) ndarray of int32
        Over its own corners, and beyond them over the first of the next slab.
    may_be_idle : bool
        Whether some corners may belong to no triangle.
    """

    points: NDArray[np.float32]
    faces: NDArray[np.int32]
    may_be_idle: bool


def edges_of_cases(rows: int, columns: int) -> NDArray[np.int32]:
    """Where the edges of each triangle of each case lie in a slab, from the first edge of their cube.

    Parameters
    ----------
    rows, columns : int
        Of the slab's planes.

    Returns
    -------
    (1280, 3) ndarray of int32
        Row ``5 · case + triangle``; three edges a voxel.
    """
    places = (CORNERS @ np.array([rows * columns, columns, 1])) * _EDGES + AXES
    edges: NDArray[np.int32] = places.reshape(-1, 3).astype(np.int32)
    return edges


def part_of(
    ordered: NDArray[Any], cut: tuple[int, int], level: float, no_data: float | None, *, closed: bool
) -> Part | None:
    """A slab of a volume; None where the level does not cross it.

    Parameters
    ----------
    ordered : (A, B, C) ndarray
        In memory order.
    cut : tuple of 2 int
        First and last plane; one more at either end of a closed volume.
    level : float
    no_data : float or None
    closed : bool
        Whether nothing is laid around the volume.
    """
    first, last = cut
    around = int(closed)
    begin, end = max(first - around, 0), min(last + 1 - around, ordered.shape[0])
    values = np.ascontiguousarray(ordered[begin:end])
    sides = sides_of(values, level, no_data)
    if closed:
        missing = (begin + around - first, last + 1 - around - end)
        values = np.pad(values, (missing, (1, 1), (1, 1)))
        sides = np.pad(sides, (missing, (1, 1), (1, 1)), constant_values=NOTHING)
    lowest, highest = int(sides.min()), int(sides.max())
    if lowest == highest or (lowest == INSIDE and not closed):
        return None
    start = (first - around, -around, -around)
    is_last = last == ordered.shape[0] - 1 + 2 * around
    return Part(values, sides, start, highest == NOTHING, is_last, closed)


def piece_of(part: Part, level: float, edges: NDArray[np.int32]) -> Piece | None:
    """The surface in a slab; None where there is none.

    Parameters
    ----------
    part : Part
    level : float
    edges : (1280, 3) ndarray of int32
        As `edges_of_cases` gives them for its planes.
    """
    cases = _cases(part.sides & np.uint8(1))
    cells = _places((cases + np.uint8(1)) > 1)
    if not len(cells):
        return None
    case = cases.reshape(-1)[cells]
    crossed, own = _crossed(cells, case, part)
    number = np.empty(part.values.size * _EDGES, np.int32)
    count = 0
    for axis, places in crossed:
        number[places * np.int32(_EDGES) + np.int32(axis)] = np.arange(count, count + len(places), dtype=np.int32)
        count += len(places)
    points = np.concatenate([_points(part, level, axis, places) for axis, places in crossed[:own]])
    cells, case = _whole_cells(part, cells, case)
    return Piece(points, _faces(cells, case, number, edges), part.has_blanks)


def _cases(inside: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(P + 1, rows, columns) which corners of each cube are inside; beyond the last place of an axis it repeats."""
    padded = np.empty(tuple(size + 1 for size in inside.shape), np.uint8)
    padded[:-1, :-1, :-1] = inside
    padded[:-1, :-1, -1] = inside[..., -1]
    padded[:-1, -1] = padded[:-1, -2]
    padded[-1] = padded[-2]
    pairs = padded[..., 1:] << np.uint8(1)
    pairs |= padded[..., :-1]
    squares = pairs[:, 1:] << np.uint8(2)
    squares |= pairs[:, :-1]
    cubes: NDArray[np.uint8] = squares[1:] << np.uint8(4)
    cubes |= squares[:-1]
    return cubes


def _places(mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Flat places of what is true, found eight at a time, for little is."""
    flat = mask.reshape(-1)
    eights = flat.size // 8 * 8
    hit = np.flatnonzero(flat[:eights].view(np.uint64))
    within = np.flatnonzero(flat[:eights].reshape(-1, 8)[hit])
    places = (hit[within >> 3] << 3) + (within & 7)
    return np.concatenate((places, np.flatnonzero(flat[eights:]) + eights)).astype(np.int32)


def _crossed(
    cells: NDArray[np.int32], case: NDArray[np.uint8], part: Part
) -> tuple[list[tuple[int, NDArray[np.int32]]], int]:
    """The crossed edges by axis and lower end, those in the first plane first, those in the last last; how many groups
    are the slab's own."""
    plane = part.values[0].size
    bounds = [plane, (len(part.values) - 1) * plane]
    j, i = (np.split(places, np.searchsorted(places, bounds)) for places in _in_plane(cells, case))
    across = cells[((case >> 4) ^ case) & 1 != 0]
    groups = [(1, j[0]), (2, i[0]), (0, across), (1, j[1]), (2, i[1]), (1, j[2]), (2, i[2])]
    return groups, len(groups) if part.is_last else len(groups) - 2


def _in_plane(cells: NDArray[np.int32], case: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Lower ends of the crossed edges along rows' and columns' numbers."""
    return cells[((case >> 2) ^ case) & 1 != 0], cells[((case >> 1) ^ case) & 1 != 0]


def _points(part: Part, level: float, axis: int, places: NDArray[np.int32]) -> NDArray[np.float32]:
    """(n, 3) where the level crosses edges, between their ends by the values there."""
    _, rows, columns = part.values.shape
    upper = places + np.int32((rows * columns, columns, 1)[axis])
    low, high = (part.values.reshape(-1)[ends].astype(np.float32) for ends in (places, upper))
    with np.errstate(all="ignore"):  # an end that was not measured has no value to go by
        along = np.clip((np.float32(level) - low) / (high - low), _APART, 1 - _APART)
    if part.has_blanks:
        sides = part.sides.reshape(-1)
        along[(sides[places] | sides[upper]) >= NOTHING] = _HALF
    points = np.empty((len(places), 3), np.float32)
    slices, rest = np.divmod(places, np.int32(rows * columns))
    points[:, 0] = slices + np.int32(part.start[0])
    row, column = np.divmod(rest, np.int32(columns))
    points[:, 1], points[:, 2] = row + np.int32(part.start[1]), column + np.int32(part.start[2])
    points[:, axis] += along
    return points


def _whole_cells(
    part: Part, cells: NDArray[np.int32], case: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """The cubes that have all their corners, all of them measured unless the surface is to be closed there."""
    planes, rows, columns = part.values.shape
    place = cells % np.int32(rows * columns)
    whole = (cells < (planes - 1) * rows * columns) & (place < (rows - 1) * columns)
    whole &= place % np.int32(columns) != columns - 1
    if part.has_blanks and not part.closed:
        whole &= _cases(part.sides >> np.uint8(1)).reshape(-1)[cells] == 0
    return cells[whole], case[whole]


def _faces(
    cells: NDArray[np.int32], case: NDArray[np.uint8], number: NDArray[np.int32], edges: NDArray[np.int32]
) -> NDArray[np.int32]:
    """(F, 3) the triangles of the cubes, over the numbers of their corners."""
    counts = COUNTS[case]
    if not len(cells):
        return np.empty((0, 3), np.int32)
    firsts = np.cumsum(counts, dtype=np.int32)
    total = int(firsts[-1])
    shift = case.astype(np.int32) * np.int32(MOST) - (firsts - counts)
    places = edges.take(np.arange(total, dtype=np.int32) + np.repeat(shift, counts), axis=0)
    places += np.repeat(cells * np.int32(_EDGES), counts)[:, None]
    faces: NDArray[np.int32] = number.take(places)
    return faces
