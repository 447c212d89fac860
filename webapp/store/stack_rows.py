"""The rows of studies, series and stacks: what the library shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, delete, func, insert, or_, select, update

from webapp.errors import UnknownKey
from webapp.findings import Verdict
from webapp.stackfiles import OVERLAY
from webapp.stackwords import measured_spacing
from webapp.store import tables
from webapp.store.database import Database, insert_once
from webapp.store.model import EVERYONE, Card, Origin, StackRecord
from webapp.store.upload_rows import add_owner

#: A view is noted at most this often, s: scrolling asks for many slices.
VIEW_SECONDS = 60.0

_stack, _series, _study = tables.stack.c, tables.series.c, tables.study.c


class StackRows(Database):
    """Stacks, each seen only by its owner, or by all when it is a sample."""

    def library(self, owner: str, *, overlays: bool = False) -> list[Card]:
        """The stacks an owner may look at: own ones, newest upload first, then the samples as they came.

        Parameters
        ----------
        owner : str
        overlays : bool
            Whether what is drawn over others is among them.
        """
        mine = _study.owner == owner
        query = _cards().where(or_(mine, _study.owner == EVERYONE))
        query = query if overlays else query.where(_stack.kind != OVERLAY)
        age = case((mine, -_series.created), else_=_series.created)
        query = query.order_by(mine.desc(), age, _series.place, _stack.place, _stack.key)
        with self._reading() as connection:
            return [_card(row, owner) for row in connection.execute(query)]

    def stack(self, owner: str, key: str) -> Card:
        """One stack.

        Raises
        ------
        UnknownKey
            There is no such stack, or it is somebody else's.
        """
        query = _cards().where(_stack.key == key, _study.owner.in_((owner, EVERYONE)))
        with self._reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise UnknownKey
        return _card(row, owner)

    def companions(self, owner: str, key: str) -> list[Card]:
        """The other stacks of a stack's study, as they came; never those of another owner, whoever asks.

        Raises
        ------
        UnknownKey
            There is no such stack, or it is somebody else's.
        """
        self.stack(owner, key)
        study = select(_series.study).join(tables.stack, _stack.series == _series.id).where(_stack.key == key)
        mine = _study.owner.in_((owner, EVERYONE))
        query = _cards().where(_study.id == study.scalar_subquery(), mine, _stack.key != key)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(_series.created, _series.place, _stack.place, _stack.key))
            return [_card(row, owner) for row in rows]

    def touch(self, key: str) -> None:
        """Note that a stack is being looked at now."""
        now = self._clock()
        old = [_stack.key == key, or_(_stack.viewed < now - VIEW_SECONDS, _stack.viewed > now)]
        with self._reading() as connection:
            due = connection.execute(select(_stack.key).where(*old)).first()
        if due is not None:
            with self._writing() as connection:
                connection.execute(update(tables.stack).where(*old).values(viewed=now))

    def expired(self, viewed: float, created: float = float("-inf")) -> dict[str, tuple[str, str]]:
        """Series that have had their time: id to ``(owner, key)``; samples do not expire.

        Parameters
        ----------
        viewed : float
            No stack was looked at since, s since 1970.
        created : float
            Or the upload began before, s since 1970.
        """
        query = (
            select(_series.id, _study.owner, func.min(_stack.key))
            .select_from(_JOINED)
            .where(_study.owner != EVERYONE)
            .group_by(_series.id, _study.owner)
            .having(or_(func.max(_stack.viewed) < viewed, func.min(_series.created) < created))
        )
        with self._reading() as connection:
            return {str(series): (str(owner), str(key)) for series, owner, key in connection.execute(query)}

    def keys_of_upload(self, upload_id: str) -> list[str]:
        """The stacks that came with an upload."""
        query = select(_stack.key).select_from(_JOINED).where(_series.upload == upload_id)
        with self._reading() as connection:
            return list(connection.execute(query).scalars())

    def keys_of_owner(self, owner: str) -> list[str]:
        """All stacks of an owner's own."""
        query = select(_stack.key).select_from(_JOINED).where(_study.owner == owner)
        with self._reading() as connection:
            return list(connection.execute(query).scalars())

    def series_called(self, owner: str, study_uid: str | None, series_uid: str | None) -> list[list[str]]:
        """The stacks of each of an owner's series with these UIDs, as they came."""
        query = (
            select(_series.id, _stack.key)
            .select_from(_JOINED)
            .where(_study.owner == owner, _study.study_uid == text(study_uid, 64))
            .where(_series.series_uid == text(series_uid, 64))
            .order_by(_series.created, _series.place, _stack.place)
        )
        found: dict[str, list[str]] = {}
        with self._reading() as connection:
            for series, key in connection.execute(query):
                found.setdefault(series, []).append(key)
        return list(found.values())

    def place_beside(self, key: str) -> Origin:
        """The origin of one further stack of the series that a stack belongs to, behind all others.

        Raises
        ------
        UnknownKey
            There is no such stack.
        """
        origin = self.origins().get(key)
        if origin is None:
            raise UnknownKey
        last = select(func.max(_stack.place)).where(_stack.series == origin.series)
        with self._reading() as connection:
            inner = int(connection.execute(last).scalar_one()) + 1
        return replace(origin, place=(origin.place[0], inner))

    def origins(self) -> dict[str, Origin]:
        """Where each stack came from, by its key."""
        columns = (_stack.key, _study.owner, tables.upload.c.id, tables.upload.c.size)
        query = select(*columns, _series.id, _series.place, _stack.place, _series.created).select_from(
            _JOINED.outerjoin(tables.upload, tables.upload.c.id == _series.upload)
        )
        with self._reading() as connection:
            return {
                str(key): Origin(owner, upload or "", size or 0, series, (outer, inner), created)
                for key, owner, upload, size, series, outer, inner, created in connection.execute(query)
            }


