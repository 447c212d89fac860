"""The headers of a stack to its tag table: what all share once, a column for what varies, within bounds.

::

    pictures ─ instances: a file each, or a frame of a multi-frame one
    file meta, header, what lies behind the pixels, groups of the frame ─ each compared over all instances
    equal bytes ─ one row         different ─ text of each ─ a column         sequences ─ unfolded first
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from webapp.config import Limits
from webapp.dicom.behind_pixels import behind_pixels
from webapp.dicom.model import Instance
from webapp.dicom.tag_apart import apart
from webapp.dicom.tag_row import TagColumn, TagRow, Variation, path_key
from webapp.dicom.tag_table import TagTable
from webapp.dicom.tag_variation import column_of
from webapp.dicom.tag_words import Element
from webapp.dicom.tags import FRAME_GROUPS, Rows, Where, creator_of, frame_item
from webapp.dicom.values import items

_GROUPS: Final = "PerFrameFunctionalGroupsSequence"

#: What tells two rows apart: path, creator, representation.
_Key = tuple[str, str, str]
_Values = list[tuple[str, int] | None]


def tag_table(volumes: Sequence[Sequence[Instance]], limits: Limits) -> TagTable:
    """All tags of a stack's pictures.

    Parameters
    ----------
    volumes : sequence of sequence of Instance
        T volumes of N pictures, in kept order.
    limits : Limits
        How many rows and values are kept, and how long each may be.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of text it cannot decode; the table shows the text itself
        return _tag_table(volumes, limits)


def _tag_table(volumes: Sequence[Sequence[Instance]], limits: Limits) -> TagTable:
    """As `tag_table`."""
    sources: dict[int, int] = {}
    files: list[Instance] = []
    units: dict[tuple[int, int | None], int] = {}
    places: list[tuple[int, ...]] = []
    framed_files: dict[int, bool] = {}
    for volume in volumes:
        row = []
        for picture in volume:
            if sources.setdefault(picture.member.number, len(files)) == len(files):
                files.append(picture)
                framed_files[picture.member.number] = _has_frames(picture)
            unit = (picture.member.number, picture.frame if framed_files[picture.member.number] else None)
            row.append(units.setdefault(unit, len(units)))
        places.append(tuple(row))
    gathering = _Gathering(limits, tuple(places))
    owners = [sources[number] for number, _ in units]
    headers = [picture.file_dataset for picture in files]
    gathering.take([getattr(header, "file_meta", None) for header in headers], owners, Where())
    framed = any(frame is not None for _, frame in units)
    gathering.take(headers, owners, Where(), without=FRAME_GROUPS if framed else None)
    gathering.take([behind_pixels(picture) for picture in files], owners, Where())
    if framed:
        _take_frames(gathering, headers, owners, [frame for _, frame in units])
    return gathering.table(tuple(frame for _, frame in units))


def _has_frames(picture: Instance) -> bool:
    """Whether the frames of its file have headers of their own."""
    return picture.frames > 1 and len(items(picture.file_dataset, _GROUPS)) > 1


def _take_frames(
    gathering: _Gathering, headers: Sequence[Dataset], owners: Sequence[int], frames: Sequence[int | None]
) -> None:
    """The sequence of the frames' groups, and of each instance its own item."""
    count = {id(header): items(header, _GROUPS) for header in headers}
    bare = [Dataset({FRAME_GROUPS: header[FRAME_GROUPS]}) if FRAME_GROUPS in header else None for header in headers]
    gathering.take(bare, owners, Where(), heads_only=True)
    own: list[Dataset | None] = []
    for owner, frame in zip(owners, frames, strict=True):
        groups = count[id(headers[owner])]
        own.append(groups[frame] if frame is not None and frame < len(groups) else None)
    encodings = gathering.rows.texts.encodings(headers[0])
    gathering.take(own, range(len(own)), frame_item(encodings))


@dataclass(slots=True)
class _Gathered:
    """One element: its row, and its values where they are not the same everywhere."""

    row: TagRow
    values: _Values | None = None
    kept: bool = True


