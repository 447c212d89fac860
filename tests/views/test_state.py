"""Links: what they keep, and what they never hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.views.state import PANELS, ViewState

KEY, OTHER = "0123456789abcdef" * 2, "f" * 32
FULL = ViewState(
    KEY,
    (12.3, -4.0, 120.25),
    (40.0, 400.0),
    "sigmoid",
    "tags",
    (OTHER, "e" * 32),
    200.0,
    ("differs", "geometry"),
    "0018",
    "slice thickness",
)


def test_a_link_brings_the_whole_view_back() -> None:
    assert ViewState.from_query(FULL.to_query()) == FULL


def test_a_link_reads_as_it_was_promised() -> None:
    where = f"?stack={KEY}&at=12.3,-4,120.25&wl=40,400&voi=sigmoid&panel=tags"
    table = f"&with={OTHER},{'e' * 32}&show=differs,geometry&group=0018&find=slice+thickness"
    assert FULL.to_query() == f"{where}{table}&level=200"


def test_a_link_keeps_surfaces_what_is_cut_away_and_the_camera() -> None:
    told = f"?stack={KEY}&surf=200:e6dcc8:1,-300.5:e09a7f:0.35:lci0.5s1.5&clip=1,-1&cam=0,-1.5,0.25,0,0,1,0,0,0"
    state = ViewState.from_query(told)
    assert state.surfaces == "200:e6dcc8:1,-300.5:e09a7f:0.35:lci0.5s1.5"
    assert (state.clip, state.camera) == ("1,-1", (0, -1.5, 0.25, 0, 0, 1, 0, 0, 0))
    assert state.to_query() == told


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
    ],
)
def test_a_link_with_a_surface_that_is_none_makes_none(query: str) -> None:
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
    assert state == ViewState(stack=KEY, level=300.0)


def test_a_link_holds_no_word_that_was_not_asked_for() -> None:
    kept = ViewState.from_query(f"?stack={KEY}&name=Doe^Jane&panel=Doe").to_query()
    assert "Doe" not in kept


def test_a_link_keeps_windows_as_narrow_as_values_can_be() -> None:
    state = ViewState(window=(0.0008, 0.00015))
    assert ViewState.from_query(state.to_query()) == state


@given(st.text())
def test_no_text_whatever_breaks_a_link(text: str) -> None:
    ViewState.from_query(text)


_millimetres = st.floats(-5000, 5000).map(lambda value: round(value, 2) + 0.0)
_values = st.floats(-30_000, 30_000).map(lambda value: round(value, 3) + 0.0)


@given(
    st.tuples(_millimetres, _millimetres, _millimetres),
    st.tuples(_values, st.floats(0.001, 60_000).map(lambda value: round(value, 3))),
    st.sampled_from(PANELS),
    _values,
)
def test_every_view_comes_back(
    at_mm: tuple[float, float, float], window: tuple[float, float], panel: str, level: float
) -> None:
    state = ViewState(KEY, at_mm, window, "table3", panel, (), level)
    assert ViewState.from_query(state.to_query()) == state
