"""Measurements belong to an owner and a stack, and go with them."""

from __future__ import annotations

from tests.store.staged import KEY
from tests.test_measures import GOOD
from webapp.measures import from_json
from webapp.store.catalogue import Catalogue

ONE = from_json([GOOD])


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
