"""Look-up and protocol check on the page."""

from __future__ import annotations

import pytest

from tests.views.tag_library import ONE, TWO, a_shelf, parts, services_of, words
from webapp.compare.protocol import reference_of
from webapp.errors import BadReference, UnknownKey
from webapp.services import Services
from webapp.views import tag_lookup, tag_protocol


@pytest.fixture
def services() -> Services:
    return services_of(a_shelf())


def said(services: Services, asked: object) -> str:
    return "|".join(words(tag_lookup.found(services, asked)))


@pytest.mark.parametrize("asked", ["0018,0088", "(0018,0088)", "SpacingBetweenSlices", "spacing between slices"])
def test_an_element_is_found_offline(services: Services, asked: str) -> None:
    assert "(0018,0088)| |SpacingBetweenSlices|Spacing Between Slices · DS · VM 1 · mm" in said(services, asked)


def test_the_series_that_carry_an_element_are_named_with_their_values(services: Services) -> None:
    found = said(services, "SpacingBetweenSlices")
    assert (
        "2 of 2 series carry it|MR · GE · Ax · 6 slices: 4.8\u2009mm|MR · SIEMENS · t1 · 6 slices: 0.8\u2009mm" in found
    )


def test_an_element_that_no_series_carries_is_said_to_be_in_none(services: Services) -> None:
    assert "None of 2 series carries it." in said(services, "KVP")


def test_a_uid_is_decoded(services: Services) -> None:
    assert "JPEG 2000 Image Compression (Lossless Only)|Transfer Syntax" in said(services, "1.2.840.10008.1.2.4.90")


def test_a_makers_term_is_translated(services: Services) -> None:
    assert "LAVA or " in said(services, "VIBE") or "LAVA" in said(services, "VIBE")


def test_a_retired_element_is_marked(services: Services) -> None:
    assert "| retired|" in said(services, "0008,0001")


def test_nothing_found_is_said(services: Services) -> None:
    assert said(services, "zebra crossing") == "Nothing in the dictionary is called that."


@pytest.mark.parametrize("asked", ["", None, 5, "   "])
def test_without_words_the_box_says_what_it_finds(services: Services, asked: object) -> None:
    assert said(services, asked) == tag_lookup.HINT


def test_links_are_only_there_to_be_opened(services: Services) -> None:
    links = list(parts(tag_lookup.found(services, "SpacingBetweenSlices"), "A"))
    assert links
    assert {(link.target, link.rel) for link in links} == {("_blank", "noopener noreferrer")}


def test_a_series_passes_its_own_reference(services: Services) -> None:
    column = a_shelf().columns[ONE]
    reference = reference_of(column.table, column.meta).model_dump_json()
    found = list(words(tag_protocol.checks(services, ONE, reference)))
    assert ", 0 differ, 0 missing" in found[0]
    assert "≠ differs" not in found


def test_another_series_says_what_differs_and_what_is_missing(services: Services) -> None:
    column = a_shelf().columns[ONE]
    reference = reference_of(column.table, column.meta).model_dump_json()
    found = list(words(tag_protocol.checks(services, TWO, reference)))
    assert "≠ differs" in found
    assert "∅ missing" in found
    assert found.index("≠ differs") < found.index("✓ pass")


@pytest.mark.parametrize("contents", ["{}", "no json", "[" * 100_000, " " * 300_000, 5])
def test_a_file_that_is_no_reference_is_refused_in_a_sentence(services: Services, contents: object) -> None:
    assert list(words(tag_protocol.checks(services, ONE, contents))) == [str(BadReference())]


@pytest.mark.parametrize(("key", "contents"), [(None, "x"), (ONE, None)])
def test_nothing_is_checked_before_both_are_there(services: Services, key: str | None, contents: object) -> None:
    assert tag_protocol.checks(services, key, contents) == []


def test_a_series_of_somebody_else_is_not_checked(services: Services) -> None:
    with pytest.raises(UnknownKey):
        tag_protocol.checks(services, "3" * 32, "{}")


def test_the_reference_is_had_from_the_open_series() -> None:
    assert tag_protocol.address({"key": ONE}) == f"/volumes/{ONE}/protocol.json"
    assert tag_protocol.address(None) == ""
