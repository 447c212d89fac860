"""Directions, places and pixel sizes that decide whether there is a volume: G01 to G20."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.dicom.clean import clean, findings_of, only, stack_from, stacks_of, varying
from tests.factories import make_series
from webapp.dicom.stack import Stack
from webapp.findings import Severity, Verdict


def ids(stack: Stack) -> set[str]:
    return {finding.id for finding in stack.findings}


def fan(turn_deg: float, twist: float = 0.0) -> Any:
    """Pictures turned around the head-foot axis, each by the same angle; a twist makes the last one differ."""

    def each(dataset: Dataset, k: int) -> None:
        angle = math.radians(turn_deg * k + twist * (k == 3))
        dataset.ImageOrientationPatient = [math.cos(angle), math.sin(angle), 0, 0, 0, -1]

    return each


@pytest.mark.parametrize("keyword", ["ImagePositionPatient", "ImageOrientationPatient"])
def test_pictures_without_a_place_are_no_volume(keyword: str) -> None:
    stack = stack_from(clean(tags={keyword: None}))
    assert (stack.kind, stack.verdict, "G01" in ids(stack)) == ("pictures", Verdict.REFUSED, True)


def test_pictures_without_a_place_are_split_off_from_those_with_one() -> None:
    def each(dataset: Dataset, k: int) -> None:
        if k == 6:
            del dataset.ImagePositionPatient

    placed, lost = sorted(stacks_of(make_series(clean(each=each))), key=lambda stack: stack.kind == "pictures")
    assert (placed.kind, len(placed.instances), lost.kind, "G01" in ids(lost)) == ("volume", 6, "pictures", True)


@pytest.mark.parametrize(
    ("directions", "words"),
    [
        pytest.param([1.02, 0, 0, 0, 1, 0], "lengths 1.020 and 1.000, angle 90.0°", id="too long"),
        pytest.param([1, 0, 0, 0.05, 0.99875, 0], "angle 87.1°", id="no right angle"),
        pytest.param([0, 0, 0, 0, 0, 0], "lengths 0.000 and 0.000", id="no direction"),
    ],
)
def test_directions_that_are_no_right_angle_of_unit_length_are_refused(directions: list[float], words: str) -> None:
    stack = stack_from(clean(tags={"ImageOrientationPatient": directions}))
    found = next(finding for finding in stack.findings if finding.id == "G02")
    assert (stack.kind, found.severity, words in found.message) == ("pictures", Severity.BLOCK, True), found.message


def test_directions_slightly_off_are_cleaned_up_and_noted() -> None:
    found = only("G03", clean(tags={"ImageOrientationPatient": [1.005, 0, 0, 0, 1, 0]}))
    assert (found.severity, "by 0.0050" in found.message) == (Severity.NOTE, True)


def test_noise_in_the_last_digits_of_directions_is_nothing() -> None:
    noise = varying("ImageOrientationPatient", lambda k: [1, 1e-5 * k, 0, 0, 1, -1e-5 * k])
    assert {finding.severity for finding in findings_of(clean(each=noise)).values()} == {Severity.OK}


def test_slices_of_two_directions_are_two_stacks() -> None:
    turned = varying("ImageOrientationPatient", lambda k: [1, 0, 0, 0, 1, 0] if k < 4 else [1, 0, 0, 0, 0, -1])
    stacks = stacks_of(make_series(clean(each=turned)))
    assert [("G04" in ids(stack)) for stack in stacks] == [True, True]


@pytest.mark.parametrize("turn", [5.0, 16.4, 180 / 7, 30.0, 50.0])
def test_a_radial_set_is_named_and_no_volume(turn: float) -> None:
    (stack,) = stacks_of(make_series(clean(each=fan(turn))))
    found = next(finding for finding in stack.findings if finding.id == "G05")
    assert (stack.kind, found.severity) == ("pictures", Severity.BLOCK)
    assert found.numbers["turn_deg"] == pytest.approx(turn)
    assert "fan around an axis" in stack.summary


def test_a_radial_set_of_which_half_the_pictures_are_flipped_is_a_fan() -> None:
    (stack,) = stacks_of(make_series(clean(each=lambda dataset, k: fan(20 + 180 * (k % 2))(dataset, k))))
    assert next(one for one in stack.findings if one.id == "G05").numbers["turn_deg"] == pytest.approx(20)


def test_pictures_that_turn_unevenly_are_no_fan() -> None:
    (stack,) = stacks_of(make_series(clean(each=fan(5, twist=1))))
    assert ("G04" in ids(stack), "G05" in ids(stack)) == (True, False)


def test_three_planes_of_a_localizer_are_no_fan() -> None:
    planes = [[1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, -1], [0, 1, 0, 0, 0, -1]]
    each = varying("ImageOrientationPatient", lambda k: planes[k])
    (stack,) = stacks_of(make_series(clean(slices=3, each=each)))
    assert "G05" not in ids(stack)


def test_slices_of_two_coordinate_systems_are_two_stacks() -> None:
    uids = generate_uid(), generate_uid()
    stacks = stacks_of(make_series(clean(each=varying("FrameOfReferenceUID", lambda k: uids[k < 3]))))
    assert [("G06" in ids(stack)) for stack in stacks] == [True, True]


def test_slices_of_two_pixel_sizes_are_two_stacks() -> None:
    stacks = stacks_of(make_series(clean(each=varying("PixelSpacing", lambda k: [1, 1] if k < 3 else [1.1, 1.1]))))
    assert [("G09" in ids(stack)) for stack in stacks] == [True, True]


@pytest.mark.parametrize("spacing", [None, [0, 0], [51, 51], [1, -1]], ids=str)
def test_without_a_usable_pixel_size_there_are_no_millimetres(spacing: Any) -> None:
    stack = stack_from(clean(tags={"PixelSpacing": spacing}))
    found = next(finding for finding in stack.findings if finding.id == "G10")
    assert (stack.kind, stack.verdict, found.severity) == ("pictures", Verdict.CAUTION, Severity.WARN)


@pytest.mark.parametrize(
    ("keyword", "words"),
    [("ImagerPixelSpacing", "a size at the detector: 0.140"), ("NominalScannedPixelSpacing", "of the film digitiser")],
)
def test_the_nearest_other_size_is_named(keyword: str, words: str) -> None:
    assert words in only("G10", clean(tags={"PixelSpacing": None, keyword: [0.14, 0.14]})).message


def test_oblong_pixels_are_drawn_in_true_proportion() -> None:
    found = only("G11", clean(pixel_mm=(1.2, 1.0)))
    assert (found.severity, "1.200 × 1.000 mm" in found.message) == (Severity.NOTE, True)


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        pytest.param({"PixelSpacing": [0.14, 0.14]}, "is that at the detector", id="the same size twice"),
        pytest.param({"PixelSpacing": None}, "is that at the detector", id="the detector's size only"),
        pytest.param(
            {"EstimatedRadiographicMagnificationFactor": 1.5}, "recorded magnification of 1.50", id="magnified"
        ),
    ],
)
def test_lengths_at_the_detector_are_told_to_be_magnified(tags: dict[str, Any], words: str) -> None:
    shadow = {"Modality": "DX", "ImagerPixelSpacing": [0.14, 0.14], "PixelSpacing": [0.14, 0.14], **tags}
    found = only("G12", clean(tags=shadow))
    assert (found.severity, words in found.message) == (Severity.WARN, True)


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param({"PixelSpacing": [0.1, 0.1]}, id="corrected"),
        pytest.param({"PixelSpacingCalibrationType": "FIDUCIAL"}, id="calibrated"),
        pytest.param({"Modality": "CT"}, id="no projection"),
        pytest.param({"ImagerPixelSpacing": None}, id="nothing recorded"),
    ],
)
def test_lengths_in_the_patient_say_nothing_of_magnification(tags: dict[str, Any]) -> None:
    shadow = {"Modality": "DX", "ImagerPixelSpacing": [0.14, 0.14], "PixelSpacing": [0.14, 0.14], **tags}
    assert "G12" not in findings_of(clean(tags=shadow))


def test_one_picture_has_no_distance_between_slices() -> None:
    stack = stack_from(clean(slices=1, tags={"SpacingBetweenSlices": 4}))
    assert (stack.kind, stack.spacing_mm, "would have assumed 4 mm" in stack.summary) == ("pictures", None, True)


def test_a_clean_series_says_nothing_of_directions_or_sizes() -> None:
    quiet = {f"G{number:02d}" for number in range(1, 15)}
    assert not quiet & set(findings_of(clean()))
