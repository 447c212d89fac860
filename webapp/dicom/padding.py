"""Values that stand for nothing, and values that float32 rounds: G64 and G68 of decoded pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from webapp.dicom.model import Instance
from webapp.dicom.values import whole
from webapp.findings import Finding, Severity

#: Whole numbers beyond this are rounded in float32.
_EXACT: Final = float(1 << 24)


def padding_of(instance: Instance) -> int | None:
    """The stored value of Pixel Padding Value (0028,0120), read as the pixels are; None where there is none.

    Parameters
    ----------
    instance : Instance
    """
    value, form = whole(instance.dataset, "PixelPaddingValue"), instance.format
    if value is None:
        return None
    if form.signed and value >= 1 << (form.bits_allocated - 1):
        return value - (1 << form.bits_allocated)
    return value % (1 << form.bits_allocated) if value < 0 and not form.signed else value


def padding_findings(values: Sequence[float]) -> list[Finding]:
    """G68: padding that occurs.

    Parameters
    ----------
    values : sequence of float
        What padding looks like among the shown values, modality units.
    """
    if not values:
        return []
    said = f"{values[0]:g}" if len(values) == 1 else f"{values[0]:g} to {values[-1]:g}"
    message = f"Padding ({said}) is shown as a value by this version; the automatic window leaves it out."
    return [Finding("G68", Severity.NOTE, message, {"values": list(values)}, ("0028,0120",))]


def rounding_findings(instances: Sequence[Instance], low: float, high: float) -> list[Finding]:
    """G64: whole numbers too large to be kept exactly.

    Parameters
    ----------
    instances : sequence of Instance
    low, high : float
        Smallest and largest kept value.
    """
    counted = all(one.scale.slope % 1 == 0 and one.scale.intercept % 1 == 0 for one in instances)
    if not counted or max(abs(low), abs(high)) <= _EXACT:
        return []
    message = f"Values reach {max(abs(low), abs(high)):.0f}: beyond 16777216 whole numbers are rounded by a few units."
    return [Finding("G64", Severity.WARN, message, {"low": low, "high": high}, ("0028,0101", "0028,1053"))]
