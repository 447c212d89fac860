"""A surface of triangles in patient millimetres, how it was made, and its files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.deviation import Deviation
from webapp.imaging.options import SurfaceOptions
from webapp.imaging.solid import SolidFacts

VERTICES: Final = "vertices.npy"
FACES: Final = "faces.npy"
FACTS: Final = "mesh.json"


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A triangle mesh.

    Parameters
    ----------
    vertices : (V, 3) ndarray of float32
        Patient LPS, mm.
    faces : (F, 3) ndarray of int32
        Indices of vertices; seen from outside they run counter-clockwise.
    """

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SurfaceFacts:
    """How a surface was made, and what became of it.

    Parameters
    ----------
    options : SurfaceOptions
    unit : str or None
        Of the level.
    triangles, vertices : int
    grid_step_mm : tuple of 3 float
        Steps of the grid it was made on, along k, j, i, mm.
    coarsened : tuple of 3 int
        Voxels averaged into one along k, j, i.
    found : int
        Triangles before parts were left out and they were thinned out.
    islands : int
        Parts that were left out.
    islands_ml : float
        What they enclosed, ml.
    smoothed_mm : float
        The width of the details that were smoothed away, mm; less than what was asked for where rounds ran out.
    deviation : Deviation or None
        Of the thinned mesh from the whole one; None where nothing was thinned out.
    """

    options: SurfaceOptions
    unit: str | None
    triangles: int
    vertices: int
    grid_step_mm: tuple[float, float, float]
    coarsened: tuple[int, int, int]
    found: int
    islands: int
    islands_ml: float
    smoothed_mm: float
    deviation: Deviation | None

    def as_json(self) -> dict[str, Any]:
        """The facts as plain values, with the level by itself."""
        steps = {"grid_step_mm": list(self.grid_step_mm), "coarsened": list(self.coarsened)}
        return {**asdict(self), **steps, "level": self.options.level}


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A mesh and how it was made."""

    mesh: Mesh
    facts: SurfaceFacts


def write_surface(surface: Surface, solid: SolidFacts, folder: Path) -> dict[str, Any]:
    """Write ``vertices.npy``, ``faces.npy`` and ``mesh.json``; give the facts.

    Parameters
    ----------
    surface : Surface
    solid : SolidFacts
        What it is as a body.
    folder : Path
        An existing folder.
    """
    facts = {**surface.facts.as_json(), "solid": solid.as_json()}
    np.save(folder / VERTICES, surface.mesh.vertices.astype("<f4", copy=False), allow_pickle=False)
    np.save(folder / FACES, surface.mesh.faces.astype("<i4", copy=False), allow_pickle=False)
    (folder / FACTS).write_text(json.dumps(facts, allow_nan=False), encoding="utf-8")
    return facts


def open_mesh(folder: Path) -> Mesh:
    """The mesh that `write_surface` wrote, mapped and read-only."""
    vertices, faces = (np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in (VERTICES, FACES))
    return Mesh(vertices, faces)
