"""What the audit says about a stack: a finding, how grave it is, and the verdict of them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


class Severity(StrEnum):
    """How grave a finding is, from a passed check to one that forbids a volume."""

    OK = "OK"
    NOTE = "NOTE"
    WARN = "WARN"
    BLOCK = "BLOCK"


class Verdict(StrEnum):
    """How far a stack can be trusted."""

    TRUSTED = "trusted"
    CAUTION = "caution"
    REFUSED = "refused"


#: A verdict is never colour alone.
VERDICT_MARKS: Final = MappingProxyType({Verdict.TRUSTED: "●", Verdict.CAUTION: "▲", Verdict.REFUSED: "■"})

SEVERITY_WORDS: Final = MappingProxyType(
    {Severity.BLOCK: "■ refused", Severity.WARN: "▲ caution", Severity.NOTE: "○ note", Severity.OK: "● checked"}
)

VERDICT_MEANINGS: Final = MappingProxyType(
    {
        Verdict.TRUSTED: "Nothing found that makes the distances doubtful.",
        Verdict.CAUTION: "It can be looked at. Read what was found before measuring.",
        Verdict.REFUSED: "Not shown as a volume: the reasons stand first.",
    }
)

#: Findings that stand between pictures and a volume, and what can be done about each.
REMEDIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "G01": "Export the series again as original DICOM images: secondary captures lose their position.",
        "G02": "The direction vectors are spoilt in the files. Export the series again from the scanner.",
        "G04": "Look at the pictures one by one. For 3D, open a series whose slices are parallel.",
        "G05": "Look at the pictures one by one. For 3D, open a series whose slices are parallel.",
        "G10": "Look at the pictures one by one. For 3D, export the series again with its pixel spacing.",
        "G13": "Overview pictures only help planning. Open the series that was planned on them.",
        "G14": "Upload the whole series, not one file of it.",
        "G16": "Play the pictures. For 3D, open a series that covers several places.",
        "G17": "Export from the scanner with its private tags, or as one picture a slice.",
        "G20": "Choose one picture for each of these places, or upload each repetition in a zip of its own.",
        "G54": "Export the series again so that every frame keeps its position.",
    }
)

#: The number by which overview pictures that are a stack of their own say how many they are (G13).
OVERVIEWS: Final = "overview_pictures"

_GRAVITY: Final = (Severity.BLOCK, Severity.WARN, Severity.NOTE, Severity.OK)


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of the audit, with its numbers and its evidence.

    Parameters
    ----------
    id : str
        ``G01`` … ``G73``, the row of the audit's specification.
    severity : Severity
    message : str
        A plain sentence; its numbers carry their unit.
    numbers : mapping of str to number, list or str
        The same numbers for programs; lengths in mm, angles in degrees.
    tags : tuple of str
        The evidence as ``gggg,eeee``.
    slices : tuple of int
        Zero-based places along the slice axis in kept order, in which views, strip and sentences count them too;
        empty when it holds for all.
    """

    id: str
    severity: Severity
    message: str
    numbers: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    tags: tuple[str, ...] = ()
    slices: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The finding as ``inspect``, ``meta.json`` and the page carry it."""
        return {
            "id": self.id,
            "severity": str(self.severity),
            "message": self.message,
            "numbers": dict(self.numbers),
            "tags": list(self.tags),
            "slices": list(self.slices),
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Finding:
        """The finding that `as_json` wrote."""
        return cls(
            id=record["id"],
            severity=Severity(record["severity"]),
            message=record["message"],
            numbers=MappingProxyType(dict(record["numbers"])),
            tags=tuple(record["tags"]),
            slices=tuple(record["slices"]),
        )


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Refused by any BLOCK, caution by any WARN, trusted otherwise."""
    severities = {finding.severity for finding in findings}
    if Severity.BLOCK in severities:
        return Verdict.REFUSED
    return Verdict.CAUTION if Severity.WARN in severities else Verdict.TRUSTED


def by_gravity(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The findings with the gravest first; equals keep their order.

    Parameters
    ----------
    findings : sequence of mapping
        As `Finding.as_json` writes them.
    """
    return sorted(findings, key=lambda finding: _GRAVITY.index(Severity(finding["severity"])))


def verdict_meaning(verdict: Verdict, kind: str) -> str:
    """What the verdict means for what is shown.

    Parameters
    ----------
    verdict : Verdict
    kind : str
        ``volume``, ``pictures`` or ``cine``.
    """
    if verdict is not Verdict.REFUSED and kind != "volume":
        return "These are pictures without distances between them: there is nothing to measure across them."
    return VERDICT_MEANINGS[verdict]


def why_no_volume(findings: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Why a stack is no volume and what can be done, gravest first: pairs of sentences, the second may be empty.

    Parameters
    ----------
    findings : sequence of mapping
        Of a stack of pictures.
    """
    reasons = [one for one in by_gravity(findings) if one["severity"] == Severity.BLOCK or _is_reason(one)]
    return [(one["message"], REMEDIES.get(one["id"], "")) for one in reasons]


def _is_reason(finding: Mapping[str, Any]) -> bool:
    """Whether a finding stands between its pictures and a volume; G13 does so only on the overview pictures."""
    return finding["id"] in REMEDIES and (finding["id"] != "G13" or OVERVIEWS in finding["numbers"])
