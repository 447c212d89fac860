"""Tag rows as CSV that a spreadsheet cannot run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from webapp.dicom.tag_row import TagRow

HEADER = ("path", "tag", "keyword", "name", "vr", "value", "creator")
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
