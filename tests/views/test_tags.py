"""The tag panel's rows, columns and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import dash_ag_grid as dag
import pytest

from webapp.compare.table import compare
from webapp.dicom.tag_row import TagRow
from webapp.errors import UnknownKey
from webapp.findings import Verdict
from webapp.services import Services
from webapp.store.model import Card
from webapp.views import tag_rows, tags

ONE, TWO = "1" * 32, "2" * 32
GAP = TagRow("0018,0088", "0018,0088", "SpacingBetweenSlices", "Spacing Between Slices", "DS", "2", 0, "")
THICK = TagRow("0018,0050", "0018,0050", "SliceThickness", "Slice Thickness", "DS", "5", 0, "")
NESTED = TagRow("0008,1140[0].0008,1155", "0008,1155", "ReferencedSOPInstanceUID", "Referenced UID", "UI", "1.2", 1, "")
PRIVATE = TagRow("0019,100C", "0019,100C", "", "B_value", "IS", "1000", 0, "SIEMENS MR HEADER")


@dataclass(frozen=True)
class OwnersRows:
    """A catalogue of what one owner may see, and the rows beside it."""

    rows: Mapping[str, Sequence[TagRow]]

    def stack(self, owner: str, key: str) -> Card:
        if owner != "me" or key not in self.rows:
            raise UnknownKey
        return a_card(key)

    def folder(self, key: str) -> Path:
        return Path(key)


def a_card(key: str, **facts: Any) -> Card:
    card = Card(
        key=key,
        owner="me",
        kind="volume",
        modality="MR",
        manufacturer="ACME",
        description=f"series {key}",
        images=3,
        shape_kji=(3, 4, 5),
        spacing_mm_kji=(7.0, 1.0, 1.0),
        verdict=Verdict.TRUSTED,
        summary="",
        created=0.0,
        mine=True,
        series_id="1",
        study_uid="1.2",
        series_uid="1.2.3",
    )
    return replace(card, **facts)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Services:
    """Two series of mine: one vendor keeps the gap in (0018,0088), the other the distance."""
    seen = OwnersRows({"one": [GAP, THICK], "two": [replace(GAP, value="7"), THICK, PRIVATE]})
    monkeypatch.setattr(tags, "read_rows", lambda folder: seen.rows[folder.name])
    return cast(Services, SimpleNamespace(catalogue=seen, volumes=seen, owner=lambda: "me", tokens=tuple))


def grid_row(row: TagRow) -> dict[str, Any]:
    return tag_rows.grid_row(compare([[row]])[0])


def the_grid() -> Any:
    (grid,) = (part for part in tags.layout().children if isinstance(part, dag.AgGrid))
    return grid


def words(component: Any) -> Iterator[str]:
    if isinstance(component, str):
        yield component
    children = getattr(component, "children", component if isinstance(component, list) else None)
    for child in children if isinstance(children, list) else [children] if children is not None else []:
        yield from words(child)


def test_without_an_open_series_the_table_is_empty(services: Services) -> None:
    rows, _, count, link = tags.table(services, [], only_differing=False)
    assert (rows, count, link) == ([], "", "")


def test_one_series_shows_every_element_and_its_value(services: Services) -> None:
    rows, _, count, _ = tags.table(services, ["one"], only_differing=False)
    assert [row["value0"] for row in rows] == ["5", "2"]
    assert count == "2 elements"


def test_the_link_leads_to_the_open_series(services: Services) -> None:
    assert tags.table(services, ["one", "two"], only_differing=False)[3] == "/volumes/one/tags.csv"


def test_two_series_stand_side_by_side_under_their_names(services: Services) -> None:
    rows, columns, count, _ = tags.table(services, ["one", "two"], only_differing=False)
    heads = [column["headerName"] for column in columns if column["field"].startswith("value")]
    assert heads == ["MR · series one · 5×4×3", "MR · series two · 5×4×3"]
    assert [(row["value0"], row["value1"], row["differs"]) for row in rows] == [
        ("5", "5", False),
        ("2", "7", True),
        ("not recorded", "1000", True),
    ]
    assert count == "2 of 3 differ"


def test_the_switch_keeps_only_what_differs(services: Services) -> None:
    rows, _, count, _ = tags.table(services, ["one", "two"], only_differing=True)
    assert [row["value1"] for row in rows] == ["7", "1000"]
    assert count == "2 of 3 differ"


def test_the_switch_hides_nothing_of_one_series_alone(services: Services) -> None:
    assert len(tags.table(services, ["one"], only_differing=True)[0]) == 2


@pytest.mark.parametrize("keys", [["foreign"], ["one", "foreign"]], ids=["opened", "compared with"])
def test_a_series_of_somebody_else_is_as_if_it_were_not_there(services: Services, keys: list[str]) -> None:
    with pytest.raises(UnknownKey):
        tags.table(services, keys, only_differing=False)


@pytest.mark.parametrize(
    ("scene", "other", "keys"),
    [
        (None, TWO, []),
        ({}, TWO, []),
        ({"key": ONE}, None, [ONE]),
        ({"key": ONE}, TWO, [ONE, TWO]),
        ({"key": ONE}, ONE, [ONE]),
        ({"key": ONE}, ["two"], [ONE]),
        ({"key": 1}, None, []),
        ("scene", None, []),
    ],
    ids=["nothing open", "library", "one", "two", "with itself", "with a list", "number", "no scene"],
)
def test_the_open_series_comes_first_and_never_twice(
    scene: dict[str, Any] | None, other: str | None, keys: list[str]
) -> None:
    assert tags.keys_of(scene, other) == keys


@pytest.mark.parametrize("spelling", ["(0018,0088)", "0018,0088", "00180088", "SpacingBetweenSlices", "Between Slices"])
def test_an_element_is_found_by_every_usual_spelling(spelling: str) -> None:
    assert spelling in grid_row(GAP)["search"]


def test_the_text_to_search_by_is_hidden_but_searched() -> None:
    (search,) = (column for column in tag_rows.columns(["Value"]) if column["field"] == "search")
    assert search["hide"]
    assert the_grid().dashGridOptions["includeHiddenColumnsInQuickFilter"]


def test_a_row_says_its_keyword_above_its_tag_and_representation() -> None:
    assert grid_row(GAP)["element"] == "SpacingBetweenSlices\n(0018,0088) DS"


def test_a_nested_element_says_its_item_and_stands_deeper() -> None:
    row = grid_row(NESTED)
    assert row["element"] == "ReferencedSOPInstanceUID\n[0] (0008,1155) UI"
    assert (row["depth"], row["path"]) == (1, "(0008,1140)[0].(0008,1155)")


def test_a_private_element_names_its_creator() -> None:
    assert grid_row(PRIVATE)["element"] == "B_value · SIEMENS MR HEADER\n(0019,100C) IS"


@pytest.mark.parametrize("name", ["", "Private tag data"])
def test_a_private_element_without_a_known_name_is_called_private(name: str) -> None:
    assert grid_row(replace(PRIVATE, name=name))["element"].startswith("private · SIEMENS MR HEADER\n")


def test_an_element_nobody_knows_is_called_unknown() -> None:
    assert grid_row(replace(GAP, keyword="", name=""))["element"].startswith("unknown\n")


def test_an_empty_value_is_said_to_be_empty() -> None:
    row = grid_row(replace(GAP, value=""))
    assert (row["value0"], row["quiet0"]) == ("empty", True)


def test_a_value_that_does_not_fit_promises_more() -> None:
    assert grid_row(replace(GAP, value="x" * 71))["long0"]
    assert not grid_row(replace(GAP, value="x" * 70))["long0"]


def test_the_chosen_row_is_read_in_full() -> None:
    row = grid_row(replace(NESTED, value="1." * 100))
    said = list(words(tags.detail([row], tag_rows.columns(["Value"]))))
    assert said == ["ReferencedSOPInstanceUID · [0] (0008,1155) UI", "(0008,1140)[0].(0008,1155)", "Value", "1." * 100]


def test_each_series_has_its_value_in_the_chosen_row(services: Services) -> None:
    rows, columns, _, _ = tags.table(services, ["one", "two"], only_differing=True)
    assert list(words(tags.detail(rows, columns)))[-4::2] == ["MR · series one · 5×4×3", "MR · series two · 5×4×3"]


@pytest.mark.parametrize("chosen", [None, []])
def test_without_a_chosen_row_the_panel_says_what_to_do(chosen: list[dict[str, Any]] | None) -> None:
    assert tags.detail(chosen, []) == tags.HINT


def test_every_other_series_is_offered_by_modality_and_description() -> None:
    cards = [a_card("one"), a_card("two"), a_card("three", description="", shape_kji=None)]
    assert tags.choices(cards, "one") == [
        {"value": "two", "label": "MR · series two · 5×4×3"},
        {"value": "three", "label": "MR · no description · 3 images"},
    ]


def test_nothing_is_offered_while_nothing_is_open() -> None:
    assert tags.choices([a_card("one")], None) == []


@pytest.mark.parametrize(
    ("named", "found"), [("2" * 32, "2" * 32), ("3" * 32, None), ("1" * 32, None)], ids=["there", "gone", "itself"]
)
def test_a_link_names_the_compared_series_while_it_is_there(named: str, found: str | None) -> None:
    cards = [a_card("1" * 32), a_card("2" * 32)]
    assert tags.linked(cards, "1" * 32, f"?stack={'1' * 32}&with={named}") == found


def test_a_link_without_a_second_series_compares_with_none() -> None:
    assert tags.linked([a_card("1" * 32), a_card("2" * 32)], "1" * 32, None) is None


def test_no_cell_may_run_code() -> None:
    assert not getattr(the_grid(), "dangerously_allow_code", False)
