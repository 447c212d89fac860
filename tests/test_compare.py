"""Tag rows of several series side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.compare import compare, differing, path_key
from webapp.dicom.tag_row import TagRow


def a_row(path: str, value: str = "", *, vr: str = "LO", creator: str = "", keyword: str = "") -> TagRow:
    tag = path.rpartition(".")[2]
    return TagRow(path, tag, keyword, keyword, vr, value, path.count("."), creator)


def tags() -> st.SearchStrategy[str]:
    return st.builds("{:04x},{:04x}".format, st.sampled_from([0x8, 0x18, 0x20, 0x28, 0x29]), st.integers(0, 0xFFFF))


def paths() -> st.SearchStrategy[str]:
    items = st.lists(st.builds("{}[{}].".format, tags(), st.integers(0, 12)), max_size=2)
    return st.builds(lambda parents, tag: "".join(parents) + tag, items, tags())


def series() -> st.SearchStrategy[list[TagRow]]:
    rows = st.builds(
        lambda path, value, vr, creator: a_row(path, value, vr=vr, creator=creator),
        paths(),
        st.text(max_size=5),
        st.sampled_from(["LO", "UN", "DS"]),
        st.sampled_from(["", "ACME"]),
    )
    return st.lists(rows, max_size=12, unique_by=lambda row: row.path)


@given(series())
def test_a_series_agrees_with_itself_in_every_row(rows: list[TagRow]) -> None:
    compared = compare([rows, rows])
    assert len(compared) == len(rows)
    assert not differing(compared)


@given(series(), series())
def test_comparing_is_symmetric(one: list[TagRow], other: list[TagRow]) -> None:
    turned = tuple(replace(row, values=row.values[::-1]) for row in compare([other, one]))
    assert compare([one, other]) == turned


@given(st.lists(series(), min_size=1, max_size=4))
def test_every_value_of_every_column_stands_in_its_row(columns: list[list[TagRow]]) -> None:
    compared = compare(columns)
    for place, column in enumerate(columns):
        found = {(row.path, row.creator): row.values[place] for row in compared if row.values[place] is not None}
        assert found == {(row.path, row.creator): row.value for row in column}


@given(st.lists(paths(), max_size=12, unique=True))
def test_rows_stand_in_tag_order_whatever_the_order_they_came_in(given_paths: list[str]) -> None:
    shown = [row.path for row in compare([[a_row(path) for path in given_paths]])]
    assert shown == sorted(given_paths, key=path_key)


def test_the_second_item_stands_before_the_tenth() -> None:
    ten, two = "0008,1140[10].0008,1155", "0008,1140[2].0008,1155"
    assert [row.path for row in compare([[a_row(ten), a_row(two)]])] == [two, ten]


def test_a_sequence_stands_before_its_items_and_those_before_the_next_element() -> None:
    order = ["0008,1140", "0008,1140[0].0008,1155", "0008,1150"]
    assert [row.path for row in compare([[a_row(path) for path in reversed(order)]])] == order


def test_tag_numbers_sort_as_hexadecimal_in_either_case() -> None:
    order = ["0018,9087", "0018,A001", "0018,a002"]
    assert [row.path for row in compare([[a_row(path) for path in reversed(order)]])] == order


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [("2.5", "2.5", False), ("2.5", "2.50", True), ("2.5", None, True), ("", None, True), ("", "", False)],
    ids=["equal", "written differently", "missing", "empty is not missing", "both empty"],
)
def test_a_row_differs_when_its_values_do(one: str, other: str | None, differs: bool) -> None:
    first = [a_row("0018,0088", one)]
    second = [] if other is None else [a_row("0018,0088", other)]
    (row,) = compare([first, second])
    assert row.values == (one, other)
    assert row.differs is differs


def test_one_series_alone_differs_from_nothing() -> None:
    assert not differing(compare([[a_row("0018,0088", "2")]]))


def test_one_different_value_among_three_is_a_difference() -> None:
    same, other = a_row("0018,0050", "5"), a_row("0018,0050", "3")
    (row,) = differing(compare([[same], [same], [other]]))
    assert row.values == ("5", "5", "3")


def test_the_same_private_number_of_two_creators_is_two_rows() -> None:
    one, other = a_row("0029,1010", "x", creator="ACME"), a_row("0029,1010", "x", creator="OTHER")
    rows = compare([[one], [other]])
    assert [(row.creator, row.values) for row in rows] == [("ACME", ("x", None)), ("OTHER", (None, "x"))]


def test_two_representations_of_one_element_are_both_named() -> None:
    known = a_row("0029,1010", "1", vr="DS", creator="ACME", keyword="Bee")
    (row,) = compare([[known], [replace(known, vr="UN", keyword="", name="")]])
    assert (row.vr, row.keyword) == ("DS/UN", "Bee")


def test_no_series_makes_no_rows() -> None:
    assert compare([]) == ()
