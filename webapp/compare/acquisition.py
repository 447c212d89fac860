"""In which order the slices of a volume were acquired, by the clock that its header carries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from webapp.dicom.tag_table import TagTable
from webapp.dicom.tag_variation import numbers_of
from webapp.stackfiles import lattice_of
from webapp.stackwords import ends, is_turned

#: Clocks of a slice: Frame Acquisition DateTime, Acquisition DateTime, Acquisition Time, Trigger Time.
_CLOCKS: Final = ("0018,9074", "0008,002A", "0008,0032", "0018,1060")

#: Times of all slices of a mosaic, in the order of its tiles.
_MOSAIC_TIMES: Final = ("0019,1029", "SIEMENS MR HEADER")

#: Fewer slices than these have no order to speak of.
_FEW_SLICES: Final = 4

#: Slices from one to the next of a pass.
_STRIDES: Final = {2: "second", 3: "third", 4: "fourth"}

NOT_RECORDED: Final = "not recorded"


def order_words(table: TagTable, meta: Mapping[str, Any]) -> str:
    """The order of acquisition in words.

    Parameters
    ----------
    table : TagTable
    meta : mapping
        The ``meta.json`` of a volume.
    """
    if table.values("0018,0023") == ["3D"]:
        return "all slices at once (3D)"
    count = int(meta["shape_kji"][meta["slice_axis"]])
    times = slice_times(table, count)
    if times is not None:
        first, last = ends(meta)
        return order_of(times, _numbers(meta), (last, first) if is_turned(meta) else (first, last))
    tiles = _tile_times(table, count)
    return NOT_RECORDED if tiles is None else _of_tiles(tiles)


def slice_times(table: TagTable, slices: int) -> list[float] | None:
    """When each slice of the first volume was acquired, s or ms from any start; None where the header does not say.

    Parameters
    ----------
    table : TagTable
    slices : int
    """
    if len(set(table.places[0])) < slices:
        return None
    for tag in _CLOCKS:
        row = table.find(tag)
        numbers = [] if row is None else [numbers_of(value or "", row.vr) for value in table.along(row)]
        times = [one[0] for one in numbers if one is not None]
        if len(times) == slices:
            return times
    return None


def order_of(times: Sequence[float], numbers: Sequence[int], way: tuple[str, str]) -> str:
    """What the times of slices in kept order say.

    Parameters
    ----------
    times : sequence of float
        One a slice.
    numbers : sequence of int
        Which step of an even grid each slice stands on, so that a missing one is counted.
    way : tuple of str
        The sides at which the first and the last slice lie.
    """
    if len(times) < _FEW_SLICES:
        return "too few slices to tell"
    counted = Counter(times)
    if len(counted) == 1:
        return "one time is recorded for all slices"
    run, together = _bands(times, counted)
    ascending = sorted(run)
    if run == ascending:
        return f"ascending, {way[0]} to {way[1]}{together}"
    if run == ascending[::-1]:
        return f"descending, {way[1]} to {way[0]}{together}"
    return f"{_interleaved(run, numbers)}{together}"


def _numbers(meta: Mapping[str, Any]) -> list[int]:
    """The step of an even grid each slice stands on, in kept order; their places where there is no grid."""
    depths = lattice_of(meta).depths_mm
    numbers = np.rint((depths - depths[0]) / (meta.get("step_mm") or 1.0)).astype(int)
    even = len(set(numbers.tolist())) == len(numbers) and meta["grid"] != "VARIABLE"
    found: list[int] = numbers.tolist() if even else list(range(len(numbers)))
    return [found[-1] - number for number in reversed(found)] if is_turned(meta) else found


def _bands(times: Sequence[float], counted: Mapping[float, int]) -> tuple[list[float], str]:
    """The slices of one band where several are excited at a time, and that they are."""
    at_once = set(counted.values())
    if len(at_once) > 1 or at_once == {1}:
        return list(times), ""
    return list(times[: len(counted)]), f", {max(at_once)} slices at a time"


def _tile_times(table: TagTable, slices: int) -> list[float] | None:
    """Times of the tiles of a mosaic."""
    row = next((row for row in table.rows if (row.tag, row.creator) == _MOSAIC_TIMES), None)
    tiles = None if row is None else numbers_of(table.along(row)[0] or "", "DS")
    return list(tiles) if tiles is not None and len(tiles) == slices else None


def _of_tiles(times: Sequence[float]) -> str:
    """The order of tiles; from which side they count is not said here."""
    words = order_of(times, range(len(times)), ("", ""))
    return (
        "one after the other" if words.startswith(("ascending", "descending")) else words.rpartition(", ")[0] or words
    )


def _interleaved(times: Sequence[float], numbers: Sequence[int]) -> str:
    """Whether every second, third … slice was acquired before the ones between."""
    order = [numbers[place] for place in sorted(range(len(times)), key=times.__getitem__)]
    for every, which in _STRIDES.items():
        for way in (1, -1):
            passes = [sorted((one for one in order if one % every == rest), reverse=way < 0) for rest in range(every)]
            if _is_of_passes(order, passes):
                return f"interleaved, every {which} slice, {_first_words(order[0] % every, every)} first"
    return "in no plain order"


def _first_words(start: int, every: int) -> str:
    """The slices that were acquired first, counted from 1 in kept order."""
    return ("odd slices", "even slices")[start] if every == 2 else f"slices {start + 1}, {start + 1 + every} …"


def _is_of_passes(order: Sequence[int], passes: Sequence[Sequence[int]]) -> bool:
    """Whether an order is these passes, one whole after the other in any sequence."""
    left = [list(one) for one in passes]
    rest = list(order)
    while rest:
        fitting = next((one for one in left if rest[: len(one)] == one), None)
        if fitting is None:
            return False
        left.remove(fitting)
        rest = rest[len(fitting) :]
    return True
