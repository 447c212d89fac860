"""Quiet by default: nothing is said about a clean series but what passed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.dicom.clean import clean, findings_of, stack_from
from tests.factories import DIRECTIONS
from webapp.findings import Severity, Verdict

OpenPath = Callable[[Path], dict[str, Any]]
RealData = Callable[[str], Path]


def told(stack: dict[str, Any], *severities: str) -> set[str]:
    """Ids of the findings of these severities."""
    return {finding["id"] for finding in stack["findings"] if finding["severity"] in severities}


@pytest.mark.parametrize("plane", DIRECTIONS)
def test_a_clean_series_is_trusted_and_only_passed_checks_are_listed(plane: str) -> None:
    stack = stack_from(clean(directions=plane))
    assert stack.verdict is Verdict.TRUSTED
    assert {finding.severity for finding in stack.findings} == {Severity.OK}


def test_what_passed_is_said_once_each() -> None:
    assert list(findings_of(clean())) == ["G27", "G41", "G45", "G47"]


@pytest.mark.parametrize("modality", ["MR", "PT", "NM", "OT"])
def test_a_clean_series_of_any_modality_is_trusted(modality: str) -> None:
    tags = {"Modality": modality, "MRAcquisitionType": "3D", "Units": "BQML"}
    assert {finding.severity for finding in findings_of(clean(tags=tags)).values()} == {Severity.OK}


@pytest.mark.real_data
def test_a_clean_real_ct_has_no_warning(real_data: RealData, open_path: OpenPath) -> None:
    (stack,) = open_path(real_data("ct_lidc0314_275sl"))["stacks"]
    assert (stack["verdict"], told(stack, "WARN", "BLOCK")) == ("trusted", set())


@pytest.mark.real_data
def test_a_clean_real_sagittal_mr_has_no_note(real_data: RealData, open_path: OpenPath) -> None:
    (stack,) = open_path(real_data("mr_ge_sag_196"))["stacks"]
    assert told(stack, "NOTE", "WARN", "BLOCK") == set()


@pytest.mark.real_data
def test_a_clean_real_pet_has_no_note(real_data: RealData, open_path: OpenPath) -> None:
    stacks = [stack for stack in open_path(real_data("pt_qin_299_with_seg"))["stacks"] if stack["kind"] == "volume"]
    pet = max(stacks, key=lambda stack: stack["file"]["bytes"])
    assert told(pet, "WARN", "BLOCK") | told(pet, "NOTE") - {"G64", "G65", "G72"} == set()


@pytest.mark.real_data
def test_an_old_mr_whose_tag_holds_the_gap_is_told(real_data: RealData, open_path: OpenPath) -> None:
    (stack,) = open_path(real_data("mr_ge_gap_sbs2"))["stacks"]
    assert (stack["grid"], told(stack, "WARN")) == ("REGULAR", {"G34"})


@pytest.mark.real_data
def test_a_tilted_ct_is_straightened_and_its_tag_is_read_as_the_table_step(
    real_data: RealData, open_path: OpenPath
) -> None:
    (stack,) = open_path(real_data("ct_tilt_philips_p16"))["stacks"]
    assert (stack["kind"], told(stack, "WARN")) == ("volume", {"G35", "G48"})
    assert "tilt 16.5°, straightened" in stack["summary"]


@pytest.mark.real_data
def test_a_slice_missing_from_a_real_mr_is_named_by_its_place(real_data: RealData, open_path: OpenPath) -> None:
    (stack,) = open_path(real_data("mr_t2_missing_slice"))["stacks"]
    missing = next(finding for finding in stack["findings"] if finding["id"] == "G29")
    assert (missing["severity"], missing["slices"]) == ("WARN", [33])
    assert "1 slice is missing after slice 34" in missing["message"]
    assert "55 slices, 1 missing" in stack["summary"]


@pytest.mark.real_data
def test_a_slice_missing_from_four_is_told(real_data: RealData, open_path: OpenPath) -> None:
    (stack,) = open_path(real_data("ct_missing_ge_4sl"))["stacks"]
    assert (stack["kind"], stack["grid"]) == ("volume", "MISSING")
    assert "G29" in told(stack, "WARN")
