"""Window and level: which values are drawn between black and white."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

#: Percentiles of an automatic window, of the whole volume and not slice by slice.
AUTOMATIC_PERCENTILES = (1.0, 99.0)

#: A PET is shown up to this uptake, or where that is not known up to this percentile.
UPTAKE_SUV: Final = 5.0
UPTAKE_PERCENTILE: Final = 99.5

#: Values looked at for an automatic window; more would not move a percentile that is seen.
AUTOMATIC_SAMPLE = 200_000

#: Exponents beyond this make no difference to a grey.
_STEEPEST: Final = 60.0


class VoiFunction(StrEnum):
    """How values become greys (PS3.3 C.11.2.1): straight lines, a smooth step, or a table's curve."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"
    LUT = "LUT"


@dataclass(frozen=True, slots=True)
class WindowLevel:
    """A window in modality units.

    Parameters
    ----------
    center, width : float
        Modality units (HU for CT); the width is above 0, that of LINEAR at least 1.
    function : VoiFunction
    curve : tuple of float or None
        Greys of a table, 0 black to 1 white, evenly spread from `low` to `high`; only of LUT.
    """

    center: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR_EXACT
    curve: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.center) and np.isfinite(self.width) and self.width > 0):
            raise ValueError("a window has a finite centre and a width above zero")
        if self.function is VoiFunction.LINEAR and self.width < 1:
            raise ValueError("LINEAR has a width of at least 1")
        if (self.function is VoiFunction.LUT) != (self.curve is not None):
            raise ValueError("a table's window has a curve, and no other has")

    @property
    def low(self) -> float:
        """The value where the ramp begins: black at and below it, save for the smooth step."""
        return self.center - self.width / 2

    @property
    def high(self) -> float:
        """The value where the ramp ends; of LINEAR one below that of LINEAR_EXACT (PS3.3 C.11.2.1.2.1)."""
        return self.center + self.width / 2 - (self.function is VoiFunction.LINEAR)

    @classmethod
    def between(cls, low: float, high: float) -> WindowLevel:
        """The window that spans two values; equal values get the width 1."""
        return cls((low + high) / 2, (high - low) or 1.0)

    def rounded(self) -> WindowLevel:
        """The window in three digits: no eye sees more."""
        center, width = (float(f"{number:.3g}") for number in (self.center, self.width))
        return replace(self, center=center, width=width)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> WindowLevel:
        """The window of a `NamedWindow` that was written as JSON; without a function it is LINEAR_EXACT.

        Parameters
        ----------
        told : mapping
            ``center``, ``width`` and, where there are, ``function`` and ``curve``.
        """
        function = VoiFunction(told.get("function", VoiFunction.LINEAR_EXACT))
        curve = told.get("curve")
        return cls(told["center"], told["width"], function, None if curve is None else tuple(curve))

    def greys(self, values: NDArray[np.generic]) -> NDArray[np.float64]:
        """Values as greys, before any inversion.

        Parameters
        ----------
        values : ndarray of any shape
            Modality units; NaN stays NaN.

        Returns
        -------
        ndarray of float64
            0 black to 1 white.
        """
        x = np.asarray(values, np.float64)
        if self.function is VoiFunction.SIGMOID:
            steepness = np.clip(-4 * (x - self.center) / self.width, -_STEEPEST, _STEEPEST)
            return np.asarray(1 / (1 + np.exp(steepness)))
        if self.curve is not None:
            places = np.linspace(self.low, self.high, len(self.curve))
            return np.asarray(np.interp(x, places, self.curve))
        if self.high <= self.low:  # LINEAR of width 1 is a step
            return np.where(np.isnan(x), np.nan, np.where(x > self.low, 1.0, 0.0))
        return np.asarray(np.clip((x - self.low) / (self.high - self.low), 0, 1))


@dataclass(frozen=True, slots=True)
class NamedWindow:
    """A window with the name it is offered under, and what there is to say of it."""

    name: str
    window: WindowLevel
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The window as ``meta.json`` and the page carry it."""
        shown = self.window
        return {
            "name": self.name,
            "center": shown.center,
            "width": shown.width,
            "function": str(shown.function),
            "curve": None if shown.curve is None else list(shown.curve),
            "note": self.note,
        }


#: Windows offered for CT, HU. Programs disagree on the numbers, so they are always shown beside the name.
CT_PRESETS = (
    NamedWindow("Soft tissue", WindowLevel(40, 400)),
    NamedWindow("Lung", WindowLevel(-600, 1500)),
    NamedWindow("Bone", WindowLevel(480, 2500)),
    NamedWindow("Brain", WindowLevel(40, 80)),
    NamedWindow("Liver", WindowLevel(90, 150)),
    NamedWindow("Mediastinum", WindowLevel(50, 350)),
)


def automatic_window(voxels: NDArray[np.generic], no_data: float | None = None) -> WindowLevel:
    """A window that leaves out the darkest and brightest hundredth of a volume.

    Parameters
    ----------
    voxels : ndarray of any shape
        Modality values of the whole volume.
    no_data : float or None
        The value of what was not measured, which does not count.
    """
    low, high = np.percentile(_sample(voxels, no_data), AUTOMATIC_PERCENTILES)
    return WindowLevel.between(float(low), float(high))


def uptake_window(voxels: NDArray[np.generic], no_data: float | None, suv_factor: float | None) -> NamedWindow:
    """The window of a PET: SUV 0 to 5 where that is known, else from 0 to its 99.5th percentile.

    Parameters
    ----------
    voxels : ndarray of any shape
        Modality values of the whole volume.
    no_data : float or None
        The value of what was not measured, which does not count.
    suv_factor : float or None
        Modality value times this is SUV.
    """
    if suv_factor is not None:
        return NamedWindow("SUV 0 to 5", WindowLevel.between(0.0, UPTAKE_SUV / suv_factor))
    high = float(np.percentile(_sample(voxels, no_data), UPTAKE_PERCENTILE))
    shown = WindowLevel.between(0.0, high) if high > 0 else automatic_window(voxels, no_data)
    return NamedWindow("Automatic", shown.rounded())


def _sample(voxels: NDArray[np.generic], no_data: float | None) -> NDArray[np.float64]:
    """Measured values from all over a volume; a zero where nothing was measured.

    The step is odd: an even one may meet the same few columns in every row.
    """
    flat = voxels.reshape(-1) if voxels.flags.c_contiguous else voxels.ravel()
    sample = np.asarray(flat[:: max(1, flat.size // AUTOMATIC_SAMPLE) | 1], np.float64)
    if no_data is not None:
        sample = sample[~(np.isnan(sample) | (sample == no_data))]
    return sample if sample.size else np.zeros(1)
