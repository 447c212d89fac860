"""The report: one file that stands alone, tells all that was found, and in which text stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.factories import Scan
from webapp.config import ROOT
from webapp.exports.report import report_html

PICTURE = b"\x89PNG"
HOSTILE = "<script>alert(1)</script><img src=//evil.example>"


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]


@pytest.fixture
def meta(open_scan: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """A stack with a missing slice."""
    return open_scan(Scan(positions_mm=[0, 3, 6, 12, 15, 18, 21], tags={"PatientName": "Doe^Jane"}))


def test_every_finding_stands_in_the_report_with_its_evidence(meta: dict[str, Any]) -> None:
    page = report_html(meta, PICTURE)
    for finding in meta["findings"]:
        assert finding["id"] in page
        assert all(f"({tag})" in page for tag in finding["tags"])


def test_the_gravest_finding_stands_first(meta: dict[str, Any]) -> None:
    page = report_html(meta, PICTURE)
    assert page.index("▲ caution</span> <span") < page.index("● checked")


def test_it_is_named_and_says_what_it_is_not_for(meta: dict[str, Any]) -> None:
    page = report_html(meta, PICTURE)
    assert "<title>Trueslice report</title>" in page
    assert "not for diagnosis" in page


def test_it_runs_nothing_and_asks_for_nothing(meta: dict[str, Any]) -> None:
    elements = Elements(report_html(meta, PICTURE))
    assert not elements.named("script")
    assert not elements.named("link")
    sources = [value for _, held in elements.found for name, value in held.items() if name in ("src", "href")]
    assert all(str(source).startswith("data:image/png;base64,") for source in sources)


def test_text_from_a_file_stays_text(meta: dict[str, Any]) -> None:
    series = {**meta["series"], "description": HOSTILE, "manufacturer": HOSTILE}
    finding = {**meta["findings"][0], "message": HOSTILE, "tags": [HOSTILE]}
    page = report_html({**meta, "series": series, "findings": [finding], "summary": HOSTILE}, PICTURE)
    elements = Elements(page)
    assert not elements.named("script")
    assert len(elements.named("img")) == 1


def test_a_hole_is_drawn_and_said(meta: dict[str, Any]) -> None:
    elements = Elements(report_html(meta, PICTURE))
    assert [one for one in elements.named("rect") if one["class"] == "hole"]
    assert "1 hole where slices are missing" in str(elements.named("svg")[0]["aria-label"])


def test_colours_are_those_of_the_page(meta: dict[str, Any]) -> None:
    styles = (ROOT / "assets" / "viewer.css").read_text(encoding="utf-8")
    written = set(re.findall(r"#[0-9a-f]{6}\b", report_html(meta, PICTURE)))
    assert written
    assert written <= set(re.findall(r"#[0-9a-f]{6}\b", styles))


def test_it_holds_nothing_about_the_patient(meta: dict[str, Any]) -> None:
    page = report_html(meta, PICTURE)
    assert "Doe" not in page
    assert meta["series"]["patient_key"] not in page


def test_pictures_are_told_why_there_is_no_volume(open_scan: Callable[..., dict[str, Any]]) -> None:
    page = report_html(open_scan(Scan(slices=1)), PICTURE)
    assert "Why there is no 3D" in page
    assert "Upload the whole series" in page
