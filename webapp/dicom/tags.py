"""Data sets to the rows of the tag table: each element with its path, its creator and its value in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as ItemSequence
from pydicom.tag import BaseTag

from webapp.config import Limits
from webapp.dicom.dictionary import names_of
from webapp.dicom.functional_groups import INNER, MACROS
from webapp.dicom.tag_row import FRAME_ITEM, TagRow
from webapp.dicom.tag_units import unit_of_keyword
from webapp.dicom.tag_values import ElementTexts
from webapp.dicom.tag_words import Element

SHARED_GROUPS: Final = BaseTag(0x52009229)
FRAME_GROUPS: Final = BaseTag(0x52009230)

_MACRO_TAGS: Final = frozenset(tag_for_keyword(keyword) for keyword in MACROS)
_INNER_TAGS: Final = frozenset(tag_for_keyword(keyword) for keyword in INNER)


@dataclass(frozen=True, slots=True)
class Where:
    """A data set inside a file.

    Parameters
    ----------
    above : str
        Path of its sequence item, ``0008,1140[0].``; empty at the root.
    depth : int
        Sequences above it.
    encodings : list of str or None
        Character sets of the data set around it.
    lifted : str or None
        Where its elements would stand in a classic picture; None where they would not.
    groups : bool
        It is an item of functional groups (PS3.3 C.7.6.16).
    """

    above: str = ""
    depth: int = 0
    encodings: list[str] | None = None
    lifted: str | None = None
    groups: bool = False


class Rows:
    """Makes rows, and remembers what elements are called.

    Parameters
    ----------
    limits : Limits
        How long a value and how deep a sequence may be.
    """

    def __init__(self, limits: Limits) -> None:
        self.texts = ElementTexts(limits)
        self._depth = limits.sequence_depth
        self._names: dict[tuple[BaseTag, str], tuple[str, str]] = {}

    def of(self, dataset: Dataset, where: Where) -> Iterator[TagRow]:
        """Every element of a data set and, behind each sequence, of its items.

        Parameters
        ----------
        dataset : Dataset
        where : Where
        """
        here = replace(where, encodings=self.texts.encodings(dataset, where.encodings))
        for tag, element in sorted(dataset.items()):
            yield from self.of_element(dataset, tag, element, here)

    def of_element(self, dataset: Dataset, tag: BaseTag, element: Element, here: Where) -> Iterator[TagRow]:
        """One element and, if it is a sequence, its items' elements.

        Parameters
        ----------
        dataset : Dataset
            The element's own.
        tag : BaseTag
        element : DataElement or RawDataElement
        here : Where
            With the data set's own character sets.
        """
        creator = creator_of(dataset, tag)
        vr = self.texts.vr(dataset, element, creator)
        items = _items(dataset, tag) if vr == "SQ" else None
        if items is not None:
            element = dataset[tag]
        text, vm = self.texts.text(element, vr, here.encodings or [])
        if items and here.depth >= self._depth:
            text = f"{text}, nested too deeply to be listed"
        yield self._row(here, tag, creator, (vr, text, vm))
        if items is not None and here.depth < self._depth:
            for number, item in enumerate(items):
                yield from self.of(item, self._inside(here, tag, number, len(items)))

    def _row(self, here: Where, tag: BaseTag, creator: str, said: tuple[str, str, int]) -> TagRow:
        """The row of an element whose value is in words."""
        key = (tag, creator)
        if key not in self._names:
            self._names[key] = names_of(tag, creator)
        keyword, name = self._names[key]
        number = number_of(tag)
        vr, text, vm = said
        return TagRow(
            path=f"{here.above}{number}",
            tag=number,
            keyword=keyword,
            name=name,
            vr=vr,
            value=text,
            depth=here.depth,
            creator=creator,
            vm=vm,
            unit=unit_of_keyword(keyword) if text else "",
            lifted="" if here.lifted is None or tag.is_private else f"{here.lifted}{number}",
        )

    def _inside(self, here: Where, tag: BaseTag, item: int, items: int) -> Where:
        """An item of a sequence."""
        path = f"{number_of(tag)}[{item}]."
        lifted: str | None = None
        if here.groups:
            lifted = "" if tag in _MACRO_TAGS else None
        elif here.lifted is not None:
            lifted = here.lifted if tag in _INNER_TAGS else f"{here.lifted}{path}"
        groups = here.depth == 0 and tag in (SHARED_GROUPS, FRAME_GROUPS) and items == 1
        return Where(f"{here.above}{path}", here.depth + 1, here.encodings, lifted, groups)


def rows(dataset: Dataset, limits: Limits) -> list[TagRow]:
    """Every element of an instance, file meta first, sequences unfolded.

    Parameters
    ----------
    dataset : Dataset
    limits : Limits
        How long a value and how deep a sequence may be.
    """
    maker = Rows(limits)
    parts = [part for part in (getattr(dataset, "file_meta", None), dataset) if part is not None]
    return [row for part in parts for row in maker.of(part, Where())]


def frame_item(encodings: list[str] | None) -> Where:
    """The functional groups of the frame at hand."""
    return Where(f"{FRAME_ITEM}.", 1, encodings, None, groups=True)


def number_of(tag: BaseTag) -> str:
    """``gggg,eeee`` in capitals."""
    return f"{tag >> 16:04X},{tag & 0xFFFF:04X}"


def creator_of(dataset: Dataset, tag: BaseTag) -> str:
    """Who reserved a private element (PS3.5 7.8.1); empty for the standard's own and for unreserved ones."""
    group, element = tag >> 16, tag & 0xFFFF
    if not group & 1 or element < 0x1000:
        return ""
    reserving = BaseTag(group << 16 | element >> 8)
    value = dataset.get_item(reserving).value if reserving in dataset else None
    named = value.decode("latin-1") if isinstance(value, bytes) else str(value or "")
    return named.strip("\0 ")


def _items(dataset: Dataset, tag: BaseTag) -> list[Dataset] | None:
    """The items of a sequence, None when it cannot be parsed or is none."""
    try:
        value = dataset[tag].value
    except Exception:  # pydicom raises nearly anything on values that are not what their VR says
        return None
    return list(value) if isinstance(value, ItemSequence) else None
