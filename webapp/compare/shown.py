"""One line of the table as it is shown: plain text at a length to be shown, and what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from webapp.compare.likeness import State
from webapp.compare.meaning import Meaning
from webapp.compare.table import ComparedRow
from webapp.compare.topics import topics_of
from webapp.dicom.tag_row import TagRow

EMPTY: Final = "empty"
NOT_RECORDED: Final = "not recorded"


@dataclass(frozen=True, slots=True)
class Cell:
    """One element in one column.

    Parameters
    ----------
    text : str
        At most as long as was asked for; ``not recorded`` where the element is missing, ``empty`` where it has no
        value.
    more : int
        Characters that the text lacks; `TagRow.value` has them.
    state : State
        Against the reference column.
    variation : str
        ``constant``, ``changes regularly`` …: how it behaves within its series.
    quiet : bool
        There is no value to show.
    missing : bool
        There is no such element.
    meaning : Meaning or None
        What this viewer did with it.
    """

    text: str
    more: int
    state: State
    variation: str
    quiet: bool
    missing: bool
    meaning: Meaning | None


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One line of the table.

    Parameters
    ----------
    id : str
        Unique in the table.
    row : ComparedRow
    cells : tuple of Cell
        One a column.
    computed : bool
        It was measured or computed by this viewer and is in no file.
    """

    id: str
    row: ComparedRow
    cells: tuple[Cell, ...]
    computed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain values for a page or a file."""
        row = self.row
        return {
            "id": self.id,
            "path": row.path,
            "tag": row.tag,
            "keyword": row.keyword,
            "name": row.name,
            "vr": row.vr,
            "unit": row.unit,
            "depth": row.depth,
            "creator": row.creator,
            "state": str(row.state),
            "computed": self.computed,
            "topics": sorted(topics_of(row.tag, row.creator)) if row.tag else ["geometry"],
            "cells": [_cell_json(cell) for cell in self.cells],
        }


def shown_cell(cell: TagRow | None, state: State, chars: int, meaning: Meaning | None) -> Cell:
    """One cell; of an absent element, that it is.

    Parameters
    ----------
    cell : TagRow or None
    state : State
    chars : int
        How long its text may be.
    meaning : Meaning or None
    """
    if cell is None:
        return Cell(NOT_RECORDED, 0, state, "", True, True, meaning)
    text = cell.value[:chars]
    return Cell(text or EMPTY, len(cell.value) - len(text), state, str(cell.variation), not text, False, meaning)


def _cell_json(cell: Cell) -> dict[str, Any]:
    """A cell as plain values."""
    return {
        "value": None if cell.missing else "" if cell.quiet else cell.text,
        "more": cell.more,
        "state": str(cell.state),
        "variation": cell.variation,
        "meaning": None if cell.meaning is None else cell.meaning.short,
    }
