"""A surface of triangles in patient millimetres, and its files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

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
    level : float
        Iso value, modality units.
    grid_step_mm : tuple of 3 float
        Steps of the grid it was made on, along k, j, i, mm.
    coarsened : tuple of 3 int
        Voxels averaged into one along k, j, i.
    found : int
        Triangles before they were thinned out.
    """

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    level: float
    grid_step_mm: tuple[float, float, float]
    coarsened: tuple[int, int, int]
    found: int


def write_mesh(mesh: Mesh, folder: Path, unit: str | None) -> dict[str, Any]:
    """Write ``vertices.npy``, ``faces.npy`` and ``mesh.json``; give the facts.

    Parameters
    ----------
    mesh : Mesh
    folder : Path
        An existing folder.
    unit : str or None
        Of the level.
    """
    facts = {
        "level": mesh.level,
        "unit": unit,
        "triangles": len(mesh.faces),
        "vertices": len(mesh.vertices),
        "grid_step_mm": list(mesh.grid_step_mm),
        "coarsened": list(mesh.coarsened),
        "found": mesh.found,
    }
    np.save(folder / VERTICES, mesh.vertices.astype("<f4", copy=False), allow_pickle=False)
    np.save(folder / FACES, mesh.faces.astype("<i4", copy=False), allow_pickle=False)
    (folder / FACTS).write_text(json.dumps(facts, allow_nan=False), encoding="utf-8")
    return facts


def read_mesh(folder: Path) -> Mesh:
    """The mesh that `write_mesh` wrote."""
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    step_k, step_j, step_i = facts["grid_step_mm"]
    k, j, i = facts["coarsened"]
    return Mesh(
        vertices=np.load(folder / VERTICES, allow_pickle=False),
        faces=np.load(folder / FACES, allow_pickle=False),
        level=facts["level"],
        grid_step_mm=(step_k, step_j, step_i),
        coarsened=(k, j, i),
        found=facts["found"],
    )
