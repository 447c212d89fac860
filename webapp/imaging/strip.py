"""Slices along their normal, drawn to scale: where pictures are, where they overlap, where nothing was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Bars that can be told apart on a panel; beyond them slices that touch are drawn as one block.
MOST_BARS: Final = 120

#: Slices touch when the gap between them is below this share of their thickness.
_TOUCHING: Final = 0.02


class BarKind(StrEnum):
    """What a bar stands for."""

    SLICE = "slice"
    BLOCK = "block"
    OVERLAP = "overlap"
    HOLE = "hole"


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of the strip.

    Parameters
    ----------
    kind : BarKind
    start, length : float
        Shares of the strip, 0 to 1.
    first, last : int
        The slices it stands for; around a hole or an overlap the ones beside it.
    """

    kind: BarKind
    start: float
    length: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Strip:
    """All slices of a stack from first to last.

    Parameters
    ----------
    bars : tuple of Bar
        In the order in which they are drawn: slices, then what lies over them.
    length_mm : float
        From the first slice's outer edge to the last one's; from centre to centre where the thickness is not known.
    """

    bars: tuple[Bar, ...]
    length_mm: float


def strip_of(positions_mm: Sequence[float], thickness_mm: float | None, holes_after: Sequence[int] = ()) -> Strip:
    """The strip of a stack.

    Parameters
    ----------
    positions_mm : sequence of float
        Slice centres along the normal, ascending, at least two.
    thickness_mm : float or None
        Of a slice; where it is not known a slice is drawn as a thin line.
    holes_after : sequence of int
        Slices behind which others are missing.
    """
    positions = np.asarray(positions_mm, np.float64)
    gaps = np.diff(positions)
    drawn = thickness_mm if thickness_mm is not None else float(gaps.min()) * 0.1
    start, length = positions[0] - drawn / 2, positions[-1] - positions[0] + drawn

    def bar(kind: BarKind, low_mm: float, high_mm: float, first: int, last: int) -> Bar:
        return Bar(kind, float((low_mm - start) / length), float((high_mm - low_mm) / length), first, last)

    slices = [
        bar(BarKind.SLICE if first == last else BarKind.BLOCK, low - drawn / 2, high + drawn / 2, first, last)
        for first, last, low, high in _runs(positions, drawn)
    ]
    inset = min(drawn, float(gaps.min())) / 2  # slices thicker than their step would cover the hole
    holes = [bar(BarKind.HOLE, positions[k] + inset, positions[k + 1] - inset, k, k + 1) for k in holes_after]
    overlaps = [
        bar(BarKind.OVERLAP, positions[k + 1] - drawn / 2, positions[k] + drawn / 2, int(k), int(k) + 1)
        for k in np.flatnonzero(drawn - gaps > _TOUCHING * drawn)
    ]
    over = overlaps if len(slices) <= MOST_BARS else []
    return Strip((*slices, *over, *holes), float(positions[-1] - positions[0]) + (thickness_mm or 0.0))


def _runs(positions: NDArray[np.float64], drawn: float) -> list[tuple[int, int, float, float]]:
    """First and last slice of each bar with their places: one a slice while they can be told apart."""
    if len(positions) <= MOST_BARS:
        return [(k, k, float(place), float(place)) for k, place in enumerate(positions)]
    gaps = np.diff(positions)
    apart = np.flatnonzero(gaps > drawn * (1 + _TOUCHING))
    if len(apart) + 1 > MOST_BARS:
        apart = np.flatnonzero(gaps > 2 * np.median(gaps))
    firsts, lasts = [0, *(apart + 1)], [*apart, len(positions) - 1]
    return [(int(a), int(b), float(positions[a]), float(positions[b])) for a, b in zip(firsts, lasts, strict=True)]
