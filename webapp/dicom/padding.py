"""Values that stand for nothing, and values that float32 rounds: G64 and G68 of decoded pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.dicom.model import Instance, PixelFormat
from webapp.dicom.values import number, whole
from webapp.findings import Finding, Severity

#: Whole numbers beyond this are rounded in float32.
_EXACT: Final = float(1 << 24)

#: Padding and the other end of its range, of whole numbers and of floating point by their bits (PS3.3 C.7.5.1.1.2).
_WHOLE: Final = ("PixelPaddingValue", "PixelPaddingRangeLimit")
_FLOATING: Final = {
    32: ("FloatPixelPaddingValue", "FloatPixelPaddingRangeLimit"),
    64: ("DoubleFloatPixelPaddingValue", "DoubleFloatPixelPaddingRangeLimit"),
}

#: Shares below this are not printed as a number, %.
_SMALLEST_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True, order=True)
class PaddingRange:
    """Stored values that stand for nothing, from the lowest to the highest."""

    low: float
    high: float

    def holds(self, stored: NDArray[np.generic]) -> NDArray[np.bool_]:
        """Where a picture holds padding.

        Parameters
        ----------
        stored : ndarray of any shape
        """
        if self.low == self.high:
            return np.asarray(stored == self.low)
        return np.asarray((stored >= self.low) & (stored <= self.high))  # type: ignore[operator]


def padding_of(instance: Instance) -> PaddingRange | None:
    """Pixel Padding Value (0028,0120) to its Range Limit (0028,0121), read as the pixels are; None without one.

    Parameters
    ----------
    instance : Instance
    """
    form = instance.format
    if form.floating:
        ends = [number(instance.dataset, keyword) for keyword in _FLOATING.get(form.bits_allocated, ())]
    else:
        ends = [as_pixels(whole(instance.dataset, keyword), form) for keyword in _WHOLE]
    known = [end for end in ends if end is not None]
    return PaddingRange(min(known), max(known)) if known and ends[0] is not None else None


def as_pixels(value: int | None, form: PixelFormat) -> int | None:
    """A value whose sign was lost or gained on the way, with the sign of the pixels.

    Parameters
    ----------
    value : int or None
    form : PixelFormat
    """
    if value is None:
        return None
    if form.signed and value >= 1 << (form.bits_allocated - 1):
        return value - (1 << form.bits_allocated)
    return value % (1 << form.bits_allocated) if value < 0 and not form.signed else value


def padding_findings(instances: Iterable[Instance], nothing: int, of: int) -> list[Finding]:
    """G68: padding that occurs, and pixels that hold no number.

    Parameters
    ----------
    instances : iterable of Instance
    nothing : int
        Pixels that stand for nothing.
    of : int
        Pixels in all.
    """
    if not nothing:
        return []
    share = 100 * nothing / of
    told = f"{share:.1f} %" if share >= _SMALLEST_SHARE else "Less than 0.1 %"
    marks = sorted({mark for one in instances if (mark := padding_of(one)) is not None})
    numbers = {"share_percent": share, "pixels": nothing}
    if not marks:
        message = f"{told} of pixels hold no number; they are left out of windows and statistics."
        return [Finding("G68", Severity.NOTE, message, numbers, ("7FE0,0008",))]
    low, high = marks[0].low, max(mark.high for mark in marks)
    said = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    message = f"{told} of pixels are padding (stored as {said}), left out of windows and statistics."
    return [Finding("G68", Severity.NOTE, message, {**numbers, "values": [low, high]}, ("0028,0120", "0028,0121"))]


def rounding_findings(instances: Sequence[Instance], low: float, high: float) -> list[Finding]:
    """G64: numbers that are too large, or too fine, to be kept exactly.

    Parameters
    ----------
    instances : sequence of Instance
    low, high : float
        Smallest and largest kept value.
    """
    if instances[0].format.floating and instances[0].format.bits_allocated > 32:
        message = "Values of double precision are kept in single precision: about seven digits."
        return [Finding("G64", Severity.NOTE, message, {}, ("7FE0,0009",))]
    counted = all(one.scale.slope % 1 == 0 and one.scale.intercept % 1 == 0 for one in instances)
    if not counted or instances[0].format.floating or max(abs(low), abs(high)) <= _EXACT:
        return []
    message = f"Values reach {max(abs(low), abs(high)):.0f}: beyond 16777216 whole numbers are rounded by a few units."
    return [Finding("G64", Severity.WARN, message, {"low": low, "high": high}, ("0028,0101", "0028,1053"))]
