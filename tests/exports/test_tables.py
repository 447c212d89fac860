"""Tag rows as CSV."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.dicom.tag_row import TagRow
from webapp.exports.tables import GUARDED, HEADER, guard, tags_csv, unguard


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
