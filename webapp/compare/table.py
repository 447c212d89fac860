"""Tag rows of any number of series or instances, side by side in one table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from webapp.compare.likeness import EXACT, State, Tolerance, alike, graver
from webapp.dicom.tag_row import FRAME_ITEM, PathKey, TagRow, path_key

_FRAME: Final = re.compile(r"^5200,9230\[\d+\]")
_Key = tuple[PathKey, str]


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One element in every column of a comparison.

    Parameters
    ----------
    path : str
        Where it stands, ``0008,1140[0].0008,1155``; an element of functional groups where a classic picture has it.
    tag, keyword, name, vr, unit : str
        What it is; where columns disagree about one of these (an unknown VR against the known one) all are named,
        joined by ``/``.
    depth : int
        How many sequences it lies in.
    creator : str
        Who reserved it; empty for an element of the standard. Elements of two creators at one number are two rows.
    cells : tuple of (TagRow or None)
        The element in each column; None where the column has no such element.
    states : tuple of State
        How each column compares with the reference.
    state : State
        How all columns compare with each other.
    """

    path: str
    tag: str
    keyword: str
    name: str
    vr: str
    unit: str
    depth: int
    creator: str
    cells: tuple[TagRow | None, ...]
    states: tuple[State, ...]
    state: State

    @property
    def values(self) -> tuple[str | None, ...]:
        """The value in each column; None where the column has no such element."""
        return tuple(None if cell is None else cell.value for cell in self.cells)

    @property
    def differs(self) -> bool:
        """Whether any two columns hold something else, a missing element being something else."""
        return self.state in (State.DIFFERENT, State.MISSING)


def compare(
    columns: Sequence[Iterable[TagRow]], reference: int = 0, tolerance: Tolerance = EXACT
) -> tuple[ComparedRow, ...]:
    """One row an element, in tag order, with its value in every column.

    Parameters
    ----------
    columns : sequence of iterables of TagRow
        One for each series (`TagTable.rows`) or instance (`TagTable.rows_of`), in the order of the columns.
    reference : int
        The column that the others' states are held against.
    tolerance : Tolerance, optional
    """
    together = len(columns) > 1
    tables = [_keyed(list(column), lift=together) for column in columns]
    keys = sorted(set().union(*tables))
    return tuple(_compared(key, [table.get(key) for table in tables], reference, tolerance) for key in keys)


def differing(rows: Iterable[ComparedRow]) -> tuple[ComparedRow, ...]:
    """The rows whose columns do not agree."""
    return tuple(row for row in rows if row.differs)


def first_difference(row: ComparedRow, one: int = 0, other: int = 1) -> int | None:
    """The first instance at which two columns differ, from 0; None where the element does not run along both.

    Parameters
    ----------
    row : ComparedRow
        Of whole series.
    one, other : int
        Columns.
    """
    cells = row.cells[one], row.cells[other]
    columns = [None if cell is None else cell.column for cell in cells]
    if columns[0] is None or columns[1] is None or not columns[0].at or not columns[1].at:
        return None
    shorter = min(len(column.at) for column in columns if column is not None)
    places = range(shorter)
    differs = (place for place in places if columns[0].value(place) != columns[1].value(place))
    return next(differs, shorter if len(columns[0].at) != len(columns[1].at) else None)


def _keyed(rows: Sequence[TagRow], *, lift: bool) -> dict[_Key, tuple[str, TagRow]]:
    """Rows by the place at which they meet those of other columns: that of a classic picture where there is one.

    What a frame says of itself stands before what all frames share, and that before the root of the file.
    """
    found: dict[_Key, tuple[str, TagRow]] = {}
    lifted: dict[_Key, tuple[str, TagRow]] = {}
    for row in rows:
        if lift and row.lifted:
            here = (path_key(row.lifted), row.creator)
            if here in lifted:
                _put(found, lifted[here][1])
            lifted[here] = (row.lifted, row)
        else:
            _put(found, row)
    for here, (path, row) in lifted.items():
        if here in found and found[here][0] == path:
            _put(found, row)
        else:
            found[here] = (path, row)
    return found


def _put(found: dict[_Key, tuple[str, TagRow]], row: TagRow) -> None:
    """Keep a row at its own path; the frame's number is no difference."""
    path = _FRAME.sub(FRAME_ITEM, row.path)
    found[path_key(path), row.creator] = (path, row)


def _compared(
    key: _Key, found: Sequence[tuple[str, TagRow] | None], reference: int, tolerance: Tolerance
) -> ComparedRow:
    """The row of one element, from what each column has of it."""
    path = next(one[0] for one in found if one is not None)
    cells = [None if one is None else one[1] for one in found]
    present = [cell for cell in cells if cell is not None]
    places = range(len(cells))
    pairs = {(a, b): alike(cells[a], cells[b], tolerance) for a, b in combinations(places, 2)}
    pairs |= {(reference, reference): alike(cells[reference], cells[reference])}
    return ComparedRow(
        path=path,
        tag=present[0].tag,
        keyword=_agreed(row.keyword for row in present),
        name=_agreed(row.name for row in present),
        vr=_agreed(row.vr for row in present),
        unit=_agreed(row.unit for row in present),
        depth=path.count("["),
        creator=key[1],
        cells=tuple(cells),
        states=tuple(pairs[min(reference, place), max(reference, place)] for place in places),
        state=graver(list(pairs.values())),
    )


def _agreed(texts: Iterable[str]) -> str:
    """The one text all give, or all that are given."""
    return "/".join(sorted({text for text in texts if text}))
