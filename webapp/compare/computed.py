"""Rows of what was computed and not read, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from webapp.compare.likeness import Tolerance, alike, graver
from webapp.compare.table import ComparedRow
from webapp.dicom.tag_row import TagRow


@dataclass(frozen=True, slots=True)
class Computed:
    """A quantity that is computed.

    Parameters
    ----------
    name : str
        For programs.
    words : str
        For people.
    unit : str
    vr : str
        ``DS`` for numbers, ``LO`` for words.
    """

    name: str
    words: str
    unit: str = ""
    vr: str = "DS"

    def cell(self, value: str) -> TagRow:
        """A value of it as a row."""
        many = value.count("\\") + 1
        return TagRow(f"computed {self.name}", "", self.name, self.words, self.vr, value, 0, "", many, self.unit)


def side_by_side(
    quantities: Sequence[Computed], columns: Sequence[Mapping[str, str]], reference: int, tolerance: Tolerance
) -> tuple[ComparedRow, ...]:
    """A row for each quantity that any column has.

    Parameters
    ----------
    quantities : sequence of Computed
        In the order of the rows.
    columns : sequence of mapping
        Values by the quantity's name; what cannot be said is left out.
    reference : int
        The column that the others are held against.
    tolerance : Tolerance
        How near two computed numbers are the same.
    """
    return tuple(
        _row(
            one,
            [one.cell(column[one.name]) if one.name in column else None for column in columns],
            reference,
            tolerance,
        )
        for one in quantities
        if any(one.name in column for column in columns)
    )


def _row(one: Computed, cells: Sequence[TagRow | None], reference: int, tolerance: Tolerance) -> ComparedRow:
    """One row."""
    return ComparedRow(
        path=f"computed {one.name}",
        tag="",
        keyword=one.name,
        name=one.words,
        vr=one.vr,
        unit=one.unit,
        depth=0,
        creator="",
        cells=tuple(cells),
        states=tuple(alike(cells[reference], cell, tolerance) for cell in cells),
        state=graver([alike(a, b, tolerance) for a, b in combinations(cells, 2)]),
    )