class _Gathering:
    """Rows gathered part by part, each part over all instances."""

    def __init__(self, limits: Limits, places: tuple[tuple[int, ...], ...]) -> None:
        self.rows = Rows(limits)
        self._limits = limits
        self._places = places
        self._found: dict[_Key, _Gathered] = {}
        self._cells = 0
        self._left_out = 0

    def take(
        self,
        datasets: Sequence[Dataset | None],
        owners: Sequence[int],
        where: Where,
        *,
        without: BaseTag | None = None,
        heads_only: bool = False,
    ) -> None:
        """Compare one part of all instances; `owners` says of each instance which data set is its own."""
        there = {place: dataset for place, dataset in enumerate(datasets) if dataset is not None}
        if not there:
            return
        wheres = {
            place: replace(where, encodings=self.rows.texts.encodings(dataset, where.encodings))
            for place, dataset in there.items()
        }
        elements = {
            place: dict(zip(map(int, dataset.keys()), dataset.values(), strict=True))
            for place, dataset in there.items()
        }
        varying, constant = apart(there, elements, everywhere=len(there) == len(datasets))
        part = _Part(there, elements, wheres, owners, heads_only, bool(constant), len(datasets))
        for tag in sorted({*varying, *constant} - {without}):
            if len(self._found) >= self._limits.tag_rows:
                self._left_out += 1
            elif tag in constant:
                for row in self._unfolded(part, min(there), tag):
                    self._keep(_key(row), _Gathered(row))
            else:
                self._vary(part, tag)

    def _keep(self, key: _Key, gathered: _Gathered) -> None:
        """Remember a row while there is room."""
        if key in self._found or len(self._found) < self._limits.tag_rows:
            self._found[key] = gathered
        else:
            self._left_out += 1

    def _unfolded(self, part: _Part, place: int, tag: int) -> list[TagRow]:
        """The rows of one element of one data set."""
        element = part.elements[place][tag]
        found = self.rows.of_element(part.datasets[place], element.tag, element, part.wheres[place])
        return [next(found)] if part.heads_only else list(found)

    def _vary(self, part: _Part, tag: int) -> None:
        """An element that is not the same in all data sets."""
        having = [place for place, elements in part.elements.items() if tag in elements]
        if self._cells + len(part.owners) > self._limits.tag_cells:
            for row in self._unfolded(part, having[0], tag):
                self._keep(_key(row), _Gathered(row, kept=False))
            return
        found: dict[_Key, tuple[TagRow, _Values]] = {}
        kind: tuple[str, str] | None = None
        path = f"{part.wheres[having[0]].above}{tag >> 16:04X},{tag & 0xFFFF:04X}"
        for place in having:
            if kind is None or not part.steady:
                kind = self._kind(part, place, tag)
            if kind[1] == "SQ":
                for row in self._unfolded(part, place, tag):
                    found.setdefault(_key(row), (row, [None] * part.count))[1][place] = (row.value, row.vm)
                continue
            key = (path, *kind)
            if key not in found:
                found[key] = (self._unfolded(part, place, tag)[0], [None] * part.count)
            encodings = part.wheres[place].encodings or []
            found[key][1][place] = self.rows.texts.text(part.elements[place][tag], kind[1], encodings)
        self._spread(part, found)

    def _kind(self, part: _Part, place: int, tag: int) -> tuple[str, str]:
        """Creator and representation of an element."""
        dataset, element = part.datasets[place], part.elements[place][tag]
        creator = creator_of(dataset, element.tag)
        return creator, self.rows.texts.vr(dataset, element, creator)

    def _spread(self, part: _Part, found: Mapping[_Key, tuple[TagRow, _Values]]) -> None:
        """Keep what an element's data sets hold as what its instances hold."""
        for key, (row, values) in found.items():
            spread = [values[owner] for owner in part.owners]
            if None not in spread and len(set(spread)) == 1:
                self._keep(key, _Gathered(row))
            else:
                self._cells += len(spread)
                self._keep(key, _Gathered(row, spread))

    def table(self, frames: tuple[int | None, ...]) -> TagTable:
        """What was gathered, in tag order."""
        order = sorted(self._found, key=lambda key: (path_key(key[0]), key[1:]))
        rows = tuple(self._finished(self._found[key]) for key in order)
        return TagTable(rows, self._places, frames, self._left_out)

    def _finished(self, gathered: _Gathered) -> TagRow:
        """A row with its column, where its values vary."""
        row = gathered.row
        if not gathered.kept:
            column = TagColumn((row.value,), (row.vm,), (), Variation.IRREGULAR, "varies; its values were not kept")
        elif gathered.values is None:
            return row
        else:
            column = column_of(gathered.values, self._places, row.vr)
        return replace(row, value=column.words, column=column)


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of all instances: the data sets that are there, by place, and their elements by plain number.

    A tag of pydicom's compares itself in Python, which is most of the time of a look-up.
    """

    datasets: Mapping[int, Dataset]
    elements: Mapping[int, Mapping[int, Element]]
    wheres: Mapping[int, Where]
    owners: Sequence[int]
    heads_only: bool
    steady: bool
    count: int


def _key(row: TagRow) -> _Key:
    """What tells a row from others."""
    return row.path, row.creator, row.vr
