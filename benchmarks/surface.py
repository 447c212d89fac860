"""From a level to a surface, for the screen and at full resolution, against VTK and bare scikit-image.

::

    ours    the mapped volume ─ grid, marching cubes, places in mm, thinning, its measured error
    peers   that grid, read before the clock starts ─┬─ VTK flying edges + quadric decimation, one thread
                                                     └─ scikit-image marching cubes + fast-simplification
    full    the whole volume ─ ours on all cores, and on one ─ against VTK flying edges on one thread
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import fast_simplification
import numpy as np
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from benchmarks.ingest import PEERS, SCRIPTS, opened
from benchmarks.instance import ROOT, Instance
from benchmarks.rows import Peer, Row, row
from webapp import stackfiles
from webapp.config import Limits
from webapp.imaging.coarse import grid_for
from webapp.imaging.field import Field
from webapp.imaging.options import SurfaceOptions
from webapp.imaging.surface import Effort, isosurface

LEVELS = {"bone": 200.0, "skin": -300.0}
ROUNDS = 5
CORES = os.cpu_count() or 1


def rows(instance: Instance, source: Path) -> list[Row]:
    """Measure all sides in turns.

    Parameters
    ----------
    instance : Instance
        A server that is running.
    source : Path
        A zip with a CT series that forms a volume.
    """
    client, card, _ = opened(instance, source)
    client.close()
    folder = instance.data / "volumes" / card.key
    field = stackfiles.load_volume(folder).field()
    found: list[Row] = []
    with TemporaryDirectory(prefix="trueslice-bench-") as out:
        for name, level in LEVELS.items():
            found += [*_on_screen(field, name, level, Path(out)), *_at_full_resolution(field, name, level, Path(out))]
    return [*found, *(_memory(folder, field, name, level) for name, level in LEVELS.items()), _growth(field)]


def _on_screen(field: Field, name: str, level: float, out: Path) -> list[Row]:
    """CPU seconds from a level to the mesh that is sent to the page, as many triangles as the screen may have."""
    triangles = Limits().triangles
    grid = grid_for(field, level, triangles)
    np.save(out / "grid.npy", grid.values)
    taken = _in_turns(
        {
            "ours": partial(_ours, field, SurfaceOptions(level, triangles), 1, process_time),
            "vtk": partial(_vtk, out / "grid.npy", level, triangles, "cpu"),
            "scikit-image": partial(_bare, np.ascontiguousarray(grid.values), level, triangles),
        }
    )
    shape = " × ".join(map(str, grid.values.shape))
    what = f"{name} {level:g} HU to {triangles:,} triangles for the screen, on a grid of {shape}, CPU"
    return [
        row(what, taken["ours"], Peer("VTK flying edges + quadric decimation", taken["vtk"], 0.25), "s"),
        row(what, taken["ours"], Peer("scikit-image + fast-simplification", taken["scikit-image"], 1.3), "s"),
    ]


def _at_full_resolution(field: Field, name: str, level: float, out: Path) -> list[Row]:
    """From a level to all triangles in patient millimetres."""
    np.save(out / "volume.npy", field.values)
    taken = _in_turns(
        {
            "ours": partial(_ours, field, SurfaceOptions(level), CORES, perf_counter),
            "vtk": partial(_vtk, out / "volume.npy", level, 0, "seconds"),
            "one": partial(_ours, field, SurfaceOptions(level), 1, process_time),
            "vtk, CPU": partial(_vtk, out / "volume.npy", level, 0, "cpu"),
        }
    )
    what, peer = f"{name} {level:g} HU at full resolution", "VTK flying edges on one thread"
    return [
        row(f"{what}, {CORES} threads", taken["ours"], Peer(peer, taken["vtk"], 4.0), "s"),
        row(f"{what}, one thread, CPU", taken["one"], Peer(peer, taken["vtk, CPU"], 4.0), "s"),
    ]


def _memory(folder: Path, field: Field, name: str, level: float) -> Row:
    """Peak memory of making, checking and writing all triangles, above the same process idle."""
    command = [sys.executable, "-m", "benchmarks.surface_memory", str(folder), str(level)]
    above = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["above_idle"]
    what = f"{name} at full resolution: peak memory above idle"
    return row(what, [above], Peer("the volume", [field.values.nbytes], 3.0), "bytes")


def _growth(field: Field) -> Row:
    """CPU seconds of all slices against those of half of them, by voxels or triangles, whichever grew more."""
    options = SurfaceOptions(LEVELS["bone"])
    half = _first_slices(field, field.values.shape[field.lattice.slice_axis] // 2)
    sides = {"whole": field, "half": half}
    taken = _in_turns({name: partial(_ours, one, options, 1, process_time) for name, one in sides.items()})
    triangles = {name: isosurface(one, options).facts.triangles for name, one in sides.items()}
    growth = max(field.values.size / half.values.size, triangles["whole"] / triangles["half"])
    linear = [seconds * growth for seconds in taken["half"]]
    what = "bone at full resolution, all slices, CPU"
    return row(what, taken["whole"], Peer("half of them, scaled", linear, 1.15), "s")


def _first_slices(field: Field, count: int) -> Field:
    """The first slices of a field."""
    axis = field.lattice.slice_axis
    values = field.values[tuple(slice(count) if place == axis else slice(None) for place in range(3))]
    k, j, i = values.shape
    lattice = replace(field.lattice, shape_kji=(k, j, i), origins_mm=field.lattice.origins_mm[:count])
    return replace(field, values=values, lattice=lattice)


def _in_turns(sides: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Seconds of every side, one round after the other; the first round warms up."""
    for measure in sides.values():
        measure()
    taken = [{name: measure() for name, measure in sides.items()} for _ in range(ROUNDS)]
    return {name: [one[name] for one in taken] for name in sides}


def _ours(field: Field, options: SurfaceOptions, workers: int, clock: Callable[[], float]) -> float:
    """Seconds of a surface."""
    start = clock()
    isosurface(field, options, Effort(workers))
    return clock() - start


def _bare(grid: NDArray[Any], level: float, triangles: int) -> float:
    """CPU seconds of the libraries alone."""
    start = process_time()
    points, faces, _, _ = marching_cubes(grid, level)  # type: ignore[no-untyped-call]
    fast_simplification.simplify(points, faces, target_reduction=max(0.0, 1 - triangles / len(faces)))
    return process_time() - start


def _vtk(path: Path, level: float, triangles: int, clock: str) -> float:
    """Seconds of VTK, by its own clock."""
    command = [str(PEERS / "python"), str(SCRIPTS / "surface_vtk.py"), str(path), str(level), str(triangles)]
    return float(json.loads(subprocess.run(command, check=True, capture_output=True).stdout)[clock])
