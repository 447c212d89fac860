"""A volume is taken over whole, opened the right way round, and not believed when it has changed."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import numpy as np
import pytest

from tests.store.staged import meta_of, origin_of, stage_mesh, stage_stack, voxels_of
from webapp.errors import ResultMissing, UnknownKey, VolumeDamaged
from webapp.store import volumes as volumes_module
from webapp.store.volumes import Volumes

KEY, OTHER = "1" * 32, "2" * 32


def adopted(volumes: Volumes, tmp_path: Path, key: str = KEY) -> Path:
    """A stack's folder after it was taken over."""
    volumes.adopt(stage_stack(tmp_path / "staging" / key), key)
    return volumes.folder(key)


def test_a_stack_moves_from_staging_whole(volumes: Volumes, tmp_path: Path) -> None:
    folder = adopted(volumes, tmp_path)
    assert {path.name for path in folder.iterdir()} >= {"volume.npy", "meta.json", "tags.json", "thumbnail.png"}
    assert not (tmp_path / "staging" / KEY).exists()


def test_an_adopted_stack_is_the_servers_own(volumes: Volumes, tmp_path: Path) -> None:
    folder = adopted(volumes, tmp_path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "volume.npy").stat().st_mode) == 0o600


def test_voxels_are_turned_to_the_patients_axes(volumes: Volumes, tmp_path: Path) -> None:
    adopted(volumes, tmp_path)
    expected = voxels_of().transpose(0, 2, 1, 3)[:, :, ::-1]
    assert np.array_equal(volumes.open(KEY).voxels, expected)


def test_an_opened_volume_knows_its_place_and_unit(volumes: Volumes, tmp_path: Path) -> None:
    adopted(volumes, tmp_path)
    volume = volumes.open(KEY).volume
    assert volume is not None
    assert (volume.shape_kji, volume.spacing_mm, volume.unit) == ((3, 2, 4), (1.0, 2.0, 1.0), "HU")


def test_opened_voxels_cannot_be_changed(volumes: Volumes, tmp_path: Path) -> None:
    adopted(volumes, tmp_path)
    with pytest.raises(ValueError, match="read-only"):
        volumes.open(KEY).voxels[0, 0, 0, 0] = 1


def test_pictures_are_opened_without_a_volume(volumes: Volumes, tmp_path: Path) -> None:
    plain = {"axes": [0, 1, 2], "flips": [False, False, False]}
    nowhere = {"affine_kji_to_lps": None, "origins_mm": None, "spacing_mm_kji": None, "slice_axis": None}
    colour = voxels_of((1, 2, 3, 4, 3), "uint8")
    facts = {"kind": "pictures", "shape_kji": [2, 3, 4], "dtype": "uint8", "colour": True, "acquired": plain}
    volumes.adopt(stage_stack(tmp_path / "s", colour, **facts, **nowhere), KEY)
    opened = volumes.open(KEY)
    assert opened.volume is None
    assert np.array_equal(opened.voxels, colour)


def test_a_stack_opened_twice_is_opened_once(volumes: Volumes, tmp_path: Path) -> None:
    adopted(volumes, tmp_path)
    assert volumes.open(KEY) is volumes.open(KEY)


def test_only_so_many_stacks_are_kept_open(volumes: Volumes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes_module, "OPEN_STACKS", 1)
    for key in (KEY, OTHER):
        adopted(volumes, tmp_path, key)
    first = volumes.open(KEY)
    volumes.open(OTHER)
    assert volumes.open(KEY) is not first
    assert first.voxels.sum() == voxels_of().sum()


def test_a_stack_deleted_by_another_process_is_gone_here_too(volumes: Volumes, tmp_path: Path) -> None:
    adopted(volumes, tmp_path)
    volumes.open(KEY)
    Volumes(volumes.root).delete(KEY)
    with pytest.raises(UnknownKey):
        volumes.open(KEY)


def test_deleting_twice_is_no_fault(volumes: Volumes, tmp_path: Path) -> None:
    adopted(volumes, tmp_path)
    volumes.delete(KEY)
    volumes.delete(KEY)
    assert list(volumes.root.iterdir()) == []


@pytest.mark.parametrize("key", ["", "..", "../uploads", "1" * 31, "1" * 33, "G" * 32, "1" * 32 + "\n"])
def test_what_is_no_key_never_becomes_a_path(volumes: Volumes, key: str) -> None:
    for ask in (volumes.folder, volumes.open, volumes.delete, volumes.thumbnail):
        with pytest.raises(UnknownKey):
            ask(key)
    with pytest.raises(UnknownKey):
        volumes.artifact_folder(KEY, key)


def test_a_shortened_volume_is_refused_by_name(volumes: Volumes, tmp_path: Path) -> None:
    folder = adopted(volumes, tmp_path)
    with (folder / "volume.npy").open("r+b") as file:
        file.truncate(100)
    with pytest.raises(VolumeDamaged):
        volumes.open(KEY)


def test_voxels_that_changed_while_the_machine_was_off_are_refused_by_name(volumes: Volumes, tmp_path: Path) -> None:
    folder = adopted(volumes, tmp_path)
    content = bytearray((folder / "volume.npy").read_bytes())
    content[-1] ^= 1
    (folder / "volume.npy").write_bytes(content)
    with pytest.raises(VolumeDamaged):
        Volumes(volumes.root, boot="another").open(KEY)


