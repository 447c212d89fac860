"""Look-up tables as the standard packs them (PS3.3 C.11.1.1, C.11.2.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

#: Descriptor's three numbers: entries, the first value that is mapped, bits of an entry.
_NUMBERS: Final = 3

#: 0 entries stand for this many, since the number has 16 bits; so does the wrap of a negative first value.
_WORD_BITS: Final = 16
_WRAP: Final = 1 << _WORD_BITS


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A look-up table.

    Parameters
    ----------
    first : int
        The input that the first entry stands for; every smaller one is given the first entry, every one beyond the
        table the last.
    entries : (N,) ndarray of int64
        At least one.
    bits : int
        Of an entry: its full range is 0 to ``2 ** bits - 1``.
    """

    first: int
    entries: NDArray[np.int64]
    bits: int

    def look_up(self, values: NDArray[np.generic]) -> NDArray[np.int64]:
        """The entries that values stand for.

        Parameters
        ----------
        values : ndarray of int or uint of any shape
        """
        places = np.clip(values.astype(np.int64) - self.first, 0, len(self.entries) - 1)
        return np.asarray(self.entries[places])


def table_of(item: Dataset, *, signed: bool, big_endian: bool) -> Table | None:
    """The table of one item, or None where its descriptor and its data do not make one.

    Parameters
    ----------
    item : Dataset
        With LUT Descriptor (0028,3002) and LUT Data (0028,3006).
    signed : bool
        Whether the table's input can be negative: the descriptor then means its first value so, whatever its VR says.
    big_endian : bool
        Of the file.
    """
    told = words_of(item, "LUTDescriptor", big_endian)
    if told is None or len(told) != _NUMBERS:
        return None
    count, first, bits = (int(number) for number in told)
    entries = _entries(item, count or _WRAP, big_endian)
    if entries is None or not 1 <= bits <= _WORD_BITS:
        return None
    return Table(first - _WRAP if signed and first >= _WRAP // 2 else first, entries, bits)


def _entries(item: Dataset, count: int, big_endian: bool) -> NDArray[np.int64] | None:
    """As many entries as announced: words, or bytes where there are only as many bytes as entries."""
    raw = _value(item, "LUTData")
    if isinstance(raw, bytes) and count <= len(raw) <= count + 1 < 2 * count:
        return np.frombuffer(raw, np.uint8)[:count].astype(np.int64)
    words = words_of(item, "LUTData", big_endian)
    if words is None or len(words) < count:
        return None
    return words[:count]


def words_of(item: Dataset, keyword: str, big_endian: bool) -> NDArray[np.int64] | None:
    """An element's 16-bit numbers, however it is kept; unsigned where it is kept as bytes.

    Parameters
    ----------
    item : Dataset
    keyword : str
    big_endian : bool
        Of the file.
    """
    raw = _value(item, keyword)
    if isinstance(raw, bytes):
        return np.frombuffer(raw[: len(raw) // 2 * 2], ">u2" if big_endian else "<u2").astype(np.int64)
    try:
        return np.atleast_1d(np.asarray(raw, np.int64)) if raw is not None else None
    except (TypeError, ValueError, OverflowError):
        return None


def _value(item: Dataset, keyword: str) -> Any:
    """The element's value, or None."""
    try:
        return item.get(keyword)
    except Exception:  # values that pydicom cannot convert count as absent
        return None
