"""A protocol kept as a reference, and series held against it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.compare.stacks import meta, table
from webapp.compare.protocol import Outcome, hold_against, reference_of
from webapp.compare.protocol_reference import Reference, read_reference
from webapp.dicom.tag_table import TagTable
from webapp.errors import BadReference


def series(**changes: Any) -> TagTable:
    told = {
        "Modality": "MR",
        "PatientName": "Doe^Jane",
        "RepetitionTime": "500",
        "EchoTime": "10",
        "FlipAngle": "90",
        "ScanOptions": "FS\\SP",
        "Rows": "256",
    }
    return table(**{name: value for name, value in {**told, **changes}.items() if value is not None})


def reference() -> Reference:
    return reference_of(series(), meta())


def outcomes(tags: TagTable, **changes: Any) -> dict[str, tuple[str, str]]:
    found = hold_against(reference(), tags, meta(**changes))
    return {result.check.tag or result.check.computed: (str(result.outcome), result.reason) for result in found}


def test_a_series_passes_its_own_protocol() -> None:
    assert {outcome for outcome, _ in outcomes(series()).values()} == {"pass"}


def test_a_reference_comes_back_from_its_file() -> None:
    assert read_reference(reference().model_dump_json()) == reference()


def test_a_reference_names_no_patient() -> None:
    assert "Doe" not in reference().model_dump_json()


@pytest.mark.parametrize(
    ("value", "outcome"), [("505", "pass"), ("500.0", "pass"), ("520", "differs"), ("", "missing")]
)
def test_a_number_passes_within_its_tolerance(value: str, outcome: str) -> None:
    assert outcomes(series(RepetitionTime=value))["0018,0080"][0] == outcome


def test_what_differs_says_what_is_asked_for() -> None:
    assert outcomes(series(RepetitionTime="700"))["0018,0080"] == (
        "differs",
        "Repetition Time is 700; 500 ± 2 % is asked for.",
    )


def test_what_is_missing_says_so() -> None:
    assert outcomes(series(FlipAngle=None))["0018,1314"] == (
        "missing",
        "Flip Angle is not recorded; 90 ± 1 is asked for.",
    )


@pytest.mark.parametrize(("value", "outcome"), [("SP\\FS", "pass"), ("FS", "differs")])
def test_options_stand_in_no_order(value: str, outcome: str) -> None:
    assert outcomes(series(ScanOptions=value))["0018,0022"][0] == outcome


def test_the_measured_spacing_is_part_of_the_protocol() -> None:
    assert outcomes(series(), step_mm=4.82)["spacing"][0] == "pass"
    assert outcomes(series(), step_mm=6.0)["spacing"] == (
        "differs",
        "Spacing between slice centres, measured is 6 mm; 4.8 mm ± 0.05 mm is asked for.",
    )


def test_another_modality_differs() -> None:
    assert outcomes(series(Modality="CT"))["0008,0060"][0] == "differs"


def test_every_value_of_a_varying_element_has_to_pass() -> None:
    tags = series(EchoTime=["10", "10", "10", "10", "10", "30"])
    assert outcomes(tags)["0018,0081"][0] == "differs"


def test_a_varying_element_is_kept_as_its_range() -> None:
    tags = series(EchoTime=["10", "12", "14", "16", "18", "20"])
    kept = reference_of(tags, meta())
    assert next(check for check in kept.checks if check.tag == "0018,0081").range == (10, 20)
    found = {one.check.tag: one.outcome for one in hold_against(kept, series(EchoTime="15"), meta())}
    assert found["0018,0081"] is Outcome.PASS


@pytest.mark.parametrize(
    "change",
    [
        {"trueslice_protocol": 2},
        {"checks": [{"tag": "0018,0080", "name": "x", "vr": "DS"}]},
        {"checks": [{"tag": "x", "name": "x", "vr": "DS", "values": ["1"]}]},
        {"checks": [{"name": "x", "vr": "DS", "values": ["1"]}]},
        {"unknown": 1},
    ],
)
def test_what_is_no_reference_is_refused(change: dict[str, Any]) -> None:
    document = json.loads(reference().model_dump_json())
    with pytest.raises(BadReference):
        read_reference(json.dumps({**document, **change}))


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(BadReference):
        read_reference(text)
