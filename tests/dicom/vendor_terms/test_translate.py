"""From one maker's words to another's."""

from __future__ import annotations

import pytest

from tests.compare.stacks import table
from webapp.dicom.vendor_terms.translate import decoded, decoded_words, meanings_of_term, named_in, others


@pytest.mark.parametrize(
    ("term", "maker", "elsewhere", "name"),
    [
        ("VIBE", "Siemens", "GE", "LAVA"),
        ("LAVA", "GE", "Siemens", "VIBE"),
        ("THRIVE", "Philips", "GE", "LAVA"),
        ("NEX", "GE", "Philips", "NSA"),
        ("MPRAGE", "Siemens", "GE", "BRAVO"),
        ("ASSET", "GE", "Philips", "SENSE"),
    ],
)
def test_terms_are_translated_both_ways(term: str, maker: str, elsewhere: str, name: str) -> None:
    (found,) = meanings_of_term(term, maker)
    assert name in others(found)[elsewhere]


def test_one_name_of_two_makers_can_be_two_things() -> None:
    assert len({found.concept for found in meanings_of_term("SSFP")}) > 1


def test_a_term_is_found_in_any_case_and_words_that_are_none_are_not() -> None:
    assert meanings_of_term("vibe") == meanings_of_term("VIBE")
    assert meanings_of_term("no such term") == ()


def named(maker: str, **elements: str) -> list[tuple[str, str]]:
    tags = table(Modality="MR", Manufacturer=maker, **elements)
    return [(one.term.term, one.evidence) for one in named_in(tags)]


def test_the_sequences_own_name_is_the_surest_evidence() -> None:
    assert named("SIEMENS", SequenceName="*tfl3d1_16ns", SeriesDescription="t1_mprage")[0] == ("tfl3d", "Sequence Name")


def test_a_term_in_a_text_has_to_be_a_whole_word() -> None:
    assert named("SIEMENS", SeriesDescription="vibration test") == []
    assert named("SIEMENS", SeriesDescription="t2_haste_cor") == [("HASTE", "Series Description")]


def test_another_makers_term_is_not_read_into_a_text() -> None:
    assert named("GE MEDICAL SYSTEMS", SeriesDescription="vibe") == []


def test_two_letters_in_a_text_prove_nothing() -> None:
    assert named("GE MEDICAL SYSTEMS", SeriesDescription="SE IR PC FS") == []


def test_of_a_scanner_of_nobody_known_only_a_name_that_one_maker_uses_counts() -> None:
    assert named("UNKNOWN", SeriesDescription="Ax LAVA T1") == [("LAVA", "Series Description")]
    assert named("UNKNOWN", SeriesDescription="EPI T1 SE fs") == []
    (one,) = named_in(table(Modality="MR", Manufacturer="UNKNOWN", SeriesDescription="Ax LAVA T1"))
    assert one.line.startswith("LAVA (a term of GE, in Series Description) is ")


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("0018,0021", "SP spoiled"),
        ("0018,0022", "SP spatial presaturation"),
        ("0018,0020", "SP (meaning not established)"),
    ],
)
def test_a_code_is_decoded_by_its_element(tag: str, words: str) -> None:
    assert decoded_words(tag, "SP", "GE") == words


def test_what_nobody_established_stays_a_token() -> None:
    assert (
        decoded_words("0018,0022", "FAST_GEMS\\FS", "GE") == "FAST_GEMS (meaning not established) · FS fat saturation"
    )
    assert decoded("0018,0022", "FAST_GEMS", "GE") == (("FAST_GEMS", None),)


def test_one_makers_private_code_means_nothing_at_another() -> None:
    assert "not established" in decoded_words("0018,0022", "SAT_GEMS", "Siemens")
    assert "a saturation is on" in decoded_words("0018,0022", "SAT_GEMS", "GE")


def test_what_was_inferred_says_so() -> None:
    assert decoded_words("0018,0022", "PROP_GEMS", "GE") == "PROP_GEMS PROPELLER (inferred)"
