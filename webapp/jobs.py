"""The jobs of an instance: put down, looked after, cancelled, and worked on by exactly one process."""

from __future__ import annotations

import atexit
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex
from threading import Event
from types import FrameType

from webapp.config import Config
from webapp.errors import DiskDivided, UnknownKey
from webapp.job_choice import Chooser
from webapp.job_queue import JobQueue
from webapp.job_shift import Duties, Shift
from webapp.job_surfaces import SurfaceOrders
from webapp.job_work import Work
from webapp.sandbox import Sandbox
from webapp.store.catalogue import Catalogue
from webapp.store.files import make_private
from webapp.store.model import EVERYONE, JobKind, JobOrder, JobState
from webapp.store.originals import Originals, sha256
from webapp.store.trail import Event as Noted
from webapp.store.trail import Trail
from webapp.store.upkeep import Terms, Upkeep
from webapp.store.volumes import Volumes

#: How long a process that is stopped lets its jobs run on, s.
PATIENCE_SECONDS = 15.0


class Jobs(SurfaceOrders):
    """Long work, done one after the other in sandboxed children.

    The catalogue knows every job; the queue only says which is next. With ``thread://`` one of the web processes works,
    the one that holds the lock of ``consumer.lock``; when it dies, the next takes over. With every other URL the web
    processes only put jobs down, and `work` in a process of its own does them.

    Raises
    ------
    DiskDivided
        Staging and volumes are on different disks.
    QueueUnavailable
        Jobs cannot wait where ``jobs_url`` says.
    """

    def __init__(
        self, config: Config, catalogue: Catalogue, originals: Originals, volumes: Volumes, sandbox: Sandbox
    ) -> None:
        self._originals = originals
        self._sandbox = sandbox
        self._interrupted = Event()
        staging = _staging(config.data, volumes.root)
        self.trail = Trail(config.data, config.secret_key)
        self._work = Work(
            catalogue, originals, volumes, sandbox, config.limits, config.audit, staging, self._interrupted, self.trail
        )
        terms = Terms(
            keep_hours=config.keep_hours,
            upload_hours=config.upload_hours,
            sweep_seconds=config.sweep_seconds,
            keep_hours_most=config.keep_hours_most,
            grace_seconds=config.grace_seconds,
        )
        self._upkeep = Upkeep(catalogue, originals, volumes, staging, terms)
        queue = JobQueue(config.jobs_url, config.data, config.secret_key, self._work.run)
        super().__init__(config, catalogue, volumes, queue)
        lock = config.data / "consumer.lock" if queue.local else None
        duties = Duties(self._begin, self._tick, self._interrupted.set, sandbox.close)
        self._shift = Shift(queue, config.workers, duties, lock)
        self._swept = time.monotonic()

    def ingest(self, owner: str, upload_id: str) -> str:
        """Put down the reading of a received upload; asked twice, it is the same job.

        Returns
        -------
        str
            The job's id. Its result: ``keys`` of the stacks, number of ``series``, ``set_aside`` (the first lines) and
            ``set_aside_count``.

        Raises
        ------
        UnknownKey
            There is no such upload of this owner.
        TooManyJobs
            The owner's unfinished jobs have reached the limit; the sweep puts the job down when there is room.
        QueueUnavailable
            The queue does not answer; the job is put down and waits for it.
        """
        if self._catalogue.upload_owner(upload_id) != owner:
            raise UnknownKey
        limit = None if owner == EVERYONE else self._config.limits.jobs_waiting
        job_id = self._catalogue.add_job(JobOrder(owner, JobKind.INGEST, upload_id, {}), limit)
        self._queue.put(job_id)
        return job_id

    def choose(self, owner: str, key: str, pick: Sequence[object]) -> str:
        """Put down the making of one further stack, of the pictures chosen for the contested places of a refused one.

        An earlier unfinished choice of the same stack is cancelled; when there is a stack of the same pictures, the job
        is done at once.

        Returns
        -------
        str
            The job's id. Its result: as of `ingest`, with one key.

        Raises
        ------
        UnknownKey, SampleStays, NothingToChoose, PicksUnfit
            See `Chooser.order`.
        TooManyJobs
            The owner's unfinished jobs have reached the limit.
        QueueUnavailable
            The queue does not answer; the job is put down and waits for it.
        """
        order, result = Chooser(self._catalogue, self._volumes).order(owner, key, pick)
        return self._put(order, result)

    def cancel(self, owner: str, job_id: str) -> None:
        """Cancel a waiting job at once, and ask a running one to stop; a finished one stays as it is.

        Raises
        ------
        UnknownKey
            There is no such job of this owner.
        """
        status = self._catalogue.cancel(owner, job_id)
        if status.state == JobState.CANCELLED and status.kind == JobKind.INGEST:
            self._originals.delete(status.subject)

    def delete_series(self, owner: str, key: str) -> list[str]:
        """Delete one of an owner's own series, rows and files, and name the stacks it had; see `Upkeep.delete_series`.

        Raises
        ------
        UnknownKey
            There is no such stack, or it is a sample or somebody else's.
        """
        if owner == EVERYONE:
            raise UnknownKey
        keys = self._upkeep.delete_series(owner, key)
        self.trail.note(Noted.DELETE, "done", owner, keys)
        return keys

    def add_samples(self, folder: Path) -> list[str]:
        """Put down the reading of each sample zip that is not there yet, and delete samples whose zip is gone.

        Parameters
        ----------
        folder : Path
            A sample is known by its content: a second start adds nothing. A folder without zips changes nothing.

        Returns
        -------
        list of str
            The new jobs' ids.
        """
        zips = {sha256(path): path for path in sorted(folder.glob("*.zip"))}
        known = self._catalogue.sample_contents()
        if zips:
            for content in known.keys() - zips.keys():
                self._upkeep.delete_upload(known[content])
        jobs = [self._add_sample(zips[content], content) for content in zips if content not in known]
        return [job_id for job_id in jobs if job_id]

    def _add_sample(self, path: Path, content: str) -> str | None:
        """Copy a sample in and have it read; another process that does the same at this moment does no harm."""
        upload_id = self._catalogue.begin_sample(token_hex(16), path.stat().st_size, content)
        self._originals.add(upload_id, path)
        try:
            self._catalogue.received(upload_id)
            return self.ingest(EVERYONE, upload_id)
        except UnknownKey:
            self._originals.delete(upload_id)
            return None

    def start(self) -> None:
        """Be ready to work in a thread of this process, until it ends, if jobs are worked on in web processes."""
        if self._config.jobs_url.startswith("thread:"):
            atexit.register(self.stop)
            self._shift.start()

    def stop(self, patience: float = PATIENCE_SECONDS) -> None:
        """Let the running jobs end, put back those that do not within `patience` seconds, and hand over."""
        atexit.unregister(self.stop)
        self._shift.stop(patience)
        self._queue.close()

    def work(self) -> None:
        """Work in the calling thread, the main one of a process of its own, until SIGTERM or SIGINT."""

        def leave(_signal: int, _frame: FrameType | None) -> None:
            self._shift.ask_to_stop(PATIENCE_SECONDS)

        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, leave)
        self._shift.run()
        self._queue.close()

    def run_now(self, job_id: str) -> None:
        """Do a waiting job in the calling thread; for the command line and tests."""
        self._work.run(job_id)

    def put_right(self) -> None:
        """Bring files and rows in step, as after a crash, while others may be at work."""
        self._upkeep.recover(alone=False)

    def _begin(self) -> None:
        """Put right what a crash left, then see that everything that waits is queued."""
        self._interrupted.clear()
        self._upkeep.recover(alone=self._queue.local)
        self._put_waiting()
        self._sandbox.warm()

    def _tick(self) -> None:
        """Sweep, when it is time."""
        if time.monotonic() - self._swept >= self._config.sweep_seconds:
            self._swept = time.monotonic()
            for owner, keys in self._upkeep.sweep():
                self.trail.note(Noted.DELETE, "done", f"sweep for {owner}", keys)
            if self._queue.is_empty():
                self._put_waiting()

    def _put_waiting(self) -> None:
        """Queue what waits in the catalogue, and have received uploads read that nobody asked for."""
        for upload in self._catalogue.jobless_uploads():
            self._catalogue.add_job(JobOrder(upload.owner, JobKind.INGEST, upload.id, {}))
        for job_id in self._catalogue.jobs_in(JobState.WAITING):
            self._queue.put(job_id)


def _staging(data: Path, volumes: Path) -> Path:
    """The staging folder, on the volumes' disk."""
    staging = make_private(data / "staging")
    if staging.stat().st_dev != volumes.stat().st_dev:
        raise DiskDivided
    return staging
