"""VOI LUT Sequence (0028,3010): tables that turn modality values into greys (PS3.3 C.11.2.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from webapp.dicom.lut import Table, table_of
from webapp.dicom.model import Instance
from webapp.dicom.values import items, text

#: The most tables of one picture that are offered.
_MOST_TABLES: Final = 16

#: Greys a curve is kept in: one an entry where the table has no more, so that each entry is met exactly.
CURVE_GREYS: Final = 256

_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"


@dataclass(frozen=True, slots=True)
class VoiTable:
    """A table as a curve.

    Parameters
    ----------
    name : str
        LUT Explanation (0028,3003), empty where there is none.
    first, last : int
        Modality values of the first and the last entry.
    curve : tuple of float
        Greys, 0 black to 1 white, evenly spread from `first` to `last`; at least two.
    """

    name: str
    first: int
    last: int
    curve: tuple[float, ...]


def voi_tables(instance: Instance) -> list[VoiTable]:
    """The usable VOI tables of a picture.

    Parameters
    ----------
    instance : Instance
    """
    signed = instance.format.signed or instance.scale.intercept < 0
    big_endian = instance.transfer_syntax == _BIG_ENDIAN
    found = []
    for item in items(instance.dataset, "VOILUTSequence")[:_MOST_TABLES]:
        table = table_of(item, signed=signed, big_endian=big_endian)
        if table is not None and len(table.entries) > 1:
            found.append(_as_curve(text(item, "LUTExplanation").strip(), table))
    return found


def _as_curve(name: str, table: Table) -> VoiTable:
    """A table's entries as greys; entries beyond the bits it declares stretch the range to themselves."""
    count = len(table.entries)
    full = max((1 << table.bits) - 1, int(table.entries.max()))
    places = np.linspace(0, count - 1, min(count, CURVE_GREYS))
    greys = np.interp(places, np.arange(count), np.clip(table.entries, 0, None) / full)
    return VoiTable(name, table.first, table.first + count - 1, tuple(float(round(grey, 5)) for grey in greys))
