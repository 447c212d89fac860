"""What may stand beside an open series, and how both move along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.factories import Scan
from tests.views.tag_library import a_card
from webapp.errors import UnknownKey
from webapp.services import Services
from webapp.store.model import Card
from webapp.views.beside_choice import BY_COUNT, BY_SHARE, SAME_MM, how, linked, offered, second

OPEN, SAME, ELSEWHERE = "a" * 32, "b" * 32, "c" * 32
Open = Callable[..., dict[str, Any]]


@pytest.fixture
def meta(open_scan: Open) -> dict[str, Any]:
    """The meta of the phantom as it was opened."""
    return open_scan()


@pytest.fixture
def services(meta: dict[str, Any]) -> Services:
    """An owner's three series: two of one study, and one of another study that names the same frame of reference."""
    cards = {key: replace(a_card(key), shape_kji=tuple(meta["shape_kji"])) for key in (OPEN, SAME, ELSEWHERE)}

    def stack(owner: str, key: str) -> Card:
        if owner != "me" or key not in cards:
            raise UnknownKey
        return cards[key]

    parts = {
        "owner": lambda: "me",
        "tokens": tuple,
        "catalogue": SimpleNamespace(
            stack=stack,
            touch=lambda _key: None,
            library=lambda _owner: list(cards.values()),
            companions=lambda _owner, _key: [cards[SAME]],
        ),
        "volumes": SimpleNamespace(open=lambda _key: SimpleNamespace(meta=meta)),
    }
    return cast(Services, SimpleNamespace(**parts))


def test_every_other_series_is_offered_those_of_the_study_first(services: Services) -> None:
    found = offered(services, {"key": OPEN})
    assert [(group["group"], [item["value"] for item in group["items"]]) for group in found] == [
        ("Same study", [SAME]),
        ("Other studies", [ELSEWHERE]),
    ]


def test_a_guest_is_offered_nothing_and_gets_nothing(services: Services) -> None:
    assert offered(services, {"key": OPEN, "guest": True}) == []
    assert second(services, {"key": OPEN, "guest": True}, SAME) == ({"of": OPEN}, "")


@pytest.mark.parametrize(
    ("search", "found"),
    [(f"?stack={OPEN}&beside={SAME}", SAME), (f"?beside={'d' * 32}", None), ("?beside=x", None), ("", None)],
)
def test_a_link_puts_a_series_beside_that_is_there(services: Services, search: str, found: str | None) -> None:
    assert linked(offered(services, {"key": OPEN}), search) == found


def test_series_of_one_study_and_frame_of_reference_move_in_the_same_millimetres(services: Services) -> None:
    scene, words = second(services, {"key": OPEN}, SAME)
    assert (scene["key"], scene["of"], scene["in_mm"], scene["words"], words) == (SAME, OPEN, True, SAME_MM, "")


def test_a_frame_of_reference_that_another_study_names_is_not_believed(services: Services) -> None:
    scene, _ = second(services, {"key": OPEN}, ELSEWHERE)
    assert (scene["in_mm"], scene["words"]) == (False, BY_SHARE)


def test_without_a_common_frame_of_reference_both_move_by_share_of_the_way(open_scan: Open) -> None:
    unplaced = open_scan(Scan(tags={"FrameOfReferenceUID": ""}))
    assert how(unplaced, unplaced, same_study=True) == BY_SHARE


def test_single_pictures_have_no_common_millimetres(meta: dict[str, Any]) -> None:
    assert how(meta, {**meta, "kind": "pictures"}, same_study=True) == BY_COUNT


@pytest.mark.parametrize("chosen", [None, OPEN, "x", 3, {}])
def test_what_is_no_other_series_stands_not_beside(services: Services, chosen: object) -> None:
    assert second(services, {"key": OPEN}, chosen) == ({"of": OPEN}, "")


def test_a_series_of_somebody_else_is_refused_in_words(services: Services) -> None:
    scene, words = second(services, {"key": OPEN}, "d" * 32)
    assert scene == {"of": OPEN}
    assert words == "There is nothing here. It may have been deleted. Open the library."
