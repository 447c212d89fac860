"""What the tests of the store share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.staged import KEY, Clock, meta_of, origin_of
from webapp.store.catalogue import Catalogue
from webapp.store.model import JobKind, JobOrder, StackRecord
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


@pytest.fixture
def shelf(catalogue: Catalogue) -> Catalogue:
    """Ann's stack."""
    origin = origin_of()
    catalogue.begin_upload(origin.owner, origin.upload, origin.upload_bytes)
    catalogue.received(origin.upload)
    claim = catalogue.claim_job(catalogue.add_job(JobOrder(origin.owner, JobKind.INGEST, origin.upload, {})))
    assert claim is not None
    catalogue.commit_series(claim, [StackRecord(KEY, origin, meta_of())], {"keys": [KEY]})
    return catalogue
