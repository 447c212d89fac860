"""What the tests of the store share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.staged import Clock
from webapp.store.catalogue import Catalogue
from webapp.store.originals import Originals
from webapp.store.volumes import Volumes


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def catalogue(tmp_path: Path, clock: Clock) -> Iterator[Catalogue]:
    made = Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}", clock)
    yield made
    made.close()


@pytest.fixture
def volumes(tmp_path: Path) -> Volumes:
    return Volumes(tmp_path / "volumes")


@pytest.fixture
def originals(tmp_path: Path) -> Originals:
    return Originals(tmp_path / "uploads")
