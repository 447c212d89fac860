"""An instance is looked over: what is damaged is named, and made again where its upload is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.house import House
from webapp.doctor import doctor
from webapp.store.model import JobState


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    before = os.umask(0o077)
    made = House(tmp_path / "data")
    yield made
    made.close()
    os.umask(before)


@pytest.fixture
def key(house: House) -> str:
    return house.ingested()[0]


def said(house: House, capsys: pytest.CaptureFixture[str], *, repair: bool = False) -> tuple[int, list[str]]:
    code = doctor(house.config, repair=repair)
    return code, capsys.readouterr().out.splitlines()[:-1]


def test_a_whole_instance_has_no_complaint(house: House, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    (house.config.data / "uploads" / ("a" * 32)).write_bytes(b"zip")
    assert said(house, capsys) == (0, [])


def test_a_changed_voxel_is_named(house: House, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = house.volumes.folder(key) / "volume.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert said(house, capsys) == (1, [f"Stack {key}: its voxels are not the ones that were written."])


def test_a_stack_without_files_is_read_again_from_its_upload(
    house: House, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    house.volumes.delete(key)
    code, words = said(house, capsys, repair=True)
    assert (code, words) == (0, [f"Stack {key}: its files are gone."])
    (job,) = house.catalogue.jobs_in(JobState.WAITING)
    house.jobs.run_now(job)
    assert {card.key for card in house.catalogue.library("ann")} == house.volumes.keys()
    assert len(house.volumes.keys()) == 2
    assert said(house, capsys) == (0, [])


def test_what_came_of_an_upload_that_is_gone_cannot_be_read_again(
    house: House, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    house.volumes.delete(key)
    house.originals.delete("a" * 32)
    code, words = said(house, capsys, repair=True)
    assert (code, len(words)) == (1, 2)
    assert len(house.catalogue.library("ann")) == 2


def test_files_open_to_others_and_a_touched_trail_are_named(
    house: House, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (house.volumes.folder(key) / "tags.json").chmod(0o644)
    house.jobs.trail.path.write_text("{}\n")
    code, words = said(house, capsys)
    assert (code, len(words)) == (1, 2)
