"""Tag rows of several series side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.compare.likeness import State
from webapp.compare.table import compare, differing, first_difference
from webapp.dicom.tag_row import TagColumn, TagRow, Variation, path_key


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
    turned = compare([other, one], reference=1)
    assert [(row.path, row.values, row.state, row.states) for row in compare([one, other])] == [
        (row.path, row.values[::-1], row.state, row.states[::-1]) for row in turned
    ]


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
    [("2.5", "2.5", False), ("2.5", "2.6", True), ("2.5", None, True), ("", None, True), ("", "", False)],
    ids=["equal", "different", "missing", "empty is not missing", "both empty"],
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


def varying(path: str, values: list[str | None], vr: str = "DS") -> TagRow:
    different = [value for value in dict.fromkeys(values) if value is not None]
    at = tuple(-1 if value is None else different.index(value) for value in values)
    column = TagColumn(tuple(different), (1,) * len(different), at, Variation.IRREGULAR, "some")
    return replace(a_row(path, "some", vr=vr), column=column)


@pytest.mark.parametrize(
    ("one", "other", "state", "place"),
    [
        (["1", "2"], ["1", "2"], State.EQUAL, None),
        (["1", "2"], ["1", "2.0"], State.FORMATTING, 1),
        (["1", "2"], ["1", "3"], State.DIFFERENT, 1),
        (["1", None], ["1", "3"], State.DIFFERENT, 1),
        (["1", "2"], ["1", "2", "3"], State.DIFFERENT, 2),
    ],
)
def test_of_whole_series_every_instance_is_compared_with_its_counterpart(
    one: list[str | None], other: list[str | None], state: State, place: int | None
) -> None:
    (row,) = compare([[varying("0020,1041", one)], [varying("0020,1041", other)]])
    assert (row.state, first_difference(row)) == (state, place)


def test_what_is_constant_in_one_series_and_varies_in_the_other_differs() -> None:
    (row,) = compare([[a_row("0020,1041", "1")], [varying("0020,1041", ["1", "2"])]])
    assert row.state is State.DIFFERENT


def test_values_that_were_not_kept_are_not_compared() -> None:
    unkept = replace(varying("0020,1041", ["1"]), column=TagColumn(("1",), (1,), (), Variation.IRREGULAR, ""))
    (row,) = compare([[unkept], [unkept]])
    assert row.state is State.UNKNOWN


def test_the_reference_column_is_what_others_are_held_against() -> None:
    columns = [[a_row("0018,0050", value, vr="DS")] for value in ("5", "3", "3.0")]
    (row,) = compare(columns, reference=2)
    assert row.states == (State.DIFFERENT, State.FORMATTING, State.EQUAL)


def lifted(path: str, at: str, value: str) -> TagRow:
    return replace(a_row(path, value, vr="DS"), lifted=at)


def test_what_a_frame_says_stands_beside_what_a_classic_picture_says() -> None:
    framed = [lifted("5200,9229[0].0028,9110[0].0018,0050", "0018,0050", "4")]
    (row,) = compare([framed, [a_row("0018,0050", "4", vr="DS")]])
    assert (row.path, row.state) == ("0018,0050", State.EQUAL)


def test_what_one_maker_shares_among_frames_and_another_does_not_stands_in_one_row() -> None:
    shared = [lifted("5200,9229[0].0028,9110[0].0018,0050", "0018,0050", "4")]
    each = [lifted("5200,9230[f].0028,9110[0].0018,0050", "0018,0050", "5")]
    (row,) = compare([shared, each])
    assert row.values == ("4", "5")


def test_what_a_frame_says_itself_stands_before_the_root_of_its_file_and_nothing_is_lost() -> None:
    framed = [a_row("0018,0050", "9", vr="DS"), lifted("5200,9229[0].0028,9110[0].0018,0050", "0018,0050", "4")]
    rows = compare([framed, [a_row("0018,0050", "9", vr="DS")]])
    assert sorted(str(row.values) for row in rows) == ["('4', None)", "('9', '9')"]


def test_two_frames_of_a_file_meet_in_the_same_rows() -> None:
    frames = [[a_row(f"5200,9230[{frame}].0020,9113", "1 item", vr="SQ")] for frame in (3, 7)]
    (row,) = compare(frames)
    assert row.state is State.EQUAL
