"""Who may ask for which work, and what becomes of it when it is asked for again, cancelled or deleted."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.house import UPLOAD, House
from webapp.config import Config, Limits
from webapp.errors import (
    DiskDivided,
    QueueUnavailable,
    TooManyJobs,
    UnknownKey,
)
from webapp.jobs import Jobs
from webapp.sandbox import Sandbox
from webapp.store.catalogue import EVERYONE, Catalogue
from webapp.store.originals import Originals, sha256
from webapp.store.volumes import Volumes


def test_an_upload_asked_for_twice_is_read_once(house: House) -> None:
    job_id = house.jobs.ingest("ann", house.receive())
    assert house.jobs.ingest("ann", UPLOAD) == job_id
    house.jobs.run_now(job_id)
    house.jobs.run_now(job_id)
    assert len(house.child.tasks) == 1


def test_another_owners_upload_is_unknown(house: House) -> None:
    house.receive()
    with pytest.raises(UnknownKey):
        house.jobs.ingest("bob", UPLOAD)


def test_cancelling_a_waiting_job_deletes_its_upload(house: House) -> None:
    house.jobs.cancel("ann", house.jobs.ingest("ann", house.receive()))
    assert house.bytes_left() == []


def test_another_owners_stack_is_not_deleted(house: House) -> None:
    key = house.ingested()[0]
    with pytest.raises(UnknownKey):
        house.jobs.delete_series("bob", key)


def test_an_owner_with_too_many_jobs_is_asked_to_wait(houses: Callable[..., House]) -> None:
    house = houses(limits=Limits(jobs_waiting=1))
    house.jobs.ingest("ann", house.receive())
    house.receive("b" * 32)
    with pytest.raises(TooManyJobs):
        house.jobs.ingest("ann", "b" * 32)


def test_nobody_may_delete_a_sample_under_any_name(house: House, tmp_path: Path) -> None:
    house.jobs.run_now(house.jobs.add_samples(samples(tmp_path, "one"))[0])
    key = house.catalogue.library("ann")[0].key
    for owner in ("ann", EVERYONE):
        with pytest.raises(UnknownKey):
            house.jobs.delete_series(owner, key)


def samples(tmp_path: Path, *names: str) -> Path:
    """A folder of sample zips, each of its own content."""
    folder = tmp_path / "samples"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name in names:
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as file:
            file.writestr(zipfile.ZipInfo(name), name)
    return folder


def test_samples_are_added_once_and_seen_by_everybody(house: House, tmp_path: Path) -> None:
    added = house.jobs.add_samples(samples(tmp_path, "one", "two"))
    assert house.jobs.add_samples(tmp_path / "samples") == []
    for job_id in added:
        house.jobs.run_now(job_id)
    assert [card.mine for card in house.catalogue.library("ann")] == [False] * 4


def test_a_sample_copied_by_halves_is_copied_again(house: House, tmp_path: Path) -> None:
    folder = samples(tmp_path, "one")
    house.catalogue.begin_sample("b" * 32, 1, sha256(folder / "one.zip"))
    (job_id,) = house.jobs.add_samples(folder)
    house.jobs.run_now(job_id)
    assert house.originals.path("b" * 32).read_bytes() == (folder / "one.zip").read_bytes()
    assert len(house.catalogue.library("ann")) == 2


def test_a_sample_whose_zip_is_gone_is_deleted(house: House, tmp_path: Path) -> None:
    house.jobs.run_now(house.jobs.add_samples(samples(tmp_path, "one"))[0])
    (job_id,) = house.jobs.add_samples(samples(tmp_path, "two"))
    house.jobs.run_now(job_id)
    assert len(house.catalogue.library("ann")) == 2
    assert len(house.catalogue.upload_ids()) == 1


def test_a_folder_without_samples_changes_nothing(house: House, tmp_path: Path) -> None:
    house.jobs.run_now(house.jobs.add_samples(samples(tmp_path, "one"))[0])
    assert house.jobs.add_samples(samples(tmp_path)) == []
    assert len(house.catalogue.library("ann")) == 2


def test_staging_on_another_disk_is_refused_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.stat

    def stat(path: Path, **options: Any) -> os.stat_result:
        facts = list(real(path, **options))
        facts[2] = 1 if path.name == "staging" else 2
        return os.stat_result(facts)

    volumes, catalogue = Volumes(tmp_path / "volumes"), Catalogue("sqlite://")
    monkeypatch.setattr(Path, "stat", stat)
    with pytest.raises(DiskDivided):
        Jobs(Config(data=tmp_path), catalogue, Originals(tmp_path / "uploads"), volumes, Sandbox(Limits()))
    catalogue.close()


@pytest.mark.parametrize(("url", "driver"), [("redis://nowhere", "redis"), ("postgresql://nowhere", "psycopg")])
def test_a_queue_without_its_driver_says_what_to_install(houses: Callable[..., House], url: str, driver: str) -> None:
    with pytest.raises(QueueUnavailable, match=driver):
        houses(jobs_url=url)


def test_a_queue_of_no_known_kind_is_refused(houses: Callable[..., House]) -> None:
    with pytest.raises(QueueUnavailable):
        houses(jobs_url="carrier-pigeon://")
