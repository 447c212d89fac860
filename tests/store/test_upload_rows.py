"""The catalogue knows whose an upload is and whether it is whole."""

from __future__ import annotations

import pytest

from tests.store.staged import Clock
from webapp.errors import UnknownKey
from webapp.store.catalogue import Catalogue
from webapp.store.model import JobKind, JobOrder

ONE, TWO = "1" * 32, "2" * 32


def test_an_upload_has_an_owner_from_its_first_byte(catalogue: Catalogue) -> None:
    catalogue.begin_upload("ann", ONE, 5)
    assert catalogue.upload_owner(ONE) == "ann"


def test_an_unknown_upload_is_refused(catalogue: Catalogue) -> None:
    for ask in (catalogue.upload_owner, catalogue.received):
        with pytest.raises(UnknownKey):
            ask(ONE)


def test_unfinished_uploads_are_counted_for_each_owner(catalogue: Catalogue) -> None:
    catalogue.begin_upload("ann", ONE, 5)
    catalogue.begin_upload("ann", TWO, 5)
    assert (catalogue.unfinished_uploads("ann"), catalogue.unfinished_uploads("bob")) == (2, 0)
    catalogue.received(TWO)
    assert catalogue.unfinished_uploads("ann") == 1


def test_an_upload_is_stale_when_it_is_old_and_unfinished(catalogue: Catalogue, clock: Clock) -> None:
    catalogue.begin_upload("ann", ONE, 5)
    catalogue.begin_upload("ann", TWO, 5)
    catalogue.received(TWO)
    assert catalogue.stale_uploads(clock.now) == []
    assert catalogue.stale_uploads(clock.now + 1) == [ONE]


def test_a_forgotten_upload_is_gone(catalogue: Catalogue) -> None:
    catalogue.begin_upload("ann", ONE, 5)
    assert catalogue.forget_upload(ONE)
    assert not catalogue.forget_upload(ONE)
    assert catalogue.upload_ids() == set()


def test_a_received_upload_that_nobody_reads_is_found(catalogue: Catalogue) -> None:
    catalogue.begin_upload("ann", ONE, 5)
    assert catalogue.jobless_uploads() == []
    catalogue.received(ONE)
    assert [upload.id for upload in catalogue.jobless_uploads()] == [ONE]
    catalogue.add_job(JobOrder("ann", JobKind.INGEST, ONE, {}))
    assert catalogue.jobless_uploads() == []


def test_a_sample_is_noted_once_whoever_adds_it(catalogue: Catalogue) -> None:
    assert catalogue.begin_sample(ONE, 5, "hash") == ONE
    assert catalogue.begin_sample(TWO, 5, "hash") == ONE


def test_a_sample_counts_only_when_it_is_copied(catalogue: Catalogue) -> None:
    catalogue.begin_sample(ONE, 5, "hash")
    assert catalogue.sample_contents() == {}
    catalogue.received(ONE)
    assert catalogue.sample_contents() == {"hash": ONE}
