"""Regular expressions that cannot run away: held against Python's own where both understand them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.compare.pattern import Pattern
from webapp.errors import BadPattern

ATOMS = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\w", r"\.", "1"])
REPEATS = st.sampled_from(["", "*", "+", "?", "{2}", "{1,2}", "{2,}", "*?"])


def expressions() -> st.SearchStrategy[str]:
    piece = st.builds(lambda atom, repeat: atom + repeat, ATOMS, REPEATS)
    plain = st.lists(piece, min_size=1, max_size=4).map("".join)
    group = st.builds(lambda one, other, repeat: f"(?:{one}|{other}){repeat}", plain, plain, REPEATS)
    whole = st.lists(st.one_of(plain, group), min_size=1, max_size=3).map("".join)
    return st.builds(
        lambda begin, body, end: begin + body + end, st.sampled_from(["", "^"]), whole, st.sampled_from(["", "$"])
    )


@settings(max_examples=300)
@given(expressions(), st.text(alphabet="abc1. ", max_size=8))
def test_an_expression_finds_what_pythons_own_finds(expression: str, text: str) -> None:
    assert Pattern(expression).found_in(text) == (re.search(expression, text) is not None)


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        ("spacing", "Pixel Spacing", True),
        ("^Pixel", "Pixel Spacing", True),
        ("^Spacing", "Pixel Spacing", False),
        ("(TR|TE)$", "the TE", True),
        (r"0018,00[58]\d", "(0018,0088)", True),
        ("[A-C]2", "b2", True),
        ("straße", "STRASSE", True),
        ("", "anything", True),
    ],
)
def test_case_does_not_matter(expression: str, text: str, found: bool) -> None:
    assert Pattern(expression).found_in(text) is found


@pytest.mark.parametrize("expression", ["(a+)+$", "(a|aa)+$", "(a|a?)+$", "(.*a){20}", "a*a*a*a*a*a*b"])
def test_expressions_that_hang_others_look_at_each_character_once(expression: str) -> None:
    pattern = Pattern(expression)
    pattern.found_in("a" * 3_000 + "!")
    assert len(pattern._walks) < 100


@pytest.mark.parametrize(
    "expression",
    [
        "(",
        ")",
        "[",
        "a{2",
        "a{9999}",
        "*a",
        "(?=a)",
        "(?P<x>a)",
        r"\1",
        r"\bword",
        "a++",
        "[b-a]",
        "x" * 300,
        "(" * 30 + ")" * 30,
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(expression: str) -> None:
    with pytest.raises(BadPattern) as refused:
        Pattern(expression)
    assert refused.value.cure


def test_an_expression_that_would_need_too_many_states_is_refused() -> None:
    with pytest.raises(BadPattern):
        Pattern("((a{50}){50}){50}")
