"""The rows of what was made of a stack: thumbnails and meshes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from webapp.errors import UnknownKey
from webapp.store import tables
from webapp.store.database import Database
from webapp.store.model import EVERYONE, Artifact

#: Meshes kept of one stack; moving the level makes many.
MESHES = 8

_artifact = tables.artifact.c
_COLUMNS = (_artifact.id, _artifact.stack, _artifact.kind, _artifact.level, _artifact.facts)


class ArtifactRows(Database):
    """Artifacts, seen by whoever may see their stack."""

    def artifact(self, owner: str, artifact_id: str) -> Artifact:
        """One artifact.

        Raises
        ------
        UnknownKey
            There is no such artifact, or its stack is somebody else's.
        """
        joined = tables.artifact.join(tables.stack, _artifact.stack == tables.stack.c.key)
        joined = joined.join(tables.series, tables.stack.c.series == tables.series.c.id)
        joined = joined.join(tables.study, tables.series.c.study == tables.study.c.id)
        mine = [_artifact.id == artifact_id, tables.study.c.owner.in_((owner, EVERYONE))]
        with self._reading() as connection:
            row = connection.execute(select(*_COLUMNS).select_from(joined).where(*mine)).first()
        if row is None:
            raise UnknownKey
        return _value(row)

    def artifacts_of(self, key: str) -> list[Artifact]:
        """Everything made of a stack, newest first."""
        query = select(*_COLUMNS).where(_artifact.stack == key).order_by(_artifact.created.desc(), _artifact.id)
        with self._reading() as connection:
            return [_value(row) for row in connection.execute(query)]

    def mesh_at(self, key: str, level: float) -> Artifact | None:
        """The newest mesh of a stack at a level, in the stack's unit."""
        return next((made for made in self.artifacts_of(key) if made.kind == "mesh" and made.level == level), None)


def insert_artifact(connection: Connection, artifact: Artifact, now: float) -> None:
    """A new row."""
    connection.execute(
        insert(tables.artifact).values(
            id=artifact.id,
            stack=artifact.key,
            kind=artifact.kind,
            level=artifact.level,
            facts=artifact.facts,
            created=now,
        )
    )


def drop_old_meshes(connection: Connection, key: str) -> list[str]:
    """Delete the rows of all but the newest meshes of a stack and name them."""
    meshes = select(_artifact.id).where(_artifact.stack == key, _artifact.kind == "mesh")
    old = list(connection.execute(meshes.order_by(_artifact.created.desc(), _artifact.id).offset(MESHES)).scalars())
    connection.execute(delete(tables.artifact).where(_artifact.id.in_(old)))
    return old


def _value(row: Row[*tuple[Any, ...]]) -> Artifact:
    """A row as a value."""
    return Artifact(row.id, row.stack, row.kind, row.level, dict(row.facts))
