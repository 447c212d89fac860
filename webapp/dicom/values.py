"""Single values out of a data set: text, numbers, or nothing for what cannot be converted."""

from __future__ import annotations

import math
from typing import Any

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence


def _value(dataset: Dataset, keyword: str) -> Any:
    """The element's value, or None."""
    try:
        return dataset.get(keyword)
    except Exception:  # values that pydicom cannot convert count as absent; the tag table shows them as they are
        return None


def text(dataset: Dataset, keyword: str) -> str:
    """The value as text without padding; empty when absent."""
    found = _value(dataset, keyword)
    return "" if found is None else str(found).strip("\0 ")


def texts(dataset: Dataset, keyword: str) -> list[str]:
    """Every value of the element as text."""
    found = _value(dataset, keyword)
    if found is None:
        return []
    return [str(part) for part in found] if isinstance(found, MultiValue | list | tuple) else [str(found)]


def numbers(dataset: Dataset, keyword: str, count: int | None = None) -> list[float] | None:
    """Every value as a finite number, or None when one is not or when there are not `count` of them."""
    try:
        found = [float(part) for part in texts(dataset, keyword)]
    except ValueError:
        return None
    if not found or (count is not None and len(found) != count) or not all(map(math.isfinite, found)):
        return None
    return found


def number(dataset: Dataset, keyword: str) -> float | None:
    """The first value as a finite number, or None."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def whole(dataset: Dataset, keyword: str) -> int | None:
    """The first value as a whole number, or None."""
    found = number(dataset, keyword)
    return int(found) if found is not None and found == int(found) else None


def items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence; none when it is absent or no sequence."""
    found = _value(dataset, keyword)
    return list(found) if isinstance(found, Sequence) else []
