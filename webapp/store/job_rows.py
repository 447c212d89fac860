"""The rows of jobs: what waits, who works on it, how far it is and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Row, case, delete, select, update

from webapp.errors import TaskCancelled, TaskCrashed, TooManyJobs, TruesliceError, UnknownKey
from webapp.store import tables
from webapp.store.database import Database
from webapp.store.job_orders import insert_job, rivals, same, unfinished
from webapp.store.model import UNFINISHED, Claim, JobKind, JobOrder, JobState, JobStatus
from webapp.store.upload_rows import add_owner, drop_upload

#: A job whose process died this often is not tried again.
ATTEMPTS = 3
#: Between two signs of life of a running job, s.
HEARTBEAT_SECONDS = 5.0

_job = tables.job.c
_STATUS = (
    _job.id, _job.owner, _job.kind, _job.subject, _job.state, _job.stage,
    _job.done, _job.total, _job.error, _job.result, _job.created,
)  # fmt: skip


class JobRows(Database):
    """The table of jobs; it, not the queue, knows which jobs there are."""

    def add_job(self, order: JobOrder, limit: int | None = None, *, result: dict[str, Any] | None = None) -> str:
        """Put a job down, or find the one that answers the order already.

        Parameters
        ----------
        order : JobOrder
        limit : int or None
            Unfinished jobs the owner may have.
        result : dict or None
            What is known already: the job is put down as done.

        Returns
        -------
        str
            The job's id.

        Raises
        ------
        TooManyJobs
            The owner has `limit` unfinished jobs.
        """
        with self._writing() as connection:
            if known := same(connection, order):
                return known
            add_owner(connection, order.owner, self._clock())
            if order.newest_only:
                _cancel(connection, [_job.id.in_(rivals(connection, order))])
            if result is None and limit is not None and unfinished(connection, order.owner) >= limit:
                raise TooManyJobs
            return insert_job(connection, order, self._clock(), result)

    def claim_job(self, job_id: str) -> Claim | None:
        """Take a waiting job; None when another has it, or it waits no more."""
        token = token_hex(16)
        take = (
            update(tables.job)
            .where(_job.id == job_id, _job.state == JobState.WAITING)
            .values(state=JobState.RUNNING, token=token, heartbeat=self._clock(), attempts=_job.attempts + 1)
            .returning(_job.id, _job.owner, _job.kind, _job.subject, _job.parameters)
        )
        with self._writing() as connection:
            row = connection.execute(take).first()
        return None if row is None else Claim(row.id, row.owner, JobKind(row.kind), row.subject, row.parameters, token)

    def progress(self, claim: Claim, stage: str, done: int, total: int) -> None:
        """Note how far a claimed job is."""
        facts = {"stage": stage[:32], "done": done, "total": total, "heartbeat": self._clock()}
        with self._writing() as connection:
            connection.execute(update(tables.job).where(*_held(claim)).values(**facts))

    def is_cancelled(self, claim: Claim) -> bool:
        """Whether the work on a claimed job is no longer wanted; asking is a sign of life."""
        with self._reading() as connection:
            row = connection.execute(select(_job.heartbeat, _job.cancel).where(*_held(claim))).first()
        if row is None or row.cancel:
            return True
        if abs(self._clock() - row.heartbeat) > HEARTBEAT_SECONDS:
            with self._writing() as connection:
                connection.execute(update(tables.job).where(*_held(claim)).values(heartbeat=self._clock()))
        return False

    def finish(self, claim: Claim, result: dict[str, Any]) -> None:
        """End a claimed job as done.

        Raises
        ------
        TaskCancelled
            It was cancelled, or taken away, meanwhile.
        """
        with self._writing() as connection:
            finish(connection, claim, result)

    def fail(self, claim: Claim, error: TruesliceError) -> bool:
        """End a claimed job with its reason; an ingest's upload is dropped. False when it was taken away."""
        with self._writing() as connection:
            return bool(_end(connection, _held(claim), error))

    def release(self, claim: Claim) -> None:
        """Put a claimed job back, unharmed: its process is about to stop."""
        again = {**_WAITING_AGAIN, "attempts": _job.attempts - 1}
        with self._writing() as connection:
            connection.execute(update(tables.job).where(*_held(claim)).values(**again))

    def cancel(self, owner: str, job_id: str) -> JobStatus:
        """Cancel a waiting job at once and ask a running one to stop; a finished one stays as it is.

        Raises
        ------
        UnknownKey
            There is no such job of this owner.
        """
        with self._writing() as connection:
            _cancel(connection, [_job.id == job_id, _job.owner == owner])
        return self.job(owner, job_id)

    def revive(self, before: float | None = None) -> None:
        """Put jobs of dead processes back among the waiting; end those that killed theirs too often.

        Parameters
        ----------
        before : float or None
            Only those without a sign of life since, s since 1970; None: all running ones.
        """
        dead = [_job.state == JobState.RUNNING]
        if before is not None:
            dead.append(_job.heartbeat < before)
        with self._writing() as connection:
            _end(connection, [*dead, _job.cancel], TaskCancelled())
            _end(connection, [*dead, _job.attempts >= ATTEMPTS], TaskCrashed())
            connection.execute(update(tables.job).where(*dead).values(**_WAITING_AGAIN))

    def job(self, owner: str, job_id: str) -> JobStatus:
        """One job of an owner.

        Raises
        ------
        UnknownKey
            There is no such job of this owner.
        """
        with self._reading() as connection:
            row = connection.execute(select(*_STATUS).where(_job.id == job_id, _job.owner == owner)).first()
        if row is None:
            raise UnknownKey
        return _status(row)

    def jobs_of(self, owner: str, limit: int = 20) -> list[JobStatus]:
        """An owner's jobs, newest first."""
        query = select(*_STATUS).where(_job.owner == owner).order_by(_job.created.desc(), _job.id).limit(limit)
        with self._reading() as connection:
            return [_status(row) for row in connection.execute(query)]

    def jobs_in(self, state: JobState) -> list[str]:
        """Ids of all owners' jobs in a state, oldest first."""
        query = select(_job.id).where(_job.state == state).order_by(_job.created, _job.id)
        with self._reading() as connection:
            return list(connection.execute(query).scalars())

    def forget_jobs(self, before: float) -> None:
        """Drop finished jobs put down before a moment, s since 1970."""
        with self._writing() as connection:
            connection.execute(delete(tables.job).where(_job.state.not_in(UNFINISHED), _job.created < before))


