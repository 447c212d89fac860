"""Links: what they keep, and what they never hold."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.config import ROOT
from webapp.store import tables
from webapp.views.link_fields import FIELDS, MAPS, OF_OTHERS
from webapp.views.state import ViewState

KEY, OTHER = "0123456789abcdef" * 2, "f" * 32
LOOKED = {
    "at": "12.3,-4,120.25",
    "picture": "17",
    "t": "3",
    "wl": "40,400",
    "voi": "sigmoid",
    "scale": "1",
    "map": "hot-iron",
    "inv": "1",
    "panel": "tags",
    "alone": "solid",
    "split": "0.62,0.5",
    "lines": "0",
    "of": OTHER,
    "zoom": "2.5,12.3,-4,120.25",
    "slab": "10.5,minip",
    "axes": "patient",
    "turn": "10,-20.5,0",
    "level": "200",
    "surf": "200:e6dcc8:1,-300.5:e09a7f:0.35:lci0.5s1.5",
    "clip": "1,-1",
    "cam": "0,-1.5,0.25,0,0,1,0,0,0",
    "beside": OTHER,
    "bwl": "50.5,0.0008",
    "bmap": "cividis",
    "drawn": "outlined:0.45",
    "hide": f"{OTHER}.0.1,{OTHER}.1.2",
    "over": OTHER,
    "owl": "3.5,7",
    "omap": "pet:0.5",
}
FULL = ViewState(
    KEY,
    (OTHER, "e" * 32),
    ("differs", "geometry"),
    "0018",
    "slice thickness",
    against=4,
    seen=tuple(LOOKED.items()),
)


def test_a_link_brings_the_whole_view_back() -> None:
    assert ViewState.from_query(FULL.to_query()) == FULL


def test_a_link_reads_as_it_was_promised() -> None:
    looked = "".join(f"&{name}={text}" for name, text in LOOKED.items())
    table = f"&with={OTHER},{'e' * 32}&show=differs,geometry&group=0018&against=4&find=slice+thickness"
    assert FULL.to_query() == f"?stack={KEY}{looked}{table}"


def test_page_and_server_know_the_same_fields_of_a_link() -> None:
    listed = re.search(r"const NAMES = \[(.*?)\];", (ROOT / "assets" / "address.js").read_text(), re.DOTALL)
    assert listed
    names = re.findall(r'"(\w+)"', listed[1])
    assert set(LOOKED) == set(FIELDS)
    assert names == ["stack", *FIELDS, *FULL.tag_fields(), "as"]


def test_a_link_for_somebody_else_keeps_the_view_and_no_word_of_other_series() -> None:
    mine = [(name, text) for name, text in LOOKED.items() if name not in OF_OTHERS]
    assert FULL.alone(KEY) == ViewState(KEY, seen=tuple(mine))


def test_the_longest_link_for_somebody_else_has_room_in_the_catalogue() -> None:
    longest = {
        "at": _many("-12345.678", 3),
        "picture": "1" * 5,
        "t": "1" * 5,
        "wl": _many("-123456789012.1234567890123456e-12", 2).replace(",-", ","),
        "voi": "table12",
        "scale": "own",
        "map": max(MAPS, key=len),
        "inv": "1",
        "panel": "measure",
        "alone": "sagittal",
        "split": _many("0.1234", 2),
        "lines": "0",
        "zoom": f"123.1234,{_many('-12345.678', 3)}",
        "slab": "1234.12,minip",
        "axes": "patient",
        "turn": _many("-123.123", 3),
        "level": "-123456789012.123456789e-12",
        "surf": _many("-123456789012.123456789e-12:e09a7f:0.123:lchi12345.123s12345.123", 3),
        "clip": "1,-1",
        "cam": _many("-1234.123", 9),
        "drawn": "outlined:0.45",
    }
    query = ViewState(KEY, seen=tuple(longest.items())).to_query()
    assert ViewState.from_query(query).seen == tuple(longest.items())
    assert len(query) <= tables.share.c.view.type.length


def _many(number: str, count: int) -> str:
    return ",".join([number] * count)


@pytest.mark.parametrize(
    "query",
    [
        "surf=bone",
        "surf=200:red:1",
        "surf=NaN:e6dcc8:1",
        "surf=200:e6dcc8:1:x",
        "surf=" + ",".join(["200:e6dcc8:1"] * 4),
        "clip=3,1",
        "clip=1,0",
        "cam=1,2,3",
        "cam=0,0,0,0,0,0,0,0,nan",
        "slab=10,sum",
        "turn=1,2",
        "zoom=big",
        "split=0.5,1.5",
        "alone=picture",
        "map=Doe",
        "t=-1",
        "t=١",
        "beside=x",
        "axes=mine",
        "lines=2",
        "drawn=loud:1",
        "drawn=filled:2",
        "hide=Doe.0.1",
        "omap=pet:",
    ],
)
def test_a_link_keeps_no_field_that_has_not_its_form(query: str) -> None:
    assert ViewState.from_query(f"?stack={KEY}&{query}") == ViewState(KEY)


def test_a_link_from_before_names_one_other_series() -> None:
    assert ViewState.from_query(f"?stack={KEY}&with={OTHER}").compared == (OTHER,)


def test_a_link_names_no_more_series_than_stand_side_by_side() -> None:
    keys = ",".join(f"{n:032x}" for n in range(9))
    assert len(ViewState.from_query(f"?stack={KEY}&with={keys}").compared) == 5


@pytest.mark.parametrize("words", ["Doe^Jane", "Jane", "=cmd", "1.2.840.113619.2", "x" * 100])
def test_a_link_keeps_no_search_that_could_be_somebody(words: str) -> None:
    assert ViewState.from_query(f"?find={words}").words == ""


def test_the_library_has_no_query() -> None:
    assert ViewState().to_query() == ""
    assert ViewState.from_query("") == ViewState.from_query(None) == ViewState()


@pytest.mark.parametrize(
    "query",
    [
        "?stack=../../etc/passwd",
        f"?stack={KEY}0",
        f"?stack={KEY.upper()}",
        "?stack=1.2.840.113619",
        "?at=1,2",
        "?at=1,2,three",
        "?at=nan,0,0",
        "?at=1,2,inf",
        "?wl=40,0",
        "?wl=40,-400",
        "?voi=LINEAR",
        "?voi=table",
        "?voi=table123",
        "?wl=",
        "?level=bone",
        "?panel=<script>",
        "?with=x",
        "?show=everything",
        "?group=hello",
        "?find=Doe",
        "?%ff%fe=%zz&&&==",
        "?" + "a" * 5000,
    ],
)
def test_what_cannot_be_understood_is_left_out(query: str) -> None:
    assert ViewState.from_query(query) == ViewState()


def test_garbage_in_one_field_leaves_the_others() -> None:
    state = ViewState.from_query(f"?stack={KEY}&at=here&level=300&patient=Doe")
    assert state == ViewState(stack=KEY, seen=(("level", "300"),))


def test_a_link_holds_no_word_that_was_not_asked_for() -> None:
    kept = ViewState.from_query(f"?stack={KEY}&name=Doe^Jane&panel=Doe").to_query()
    assert "Doe" not in kept


@pytest.mark.parametrize("window", ["0.0008,0.00015", "1e-7,1.5e-9", "-1024,0.5"])
def test_a_link_keeps_windows_as_narrow_as_values_can_be(window: str) -> None:
    state = ViewState(seen=(("wl", window),))
    assert ViewState.from_query(state.to_query()) == state


@given(st.text())
def test_no_text_whatever_breaks_a_link(text: str) -> None:
    ViewState.from_query(text)
