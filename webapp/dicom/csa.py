"""Siemens' private CSA headers: lists of named text values, and the protocol of the scan."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from webapp.dicom.vendors import private_value

_CREATOR = "SIEMENS CSA HEADER"
_GROUP = 0x0029
_IMAGE_HEADER = 0x10
_SERIES_HEADER = 0x20

#: More names, or values of one name, than any scanner writes: a sign that the bytes are something else.
_MOST_NAMES = 1_000
_MOST_VALUES = 1_000_000

_TAG = struct.Struct("<64si4s3i")
_ITEM = struct.Struct("<4i")

#: Centre of a slice in the protocol, mm; coordinates that are 0 are left out (dSag left, dCor back, dTra up).
_SLICE_CENTRE = re.compile(
    r"sSliceArray\.asSlice\[(\d+)\]\.sPosition\.d(Sag|Cor|Tra)\s*=\s*([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)"
)
_SLICE_COUNT = re.compile(r"sSliceArray\.lSize\s*=\s*(0x[0-9a-fA-F]+|\d+)")
_AXES = {"Sag": 0, "Cor": 1, "Tra": 2}


def image_header(dataset: Dataset) -> Mapping[str, tuple[str, ...]]:
    """The named values of CSA Image Header Info (0029,xx10); nothing when it is absent or not as it should be.

    Parameters
    ----------
    dataset : Dataset
    """
    return _parse(_element(dataset, _IMAGE_HEADER))


def slice_centres_mm(dataset: Dataset, count: int) -> NDArray[np.float64] | None:
    """Centres of the slices in the protocol inside CSA Series Header Info (0029,xx20).

    Parameters
    ----------
    dataset : Dataset
    count : int
        How many slices there are; a protocol of another number is not this picture's.

    Returns
    -------
    (count, 3) ndarray, patient LPS, mm, or None
    """
    protocol = _element(dataset, _SERIES_HEADER).decode("latin-1")
    announced = _SLICE_COUNT.search(protocol)
    if announced is None or int(announced[1], 0) != count:
        return None
    centres = np.zeros((count, 3))
    for place, axis, value in _SLICE_CENTRE.findall(protocol):
        if int(place) < count:
            centres[int(place), _AXES[axis]] = float(value)
    return centres


def _element(dataset: Dataset, offset: int) -> bytes:
    """A private element's bytes, found by its creator: some archives move private blocks about."""
    value = private_value(dataset, _GROUP, _CREATOR, offset)
    return value if isinstance(value, bytes) else b""


def _parse(packed: bytes) -> Mapping[str, tuple[str, ...]]:
    """Both layouts of the list: the newer starts with a mark, the older counts lengths from the first tag's items."""
    newer = packed[:4] == b"SV10"
    place = 8 if newer else 0
    found: dict[str, tuple[str, ...]] = {}
    try:
        count = struct.unpack_from("<i", packed, place)[0]
        if not 0 < count <= _MOST_NAMES:
            return {}
        place, base = place + 8, 0
        for number in range(count):
            name, _, _, _, values, _ = _TAG.unpack_from(packed, place)
            place += _TAG.size
            if not 0 <= values <= _MOST_VALUES:
                return {}
            base = values if number == 0 else base
            texts, place = _values(packed, place, values, None if newer else base)
            found[name.split(b"\0", 1)[0].decode("latin-1")] = texts
    except struct.error:
        return {}
    return found


def _values(packed: bytes, place: int, count: int, base: int | None) -> tuple[tuple[str, ...], int]:
    """The values of one name that are not empty, and where the next name starts."""
    texts = []
    for _ in range(count):
        first, second, _, _ = _ITEM.unpack_from(packed, place)
        length = second if base is None else first - base
        place += _ITEM.size
        if length < 0 or place + length > len(packed):
            break
        value = packed[place : place + length].split(b"\0", 1)[0].decode("latin-1").strip()
        texts += [value] if value else []
        place += (length + 3) // 4 * 4
    return tuple(texts), place
