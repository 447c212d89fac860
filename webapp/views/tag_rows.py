"""What the tag table holds: its columns, and each element as one row of plain text and flags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webapp.compare.table import ComparedRow

NOT_RECORDED = "not recorded"
EMPTY = "empty"
#: What stands for a private element's name where nobody knows it.
NAMELESS = frozenset({"Private tag data", "unknown"})
#: Up to this many characters a value may fit its two lines in the side panel: alone, and beside another.
FITS_ALONE, FITS_BESIDE = 70, 42
DEEPEST = 5

Row = dict[str, Any]
Column = dict[str, Any]


def columns(heads: Sequence[str]) -> list[Column]:
    """Column definitions: what the element is, then one column for each series; the text to search by is hidden."""
    element = {
        "field": "element",
        "headerName": "Element",
        "cellClass": "tag-element",
        "cellClassRules": {f"tag-depth-{depth}": f"params.data.depth == {depth}" for depth in range(1, DEEPEST + 1)},
        "pinned": "left" if len(heads) > 2 else None,
        "flex": 1,
        "minWidth": 132,
        "sortable": False,
        "resizable": True,
    }
    return [
        element,
        *(_value_column(place, head) for place, head in enumerate(heads)),
        {"field": "search", "hide": True},
    ]


def grid_row(row: ComparedRow) -> Row:
    """One row of the grid, in plain text and flags."""
    record: Row = {
        "id": f"{row.path} {row.creator}",
        "depth": min(row.depth, DEEPEST),
        "element": f"{title(row)}\n{place_and_vr(row)}",
        "path": path_in_words(row.path) if row.depth else "",
        "differs": row.differs,
        "search": search_text(row),
    }
    fits = FITS_ALONE if len(row.values) == 1 else FITS_BESIDE
    for place, value in enumerate(row.values):
        record[f"value{place}"] = NOT_RECORDED if value is None else value or EMPTY
        record[f"quiet{place}"] = not value
        record[f"long{place}"] = len(value or "") > fits
    return record


def title(row: ComparedRow) -> str:
    """The element's keyword; a private one by its name, where it is known, and its creator."""
    name = row.keyword or row.name or "unknown"
    if row.creator:
        return f"{'private' if name in NAMELESS else name} · {row.creator}"
    return name


def place_and_vr(row: ComparedRow) -> str:
    """``[0] (0008,1155) UI``: the item it stands in, its tag and its value representation."""
    parent = row.path.rpartition(".")[0]
    item = parent[parent.rindex("[") :] if parent.endswith("]") else ""
    return " ".join(filter(None, [item, f"({row.tag})", row.vr]))


def path_in_words(path: str) -> str:
    """``(0008,1140)[0].(0008,1155)``: every tag of the path in its parentheses."""
    return ".".join(f"({step[:9]}){step[9:]}" for step in path.split("."))


def search_text(row: ComparedRow) -> str:
    """Everything a row is found by beside its values: the tag in each usual spelling, keyword, name, VR and creator."""
    digits = row.tag.replace(",", "")
    return " ".join([path_in_words(row.path), digits, row.keyword, row.name, row.vr, row.creator])


def _value_column(place: int, head: str) -> Column:
    """The column of one series; rules are expressions that are parsed, not evaluated as script."""
    return {
        "field": f"value{place}",
        "headerName": head,
        "headerTooltip": head,
        "cellClass": "tag-value",
        "cellClassRules": {
            "tag-differs": "params.data.differs",
            "tag-quiet": f"params.data.quiet{place}",
            "tag-long": f"params.data.long{place}",
        },
        "flex": 1,
        "minWidth": 80,
        "sortable": False,
        "resizable": True,
    }
