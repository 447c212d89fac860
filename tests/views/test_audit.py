"""The audit panel: sentences, the gravest first, never by colour alone."""

from __future__ import annotations

from typing import Any

import pytest
from dash import html
from dash.development.base_component import Component

from webapp.findings import VERDICT_MEANINGS, Finding, Severity, Verdict, by_gravity
from webapp.views import audit, strip


def finding(severity: str, message: str, *tags: str) -> dict[str, Any]:
    return Finding("G20", Severity(severity), message, tags=tags).as_json()


def scene(verdict: str, *findings: dict[str, Any], kind: str = "volume") -> dict[str, Any]:
    return {
        "key": "k",
        "kind": kind,
        "verdict": verdict,
        "summary": "Spacing 1.00 mm",
        "findings": list(findings),
        "slice_plane": "axial",
    }


def item(record: dict[str, Any]) -> Component:
    return audit.finding_item(record, scene("caution"))


def words(parts: Any) -> str:
    """All text of components, in reading order."""
    if isinstance(parts, Component):
        return words(getattr(parts, "children", None))
    if isinstance(parts, list | tuple):
        return " ".join(filter(None, map(words, parts)))
    return "" if parts is None else str(parts)


def test_the_gravest_finding_stands_first() -> None:
    found = [finding(severity, severity.lower()) for severity in ("OK", "BLOCK", "NOTE", "WARN")]
    assert [one["message"] for one in by_gravity(found)] == ["block", "warn", "note", "ok"]


def test_equally_grave_findings_keep_their_order() -> None:
    found = [finding("NOTE", "first"), finding("NOTE", "second")]
    assert [one["message"] for one in by_gravity(found)] == ["first", "second"]


@pytest.mark.parametrize(("verdict", "mark"), [("trusted", "●"), ("caution", "▲"), ("refused", "■")])
def test_a_verdict_is_a_shape_and_a_word(verdict: str, mark: str) -> None:
    assert words(audit.badge(verdict)) == f"{mark} {verdict}"


def test_each_finding_shows_its_sentence_and_its_evidence() -> None:
    said = words(item(finding("WARN", "Slice 34 is missing.", "0020,0032", "0018,0088")))
    assert "Slice 34 is missing." in said
    assert "(0020,0032)" in said
    assert "(0018,0088)" in said


def test_a_finding_without_tags_claims_no_evidence() -> None:
    assert "Evidence" not in words(item(finding("OK", "No gap.")))


def test_a_findings_gravity_is_said_in_a_word() -> None:
    assert "caution" in words(item(finding("WARN", "x")))


def test_the_panel_opens_with_verdict_and_summary() -> None:
    said = words(audit.panel(scene("caution", finding("WARN", "Uneven."))))
    assert said.startswith("▲ caution")
    assert "Spacing 1.00 mm" in said
    assert "Uneven." in said


def test_pictures_are_not_said_to_have_good_distances() -> None:
    said = words(audit.panel(scene("trusted", kind="pictures")))
    assert "without distances" in said


def test_the_library_has_no_audit() -> None:
    assert audit.panel({}) == []


def test_every_verdict_has_a_meaning() -> None:
    assert set(VERDICT_MEANINGS) == set(Verdict)


def parts_of(component: Any, kind: type[Component]) -> list[Any]:
    return [part for part in component._traverse() if isinstance(part, kind)]


def test_each_tag_of_the_evidence_leads_to_the_tag_table() -> None:
    (button,) = parts_of(item(finding("WARN", "x", "0018,0088")), html.Button)
    assert button.to_plotly_json()["props"]["data-tag"] == "0018,0088"


def test_the_slices_concerned_lead_there_in_the_plane_they_were_acquired_in() -> None:
    (button,) = parts_of(item({**finding("WARN", "x"), "slices": [33]}), html.Button)
    props = button.to_plotly_json()["props"]
    assert (props["data-plane"], props["data-first"], props["children"]) == ("axial", "33", "34")


def test_pictures_shown_one_by_one_are_not_called_slices() -> None:
    shown = {**finding("BLOCK", "x"), "slices": [3, 12]}
    assert "Go to picture" in words(audit.finding_item(shown, {**scene("refused"), "slice_plane": "picture"}))
    assert "Go to slice" in words(item(shown))


def test_a_long_list_of_slices_is_cut_and_says_so() -> None:
    said = words(item({**finding("WARN", "x"), "slices": list(range(40))}))
    assert "and 28 more" in said


@pytest.mark.parametrize(("kind", "offered"), [("volume", True), ("pictures", False)])
def test_a_nifti_file_is_offered_for_volumes_only(kind: str, offered: bool) -> None:
    addresses = [link.href for link in parts_of(audit.downloads(scene("trusted", kind=kind)), html.A)]
    assert ("/volumes/k/volume.nii.gz" in addresses) is offered
    assert "/volumes/k/report.html" in addresses


def test_the_strip_says_in_a_sentence_what_it_shows() -> None:
    bar = {"kind": "hole", "start": 0.25, "length": 0.5, "first": 1, "last": 2}
    drawn = {"bars": [bar], "length_mm": 9.0, "ends": ["I", "S"], "lean_deg": 5.0, "plane": "axial", "words": "All."}
    (picture,) = strip.picture(drawn)
    frame, *_ = parts_of(picture, html.Div)
    assert frame.to_plotly_json()["props"]["aria-label"] == "All."
    (shown,) = [part for part in parts_of(picture, html.Div) if "is-hole" in str(part.className)]
    assert (shown.style["left"], shown.style["width"]) == ("25.000%", "50.000%")
    assert "gantry tilt" in words(picture)


def test_what_a_nifti_file_will_hold_is_said_beside_its_link() -> None:
    said = words(audit.downloads({**scene("caution"), "export_words": "Slices are missing."}))
    assert "NIfTI: Slices are missing." in said
    assert "NIfTI: " not in words(audit.downloads(scene("trusted")))


def test_the_note_about_overview_pictures_leads_to_them() -> None:
    finding = {"id": "G13", "severity": "NOTE", "message": "3 pictures.", "numbers": {}, "tags": [], "slices": []}
    link = {"key": "c" * 32, "name": "x", "overview": True, "sibling": True, "placed": True, "colour": "#fff"}
    item = str(audit.finding_item(finding, {"label": "", "links": [link]}))
    assert "Show the overview pictures" in item
    assert "c" * 32 in item
    assert "Show the" not in str(audit.finding_item({**finding, "id": "G04"}, {"label": "", "links": [link]}))
