"""The rows of what was made of a stack: thumbnails, meshes, exports, and the levels on offer."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select

from webapp.errors import UnknownKey
from webapp.store import tables
from webapp.store.database import Database
from webapp.store.model import EVERYONE, Artifact

#: How many of each kind are kept of one stack; moving the level makes many.
KEPT: Mapping[str, int] = MappingProxyType({"mesh": 8, "export": 4})

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

    def made_with(self, key: str, kind: str, options: dict[str, Any]) -> Artifact | None:
        """The newest mesh or export of a stack that was made with the same options."""
        made = (one for one in self.artifacts_of(key) if one.kind == kind)
        return next((one for one in made if one.facts.get("options") == options), None)

    def keep_levels(self, key: str, facts: dict[str, Any]) -> None:
        """Keep the levels on offer for a stack, so that they are looked for once."""
        with self._writing() as connection:
            if connection.execute(select(exists().where(tables.stack.c.key == key))).scalar():
                insert_artifact(connection, Artifact(token_hex(16), key, "levels", None, facts), self._clock())


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


def drop_old_meshes(connection: Connection, key: str, most_bytes: int) -> list[str]:
    """Delete the rows of all but the newest meshes and exports of a stack and name them; the newest always stays."""
    made = select(_artifact.id, _artifact.kind, _artifact.facts).where(_artifact.stack == key, _artifact.kind.in_(KEPT))
    counts, size, old = dict.fromkeys(KEPT, 0), 0, []
    for row in connection.execute(made.order_by(_artifact.created.desc(), _artifact.id)):
        counts[row.kind] += 1
        size += int(row.facts.get("bytes", 0))
        if counts[row.kind] > KEPT[row.kind] or (size > most_bytes and sum(counts.values()) > 1):
            old.append(row.id)
    connection.execute(delete(tables.artifact).where(_artifact.id.in_(old)))
    return old


def _value(row: Row[*tuple[Any, ...]]) -> Artifact:
    """A row as a value."""
    return Artifact(row.id, row.stack, row.kind, row.level, dict(row.facts))
