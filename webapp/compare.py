"""Tag rows of any number of series, side by side in one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from webapp.dicom.tag_row import TagRow

PathKey = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One element in every column of a comparison.

    Parameters
    ----------
    path : str
        Where it stands, ``0008,1140[0].0008,1155``.
    tag, keyword, name, vr : str
        What it is; where columns disagree about one of these (an unknown VR against the known one) all are named,
        joined by ``/``.
    depth : int
        How many sequences it lies in.
    creator : str
        Who reserved it; empty for an element of the standard. Elements of two creators at one number are two rows.
    values : tuple of (str or None)
        The value in each column; None where the column has no such element.
    """

    path: str
    tag: str
    keyword: str
    name: str
    vr: str
    depth: int
    creator: str
    values: tuple[str | None, ...]

    @property
    def differs(self) -> bool:
        """Whether any two columns hold something else, a missing element being something else."""
        return len(set(self.values)) > 1


def path_key(path: str) -> PathKey:
    """A path as numbers that sort in tag order.

    Parameters
    ----------
    path : str
        Elements ``gggg,eeee`` joined by dots, a sequence followed by its item number in brackets.

    Returns
    -------
    tuple of (int, int)
        Tag and item of each step; an element that is not followed by an item stands before its items.
    """
    return tuple(_step_key(step) for step in path.split("."))


def compare(columns: Sequence[Iterable[TagRow]]) -> tuple[ComparedRow, ...]:
    """One row an element, in tag order, with its value in every column.

    Parameters
    ----------
    columns : sequence of iterables of TagRow
        One for each series or instance, in the order of the columns.
    """
    tables = [{(path_key(row.path), row.creator): row for row in column} for column in columns]
    keys = sorted(set().union(*tables))
    return tuple(_compared([table.get(key) for table in tables]) for key in keys)


def differing(rows: Iterable[ComparedRow]) -> tuple[ComparedRow, ...]:
    """The rows whose columns do not agree."""
    return tuple(row for row in rows if row.differs)


def _step_key(step: str) -> tuple[int, int]:
    """Tag and item number of one step of a path."""
    tag, _, item = step.partition("[")
    return int(tag.replace(",", ""), 16), int(item[:-1]) if item else -1


def _compared(found: list[TagRow | None]) -> ComparedRow:
    """The row of one element, from what each column has of it."""
    present = [row for row in found if row is not None]
    return ComparedRow(
        path=present[0].path,
        tag=present[0].tag,
        keyword=_agreed(row.keyword for row in present),
        name=_agreed(row.name for row in present),
        vr=_agreed(row.vr for row in present),
        depth=present[0].depth,
        creator=present[0].creator,
        values=tuple(None if row is None else row.value for row in found),
    )


def _agreed(texts: Iterable[str]) -> str:
    """The one text all give, or all that are given."""
    return "/".join(sorted({text for text in texts if text}))
