"""Orders for jobs against the jobs there are: which one answers an order, and which ones it puts an end to."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, func, insert, select

from webapp.store import tables
from webapp.store.model import UNFINISHED, JobOrder, JobState

_job = tables.job.c


def about(order: JobOrder) -> list[Any]:
    """The owner's jobs of the same kind about the same thing."""
    return [_job.owner == order.owner, _job.kind == order.kind, _job.subject == order.subject]


def parameters(order: JobOrder) -> dict[str, Any]:
    """What is kept of an order; the first place is not worth a word."""
    return {**order.parameters, "place": order.place} if order.place else order.parameters


def same(connection: Connection, order: JobOrder) -> str | None:
    """A job that answers the order already."""
    wanted = [_job.state.in_(UNFINISHED), ~_job.cancel] if order.newest_only else []
    for row in connection.execute(select(_job.id, _job.parameters).where(*about(order), *wanted)):
        if not order.newest_only or row.parameters == parameters(order):
            return str(row.id)
    return None


def rivals(connection: Connection, order: JobOrder) -> list[str]:
    """Unfinished jobs of the same owner, kind, subject and place."""
    wanted = select(_job.id, _job.parameters).where(*about(order), _job.state.in_(UNFINISHED))
    return [str(row.id) for row in connection.execute(wanted) if row.parameters.get("place", 0) == order.place]


def unfinished(connection: Connection, owner: str) -> int:
    """How many of an owner's jobs wait or run and are wanted."""
    query = select(func.count()).where(_job.owner == owner, _job.state.in_(UNFINISHED), ~_job.cancel)
    return int(connection.execute(query).scalar_one())


def insert_job(connection: Connection, order: JobOrder, now: float, result: dict[str, Any] | None) -> str:
    """A new row."""
    job_id = token_hex(16)
    connection.execute(
        insert(tables.job).values(
            id=job_id, owner=order.owner, kind=order.kind, subject=order.subject, parameters=parameters(order),
            state=JobState.WAITING if result is None else JobState.DONE, result=result,
            stage="", done=0, total=0, created=now, heartbeat=now, attempts=0, cancel=False,
        )
    )  # fmt: skip
    return job_id
