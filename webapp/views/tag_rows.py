"""What the tag table holds: its columns, and each element as one row of plain text and flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any, Final

from webapp.compare.likeness import State
from webapp.compare.shown import EMPTY, NOT_RECORDED, ShownRow
from webapp.compare.table import ComparedRow
from webapp.dicom.tag_row import TagRow, Variation

#: What stands for a private element's name where nobody knows it.
NAMELESS = frozenset({"Private tag data", "unknown"})
#: Up to this many characters a value may fit its two lines in the side panel: alone, and beside another.
FITS_ALONE, FITS_BESIDE = 46, 42
DEEPEST = 5
#: Heights in pixels: a row of two lines, one line of what was done with a tag, and how many of them at most.
ROW_PX, LINE_PX, MOST_LINES, LINE_CHARS = 44, 15, 5, 24
#: Characters of a computed name in one line.
NAME_CHARS = 18

#: How columns compare, by mark and word.
STATES: Final = {
    State.EQUAL: "= equal",
    State.FORMATTING: "≈ formatting only",
    State.UNKNOWN: "? not compared",
    State.MISSING: "∅ missing",
    State.DIFFERENT: "≠ different",
}

Row = dict[str, Any]
ColumnDef = dict[str, Any]


def columns(heads: Sequence[str], *, within: bool = False) -> list[ColumnDef]:
    """Column definitions: what the element is, one column for each series, and how a series alone varies.

    Parameters
    ----------
    heads : sequence of str
        What stands above each series; the first is the reference.
    within : bool
        Whether the last column says how values run along the series.
    """
    many = len(heads) > 2
    element = {
        **_column("element", "Element", 132),
        "cellClass": "tag-element",
        "cellClassRules": {f"tag-depth-{depth}": f"params.data.depth == {depth}" for depth in range(1, DEEPEST + 1)},
        **(_pinned(150) if many else {}),
    }
    values = [_value_column(place, head, pinned=many and place == 0) for place, head in enumerate(heads)]
    along = {
        **_column("within", "Within the series", 96),
        "cellClass": "tag-value tag-within",
        "cellClassRules": {"tag-quiet": "params.data.constant"},
    }
    return [element, *values, *([along] if within else [])]


def series_row(line: ShownRow, instance: int, chars: int) -> Row:
    """One element of a series alone: its value in one instance, and how it varies.

    Parameters
    ----------
    line : ShownRow
        Of a comparison of one column.
    instance : int
    chars : int
        How long a value may be.
    """
    cell = line.row.cells[0]
    record = _element(line, place_and_vr(line.row))
    value = value_in(cell, instance)
    return record | _value(line, 0, None if value is None else value[:chars], FITS_ALONE) | _within(line)


def compared_row(line: ShownRow, first: int | None, others: Mapping[str, int]) -> Row:
    """One element of several series.

    Parameters
    ----------
    line : ShownRow
    first : int or None
        The first slice of the open series that differs, as the views count.
    others : mapping
        Its counterpart in each other series, by stack.
    """
    record = _element(line, f"{STATES[line.row.state]} · {place_and_vr(line.row)}") | {
        "first": first,
        "others": dict(others),
    }
    for place, cell in enumerate(line.cells):
        text = None if cell.missing else "" if cell.quiet else cell.text
        record |= _value(line, place, text, FITS_BESIDE) | {f"state{place}": cell.state.name.lower()}
    return record


def value_in(cell: TagRow | None, instance: int) -> str | None:
    """The value of an element in one instance; None where it has none."""
    if cell is None or cell.column is None:
        return None if cell is None else cell.value
    return cell.column.value(instance)


def title(row: ComparedRow) -> str:
    """The element's keyword; a private one by its name, where it is known, and its creator."""
    if not row.tag:
        return row.name
    name = row.keyword or row.name or "unknown"
    if row.creator:
        return f"{'private' if name in NAMELESS else name} · {row.creator}"
    return name


def place_and_vr(row: ComparedRow) -> str:
    """``[0] (0008,1155) UI``: the item it stands in, its tag and its value representation."""
    if not row.tag:
        return "computed"
    parent = row.path.rpartition(".")[0]
    item = parent[parent.rindex("[") :] if parent.endswith("]") else ""
    return " ".join(filter(None, [item, f"({row.tag})", row.vr]))


def path_in_words(path: str) -> str:
    """``(0008,1140)[0].(0008,1155)``: every tag of the path in its parentheses."""
    return ".".join(f"({step[:9]}){step[9:]}" for step in path.split("."))


def with_unit(text: str, unit: str) -> str:
    """A value with its unit behind it."""
    return f"{text}\u2009{unit}" if unit and text else text


def _element(line: ShownRow, below: str) -> Row:
    """What the element is, and how high its row has to be."""
    row = line.row
    return {
        "id": line.id,
        "depth": min(row.depth, DEEPEST),
        "element": f"{title(row)}\n{below}",
        "height": _height(line),
        "computed": line.computed,
    }


def _height(line: ShownRow) -> int:
    """How many pixels a row takes: for what was done with its tag, and for the whole name of what was computed."""
    longest = max((len(cell.meaning.short) for cell in line.cells if cell.meaning), default=0)
    lines = min(MOST_LINES, ceil(longest / LINE_CHARS))
    if line.computed:
        lines = max(lines, ceil(len(line.row.name) / NAME_CHARS))
    return max(ROW_PX, ROW_PX - 18 + lines * LINE_PX)


def _value(line: ShownRow, place: int, value: str | None, fits: int) -> Row:
    """One value, with what was done with it below."""
    cell, shown = line.cells[place], line.row.cells[place]
    text = NOT_RECORDED if value is None else with_unit(value, shown.unit if shown else "") or EMPTY
    meaning = cell.meaning.short if cell.meaning else ""
    return {
        f"value{place}": f"{text}\n{meaning}" if meaning else text,
        f"quiet{place}": not value,
        f"meant{place}": bool(meaning),
        f"long{place}": bool(cell.more) or (len(text) > fits and not meaning),
    }


def _within(line: ShownRow) -> Row:
    """How an element runs along its series."""
    cell = line.row.cells[0]
    variation = Variation.CONSTANT if cell is None else cell.variation
    if line.computed:
        return {"within": "computed", "constant": True}
    words = cell.value if cell is not None and cell.column is not None else ""
    return {"within": f"{variation}: {words}" if words else str(variation), "constant": not words}


def _value_column(place: int, head: str, *, pinned: bool) -> ColumnDef:
    """The column of one series; rules are expressions that are parsed, not evaluated as script."""
    rules = {
        "tag-quiet": f"params.data.quiet{place}",
        "tag-long": f"params.data.long{place}",
        "tag-meant": f"params.data.meant{place}",
    }
    if place:
        names = (State.DIFFERENT, State.MISSING, State.FORMATTING, State.UNKNOWN)
        rules |= {f"is-{one.name.lower()}": f"params.data.state{place} == '{one.name.lower()}'" for one in names}
    return {
        **_column(f"value{place}", head, 104),
        "headerTooltip": head,
        "cellClass": "tag-value",
        "cellClassRules": rules,
        **(_pinned(130) if pinned else {}),
    }


def _pinned(width: int) -> ColumnDef:
    """What keeps a column in sight, and narrow."""
    return {"pinned": "left", "flex": None, "width": width}


def _column(field: str, head: str, width: int) -> ColumnDef:
    """What every column is told."""
    return {
        "field": field,
        "colId": field,
        "headerName": head,
        "flex": 1,
        "width": width,
        "minWidth": width,
        "sortable": False,
        "resizable": True,
        "pinned": None,
    }
