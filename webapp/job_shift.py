"""Whose turn it is to work through the queue: one process's at a time."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from huey.consumer import Consumer

from webapp.job_queue import JobQueue

#: Between two tries of a waiting process to become the one that works, s.
TURN_SECONDS = 1.0
#: Between two looks whether every worker thread is alive, s.
HEALTH_SECONDS = 10.0
#: How long an interrupted job may take to let go, s.
LET_GO_SECONDS = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duties:
    """What a process does around its jobs.

    Parameters
    ----------
    begin : callable
        Before the first job.
    tick : callable
        Again and again, about every second.
    interrupt : callable
        Asks the running jobs to let go.
    end : callable
        After the last.
    """

    begin: Callable[[], None]
    tick: Callable[[], None]
    interrupt: Callable[[], None]
    end: Callable[[], None]


class Shift:
    """One process's readiness to work: it waits for its turn, works until it is stopped, and hands over.

    Parameters
    ----------
    lock : Path or None
        The file whose lock is the turn; it falls to the next process when its holder dies. None: no turns.
    """

    def __init__(self, queue: JobQueue, workers: int, duties: Duties, lock: Path | None) -> None:
        self._queue = queue
        self._workers = workers
        self._duties = duties
        self._lock = lock
        self._stop = Event()
        self._thread: Thread | None = None
        self._patience = 0.0

    def start(self) -> None:
        """Be ready in a thread of this process."""
        if self._thread is None:
            self._stop.clear()
            self._thread = Thread(target=self.run, name="jobs", daemon=True)
            self._thread.start()

    def stop(self, patience: float) -> None:
        """Stop after the running jobs, or `patience` seconds later without them."""
        self.ask_to_stop(patience)
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def ask_to_stop(self, patience: float) -> None:
        """The same without waiting, for a signal handler."""
        self._patience = patience
        self._stop.set()

    def run(self) -> None:
        """Be ready in the calling thread until somebody stops it."""
        while not self._stop.is_set():
            try:
                with _turn(self._lock) as ours:
                    if ours:
                        self._work()
            except Exception as error:
                logger.error("The job thread met %s and starts again.", type(error).__name__)
            self._stop.wait(TURN_SECONDS)

    def _work(self) -> None:
        """Work until stopped."""
        self._duties.begin()
        consumer = self._queue.consumer(self._workers)
        consumer.start()
        try:
            checked = time.monotonic()
            while not self._stop.wait(TURN_SECONDS):
                self._duties.tick()
                if time.monotonic() - checked > HEALTH_SECONDS:
                    consumer.check_worker_health()
                    checked = time.monotonic()
        finally:
            self._dismiss(consumer)
            self._duties.end()

    def _dismiss(self, consumer: Consumer) -> None:
        """Let the running jobs end, or put them back."""
        consumer.stop_flag.set()
        threads = [consumer.scheduler, *(thread for _, thread in consumer.worker_threads)]
        _join(threads, self._patience)
        self._duties.interrupt()
        _join(threads, LET_GO_SECONDS)


def _join(threads: list[Thread], seconds: float) -> None:
    """Wait for threads to end, for so long in all."""
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


@contextmanager
def _turn(lock: Path | None) -> Iterator[bool]:
    """Whether it is this process's turn; it stays so for the length of the block."""
    if lock is None:
        yield True
        return
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
