"""A surface's files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from webapp.imaging.mesh import FACES, FACTS, VERTICES, Mesh, read_mesh, write_mesh


@pytest.fixture
def tetrahedron() -> Mesh:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)
    return Mesh(vertices, faces, 200.0, (3.0, 0.8, 0.5), (1, 4, 6), 40)


def test_a_mesh_is_read_as_it_was_written(tetrahedron: Mesh, tmp_path: Path) -> None:
    write_mesh(tetrahedron, tmp_path, "HU")
    found = read_mesh(tmp_path)
    assert np.array_equal(found.vertices, tetrahedron.vertices)
    assert np.array_equal(found.faces, tetrahedron.faces)
    assert (found.level, found.grid_step_mm, found.coarsened, found.found) == (200.0, (3.0, 0.8, 0.5), (1, 4, 6), 40)


def test_the_facts_say_what_was_made(tetrahedron: Mesh, tmp_path: Path) -> None:
    facts = write_mesh(tetrahedron, tmp_path, "HU")
    assert facts == json.loads((tmp_path / FACTS).read_text())
    assert (facts["triangles"], facts["vertices"], facts["unit"]) == (4, 4, "HU")


def test_the_files_are_little_endian_whatever_the_machine(tetrahedron: Mesh, tmp_path: Path) -> None:
    write_mesh(tetrahedron, tmp_path, None)
    assert (np.load(tmp_path / VERTICES).dtype, np.load(tmp_path / FACES).dtype) == (np.dtype("<f4"), np.dtype("<i4"))
