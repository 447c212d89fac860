"""Makers' private elements, found by their creator: numbers, items, and what they say of diffusion."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from webapp.dicom.values import number, numbers

SIEMENS = "SIEMENS MR HEADER"
SIEMENS_XA = "SIEMENS MR SDI 02"
UNITED_IMAGING = "Image Private Header"
_GE_PARAMETERS = "GEMS_PARM_01"
_GE_ACQUISITION = "GEMS_ACQU_01"
PHILIPS = "Philips Imaging DD 001"
_PHILIPS_MR = "Philips MR Imaging DD 001"

#: GE adds this to some b-values.
_GE_OFFSET = 1e9

#: Where each maker keeps the b-value and the gradient direction: group, creator, element inside the block.
_B_VALUES = (
    (0x0019, SIEMENS, 0x0C),
    (0x0021, SIEMENS_XA, 0x05),
    (0x0043, _GE_PARAMETERS, 0x39),
    (0x2001, PHILIPS, 0x03),
    (0x0065, UNITED_IMAGING, 0x09),
)
_DIRECTIONS = (
    (0x0019, SIEMENS, (0x0E,)),
    (0x0021, SIEMENS_XA, (0x46,)),
    (0x0019, _GE_ACQUISITION, (0xBB, 0xBC, 0xBD)),
    (0x2005, _PHILIPS_MR, (0xB0, 0xB1, 0xB2)),
    (0x0065, UNITED_IMAGING, (0x37,)),
)


def private_numbers(dataset: Dataset, group: int, creator: str, element: int) -> list[float]:
    """The finite numbers of a private element; none when it is absent or holds something else.

    Parameters
    ----------
    dataset : Dataset
    group : int
    creator : str
        The block's own name: archives renumber private blocks, so a number alone proves nothing.
    element : int
        Inside the block, 0 to 255.
    """
    value = private_value(dataset, group, creator, element)
    try:
        if isinstance(value, bytes):
            found = _from_bytes(value)
        else:
            found = [float(part) for part in (value if isinstance(value, MultiValue | list | tuple) else [value])]
    except (TypeError, ValueError):
        return []
    return found if all(map(math.isfinite, found)) else []


def private_items(dataset: Dataset, group: int, creator: str, element: int) -> list[Dataset]:
    """The items of a private sequence; none when it is absent or no sequence.

    Parameters
    ----------
    dataset : Dataset
    group, creator, element
        As for `private_numbers`.
    """
    value = private_value(dataset, group, creator, element)
    return list(value) if isinstance(value, Sequence) else []


def b_value(dataset: Dataset) -> float | None:
    """The diffusion b-value (0018,9087), or the maker's copy, s/mm².

    Parameters
    ----------
    dataset : Dataset
    """
    standard = number(dataset, "DiffusionBValue")
    if standard is not None:
        return standard
    for place in _B_VALUES:
        if found := private_numbers(dataset, *place):
            return found[0] % _GE_OFFSET
    return None


def gradient_direction(dataset: Dataset) -> tuple[float, ...] | None:
    """The diffusion gradient's direction (0018,9089), or the maker's copy, rounded so that noise does not tell apart.

    Parameters
    ----------
    dataset : Dataset
    """
    standard = numbers(dataset, "DiffusionGradientOrientation", 3)
    if standard is not None:
        return _rounded(standard)
    for group, creator, elements in _DIRECTIONS:
        found = [value for element in elements for value in private_numbers(dataset, group, creator, element)]
        if len(found) == 3:
            return _rounded(found)
    return None


def _rounded(direction: list[float]) -> tuple[float, ...]:
    """Four decimals, no negative zero."""
    return tuple(round(part, 4) + 0.0 for part in direction)


def private_value(dataset: Dataset, group: int, creator: str, element: int) -> Any:
    """A private element's value as pydicom gives it, or None.

    Parameters
    ----------
    dataset : Dataset
    group, creator, element
        As for `private_numbers`.
    """
    try:
        for tag in [tag for tag in dataset.keys() if tag >> 16 == group and 0x10 <= tag & 0xFFFF <= 0xFF]:  # noqa: SIM118
            if str(dataset[tag].value).strip("\0 ") == creator:
                return dataset[group << 16 | (tag & 0xFF) << 8 | element].value
    except Exception:  # absent, or nothing that pydicom can convert
        return None
    return None


def _from_bytes(packed: bytes) -> list[float]:
    """Numbers whose type was lost on the way: text, 8-byte floats, or 4-byte ones where 8 do not fit."""
    try:
        return [float(part) for part in packed.decode("ascii").strip("\0 ").split("\\")]
    except (UnicodeDecodeError, ValueError):
        if not packed or len(packed) % 4:
            raise ValueError from None
        return [float(value) for value in np.frombuffer(packed, "<f4" if len(packed) % 8 else "<f8")]
