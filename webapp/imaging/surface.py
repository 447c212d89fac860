"""From a level to a surface: marching cubes on a grid sized to a budget of triangles."""

from __future__ import annotations

import math
from typing import Final

import fast_simplification
import numpy as np
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from webapp.errors import LevelNotANumber, LevelOutOfRange
from webapp.imaging.lattice import Lattice
from webapp.imaging.mesh import Mesh
from webapp.imaging.volume import Volume

#: Voxels of the grid that is marched over; a finer one makes triangles only to have them thinned out.
_GRID_VOXELS: Final = 1 << 24

#: Triangles that may be made for each one kept; thinning out more costs seconds and keeps nothing.
_SURPLUS: Final = 8

#: A crossed cell makes about two triangles.
_TRIANGLES_A_CROSSING: Final = 2

#: A grid of so few voxels is not made coarser.
_COARSEST: Final = 8

#: How much coarser the grid gets at each try.
_COARSER: Final = 1.3

Factors = tuple[int, int, int]


def isosurface(volume: Volume, level: float, triangles: int) -> Mesh:
    """The surface of a volume at a level.

    Voxels are averaged in blocks, never skipped, until the grid and the crossings on it fit the budget; the crossings
    are counted before any triangle is made (Lorensen and Cline 1987; Garland and Heckbert 1997 for the thinning).

    Parameters
    ----------
    volume : Volume
    level : float
        Iso value, modality units.
    triangles : int
        The most there may be.

    Returns
    -------
    Mesh
        Vertices in patient LPS, mm.

    Raises
    ------
    LevelNotANumber, LevelOutOfRange
    """
    if not isinstance(level, int | float) or isinstance(level, bool) or not math.isfinite(level):
        raise LevelNotANumber
    voxels = volume.voxels[0]
    low, high = _range(volume)
    if not low < level <= high or min(voxels.shape) < 2:
        unit = f" {volume.unit}" if volume.unit else ""
        raise LevelOutOfRange(f"The level lies outside the values of this series ({low:g} to {high:g}{unit}).")
    grid, factors = _grid(volume, level, triangles)
    if not np.nanmin(grid) < level < np.nanmax(grid):
        raise LevelOutOfRange("No surface larger than a few voxels lies at this level.")
    points, faces = _marched(grid, level)
    found = len(faces)
    points = points * factors + (np.array(factors) - 1) / 2
    points, faces = _thinned(*_without_holes(points, faces, volume.lattice), triangles)
    vertices = volume.lattice.apply(points)
    step_k, step_j, step_i = (
        float(spacing * factor) for spacing, factor in zip(volume.spacing_mm, factors, strict=True)
    )
    outward = faces if np.linalg.det(volume.affine.matrix[:3, :3]) < 0 else faces[:, ::-1]
    return Mesh(
        vertices=vertices.astype(np.float32),
        faces=np.ascontiguousarray(outward, np.int32),
        level=float(level),
        grid_step_mm=(step_k, step_j, step_i),
        coarsened=factors,
        found=found,
    )


def _range(volume: Volume) -> tuple[float, float]:
    """Smallest and largest measured value of the first volume; 0 where nothing was measured."""
    voxels = volume.voxels[0]
    if volume.no_data is not None:
        voxels = voxels[~volume.is_nothing(voxels)]
    return (float(voxels.min()), float(voxels.max())) if voxels.size else (0.0, 0.0)


def _marched(grid: NDArray[np.float32], level: float) -> tuple[NDArray[np.floating], NDArray[np.int32]]:
    """Vertices and faces of the surface through cells whose corners were all measured."""
    nothing, mask = np.isnan(grid), None
    if nothing.any():
        measured = ~nothing
        cells = measured[:-1, :-1, :-1].copy()
        for corner in np.ndindex(2, 2, 2):
            cells &= measured[tuple(slice(at, at - 1 or None) for at in corner)]
        mask = np.zeros(grid.shape, bool)
        mask[1:, 1:, 1:] = cells  # the cell that ends at a voxel is the one that is asked for it
        grid = np.where(nothing, np.float32(level - 1), grid)
        if not cells.any():
            raise LevelOutOfRange("No surface larger than a few voxels lies at this level.")
    points, faces, _, _ = marching_cubes(grid, level, mask=mask, allow_degenerate=False)  # type: ignore[no-untyped-call]
    return points, faces


