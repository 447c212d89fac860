"""Palettes: tables that give every stored value a colour (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9, C.7.6.19)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from webapp.dicom.lut import words_of
from webapp.dicom.model import Instance
from webapp.dicom.values import text
from webapp.errors import BadDimensions

_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
_COLOURS: Final = ("Red", "Green", "Blue")

#: Entries of the longest table, and what 0 stands for in a descriptor (PS3.3 C.7.6.3.1.5).
_MOST_ENTRIES: Final = 1 << 16

#: Kinds of segments of a packed table (PS3.3 C.7.9.2).
_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2

_DAMAGED: Final = "Its palette (0028,1101) (0028,1201) is missing or damaged."


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours of stored values.

    Parameters
    ----------
    first : int
        The stored value of the first colour; smaller ones have it too, those beyond the table the last.
    colours : (N, 3) ndarray of uint8
        Red, green, blue.
    """

    first: int
    colours: NDArray[np.uint8]

    def paint(self, stored: NDArray[np.generic]) -> NDArray[np.uint8]:
        """(..., 3) colours of stored values of any shape."""
        places = np.clip(stored.astype(np.int64) - self.first, 0, len(self.colours) - 1)
        return np.asarray(self.colours[places])


def is_supplemental(instance: Instance) -> bool:
    """Whether a grey picture has colours for its higher values (PS3.3 C.7.6.19, C.8.16.2.1.1.1).

    Parameters
    ----------
    instance : Instance
    """
    wanted = text(instance.dataset, "PixelPresentation").upper() in ("COLOR", "MIXED")
    return wanted and instance.format.samples == 1 and "RedPaletteColorLookupTableDescriptor" in instance.dataset


def palette_of(instance: Instance) -> Palette:
    """The palette of a picture, its entries brought to 8 bits.

    Parameters
    ----------
    instance : Instance

    Raises
    ------
    BadDimensions
        There is none, or it cannot be read.
    """
    dataset, big_endian = instance.dataset, instance.transfer_syntax == _BIG_ENDIAN
    told = words_of(dataset, "RedPaletteColorLookupTableDescriptor", big_endian)
    if told is None or len(told) != 3:
        raise BadDimensions(_DAMAGED)
    first = int(told[1])
    if instance.format.signed and first >= _MOST_ENTRIES // 2:
        first -= _MOST_ENTRIES
    described = _Described(int(told[0]) & 0xFFFF or _MOST_ENTRIES, int(told[2]), big_endian)
    return Palette(first, _as_bytes(np.stack([_entries(dataset, one, described) for one in _COLOURS], axis=-1)))


class _Described(NamedTuple):
    """What the descriptor says of each table: entries, bits of one, and how words are written in this file."""

    entries: int
    bits: int
    big_endian: bool


def _as_bytes(entries: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Entries of 16 bits by their upper byte, unless all of them fit the lower one, as some writers have it."""
    return (entries >> 8 if entries.max() > 0xFF else entries).astype(np.uint8)


def _entries(dataset: Dataset, colour: str, described: _Described) -> NDArray[np.int64]:
    """(count,) one colour's table, plain or packed in segments."""
    plain, packed = f"{colour}PaletteColorLookupTableData", f"Segmented{colour}PaletteColorLookupTableData"
    is_packed, count = plain not in dataset, described.entries
    words = words_of(dataset, packed if is_packed else plain, described.big_endian)
    if words is None or described.bits not in (8, 16):
        raise BadDimensions(_DAMAGED)
    if described.bits == 8 and (is_packed or len(words) < count):
        words = np.stack((words & 0xFF, words >> 8), axis=-1).reshape(-1)
    found = np.array(_unpacked(words.tolist(), count, described.bits), np.int64) if is_packed else words
    if len(found) < count:
        raise BadDimensions(_DAMAGED)
    return found[:count] & 0xFFFF


def _unpacked(cells: Sequence[int], count: int, bits: int) -> list[int]:
    """The entries of a segmented table, not many more than are announced."""
    made: list[int] = []
    starts: list[int] = []
    place = 0
    while len(made) < count and place + 1 < len(cells):
        starts.append(place)
        kind, length = cells[place], cells[place + 1]
        if kind == _INDIRECT:
            for source in _repeated(cells, starts, bits):
                if len(made) < count:
                    made += _segment(cells, source, made)
            place += 2 + 32 // bits
        else:
            made += _segment(cells, place, made)
            place += 2 + length if kind == _DISCRETE else 3
    return made


def _repeated(cells: Sequence[int], starts: Sequence[int], bits: int) -> Sequence[int]:
    """The earlier segments that an indirect one, the last of `starts`, names by the byte offset of their first."""
    place, cells_of_offset = starts[-1], 32 // bits
    told = cells[place + 2 : place + 2 + cells_of_offset]
    first = sum(part << (bits * power) for power, part in enumerate(told)) * 8 // bits
    if first not in starts[:-1]:
        raise BadDimensions(_DAMAGED)
    return starts[starts.index(first) :][: cells[place + 1]]


def _segment(cells: Sequence[int], place: int, made: Sequence[int]) -> list[int]:
    """The entries of a discrete or a linear segment; the latter goes on from the last one made."""
    kind, length = cells[place], cells[place + 1]
    told = cells[place + 2 : place + 2 + (length if kind == _DISCRETE else 1)]
    if kind == _DISCRETE:
        return list(told)
    if kind != _LINEAR or not made or not told:
        raise BadDimensions(_DAMAGED)
    rise = told[0] - made[-1]
    return [made[-1] + math.floor(rise * step / length + 0.5) for step in range(1, length + 1)]
