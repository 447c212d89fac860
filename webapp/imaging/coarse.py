"""The grid a surface is made on: as fine as a budget of triangles has use for, its voxels averaged, never skipped."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.field import Field
from webapp.imaging.marching import crossings, memory_order
from webapp.imaging.sides import NOTHING, sides_of

#: Voxels of the grid that is marched over; a finer one makes triangles only to have them thinned out.
_GRID_VOXELS: Final = 1 << 24

#: Triangles that may be made for each one kept; thinning out more costs seconds and keeps nothing.
_SURPLUS: Final = 4

#: A crossed edge makes about two triangles: those of a closed surface are twice its corners, less a few (Euler).
TRIANGLES_A_CROSSING: Final = 2

#: A grid of so few voxels along its longest side is not made coarser.
_COARSEST: Final = 8

#: How much coarser the grid gets at each try, at least and at most.
_LEAST, _MOST = 1.15, 3.0

Factors = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A field on a grid of its own.

    Parameters
    ----------
    values : (K, J, I) ndarray
        The field's own values, or means in float32, NaN where less than half of a block was measured.
    factors : tuple of 3 int
        Voxels averaged into one along k, j, i.
    no_data : float or None
    crossings : int
        Neighbours on different sides of the level.
    """

    values: NDArray[Any]
    factors: Factors
    no_data: float | None
    crossings: int


def full_grid(field: Field, level: float) -> Grid:
    """The field's own grid.

    Parameters
    ----------
    field : Field
    level : float
    """
    return Grid(field.values, (1, 1, 1), field.no_data, crossings(field.values, level, field.no_data))


def grid_for(field: Field, level: float, triangles: int) -> Grid:
    """The finest grid whose crossings, counted before any triangle is made, fit a budget.

    Slices that are not evenly spaced are not averaged.

    Parameters
    ----------
    field : Field
    level : float
    triangles : int
        The most that will be kept.
    """
    step_mm = min(field.spacing_mm)
    longest_mm = max(step * size for step, size in zip(field.spacing_mm, field.values.shape, strict=True))
    while True:
        factors = _factors(field, step_mm)
        if math.prod(size // factor for size, factor in zip(field.values.shape, factors, strict=True)) > _GRID_VOXELS:
            step_mm *= _LEAST
            continue
        grid = _grid(field, level, factors)
        excess = grid.crossings * TRIANGLES_A_CROSSING / (triangles * _SURPLUS)
        if excess <= 1 or max(grid.values.shape) <= _COARSEST or step_mm > longest_mm:
            return grid
        # Triangles of a surface go down with the square of the step.
        step_mm *= min(max(math.sqrt(excess), _LEAST), _MOST)


def _grid(field: Field, level: float, factors: Factors) -> Grid:
    """The field averaged over blocks."""
    if factors == (1, 1, 1):
        return full_grid(field, level)
    means = block_mean(field, factors)
    return Grid(means, factors, None, crossings(means, level))


def _factors(field: Field, step_mm: float) -> Factors:
    """Voxels along k, j, i that together come nearest to a step, leaving at least two blocks."""
    k, j, i = (
        max(1, min(round(step_mm / spacing), size // 2))
        for spacing, size in zip(field.spacing_mm, field.values.shape, strict=True)
    )
    alone = None if field.lattice.is_box else field.lattice.slice_axis
    return 1 if alone == 0 else k, 1 if alone == 1 else j, 1 if alone == 2 else i


def block_mean(field: Field, factors: Factors) -> NDArray[np.float32]:
    """Means over blocks; voxels beyond the last whole block are left out.

    Parameters
    ----------
    field : Field
    factors : tuple of 3 int
        Voxels of a block along k, j, i.

    Returns
    -------
    (K, J, I) ndarray of float32
        NaN where less than half of a block was measured.
    """
    order = memory_order(field.values)
    ordered = field.values.transpose(order)
    a, b, c = (factors[axis] for axis in order)
    counts = tuple(size // factor for size, factor in zip(ordered.shape, (a, b, c), strict=True))
    means = np.empty(counts, np.float32)
    for place in range(counts[0]):
        slab = ordered[place * a : (place + 1) * a, : counts[1] * b, : counts[2] * c]
        means[place] = _means(slab, (b, c), field.no_data)
    return means.transpose(np.argsort(order))


def _means(slab: NDArray[Any], factors: tuple[int, int], no_data: float | None) -> NDArray[np.float32]:
    """Means over the blocks of one sheet of them."""
    whole = slab.dtype.kind != "f"
    if whole and no_data is None:
        return (_sums(slab, factors) / np.float32(len(slab) * math.prod(factors))).astype(np.float32)
    measured = sides_of(slab, 0, no_data) != NOTHING
    counted = _sums(measured, factors)
    sums = _sums(np.where(measured, slab, slab.dtype.type(0)), factors)
    blank = counted * 2 < len(slab) * math.prod(factors)
    means: NDArray[np.float32] = (sums / np.maximum(counted, 1)).astype(np.float32)
    means[blank] = np.nan
    return means


def _sums(slab: NDArray[Any], factors: tuple[int, int]) -> NDArray[Any]:
    """Sums over the blocks of one sheet; along the fastest axis last, when the fewest are left."""
    b, c = factors
    kind = np.float32 if slab.dtype.kind == "f" else np.int64 if slab.dtype.itemsize > 2 else np.int32
    sheet = np.add.reduce(slab, axis=0, dtype=kind)
    rows = sheet[::b].copy()
    for step in range(1, b):
        rows += sheet[step::b]
    total: NDArray[Any] = rows[:, ::c].copy()
    for step in range(1, c):
        total += rows[:, step::c]
    return total
