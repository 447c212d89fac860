"""From a level to a surface in patient millimetres.

::

    field ─ grid sized to the budget, crossings counted first ─ marching cubes, run of slices by run ─ true places in mm
          ─ parts left out ─ smoothed ─ thinned out, and how far that moved it
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import fast_simplification
import numpy as np
from numpy.typing import NDArray

from webapp.errors import BadArgument, LevelOutOfRange, MeshTooBig, NothingLeft
from webapp.imaging.coarse import TRIANGLES_A_CROSSING, Grid, full_grid, grid_for
from webapp.imaging.deviation import Deviation, deviation
from webapp.imaging.field import Field
from webapp.imaging.marching import Marching, march, used_only
from webapp.imaging.mesh import Mesh, Surface, SurfaceFacts
from webapp.imaging.options import SurfaceOptions
from webapp.imaging.places import places_mm, runs_of
from webapp.imaging.smoothing import smoothed
from webapp.imaging.solid import MM3_PER_ML, enclosed_mm3, parts_of

#: Bytes of a triangle in the largest of the usual files, a binary STL.
TRIANGLE_BYTES: Final = 50

#: More threads wait for memory, and each holds a slab.
_MOST_WORKERS: Final = 4

#: How eagerly edges are given up; one step above the library's own 7: a seventh less time, and no more error.
_EAGERNESS: Final = 8

#: Thinning out misses its aim a little; so often it is tried again.
_TRIES: Final = 4

Points = NDArray[np.float32]
Faces = NDArray[np.int32]


def _unheard(_stage: str, _done: int, _total: int) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What making a surface may cost.

    Parameters
    ----------
    workers : int
        Threads.
    most_bytes : int or None
        The largest file it may become, by its triangles before any are taken away, as STL.
    progress : callable
        Told the stage, and steps of it that are done and there are.
    """

    workers: int = 1
    most_bytes: int | None = None
    progress: Callable[[str, int, int], None] = _unheard


def isosurface(field: Field, options: SurfaceOptions, effort: Effort | None = None) -> Surface:
    """The surface of a field at a level.

    Parameters
    ----------
    field : Field
    options : SurfaceOptions
        Its ``time`` says which values the field holds.
    effort : Effort, optional

    Returns
    -------
    Surface
        Vertices in patient LPS, mm; the outside is where values are lower.

    Raises
    ------
    LevelOutOfRange
        The level parts no voxels.
    MeshTooBig
        It would be larger than `effort` allows; no triangle was made.
    NothingLeft
        All its parts are smaller than those that are to be left out.
    """
    effort = effort or Effort()
    grid = _grid(field, options, effort)
    vertices, faces = _marched(field, grid, options, effort)
    found = len(faces)
    vertices, faces, islands, islands_ml = _without_islands(vertices, faces, options, effort)
    smoothed_mm = 0.0
    if options.smooth_mm:
        effort.progress("smoothing", 0, 0)
        vertices, smoothed_mm = smoothed(vertices, faces, options.smooth_mm)
    vertices, faces, moved = _thinned(vertices, faces, options.triangles, effort)
    k, j, i = (step * factor for step, factor in zip(field.spacing_mm, grid.factors, strict=True))
    facts = SurfaceFacts(
        options=options,
        unit=field.unit,
        triangles=len(faces),
        vertices=len(vertices),
        grid_step_mm=(k, j, i),
        coarsened=grid.factors,
        found=found,
        islands=islands,
        islands_ml=islands_ml,
        smoothed_mm=smoothed_mm,
        deviation=moved,
    )
    return Surface(Mesh(vertices, faces), facts)


def _grid(field: Field, options: SurfaceOptions, effort: Effort) -> Grid:
    """The grid to march over, on which the level is known to part voxels and the triangles to be not too many."""
    effort.progress("averaging", 0, 0)
    if min(field.values.shape) < 2:
        raise LevelOutOfRange("A surface needs two voxels in each direction.", "Open a series that has them.")
    full = options.triangles is None
    grid = full_grid(field, options.level) if full else grid_for(field, options.level, options.triangles or 1)
    if not grid.crossings:
        raise _no_surface(field, options.level)
    expected = grid.crossings * TRIANGLES_A_CROSSING
    if effort.most_bytes is not None and expected * TRIANGLE_BYTES > effort.most_bytes:
        raise MeshTooBig(
            f"This surface has about {expected:,} triangles, {expected * TRIANGLE_BYTES / 1e6:,.0f} MB as STL; "
            f"the limit is {effort.most_bytes / 1e6:,.0f} MB."
        )
    return grid


