"""Whatever moment a process dies at, rows and files agree again after the next start."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.store.staged import Clock, meta_of, origin_of, stage_stack
from webapp.errors import UnknownKey
from webapp.store.catalogue import EVERYONE, Catalogue
from webapp.store.model import JobKind, JobOrder, JobState, Origin, StackRecord
from webapp.store.originals import Originals
from webapp.store.upkeep import Terms, Upkeep
from webapp.store.volumes import Volumes

KEY, OTHER = "1" * 32, "2" * 32
UPLOAD = "a" * 32


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    (tmp_path / "staging").mkdir()
    return tmp_path / "staging"


@pytest.fixture
def upkeep(catalogue: Catalogue, originals: Originals, volumes: Volumes, staging: Path, clock: Clock) -> Upkeep:
    terms = Terms(keep_hours=1.0, upload_hours=24.0, sweep_seconds=0.0, ticks=clock)
    return Upkeep(catalogue, originals, volumes, staging, terms)


@pytest.fixture
def kept(catalogue: Catalogue, originals: Originals, volumes: Volumes, tmp_path: Path) -> Origin:
    """Two stacks of two series of one upload, as an ingest leaves them."""
    origin = origin_of()
    originals.path(UPLOAD).write_bytes(b"zip")
    catalogue.begin_upload("ann", UPLOAD, 10)
    catalogue.received(UPLOAD)
    records = []
    for key, one in {KEY: origin, OTHER: origin_of(series="6" * 32, place=(1, 0))}.items():
        volumes.adopt(stage_stack(tmp_path / key), key)
        volumes.mark(key, one)
        records.append(StackRecord(key, one, meta_of()))
    claim = catalogue.claim_job(catalogue.add_job(JobOrder("ann", JobKind.INGEST, UPLOAD, {})))
    assert claim is not None
    catalogue.commit_series(claim, records, {})
    return origin


def lose_the_catalogue(upkeep: Upkeep, tmp_path: Path, originals: Originals, volumes: Volumes) -> Catalogue:
    """A start with an empty catalogue beside the folders of the old one."""
    empty = Catalogue(f"sqlite:///{tmp_path / 'new.sqlite'}")
    Upkeep(empty, originals, volumes, tmp_path / "staging", Terms(0.0, 24.0, 30.0)).recover(alone=True)
    return empty


def test_a_deleted_series_leaves_no_file(upkeep: Upkeep, kept: Origin, volumes: Volumes, originals: Originals) -> None:
    assert upkeep.delete_series("ann", KEY) == [KEY]
    assert volumes.keys() == {OTHER}
    assert originals.path(UPLOAD).exists()


def test_the_original_is_deleted_with_its_last_series(upkeep: Upkeep, kept: Origin, originals: Originals) -> None:
    upkeep.delete_series("ann", KEY)
    upkeep.delete_series("ann", OTHER)
    assert list(originals.root.iterdir()) == []


def test_another_owners_deletion_touches_nothing(upkeep: Upkeep, kept: Origin, volumes: Volumes) -> None:
    with pytest.raises(UnknownKey):
        upkeep.delete_series("bob", KEY)
    assert volumes.is_marked(KEY)


def test_an_upload_is_deleted_with_all_its_series(
    upkeep: Upkeep, kept: Origin, volumes: Volumes, originals: Originals, catalogue: Catalogue
) -> None:
    upkeep.delete_upload(UPLOAD)
    assert (volumes.keys(), list(originals.root.iterdir()), catalogue.upload_ids()) == (set(), [], set())


def test_a_deletion_that_dies_after_the_rows_is_ended_by_the_next_start(
    upkeep: Upkeep, kept: Origin, volumes: Volumes, catalogue: Catalogue
) -> None:
    volumes.unmark(KEY)
    catalogue.remove_series("ann", KEY)
    upkeep.recover(alone=True)
    assert volumes.keys() == {OTHER}
    assert [card.key for card in catalogue.library("ann")] == [OTHER]


def test_a_deletion_that_dies_before_the_rows_did_not_happen(
    upkeep: Upkeep, kept: Origin, volumes: Volumes, catalogue: Catalogue
) -> None:
    volumes.unmark(KEY)
    upkeep.recover(alone=True)
    assert volumes.is_marked(KEY)
    assert len(catalogue.library("ann")) == 2


def test_a_folder_that_never_reached_the_catalogue_is_swept(
    upkeep: Upkeep, kept: Origin, volumes: Volumes, tmp_path: Path
) -> None:
    volumes.adopt(stage_stack(tmp_path / "s"), "3" * 32)
    upkeep.recover(alone=True)
    assert volumes.keys() == {KEY, OTHER}


def test_a_folder_on_its_way_into_the_catalogue_is_left_alone(upkeep: Upkeep, volumes: Volumes, tmp_path: Path) -> None:
    volumes.adopt(stage_stack(tmp_path / "s"), "3" * 32)
    upkeep.recover(alone=False)
    upkeep.sweep()
    assert volumes.keys() == {"3" * 32}


def test_a_lost_catalogue_is_made_again_from_the_folders(
    upkeep: Upkeep, kept: Origin, catalogue: Catalogue, tmp_path: Path, originals: Originals, volumes: Volumes
) -> None:
    again = lose_the_catalogue(upkeep, tmp_path, originals, volumes)
    assert [card.key for card in again.library("ann")] == [card.key for card in catalogue.library("ann")]
    assert originals.path(UPLOAD).exists()
    again.close()


def test_samples_are_not_made_again_from_their_folders(
    upkeep: Upkeep, kept: Origin, tmp_path: Path, originals: Originals, volumes: Volumes
) -> None:
    volumes.mark(KEY, origin_of(owner=EVERYONE))
    again = lose_the_catalogue(upkeep, tmp_path, originals, volumes)
    assert [card.key for card in again.library("ann")] == [OTHER]
    assert volumes.keys() == {OTHER}
    again.close()


def test_staging_of_a_dead_job_is_swept_and_of_a_running_one_is_not(
    upkeep: Upkeep, catalogue: Catalogue, staging: Path
) -> None:
    running = catalogue.claim_job(catalogue.add_job(JobOrder("ann", JobKind.SURFACE, KEY, {})))
    assert running is not None
    for name in (running.id, "dead", ".gone-1"):
        (staging / name / "stacks").mkdir(parents=True)
    upkeep.sweep()
    assert [path.name for path in staging.iterdir()] == [running.id]


def test_after_a_crash_running_jobs_wait_and_their_staging_is_gone(
    upkeep: Upkeep, catalogue: Catalogue, staging: Path
) -> None:
    running = catalogue.claim_job(catalogue.add_job(JobOrder("ann", JobKind.SURFACE, KEY, {})))
    assert running is not None
    (staging / running.id).mkdir()
    upkeep.recover(alone=True)
    assert catalogue.jobs_in(JobState.WAITING) == [running.id]
    assert list(staging.iterdir()) == []


def test_an_unfinished_upload_is_given_up_after_its_time_and_a_second_look(
    upkeep: Upkeep, catalogue: Catalogue, originals: Originals, clock: Clock
) -> None:
    catalogue.begin_upload("ann", UPLOAD, 10)
    originals.path(UPLOAD).write_bytes(b"half")
    clock.now += 23 * 3600
    upkeep.sweep()
    assert originals.path(UPLOAD).exists()
    clock.now += 2 * 3600
    upkeep.sweep()
    upkeep.sweep()
    assert not originals.path(UPLOAD).exists()
    assert catalogue.unfinished_uploads("ann") == 0


def test_bytes_that_no_upload_owns_are_swept(upkeep: Upkeep, originals: Originals) -> None:
    originals.path(UPLOAD).write_bytes(b"stray")
    os.utime(originals.path(UPLOAD), (time.time() - 100,) * 2)
    upkeep.sweep()
    assert not originals.path(UPLOAD).exists()


def test_a_series_expires_after_its_time(upkeep: Upkeep, kept: Origin, catalogue: Catalogue, clock: Clock) -> None:
    upkeep.sweep()
    assert len(catalogue.library("ann")) == 2
    clock.now += 3700
    catalogue.touch(OTHER)
    upkeep.sweep()
    assert len(catalogue.library("ann")) == 2
    upkeep.sweep()
    assert [card.key for card in catalogue.library("ann")] == [OTHER]


def test_without_a_term_nothing_expires(
    kept: Origin, catalogue: Catalogue, originals: Originals, volumes: Volumes, staging: Path, clock: Clock
) -> None:
    patient = Upkeep(catalogue, originals, volumes, staging, Terms(0.0, 24.0, 0.0))
    clock.now += 10_000 * 3600
    patient.sweep()
    patient.sweep()
    assert len(catalogue.library("ann")) == 2


def test_a_clock_set_back_expires_nothing(upkeep: Upkeep, kept: Origin, catalogue: Catalogue, clock: Clock) -> None:
    clock.now -= 365 * 24 * 3600
    upkeep.sweep()
    upkeep.sweep()
    assert len(catalogue.library("ann")) == 2


def test_a_clock_set_forward_expires_nothing(
    kept: Origin, catalogue: Catalogue, originals: Originals, volumes: Volumes, staging: Path, clock: Clock
) -> None:
    ticks = Clock(0.0)
    upkeep = Upkeep(catalogue, originals, volumes, staging, Terms(1.0, 24.0, 0.0, 1.0, ticks))
    clock.now += 365 * 24 * 3600
    for _ in range(3):
        ticks.now += 30
        upkeep.sweep()
    assert len(catalogue.library("ann")) == 2


def test_a_series_goes_at_its_hard_end_however_often_it_is_looked_at(
    kept: Origin, catalogue: Catalogue, originals: Originals, volumes: Volumes, staging: Path, clock: Clock
) -> None:
    terms = Terms(keep_hours=0.0, upload_hours=24.0, sweep_seconds=0.0, keep_hours_most=2.0, ticks=clock)
    upkeep = Upkeep(catalogue, originals, volumes, staging, terms)
    clock.now = kept.created + 1.9 * 3600
    upkeep.sweep()
    upkeep.sweep()
    assert len(catalogue.library("ann")) == 2
    clock.now += 600
    for key in (KEY, OTHER):
        catalogue.touch(key)
    upkeep.sweep()
    upkeep.sweep()
    assert (catalogue.library("ann"), volumes.keys()) == ([], set())
