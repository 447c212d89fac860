"""Tag rows and comparisons as CSV that a spreadsheet cannot run, and as JSON."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from webapp import __version__
from webapp.compare.search import Query
from webapp.compare.table import ComparedRow
from webapp.compare.view import Comparison, Part
from webapp.dicom.tag_row import TagRow

HEADER = ("path", "tag", "keyword", "name", "vr", "value", "creator")
COMPARED_HEADER = ("path", "tag", "keyword", "name", "vr", "unit", "creator", "state")
#: An empty value in a comparison, where an empty cell says that the element is missing.
EMPTY_VALUE = "(empty)"
# The first characters that make a spreadsheet compute, with their full-width twins; the guard itself stands among them
# so that taking it off again gives the exact text.
GUARDED = tuple("=+-@\t\r\n＝＋－＠'")
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_NUMBERS = re.compile(rf" *{_NUMBER} *(\\ *{_NUMBER} *)*")


def guard(text: str) -> str:
    """The text with a leading ``'`` where a spreadsheet would otherwise take it for a formula.

    A number, and several numbers between backslashes as DICOM writes them, stay as they are.
    """
    return f"'{text}" if text.startswith(GUARDED) and not _NUMBERS.fullmatch(text) else text


def unguard(text: str) -> str:
    """The text that `guard` was given."""
    return text[1:] if text.startswith("'") else text


def tags_csv(rows: Iterable[TagRow]) -> str:
    """The rows as RFC 4180 text with a header line.

    Parameters
    ----------
    rows : iterable of TagRow

    Returns
    -------
    str
        Lines ended by CR LF: path, tag, keyword, name, vr, value, creator; to be encoded as UTF-8.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([guard(str(getattr(row, name))) for name in HEADER] for row in rows)
    return out.getvalue()


def comparison_csv(rows: Iterable[ComparedRow], labels: Iterable[str]) -> str:
    """A comparison as RFC 4180 text with a header line.

    Parameters
    ----------
    rows : iterable of ComparedRow
    labels : iterable of str
        What stands above each column of values.

    Returns
    -------
    str
        An element that a column lacks is an empty cell there; an empty value is `EMPTY_VALUE`, and a value that reads
        like that stands behind the guard.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COMPARED_HEADER, *map(guard, labels)])
    for row in rows:
        told = [guard(str(getattr(row, name))) for name in COMPARED_HEADER]
        writer.writerow([*told, *map(_compared_cell, row.values)])
    return out.getvalue()


def _compared_cell(value: str | None) -> str:
    """One value of a comparison."""
    if value is None:
        return ""
    if value == "":
        return EMPTY_VALUE
    return f"'{value}" if value == EMPTY_VALUE else guard(value)


def comparison_json(comparison: Comparison, query: Query, chars: int) -> dict[str, Any]:
    """A comparison as plain values.

    Parameters
    ----------
    comparison : Comparison
    query : Query
        Which rows are told.
    chars : int
        How long a value may be.

    Raises
    ------
    BadPattern
    """
    view = comparison.view(query, Part(chars=chars))
    return {
        "trueslice": __version__,
        "columns": [column.label for column in comparison.columns],
        "reference": comparison.reference,
        "counts": {str(state): count for state, count in view.counts.items()},
        "found": view.found,
        "left_out": view.left_out,
        "computed": [row.as_json() for row in view.computed],
        "rows": [row.as_json() for row in view.rows],
    }
