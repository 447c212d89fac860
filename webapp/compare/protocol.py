"""A series' acquisition kept as a reference, and another held against it: passes, differs, missing, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from webapp.compare.derived import derived_of
from webapp.compare.likeness import State, likeness
from webapp.compare.protocol_reference import Check, Reference
from webapp.compare.protocol_tags import COMPUTED, SETS, checked_tags
from webapp.dicom.tag_row import NOT_KEPT, TagRow
from webapp.dicom.tag_table import TagTable
from webapp.dicom.tag_variation import NUMERIC, numbers_of

#: Different values of one element that a reference keeps.
_MOST_VALUES: Final = 20


class Outcome(StrEnum):
    """How one check ended."""

    PASS = "pass"  # noqa: S105 (no password)
    DIFFERS = "differs"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Result:
    """One check and how it ended.

    Parameters
    ----------
    check : Check
    outcome : Outcome
    wanted, found : str
        In words, with their unit.
    reason : str
        A sentence; empty where the check passes.
    """

    check: Check
    outcome: Outcome
    wanted: str
    found: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "tag": self.check.tag,
            "computed": self.check.computed,
            "name": self.check.name,
            "outcome": str(self.outcome),
            "wanted": self.wanted,
            "found": self.found,
            "reason": self.reason,
        }


def reference_of(table: TagTable, meta: Mapping[str, Any]) -> Reference:
    """A series as a reference, with tolerances that fit each quantity; they are there to be edited.

    Parameters
    ----------
    table : TagTable
    meta : mapping
        The stack's ``meta.json``.
    """
    modality = next(iter(table.values("0008,0060")), "")
    checks = []
    for tag, tolerance in checked_tags(modality):
        row = table.find(tag)
        if row is not None and (values := _values(row)):
            checks.append(_check_of(row, values, tolerance))
    derived = derived_of(table, meta)
    for name, (words, unit, absolute) in COMPUTED.items():
        if name in derived:
            checks.append(
                Check(computed=name, name=words, unit=unit, vr="DS", values=(derived[name],), absolute=absolute)
            )
    return Reference(modality=modality, checks=tuple(checks))


def hold_against(reference: Reference, table: TagTable, meta: Mapping[str, Any]) -> tuple[Result, ...]:
    """A series held against a reference, check by check.

    Parameters
    ----------
    reference : Reference
    table : TagTable
    meta : mapping
        The stack's ``meta.json``.
    """
    derived = derived_of(table, meta)
    results = [_modality(reference, table)]
    for check in reference.checks:
        row = table.find(check.tag) if check.tag else None
        values = _values(row) if row is not None else [derived[check.computed]] if check.computed in derived else []
        results.append(_result(check, values))
    return tuple(results)


def _values(row: TagRow) -> list[str]:
    """The different values of an element that are not empty."""
    found = [row.value] if row.column is None else list(row.column.values) if row.column.at else [NOT_KEPT]
    return [value for value in found if value]


def _check_of(row: TagRow, values: Sequence[str], tolerance: tuple[float, float]) -> Check:
    """The check that a row makes."""
    relative, absolute = tolerance if row.vr in NUMERIC else (0.0, 0.0)
    numbers = [numbers_of(value, row.vr) for value in values]
    single = [one[0] for one in numbers if one is not None and len(one) == 1]
    told = {
        "tag": row.tag,
        "name": row.name,
        "unit": row.unit,
        "vr": row.vr,
        "relative": relative,
        "absolute": absolute,
    }
    if len(single) == len(values) > 1:
        return Check.model_validate({**told, "range": (min(single), max(single))})
    return Check.model_validate({**told, "values": tuple(values[:_MOST_VALUES])})


def _modality(reference: Reference, table: TagTable) -> Result:
    """Whether both are pictures of one modality."""
    check = Check(tag="0008,0060", name="Modality", vr="CS", values=(reference.modality,))
    return _result(check, table.values("0008,0060"))


def _result(check: Check, values: Sequence[str]) -> Result:
    """How a check ends on some values."""
    wanted = _wanted(check)
    found = _told(values, check.unit)
    if not values:
        return Result(
            check, Outcome.MISSING, wanted, "not recorded", f"{check.name} is not recorded; {wanted} is asked for."
        )
    wrong = next((value for value in values if not _fits(check, value)), None)
    if wrong is None:
        return Result(check, Outcome.PASS, wanted, found, "")
    return Result(check, Outcome.DIFFERS, wanted, found, f"{check.name} is {found}; {wanted} is asked for.")


def _fits(check: Check, value: str) -> bool:
    """Whether one value is what is asked for."""
    if check.range is not None:
        numbers = numbers_of(value, "DS")
        low, high = check.range
        return numbers is not None and all(_near(check, max(low, min(one, high)), one) for one in numbers)
    return any(_same(check, wanted, value) for wanted in check.values or ())


def _same(check: Check, wanted: str, value: str) -> bool:
    """Whether a value is the one asked for, within the tolerance."""
    if check.tag in SETS:
        return _tokens(wanted) == _tokens(value)
    if likeness(wanted, value, check.vr) in (State.EQUAL, State.FORMATTING):
        return True
    a, b = (numbers_of(one, check.vr) for one in (wanted, value))
    return a is not None and b is not None and len(a) == len(b) and all(map(_near_by(check), a, b))


def _near_by(check: Check) -> Any:
    """The tolerance of a check as a test of two numbers."""
    return lambda wanted, found: _near(check, wanted, found)


def _near(check: Check, wanted: float, found: float) -> bool:
    """Whether a number is near enough."""
    return abs(found - wanted) <= max(check.absolute, check.relative * abs(wanted), 1e-9)


def _tokens(value: str) -> frozenset[str]:
    """Tokens whose order means nothing."""
    return frozenset(token.strip() for token in value.split("\\") if token.strip())


def _told(values: Sequence[str], unit: str) -> str:
    """Values in words."""
    behind = f" {unit}" if unit else ""
    if len(values) > 3:
        return f"{values[0]} to {values[-1]} ({len(values)} values){behind}"
    return f"{' or '.join(values)}{behind}"


def _wanted(check: Check) -> str:
    """What is asked for, in words with its tolerance."""
    if check.range is not None:
        words = f"{check.range[0]:g} to {check.range[1]:g}{f' {check.unit}' if check.unit else ''}"
    else:
        words = _told(check.values or (), check.unit)
    if check.absolute:
        return f"{words} ± {check.absolute:g}{f' {check.unit}' if check.unit else ''}"
    return f"{words} ± {100 * check.relative:g} %" if check.relative else words