_JOINED = tables.stack.join(tables.series, _stack.series == _series.id).join(
    tables.study, _series.study == _study.id
)  # fmt: skip


def insert_stack(connection: Connection, record: StackRecord, now: float) -> bool:
    """Make every row of a stack that is not there yet; False when the stack's own row was."""
    if connection.execute(select(_stack.key).where(_stack.key == record.key)).first() is not None:
        return False
    _insert_series(connection, record.origin, record.meta["series"])
    meta = record.meta
    connection.execute(
        insert(tables.stack).values(
            key=record.key,
            series=record.origin.series,
            place=record.origin.place[1],
            label=text(meta.get("label") or meta["id"], 64),
            kind=text(meta["kind"], 16),
            shape_kji=meta["shape_kji"],
            spacing_mm_kji=measured_spacing(meta),
            slice_axis=meta["slice_axis"],
            verdict=Verdict(meta["verdict"]),
            summary=text(meta["summary"], 1000),
            viewed=now,
        )
    )
    _insert_times(connection, record.key, meta)
    _insert_findings(connection, record.key, meta["findings"])
    return True


def text(value: object, length: int) -> str:
    """Text from a file as a column takes it: cut, and without the NUL that Postgres refuses."""
    return ("" if value is None else str(value)).replace("\0", "")[:length]


def _insert_series(connection: Connection, origin: Origin, facts: dict[str, Any]) -> None:
    """The series' row, and its study's, owner's, unless they are there."""
    add_owner(connection, origin.owner, origin.created)
    uids = {"patient_key": text(facts["patient_key"], 64), "study_uid": text(facts["study_instance_uid"], 64)}
    insert_once(connection, tables.study, owner=origin.owner, **uids)
    which = and_(_study.owner == origin.owner, *(_study[name] == value for name, value in uids.items()))
    insert_once(
        connection,
        tables.series,
        id=origin.series,
        study=connection.execute(select(_study.id).where(which)).scalar_one(),
        upload=origin.upload or None,
        series_uid=text(facts["series_instance_uid"], 64),
        modality=text(facts["modality"], 16),
        manufacturer=text(facts["manufacturer"], 256),
        description=text(facts["description"], 256),
        images=int(facts["images"]),
        place=origin.place[0],
        created=origin.created,
    )


def _insert_times(connection: Connection, key: str, meta: dict[str, Any]) -> None:
    """One row for each point in time."""
    values = meta["time_values"] or [None] * meta["time_points"]
    unit = text(meta["time_unit"], 32)
    rows = [
        {
            "stack": key,
            "time": time,
            "name": text(value, 64),
            "value": value if isinstance(value, int | float) else None,
            "unit": unit,
        }
        for time, value in enumerate(values)
    ]
    connection.execute(insert(tables.volume), rows)


def _insert_findings(connection: Connection, key: str, findings: list[dict[str, Any]]) -> None:
    """One row for each sentence of the audit, in its order."""
    rows = [
        {
            "stack": key,
            "place": place,
            "code": text(finding["id"], 8),
            "severity": text(finding["severity"], 8),
            "message": text(finding["message"], 2000),
            "numbers": finding["numbers"],
            "tags": finding["tags"],
            "slices": finding["slices"],
        }
        for place, finding in enumerate(findings)
    ]
    if rows:
        connection.execute(insert(tables.finding), rows)


def delete_series(connection: Connection, series_id: str) -> None:
    """Delete a series with all that hangs on it, and its study when that is empty now."""
    study = connection.execute(select(_series.study).where(_series.id == series_id)).scalar_one()
    connection.execute(delete(tables.series).where(_series.id == series_id))
    empty = ~select(_series.id).where(_series.study == study).exists()
    connection.execute(delete(tables.study).where(_study.id == study, empty))


def _cards() -> Select[Any]:
    """The columns of a `Card`."""
    return select(
        _stack.key,
        _study.owner,
        _stack.kind,
        _stack.label,
        _series.modality,
        _series.manufacturer,
        _series.description,
        _series.images,
        _stack.shape_kji,
        _stack.spacing_mm_kji,
        _stack.slice_axis,
        _stack.verdict,
        _stack.summary,
        _series.created,
        _series.id.label("series_id"),
        _study.study_uid,
        _series.series_uid,
    ).select_from(_JOINED)


def _card(row: Row[*tuple[Any, ...]], reader: str) -> Card:
    """A row as its reader sees it."""
    values = row._asdict()
    values["mine"] = row.owner == reader
    values["verdict"] = Verdict(row.verdict)
    for name in ("shape_kji", "spacing_mm_kji"):
        values[name] = None if values[name] is None else tuple(values[name])
    return Card(**values)
