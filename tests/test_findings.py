"""What the audit says, how grave it is, and the verdict of it all."""

from __future__ import annotations

import json

import pytest

from webapp.findings import Finding, Severity, Verdict, verdict_of


@pytest.mark.parametrize(
    ("severities", "verdict"),
    [
        ([], Verdict.TRUSTED),
        (["OK", "NOTE"], Verdict.TRUSTED),
        (["OK", "WARN", "NOTE"], Verdict.CAUTION),
        (["WARN", "BLOCK"], Verdict.REFUSED),
    ],
    ids=["nothing found", "notes", "a warning", "a block"],
)
def test_the_gravest_finding_decides(severities: list[str], verdict: Verdict) -> None:
    assert verdict_of([Finding("G27", Severity(one), "words") for one in severities]) is verdict


def test_a_finding_survives_being_written_down() -> None:
    finding = Finding("G29", Severity.BLOCK, "1 slice is missing.", {"gap_mm": 6.0}, ("0020,0032",), (2,))
    assert Finding.from_json(json.loads(json.dumps(finding.as_json()))) == finding


def test_a_finding_without_numbers_has_an_empty_table() -> None:
    assert Finding("G41", Severity.OK, "absent").as_json()["numbers"] == {}


def test_the_written_finding_has_the_words_of_the_contract() -> None:
    record = Finding("G41", Severity.OK, "absent").as_json()
    assert list(record) == ["id", "severity", "message", "numbers", "tags", "slices"]
