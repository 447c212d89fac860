"""The database under the catalogue: opened, brought to this version, and used in short transactions."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from webapp.errors import CatalogueUnreadable, NoSpaceLeft
from webapp.store.files import PRIVATE_FILE, alone, make_private

MIGRATIONS = Path(__file__).parent / "migrations"
#: How long one writer waits for another, ms.
BUSY_MS = 15_000
#: Any number, the same in every process: Postgres lets one of them migrate at a time.
MIGRATION_LOCK = 7_241_981


class Database:
    """A migrated database and the two ways to speak to it.

    Parameters
    ----------
    url : str
        A SQLAlchemy URL, SQLite or Postgres. One object serves all threads of one process; make it after a fork.
    clock : callable
        Seconds since 1970.

    Raises
    ------
    CatalogueUnreadable
        The file is damaged, of a newer version, or the URL's driver is missing.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._engine = _engine(url)
        try:
            with _alone(_file(url)):
                _migrate(self._engine)
        except (DatabaseError, CommandError) as error:
            self._engine.dispose()
            raise CatalogueUnreadable from error

    def now(self) -> float:
        """Seconds since 1970, by the clock the rows are dated with."""
        return self._clock()

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def check(self) -> None:
        """Ask the database something.

        Raises
        ------
        CatalogueUnreadable
            It does not answer.
        """
        try:
            with self._reading() as connection:
                connection.execute(text("SELECT 1 FROM alembic_version"))
        except DatabaseError as error:
            raise CatalogueUnreadable from error

    def tidy(self) -> None:
        """Empty SQLite's journal, so that deleted rows leave the disk."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One consistent look."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction that holds the writer's lock from its beginning; all of it stays or nothing."""
        try:
            with self._engine.connect() as connection:
                connection.execution_options(writing=True)
                with connection.begin():
                    yield connection
        except OperationalError as error:
            if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                raise NoSpaceLeft from error
            raise


def insert_once(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one with its key is there; say whether it was inserted."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    return bool(connection.execute(kind.insert(table).values(**values).on_conflict_do_nothing()).rowcount)


def _file(url: str) -> Path | None:
    """Where a SQLite catalogue lies; None for one in memory or elsewhere."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database))


def _engine(url: str) -> Engine:
    """An engine whose SQLite connections wait for each other, hold foreign keys and wipe what they delete."""
    try:
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise CatalogueUnreadable(
            "The address in TRUESLICE_CATALOGUE_URL needs a driver that is not installed, or is not an address.",
            "Leave it empty for SQLite, or install the driver (psycopg).",
        ) from error
    if (file := _file(url)) is not None:
        make_private(file.parent)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    """Settings that SQLite forgets with each connection; transactions are begun by `_begin`, not by the driver."""
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_MS}", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Take the writer's lock at once where something will be written: a look that turns into a write may fail."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")


def _alone(file: Path | None) -> AbstractContextManager[int | None]:
    """Keep other processes out while the tables are made."""
    return nullcontext() if file is None else alone(file.with_name(f"{file.name}.lock"))


def _migrate(engine: Engine) -> None:
    """Bring the tables to this version."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    head = ScriptDirectory.from_config(config).get_current_head()
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.connection.execute("PRAGMA journal_mode=WAL")
    with engine.connect() as connection:
        connection.execution_options(writing=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            if _version(connection) != head:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    """The revision the tables are of; None before the first."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
