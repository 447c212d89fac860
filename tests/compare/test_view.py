"""The table as it is shown."""

from __future__ import annotations

import pytest

from tests.compare.stacks import column, compared, finding, meta, table
from webapp.compare.likeness import State
from webapp.compare.search import Query
from webapp.compare.view import Comparison, Part, label_of


def test_every_row_is_shown_unless_fewer_are_asked_for() -> None:
    comparison = compared(table(Rows="1", Columns="2", EchoTime="3"))
    assert [line.row.keyword for line in comparison.view().rows] == ["EchoTime", "Rows", "Columns"]
    part = comparison.view(part=Part(start=1, count=1))
    assert ([line.row.keyword for line in part.rows], part.found, part.total) == (["Rows"], 3, 3)


def test_rows_are_counted_by_how_they_compare() -> None:
    one = table(Rows="1", Columns="2", EchoTime="3", SliceThickness="4")
    other = table(Rows="1", Columns="3", EchoTime="3.0")
    view = compared(one, other).view()
    assert dict(view.counts) == {
        State.EQUAL: 1,
        State.FORMATTING: 1,
        State.UNKNOWN: 0,
        State.MISSING: 1,
        State.DIFFERENT: 1,
    }
    assert view.differing == 2


def test_a_query_narrows_the_rows_and_not_the_counts() -> None:
    view = compared(table(Rows="1", Columns="2")).view(Query("columns"))
    assert (view.found, view.total) == (1, 2)


def test_a_long_value_is_cut_and_says_by_how_much() -> None:
    (line,) = compared(table(ImageComments="x" * 300)).view(part=Part(chars=10)).rows
    assert (line.cells[0].text, line.cells[0].more) == ("x" * 10, 290)


def test_missing_and_empty_are_told_apart() -> None:
    (line,) = compared(table(ImageComments=""), table()).view().rows
    assert [(cell.text, cell.missing, cell.quiet) for cell in line.cells] == [
        ("empty", False, True),
        ("not recorded", True, True),
    ]


def test_a_cell_says_how_it_behaves_within_its_series() -> None:
    (line,) = compared(table(slices=3, SliceLocation=["1", "2", "3"])).view().rows
    assert (line.cells[0].variation, line.cells[0].text) == ("changes regularly", "1 to 3 in steps of 1")


def test_one_instance_of_a_series_is_a_column() -> None:
    tags = table(slices=3, SliceLocation=["1", "2", "3"])
    comparison = Comparison((column("one", tags, instance=0), column("other", tags, instance=2)))
    assert comparison.rows[0].values == ("1", "3")


def test_geometry_says_what_was_done_with_it() -> None:
    told = meta(findings=[finding("G34", "0018,0088", severity="WARN", tag_mm=0.8, spacing_mm=4.8)])
    (line,) = Comparison((column("", table(SpacingBetweenSlices="0.8"), told),)).view().rows
    assert line.cells[0].meaning is not None
    assert line.cells[0].meaning.short == (
        "not used for spacing: measured 4.8 mm; this tag holds the gap between slices 0.8 mm"
    )


@pytest.mark.parametrize(
    ("keyword", "value", "words"),
    [
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.4", "MR Image Storage"),
        ("SequenceVariant", "SP", "SP spoiled"),
        ("ScanOptions", "SP", "SP spatial presaturation"),
    ],
)
def test_identifiers_and_codes_say_what_they_stand_for(keyword: str, value: str, words: str) -> None:
    tags = table(Modality="MR", Manufacturer="SIEMENS", **{keyword: value})
    line = next(one for one in compared(tags).view().rows if one.row.keyword == keyword)
    assert line.cells[0].meaning is not None
    assert line.cells[0].meaning.short == words


def test_computed_rows_stand_beside_what_was_read() -> None:
    computed = {line.row.keyword: line.cells[0].text for line in compared(table()).view().computed}
    assert (computed["spacing"], computed["gap"], computed["gap_percent"]) == ("4.8", "0.80", "20")


def test_a_line_is_plain_values_for_a_page() -> None:
    (line,) = compared(table(EchoTime="3"), table()).view().rows
    told = line.as_json()
    assert (told["path"], told["state"], told["topics"]) == ("0018,0081", "missing", ["acquisition"])
    assert [cell["value"] for cell in told["cells"]] == ["3", None]


def test_a_series_is_called_by_what_it_is() -> None:
    assert label_of(meta()) == "MR · Maker · made up · 6 slices"
