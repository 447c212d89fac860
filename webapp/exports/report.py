"""The audit of a stack, and a comparison, as one HTML file each that needs nothing else: no script, no request."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from webapp import __version__
from webapp.compare.likeness import State
from webapp.compare.makers import protocol_lines
from webapp.compare.search import Query
from webapp.compare.view import Comparison
from webapp.config import ROOT
from webapp.findings import SEVERITY_WORDS, VERDICT_MARKS, Severity, Verdict, by_gravity, verdict_meaning, why_no_volume
from webapp.imaging.strip import BarKind
from webapp.stackwords import (
    count_words,
    ends,
    lean_deg,
    measured_spacing,
    size_words,
    spacing_words,
    strip_of_stack,
    strip_words,
)

#: The strip's size in the file, in units of its own.
_WIDE: Final = 1000.0
_HIGH: Final = 90.0
_THINNEST: Final = {BarKind.SLICE: 0.8, BarKind.BLOCK: 0.8, BarKind.OVERLAP: 3.0, BarKind.HOLE: 4.0}
_STYLES: Final = ROOT / "assets" / "viewer.css"
_TOKENS = re.compile(r":root(?P<which>\[data-mantine-color-scheme=\"light\"\])?\s*\{(?P<body>[^}]*)\}")
_COLOUR = re.compile(r"--[a-z-]+:\s*#[0-9a-f]{6};")
#: The parts of a comparison, from what matters most.
_SECTIONS: Final = (
    ("Different", (State.DIFFERENT,)),
    ("Missing in some", (State.MISSING,)),
    ("Differs only in formatting", (State.FORMATTING,)),
    ("Not compared", (State.UNKNOWN,)),
    ("Equal", (State.EQUAL,)),
)
_NOT_RECORDED: Final = "not recorded"


def report_html(meta: Mapping[str, Any], thumbnail: bytes) -> str:
    """The report of a stack.

    Parameters
    ----------
    meta : mapping
        Its ``meta.json``; all text in it stays text.
    thumbnail : bytes
        Its ``thumbnail.png``.

    Returns
    -------
    str
        To be written as UTF-8.
    """
    verdict = Verdict(meta["verdict"])
    return _page(
        "report.html.j2",
        verdict=verdict,
        mark=VERDICT_MARKS[verdict],
        meaning=verdict_meaning(verdict, meta["kind"]),
        summary=meta["summary"],
        facts=_facts(meta["series"]),
        geometry=_geometry(meta),
        strip=_strip(meta),
        reasons=why_no_volume(meta["findings"]) if meta["kind"] != "volume" else [],
        findings=[_told(finding) for finding in by_gravity(meta["findings"])],
        thumbnail=f"data:image/png;base64,{base64.b64encode(thumbnail).decode('ascii')}",
    )


def comparison_html(comparison: Comparison, query: Query) -> str:
    """A comparison of tags; it holds what the tags hold, names of patients too.

    Parameters
    ----------
    comparison : Comparison
    query : Query
        Which rows are told.

    Returns
    -------
    str
        To be written as UTF-8.

    Raises
    ------
    BadPattern
        The query's expression cannot be used.
    """
    view = comparison.view(query)
    return _page(
        "comparison.html.j2",
        columns=[
            {"label": column.label, "summary": column.meta["summary"], "lines": protocol_lines(column.table)}
            for column in comparison.columns
        ],
        counts=[(str(state), count) for state, count in view.counts.items() if count],
        computed=view.computed,
        sections=[(words, [row for row in view.rows if row.row.state in states]) for words, states in _SECTIONS],
        left_out=view.left_out,
    )


def _page(template: str, **told: Any) -> str:
    """A page of its own, in the colours of the viewer; all text in it stays text."""
    folder = FileSystemLoader(Path(__file__).parent)
    rooms = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    colours = {scheme: _colours(scheme) for scheme in ("dark", "light")}
    return rooms.get_template(template).render(version=__version__, **colours, **told)


def _colours(scheme: str) -> Markup:
    """The colours of the page in one scheme, as its style sheet has them."""
    found = {
        "light" if match["which"] else "dark": "".join(_COLOUR.findall(match["body"]))
        for match in _TOKENS.finditer(_STYLES.read_text(encoding="utf-8"))
        if _COLOUR.search(match["body"])
    }
    return Markup(found[scheme])  # noqa: S704 (nothing but custom properties and hexadecimal digits)


def _facts(series: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the series is."""
    told = {"Modality": "modality", "Maker": "manufacturer", "Description": "description", "Images": "images"}
    return [(name, str(series[field] or _NOT_RECORDED)) for name, field in told.items()]


