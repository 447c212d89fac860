"""A surface's files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from webapp.imaging.deviation import Deviation
from webapp.imaging.mesh import FACES, FACTS, VERTICES, Mesh, Surface, SurfaceFacts, open_mesh, write_surface
from webapp.imaging.options import SurfaceOptions
from webapp.imaging.solid import solid_facts


@pytest.fixture
def tetrahedron() -> Surface:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)
    facts = SurfaceFacts(
        options=SurfaceOptions(200.0, 4, smooth_mm=1.0),
        unit="HU",
        triangles=4,
        vertices=4,
        grid_step_mm=(3.0, 0.8, 0.5),
        coarsened=(1, 4, 6),
        found=40,
        islands=2,
        islands_ml=0.5,
        smoothed_mm=1.0,
        deviation=Deviation(0.1, 0.2, 0.3, 100),
    )
    return Surface(Mesh(vertices, faces), facts)


def written(surface: Surface, folder: Path) -> dict[str, object]:
    return write_surface(surface, solid_facts(surface.mesh.vertices, surface.mesh.faces), folder)


def test_a_mesh_is_opened_as_it_was_written(tetrahedron: Surface, tmp_path: Path) -> None:
    written(tetrahedron, tmp_path)
    found = open_mesh(tmp_path)
    assert np.array_equal(found.vertices, tetrahedron.mesh.vertices)
    assert np.array_equal(found.faces, tetrahedron.mesh.faces)


def test_the_facts_say_what_was_made(tetrahedron: Surface, tmp_path: Path) -> None:
    facts = written(tetrahedron, tmp_path)
    assert facts == json.loads((tmp_path / FACTS).read_text())
    assert facts == {
        "options": tetrahedron.facts.options.as_json(),
        "level": 200.0,
        "unit": "HU",
        "triangles": 4,
        "vertices": 4,
        "grid_step_mm": [3.0, 0.8, 0.5],
        "coarsened": [1, 4, 6],
        "found": 40,
        "islands": 2,
        "islands_ml": 0.5,
        "smoothed_mm": 1.0,
        "deviation": {"mean_mm": 0.1, "p95_mm": 0.2, "max_mm": 0.3, "samples": 100},
        "solid": {
            "watertight": True,
            "volume_ml": pytest.approx(1 / 6000),
            "area_cm2": pytest.approx((1.5 + 3**0.5 / 2) / 100),
            "box_mm": [1.0, 1.0, 1.0],
            "components": 1,
        },
    }


def test_the_files_are_little_endian_whatever_the_machine(tetrahedron: Surface, tmp_path: Path) -> None:
    written(tetrahedron, tmp_path)
    assert (np.load(tmp_path / VERTICES).dtype, np.load(tmp_path / FACES).dtype) == (np.dtype("<f4"), np.dtype("<i4"))
