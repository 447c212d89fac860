"""Measurements are kept for whoever made them, and for nobody else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.test_measures import GOOD
from webapp.errors import LinkDead, UnknownKey
from webapp.measures import Measure, from_json
from webapp.services import Services
from webapp.store.model import Share
from webapp.views import measure

KEY = "1" * 32


class Rows:
    """One stack of Ann's, and a link to it."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], tuple[Measure, ...]] = {}

    def stack(self, owner: str, key: str) -> Any:
        if (owner, key) != ("ann", KEY):
            raise UnknownKey
        return SimpleNamespace(mine=True)

    def share_of(self, token: str) -> Share:
        if token != "live":
            raise LinkDead
        return Share("s", "ann", KEY, "", 0.0, 1.0, None, None)

    def note_use(self, _share: Share) -> None:
        pass

    def measures(self, owner: str, key: str) -> tuple[Measure, ...]:
        return self.kept.get((owner, key), ())

    def keep_measures(self, owner: str, key: str, measures: tuple[Measure, ...]) -> None:
        self.kept[owner, key] = measures


def browser(owner: str, *tokens: str) -> Services:
    return cast(Services, SimpleNamespace(owner=lambda: owner, tokens=lambda: tokens, catalogue=Rows()))


def test_what_is_drawn_is_there_when_the_stack_is_opened_again() -> None:
    services = browser("ann")
    assert measure.keep(services, {"key": KEY, "shapes": [GOOD]}) == ""
    assert measure.load(services, {"key": KEY}) == {"key": KEY, "shapes": [from_json([GOOD])[0].as_json()]}


def test_a_guest_is_told_that_nothing_is_kept() -> None:
    services = browser("guest", "live")
    assert "not kept" in measure.keep(services, {"key": KEY, "shapes": [GOOD]})
    assert cast(Any, services.catalogue).kept == {}


def test_what_is_malformed_is_refused_in_words() -> None:
    assert measure.keep(browser("ann"), {"key": KEY, "shapes": [{}]}).startswith("Not kept.")


def test_a_stack_of_somebody_else_is_unknown() -> None:
    with pytest.raises(UnknownKey):
        measure.load(browser("bob"), {"key": KEY})
    assert measure.keep(browser("bob"), {"key": KEY, "shapes": []}).startswith("Not kept.")


def test_the_library_has_no_measurements() -> None:
    assert measure.load(browser("ann"), {}) == {"key": None, "shapes": []}
