"""Finding rows: by number, words, expression, and what they are about."""

from __future__ import annotations

import pytest

from tests.compare.stacks import compared, table
from webapp.compare.search import Query, matching
from webapp.compare.table import ComparedRow
from webapp.compare.topics import Topic, topics_of
from webapp.compare.view import Comparison
from webapp.errors import BadPattern


@pytest.fixture
def rows() -> tuple[ComparedRow, ...]:
    one = {"PatientName": "Doe^Jane", "SliceThickness": "5", "EchoTime": "2.46", "ContrastBolusAgent": "<script>"}
    other = {**one, "EchoTime": "91", "SpacingBetweenSlices": "7.5"}
    comparison: Comparison = compared(table(**one), table(**other))
    return comparison.rows


def found(rows: tuple[ComparedRow, ...], **query: object) -> list[str]:
    return [row.keyword for row in matching(rows, Query(**query))]  # type: ignore[arg-type]


@pytest.mark.parametrize("words", ["(0018,0088)", "0018,0088", "00180088", "0018 0088"])
def test_a_row_is_found_by_its_number_in_any_spelling(rows: tuple[ComparedRow, ...], words: str) -> None:
    assert found(rows, words=words) == ["SpacingBetweenSlices"]


@pytest.mark.parametrize(
    ("words", "keyword"),
    [
        ("spacingbetween", "SpacingBetweenSlices"),
        ("patient's name", "PatientName"),
        ("doe", "PatientName"),
        ("2.46", "EchoTime"),
        ("91", "EchoTime"),
        ("<script>", "ContrastBolusAgent"),
        ("slices between", "SpacingBetweenSlices"),
    ],
)
def test_a_row_is_found_by_keyword_name_and_value(rows: tuple[ComparedRow, ...], words: str, keyword: str) -> None:
    assert found(rows, words=words) == [keyword]


def test_a_varying_row_is_found_by_the_value_of_any_slice() -> None:
    varying = compared(table(slices=4, SliceLocation=["1.5", "7.25", "11", "13"])).rows
    assert found(varying, words="7.25") == ["SliceLocation"]
    assert found(varying, words="^7", regex=True) == ["SliceLocation"]


def test_a_row_is_found_by_an_expression(rows: tuple[ComparedRow, ...]) -> None:
    assert found(rows, words="^(echo|slice) t", regex=True) == ["SliceThickness", "EchoTime"]


def test_an_expression_that_cannot_be_used_is_refused(rows: tuple[ComparedRow, ...]) -> None:
    with pytest.raises(BadPattern):
        matching(rows, Query(words="(", regex=True))


def test_an_expression_that_takes_too_long_is_given_up(
    rows: tuple[ComparedRow, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.compare.search._SECONDS", -1.0)
    with pytest.raises(BadPattern, match="too long"):
        matching(rows, Query(words="a", regex=True))


@pytest.mark.parametrize(
    ("topic", "keywords"),
    [
        (Topic.DIFFERS, ["EchoTime", "SpacingBetweenSlices"]),
        (Topic.GEOMETRY, ["SliceThickness", "SpacingBetweenSlices"]),
        (Topic.CONTRAST, ["ContrastBolusAgent"]),
        (Topic.IDENTITY, ["PatientName"]),
        (Topic.ACQUISITION, ["SliceThickness", "EchoTime", "SpacingBetweenSlices"]),
        (Topic.PRIVATE, []),
    ],
)
def test_rows_are_narrowed_to_a_topic(rows: tuple[ComparedRow, ...], topic: Topic, keywords: list[str]) -> None:
    assert found(rows, topics=frozenset({topic})) == keywords


def test_topics_and_words_and_a_group_hold_together(rows: tuple[ComparedRow, ...]) -> None:
    assert found(rows, words="e", topics=frozenset({Topic.GEOMETRY, Topic.DIFFERS}), group="0018") == [
        "SpacingBetweenSlices"
    ]


def test_a_group_is_found_inside_paths(rows: tuple[ComparedRow, ...]) -> None:
    assert found(rows, group="0010") == ["PatientName"]


@pytest.mark.parametrize(("tag", "creator"), [("0019,100C", "SIEMENS MR HEADER"), ("0029,0010", "")])
def test_odd_groups_are_private(tag: str, creator: str) -> None:
    assert topics_of(tag, creator) == {Topic.PRIVATE}
