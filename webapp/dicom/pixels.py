"""Which pictures can be read, and modality values out of stored values (PS3.3 C.11.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.config import Limits
from webapp.dicom.lut import Table
from webapp.dicom.modality_lut import modality_table
from webapp.dicom.model import Instance, PixelFormat, Scale
from webapp.dicom.padding import PaddingRange, padding_of
from webapp.errors import BadDimensions, BadGeometry

#: Stored values of 32 bits times this, plus this, stay far within float32.
_STEEPEST: Final = 1e20

#: Whole numbers that every volume of whole numbers is kept in.
_INT16: Final = np.iinfo(np.int16)

#: Smallest and largest of something.
Range = tuple[float, float]


class NotExact(Exception):
    """Values that int16 cannot hold exactly."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How one picture's stored values become modality values.

    Parameters
    ----------
    scale : Scale
        Slope and intercept.
    table : Table or None
        Takes their place where there is one.
    padding : PaddingRange or None
        Stored values that stand for nothing; they are not rescaled.
    """

    scale: Scale
    table: Table | None = None
    padding: PaddingRange | None = None

    def nothing(self, stored: NDArray[np.generic]) -> NDArray[np.bool_] | None:
        """Where a picture holds padding or no number at all; None where it does nowhere.

        Parameters
        ----------
        stored : (rows, columns) ndarray
        """
        mask = None if self.padding is None else self.padding.holds(stored)
        if stored.dtype.kind == "f" and not (finite := np.isfinite(stored)).all():
            mask = ~finite if mask is None else mask | ~finite
        return mask if mask is not None and mask.any() else None


def stage_of(instance: Instance) -> Stage:
    """The modality stage of a picture.

    Parameters
    ----------
    instance : Instance

    Raises
    ------
    BadGeometry
        No number comes out of it.
    """
    if "ModalityLUTSequence" in instance.dataset:
        return Stage(instance.scale, modality_table(instance), padding_of(instance))
    if not usable(instance.scale):
        raise BadGeometry("The rescale slope or intercept (0028,1053) (0028,1052) is zero, not a number or impossible.")
    return Stage(instance.scale, None, padding_of(instance))


def may_be_whole(instance: Instance) -> bool:
    """Whether a picture's stored values stay whole: out of a table, or without slope and fraction in the intercept.

    Parameters
    ----------
    instance : Instance
    """
    if instance.format.floating:
        return False
    return "ModalityLUTSequence" in instance.dataset or (
        instance.scale.slope == 1 and instance.scale.intercept % 1 == 0
    )


def check_format(form: PixelFormat, limits: Limits) -> None:
    """Refuse pictures that are too large or stored in a way this version does not read.

    Raises
    ------
    BadDimensions
    """
    if max(form.rows, form.columns) > limits.rows:
        raise BadDimensions(f"The picture is larger than {limits.rows} rows or columns.")
    if form.bits_allocated not in ((32, 64) if form.floating else (1, 8, 16, 32)):
        raise BadDimensions(f"Pictures of {form.bits_allocated} bits a pixel are not shown by this version.")


def measured_range(stored: NDArray[np.generic], nothing: NDArray[np.bool_] | None) -> Range | None:
    """Smallest and largest stored value that was measured; None where nothing was.

    Parameters
    ----------
    stored : (rows, columns) ndarray
    nothing : (rows, columns) ndarray of bool, or None
    """
    measured = stored if nothing is None else stored[~nothing]
    return (measured.min().item(), measured.max().item()) if measured.size else None


def whole_values(
    stored: NDArray[np.generic], stage: Stage, measured: Range, nothing: NDArray[np.bool_] | None = None
) -> NDArray[np.int16]:
    """Modality values as int16, where that loses nothing.

    Parameters
    ----------
    stored : (rows, columns) ndarray of int or uint
    stage : Stage
    measured : tuple of 2 float
        Smallest and largest stored value that was measured.
    nothing : (rows, columns) ndarray of bool, or None
        Where nothing was; the value there means nothing and is to be overwritten.

    Returns
    -------
    (rows, columns) ndarray of int16
        Modality units.

    Raises
    ------
    NotExact
        A fraction, or a value beyond ±32 767.
    """
    if stage.table is not None:
        looked_up = stage.table.look_up(stored)
        used = looked_up if nothing is None else looked_up[~nothing]
        if used.max() > _INT16.max:
            raise NotExact
        return looked_up.astype(np.int16)
    if stage.scale.slope != 1 or stage.scale.intercept % 1 or stored.dtype.kind == "f":
        raise NotExact
    shift = int(stage.scale.intercept)
    low, high = int(measured[0]) + shift, int(measured[1]) + shift
    if low < _INT16.min or high > _INT16.max or not _INT16.min <= shift <= _INT16.max:
        raise NotExact
    return stored.astype(np.int16) + np.int16(shift)


def real_values(stored: NDArray[np.generic], stage: Stage) -> NDArray[np.float32]:
    """Modality values as float32: stored × slope + intercept, or out of the table (PS3.3 C.11.1.1.2).

    Parameters
    ----------
    stored : (rows, columns) ndarray
    stage : Stage

    Returns
    -------
    (rows, columns) ndarray of float32
        Modality units; NaN where the result is beyond float32.
    """
    if stage.table is not None:
        return stage.table.look_up(stored).astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        exact = stored.astype(np.float64) * float(stage.scale.slope) + float(stage.scale.intercept)
        values: NDArray[np.float32] = exact.astype(np.float32)
    if stored.dtype.kind == "f":
        values[~np.isfinite(values)] = np.nan
    return values


def usable(scale: Scale) -> bool:
    """Whether slope and intercept are numbers that keep every value within float32, and the slope is not 0."""
    return 0 < abs(scale.slope) <= _STEEPEST and abs(scale.intercept) <= _STEEPEST
