"""Whichever process dies, at whatever moment, another one brings the work to its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.house import UPLOAD, House, until
from webapp.config import ROOT
from webapp.errors import (
    TaskCancelled,
)
from webapp.sandbox import Task
from webapp.store.catalogue import JobState


def test_the_thread_of_a_web_process_does_the_work(house: House) -> None:
    house.jobs.start()
    house.jobs.ingest("ann", house.receive())
    until(lambda: len(house.catalogue.library("ann")) == 2)


def test_an_upload_received_before_a_crash_is_read_after_it(house: House) -> None:
    house.receive()
    house.jobs.start()
    until(lambda: len(house.catalogue.library("ann")) == 2)


def test_a_job_lost_by_the_queue_is_found_by_the_sweep(houses: Callable[..., House]) -> None:
    house = houses(sweep_seconds=0.1)
    house.jobs.start()
    until(lambda: (house.config.data / "consumer.lock").exists())
    time.sleep(0.2)
    house.receive()
    until(lambda: len(house.catalogue.library("ann")) == 2)


def test_a_job_that_a_dead_process_held_is_done_again(house: House) -> None:
    job_id = house.jobs.ingest("ann", house.receive())
    house.catalogue.claim_job(job_id)
    (house.config.data / "staging" / job_id / "stacks").mkdir(parents=True)
    house.jobs.start()
    until(lambda: house.catalogue.job("ann", job_id).state == JobState.DONE)


def test_a_worker_elsewhere_leaves_the_web_process_idle(houses: Callable[..., House]) -> None:
    house = houses(jobs_url="sqlite://")
    house.jobs.start()
    house.jobs.ingest("ann", house.receive())
    time.sleep(0.3)
    assert house.catalogue.jobs_of("ann")[0].state == JobState.WAITING


def test_stopping_lets_a_running_job_end(house: House) -> None:
    house.child.meanwhile = lambda *_: time.sleep(0.3)
    house.jobs.start()
    job_id = house.jobs.ingest("ann", house.receive())
    until(lambda: house.catalogue.job("ann", job_id).state == JobState.RUNNING)
    house.jobs.stop(10.0)
    assert house.catalogue.job("ann", job_id).state == JobState.DONE


def test_a_web_process_that_ends_puts_its_job_back(house: House, tmp_path: Path) -> None:
    code = f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        import webapp.jobs
        from tests.jobs.house import House, until
        from webapp.errors import TaskCancelled
        from webapp.store.catalogue import JobState
        def work_on(task, progress, cancelled):
            until(cancelled)
            raise TaskCancelled
        webapp.jobs.Jobs.stop.__defaults__ = (0.1,)
        house = House(Path({str(tmp_path / "data")!r}))
        house.child.meanwhile = work_on
        house.jobs.start()
        until(lambda: house.catalogue.jobs_in(JobState.RUNNING) != [])
    """
    job_id = house.jobs.ingest("ann", house.receive())
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
    assert house.catalogue.job("ann", job_id).state == JobState.WAITING


def test_stopping_puts_a_long_job_back_unharmed(house: House) -> None:
    def work_on(_task: Task, _progress: object, cancelled: Callable[[], bool]) -> None:
        until(cancelled)
        raise TaskCancelled

    house.child.meanwhile = work_on
    house.jobs.start()
    job_id = house.jobs.ingest("ann", house.receive())
    until(lambda: house.catalogue.job("ann", job_id).state == JobState.RUNNING)
    house.jobs.stop(0.1)
    assert house.catalogue.job("ann", job_id).state == JobState.WAITING
    assert house.bytes_left() == [UPLOAD]
    house.child.meanwhile = lambda *_: None
    house.jobs.start()
    until(lambda: house.catalogue.job("ann", job_id).state == JobState.DONE)


def test_of_two_processes_one_works_and_the_other_takes_over(houses: Callable[..., House]) -> None:
    first, second = houses(), houses()
    first.jobs.start()
    first.jobs.ingest("ann", first.receive())
    until(lambda: len(first.catalogue.library("ann")) == 2)
    second.jobs.start()
    second.jobs.ingest("bob", second.receive("b" * 32, "bob"))
    until(lambda: len(first.catalogue.library("bob")) == 2)
    assert (len(first.child.tasks), len(second.child.tasks)) == (2, 0)
    first.jobs.stop(5.0)
    second.jobs.ingest("ann", second.receive("c" * 32))
    until(lambda: len(second.child.tasks) == 1)