_WAITING_AGAIN: dict[str, Any] = {"state": JobState.WAITING, "token": None, "stage": "", "done": 0, "total": 0}


def finish(connection: Connection, claim: Claim, result: dict[str, Any]) -> None:
    """End a claimed job as done inside a transaction, or raise `TaskCancelled`, which undoes the transaction."""
    done = update(tables.job).where(*_held(claim), ~_job.cancel).values(state=JobState.DONE, token=None, result=result)
    if not connection.execute(done).rowcount:
        raise TaskCancelled


def drop_jobs(connection: Connection, subjects: Sequence[str]) -> None:
    """Delete the jobs about something that is no more; a running one finds out when it next asks."""
    connection.execute(delete(tables.job).where(_job.subject.in_(subjects)))


def _held(claim: Claim) -> list[Any]:
    """The job, if the claim still holds it."""
    return [_job.id == claim.id, _job.state == JobState.RUNNING, _job.token == claim.token]


def _cancel(connection: Connection, which: list[Any]) -> None:
    """End the waiting ones, flag the running ones."""
    _end(connection, [*which, _job.state == JobState.WAITING], TaskCancelled())
    connection.execute(update(tables.job).where(*which, _job.state == JobState.RUNNING).values(cancel=True))


def _end(connection: Connection, which: list[Any], error: TruesliceError) -> int:
    """End jobs with a reason; the bytes of an ingest that ends so are of no further use."""
    wanted = _job.cancel if not isinstance(error, TaskCancelled) else _job.id.is_not(None)
    state = case((wanted, JobState.CANCELLED.value), else_=JobState.FAILED.value)
    ended = connection.execute(
        update(tables.job).where(*which).values(state=state, token=None, error=error.as_json())
        .returning(_job.kind, _job.subject)
    ).all()  # fmt: skip
    for row in ended:
        if row.kind == JobKind.INGEST:
            drop_upload(connection, row.subject)
    return len(ended)


def _status(row: Row[*tuple[Any, ...]]) -> JobStatus:
    """A row as a value."""
    return JobStatus(**{**row._asdict(), "kind": JobKind(row.kind), "state": JobState(row.state)})
