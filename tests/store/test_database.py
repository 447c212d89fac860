"""The database opens at this version, for several processes at once, and says why when it cannot."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from webapp.errors import CatalogueUnreadable, NoSpaceLeft
from webapp.store.catalogue import Catalogue
from webapp.store.tables import metadata


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(catalogue: Catalogue, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_catalogue_is_opened_again_with_its_rows(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.begin_upload("ann", "a" * 32, 7)
    again = Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    assert again.upload_owner("a" * 32) == "ann"
    again.close()


def test_four_processes_that_start_together_make_one_catalogue(tmp_path: Path) -> None:
    code = (
        f"from webapp.store.catalogue import Catalogue; Catalogue('sqlite:///{tmp_path}/catalogue.sqlite').library('a')"
    )
    started = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(4)]
    complaints = [process.communicate()[1] for process in started]
    assert [process.returncode for process in started] == [0] * 4, complaints


def test_a_damaged_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(CatalogueUnreadable):
        Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")


def test_a_catalogue_that_stops_answering_is_noticed(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.check()
    catalogue.close()
    (tmp_path / "catalogue.sqlite").unlink()
    with pytest.raises(CatalogueUnreadable):
        catalogue.check()


def test_a_catalogue_of_a_newer_version_is_refused_by_name(catalogue: Catalogue, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(CatalogueUnreadable):
        Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")


def test_an_address_without_its_driver_says_what_to_install() -> None:
    with pytest.raises(CatalogueUnreadable, match="driver"):
        Catalogue("oracle+cx_oracle://nowhere/")


def test_the_files_are_the_servers_own(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.begin_upload("ann", "a" * 32, 7)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("catalogue.sqlite*")}
    assert len(modes) >= 3
    assert set(modes.values()) == {0o600}


def test_a_deleted_text_leaves_the_disk(catalogue: Catalogue, tmp_path: Path) -> None:
    canary = "c0ffee" * 5 + "00"
    catalogue.begin_upload("ann", canary, 7)
    assert any(canary.encode() in path.read_bytes() for path in tmp_path.glob("catalogue.sqlite*"))
    catalogue.forget_upload(canary)
    catalogue.tidy()
    assert not any(canary.encode() in path.read_bytes() for path in tmp_path.glob("catalogue.sqlite*"))


def test_a_full_disk_is_named(catalogue: Catalogue) -> None:
    with catalogue._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(NoSpaceLeft):
        fill(catalogue)


def fill(catalogue: Catalogue) -> None:
    """Note uploads until there is no page left."""
    for number in range(10_000):
        catalogue.begin_upload("ann", f"{number:032x}", 7)
