"""The tags a guest may read."""

from __future__ import annotations

import pytest
from pydicom.datadict import dictionary_VR, tag_for_keyword

from webapp.dicom.tag_row import TagRow
from webapp.dicom.technical import TECHNICAL, technical_rows

#: Numbers and defined terms; no text that somebody types, no name, no date, no UID.
HARMLESS = {"CS", "DS", "IS", "US", "FD", "FL", "US or SS"}


def row(keyword: str, creator: str = "") -> TagRow:
    return TagRow("0018,0050", "0018,0050", keyword, keyword, "DS", "5", 0, creator)


@pytest.mark.parametrize("keyword", sorted(TECHNICAL))
def test_a_guest_reads_numbers_and_defined_terms_alone(keyword: str) -> None:
    tag = tag_for_keyword(keyword)
    assert tag is not None
    assert dictionary_VR(tag) in HARMLESS


@pytest.mark.parametrize("keyword", ["PatientName", "StudyDate", "SeriesDescription", "StationName", "SOPInstanceUID"])
def test_who_where_and_when_stay_hidden(keyword: str) -> None:
    assert technical_rows([row(keyword)]) == []


def test_how_the_picture_was_made_is_shown() -> None:
    assert technical_rows([row("SliceThickness")]) == [row("SliceThickness")]


def test_a_private_element_that_borrows_a_name_stays_hidden() -> None:
    assert technical_rows([row("SliceThickness", "SOMEBODY")]) == []
