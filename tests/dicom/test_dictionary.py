"""The data dictionary, offline."""

from __future__ import annotations

import socket

import pytest
from pydicom.tag import Tag

from webapp.dicom.dictionary import MOST_FOUND, Entry, links_of, look_up, names_of, uid_name


def only(words: str) -> Entry:
    (entry,) = look_up(words).elements
    return entry


@pytest.mark.parametrize("words", ["(0018,0088)", "00180088", "SpacingBetweenSlices", "spacing between slices"])
def test_an_element_is_found_by_number_keyword_and_name(words: str) -> None:
    entry = look_up(words).elements[0]
    assert (entry.tag, entry.keyword, entry.vr, entry.vm, entry.unit) == (
        "0018,0088",
        "SpacingBetweenSlices",
        "DS",
        "1",
        "mm",
    )


def test_the_exact_name_stands_first() -> None:
    assert look_up("echo time").elements[0].keyword == "EchoTime"


def test_an_element_leads_to_the_standard_and_to_the_browser() -> None:
    entry = only("0018,0088")
    assert entry.standard.startswith("https://dicom.nema.org/")
    assert entry.browser == "https://dicom.innolitics.com/ciods/mr-image/mr-image/00180088"


def test_elements_of_the_file_meta_lead_to_their_own_chapter() -> None:
    assert links_of("0002,0010")[0].endswith("chapter_7.html")


def test_a_retired_element_says_so() -> None:
    assert look_up("0008,0040").elements[0].retired


def test_a_repeating_group_is_found_by_one_of_its_numbers() -> None:
    assert "OverlayData" in {entry.keyword for entry in look_up("6002,3000").elements}


def test_a_private_element_is_found_by_creator() -> None:
    found = look_up("b_value creator:siemens").elements
    assert found
    assert {entry.creator for entry in found} <= {
        entry.creator for entry in found if "SIEMENS" in entry.creator.upper()
    }
    assert all(not entry.standard for entry in found)


@pytest.mark.parametrize(("words", "vr"), [("slice vr:ds", "DS"), ("time vr:tm", "TM")])
def test_a_search_is_narrowed_by_representation(words: str, vr: str) -> None:
    found = look_up(words).elements
    assert found
    assert all(vr in entry.vr for entry in found)


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        ("1.2.840.10008.1.2.4.90", "JPEG 2000 Image Compression (Lossless Only)"),
        ("1.2.840.10008.5.1.4.1.1.4", "MR Image Storage"),
    ],
)
def test_an_identifier_of_the_registry_is_decoded(uid: str, name: str) -> None:
    (entry,) = look_up(uid).uids
    assert (entry.name, uid_name(uid)) == (name, name)


def test_an_identifier_nobody_registered_has_no_name() -> None:
    assert uid_name("1.2.3.4") == ""
    assert not look_up("1.2.3.4").uids


def test_many_finds_are_cut_and_counted() -> None:
    found = look_up("sequence")
    assert len(found.elements) == MOST_FOUND
    assert found.more > 0


@pytest.mark.parametrize("words", ["", "   ", "no such thing at all", "x" * 10_000])
def test_nothing_is_found_for_nothing(words: str) -> None:
    assert not look_up(words).elements


@pytest.mark.parametrize(
    ("tag", "creator", "names"),
    [
        (0x00180088, "", ("SpacingBetweenSlices", "Spacing Between Slices")),
        (0x00080000, "", ("", "Group Length")),
        (0x00081234, "", ("", "unknown")),
        (0x00090010, "", ("", "Private Creator")),
        (0x00091002, "GEMS_IDEN_01", ("", "Suite id")),
        (0x00091002, "NOBODY", ("", "Private tag data")),
    ],
)
def test_elements_have_names(tag: int, creator: str, names: tuple[str, str]) -> None:
    assert names_of(Tag(tag), creator) == names


def test_looking_up_asks_no_other_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert look_up("spacing").elements