def _no_surface(field: Field, level: float) -> LevelOutOfRange:
    """Why no voxels are parted."""
    limits = field.limits()
    if limits is None:
        return LevelOutOfRange("Nothing was measured here.")
    low, high = limits
    if low < level <= high:
        return LevelOutOfRange("No surface larger than a few voxels lies at this level.")
    unit = f" {field.unit}" if field.unit else ""
    return LevelOutOfRange(f"The level lies outside the values of this series ({low:g} to {high:g}{unit}).")


def _marched(field: Field, grid: Grid, options: SurfaceOptions, effort: Effort) -> tuple[Points, Faces]:
    """The surface on a grid, in the patient: each run of slices by itself, so that none reaches into a hole."""
    axis = field.lattice.slice_axis
    mirrored = bool(np.linalg.det(field.lattice.affine.steps_mm) < 0)
    runs = runs_of(field.lattice)
    all_vertices, all_faces, count = [], [], 0
    for number, run in enumerate(runs):

        def tell(done: int, total: int, number: int = number) -> None:
            effort.progress("marching", number * total + done, len(runs) * total)

        workers = min(effort.workers, _MOST_WORKERS)
        how = Marching(options.level, grid.no_data, options.closed, mirrored, workers, tell)
        within = tuple(slice(*run) if place == axis and len(runs) > 1 else slice(None) for place in range(3))
        points, faces = march(grid.values[within], how)
        if max(grid.factors) > 1:
            points *= np.array(grid.factors, np.float32)
            points += (np.array(grid.factors, np.float32) - 1) / 2
        all_vertices.append(places_mm(field.lattice, points, run))
        all_faces.append(faces + np.int32(count) if count else faces)
        count += len(points)
    if count == 0:
        raise LevelOutOfRange("No surface larger than a few voxels lies at this level.")
    vertices = all_vertices[0] if len(runs) == 1 else np.concatenate(all_vertices)
    faces = all_faces[0] if len(runs) == 1 else np.concatenate(all_faces)
    return vertices, faces


def _without_islands(
    vertices: Points, faces: Faces, options: SurfaceOptions, effort: Effort
) -> tuple[Points, Faces, int, float]:
    """The parts that are kept, how many are not, and what those enclosed, ml."""
    if not options.largest and not options.island_ml:
        return vertices, faces, 0, 0.0
    effort.progress("sorting", 0, 0)
    parts = parts_of(faces, len(vertices))
    enclosed_ml = np.abs(enclosed_mm3(vertices, faces, parts)) / MM3_PER_ML
    kept = enclosed_ml >= options.island_ml
    if options.largest:
        kept &= np.arange(len(kept)) == np.argmax(enclosed_ml)
    if not kept.any():
        raise NothingLeft(f"All parts of this surface are smaller than {options.island_ml:g} ml.")
    vertices, faces = used_only(vertices, faces[kept[parts[faces[:, 0]]]])
    return vertices, faces, int(np.count_nonzero(~kept)), float(enclosed_ml[~kept].sum())


def _thinned(
    vertices: Points, faces: Faces, triangles: int | None, effort: Effort
) -> tuple[Points, Faces, Deviation | None]:
    """At most so many triangles, by quadric error (Garland and Heckbert 1997), and how far that moved the surface."""
    if triangles is None or len(faces) <= triangles:
        return vertices, faces, None
    effort.progress("thinning", 0, 0)
    # Millimetres from a middle near by: the differences that count keep their digits in float32.
    middle = vertices.mean(axis=0, dtype=np.float64).astype(np.float32)
    thin_vertices, thin_faces = vertices - middle, faces
    for _ in range(_TRIES):
        if len(thin_faces) <= triangles:
            break
        thin_vertices, thin_faces = fast_simplification.simplify(
            thin_vertices, thin_faces, target_reduction=1 - triangles / len(thin_faces), agg=_EAGERNESS
        )
    if not 0 < len(thin_faces) <= triangles:
        raise BadArgument(f"This surface cannot be made of so few triangles ({triangles}).", "Ask for more.")
    effort.progress("measuring", 0, 0)
    moved = thin_vertices.astype(np.float32) + middle
    thin = used_only(moved, thin_faces.astype(np.int32))
    return *thin, deviation(thin, (vertices, faces))
