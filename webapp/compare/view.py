"""The table as the page and the exports show it: compared, narrowed, explained, each text at a length to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from webapp.compare.derived import derived_rows
from webapp.compare.explain import explained
from webapp.compare.likeness import EXACT, State, Tolerance
from webapp.compare.makers import formulas_of, maker_in, maker_rows
from webapp.compare.meaning import Meaning, meanings_of
from webapp.compare.search import Query, matching
from webapp.compare.shown import ShownRow, shown_cell
from webapp.compare.table import ComparedRow, compare
from webapp.dicom.tag_row import TagRow
from webapp.dicom.tag_table import TagTable
from webapp.stackwords import count_words, shown_place

#: Columns of one comparison.
MOST_COLUMNS: Final = 6


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table.

    Parameters
    ----------
    label : str
        What stands above it.
    table : TagTable
    meta : mapping
        The stack's ``meta.json``.
    instance : int or None
        An instance of the table; None for the series as a whole.
    """

    label: str
    table: TagTable
    meta: Mapping[str, Any]
    instance: int | None = None

    @property
    def rows(self) -> Sequence[TagRow]:
        """Its rows: of one instance, or of the series with what varies in short."""
        return self.table.rows if self.instance is None else self.table.rows_of(self.instance)


def label_of(meta: Mapping[str, Any]) -> str:
    """What a series is called above its column: ``MR · GE MEDICAL SYSTEMS · Axial · 15 slices``.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    """
    series = meta["series"]
    count = count_words(meta["kind"], meta["shape_kji"], meta["slice_axis"])
    return " · ".join(
        part for part in (series["modality"], series["manufacturer"], series["description"], count) if part
    )


def slice_label(column: Column, index: int, time: int = 0) -> str:
    """What a slice is called above its column: ``Slice 3 of 15``, of several volumes ``Slice 3 of 15, volume 2``.

    Parameters
    ----------
    column : Column
    index : int
        As the views count, from 0.
    time : int
    """
    places = column.table.places
    return f"Slice {index + 1} of {len(places[0])}{f', volume {time + 1}' if len(places) > 1 else ''}"


def instance_columns(column: Column, indices: Sequence[int], time: int = 0) -> tuple[Column, ...]:
    """Slices of one series as columns of their own.

    Parameters
    ----------
    column : Column
        The series as a whole.
    indices : sequence of int
        Slices as the views count, from 0.
    time : int
        Which of several volumes.
    """
    table, meta = column.table, column.meta
    return tuple(
        replace(
            column, label=slice_label(column, index, time), instance=table.instance_at(shown_place(meta, index), time)
        )
        for index in indices
    )


@dataclass(frozen=True, slots=True)
class View:
    """The lines of a table that were asked for.

    Parameters
    ----------
    computed : tuple of ShownRow
        What is physically true of each stack: computed, not read.
    rows : tuple of ShownRow
        The part that was asked for.
    found : int
        Rows that the query found, shown or not.
    total : int
        Rows of the whole table.
    counts : mapping of State to int
        Rows of the whole table by how they compare.
    left_out : int
        Elements that were too many to keep.
    """

    computed: tuple[ShownRow, ...]
    rows: tuple[ShownRow, ...]
    found: int
    total: int
    counts: Mapping[State, int]
    left_out: int

    @property
    def differing(self) -> int:
        """Rows whose columns do not agree."""
        return self.counts[State.DIFFERENT] + self.counts[State.MISSING]


@dataclass(frozen=True, slots=True)
class Part:
    """Which lines of what was found are made, and how long their texts may be.

    Parameters
    ----------
    start : int
    count : int or None
        None for all.
    chars : int
        Of one cell (`Limits.cell_chars`).
    """

    start: int = 0
    count: int | None = None
    chars: int = 256


@dataclass(frozen=True, slots=True)
class Comparison:
    """Columns compared once, from which any number of views are taken.

    Parameters
    ----------
    columns : tuple of Column
        One to six.
    reference : int
        The column that the others are held against.
    tolerance : Tolerance
    """

    columns: tuple[Column, ...]
    reference: int = 0
    tolerance: Tolerance = EXACT
    rows: tuple[ComparedRow, ...] = field(init=False)

    def __post_init__(self) -> None:
        compared = compare([column.rows for column in self.columns], self.reference, self.tolerance)
        object.__setattr__(self, "rows", compared)

    def view(self, query: Query | None = None, part: Part | None = None) -> View:
        """The lines that are asked for.

        Parameters
        ----------
        query : Query, optional
            All rows when left out.
        part : Part, optional
            All of them when left out.

        Raises
        ------
        BadPattern
            The query's expression cannot be used.
        """
        asked, wanted = query or Query(), part or Part()
        found = matching(self.rows, asked)
        end = None if wanted.count is None else wanted.start + wanted.count
        beside = [_Beside.of(column) for column in self.columns]
        states = [row.state for row in self.rows]
        return View(
            computed=tuple(_computed(row, beside, wanted.chars) for row in self.computed),
            rows=tuple(_shown(row, beside, wanted.chars) for row in found[wanted.start : end]),
            found=len(found),
            total=len(self.rows),
            counts={state: states.count(state) for state in State},
            left_out=max(column.table.left_out for column in self.columns),
        )

    @property
    def of_instances(self) -> bool:
        """Whether a column is one instance instead of a whole series."""
        return any(column.instance is not None for column in self.columns)

    @property
    def computed(self) -> tuple[ComparedRow, ...]:
        """What is physically true of each stack, and what its protocol is in no maker's words; of instances nothing."""
        if self.of_instances:
            return ()
        derived = derived_rows([(column.table, column.meta) for column in self.columns], self.reference)
        return (*derived, *maker_rows([column.table for column in self.columns], self.reference))


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is known about the tags of one column."""

    meanings: Mapping[str, Meaning]
    maker: str
    formulas: Mapping[str, str]

    @classmethod
    def of(cls, column: Column) -> _Beside:
        """Of a column."""
        mr = column.table.values("0008,0060") == ["MR"]
        return cls(meanings_of(column.meta), maker_in(column.table) if mr else "", formulas_of(column.table))


def _shown(row: ComparedRow, beside: Sequence[_Beside], chars: int) -> ShownRow:
    """One line of what was read."""
    cells = tuple(
        shown_cell(cell, state, chars, explained(cell, row.tag, one.meanings, one.maker))
        for cell, state, one in zip(row.cells, row.states, beside, strict=True)
    )
    return ShownRow(f"{row.path} {row.creator}", row, cells)


def _computed(row: ComparedRow, beside: Sequence[_Beside], chars: int) -> ShownRow:
    """One line of what was computed, with its formula."""
    cells = tuple(
        shown_cell(cell, state, chars, Meaning(one.formulas[row.keyword]) if row.keyword in one.formulas else None)
        for cell, state, one in zip(row.cells, row.states, beside, strict=True)
    )
    return ShownRow(row.path, row, cells, computed=True)
