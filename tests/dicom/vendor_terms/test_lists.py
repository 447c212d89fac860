"""The lists of terms: every entry has a source and a grade, and nothing is guessed."""

from __future__ import annotations

import re

import pytest

from webapp.dicom.vendor_terms.lists import CODES, MAKERS, SOURCES, TERMS, Grade, maker_of


def test_every_term_has_sources_that_are_named() -> None:
    assert [term for term in TERMS if not term.sources or not set(term.sources) <= set(SOURCES)] == []


def test_what_was_read_off_names_only_is_marked_inferred_and_nothing_else_is() -> None:
    assert all((term.sources == ("patterns",)) is (term.grade is Grade.INFERRED) for term in TERMS)


def test_every_term_is_one_makers() -> None:
    assert {term.maker for term in TERMS} == set(MAKERS)
    assert len(set(TERMS)) == len(TERMS)


def test_terms_carry_no_remarks() -> None:
    assert [term.term for term in TERMS if re.search(r"[()\[\]]|inferred", term.term)] == []


def test_a_code_without_an_established_meaning_has_none() -> None:
    assert all((code.grade is Grade.NOT_ESTABLISHED) is (not code.meaning) for code in CODES)


def test_the_same_letters_mean_something_else_in_another_element() -> None:
    meanings = {code.tag: code.meaning for code in CODES if code.code == "SP"}
    assert meanings == {"0018,0021": "spoiled", "0018,0022": "spatial presaturation"}


@pytest.mark.parametrize(
    ("manufacturer", "maker"),
    [
        ("SIEMENS", "Siemens"),
        ("Siemens Healthineers", "Siemens"),
        ("GE MEDICAL SYSTEMS", "GE"),
        ("Philips Medical Systems", "Philips"),
        ("TOSHIBA_MEC", "Canon"),
        ("Hitachi Medical Corporation", "Fujifilm"),
        ("UIH", "United Imaging"),
        ("GENERIC", ""),
        ("", ""),
    ],
)
def test_a_maker_is_known_by_how_its_name_begins(manufacturer: str, maker: str) -> None:
    assert maker_of(manufacturer) == maker
