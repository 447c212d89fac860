"""How an element runs along a stack: constant, in even steps, unevenly, or not everywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.dicom.tag_row import TagColumn, Variation

#: Steps are even within this share of a step, or within the last digit written, but never beyond the second share.
_EVEN_SHARE: Final = 0.01
_ROUNDED_SHARE: Final = 0.2

#: Fewer values than these have no step.
_FEWEST: Final = 3

#: Values that a sentence names one by one.
_NAMED: Final = 3
_NAMED_CHARS: Final = 40


def variation_of(values: Sequence[str | None], places: Sequence[Sequence[int]], vr: str) -> tuple[Variation, str]:
    """How an element's values behave, and in short what they are.

    Parameters
    ----------
    values : sequence of (str or None)
        One an instance; None where it is absent.
    places : sequence of sequence of int
        Which instance each picture belongs to: T volumes of N pictures, in kept order.
    vr : str
    """
    present = [value for value in values if value is not None]
    different = list(dict.fromkeys(present))
    if len(present) < len(values):
        return Variation.SOME, f"in {len(present)} of {len(values)}{_named(different, vr)}"
    if len(different) < 2:
        return Variation.CONSTANT, different[0] if different else ""
    numbers = {value: numbers_of(value, vr) for value in different}
    order = _distinct_along(places)
    table = [[numbers[values[instance] or ""] for instance in volume] for volume in order]
    way, steps = _steps(table)
    if steps is None:
        return Variation.IRREGULAR, _spread(different, vr) + way
    first, last = (values[order[end][end]] for end in (0, -1))
    step = f" in steps of {_short(steps[0])}" if len(steps) == 1 else " in even steps"
    return Variation.REGULAR, f"{first} to {last}{step}{way}"


def column_of(values: Sequence[tuple[str, int] | None], places: Sequence[Sequence[int]], vr: str) -> TagColumn:
    """The values of all instances as a column: each different one once.

    Parameters
    ----------
    values : sequence of ((str, int) or None)
        Text and number of values, one an instance; None where the element is absent.
    places : sequence of sequence of int
        As for `variation_of`.
    vr : str
    """
    different = list(dict.fromkeys(value for value in values if value is not None))
    place_of = {value: place for place, value in enumerate(different)}
    at = tuple(-1 if value is None else place_of[value] for value in values)
    variation, words = variation_of([None if value is None else value[0] for value in values], places, vr)
    return TagColumn(tuple(text for text, _ in different), tuple(vm for _, vm in different), at, variation, words)


def numbers_of(value: str, vr: str) -> tuple[float, ...] | None:
    """The numbers a value is made of, times of day in seconds; None for text.

    Parameters
    ----------
    value : str
    vr : str
    """
    if vr == "TM":
        seconds = seconds_of(value)
        return None if seconds is None else (seconds,)
    if vr == "DT":
        seconds = seconds_of(value[8:].partition("+")[0].partition("&")[0])
        return None if seconds is None else (seconds,)
    if vr not in NUMERIC or not value:
        return None
    try:
        found = tuple(float(part) for part in value.split("\\"))
    except ValueError:
        return None
    return found if all(map(math.isfinite, found)) else None


#: Representations of numbers.
NUMERIC: Final = frozenset(("DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"))


def seconds_of(time: str) -> float | None:
    """HHMMSS.FFFFFF, with or without colons, as seconds of the day, or None (PS3.5 6.2, TM)."""
    digits = time.replace(":", "").strip()
    whole = digits.partition(".")[0]
    if not whole.isdigit() or len(whole) not in (2, 4, 6):
        return None
    seconds = float(digits[4:]) if len(whole) == 6 else 0.0
    return int(digits[:2]) * 3600 + int(digits[2:4] or 0) * 60 + seconds


def _distinct_along(places: Sequence[Sequence[int]]) -> list[list[int]]:
    """The instances of each volume in kept order, each once; several volumes of one instance each as one row."""
    volumes = [list(dict.fromkeys(volume)) for volume in places]
    return [[one for volume in volumes for one in volume]] if all(len(volume) == 1 for volume in volumes) else volumes


def _steps(table: list[list[tuple[float, ...] | None]]) -> tuple[str, tuple[float, ...] | None]:
    """Along what a value runs, where there are several volumes, and its steps where they are even."""
    if len(table) == 1:
        return "", _even(table[0])
    if all(volume == table[0] for volume in table):
        return ", the same in every volume", _even(table[0])
    if all(len(set(volume)) == 1 for volume in table):
        return ", from volume to volume", _even([volume[0] for volume in table])
    return "", None


def _even(values: Sequence[tuple[float, ...] | None]) -> tuple[float, ...] | None:
    """The step of each number of an evenly running value; None where it does not run evenly."""
    found = [value for value in values if value is not None]
    if len(found) < len(values) or len(found) < _FEWEST or len({len(value) for value in found}) > 1:
        return None
    numbers = np.array(found, np.float64)
    steps = np.diff(numbers, axis=0)
    mean = steps.mean(axis=0)
    allowed = np.maximum(_EVEN_SHARE * np.abs(mean), np.minimum(_resolution(numbers), _ROUNDED_SHARE * np.abs(mean)))
    if not mean.any() or (np.abs(steps - mean) > allowed + 1e-12 * np.abs(numbers).max()).any():
        return None
    return tuple(float(step) for step in mean)


def _resolution(numbers: NDArray[np.float64]) -> float:
    """What the last decimal of numbers is worth, as far as six decimals."""
    for digits in range(7):
        if np.allclose(numbers, np.round(numbers, digits), rtol=0, atol=1e-9):
            return float(10.0**-digits)
    return 1e-6


def _spread(different: Sequence[str], vr: str) -> str:
    """Range and number of uneven values."""
    numbers = [numbers_of(value, vr) for value in different]
    single = [one[0] for one in numbers if one is not None and len(one) == 1]
    if len(single) < len(different) or vr in ("TM", "DT"):
        ends = f"{min(different)} to {max(different)}, " if vr in ("TM", "DT", "DA") else ""
        return (
            f"{ends}{len(different)} values" if ends or len(different) > _NAMED else _named(different, vr).lstrip(", ")
        )
    order = sorted(zip(single, different, strict=True))
    return f"{order[0][1]} to {order[-1][1]}, {len(different)} values"


def _named(different: Sequence[str], vr: str) -> str:
    """A few values one by one, of more how many."""
    if len(different) > _NAMED or sum(map(len, different)) > _NAMED_CHARS or vr == "SQ":
        return f", {len(different)} values" if len(different) > 1 else ""
    return ", " + ", ".join(value or "empty" for value in different)


def _short(number: float) -> str:
    """A step by the digits that are meant."""
    return f"{number:.6g}".replace("-", "−")
