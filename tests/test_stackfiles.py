"""One stack as files: who writes them and who reads them agree."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.factories import DIRECTIONS, Scan
from webapp import stackfiles


def test_a_checksum_holds_length_and_crc(tmp_path: Path) -> None:
    body = b"voxels" * 1_000_000
    (tmp_path / "x").write_bytes(body)
    assert stackfiles.checksum(tmp_path / "x") == {"bytes": len(body), "crc32": zlib.crc32(body)}


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_cannot_say_is_not_written(tmp_path: Path, number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        stackfiles.write_json(tmp_path / "meta.json", {"x": number})


def test_a_document_keeps_the_letters_of_every_language(tmp_path: Path) -> None:
    stackfiles.write_json(tmp_path / stackfiles.META, {"x": "Müller 山田 \u202e"})
    assert stackfiles.read_meta(tmp_path) == {"x": "Müller 山田 \u202e"}


@pytest.mark.parametrize("plane", DIRECTIONS)
def test_a_volume_is_loaded_as_it_was_written(plane: str, open_scan: Callable[..., dict[str, Any]]) -> None:
    meta = open_scan(Scan(plane))
    volume = stackfiles.load_volume(meta["folder"])
    assert list(volume.shape_kji) == meta["shape_kji"]
    assert volume.unit == "HU"
    assert volume.slice_axis == meta["slice_axis"]


def test_voxels_are_mapped_and_cannot_be_changed(open_scan: Callable[..., dict[str, Any]]) -> None:
    volume = stackfiles.load_volume(open_scan()["folder"])
    with pytest.raises(ValueError, match="read-only"):
        volume.voxels[0, 0, 0, 0] = 1


def test_voxels_that_would_need_unpickling_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / stackfiles.VOXELS, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="Python objects"):
        stackfiles.open_voxels(tmp_path)


@pytest.mark.parametrize("plane", DIRECTIONS)
def test_the_stored_length_and_crc_are_those_of_the_file(plane: str, open_scan: Callable[..., dict[str, Any]]) -> None:
    meta = open_scan(Scan(plane))
    assert meta["file"] == stackfiles.checksum(meta["folder"] / stackfiles.VOXELS)
