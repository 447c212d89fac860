"""Which elements of many headers hold the same bytes, and which have to be looked at one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from webapp.dicom.tag_words import Element

#: Elements that change what others mean: character set and sign of numbers.
_CONTEXT: Final = frozenset((0x00080005, 0x00280103))


def apart(
    datasets: Mapping[int, Dataset], elements: Mapping[int, Mapping[int, Element]], *, everywhere: bool
) -> tuple[set[int], set[int]]:
    """The tags whose elements differ, or may differ, and those that hold the same everywhere.

    Nothing is held to be the same where character sets, the order of bytes or private creators are not.

    Parameters
    ----------
    datasets : mapping of int to Dataset
        At least one.
    elements : mapping of int to mapping
        Their elements by tag.
    everywhere : bool
        Every instance has such a data set.
    """
    first, *others = elements.values()
    varying: set[int] = set()
    for own in others:
        if own.keys() != first.keys():
            varying |= own.keys() ^ first.keys()
        for tag, element in own.items():
            mine = first.get(tag)
            if mine is None or tag in varying:
                continue
            if type(element) is RawDataElement and type(mine) is RawDataElement:
                same = element.value == mine.value and element.VR == mine.VR
            else:
                same = _same(mine, element)
            if not same:
                varying.add(tag)
    encodings = {getattr(dataset, "original_encoding", (None, None)) for dataset in datasets.values()}
    if not everywhere or len(encodings) > 1 or any(tag in _CONTEXT or _is_creator(tag) for tag in varying):
        return varying | first.keys(), set()
    return varying, first.keys() - varying


def _same(mine: Element, element: Element) -> bool:
    """Whether two elements, of which one at least was converted, are surely written the same."""
    if type(mine) is not type(element) or mine.VR == "SQ" or mine.VR != element.VR:
        return False
    try:
        return str(mine.value) == str(element.value)
    except Exception:  # pydicom cannot write one of the values
        return False


def _is_creator(tag: int) -> bool:
    """Whether an element reserves a private block."""
    return bool(tag >> 16 & 1) and 0x10 <= tag & 0xFFFF <= 0xFF
