"""Which pictures can be read, and modality values out of stored values."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.config import Limits
from webapp.dicom.model import PixelFormat, Scale
from webapp.errors import BadDimensions

#: Stored values of 32 bits times this, plus this, stay far within float32.
_STEEPEST: Final = 1e20

#: Whole numbers that every volume of whole numbers is kept in.
_INT16: Final = np.iinfo(np.int16)


class NotExact(Exception):
    """Values that int16 cannot hold exactly."""


def check_format(form: PixelFormat, limits: Limits) -> None:
    """Refuse pictures that are too large or stored in a way this version does not read.

    Raises
    ------
    BadDimensions
    """
    if max(form.rows, form.columns) > limits.rows:
        raise BadDimensions(f"The picture is larger than {limits.rows} rows or columns.")
    if form.bits_allocated not in (8, 16, 32):
        raise BadDimensions(f"Pictures of {form.bits_allocated} bits a pixel are not shown by this version.")


def whole_values(stored: NDArray[np.integer], scale: Scale) -> NDArray[np.int16]:
    """Modality values as int16, where that loses nothing.

    Parameters
    ----------
    stored : (rows, columns) ndarray
        Stored values.
    scale : Scale

    Returns
    -------
    (rows, columns) ndarray of int16
        Modality units.

    Raises
    ------
    NotExact
        A fraction, or a value beyond ±32 767.
    """
    if not may_be_whole(scale):
        raise NotExact
    shift = int(scale.intercept)
    low, high = int(stored.min()) + shift, int(stored.max()) + shift
    if low < _INT16.min or high > _INT16.max or not _INT16.min <= shift <= _INT16.max:
        raise NotExact
    return stored.astype(np.int16) + np.int16(shift)


def may_be_whole(scale: Scale) -> bool:
    """Whether whole stored values stay whole: no slope, no fraction in the intercept.

    Parameters
    ----------
    scale : Scale
    """
    return scale.slope == 1 and scale.intercept % 1 == 0


def real_values(stored: NDArray[np.integer], scale: Scale) -> NDArray[np.float32]:
    """Modality values as float32: stored × slope + intercept (PS3.3 C.11.1.1.2).

    Parameters
    ----------
    stored : (rows, columns) ndarray
        Stored values.
    scale : Scale

    Returns
    -------
    (rows, columns) ndarray of float32
        Modality units.
    """
    return (stored * float(scale.slope) + float(scale.intercept)).astype(np.float32)


def usable(scale: Scale) -> bool:
    """Whether slope and intercept are numbers that keep every value within float32, and the slope is not 0."""
    return 0 < abs(scale.slope) <= _STEEPEST and abs(scale.intercept) <= _STEEPEST
