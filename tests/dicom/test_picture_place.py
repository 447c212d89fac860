"""Where single pictures lie, as far as their own headers tell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dicom.members import instance_of, scanned
from tests.factories import Scan, make_instance
from tests.factories_multiframe import uids_of_one_series
from webapp.dicom.picture_place import picture_places, system_of


def place(**tags: Any) -> dict[str, Any]:
    """The place of one picture with these elements."""
    (found,) = picture_places([instance_of(make_instance(Scan(tags=tags), 0, uids_of_one_series()))])
    return found


def test_a_picture_keeps_its_position_its_directions_and_its_size() -> None:
    found = place()
    assert found["origin_mm"] == [-98.2, -121.7, 35.5]
    assert (found["row"], found["column"]) == ([1, 0, 0], [0, 1, 0])
    assert (found["spacing_mm"], found["size"], found["aspect"]) == ([0.8, 0.5], "patient", pytest.approx(1.6))


@pytest.mark.parametrize("directions", [[0, 0, 0, 0, 1, 0], [1, 0, 0, 0.1, 0.995, 0], [1.02, 0, 0, 0, 1, 0]])
def test_a_picture_whose_directions_are_spoilt_has_no_place(directions: list[float]) -> None:
    found = place(ImageOrientationPatient=directions)
    assert (found["origin_mm"], found["row"], found["column"]) == (None, None, None)


def test_directions_written_coarsely_are_made_a_right_angle() -> None:
    found = place(ImageOrientationPatient=[1.0005, 0, 0, 0, 0.9995, 0])
    assert (found["row"], found["column"]) == (pytest.approx([1, 0, 0]), pytest.approx([0, 1, 0]))


@pytest.mark.parametrize(
    ("told", "letters"),
    [
        (["P", "F"], ["P", "I"]),
        (["A", "FR"], ["A", "IR"]),
        (["L", "H"], ["L", "S"]),
        (["L"], None),
        (["L", "X"], None),
        (["LE", "V"], None),
    ],
    ids=str,
)
def test_a_picture_without_directions_is_lettered_by_its_own_words(told: list[str], letters: list[str] | None) -> None:
    tags = {"ImagePositionPatient": None, "ImageOrientationPatient": None, "PatientOrientation": told}
    assert place(**tags)["letters"] == letters


def test_directions_count_more_than_words() -> None:
    assert place(PatientOrientation=["P", "F"])["letters"] is None


def test_an_animals_words_are_not_those_of_a_person() -> None:
    tags = {"ImagePositionPatient": None, "PatientOrientation": ["L", "F"], "AnatomicalOrientationType": "QUADRUPED"}
    assert place(**tags)["letters"] is None


def test_a_coordinate_system_is_told_by_an_id_that_hides_its_uid() -> None:
    instances = scanned(Scan(tags={"FrameOfReferenceUID": "1.2.3"}))
    told = system_of(instances)
    assert told == system_of(instances[:1])
    assert told is not None
    assert (len(told), "1.2.3" in told) == (32, False)


@pytest.mark.parametrize("uids", [("", ""), ("1.2.3", "1.2.4")], ids=["none named", "two named"])
def test_without_one_coordinate_system_there_is_no_id(uids: tuple[str, str]) -> None:
    instances = [instance for uid in uids for instance in scanned(Scan(slices=1, tags={"FrameOfReferenceUID": uid}))]
    assert system_of(instances) is None


def test_pictures_that_name_no_system_go_with_the_others() -> None:
    named, blank = (scanned(Scan(slices=1, tags={"FrameOfReferenceUID": uid})) for uid in ("1.2.3", ""))
    assert system_of([*named, *blank]) == system_of(named)