def test_when_the_working_process_is_killed_another_ends_its_job(house: House, tmp_path: Path) -> None:
    code = f"""
        import sys, time
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from tests.jobs.house import House
        house = House(Path({str(tmp_path / "data")!r}))
        house.child.meanwhile = lambda *_: time.sleep(60)
        house.jobs.start()
        time.sleep(60)
    """
    job_id = house.jobs.ingest("ann", house.receive())
    other = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    try:
        until(lambda: house.catalogue.job("ann", job_id).state == JobState.RUNNING)
        house.jobs.start()
        time.sleep(0.2)
        assert house.catalogue.library("ann") == []
    finally:
        other.send_signal(signal.SIGKILL)
        other.wait()
    until(lambda: house.catalogue.job("ann", job_id).state == JobState.DONE)
    assert len(house.catalogue.library("ann")) == 2


@pytest.mark.parametrize(
    ("act", "shown"),
    [("volumes.adopt", 2), ("catalogue.commit_series", 2), ("volumes.mark", 2), ("catalogue.is_cancelled", 2)],
)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_process_that_dies_at_any_step_leaves_no_half_series(
    house: House, tmp_path: Path, act: str, shown: int, before: bool
) -> None:
    die(tmp_path, act, before, f"house.jobs.run_now({house.jobs.ingest('ann', house.receive())!r})")
    assert len(house.catalogue.library("ann")) in {0, shown}
    house.jobs.start()
    until(lambda: len(house.catalogue.library("ann")) == shown)
    until(lambda: set(house.bytes_left()) == {UPLOAD, *(card.key for card in house.catalogue.library("ann"))})
    until(lambda: all(house.volumes.is_marked(card.key) for card in house.catalogue.library("ann")))


@pytest.mark.parametrize("act", ["volumes.unmark", "catalogue.remove_series", "volumes.delete", "originals.delete"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_process_that_dies_while_deleting_leaves_all_or_nothing(
    house: House, tmp_path: Path, act: str, before: bool
) -> None:
    house.child.names = ["0000-1"]
    (key,) = house.ingested()
    die(tmp_path, act, before, f"house.jobs.delete_series('ann', {key!r})")
    kept = house.catalogue.library("ann")
    os.utime(house.originals.root, None)
    for stray in house.originals.root.iterdir():
        os.utime(stray, (time.time() - 100,) * 2)
    house.jobs.start()
    until(lambda: sorted(house.bytes_left()) == (sorted([UPLOAD, key]) if kept else []))
    assert house.catalogue.library("ann") == kept


def die(tmp_path: Path, act: str, before: bool, what: str) -> None:
    """Have another process do something and die, at once, before or after its first act of a kind."""
    owner, name = act.split(".")
    code = f"""
        import os, sys
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from tests.jobs.house import House
        house = House(Path({str(tmp_path / "data")!r}))
        real = house.{owner}.{name}
        def act(*given):
            {"" if before else "real(*given)"}
            os._exit(9)
        house.{owner}.{name} = act
        {"house.child.meanwhile = lambda _task, _progress, cancelled: cancelled()" if name == "is_cancelled" else ""}
        {what}
    """
    assert subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False).returncode == 9


def test_a_worker_process_leaves_when_it_is_told_to(houses: Callable[..., House], tmp_path: Path) -> None:
    code = f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from tests.jobs.house import House
        house = House(Path({str(tmp_path / "data")!r}), jobs_url="sqlite://")
        house.jobs.work()
        house.catalogue.close()
        print("left")
    """
    house = houses(jobs_url="sqlite://")
    worker = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE)
    house.jobs.ingest("ann", house.receive())
    until(lambda: len(house.catalogue.library("ann")) == 2)
    worker.terminate()
    assert worker.communicate(timeout=20)[0].strip() == b"left"


def test_two_uploads_are_read_at_the_same_time(house: House) -> None:
    together = threading.Barrier(2, timeout=20)
    house.child.meanwhile = lambda *_: together.wait() and None
    house.jobs.start()
    for owner, upload in {"ann": UPLOAD, "bob": "b" * 32}.items():
        house.jobs.ingest(owner, house.receive(upload, owner))
    until(lambda: [len(house.catalogue.library(owner)) for owner in ("ann", "bob")] == [2, 2])