def _grid(volume: Volume, level: float, triangles: int) -> tuple[NDArray[np.float32], Factors]:
    """The finest block mean that fits the budget; slices that are not evenly spaced are not averaged."""
    voxels = volume.voxels[0]
    alone = None if volume.lattice.is_box else volume.slice_axis
    step_mm = min(volume.spacing_mm)
    while True:
        k, j, i = _factors(step_mm, volume.spacing_mm, voxels.shape)
        factors = (1 if alone == 0 else k, 1 if alone == 1 else j, 1 if alone == 2 else i)
        if math.prod(-(-size // factor) for size, factor in zip(voxels.shape, factors, strict=True)) <= _GRID_VOXELS:
            grid = _block_mean(volume, factors)
            if _crossings(grid, level) * _TRIANGLES_A_CROSSING <= triangles * _SURPLUS or max(grid.shape) <= _COARSEST:
                return grid, factors
        step_mm *= _COARSER


def _without_holes(
    points: NDArray[np.floating], faces: NDArray[np.int32], lattice: Lattice
) -> tuple[NDArray[np.floating], NDArray[np.int32]]:
    """The triangles that do not reach into a place where slices are missing."""
    holes = lattice.holes
    if not holes.any():
        return points, faces
    place = points[:, lattice.slice_axis]
    below = np.clip(np.floor(place).astype(int), 0, len(holes) - 1)
    blank = holes[below] & (place > below) & (place < below + 1)
    return points, faces[~blank[faces].any(axis=1)]


def _factors(step_mm: float, spacing_mm: tuple[float, float, float], shape: tuple[int, ...]) -> Factors:
    """Voxels along k, j, i that together come nearest to a step, leaving at least two blocks."""
    k, j, i = (
        max(1, min(round(step_mm / spacing), size // 2)) for spacing, size in zip(spacing_mm, shape, strict=True)
    )
    return k, j, i


def _block_mean(volume: Volume, factors: Factors) -> NDArray[np.float32]:
    """Means over what was measured in blocks, NaN where nothing was; voxels behind the last block are left out."""
    voxels = volume.voxels[0]
    k, j, i = (size // factor for size, factor in zip(voxels.shape, factors, strict=True))
    grid = np.empty((k, j, i), np.float32)
    blocks = (factors[0], j, factors[1], i, factors[2])
    for place in range(k):
        slab = voxels[place * factors[0] : (place + 1) * factors[0], : j * factors[1], : i * factors[2]]
        if volume.no_data is None:
            flat = slab.mean(axis=0, dtype=np.float32) if factors[0] > 1 else slab[0].astype(np.float32)
            grid[place] = flat.reshape(blocks[1:]).mean(axis=(1, 3))
            continue
        measured = ~volume.is_nothing(slab)
        total = np.where(measured, slab, 0).astype(np.float32).reshape(blocks).sum(axis=(0, 2, 4))
        counts = measured.reshape(blocks).sum(axis=(0, 2, 4))
        grid[place] = np.where(counts > 0, total / np.maximum(counts, 1), np.nan)
    return grid


def _crossings(grid: NDArray[np.float32], level: float) -> int:
    """Neighbouring voxels on different sides of the level: about one for each crossed cell, times 1 to 3."""
    inside = grid >= level
    pairs = ((inside[1:], inside[:-1]), (inside[:, 1:], inside[:, :-1]), (inside[:, :, 1:], inside[:, :, :-1]))
    return sum(int(np.count_nonzero(here != there)) for here, there in pairs)


def _thinned(
    points: NDArray[np.floating], faces: NDArray[np.int32], triangles: int
) -> tuple[NDArray[np.floating], NDArray[np.int32]]:
    """At most so many triangles, by quadric error."""
    if len(faces) <= triangles:
        return points, faces
    thin_points, thin_faces = fast_simplification.simplify(
        points.astype(np.float32), faces.astype(np.int32), target_reduction=1 - triangles / len(faces)
    )
    return thin_points, thin_faces
