"""What is said of the numbers of a stack."""

from __future__ import annotations

from typing import Any

import pytest

from tests.views.test_audit import words
from webapp.views import values

SUV = {
    "name": "SUVbw",
    "unit": "g/ml",
    "slope": 0.002,
    "intercept": 0.0,
    "slopes": None,
    "intercepts": None,
    "detail": "value \u00d7 weight / dose",
}
SCENE: dict[str, Any] = {
    "colour": False,
    "unit": "HU",
    "inverted": False,
    "no_data": None,
    "windows": [],
    "scales": [],
}


def told(**changes: Any) -> str:
    return words(values.section({**SCENE, **changes}))


def test_a_window_kept_before_windows_had_functions_is_exact() -> None:
    old = {"name": "Automatic", "center": 5, "width": 10}
    assert values.windows({"windows": [old]}) == [{**old, "function": "LINEAR_EXACT", "curve": None, "note": ""}]


def test_a_window_keeps_its_function() -> None:
    table = {"name": "T", "center": 1, "width": 2, "function": "LUT", "curve": [0, 1], "note": "n"}
    assert values.windows({"windows": [table]}) == [table]


def test_the_scales_of_a_stack_are_those_that_were_kept() -> None:
    assert values.scales({"scales": [SUV]}) == [SUV]


def test_a_stack_kept_before_there_were_scales_has_none() -> None:
    assert values.scales({}) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Measured in HU."),
        ({"unit": None}, "Stored values: the files tell no unit for them."),
        ({"inverted": True}, "Small values are drawn white; the numbers are as recorded."),
        ({"no_data": -32768}, "Padding is drawn as nothing and reads \u201cpadding\u201d, never a number."),
        ({"no_data": "nan"}, "Padding is drawn as nothing and reads \u201cpadding\u201d, never a number."),
        ({"colour": True}, "Colours: red, green and blue from 0 to 255. They have no window and no level."),
        ({"windows": [{"name": "Fine", "note": "Drawn so."}]}, "Window \u201cFine\u201d: Drawn so."),
        ({"scales": [SUV]}, "SUVbw g/ml value \u00d7 weight / dose"),
    ],
)
def test_what_the_values_are_is_said_in_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in told(**changes)


def test_colours_have_no_unit() -> None:
    assert "Measured" not in told(colour=True)


def test_the_library_has_no_values() -> None:
    assert values.section({}) == []
