"""The chosen element in full, and its value along the slices."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compare.stacks import finding, meta
from tests.views.tag_library import ONE, TWO, a_shelf, first_table, parts, services_of, words
from webapp.compare.view import Column
from webapp.services import Services
from webapp.views.tag_detail import HINT, detail
from webapp.views.tag_plot import marks_of
from webapp.views.tag_table import Asked, table


@pytest.fixture
def services() -> Services:
    told = meta(findings=[finding("G34", "0018,0088", severity="WARN", message="It is the gap.", tag_mm=0.8)])
    return services_of(a_shelf(**{ONE: Column("one", first_table(), told)}))


def chosen(services: Services, title: str, *keys: str, index: int = 2) -> Any:
    asked = Asked(keys, where={"key": ONE, "index": index, "time": 0})
    rows = [row for row in table(services, asked).rows if row["element"].startswith(title)]
    return detail(services, asked, rows)


def test_the_value_of_the_slice_and_how_it_runs_are_said(services: Services) -> None:
    said = list(words(chosen(services, "SliceLocation", ONE)))
    assert "6\u2009mm" in said
    assert "changes regularly within the series: 0 to 15 in steps of 3" in said


def test_a_varying_element_is_drawn_with_a_way_to_each_slice(services: Services) -> None:
    bars = list(parts(chosen(services, "SliceLocation", ONE), "Button"))
    told = [bar.to_plotly_json()["props"] for bar in bars]
    assert [(one["data-plane"], one["data-first"]) for one in told] == [("axial", str(place)) for place in range(6)]
    assert [one["className"] for one in told].index("tag-plot-bar is-shown") == 2
    assert told[1]["title"] == "slice 2: 3 mm"


def test_a_constant_element_is_not_drawn(services: Services) -> None:
    assert list(parts(chosen(services, "SliceThickness", ONE), "Button")) == []


def test_the_marks_run_in_the_order_of_the_views() -> None:
    turned = meta(acquired={"axes": [0, 1, 2], "flips": [True, False, False]})
    services = services_of(a_shelf(**{ONE: Column("one", first_table(), turned)}))
    first = next(parts(chosen(services, "SliceLocation", ONE), "Button"))
    assert first.title == "slice 1: 15 mm"


def test_what_was_done_with_a_tag_is_said_with_the_words_of_the_audit(services: Services) -> None:
    said = list(words(chosen(services, "SpacingBetweenSlices", ONE)))
    assert "It is the gap." in said
    assert any(one.startswith("not used for spacing") for one in said)


def test_each_series_has_its_value_and_how_it_compares(services: Services) -> None:
    said = list(words(chosen(services, "SpacingBetweenSlices", ONE, TWO)))
    assert [one for one in said if one in ("4.8\u2009mm", "0.8\u2009mm", " reference", " ≠ different")] == [
        " reference", "4.8\u2009mm", " ≠ different", "0.8\u2009mm",
    ]  # fmt: skip


def test_the_first_difference_is_a_way_to_its_slice(services: Services) -> None:
    buttons = parts(chosen(services, "SliceLocation", ONE, TWO), "Button")
    assert [one.children for one in buttons if one.className == "slice-link"] == ["slice 4"]


def test_pages_about_an_element_are_opened_by_the_user_and_told_nothing(services: Services) -> None:
    links = list(parts(chosen(services, "SliceLocation", ONE), "A"))
    assert len(links) == 2
    assert {(link.target, link.rel) for link in links} == {("_blank", "noopener noreferrer")}


@pytest.mark.parametrize("rows", [None, [], ["x"], [{"row": "gone"}], [{}]])
def test_without_a_row_that_is_there_the_panel_says_what_to_do(services: Services, rows: Any) -> None:
    assert detail(services, Asked([ONE]), rows) == HINT


def test_numbers_are_drawn_to_scale() -> None:
    assert [mark.low for mark in marks_of(["0", "10", "5", None], "DS", "mm")] == [0.0, 1.0, 0.5, None]


def test_texts_stand_one_above_the_other() -> None:
    assert [mark.low for mark in marks_of(["A", "B", "A"], "CS", "")] == [0.0, 1.0, 0.0]


def test_very_many_slices_share_marks_without_losing_one() -> None:
    marks = marks_of([str(n) for n in range(2000)], "DS", "")
    assert len(marks) <= 240
    assert [mark.first for mark in marks[1:]] == [mark.last + 1 for mark in marks[:-1]]
    assert marks[-1].last == 1999