def test_after_a_restart_of_the_machine_a_volume_is_read_whole_once(volumes: Volumes, tmp_path: Path) -> None:
    folder = adopted(volumes, tmp_path)
    Volumes(volumes.root, boot="another").open(KEY)
    assert (folder / "verified").read_text() == "another"


def test_a_lost_description_is_a_damaged_volume(volumes: Volumes, tmp_path: Path) -> None:
    (adopted(volumes, tmp_path) / "meta.json").write_text("{")
    with pytest.raises(VolumeDamaged):
        volumes.open(KEY)


def test_a_mesh_is_kept_beside_its_stack(volumes: Volumes, tmp_path: Path) -> None:
    adopted(volumes, tmp_path)
    facts = volumes.adopt_mesh(stage_mesh(tmp_path / "m"), KEY, OTHER)
    kept = {path.name: path.stat().st_size for path in volumes.artifact_folder(KEY, OTHER).iterdir()}
    assert kept.keys() == {"vertices.npy", "faces.npy", "mesh.json"}
    assert (facts["triangles"], facts["bytes"]) == (1, sum(kept.values()))


def test_a_mesh_of_a_stack_deleted_meanwhile_is_dropped(volumes: Volumes, tmp_path: Path) -> None:
    with pytest.raises(UnknownKey):
        volumes.adopt_mesh(stage_mesh(tmp_path / "m"), KEY, OTHER)
    assert list(volumes.root.iterdir()) == []


@pytest.mark.parametrize("faces", [[[0, 1, 3]], [[0, 1, -1]]])
def test_a_triangle_without_its_corner_is_refused(volumes: Volumes, tmp_path: Path, faces: list[list[int]]) -> None:
    adopted(volumes, tmp_path)
    with pytest.raises(ResultMissing):
        volumes.adopt_mesh(stage_mesh(tmp_path / "m", faces=faces), KEY, OTHER)


@pytest.mark.parametrize("facts", [{}, {"vertices": 3}, {"vertices": 3, "triangles": 2}])
def test_a_mesh_of_another_size_than_it_says_is_refused(
    volumes: Volumes, tmp_path: Path, facts: dict[str, int]
) -> None:
    adopted(volumes, tmp_path)
    staged = stage_mesh(tmp_path / "m")
    (staged / "mesh.json").write_text(json.dumps(facts))
    with pytest.raises(ResultMissing):
        volumes.adopt_mesh(staged, KEY, OTHER)


def test_a_deleted_mesh_is_gone_and_its_stack_is_not(volumes: Volumes, tmp_path: Path) -> None:
    adopted(volumes, tmp_path)
    volumes.adopt_mesh(stage_mesh(tmp_path / "m"), KEY, OTHER)
    volumes.delete_artifact(KEY, OTHER)
    assert not volumes.artifact_folder(KEY, OTHER).exists()
    assert volumes.open(KEY).volume is not None


def test_a_marked_folder_tells_whose_it_is(volumes: Volumes, tmp_path: Path) -> None:
    adopted(volumes, tmp_path)
    assert list(volumes.records([KEY])) == []
    volumes.mark(KEY, origin_of())
    (record,) = volumes.records([KEY])
    assert (record.key, record.origin, record.meta["series"]) == (KEY, origin_of(), meta_of()["series"])
    volumes.unmark(KEY)
    assert not volumes.is_marked(KEY)


def test_a_mark_on_a_folder_deleted_meanwhile_is_no_fault(volumes: Volumes) -> None:
    volumes.mark(KEY, origin_of())
    assert volumes.keys() == set()


def test_a_spoilt_mark_is_passed_over(volumes: Volumes, tmp_path: Path) -> None:
    (adopted(volumes, tmp_path) / "owner.json").write_text(json.dumps({"owner": "ann"}))
    assert list(volumes.records([KEY])) == []


def test_the_rest_of_an_interrupted_deletion_is_swept(volumes: Volumes, tmp_path: Path) -> None:
    adopted(volumes, tmp_path).rename(volumes.root / ".gone-1")
    volumes.remove_leftovers()
    assert list(volumes.root.iterdir()) == []


def test_a_description_is_read_without_proving_the_voxels(volumes: Volumes, tmp_path: Path) -> None:
    folder = adopted(volumes, tmp_path)
    (folder / "volume.npy").write_bytes(b"")
    assert volumes.meta(KEY)["summary"] == "One line."
    with pytest.raises(UnknownKey):
        volumes.meta(OTHER)


def test_the_description_of_an_open_stack_is_not_read_again(volumes: Volumes, tmp_path: Path) -> None:
    adopted(volumes, tmp_path)
    opened = volumes.open(KEY)
    assert volumes.meta(KEY) is opened.meta


def test_a_spoilt_description_is_refused_by_name(volumes: Volumes, tmp_path: Path) -> None:
    (adopted(volumes, tmp_path) / "meta.json").write_text("{}")
    with pytest.raises(VolumeDamaged):
        volumes.meta(KEY)
