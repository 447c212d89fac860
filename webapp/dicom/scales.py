"""Further scales of a stack's values, each with its name: linear in the modality value, slice by slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from webapp.dicom.model import Instance
from webapp.dicom.vendors import private_numbers

#: Where Philips keeps the scale slope: group, creator, element inside the block.
_PHILIPS_SCALE: Final = (0x2005, "Philips MR Imaging DD 001", 0x0E)

#: Volumes of pictures, in kept order.
Volumes = Sequence[Sequence[Instance]]

#: Slope and intercept of one picture.
Line = tuple[float, float]

#: Slopes are one within this relative difference.
_SAME: Final = 1e-9


@dataclass(frozen=True, slots=True)
class LabelledScale:
    """Another way to read the values: ``modality value × slope + intercept``.

    Parameters
    ----------
    name : str
    unit : str or None
    lines : tuple of (float, float)
        Slope and intercept of each slice, in kept order.
    detail : str
        The formula and the numbers it was made of, as a sentence.
    """

    name: str
    unit: str | None
    lines: tuple[Line, ...]
    detail: str

    @property
    def line(self) -> Line | None:
        """Slope and intercept where all slices have the same, else None."""
        return self.lines[0] if _alike(self.lines) else None

    def as_json(self, turned: bool) -> dict[str, Any]:
        """The scale as ``meta.json`` has it.

        Parameters
        ----------
        turned : bool
            Whether the views count the slices from the other end.
        """
        one = self.line
        lines = self.lines[::-1] if turned else self.lines
        return {
            "name": self.name,
            "unit": self.unit,
            "slope": None if one is None else one[0],
            "intercept": None if one is None else one[1],
            "slopes": None if one is not None else [slope for slope, _ in lines],
            "intercepts": None if one is not None else [intercept for _, intercept in lines],
            "detail": self.detail,
        }


def _alike(lines: Sequence[Line]) -> bool:
    """Whether all lines are one."""
    table = np.array(lines)
    return bool(np.allclose(table, table[0], rtol=_SAME, atol=0))


def slice_by_slice(lines: Sequence[Line], times: int) -> tuple[Line, ...] | None:
    """The line of each slice, where it is the same in every volume; else None.

    Parameters
    ----------
    lines : sequence of (float, float)
        Of all pictures, volume after volume.
    times : int
        Volumes.
    """
    table = np.array(lines, np.float64).reshape(times, -1, 2)
    if not np.allclose(table, table[0], rtol=_SAME, atol=0):
        return None
    return tuple((float(slope), float(intercept)) for slope, intercept in table[0])


def philips_scale(volumes: Volumes) -> LabelledScale | None:
    """Philips' floating-point values, which can be compared between series; None where they are not told.

    Parameters
    ----------
    volumes : sequence of sequence of Instance
    """
    pictures = [picture for volume in volumes for picture in volume]
    slopes = [next(iter(private_numbers(one.dataset, *_PHILIPS_SCALE)), 0.0) for one in pictures]
    if min(slopes) <= 0 or not all(one.scale.present and one.scale.slope > 0 for one in pictures):
        return None
    factors = [(1 / (one.scale.slope * slope), 0.0) for one, slope in zip(pictures, slopes, strict=True)]
    lines = slice_by_slice(factors, len(volumes))
    if lines is None:
        return None
    rescale, slope = pictures[0].scale.slope, slopes[0]
    detail = (
        f"Philips: value / (rescale slope × scale slope (2005,100E)), here {rescale:.6g} × {slope:.6g}"
        f"{'' if _alike(lines) else ' in the first slice'}. These values can be compared between series."
    )
    return LabelledScale("Philips floating point", None, lines, detail)