def _geometry(meta: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The measured geometry, one fact a row."""
    shape, axis = meta["shape_kji"], meta["slice_axis"]
    rows = [
        ("Kind", meta["kind"]),
        ("Slices" if meta["kind"] == "volume" else "Pictures", count_words(meta["kind"], shape, axis)),
        ("Columns × rows", size_words(shape, axis)),
        ("Columns × rows × slices apart", spacing_words(measured_spacing(meta), axis)),
        ("Thickness (tag)", _with_unit(meta["thickness_mm"], 2, "mm")),
        ("Grid", str(meta["grid"] or "none").lower()),
        ("Tilt", _with_unit(meta["tilt_deg"], 1, "°")),
        ("Values", _values(meta)),
    ]
    if meta["time_points"] > 1:
        rows.append((str(meta["time_key"] or "Time points"), f"{meta['time_points']} volumes"))
    return rows


def _with_unit(number: float | None, digits: int, unit: str) -> str:
    """A number with its unit, or that there is none."""
    if number is None:
        return _NOT_RECORDED
    return f"{number:.{digits}f}{unit if unit == '°' else f' {unit}'}"


def _values(meta: Mapping[str, Any]) -> str:
    """Lowest and highest value with their unit."""
    low, high = meta["value_range"] or (None, None)
    if low is None or high is None:
        return _NOT_RECORDED
    return f"{low:g} to {high:g} {meta['value_unit'] or '(no unit recorded)'}"


def _told(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A finding in the words of the report; slices are counted as its sentence counts them."""
    severity = Severity(finding["severity"])
    return {
        "id": finding["id"],
        "kind": severity.lower(),
        "word": SEVERITY_WORDS[severity],
        "message": finding["message"],
        "numbers": ", ".join(f"{name.replace('_', ' ')} {_number(one)}" for name, one in finding["numbers"].items()),
        "tags": ", ".join(f"({tag})" for tag in finding["tags"]),
        "slices": ", ".join(str(place + 1) for place in finding["slices"]),
    }


def _number(value: object) -> str:
    """A number or a list of them as short as it is meant."""
    if isinstance(value, list | tuple):
        return " × ".join(map(_number, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _strip(meta: Mapping[str, Any]) -> dict[str, Any] | None:
    """The strip as shapes for the drawing; None where there is none."""
    strip = strip_of_stack(meta)
    if strip is None:
        return None
    bars = [
        {
            "kind": str(bar.kind),
            "x": round(bar.start * _WIDE, 2),
            "width": round(max(bar.length * _WIDE, _THINNEST[bar.kind]), 2),
        }
        for bar in strip.bars
    ]
    first, last = ends(meta)
    return {
        "bars": bars,
        "wide": _WIDE,
        "high": _HIGH,
        "lean": round(-lean_deg(meta), 2),
        "first": first,
        "last": last,
        "length": f"{strip.length_mm:.1f} mm",
        "words": strip_words(meta, strip),
        "has_holes": any(bar.kind is BarKind.HOLE for bar in strip.bars),
        "has_overlaps": any(bar.kind is BarKind.OVERLAP for bar in strip.bars),
    }
