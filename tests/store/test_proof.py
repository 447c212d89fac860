"""What a sandboxed child leaves is refused unless it is whole and fits its own description."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.store.staged import stage_stack
from webapp.errors import ResultMissing
from webapp.store.volumes import Volumes

KEY = "1" * 32
PLACE = {
    "origin_mm": [0, 0, 0],
    "row": [1, 0, 0],
    "column": [0, 1, 0],
    "spacing_mm": [1, 1],
    "size": "patient",
    "aspect": 1,
    "letters": None,
    "system": "a" * 32,
}


@pytest.mark.parametrize(
    "changes",
    [
        {"shape_kji": [3, 2, 5]},
        {"time_points": 2},
        {"dtype": "float32"},
        {"colour": True},
        {"no_data": "nan"},
        {"no_data": "none"},
        {"schema": 2},
        {"kind": "film"},
        {"verdict": "perfect"},
        {"affine_kji_to_lps": None},
        {"acquired": {"axes": [0, 0, 2], "flips": [False] * 3}},
        {"acquired": {"axes": [0, 1, 7], "flips": [False] * 3}},
        {"time_values": [1.0, 2.0]},
        {"file": {"bytes": 1, "crc32": 0}},
        {"findings": [{"id": "G01"}]},
        {"spacing_mm_kji": [float("nan")] * 3},
        {"choice": {"places": [{"slice": 1}], "ready": [], "of": 3}},
        {"picked": {"from": "1"}},
        {"places": [PLACE]},
        {"places": [{**PLACE, "origin_mm": [0, 0, float("inf")]}] * 3},
        {"places": [{**PLACE, "spacing_mm": [0, 1]}] * 3},
        {"places": [{**PLACE, "size": "a guess"}] * 3},
        {"places": [{**PLACE, "letters": ["L", "<b>"]}] * 3},
        {"places": [{**PLACE, "system": "1.2.3"}] * 3},
        {"system": "1.2.3"},
    ],
    ids=str,
)
def test_a_description_that_does_not_fit_is_refused(
    volumes: Volumes, tmp_path: Path, changes: dict[str, object]
) -> None:
    with pytest.raises(ResultMissing):
        volumes.adopt(stage_stack(tmp_path / "s", **changes), KEY)
    assert volumes.keys() == set()


def test_pictures_with_a_place_each_are_taken(volumes: Volumes, tmp_path: Path) -> None:
    staged = stage_stack(tmp_path / "s", places=[PLACE] * 3, system="a" * 32)
    assert volumes.adopt(staged, KEY)["places"] == [PLACE] * 3


@pytest.mark.parametrize("name", ["volume.npy", "meta.json", "tags.json", "thumbnail.png"])
def test_a_missing_file_is_refused(volumes: Volumes, tmp_path: Path, name: str) -> None:
    staged = stage_stack(tmp_path / "s")
    (staged / name).unlink()
    with pytest.raises(ResultMissing):
        volumes.adopt(staged, KEY)


@pytest.mark.parametrize("name", ["volume.npy", "meta.json", "tags.json", "thumbnail.png"])
def test_a_link_to_another_file_is_refused(volumes: Volumes, tmp_path: Path, name: str) -> None:
    staged = stage_stack(tmp_path / "s")
    (staged / name).rename(tmp_path / "elsewhere")
    (staged / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ResultMissing):
        volumes.adopt(staged, KEY)


def test_a_second_name_of_another_file_is_refused(volumes: Volumes, tmp_path: Path) -> None:
    staged = stage_stack(tmp_path / "s")
    os.link(staged / "volume.npy", tmp_path / "elsewhere")
    with pytest.raises(ResultMissing):
        volumes.adopt(staged, KEY)


def test_a_file_too_many_is_refused(volumes: Volumes, tmp_path: Path) -> None:
    staged = stage_stack(tmp_path / "s")
    (staged / "owner.json").write_text("{}")
    with pytest.raises(ResultMissing):
        volumes.adopt(staged, KEY)


def test_an_array_of_objects_is_refused_unread(volumes: Volumes, tmp_path: Path) -> None:
    staged = stage_stack(tmp_path / "s")
    np.save(staged / "volume.npy", np.array([[[[None]]]]), allow_pickle=True)
    with pytest.raises(ResultMissing):
        volumes.adopt(staged, KEY)


def test_a_thumbnail_that_is_no_picture_is_refused(volumes: Volumes, tmp_path: Path) -> None:
    staged = stage_stack(tmp_path / "s")
    (staged / "thumbnail.png").write_text("<script>")
    with pytest.raises(ResultMissing):
        volumes.adopt(staged, KEY)
