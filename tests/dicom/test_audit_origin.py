"""The patient on the table, the reformat, the private copy, the anonymiser: G07 and G59 to G63."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.dicom.clean import clean, findings_of, only, varying
from webapp.findings import Severity


def philips_copy(shift_mm: float, sequence: bool = True) -> Any:
    """A copy of the position in Philips' private sequence, moved sideways."""

    def each(dataset: Dataset, k: int) -> None:
        item = Dataset()
        item.ImagePositionPatient = [float(x) + shift_mm for x in dataset.ImagePositionPatient]
        block = dataset.private_block(0x2005, "Philips MR Imaging DD 005", create=True)
        block.add_new(0x0F, "SQ" if sequence else "LO", [item] if sequence else "text")

    return each


def test_a_series_without_a_coordinate_system_cannot_be_put_beside_others() -> None:
    assert only("G07", clean(tags={"FrameOfReferenceUID": ""})).severity is Severity.NOTE


def test_pictures_without_a_coordinate_system_among_others_are_counted() -> None:
    def each(dataset: Dataset, k: int) -> None:
        if k < 2:
            dataset.FrameOfReferenceUID = ""

    assert "2 of 7 pictures name no coordinate system" in only("G07", clean(each=each)).message


@pytest.mark.parametrize("position", ["", None])
def test_how_the_patient_lay_is_noted_when_it_is_not_recorded(position: str | None) -> None:
    assert only("G59", clean(tags={"PatientPosition": position})).severity is Severity.NOTE


def test_an_animal_is_told() -> None:
    found = only("G60", clean(tags={"AnatomicalOrientationType": "QUADRUPED"}))
    assert (found.severity, "letters of the human body are hidden" in found.message) == (Severity.WARN, True)


def test_a_person_is_no_animal() -> None:
    assert "G60" not in findings_of(clean(tags={"AnatomicalOrientationType": "BIPED"}))


@pytest.mark.parametrize("word", ["MPR", "REFORMATTED", "AVERAGE"])
def test_slices_cut_again_by_the_scanner_are_noted(word: str) -> None:
    assert only("G61", clean(tags={"ImageType": ["DERIVED", "SECONDARY", word]})).severity is Severity.NOTE


@pytest.mark.parametrize("kind", [["DERIVED", "SECONDARY", "AXIAL"], ["ORIGINAL", "PRIMARY", "MPR"]])
def test_slices_that_were_not_cut_again_are_not_called_so(kind: list[str]) -> None:
    assert "G61" not in findings_of(clean(tags={"ImageType": kind}))


def test_a_hidden_copy_of_the_position_that_differs_is_noted() -> None:
    found = only("G62", clean(tags={"Manufacturer": "Philips Medical Systems"}, each=philips_copy(0.5)))
    assert (found.severity, "differs by 0.87 mm" in found.message) == (Severity.NOTE, True)


@pytest.mark.parametrize(
    ("maker", "copy"),
    [
        pytest.param("Philips", philips_copy(0.01), id="the same within a tenth of a pixel"),
        pytest.param("Philips", philips_copy(0.5, sequence=False), id="not a sequence"),
        pytest.param("Philips", None, id="no copy"),
        pytest.param("Maker", philips_copy(0.5), id="another maker's element"),
    ],
)
def test_a_hidden_copy_that_agrees_or_is_none_says_nothing(maker: str, copy: Any) -> None:
    assert "G62" not in findings_of(clean(tags={"Manufacturer": maker}, each=copy))


@pytest.mark.parametrize("tags", [{"PatientIdentityRemoved": "YES"}, {"DeidentificationMethod": "By hand"}])
def test_an_anonymised_series_without_times_is_noted(tags: dict[str, Any]) -> None:
    assert only("G63", clean(tags={**tags, "SeriesTime": "000000.00"})).severity is Severity.NOTE


@pytest.mark.parametrize("tags", [{}, {"PatientIdentityRemoved": "YES", "AcquisitionTime": "101500"}])
def test_a_series_with_times_or_names_says_nothing_of_anonymity(tags: dict[str, Any]) -> None:
    assert "G63" not in findings_of(clean(tags=tags))


@pytest.mark.parametrize(
    ("location", "words"),
    [
        pytest.param(lambda k: -(35.5 + 3 * k), "in the opposite direction", id="opposite"),
        pytest.param(lambda k: 35.5 + 3 * k + 74, "shifted by 74.0 mm", id="shifted"),
        pytest.param(lambda k: (35.5 + 3 * k) * 1.05, "stretched ×1.050", id="stretched"),
        pytest.param(
            lambda k: -(35.5 + 3 * k) * 1.05 + 10,
            "runs in the opposite direction and is stretched ×1.050 and is shifted by 10.0 mm, compared with",
            id="all",
        ),
        pytest.param(lambda k: 35.5 + 3 * k + (k % 2) * 40, "does not follow the true position", id="neither"),
    ],
)
def test_the_scanners_own_location_is_told_in_every_way_it_differs(location: Any, words: str) -> None:
    found = only("G42", clean(each=varying("SliceLocation", location)))
    assert (found.severity, words in found.message) == (Severity.NOTE, True), found.message


@pytest.mark.parametrize(
    "location",
    [
        pytest.param(lambda k: 35.5 + 3 * k, id="the true position"),
        pytest.param(lambda k: round(35.5 + 3 * k + 0.004, 2), id="rounded"),
        pytest.param(lambda k: None if k == 2 else 1000.0, id="not on every slice"),
    ],
)
def test_a_location_that_agrees_or_is_not_there_says_nothing(location: Any) -> None:
    assert "G42" not in findings_of(clean(each=varying("SliceLocation", location)))


def test_a_location_along_the_normal_agrees_whichever_way_slices_are_shown() -> None:
    # sagittal: the normal points to the right, where x = -98.2 - 3 k
    assert "G42" not in findings_of(clean(directions="sagittal", each=varying("SliceLocation", lambda k: 98.2 + 3 * k)))
