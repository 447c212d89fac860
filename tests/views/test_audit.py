"""The audit panel: sentences, the gravest first, never by colour alone."""

from __future__ import annotations

from typing import Any

import pytest
from dash.development.base_component import Component

from webapp.findings import Finding, Severity, Verdict
from webapp.views import audit


def finding(severity: str, message: str, *tags: str) -> dict[str, Any]:
    return Finding("G20", Severity(severity), message, tags=tags).as_json()


def scene(verdict: str, *findings: dict[str, Any], kind: str = "volume") -> dict[str, Any]:
    return {"key": "k", "kind": kind, "verdict": verdict, "summary": "Spacing 1.00 mm", "findings": list(findings)}


def words(parts: Any) -> str:
    """All text of components, in reading order."""
    if isinstance(parts, Component):
        return words(getattr(parts, "children", None))
    if isinstance(parts, list | tuple):
        return " ".join(filter(None, map(words, parts)))
    return "" if parts is None else str(parts)


def test_the_gravest_finding_stands_first() -> None:
    found = [finding(severity, severity.lower()) for severity in ("OK", "BLOCK", "NOTE", "WARN")]
    assert [one["message"] for one in audit.by_gravity(found)] == ["block", "warn", "note", "ok"]


def test_equally_grave_findings_keep_their_order() -> None:
    found = [finding("NOTE", "first"), finding("NOTE", "second")]
    assert [one["message"] for one in audit.by_gravity(found)] == ["first", "second"]


@pytest.mark.parametrize(("verdict", "mark"), [("trusted", "●"), ("caution", "▲"), ("refused", "■")])
def test_a_verdict_is_a_shape_and_a_word(verdict: str, mark: str) -> None:
    assert words(audit.badge(verdict)) == f"{mark} {verdict}"


def test_each_finding_shows_its_sentence_and_its_evidence() -> None:
    said = words(audit.finding_item(finding("WARN", "Slice 34 is missing.", "0020,0032", "0018,0088")))
    assert "Slice 34 is missing." in said
    assert "(0020,0032)" in said
    assert "(0018,0088)" in said


def test_a_finding_without_tags_claims_no_evidence() -> None:
    assert "Evidence" not in words(audit.finding_item(finding("OK", "No gap.")))


def test_a_findings_gravity_is_said_in_a_word() -> None:
    assert "caution" in words(audit.finding_item(finding("WARN", "x")))


def test_the_panel_opens_with_verdict_and_summary() -> None:
    said = words(audit.panel(scene("caution", finding("WARN", "Uneven."))))
    assert said.startswith("▲ caution")
    assert "Spacing 1.00 mm" in said
    assert said.endswith("Uneven.")


def test_pictures_are_not_said_to_have_good_distances() -> None:
    said = words(audit.panel(scene("trusted", kind="pictures")))
    assert "without distances" in said


def test_the_library_has_no_audit() -> None:
    assert audit.panel({}) == []


def test_every_verdict_has_a_meaning() -> None:
    assert set(audit.VERDICT_MEANINGS) == set(Verdict)
