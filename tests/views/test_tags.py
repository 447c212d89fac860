"""The tag panel's rows, columns, words and choices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_ag_grid as dag
import pytest

from tests.compare.stacks import finding, meta
from tests.views.tag_library import (
    NESTED,
    ONE,
    PLACES,
    PRIVATE,
    TWO,
    a_card,
    a_shelf,
    first_table,
    parts,
    services_of,
    with_rows,
)
from webapp.compare.search import Query
from webapp.compare.topics import Topic
from webapp.compare.view import Column
from webapp.errors import UnknownKey
from webapp.services import Services
from webapp.views import tag_columns, tags
from webapp.views.tag_rows import Row
from webapp.views.tag_table import MOST_ROWS, Asked, Table, query_of, table

HERE = {"key": ONE, "index": 2, "time": 0}


@pytest.fixture
def services() -> Services:
    return services_of(a_shelf())


def of(services: Services, *keys: str, where: object = None, **query: Any) -> Table:
    return table(services, Asked(keys, Query(**query), where))


def row(found: Table, title: str) -> Row:
    return next(one for one in found.rows if one["element"].split("\n")[0] == title)


def titles(found: Table) -> list[str]:
    return [one["element"].split("\n")[0] for one in found.rows if not one["computed"]]


def test_without_an_open_series_the_table_is_empty(services: Services) -> None:
    found = of(services)
    assert (found.rows, found.counted, found.files, found.link) == ([], "", [], {})


def test_one_series_shows_every_element_with_the_value_of_the_slice_on_show(services: Services) -> None:
    found = of(services, ONE, where=HERE)
    assert found.counted == "11 elements"
    assert row(found, "SliceLocation")["value0"].startswith("6")
    assert found.columns[1]["headerName"] == "Slice 3 of 6"


def test_where_findings_count_from_the_other_end_the_slice_on_show_is_the_same_picture() -> None:
    turned = meta(acquired={"axes": [0, 1, 2], "flips": [True, False, False]})
    services = services_of(a_shelf(**{ONE: Column("one", first_table(), turned)}))
    found = of(services, ONE, where=HERE)
    assert row(found, "SliceLocation")["value0"].startswith("9")
    assert found.columns[1]["headerName"] == "Slice 3 of 6"


@pytest.mark.parametrize(
    "where", [None, "here", {"key": TWO, "index": 0}, {"key": ONE, "index": "x"}, {"key": ONE, "index": 99}]
)
def test_a_slice_that_cannot_be_understood_is_some_slice_of_the_series(services: Services, where: object) -> None:
    assert row(of(services, ONE, where=where), "SliceLocation")["value0"].split("\u2009")[0] in PLACES


@pytest.mark.parametrize(
    ("title", "within"),
    [
        ("SliceThickness", "constant"),
        ("SliceLocation", "changes regularly: 0 to 15 in steps of 3"),
        ("TriggerTime", "changes irregularly: 10 to 30, 6 values"),
    ],
)
def test_a_series_alone_says_how_each_element_runs_along_it(services: Services, title: str, within: str) -> None:
    assert row(of(services, ONE), title)["within"] == within


def test_what_was_computed_stands_at_the_top(services: Services) -> None:
    found = of(services, ONE)
    assert found.rows[0]["element"] == "Spacing between slice centres\ncomputed"
    assert found.rows[0]["value0"] == "4.8\u2009mm"


def test_a_tag_says_what_was_done_with_it() -> None:
    told = meta(findings=[finding("G34", "0018,0088", spacing_mm=4.8, tag_mm=0.8)])
    services = services_of(a_shelf(**{ONE: Column("one", first_table(), told)}))
    value = row(of(services, ONE), "SpacingBetweenSlices")["value0"]
    assert value == "4.8\u2009mm\nnot used for spacing: measured 4.8 mm; this tag holds the gap between slices 0.8 mm"


def test_two_series_stand_side_by_side_under_their_names(services: Services) -> None:
    found = of(services, ONE, TWO)
    assert [one["headerName"] for one in found.columns[1:]] == [
        "MR · GE · Ax · 6 slices",
        "MR · SIEMENS · t1 · 6 slices",
    ]
    assert found.counted == "12 elements · 9 differ"


@pytest.mark.parametrize(
    ("title", "words", "state"),
    [
        ("Modality", "= equal", "equal"),
        ("SpacingBetweenSlices", "≠ different", "different"),
        ("PixelBandwidth", "∅ missing", "missing"),
        ("SliceThickness", "≈ formatting only", "formatting"),
    ],
)
def test_how_series_compare_is_said_in_a_word_and_a_mark(
    services: Services, title: str, words: str, state: str
) -> None:
    found = row(of(services, ONE, TWO), title)
    assert found["element"].split("\n")[1].startswith(f"{words} · (")
    assert found["state1"] == state


def test_an_element_that_differs_from_a_slice_on_leads_there(services: Services) -> None:
    found = of(services, ONE, TWO)
    assert row(found, "SliceLocation")["first"] == 3
    assert row(found, "Manufacturer")["first"] is None


def test_the_reference_stays_in_sight_beside_many(services: Services) -> None:
    services = services_of(a_shelf(**{"3" * 32: a_shelf().columns[TWO]}))
    found = of(services, ONE, TWO, "3" * 32)
    assert [one["pinned"] for one in found.columns] == ["left", "left", None, None]
    assert found.class_name == "tag-panel of-series columns-3"


@pytest.mark.parametrize(
    "words", ["(0018,0088)", "0018,0088", "00180088", "0018 0088", "SpacingBetweenSlices", "between spacing"]
)
def test_an_element_is_found_by_every_usual_spelling(services: Services, words: str) -> None:
    assert titles(of(services, ONE, words=words)) == ["SpacingBetweenSlices"]


def test_an_expression_between_slashes_is_looked_for(services: Services) -> None:
    query = query_of("/^slice(thick|loc)/", [], "", 1)
    assert titles(table(services, Asked([ONE], query))) == ["SliceThickness", "SliceLocation"]


def test_an_expression_that_cannot_be_used_is_refused_in_a_sentence(services: Services) -> None:
    found = table(services, Asked([ONE], query_of("/(/", [], "", 1)))
    assert found.rows == []
    assert found.note.endswith("or search for plain words.")


def test_what_nothing_is_called_is_said(services: Services) -> None:
    found = of(services, ONE, words="zebra")
    assert (found.counted, found.note) == ("0 of 11 elements", "Nothing here is called that.")


def test_only_what_differs_can_be_kept(services: Services) -> None:
    found = of(services, ONE, TWO, topics=frozenset([Topic.DIFFERS]))
    assert {"Modality", "SliceThickness", "PatientName"} & set(titles(found)) == set()
    assert "Manufacturer" in titles(found)


@pytest.mark.parametrize(
    ("topic", "shown"),
    [
        (Topic.GEOMETRY, ["SliceThickness", "SpacingBetweenSlices", "SliceLocation", "PixelSpacing"]),
        (Topic.IDENTITY, ["SeriesDescription", "PatientName"]),
        (Topic.PRIVATE, ["B_value · SIEMENS MR HEADER"]),
        (Topic.CONTRAST, []),
    ],
)
def test_rows_are_narrowed_to_what_they_are_about(services: Services, topic: Topic, shown: list[str]) -> None:
    assert titles(of(services, ONE, TWO, topics=frozenset([topic]))) == shown


def test_rows_are_narrowed_to_a_group(services: Services) -> None:
    assert titles(of(services, ONE, group="0010")) == ["PatientName"]


def test_of_one_series_nothing_differs_so_nothing_is_hidden() -> None:
    assert query_of("", ["differs"], "", 1).topics == frozenset()
    assert query_of("", ["differs"], "", 2).topics == frozenset([Topic.DIFFERS])


@pytest.mark.parametrize("sent", [(None, None, None), (1, "differs", 2), ({}, [1, "x"], "zz")])
def test_what_a_browser_sends_besides_is_left_out(sent: tuple[Any, Any, Any]) -> None:
    assert query_of(*sent, 2) == Query()


@pytest.mark.parametrize("keys", [["3" * 32], [ONE, "3" * 32]], ids=["opened", "compared with"])
def test_a_series_of_somebody_else_is_as_if_it_were_not_there(services: Services, keys: list[str]) -> None:
    with pytest.raises(UnknownKey):
        of(services, *keys)


def test_markup_and_formulas_are_plain_text() -> None:
    hostile = replace(PRIVATE, value="<script>1</script>"), replace(NESTED, value="=cmd")
    found = of(services_of(a_shelf(**{ONE: Column("one", with_rows(first_table(), *hostile), meta())})), ONE)
    assert row(found, "B_value · SIEMENS MR HEADER")["value0"] == "<script>1</script>"
    assert row(found, "ReferencedSOPInstanceUID")["value0"] == "=cmd"


def test_a_nested_element_says_its_item_and_stands_deeper() -> None:
    found = of(services_of(a_shelf(**{ONE: Column("one", with_rows(first_table(), NESTED), meta())})), ONE)
    nested = row(found, "ReferencedSOPInstanceUID")
    assert nested["element"].endswith("\n[0] (0008,1155) UI")
    assert nested["depth"] == 1


def test_of_very_many_elements_the_first_are_sent_and_the_rest_is_said() -> None:
    many = [replace(PRIVATE, path=f"0019,{n:04X}", tag=f"0019,{n:04X}") for n in range(0x1000, 0x1000 + MOST_ROWS)]
    found = of(services_of(a_shelf(**{ONE: Column("one", with_rows(first_table(), *many), meta())})), ONE)
    assert found.note == f"The first {MOST_ROWS} of {MOST_ROWS + 11} are shown; search to see others."


def test_a_long_value_is_cut_and_promises_more() -> None:
    long = with_rows(first_table(), replace(PRIVATE, value="x" * 4000))
    found = row(of(services_of(a_shelf(**{ONE: Column("one", long, meta())})), ONE), "B_value · SIEMENS MR HEADER")
    assert (len(found["value0"]), found["long0"]) == (256, True)


def test_the_same_protocol_at_another_vendor_is_one_line(services: Services) -> None:
    (details,) = of(services, ONE).vendor
    assert details.children[0].children[1].startswith("LAVA (GE, in Series Description) is ")
    assert "VIBE at Siemens" in details.children[0].children[1]


def test_the_files_hold_all_series_of_the_table(services: Services) -> None:
    links = [link.href for link in parts(of(services, ONE, TWO).files, "A")]
    assert links == [f"/volumes/{ONE}/comparison.{form}?with={TWO}" for form in ("csv", "json", "html")]


def test_a_link_keeps_series_filters_and_numbers(services: Services) -> None:
    topics = frozenset([Topic.GEOMETRY, Topic.DIFFERS])
    link = of(services, ONE, TWO, topics=topics, group="0018", words="00180088").link
    assert link == {
        "stack": ONE,
        "with": TWO,
        "show": "differs,geometry",
        "group": "0018",
        "against": "",
        "find": "00180088",
    }


def test_two_slices_of_one_series_stand_side_by_side(services: Services) -> None:
    found = table(services, Asked([ONE], where=HERE, against=6))
    assert [column["headerName"] for column in found.columns] == ["Element", "Slice 3 of 6", "Slice 6 of 6"]
    location = row(found, "SliceLocation")
    assert [location[name].split("\n")[0] for name in ("value0", "value1")] == ["6\u2009mm", "15\u2009mm"]
    assert location["state1"] == "different"
    assert row(found, "SliceThickness")["state1"] == "equal"
    assert not any(one["computed"] for one in found.rows)
    assert found.class_name == "tag-panel of-slices columns-2"


def test_what_two_slices_differ_in_can_be_kept_alone(services: Services) -> None:
    query = query_of("", ["differs"], "", 2)
    assert titles(table(services, Asked([ONE], query, HERE, against=6))) == ["TriggerTime", "SliceLocation"]


def test_two_slices_are_kept_in_the_link_and_in_the_files(services: Services) -> None:
    found = table(services, Asked([ONE], where=HERE, against=6))
    assert found.link["against"] == "6"
    assert next(parts(found.files, "A")).href == f"/volumes/{ONE}/comparison.csv?slices=3,6,1"


@pytest.mark.parametrize("sent", ["", None, 0, -2, "x", 1.5, "1e9", True])
def test_a_slice_that_is_none_is_held_against_nothing(services: Services, sent: object) -> None:
    found = table(services, tags.asked([ONE], "", [], "", sent, HERE))
    assert len(found.columns) == 3
    assert found.link["against"] == ""


def test_beside_another_series_no_slice_is_held_against_another(services: Services) -> None:
    assert tags.asked([ONE, TWO], "", [], "", 4, HERE).against is None


@pytest.mark.parametrize(("typed", "kept"), [("slice thickness", "slice thickness"), ("Doe^Jane", ""), ("jane", "")])
def test_a_link_keeps_words_of_the_standard_and_no_name(services: Services, typed: str, kept: str) -> None:
    assert of(services, ONE, words=typed).link["find"] == kept


def test_a_link_brings_the_boxes_back() -> None:
    search = f"?stack={ONE}&with={TWO}&show=geometry&group=0018&against=4&find=0018,0088"
    boxes = tag_columns.restored([a_card(ONE), a_card(TWO)], ONE, search)
    assert boxes[1:] == ([TWO], ["geometry"], "0018", 4, "0018,0088")


@pytest.mark.parametrize(
    ("scene", "others", "keys"),
    [
        (None, [TWO], []),
        ({}, [TWO], []),
        ({"key": ONE}, None, [ONE]),
        ({"key": ONE}, TWO, [ONE, TWO]),
        ({"key": ONE}, [TWO, TWO, ONE, 5], [ONE, TWO]),
        ({"key": ONE}, ["two"], [ONE]),
        ({"key": ONE}, [f"{n:032x}" for n in range(9)], [ONE, *[f"{n:032x}" for n in range(5)]]),
        ({"key": 1}, [], []),
        ("scene", [], []),
    ],
    ids=["nothing open", "library", "one", "text", "twice", "no key", "too many", "number", "no scene"],
)
def test_the_open_series_comes_first_and_never_twice(scene: Any, others: object, keys: list[str]) -> None:
    assert tag_columns.keys_of(scene, others) == keys


def test_every_other_series_is_offered_by_modality_maker_and_description() -> None:
    cards = [a_card("1"), a_card("2"), a_card("3", description="", shape_kji=None)]
    assert tag_columns.choices(cards, "1") == [
        {"value": "2", "label": "MR · ACME · series 2 · 5×4×3"},
        {"value": "3", "label": "MR · ACME · no description · 3 images"},
    ]


def test_nothing_is_offered_while_nothing_is_open() -> None:
    assert tag_columns.choices([a_card("1")], None) == []


def test_a_link_names_series_while_they_are_there() -> None:
    cards = [a_card(ONE), a_card(TWO)]
    assert tag_columns.linked(cards, ONE, f"?stack={ONE}&with={TWO},{'3' * 32},{ONE}") == [TWO]
    assert tag_columns.linked(cards, ONE, None) == []


def test_no_cell_may_run_code() -> None:
    (grid,) = parts(tags.layout(), "AgGrid")
    assert isinstance(grid, dag.AgGrid)
    assert not getattr(grid, "dangerously_allow_code", False)


def test_a_guest_reads_technical_tags_alone_and_takes_nothing_away(services: Services) -> None:
    everything = of(services, ONE)
    found = table(services, Asked([ONE], guest=True))
    assert found.files == []
    assert everything.files
    shown = {one["element"] for one in found.rows if not one["computed"]}
    assert shown < {one["element"] for one in everything.rows}
    assert not [one for one in shown if "Patient" in one and "Position" not in one]
