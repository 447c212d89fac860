"""What the audit says about a stack: a finding, how grave it is, and the verdict of them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


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
        Zero-based places along the slice axis in kept order; empty when it holds for all.
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
