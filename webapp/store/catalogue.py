"""The catalogue: who has which uploads, series, stacks and jobs; a series is there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from secrets import token_hex
from typing import Any

from sqlalchemy import exists, select

from webapp.errors import TaskCancelled, UnknownKey
from webapp.store import tables
from webapp.store.artifact_rows import ArtifactRows, drop_old_meshes, insert_artifact
from webapp.store.database import insert_once
from webapp.store.job_rows import JobRows, drop_jobs, finish
from webapp.store.measure_rows import MeasureRows
from webapp.store.model import (
    EVERYONE,
    Artifact,
    Card,
    Claim,
    JobKind,
    JobState,
    JobStatus,
    Removed,
    StackRecord,
    Upload,
)
from webapp.store.share_rows import ShareRows
from webapp.store.stack_rows import StackRows, delete_series, insert_stack
from webapp.store.upload_rows import UploadRows, add_owner, drop_upload

__all__ = ["EVERYONE", "Artifact", "Card", "Catalogue", "JobKind", "JobState", "JobStatus", "Removed", "Upload"]


class Catalogue(UploadRows, StackRows, ArtifactRows, ShareRows, MeasureRows, JobRows):
    """All rows of an instance.

    One object serves every thread of a process, and any number of processes may have one each: every method is one
    short transaction.
    """

    def commit_series(self, claim: Claim, records: Sequence[StackRecord], result: dict[str, Any]) -> None:
        """Make everything an ingest or a choice found visible and end its job as done, in one transaction.

        An upload of which nothing is kept, because all of it is there already, is dropped.

        Raises
        ------
        TaskCancelled
            The job was cancelled, or the upload or stack it is about dropped, meanwhile; nothing is changed.
        """
        with self._writing() as connection:
            finish(connection, claim, result)
            about = tables.upload.c.id if claim.kind == JobKind.INGEST else tables.stack.c.key
            if not connection.execute(select(exists().where(about == claim.subject))).scalar():
                raise TaskCancelled
            for record in records:
                insert_stack(connection, record, self._clock())
                insert_artifact(connection, _thumbnail(record.key), self._clock())
            if not records:
                drop_upload(connection, claim.subject)

    def commit_mesh(self, claim: Claim, mesh: Artifact, result: dict[str, Any], most_bytes: int) -> list[str]:
        """Make a mesh visible and end its job as done; name the older ones of the stack that made room.

        Parameters
        ----------
        claim : Claim
        mesh : Artifact
        result : dict
            Of the job.
        most_bytes : int
            What the meshes kept of one stack may take together.

        Raises
        ------
        TaskCancelled
            The job was cancelled, or its stack deleted, meanwhile; nothing is changed.
        """
        with self._writing() as connection:
            finish(connection, claim, result)
            if not connection.execute(select(exists().where(tables.stack.c.key == mesh.key))).scalar():
                raise TaskCancelled
            insert_artifact(connection, mesh, self._clock())
            return drop_old_meshes(connection, mesh.key, most_bytes)

    def series_keys(self, owner: str, key: str) -> list[str]:
        """The stacks of the series that one of an owner's own stacks belongs to.

        Raises
        ------
        UnknownKey
            There is no such stack, or it is a sample or somebody else's.
        """
        card = self.stack(owner, key)
        if card.owner != owner:
            raise UnknownKey
        same = select(tables.stack.c.key).where(tables.stack.c.series == card.series_id)
        with self._reading() as connection:
            return list(connection.execute(same.order_by(tables.stack.c.place)).scalars())

    def remove_series(self, owner: str, key: str) -> Removed:
        """Take a series out of sight with its findings, artifacts, shares and jobs.

        The original goes only with the last series of its upload: until then the received archive still holds
        the pictures of the series that was removed.

        Raises
        ------
        UnknownKey
            There is no such stack, or it is somebody else's.
        """
        query = (
            select(tables.series.c.id, tables.series.c.upload)
            .join(tables.stack, tables.stack.c.series == tables.series.c.id)
            .join(tables.study, tables.study.c.id == tables.series.c.study)
            .where(tables.stack.c.key == key, tables.study.c.owner == owner)
        )
        with self._writing() as connection:
            row = connection.execute(query).first()
            if row is None:
                raise UnknownKey
            keys = connection.execute(select(tables.stack.c.key).where(tables.stack.c.series == row.id)).scalars().all()
            delete_series(connection, row.id)
            gone = row.upload if row.upload and drop_upload(connection, row.upload) else None
            drop_jobs(connection, [*keys, *([gone] if gone else [])])
        return Removed(tuple(keys), gone)

    def delete_series(self, owner: str, key: str) -> list[str]:
        """Take one of the owner's own series out of sight and name its stacks; `Jobs.delete_series` sees to the files.

        Raises
        ------
        UnknownKey
            There is no such stack, or it is a sample or somebody else's.
        """
        if owner == EVERYONE:
            raise UnknownKey
        return list(self.remove_series(owner, key).keys)

    def rebuild(self, records: Iterable[StackRecord]) -> int:
        """Make the rows again of stacks that the catalogue has lost.

        Parameters
        ----------
        records : iterable of StackRecord
            As `Volumes.records` reads them from the folders; those that have their rows are left as they are.

        Returns
        -------
        int
            Stacks that had no rows.
        """
        made = 0
        for record in records:
            origin = record.origin
            with self._writing() as connection:
                add_owner(connection, origin.owner, origin.created)
                if origin.upload:
                    insert_once(
                        connection,
                        tables.upload,
                        id=origin.upload,
                        owner=origin.owner,
                        size=origin.upload_bytes,
                        created=origin.created,
                        received=origin.created,
                    )
                if insert_stack(connection, record, self._clock()):
                    insert_artifact(connection, _thumbnail(record.key), self._clock())
                    made += 1
        return made


def _thumbnail(key: str) -> Artifact:
    """The row of the picture that lies beside every volume."""
    return Artifact(token_hex(16), key, "thumbnail", None, {})
