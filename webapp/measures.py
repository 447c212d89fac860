"""Measurements as the page draws them: what a browser sends is held to its form before it is kept."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from typing import Any, Final

from webapp.errors import BadArgument

#: Points of each kind of shape.
KINDS: Final = {"length": 2, "angle": 3, "rectangle": 2, "ellipse": 2}
PLANES: Final = ("axial", "coronal", "sagittal", "picture")
#: Measurements of one owner in one stack.
MOST: Final = 200

_VALUES = ("count", "without", "mean", "sd", "low", "high")
_NAME = re.compile(r"[0-9a-f]{12}")
_LARGEST = 1e9


@dataclass(frozen=True, slots=True)
class Measure:
    """A shape on one slice.

    Parameters
    ----------
    id : str
        Twelve hexadecimal digits.
    kind : str
        One of `KINDS`.
    plane : str
        One of `PLANES`.
    index, time : int
        The slice of that plane, and the time point, zero-based.
    points : tuple of tuple of float
        Patient LPS, mm; of a picture without place its columns and rows.
    values : dict of str to float or None
        Of a region: ``count``, ``without`` (pixels with and without data), ``mean, sd, low, high`` in modality units.
    """

    id: str
    kind: str
    plane: str
    index: int
    time: int
    points: tuple[tuple[float, ...], ...]
    values: dict[str, float] | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape as the page and the catalogue carry it."""
        return {**asdict(self), "points": [list(point) for point in self.points]}


def from_json(sent: object) -> tuple[Measure, ...]:
    """The measurements a browser sent.

    Parameters
    ----------
    sent : object
        A list of what `Measure.as_json` gives.

    Raises
    ------
    BadArgument
        It is anything else, or more than `MOST`.
    """
    if not isinstance(sent, list) or len(sent) > MOST:
        raise BadArgument
    return tuple(_measure(one) for one in sent)


def _measure(sent: object) -> Measure:
    """One measurement."""
    if not isinstance(sent, dict):
        raise BadArgument
    kind, plane, name = sent.get("kind"), sent.get("plane"), sent.get("id")
    if not all(isinstance(word, str) for word in (kind, plane, name)):
        raise BadArgument
    if kind not in KINDS or plane not in PLANES or not _NAME.fullmatch(str(name)):
        raise BadArgument
    points = tuple(_point(point) for point in _list(sent.get("points"), KINDS[kind]))
    if len({len(point) for point in points}) != 1:
        raise BadArgument
    return Measure(
        str(name), str(kind), str(plane), _index(sent.get("index")), _index(sent.get("time")), points, _values(sent)
    )


def _list(sent: object, length: int) -> list[object]:
    """A list of so many things."""
    if not isinstance(sent, list) or len(sent) != length:
        raise BadArgument
    return sent


def _point(sent: object) -> tuple[float, ...]:
    """A patient point, or a place in a picture."""
    return tuple(_number(part) for part in _list(sent, 3 if isinstance(sent, list) and len(sent) == 3 else 2))


def _number(sent: object) -> float:
    """A finite number of a size that occurs."""
    if isinstance(sent, bool) or not isinstance(sent, int | float) or not math.isfinite(sent) or abs(sent) > _LARGEST:
        raise BadArgument
    return float(sent)


def _index(sent: object) -> int:
    """A place in a stack."""
    if isinstance(sent, bool) or not isinstance(sent, int) or not 0 <= sent < 1_000_000:
        raise BadArgument
    return sent


def _values(sent: dict[str, object]) -> dict[str, float] | None:
    """What was found inside a region."""
    values = sent.get("values")
    if values is None:
        return None
    if not isinstance(values, dict):
        raise BadArgument
    return {name: _number(values[name]) for name in _VALUES if name in values}
