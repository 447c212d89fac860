"""Measurements belong to an owner and a stack, and go with them."""

from __future__ import annotations

import pytest

from tests.store.staged import meta_of, origin_of
from tests.test_measures import GOOD
from webapp.measures import from_json
from webapp.store.catalogue import Catalogue
from webapp.store.model import JobKind, JobOrder, StackRecord

KEY = f"{7:032x}"
ONE = from_json([GOOD])


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


def test_they_are_kept_for_whoever_made_them(shelf: Catalogue) -> None:
    shelf.keep_measures("ann", KEY, ONE)
    assert shelf.measures("ann", KEY) == ONE
    assert shelf.measures("bob", KEY) == ()


def test_the_newest_list_takes_the_place_of_the_old_one(shelf: Catalogue) -> None:
    shelf.keep_measures("ann", KEY, ONE)
    shelf.keep_measures("ann", KEY, ())
    assert shelf.measures("ann", KEY) == ()


def test_they_go_with_the_series(shelf: Catalogue) -> None:
    shelf.keep_measures("ann", KEY, ONE)
    shelf.remove_series("ann", KEY)
    assert shelf.measures("ann", KEY) == ()
