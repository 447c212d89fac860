"""What this viewer did with a tag, in the words of the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from webapp.findings import by_gravity

_SPACING: Final = "0018,0088"

#: What every volume's tags are used for.
_ROLES: Final = MappingProxyType(
    {
        "0020,0032": "used: places every slice",
        "0020,0037": "used: the directions of rows and columns",
        "0028,0030": "used: the distances between rows and between columns",
        "0028,0010": "used: how many rows a picture has",
        "0028,0011": "used: how many columns a picture has",
        "0020,0052": "used: which series share one space",
        "0018,0050": "not used for spacing: only for the gap between slices",
        "0020,1041": "not used: the scanner's own label of a slice",
        "0018,5100": "not used: positions and directions already hold for the patient",
        "0020,0013": "not used for the order of slices",
        "0020,0012": "not used for the order of slices",
        "0018,1164": "not used: the size at the detector",
        "0018,2010": "not used: the step of a film scanner",
        "0020,9157": "not used for the order of slices: held against the positions",
        "0028,1052": "used: the values",
        "0028,1053": "used: the values",
    }
)

#: What (0018,0088) turned out to be, by the finding about it; None where the finding's own numbers say more.
_READINGS: Final = MappingProxyType(
    {
        "G33": "this tag agrees",
        "G34": "this tag holds the gap between slices {tag:.4g} mm",
        "G35": "this tag holds the table step {tag:.4g} mm",
        "G36": "this tag repeats the thickness {tag:.4g} mm",
        "G37": "this tag is negative, {tag:.4g} mm",
        "G38": "this tag cannot be a spacing",
        "G39": "this tag holds {steps} steps, {tag:.4g} mm",
        "G40": "this tag says {tag:.4g} mm, and why is not known",
    }
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was done with a tag.

    Parameters
    ----------
    short : str
        One clause: ``not used for spacing: measured 2.397 mm; this tag holds the table step 2.5 mm``.
    messages : tuple of str
        The audit's sentences that name the tag, the gravest first.
    findings : tuple of str
        Their ids.
    severity : str
        The gravest of them; empty where the audit says nothing.
    """

    short: str
    messages: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    severity: str = ""


def meanings_of(meta: Mapping[str, Any]) -> dict[str, Meaning]:
    """What was done with the tags of a stack, by ``GGGG,EEEE``; only those that were used, held against, or named.

    Parameters
    ----------
    meta : mapping
        Its ``meta.json``.
    """
    told: dict[str, list[Mapping[str, Any]]] = {tag: [] for tag in (*_ROLES, _SPACING, "0018,1120")}
    for finding in by_gravity(meta["findings"]):
        for tag in finding["tags"]:
            told.setdefault(tag, []).append(finding)
    return {tag: _meaning(tag, findings, meta) for tag, findings in told.items()}


def _meaning(tag: str, findings: list[Mapping[str, Any]], meta: Mapping[str, Any]) -> Meaning:
    """What was done with one tag."""
    return Meaning(
        short=_short(tag, findings, meta),
        messages=tuple(finding["message"] for finding in findings),
        findings=tuple(finding["id"] for finding in findings),
        severity=str(findings[0]["severity"]) if findings else "",
    )


def _short(tag: str, findings: list[Mapping[str, Any]], meta: Mapping[str, Any]) -> str:
    """One clause."""
    if meta["kind"] != "volume" and (tag in _ROLES or tag in (_SPACING, "0018,1120")):
        return "read; these pictures form no volume" if tag not in ("0028,0010", "0028,0011") else _ROLES[tag]
    if tag == _SPACING:
        return _spacing(findings, meta)
    if tag == "0018,1120":
        return f"not used: the tilt is measured from positions, {abs(meta['tilt_deg'] or 0.0):.1f}°"
    if tag == "0020,0032" and meta.get("placed_by", "measured") != "measured":
        return f"used: places the first slice; the step is {_source(meta)}"
    return _ROLES.get(tag, "held against what was measured")


def _spacing(findings: list[Mapping[str, Any]], meta: Mapping[str, Any]) -> str:
    """What was done with (0018,0088)."""
    source = str(meta.get("placed_by", "measured"))
    if _SPACING in source:
        return f"used for spacing: {_source(meta)}, as slices do not record their places"
    found = next((finding for finding in findings if finding["id"] in _READINGS), None)
    spacing = _measured_mm(found, meta)
    measured = "" if spacing is None else f"{'measured' if source == 'measured' else source} {spacing:.4g} mm"
    if found is None:
        return f"not used for spacing: {measured}" if measured else "not used for spacing"
    numbers = found["numbers"]
    reading = _READINGS[found["id"]].format(tag=numbers.get("tag_mm", 0.0), steps=numbers.get("steps", 0))
    return f"not used for spacing: {'; '.join(part for part in (measured, reading) if part)}"


def _measured_mm(found: Mapping[str, Any] | None, meta: Mapping[str, Any]) -> float | None:
    """The spacing that was measured, mm."""
    number = None if found is None else found["numbers"].get("spacing_mm")
    if number is None and meta["spacing_mm_kji"] is not None and meta["slice_axis"] is not None:
        number = meta.get("step_mm") or meta["spacing_mm_kji"][meta["slice_axis"]]
    return None if number is None else float(number)


def _source(meta: Mapping[str, Any]) -> str:
    """Where a step comes from when it was not measured."""
    return str(meta["placed_by"]).replace(f" the tag ({_SPACING})", " this tag") if meta.get("placed_by") else "assumed"
