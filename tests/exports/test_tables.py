"""Tag rows as CSV."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compare.stacks import column
from webapp.compare.search import Query
from webapp.compare.table import compare
from webapp.compare.view import Comparison
from webapp.dicom.tag_row import TagRow
from webapp.dicom.tag_table import TagTable
from webapp.exports.tables import (
    EMPTY_VALUE,
    GUARDED,
    HEADER,
    comparison_csv,
    comparison_json,
    guard,
    tags_csv,
    unguard,
)


def a_row(value: str, creator: str = "") -> TagRow:
    return TagRow("0008,1140[0].0008,1155", "0008,1155", "Word", "A word", "LO", value, 1, creator)


def read_back(text: str) -> list[dict[str, str]]:
    lines = csv.DictReader(io.StringIO(text, newline=""))
    return [{name: unguard(cell) for name, cell in line.items()} for line in lines]


@given(st.lists(st.text(), max_size=4))
def test_every_value_comes_back_as_it_was(values: list[str]) -> None:
    assert [line["value"] for line in read_back(tags_csv([a_row(value) for value in values]))] == values


def test_all_columns_come_back() -> None:
    (line,) = read_back(tags_csv([a_row("=x", creator="@ACME")]))
    assert line == {
        "path": "0008,1140[0].0008,1155",
        "tag": "0008,1155",
        "keyword": "Word",
        "name": "A word",
        "vr": "LO",
        "value": "=x",
        "creator": "@ACME",
    }


@pytest.mark.parametrize("first", GUARDED, ids=repr)
def test_what_a_spreadsheet_would_run_is_text(first: str) -> None:
    assert guard(f"{first}cmd|' /C calc'!A0") == f"'{first}cmd|' /C calc'!A0"


@pytest.mark.parametrize("number", ["-1", "+1", "-0.5", "-1.5e-3", "-.5", r"-158.1\-179.0\+7", "-1 ", r"-1\ 2"])
def test_numbers_stay_numbers(number: str) -> None:
    assert guard(number) == number


@pytest.mark.parametrize("text", ["-1+1", "-", "+", "-1\\", "--1", "+A1", "-1\n", "-1e", "-1\\=2"])
def test_what_only_looks_like_a_number_is_guarded(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "CHEST", "a=b", "1.2.840"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert guard(text) == text


def test_quotes_commas_and_line_ends_are_quoted() -> None:
    assert tags_csv([a_row('say "a", b\r\nc')]).endswith(',LO,"say ""a"", b\r\nc",\r\n')


def test_lines_end_as_rfc_4180_says() -> None:
    assert tags_csv([]) == ",".join(HEADER) + "\r\n"


def read_comparison(text: str, columns: int) -> list[tuple[str, ...]]:
    """Path, creator, state and values of each line, as they were."""

    def value(cell: str) -> str | None:
        return None if cell == "" else "" if cell == EMPTY_VALUE else unguard(cell)

    lines = list(csv.reader(io.StringIO(text, newline="")))[1:]
    return [(unguard(one[0]), unguard(one[6]), one[7], *map(value, one[8 : 8 + columns])) for one in lines]


ROWS = st.lists(
    st.builds(
        lambda number, text, creator: TagRow(
            f"0018,{number:04X}", f"0018,{number:04X}", "", "", "LO", text, 0, creator
        ),
        st.integers(0, 40),
        st.one_of(st.text(max_size=6), st.sampled_from(["", EMPTY_VALUE, "=1+1", "'", "-5"])),
        st.sampled_from(["", "@ACME"]),
    ),
    max_size=8,
    unique_by=lambda row: (row.path, row.creator),
)


@given(ROWS, ROWS)
def test_a_comparison_comes_back_from_csv(one: list[TagRow], other: list[TagRow]) -> None:
    rows = compare([one, other])
    told = read_comparison(comparison_csv(rows, ["one", "other"]), 2)
    assert told == [(row.path, row.creator, str(row.state), *row.values) for row in rows]


@given(ROWS, ROWS)
def test_a_comparison_comes_back_from_json(one: list[TagRow], other: list[TagRow]) -> None:
    comparison = Comparison(tuple(column(name, TagTable(tuple(rows))) for name, rows in (("1", one), ("2", other))))
    document = json.loads(json.dumps(comparison_json(comparison, Query(), 4_096)))
    told = [
        (row["path"], row["creator"], row["state"], [cell["value"] for cell in row["cells"]])
        for row in document["rows"]
    ]
    assert told == [(row.path, row.creator, str(row.state), list(row.values)) for row in comparison.rows]


def test_what_stands_above_a_column_is_guarded_too() -> None:
    assert comparison_csv([], ["=cmd"]).startswith("path,tag,keyword,name,vr,unit,creator,state,'=cmd")
