"""Window and level: which values are drawn between black and white."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Percentiles of an automatic window, of the whole volume and not slice by slice.
AUTOMATIC_PERCENTILES = (1.0, 99.0)

#: Values looked at for an automatic window; more would not move a percentile that is seen.
AUTOMATIC_SAMPLE = 200_000


@dataclass(frozen=True, slots=True)
class WindowLevel:
    """A window in modality units.

    Parameters
    ----------
    center, width : float
        Modality units (HU for CT); the width is above 0.
    """

    center: float
    width: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.center) and np.isfinite(self.width) and self.width > 0):
            raise ValueError("a window has a finite centre and a width above zero")

    @property
    def low(self) -> float:
        """The value drawn black."""
        return self.center - self.width / 2

    @property
    def high(self) -> float:
        """The value drawn white."""
        return self.center + self.width / 2

    @classmethod
    def between(cls, low: float, high: float) -> WindowLevel:
        """The window that spans two values; equal values get the width 1."""
        return cls((low + high) / 2, (high - low) or 1.0)


@dataclass(frozen=True, slots=True)
class NamedWindow:
    """A window with the name it is offered under."""

    name: str
    window: WindowLevel


#: Windows offered for CT, HU. Programs disagree on the numbers, so they are always shown beside the name.
CT_PRESETS = (
    NamedWindow("Soft tissue", WindowLevel(40, 400)),
    NamedWindow("Lung", WindowLevel(-600, 1500)),
    NamedWindow("Bone", WindowLevel(480, 2500)),
    NamedWindow("Brain", WindowLevel(40, 80)),
    NamedWindow("Liver", WindowLevel(90, 150)),
    NamedWindow("Mediastinum", WindowLevel(50, 350)),
)


def automatic_window(voxels: NDArray[np.generic], leave_out: Sequence[float] = ()) -> WindowLevel:
    """A window that leaves out the darkest and brightest hundredth of a volume.

    Parameters
    ----------
    voxels : ndarray of any shape
        Modality values of the whole volume.
    leave_out : sequence of float
        Values that were not measured; they count where there is nothing else.
    """
    flat = voxels.reshape(-1) if voxels.flags.c_contiguous else voxels.ravel()
    sample = np.asarray(flat[:: max(1, flat.size // AUTOMATIC_SAMPLE)], np.float64)
    measured = sample[~np.isin(sample, np.asarray(leave_out, voxels.dtype))] if leave_out else sample
    sample = measured if measured.size else sample
    low, high = np.percentile(sample, AUTOMATIC_PERCENTILES)
    return WindowLevel.between(float(low), float(high))
