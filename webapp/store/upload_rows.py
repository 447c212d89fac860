"""The rows of what was received, or is being received."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, delete, exists, func, insert, select, update

from webapp.errors import UnknownKey
from webapp.store import tables
from webapp.store.database import Database, insert_once
from webapp.store.model import EVERYONE, JobKind, Upload


class UploadRows(Database):
    """Uploads and their owners."""

    def begin_upload(self, owner: str, upload_id: str, size: int) -> None:
        """Note that an owner has begun to send `size` bytes."""
        with self._writing() as connection:
            add_owner(connection, owner, self._clock())
            connection.execute(
                insert(tables.upload).values(id=upload_id, owner=owner, size=size, created=self._clock())
            )

    def begin_sample(self, upload_id: str, size: int, content: str) -> str:
        """Note a sample that is being copied, and name its upload: the one with this content hash, or a new one."""
        same = select(tables.upload.c.id).where(tables.upload.c.content == content)
        with self._writing() as connection:
            add_owner(connection, EVERYONE, self._clock())
            row = {"id": upload_id, "owner": EVERYONE, "size": size, "created": self._clock(), "content": content}
            insert_once(connection, tables.upload, **row)
            return str(connection.execute(same).scalar_one())

    def received(self, upload_id: str) -> None:
        """Note that the last byte of an upload is on the disk.

        Raises
        ------
        UnknownKey
            There is no such upload.
        """
        change = update(tables.upload).where(tables.upload.c.id == upload_id).values(received=self._clock())
        with self._writing() as connection:
            if not connection.execute(change).rowcount:
                raise UnknownKey

    def upload(self, upload_id: str) -> Upload:
        """An upload, received or not.

        Raises
        ------
        UnknownKey
            There is no such upload.
        """
        with self._reading() as connection:
            row = connection.execute(_uploads().where(tables.upload.c.id == upload_id)).first()
        if row is None:
            raise UnknownKey
        return _upload(row)

    def upload_owner(self, upload_id: str) -> str:
        """Whose an upload is.

        Raises
        ------
        UnknownKey
            There is no such upload.
        """
        return self.upload(upload_id).owner

    def forget_upload(self, upload_id: str) -> bool:
        """Drop an upload unless a series of it lives; False when it was kept or unknown.

        A job about it ends as cancelled; the file itself is deleted by `Originals.delete`.
        """
        with self._writing() as connection:
            return drop_upload(connection, upload_id)

    def unfinished_uploads(self, owner: str) -> int:
        """How many uploads of an owner are on their way."""
        query = select(func.count()).where(tables.upload.c.owner == owner, tables.upload.c.received.is_(None))
        with self._reading() as connection:
            return int(connection.execute(query).scalar_one())

    def upload_bytes(self, owner: str) -> int:
        """Bytes of all uploads of an owner, as announced."""
        query = select(func.coalesce(func.sum(tables.upload.c.size), 0)).where(tables.upload.c.owner == owner)
        with self._reading() as connection:
            return int(connection.execute(query).scalar_one())

    def stale_uploads(self, before: float) -> list[str]:
        """Unfinished uploads begun before a moment, s since 1970."""
        query = select(tables.upload.c.id).where(tables.upload.c.received.is_(None), tables.upload.c.created < before)
        with self._reading() as connection:
            return list(connection.execute(query).scalars())

    def jobless_uploads(self) -> list[Upload]:
        """Received uploads that nobody has begun to read."""
        has_job = exists().where(tables.job.c.subject == tables.upload.c.id, tables.job.c.kind == JobKind.INGEST)
        has_series = exists().where(tables.series.c.upload == tables.upload.c.id)
        query = _uploads().where(tables.upload.c.received.is_not(None), ~has_job, ~has_series)
        with self._reading() as connection:
            return [_upload(row) for row in connection.execute(query)]

    def upload_ids(self) -> set[str]:
        """Every upload."""
        with self._reading() as connection:
            return set(connection.execute(select(tables.upload.c.id)).scalars())

    def sample_contents(self) -> dict[str, str]:
        """Content hash of each sample that was copied whole, to its upload."""
        columns = tables.upload.c
        query = select(columns.content, columns.id).where(columns.content.is_not(None), columns.received.is_not(None))
        with self._reading() as connection:
            return {str(content): str(upload_id) for content, upload_id in connection.execute(query)}


def add_owner(connection: Connection, owner: str, now: float) -> None:
    """Make sure that the owner has a row."""
    insert_once(connection, tables.owner, id=owner, created=now)


def drop_upload(connection: Connection, upload_id: str) -> bool:
    """Delete an upload's row unless a series of it lives; say whether it was deleted."""
    lives = exists().where(tables.series.c.upload == tables.upload.c.id)
    return bool(connection.execute(delete(tables.upload).where(tables.upload.c.id == upload_id, ~lives)).rowcount)


def _uploads() -> Select[Any]:
    """The columns of an `Upload`."""
    columns = tables.upload.c
    return select(columns.id, columns.owner, columns.size, columns.created)


def _upload(row: Row[*tuple[Any, ...]]) -> Upload:
    """A row as a value."""
    return Upload(row.id, row.owner, row.size, row.created)
