"""The queue of job ids."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.exceptions import ConfigurationError
from huey.registry import Message
from huey.serializer import Serializer, SignedSerializer

from webapp.errors import QueueUnavailable

#: Longest pause of an idle worker, s; huey's own back-off grows to seconds.
MAX_DELAY_SECONDS = 0.05


class _Slips(Serializer):  # type: ignore[misc]
    """Messages as JSON: nothing that is read back can run code."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


class _SignedSlips(SignedSerializer, _Slips):  # type: ignore[misc]
    """The same with a signature, for a queue that others can reach."""


class JobQueue:
    """Ids of waiting jobs. It may lose them or hold one twice: the catalogue knows better.

    Parameters
    ----------
    url : str
        ``thread://`` and ``sqlite://`` keep them in `folder`; ``redis://…`` and ``postgresql://…`` elsewhere.
    folder : Path
        The data folder.
    secret : str
        Signs what is queued; empty: unsigned.
    run : callable
        Does the job of an id and raises nothing.

    Raises
    ------
    QueueUnavailable
        The URL is of no known kind, its driver is missing, or its server does not answer.
    """

    def __init__(self, url: str, folder: Path, secret: str, run: Callable[[str], None]) -> None:
        #: Everybody who may consume is on this machine and shares its locks.
        self.local = url.split(":", 1)[0] in {"thread", "sqlite"}
        serializer = _SignedSlips(secret=secret) if secret else _Slips()
        self._huey = _huey(url, folder / "queue.sqlite", serializer)
        self._task = self._huey.task(name="job")(run)

    def put(self, job_id: str) -> None:
        """Queue a job.

        Raises
        ------
        QueueUnavailable
            The queue does not answer; the job waits in the catalogue.
        """
        try:
            self._task(job_id)
        except Exception as error:
            raise QueueUnavailable from error

    def is_empty(self) -> bool:
        """Nothing is queued."""
        return int(self._huey.pending_count()) == 0

    def consumer(self, workers: int) -> Consumer:
        """Threads that work through the queue, not yet started; signals are none of their business."""
        return _QuietConsumer(
            self._huey,
            workers=workers,
            periodic=False,
            initial_delay=MAX_DELAY_SECONDS,
            max_delay=MAX_DELAY_SECONDS,
        )

    def close(self) -> None:
        """Let go of the storage."""
        self._huey.storage.close()


class _QuietConsumer(Consumer):  # type: ignore[misc]
    """A consumer for a thread: only the main thread may set signal handlers."""

    def _set_signal_handlers(self) -> None:
        pass


def _huey(url: str, file: Path, serializer: Serializer) -> Huey:
    """The huey of a URL."""
    scheme = url.split(":", 1)[0]
    common: dict[str, Any] = {"name": "trueslice", "results": False, "serializer": serializer}
    try:
        if scheme in {"redis", "rediss"}:
            return RedisHuey(url=url, **common)
        if scheme in {"postgresql", "postgres"}:
            return PostgresHuey(dsn=url, **common)
        if scheme in {"thread", "sqlite"}:
            return _sqlite(file, common)
    except ConfigurationError as error:
        driver = "redis" if scheme.startswith("redis") else "psycopg"
        raise QueueUnavailable(f"TRUESLICE_JOBS_URL needs the driver {driver}, which is not installed.") from error
    except sqlite3.Error as error:
        raise QueueUnavailable from error
    except Exception as error:  # each driver has its own idea of an unreachable server
        raise QueueUnavailable from error
    raise QueueUnavailable("TRUESLICE_JOBS_URL is of no known kind.")


def _sqlite(file: Path, common: dict[str, Any]) -> Huey:
    """A queue in a file; one that is damaged is begun anew, for the catalogue knows which jobs wait."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        return SqliteHuey(filename=str(file), **common)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        for part in file.parent.glob(f"{file.name}*"):
            part.unlink(missing_ok=True)
        return SqliteHuey(filename=str(file), **common)
