"""Tag numbers as people write them."""

from __future__ import annotations

import pytest

from webapp.dicom.tag_spelling import fits, spelled_group, spelled_tag


@pytest.mark.parametrize(
    "words",
    [
        "(0018,0088)",
        "0018,0088",
        "00180088",
        "0018 0088",
        "0x00180088",
        "0x0018,0x0088",
        " ( 0018 , 0088 ) ",
        "0018-0088",
    ],
)
def test_a_number_is_known_in_any_usual_spelling(words: str) -> None:
    assert spelled_tag(words) == "0018,0088"


@pytest.mark.parametrize("words", ["spacing", "0018", "0018,008", "0018,00889", "", "1.2.840.10008.1.2"])
def test_what_is_no_number_is_words(words: str) -> None:
    assert spelled_tag(words) is None


def test_letters_of_a_number_may_be_small() -> None:
    assert spelled_tag("7fe0,0010") == "7FE0,0010"


def test_open_digits_fit_any() -> None:
    assert spelled_tag("60XX,3000") == "60xx,3000"
    assert fits("6002,3000", "60xx,3000")
    assert fits("60xx,3000", "6002,3000")
    assert not fits("5002,3000", "60xx,3000")


@pytest.mark.parametrize(("words", "group"), [("0018", "0018"), ("(0018)", "0018"), ("60xx", "60xx"), ("head", None)])
def test_four_digits_are_a_group(words: str, group: str | None) -> None:
    assert spelled_group(words) == group
