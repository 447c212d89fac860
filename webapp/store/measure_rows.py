"""The rows of measurements: one list for each owner and stack."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from webapp.measures import Measure, from_json
from webapp.store import tables
from webapp.store.database import Database
from webapp.store.upload_rows import add_owner

_measures = tables.measures.c


class MeasureRows(Database):
    """What an owner measured, gone with the stack."""

    def measures(self, owner: str, key: str) -> tuple[Measure, ...]:
        """What an owner measured in a stack that the caller has been let in to."""
        query = select(_measures.shapes).where(_measures.owner == owner, _measures.stack == key)
        with self._reading() as connection:
            return from_json(connection.execute(query).scalar() or [])

    def keep_measures(self, owner: str, key: str, measures: Sequence[Measure]) -> None:
        """Keep an owner's measurements instead of those kept before."""
        mine = (_measures.owner == owner, _measures.stack == key)
        with self._writing() as connection:
            add_owner(connection, owner, self._clock())
            connection.execute(delete(tables.measures).where(*mine))
            if measures:
                shapes = [measure.as_json() for measure in measures]
                connection.execute(insert(tables.measures).values(owner=owner, stack=key, shapes=shapes))
