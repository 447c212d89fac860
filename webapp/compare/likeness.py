"""Whether two values are equal, differ in how they are written only, or differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from webapp.dicom.tag_row import TagColumn, TagRow
from webapp.dicom.tag_variation import NUMERIC, numbers_of, seconds_of

_UNREAD: Final = "not compared"


class State(StrEnum):
    """How the values of one element compare, from nothing to tell to a difference."""

    EQUAL = "equal"
    FORMATTING = "differs only in formatting"
    UNKNOWN = "not compared"
    MISSING = "missing"
    DIFFERENT = "different"


#: The graver of two states is the later one.
_GRAVITY: Final = tuple(State)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How near two numbers are the same number, written differently.

    Parameters
    ----------
    relative : float
        Share of the larger; the default is what single precision and sixteen characters keep.
    absolute : float
        In the element's own unit, for numbers near zero.
    """

    relative: float = 1e-6
    absolute: float = 1e-9

    def holds(self, a: float, b: float) -> bool:
        """Whether two numbers are within it."""
        return abs(a - b) <= max(self.absolute, self.relative * max(abs(a), abs(b)))


EXACT: Final = Tolerance()


def graver(states: Sequence[State]) -> State:
    """The gravest of several states; equal when there are none."""
    return max(states, key=_GRAVITY.index, default=State.EQUAL)


def alike(one: TagRow | None, other: TagRow | None, tolerance: Tolerance = EXACT) -> State:
    """How one element of two series, or of two instances, compares.

    Parameters
    ----------
    one, other : TagRow or None
        None where there is no such element. Where a series varies, every instance is compared with its counterpart.
    tolerance : Tolerance, optional
    """
    if one is None or other is None:
        return State.EQUAL if one is other else State.MISSING
    vr = one.vr if one.vr == other.vr else f"{one.vr}/{other.vr}"
    if one.column is None and other.column is None:
        return likeness(one.value, other.value, vr, tolerance)
    if one.column is None or other.column is None:
        return State.DIFFERENT
    return _columns_alike(one.column, other.column, vr, tolerance)


def likeness(one: str, other: str, vr: str, tolerance: Tolerance = EXACT) -> State:
    """How two values of one element compare.

    Parameters
    ----------
    one, other : str
        As the tag table has them.
    vr : str
        Value representation; two joined by ``/`` where they are not the same.
    tolerance : Tolerance, optional
    """
    if one == other:
        return State.UNKNOWN if one.endswith(_UNREAD) else State.EQUAL
    if _same_numbers(one, other, vr, tolerance) or _same_text(one, other, vr):
        return State.FORMATTING
    return State.DIFFERENT


def _columns_alike(one: TagColumn, other: TagColumn, vr: str, tolerance: Tolerance) -> State:
    """How the values of all instances compare, each with its counterpart in kept order."""
    if not one.at or not other.at:
        return State.UNKNOWN
    if one.at == other.at and one.values == other.values:
        return State.UNKNOWN if any(value.endswith(_UNREAD) for value in one.values) else State.EQUAL
    if len(one.at) != len(other.at):
        return State.DIFFERENT
    pairs = {
        (a if a < 0 else one.values[a], b if b < 0 else other.values[b])
        for a, b in set(zip(one.at, other.at, strict=True))
    }
    worst = State.EQUAL
    for a, b in pairs:
        if isinstance(a, str) and isinstance(b, str):
            state = likeness(a, b, vr, tolerance)
        else:
            state = State.EQUAL if a == b else State.DIFFERENT
        worst = graver((worst, state))
        if worst is State.DIFFERENT:
            break
    return worst


def _same_numbers(one: str, other: str, vr: str, tolerance: Tolerance) -> bool:
    """Whether two texts are the same numbers."""
    kinds = set(vr.split("/"))
    if not kinds <= NUMERIC:
        return kinds == {"TM"} and _same_time(one, other)
    a, b = (numbers_of(text, "DS") for text in (one, other))
    if a is None or b is None or len(a) != len(b):
        return False
    return all(tolerance.holds(x, y) for x, y in zip(a, b, strict=True))


def _same_time(one: str, other: str) -> bool:
    """Whether two times of day are the same second and fraction."""
    a, b = seconds_of(one), seconds_of(other)
    return a is not None and a == b


#: Representations in which letters' case and spaces can be a matter of writing.
_WRITTEN: Final = frozenset(("AE", "AS", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"))


def _same_text(one: str, other: str, vr: str) -> bool:
    """Whether two texts are the same but for padding and case, or two dates but for their dots."""
    kinds = set(vr.split("/"))
    if kinds == {"DA"}:
        return one.replace(".", "") == other.replace(".", "")
    if not kinds <= _WRITTEN:
        return False
    ends = "^= " if kinds == {"PN"} else " "
    return _plain(one, ends) == _plain(other, ends)


def _plain(text: str, ends: str) -> str:
    """Text without padding and case; a name without the separators that end it."""
    return "\\".join(" ".join(part.casefold().split()).rstrip(ends) for part in text.split("\\"))
