"""Surfaces from the command line: how they are asked for, and what is said of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import trimesh

from tests.factories import Scan, make_series, zip_series

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A zip of the oblique phantom, and its series."""
    series = make_series(Scan("oblique"))
    return zip_series(tmp_path_factory.mktemp("in") / "phantom.zip", series), str(series[0].SeriesInstanceUID)


def test_a_surface_is_written_whole_and_checked_unless_told_otherwise(
    run: Run, phantom: tuple[Path, str], tmp_path: Path
) -> None:
    output, thin = tmp_path / "all.stl", tmp_path / "thin.stl"
    base = ("export", phantom[0], "--series", phantom[1], "--format", "stl", "--level", 0)
    code, said, _ = run(*base, "--closed", "-o", output)
    stated = json.loads((tmp_path / "all.stl.audit.json").read_text(encoding="utf-8"))["surface"]
    solid = trimesh.load_mesh(output)
    assert code == 0
    assert (len(solid.faces), solid.is_watertight) == (stated["triangles"], stated["solid"]["watertight"])
    assert solid.volume / 1000 == pytest.approx(stated["solid"]["volume_ml"])
    assert re.match(r"[\d,]+ triangles · watertight · \d+ parts? · [\d.]+ ml · [\d.]+ cm² · .* mm · LPS, mm\n", said)
    half = len(solid.faces) // 2
    _, said, _ = run(*base, "--closed", "--triangles", half, "-o", thin)
    assert 0 < len(trimesh.load_mesh(thin).faces) <= half
    assert " · thinned out, 95 % within " in said


def test_a_surface_may_be_written_in_ras(run: Run, phantom: tuple[Path, str], tmp_path: Path) -> None:
    base = ("export", phantom[0], "--series", phantom[1], "--format", "ply", "--level", 0)
    run(*base, "-o", tmp_path / "lps.ply")
    run(*base, "--ras", "-o", tmp_path / "ras.ply")
    lps, ras = (trimesh.load_mesh(tmp_path / f"{space}.ply", process=False) for space in ("lps", "ras"))
    assert np.array_equal(ras.vertices, lps.vertices * [-1, -1, 1])
    assert b"SPACE=RAS UNIT=mm VERDICT=trusted" in (tmp_path / "ras.ply").read_bytes()[:200]


def test_every_format_holds_the_same_triangles(run: Run, phantom: tuple[Path, str], tmp_path: Path) -> None:
    counts = set()
    for kind in ("stl", "ply", "obj", "glb"):
        output = tmp_path / f"out.{kind}"
        run("export", phantom[0], "--series", phantom[1], "--format", kind, "--level", 0, "-o", output)
        counts.add(len(trimesh.load_mesh(output).faces))
    assert len(counts) == 1
    assert counts != {0}


def test_only_the_largest_part_is_written_on_request(run: Run, phantom: tuple[Path, str], tmp_path: Path) -> None:
    output = tmp_path / "out.stl"
    run("export", phantom[0], "--series", phantom[1], "--format", "stl", "--level", 0, "--largest", "-o", output)
    stated = json.loads((tmp_path / "out.stl.audit.json").read_text(encoding="utf-8"))["surface"]
    assert stated["solid"]["components"] == 1
    assert stated["options"]["largest"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--level", "nan"], "not a number"),
        (["--level", "1e9"], "outside the values"),
        (["--level", "0", "--smooth", "-1"], "smooth_mm"),
        (["--level", "0", "--islands", "9999"], "smaller than 9999 ml"),
        (["--level", "0", "--triangles", "0"], "triangles"),
        (["--level", "0", "--time", "4"], "time point"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_surface_that_cannot_be_made_says_why_and_leaves_no_file(
    run: Run, phantom: tuple[Path, str], tmp_path: Path, more: list[str], words: str
) -> None:
    output = tmp_path / "out.stl"
    code, _, heard = run("export", phantom[0], "--series", phantom[1], "--format", "stl", *more, "-o", output)
    assert code == 1
    assert words in heard
    assert list(tmp_path.glob("out*")) == []


def test_a_level_that_is_text_is_wrong_usage(run: Run, phantom: tuple[Path, str], tmp_path: Path) -> None:
    output = tmp_path / "out.stl"
    code, _, heard = run(
        "export", phantom[0], "--series", phantom[1], "--format", "stl", "--level", "bone", "-o", output
    )
    assert code == 2
    assert "invalid float value" in heard
