"""Which levels to offer for a surface: a histogram, what lies where in HU, and thresholds found in the values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from skimage.filters import threshold_multiotsu, threshold_otsu

from webapp.imaging.field import Field
from webapp.imaging.sides import NOTHING, sides_of

#: Values looked at; more would not move a bar that is seen.
_SAMPLE: Final = 1_000_000

#: Bars of the histogram.
_BARS: Final = 128

#: Bars that thresholds are sought in.
_FINE: Final = 512

#: Values beyond these percentiles are counted in the outermost bars.
_PERCENTILES: Final = (0.05, 99.95)

#: Digits of a threshold.
_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Level:
    """A level on offer.

    Parameters
    ----------
    name : str
    value : float
        In the unit of the values.
    how : str
        ``"usual"`` for a customary number, ``"found"`` for one that was found in the values.
    """

    name: str
    value: float
    how: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a tissue lies, in the unit of the values."""

    name: str
    low: float
    high: float


#: Levels offered for CT, HU. Programs disagree on the numbers, so they are always shown beside the name.
CT_LEVELS: Final = (
    Level("Lung", -500.0, "usual"),
    Level("Skin", -300.0, "usual"),
    Level("Vessels with contrast", 150.0, "usual"),
    Level("Bone", 200.0, "usual"),
    Level("Dense bone", 700.0, "usual"),
)

#: What lies where, HU.
CT_MARKS: Final = (
    Mark("Air", -1024.0, -950.0),
    Mark("Lung", -950.0, -500.0),
    Mark("Fat", -120.0, -60.0),
    Mark("Skin and soft tissue", 0.0, 80.0),
    Mark("Contrast", 130.0, 400.0),
    Mark("Bone", 300.0, 2000.0),
)


@dataclass(frozen=True, slots=True)
class LevelsOnOffer:
    """What the control of a level is made of.

    Parameters
    ----------
    unit : str or None
    edges : tuple of float
        Of the bars, ascending; values beyond them are counted in the outermost bars.
    counts : tuple of int
        Of a sample; one fewer than edges.
    low, high : float
        The lowest and highest value of the sample.
    levels : tuple of Level
        The first is the one to begin with.
    marks : tuple of Mark
        Empty where the unit is not HU.
    """

    unit: str | None
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    low: float
    high: float
    levels: tuple[Level, ...]
    marks: tuple[Mark, ...]

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        return asdict(self)


def levels_on_offer(field: Field) -> LevelsOnOffer | None:
    """Histogram, levels and marks of a field, without what was not measured; None where nothing was.

    Parameters
    ----------
    field : Field
    """
    sample = _sample(field)
    if not sample.size:
        return None
    low, high = float(sample.min()), float(sample.max())
    first, last = (float(end) for end in np.percentile(sample, _PERCENTILES))
    if first >= last:
        first, last = low, high if high > low else low + 1
    counts, edges = np.histogram(np.clip(sample, first, last), _BARS, (first, last))
    hounsfield = field.unit == "HU"
    usual = tuple(level for level in CT_LEVELS if hounsfield and low < level.value < high)
    return LevelsOnOffer(
        unit=field.unit,
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
        low=low,
        high=high,
        levels=_in_order(usual, _found(np.clip(sample, first, last))),
        marks=tuple(mark for mark in CT_MARKS if hounsfield and mark.low < high and mark.high > low),
    )


def _in_order(usual: tuple[Level, ...], found: tuple[Level, ...]) -> tuple[Level, ...]:
    """Bone first where it is among them, else the first customary one, else the first that was found."""
    return tuple(sorted(usual, key=lambda level: level.name != "Bone")) + found


def _sample(field: Field) -> NDArray[Any]:
    """Values spread evenly over the field, those left out that were not measured."""
    stride = max(1, round((field.values.size / _SAMPLE) ** (1 / 3)))
    sample = field.values[::stride, ::stride, ::stride].reshape(-1)
    measured: NDArray[Any] = sample[sides_of(sample, 0, field.no_data) != NOTHING]
    return measured.view(np.uint8) if measured.dtype == bool else measured


def _found(sample: NDArray[Any]) -> tuple[Level, ...]:
    """Thresholds that part the values best: in two (Otsu 1979), and in three (Liao et al. 2001)."""
    counts, edges = np.histogram(sample, _FINE)
    if np.count_nonzero(counts) < 3:
        return ()
    middles = (edges[1:] + edges[:-1]) / 2
    two = float(threshold_otsu(hist=(counts, middles)))  # type: ignore[no-untyped-call]
    lower, upper = (float(one) for one in threshold_multiotsu(classes=3, hist=(counts, middles)))  # type: ignore[no-untyped-call]
    named = (("Automatic", two), ("Automatic, lower of two", lower), ("Automatic, upper of two", upper))
    return tuple(Level(name, float(f"{value:.{_DIGITS}g}"), "found") for name, value in named)
