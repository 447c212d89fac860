"""Values of elements as text."""

from __future__ import annotations

import re

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from webapp.config import Limits
from webapp.dicom.tag_values import ElementTexts

LATIN = ["iso8859"]


def said(vr: str, value: bytes, *, little: bool = True, limits: Limits | None = None) -> tuple[str, int]:
    element = RawDataElement(Tag(0x00181234), vr, len(value), value, 0, False, little)
    return ElementTexts(limits or Limits()).text(element, vr, LATIN)


@pytest.mark.parametrize(
    ("vr", "value", "text", "count"),
    [
        ("DS", b"0.80\\ 0.5 ", "0.80\\0.5", 2),
        ("UI", b"1.2.3\0", "1.2.3", 1),
        ("LO", b" left \\ right ", " left\\ right", 2),
        ("LT", b"one\\two ", "one\\two", 1),
        ("US", b"\x01\x00\x02\x00", "1\\2", 2),
        ("SS", b"\xff\xff", "-1", 1),
        ("FL", b"\xcd\xcc\xcc\x3d", "0.1", 1),
        ("AT", b"\x18\x00\x88\x00", "(0018,0088)", 1),
        ("OB", b"\x00\x0f", "2 bytes: 00 0F", 1),
        ("UN", b"HFS ", '4 bytes: "HFS"', 1),
        ("DS", b"", "", 0),
    ],
)
def test_a_value_is_written_as_it_stands(vr: str, value: bytes, text: str, count: int) -> None:
    assert said(vr, value) == (text, count)


def test_numbers_of_big_endian_files_are_read_the_other_way_round() -> None:
    assert said("US", b"\x01\x00", little=False) == ("256", 1)


def test_text_that_is_no_number_is_shown_as_it_stands() -> None:
    assert said("IS", b"many") == ("many", 1)


def test_bytes_that_make_no_number_are_said_to_be_unreadable() -> None:
    assert said("US", b"abc") == ("(not readable)", 1)


@pytest.mark.parametrize("vr", ["OB", "UN", "UT"])
def test_long_values_that_differ_at_their_end_are_told_apart(vr: str) -> None:
    one, other = (said(vr, b"\x7f" + b"x" * (1 << 20) + end)[0] for end in (b"1", b"2"))
    assert one != other
    assert max(len(one), len(other)) < 4_200


def test_a_long_value_says_how_long_it_was() -> None:
    text, _ = said("UT", b"x" * 300, limits=Limits(value_chars=10))
    assert re.fullmatch(r"x{10}… \(300 characters, #[0-9a-f]{8}\)", text)


def test_when_all_text_together_is_too_long_the_rest_is_cut_short() -> None:
    texts = ElementTexts(Limits(tag_chars=100))
    element = RawDataElement(Tag(0x00104000), "LT", 200, b"x" * 200, 0, False, True)
    first, second = (texts.text(element, "LT", LATIN)[0] for _ in range(2))
    assert (len(first), second[:33]) == (200, "x" * 32 + "…")


@pytest.mark.parametrize(
    ("named", "value", "text"),
    [
        (b"ISO_IR 192", "Äneas^Jürgen".encode(), "Äneas^Jürgen"),
        (b"ISO_IR 100", "Jürgen".encode("latin-1"), "Jürgen"),
        (b"\\ISO 2022 IR 87", b"Yamada^Tarou=\x1b$B;3ED\x1b(B", "Yamada^Tarou=山田"),
    ],
)
def test_names_are_read_in_the_character_set_of_their_file(named: bytes, value: bytes, text: str) -> None:
    dataset = Dataset({Tag(0x00080005): RawDataElement(Tag(0x00080005), "CS", len(named), named, 0, False, True)})
    texts = ElementTexts(Limits())
    element = RawDataElement(Tag(0x00100010), "PN", len(value), value, 0, False, True)
    assert texts.text(element, "PN", texts.encodings(dataset))[0] == text


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_text_that_does_not_fit_its_character_set_is_shown_with_signs_in_its_place() -> None:
    element = RawDataElement(Tag(0x00100010), "PN", 3, b"A\xff\xfe", 0, False, True)
    assert ElementTexts(Limits()).text(element, "PN", ["utf8"])[0] == "A��"


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_a_character_set_nobody_knows_is_no_reason_to_stop() -> None:
    named = b"NO SUCH SET"
    dataset = Dataset({Tag(0x00080005): RawDataElement(Tag(0x00080005), "CS", len(named), named, 0, False, True)})
    assert ElementTexts(Limits()).encodings(dataset)


def test_what_a_page_cannot_show_or_would_turn_round_is_replaced() -> None:
    assert said("LO", "a\x00b\x1fc\u202ed".encode("utf-8"))[0].count("\u202e") == 0
    assert said("LT", b"a\x00b\x07c")[0] == "a�b�c"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0"])
def test_text_that_others_would_run_stays_text(text: str) -> None:
    assert said("LO", text.encode())[0] == text


@pytest.mark.parametrize(("representation", "vr"), [(0, "US"), (1, "SS"), (None, "US")])
def test_numbers_of_either_sign_follow_the_pixels(representation: int | None, vr: str) -> None:
    dataset = Dataset()
    if representation is not None:
        dataset.PixelRepresentation = representation
    element = RawDataElement(Tag(0x00280106), None, 2, b"\0\0", 0, True, True)
    assert ElementTexts(Limits()).vr(dataset, element, "") == vr
