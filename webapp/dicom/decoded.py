"""What becomes of stored values: the number type they are kept in, and what stands for nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.dicom.colour import rgb_values
from webapp.dicom.model import Instance, SetAside
from webapp.dicom.pixel_data import Pixels
from webapp.dicom.pixels import NotExact, Range, measured_range, real_values, stage_of, whole_values


@dataclass(frozen=True, slots=True)
class Decoded:
    """What decoding a stack gave.

    Parameters
    ----------
    dtype : str
        ``"int16"`` where every value is exact in it, ``"float32"`` otherwise; ``"uint8"`` of colours.
    low, high : float
        Smallest and largest value that was measured, modality units; 0 where nothing was.
    failed : dict of int to SetAside
        Pictures that could not be decoded, by their place, volume after volume; when there is one, the array is not
        to be used.
    no_data : float or None
        The value that stands for nothing: padding, or a pixel without a number. It occurs nowhere else.
    nothing : int
        Pixels that stand for nothing.
    stored : tuple of (tuple of 2 float or None)
        Of each picture the smallest and largest stored value that was measured; None where nothing was, and of colours.
    """

    dtype: str
    low: float
    high: float
    failed: dict[int, SetAside]
    no_data: float | None = None
    nothing: int = 0
    stored: tuple[Range | None, ...] = ()

    @property
    def is_colour(self) -> bool:
        """Whether the array holds colours."""
        return self.dtype == COLOUR.dtype.name


def no_voxels(failed: Iterable[SetAside]) -> Decoded:
    """Nothing at all, and why for each picture, in their order.

    Parameters
    ----------
    failed : iterable of SetAside
    """
    return Decoded(REAL.dtype.name, 0.0, 0.0, dict(enumerate(failed)))


class Taken(NotExact):
    """The value that is to stand for nothing was measured somewhere."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How voxels are kept: their type, and the value that stands for nothing."""

    dtype: np.dtype[np.generic]
    no_data: float


REAL: Final = Kept(np.dtype(np.float32), math.nan)
COLOUR: Final = Kept(np.dtype(np.uint8), 0)

#: Whole numbers, tried in this order: what stands for nothing must not be measured anywhere.
WHOLE: Final = tuple(Kept(np.dtype(np.int16), number) for number in (-32768, 32767))


#: A picture's voxels, its smallest and largest stored value, and where it holds nothing.
KeptPicture = tuple[NDArray[np.generic], Range | None, NDArray[np.bool_] | None]


class Told:
    """What is told of pictures while they are decoded, by several threads."""

    def __init__(self, count: int) -> None:
        self.failed: dict[int, SetAside] = {}
        self.stored: list[Range | None] = [None] * count
        self.finished: list[int] = []
        self._nothing: list[int] = []
        self._ranges: list[Range] = []

    def note(self, place: int, picture: KeptPicture) -> None:
        """Remember what the picture at a place holds."""
        values, self.stored[place], nothing = picture
        if nothing is not None:
            self._nothing.append(int(np.count_nonzero(nothing)))
        if (found := measured_range(values, nothing)) is not None:
            self._ranges.append(found)

    def decoded(self, kept: Kept) -> Decoded:
        """All of it.

        Raises
        ------
        NotExact
        """
        lows, highs = zip(*self._ranges, strict=True) if self._ranges else ((0.0,), (0.0,))
        low, high, nothing = min(lows), max(highs), sum(self._nothing)
        if nothing and kept.no_data in (low, high):
            raise Taken
        no_data, stored = (kept.no_data if nothing else None), tuple(self.stored)
        return Decoded(kept.dtype.name, low, high, self.failed, no_data, nothing, stored)


def kept_picture(picture: Instance, pixels: Pixels, kept: Kept) -> KeptPicture:
    """One picture as it is kept.

    Parameters
    ----------
    picture : Instance
    pixels : Pixels
        Of its file.
    kept : Kept

    Raises
    ------
    InstanceError
        It cannot be read.
    NotExact
        The type cannot hold it.
    """
    if kept is COLOUR:
        return rgb_values(picture, *pixels.samples(picture)), None, None
    stage = stage_of(picture)
    stored = pixels.stored_values(picture)
    nothing = stage.nothing(stored)
    measured = measured_range(stored, nothing)
    if measured is None:
        return np.full(stored.shape, kept.no_data, kept.dtype), None, nothing
    if kept is not REAL:
        whole = whole_values(stored, stage, measured, nothing)
        if nothing is not None:
            whole[nothing] = int(kept.no_data)
        return whole, measured, nothing
    real = real_values(stored, stage)
    if nothing is not None:
        real[nothing] = np.nan
    if stored.dtype.kind == "f" and (lost := np.isnan(real)).any():
        nothing = lost
    return real, measured, nothing
