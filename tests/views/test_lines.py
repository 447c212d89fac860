"""Which stacks are offered beside an open one, and the ways between overview pictures and their slices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.views.test_library import a_card, as_text
from webapp.errors import UnknownKey
from webapp.figures.slice import LINE_COLOURS
from webapp.services import Services
from webapp.store.model import Card
from webapp.views import lines

HERE, THERE = "a" * 32, "b" * 32
OPEN = a_card(key="0" * 32, series_id="s1")
META = {"kind": "volume", "system": HERE}


def beside(*found: tuple[Card, dict[str, Any] | None]) -> Services:
    """An instance in which these stacks lie beside the open one; one without a description was deleted meanwhile."""
    metas = {card.key: meta for card, meta in found}

    def meta(key: str) -> dict[str, Any]:
        if metas[key] is None:
            raise UnknownKey
        return cast(dict[str, Any], metas[key])

    companions = [card for card, _ in found]
    parts = {
        "owner": lambda: "me",
        "catalogue": SimpleNamespace(companions=lambda _owner, _key: companions),
        "volumes": SimpleNamespace(meta=meta),
    }
    return cast(Services, SimpleNamespace(**parts))


def card(number: int, **changes: Any) -> Card:
    return a_card(**{"key": f"{number:032x}", "series_id": f"s{number}", **changes})


def overviews(number: int, series: str) -> Card:
    shape = {"shape_kji": (3, 192, 192), "slice_axis": None, "spacing_mm_kji": None}
    return card(number, series_id=series, kind="pictures", label="overview pictures", **shape)


def places(*systems: str | None) -> dict[str, Any]:
    return {"kind": "pictures", "places": [{"system": system} for system in systems]}


def offered(*found: tuple[Card, dict[str, Any] | None]) -> list[dict[str, Any]]:
    return lines.links(beside(*found), OPEN, META)


def keys(links: Sequence[dict[str, Any]]) -> list[int]:
    return [int(link["key"], 16) for link in links]


def test_stacks_in_the_same_coordinate_system_are_offered() -> None:
    (link,) = offered((card(2), META))
    assert link == {
        "key": f"{2:032x}",
        "name": "Abdomen · 275 slices, axial",
        "colour": LINE_COLOURS["axial"],
        "placed": True,
        "overview": False,
        "sibling": False,
    }


def test_stacks_of_another_coordinate_system_are_not_offered() -> None:
    assert offered((card(2), {**META, "system": THERE}), (card(3), {**META, "system": None})) == []


def test_a_stack_that_was_deleted_meanwhile_is_left_out() -> None:
    assert offered((card(2), None)) == []


def test_pictures_are_offered_when_one_of_them_lies_here() -> None:
    assert keys(offered((card(2), places(None, HERE)), (card(3), places(None, THERE)))) == [2]


def test_the_overview_pictures_of_the_series_are_reached_whatever_they_name() -> None:
    (link,) = offered((overviews(2, "s1"), places(None, None, None)))
    assert (link["overview"], link["sibling"], link["placed"]) == (True, True, False)
    assert link["name"] == "Abdomen: overview pictures · 3 pictures"


def test_volumes_come_first_then_those_of_the_series_then_the_longest() -> None:
    short = card(2, shape_kji=(9, 512, 512))
    found = offered((overviews(1, "s1"), places(HERE)), (short, META), (card(3), META), (card(4, series_id="s1"), META))
    assert keys(found) == [4, 3, 2, 1]


def scene(label: str, *links: dict[str, Any]) -> dict[str, Any]:
    return {"label": label, "links": list(links)}


def test_a_stack_leads_to_its_overview_pictures() -> None:
    links = offered((overviews(2, "s1"), places(HERE)), (overviews(3, "s9"), places(HERE)), (card(4), META))
    (way,) = lines.ways(scene("", *links))
    said = as_text(way)
    assert "Show the overview pictures" in said
    assert json.dumps({"data-stack": f"{2:032x}"})[1:-1] in said


def test_overview_pictures_lead_to_the_slices_of_their_series() -> None:
    links = offered((card(2, series_id="s1"), META), (card(3), META))
    (way,) = lines.ways(scene("overview pictures", *links))
    assert "Show Abdomen · 275 slices, axial" in as_text(way)


@pytest.mark.parametrize("opened", [{}, scene("")])
def test_a_stack_beside_nothing_leads_nowhere(opened: dict[str, Any]) -> None:
    assert lines.ways(opened) == []
