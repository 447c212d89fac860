"""A job is done by one worker, ends with a reason, and survives the death of its process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.store.staged import Clock
from webapp.errors import NotAnArchive, TaskCancelled, TooManyJobs, UnknownKey
from webapp.store.catalogue import Catalogue
from webapp.store.model import Claim, JobKind, JobOrder, JobState

UPLOAD = "1" * 32


def ingest(catalogue: Catalogue, upload: str = UPLOAD, owner: str = "ann") -> str:
    """A waiting ingest of a received upload."""
    catalogue.begin_upload(owner, upload, 5)
    catalogue.received(upload)
    return catalogue.add_job(JobOrder(owner, JobKind.INGEST, upload, {}))


def claim_of(catalogue: Catalogue, job_id: str) -> Claim:
    """A running job."""
    claim = catalogue.claim_job(job_id)
    assert claim is not None
    return claim


def surface(level: float, key: str = "7" * 32, owner: str = "ann", place: int = 0) -> JobOrder:
    """The wish for a surface."""
    return JobOrder(owner, JobKind.SURFACE, key, {"level": level}, newest_only=True, place=place)


def test_a_job_is_claimed_by_one_of_many(catalogue: Catalogue, tmp_path: Path) -> None:
    job_id = ingest(catalogue)
    others = [Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}") for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda turn: others[turn % 4].claim_job(job_id), range(16)))
    assert len([claim for claim in claims if claim]) == 1
    for other in others:
        other.close()


def test_a_job_asked_for_twice_is_one_job(catalogue: Catalogue) -> None:
    job_id = ingest(catalogue)
    assert catalogue.add_job(JobOrder("ann", JobKind.INGEST, UPLOAD, {})) == job_id


def test_progress_is_shown_to_the_owner(catalogue: Catalogue) -> None:
    claim = claim_of(catalogue, ingest(catalogue))
    catalogue.progress(claim, "decoding", 3, 10)
    status = catalogue.job("ann", claim.id)
    assert (status.state, status.stage, status.done, status.total) == (JobState.RUNNING, "decoding", 3, 10)


def test_another_owners_job_is_unknown(catalogue: Catalogue) -> None:
    job_id = ingest(catalogue)
    for ask in (catalogue.job, catalogue.cancel):
        with pytest.raises(UnknownKey):
            ask("bob", job_id)
    assert catalogue.jobs_of("bob") == []


def test_a_waiting_job_is_cancelled_at_once_with_its_upload(catalogue: Catalogue) -> None:
    job_id = ingest(catalogue)
    assert catalogue.cancel("ann", job_id).state == JobState.CANCELLED
    assert catalogue.claim_job(job_id) is None
    assert catalogue.upload_ids() == set()


def test_a_running_job_hears_that_it_is_cancelled(catalogue: Catalogue) -> None:
    claim = claim_of(catalogue, ingest(catalogue))
    assert not catalogue.is_cancelled(claim)
    catalogue.cancel("ann", claim.id)
    assert catalogue.is_cancelled(claim)
    assert catalogue.job("ann", claim.id).state == JobState.RUNNING


def test_a_finished_job_stays_as_it_is_when_it_is_cancelled(catalogue: Catalogue) -> None:
    claim = claim_of(catalogue, ingest(catalogue))
    catalogue.finish(claim, {"keys": []})
    assert catalogue.cancel("ann", claim.id).state == JobState.DONE


def test_a_failed_job_says_why_and_drops_its_upload(catalogue: Catalogue) -> None:
    claim = claim_of(catalogue, ingest(catalogue))
    assert catalogue.fail(claim, NotAnArchive())
    status = catalogue.job("ann", claim.id)
    assert (status.state, status.error) == (JobState.FAILED, NotAnArchive().as_json())
    assert catalogue.upload_ids() == set()


def test_a_job_that_failed_because_it_was_cancelled_is_cancelled(catalogue: Catalogue) -> None:
    claim = claim_of(catalogue, ingest(catalogue))
    catalogue.cancel("ann", claim.id)
    catalogue.fail(claim, NotAnArchive())
    assert catalogue.job("ann", claim.id).state == JobState.CANCELLED


def test_a_job_taken_away_cannot_be_ended_by_its_old_worker(catalogue: Catalogue) -> None:
    claim = claim_of(catalogue, ingest(catalogue))
    catalogue.revive()
    assert not catalogue.fail(claim, NotAnArchive())
    with pytest.raises(TaskCancelled):
        catalogue.finish(claim, {})
    assert catalogue.is_cancelled(claim)
    assert catalogue.job("ann", claim.id).state == JobState.WAITING


def test_the_jobs_of_a_dead_process_wait_again(catalogue: Catalogue) -> None:
    claim = claim_of(catalogue, ingest(catalogue))
    catalogue.revive()
    assert catalogue.jobs_in(JobState.WAITING) == [claim.id]
    assert claim_of(catalogue, claim.id).token != claim.token


def test_a_job_with_a_sign_of_life_is_not_taken_away(catalogue: Catalogue, clock: Clock) -> None:
    claim = claim_of(catalogue, ingest(catalogue))
    clock.now += 100
    assert not catalogue.is_cancelled(claim)
    catalogue.revive(before=clock.now - 1)
    assert catalogue.jobs_in(JobState.RUNNING) == [claim.id]
    clock.now += 100
    catalogue.revive(before=clock.now - 1)
    assert catalogue.jobs_in(JobState.RUNNING) == []


def test_a_job_that_killed_three_processes_is_not_tried_again(catalogue: Catalogue) -> None:
    job_id = ingest(catalogue)
    for _ in range(3):
        claim_of(catalogue, job_id)
        catalogue.revive()
    status = catalogue.job("ann", job_id)
    assert status.state == JobState.FAILED
    assert status.error is not None
    assert status.error["code"] == "task_crashed"


def test_a_job_put_back_by_a_stopping_process_is_not_held_against_it(catalogue: Catalogue) -> None:
    job_id = ingest(catalogue)
    for _ in range(5):
        catalogue.release(claim_of(catalogue, job_id))
    assert catalogue.job("ann", job_id).state == JobState.WAITING


def test_an_owner_at_the_limit_is_refused_and_another_is_not(catalogue: Catalogue) -> None:
    ingest(catalogue)
    with pytest.raises(TooManyJobs):
        catalogue.add_job(surface(1.0), limit=1)
    catalogue.add_job(surface(1.0), limit=2)
    catalogue.add_job(surface(1.0, owner="bob"), limit=1)


def test_a_newer_level_cancels_the_older_one(catalogue: Catalogue) -> None:
    waiting = catalogue.add_job(surface(1.0))
    running = claim_of(catalogue, catalogue.add_job(surface(2.0, key="8" * 32)))
    catalogue.add_job(surface(3.0))
    catalogue.add_job(surface(3.0, key="8" * 32))
    assert catalogue.job("ann", waiting).state == JobState.CANCELLED
    assert catalogue.is_cancelled(running)


def test_the_same_level_asked_for_again_is_the_same_job(catalogue: Catalogue) -> None:
    assert catalogue.add_job(surface(1.0)) == catalogue.add_job(surface(1.0))


def test_a_newer_level_leaves_the_surfaces_beside_it_alone(catalogue: Catalogue) -> None:
    first, second = catalogue.add_job(surface(1.0)), catalogue.add_job(surface(2.0, place=1))
    assert catalogue.add_job(surface(2.0, place=1)) == second
    catalogue.add_job(surface(3.0, place=1))
    states = [catalogue.job("ann", job).state for job in (first, second)]
    assert states == [JobState.WAITING, JobState.CANCELLED]


def test_a_newer_level_does_not_disturb_other_owners(catalogue: Catalogue) -> None:
    job_id = catalogue.add_job(surface(1.0, owner="bob"))
    catalogue.add_job(surface(2.0))
    assert catalogue.job("bob", job_id).state == JobState.WAITING


def test_a_job_whose_result_is_known_is_done_at_once(catalogue: Catalogue) -> None:
    status = catalogue.job("ann", catalogue.add_job(surface(1.0), result={"artifact": "x"}))
    assert (status.finished, status.result) == (True, {"artifact": "x"})


def test_old_jobs_are_forgotten_and_unfinished_ones_are_not(catalogue: Catalogue, clock: Clock) -> None:
    catalogue.add_job(surface(1.0), result={})
    waiting = catalogue.add_job(surface(2.0))
    catalogue.forget_jobs(clock.now + 1)
    assert [status.id for status in catalogue.jobs_of("ann")] == [waiting]


def test_jobs_are_listed_newest_first(catalogue: Catalogue, clock: Clock) -> None:
    first = catalogue.add_job(surface(1.0))
    clock.now += 1
    second = catalogue.add_job(surface(1.0, key="8" * 32))
    assert [status.id for status in catalogue.jobs_of("ann")] == [second, first]
