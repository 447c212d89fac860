"""The queue carries ids and nothing that could run, and may be lost without harm."""

from __future__ import annotations

import pickle
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from webapp.errors import QueueUnavailable
from webapp.job_queue import MAX_DELAY_SECONDS, JobQueue


def queue_in(folder: Path, secret: str = "", run: Callable[[str], None] = lambda _job: None) -> JobQueue:
    """A queue in a folder."""
    return JobQueue("thread://", folder, secret, run)


def messages(folder: Path) -> list[bytes]:
    """What is queued, as it lies on the disk."""
    connection = sqlite3.connect(folder / "queue.sqlite")
    found = [bytes(data) for (data,) in connection.execute("SELECT data FROM task")]
    connection.close()
    return found


def test_what_is_queued_is_plain_text(tmp_path: Path) -> None:
    queue = queue_in(tmp_path)
    queue.put("a" * 32)
    (message,) = messages(tmp_path)
    assert b"a" * 32 in message
    with pytest.raises(pickle.UnpicklingError):
        pickle.loads(message)
    queue.close()


def test_a_secret_signs_what_is_queued(tmp_path: Path) -> None:
    queue = queue_in(tmp_path, secret="one")
    queue.put("a" * 32)
    other = queue_in(tmp_path, secret="two")
    with pytest.raises(ValueError, match="mismatch"):
        other._huey.dequeue()
    queue.close()
    other.close()


def test_a_queued_job_is_run_by_its_id(tmp_path: Path) -> None:
    ran: list[str] = []
    queue = queue_in(tmp_path, secret="one", run=ran.append)
    queue.put("a" * 32)
    assert not queue.is_empty()
    queue._huey.execute(queue._huey.dequeue())
    assert (ran, queue.is_empty()) == (["a" * 32], True)
    queue.close()


def test_a_damaged_queue_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "queue.sqlite").write_bytes(b"no database" * 100)
    queue = queue_in(tmp_path)
    assert queue.is_empty()
    queue.close()


def test_the_queue_is_the_servers_own(tmp_path: Path) -> None:
    queue = queue_in(tmp_path)
    assert stat.S_IMODE((tmp_path / "queue.sqlite").stat().st_mode) == 0o600
    queue.close()


def test_an_idle_worker_looks_often_enough(tmp_path: Path) -> None:
    queue = queue_in(tmp_path)
    consumer = queue.consumer(1)
    assert max(consumer.max_delay, consumer.default_delay) <= MAX_DELAY_SECONDS <= 0.05
    queue.close()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(QueueUnavailable):
        queue_in(tmp_path / "missing")


def test_a_queue_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionError

    queue = queue_in(tmp_path)
    monkeypatch.setattr(queue._huey.storage, "enqueue", refuse)
    with pytest.raises(QueueUnavailable):
        queue.put("a" * 32)
    queue.close()
