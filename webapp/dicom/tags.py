"""Data sets to the rows of the tag table, and which of them vary from instance to instance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from pydicom.datadict import dictionary_description
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import dcmread
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as ItemSequence
from pydicom.tag import BaseTag

from webapp.config import Limits
from webapp.dicom.model import TagRow
from webapp.dicom.values import items

#: Value representations that are shown by their length only.
_BINARY = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "UN", "OB or OW"))

_PER_FRAME = "PerFrameFunctionalGroupsSequence"

#: Values of one element that are turned into text; the rest is counted.
_SHOWN_VALUES = 64


def rows(dataset: Dataset, limits: Limits) -> list[TagRow]:
    """Every element of an instance, file meta first, sequences unfolded.

    Parameters
    ----------
    dataset : Dataset
    limits : Limits
        How long a value and how deep a sequence may be.
    """
    meta = getattr(dataset, "file_meta", None)
    parts = [part for part in (meta, dataset) if part is not None]
    return [row for part in parts for row in _rows(part, "", 0, limits)]


def rows_of_file(whole: bytes, limits: Limits, frame: int = 0) -> list[TagRow]:
    """Every element of a file that was read before, those behind its pixels too.

    Parameters
    ----------
    whole : bytes
    limits : Limits
    frame : int
        Of the functional groups of single frames, only this one's are told: they repeat themselves frame by frame.
    """
    dataset = dcmread(BytesIO(whole), force=True)
    groups = items(dataset, _PER_FRAME)
    if len(groups) > 1:
        dataset.PerFrameFunctionalGroupsSequence = groups[frame : frame + 1]
    return rows(dataset, limits)


def varying(datasets: Sequence[Dataset], limits: Limits) -> dict[str, list[str | None]]:
    """Values of the elements that are not the same in all instances, by path.

    Parameters
    ----------
    datasets : sequence of Dataset
        One an instance, in kept order.
    limits : Limits

    Returns
    -------
    dict of str to list
        A value for each instance, None where the element is absent. Only top-level elements; a sequence is compared
        as a whole and stands with the number of its items.
    """
    elements = [dict(dataset.items()) for dataset in datasets]
    first = elements[0]
    same = set(first)
    everything = set(same)
    for other in elements[1:]:
        everything |= other.keys()
        same = {tag for tag in same if tag in other and _same(first[tag], other[tag])}
    return {_number(tag): [_short(dataset, tag, limits) for dataset in datasets] for tag in sorted(everything - same)}


def _same(a: DataElement | RawDataElement, b: DataElement | RawDataElement) -> bool:
    """Whether two elements are equal; raw bytes are compared where nothing was converted yet."""
    try:
        return bool(a.value == b.value)
    except Exception:  # pydicom cannot convert one of the values
        return False


def _short(dataset: Dataset, tag: BaseTag, limits: Limits) -> str | None:
    """One element's value as text, None when absent."""
    if tag not in dataset:
        return None
    element = _element(dataset, tag)
    return "(not readable)" if element is None else _value(element, limits)


def _rows(dataset: Dataset, above: str, depth: int, limits: Limits) -> Iterator[TagRow]:
    """The rows of one data set and, behind each sequence, of its items."""
    for tag in sorted(dataset.keys()):
        element = _element(dataset, tag)
        path = f"{above}{_number(tag)}"
        if element is None:
            yield TagRow(path, _number(tag), "", "", "", "(not readable)", depth, "")
            continue
        yield TagRow(
            path,
            _number(tag),
            element.keyword,
            _name(element),
            element.VR,
            _value(element, limits),
            depth,
            _creator(element),
        )
        if element.VR == "SQ" and depth < limits.sequence_depth:
            for place, item in enumerate(element.value):
                yield from _rows(item, f"{path}[{place}].", depth + 1, limits)


def _element(dataset: Dataset, tag: BaseTag) -> DataElement | None:
    """The converted element, or None when pydicom cannot convert it."""
    try:
        return dataset[tag]
    except Exception:  # pydicom raises nearly anything on values that are not what their VR says
        return None


def _number(tag: BaseTag) -> str:
    """``gggg,eeee`` in capitals."""
    return f"{tag.group:04X},{tag.element:04X}"


def _name(element: DataElement) -> str:
    """The standard's name, or a private one's without its brackets."""
    try:
        return dictionary_description(element.tag)
    except KeyError:
        return element.name.strip("[]")


def _creator(element: DataElement) -> str:
    """The private creator's text, empty for standard elements."""
    return str(element.private_creator or "") if element.tag.is_private else ""


def _value(element: DataElement, limits: Limits) -> str:
    """The value as text, cut to the limit; bytes and sequences by their size."""
    value = element.value
    if element.VR == "SQ":
        count = len(value) if isinstance(value, ItemSequence) else 0
        return f"{count} item{'' if count == 1 else 's'}"
    if value is None:
        return ""
    if isinstance(value, bytes) or element.VR in _BINARY:
        return f"{_length(value)} bytes"
    if isinstance(value, MultiValue | list | tuple):
        shown = "\\".join(str(part) for part in value[:_SHOWN_VALUES])
        return _cut(shown, limits) if len(value) <= _SHOWN_VALUES else _cut(f"{shown}\\… ({len(value)} values)", limits)
    return _cut(str(value), limits)


def _length(value: Any) -> int:
    """How many bytes or values there are."""
    return len(value) if hasattr(value, "__len__") else 1


def _cut(text: str, limits: Limits) -> str:
    """The text, at most `limits.cell_chars` long."""
    return text if len(text) <= limits.cell_chars else f"{text[: limits.cell_chars]}… ({len(text)} characters)"
