"""What the command line answers about tags: look-up, comparison, and protocols held against each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from webapp import __version__, stackfiles
from webapp.compare.likeness import State
from webapp.compare.makers import protocol_lines
from webapp.compare.protocol import Outcome, Result, hold_against, reference_of
from webapp.compare.protocol_reference import read_reference
from webapp.compare.search import Query
from webapp.compare.shown import ShownRow
from webapp.compare.view import Column, Comparison, Part
from webapp.config import Config
from webapp.dicom.dictionary import Entry, UidEntry, look_up
from webapp.dicom.vendor_terms.lists import SOURCES, Term
from webapp.dicom.vendor_terms.translate import meanings_of_term, others
from webapp.errors import BadArgument, BadReference, SeriesNotChosen
from webapp.exports.report import comparison_html
from webapp.exports.tables import comparison_csv, comparison_json
from webapp.opened_input import chosen, opened
from webapp.reconstruct import OPENED
from webapp.services import tag_column

#: Entries that are printed for a person.
_PRINTED: Final = 40

#: Characters of a value in a line.
_LINE_CHARS: Final = 60


def look_up_tag(words: Sequence[str], *, as_json: bool) -> int:
    """Print what the dictionary and the makers' terms know.

    Parameters
    ----------
    words : sequence of str
        A tag number, a UID, or words.
    as_json : bool

    Returns
    -------
    int
        0: something was found; 1: nothing.
    """
    asked = " ".join(words)
    found, terms = look_up(asked), meanings_of_term(asked)
    if as_json:
        told = {
            "trueslice": __version__,
            "elements": [asdict(entry) for entry in found.elements],
            "uids": [asdict(entry) for entry in found.uids],
            "terms": [_term_json(term) for term in terms],
            "more": found.more,
        }
        print(json.dumps(told, ensure_ascii=False))
    else:
        lines = [*map(_term_line, terms), *map(_uid_line, found.uids), *_entry_lines(found.elements)]
        print("\n".join(lines[:_PRINTED]) or "Nothing is called that.")
        if len(lines) > _PRINTED or found.more:
            print(f"… and {max(0, len(lines) - _PRINTED) + found.more} more; say more words, or --json")
    return 0 if found.elements or found.uids or terms else 1


def compare_inputs(inputs: Sequence[str], query: Query, form: str, config: Config) -> int:
    """Print how the tags of two to six series compare.

    Parameters
    ----------
    inputs : sequence of str
        Each ``PATH``, ``PATH#UID`` or ``PATH#UID#STACK``; the first is the reference.
    query : Query
        Which rows count.
    form : str
        ``text``, ``json``, ``html`` or ``csv``.
    config : Config

    Returns
    -------
    int
        0: no row that counts differs; 1: one does.

    Raises
    ------
    BadArgument, SeriesNotChosen, UnknownSeries, BadPattern
    """
    if not 2 <= len(inputs) <= 6:
        raise BadArgument("A comparison has two to six columns.", "Name two to six inputs.")
    with ExitStack() as held:
        folders: dict[Path, Path] = {}
        columns = []
        for one in inputs:
            path, uid, stack = _named(one)
            if path not in folders:
                folders[path] = held.enter_context(opened(path, config))
            columns.append(_column(_chosen(folders[path], uid, stack)))
    comparison = Comparison(tuple(columns))
    view = comparison.view(query, Part(chars=_LINE_CHARS))
    if form == "json":
        print(json.dumps(comparison_json(comparison, query, config.limits.value_chars), ensure_ascii=False))
    elif form == "html":
        print(comparison_html(comparison, query))
    elif form == "csv":
        print(comparison_csv([line.row for line in view.rows], [column.label for column in columns]), end="")
    else:
        print("\n".join(_comparison_lines(comparison, view.computed, view.rows)))
    return int(any(line.row.differs for line in view.rows))


def save_protocol(source: str, output: Path, config: Config) -> int:
    """Keep a series' acquisition as a reference.

    Parameters
    ----------
    source : str
        As for `compare_inputs`.
    output : Path
        JSON, to be edited.
    config : Config

    Raises
    ------
    BadArgument, SeriesNotChosen, UnknownSeries
    """
    path, uid, stack = _named(source)
    with opened(path, config) as folder:
        column = _column(_chosen(folder, uid, stack))
    reference = reference_of(column.table, column.meta)
    output.write_text(reference.model_dump_json(indent=1) + "\n", encoding="utf-8")
    print(f"Wrote {len(reference.checks)} checks.")
    return 0


def check_protocol(reference: Path, source: str, *, as_json: bool, config: Config) -> int:
    """Hold a series against a reference.

    Parameters
    ----------
    reference : Path
        From `save_protocol`.
    source : str
        As for `compare_inputs`.
    as_json : bool
    config : Config

    Returns
    -------
    int
        0: every check passes; 1: one does not.

    Raises
    ------
    BadReference, BadArgument, SeriesNotChosen, UnknownSeries
    """
    path, uid, stack = _named(source)
    try:
        wanted = read_reference(reference.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadReference from error
    with opened(path, config) as folder:
        column = _column(_chosen(folder, uid, stack))
    results = hold_against(wanted, column.table, column.meta)
    passed = all(result.outcome is Outcome.PASS for result in results)
    told = {"trueslice": __version__, "passed": passed, "checks": [result.as_json() for result in results]}
    print(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(map(_result_line, results)))
    return 0 if passed else 1


def _named(source: str) -> tuple[Path, str | None, str | None]:
    """Path, series and stack of one input."""
    if Path(source).exists():
        return Path(source), None, None
    path, _, rest = source.partition("#")
    uid, _, stack = rest.partition("#")
    return Path(path), uid or None, stack or None


def _chosen(folder: Path, uid: str | None, stack: str | None) -> Path:
    """The stack that is meant."""
    document = json.loads((folder / OPENED).read_text(encoding="utf-8"))
    if uid is None:
        if len(document["series"]) > 1:
            raise SeriesNotChosen
        uid = document["series"][0]["series_instance_uid"]
    return chosen(folder, {"series": uid, "study": None, "stack": stack, "pick": ()})


def _column(stack: Path) -> Column:
    """A stack as a column."""
    return tag_column(stack, stackfiles.read_meta(stack))


def _comparison_lines(comparison: Comparison, computed: Sequence[ShownRow], rows: Sequence[ShownRow]) -> Iterator[str]:
    """A comparison for a person: what is computed, then what differs."""
    for place, column in enumerate(comparison.columns, 1):
        yield f"{place}: {column.label}"
        yield from (f"   {line}" for line in protocol_lines(column.table))
    for line in computed:
        unit = f" ({line.row.unit})" if line.row.unit else ""
        yield f"computed  {line.row.name}{unit}: {_values(line)}"
    for line in rows:
        if line.row.state is not State.EQUAL:
            yield f"{line.row.state:9} ({line.row.path}) {line.row.keyword or line.row.name}: {_values(line)}"
    unequal = sum(line.row.state is not State.EQUAL for line in rows)
    yield f"{unequal} of {len(rows)} elements are not equal."


def _values(line: ShownRow) -> str:
    """The values of a line beside each other."""
    return " | ".join(f"{cell.text}{'…' if cell.more else ''}" for cell in line.cells)


def _entry_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """Elements, the only one with its links."""
    for entry in entries:
        parts = [entry.keyword, entry.name, f"{entry.vr} {entry.vm}", entry.unit, "retired" if entry.retired else ""]
        parts.append(f"private, {entry.creator}" if entry.creator else "")
        yield f"({entry.tag}) {' · '.join(part for part in parts if part)}"
        if len(entries) == 1 and entry.standard:
            yield f"  {entry.standard}"
            yield f"  {entry.browser}"


def _uid_line(entry: UidEntry) -> str:
    """A UID."""
    return f"{entry.uid} · {entry.name} · {entry.kind}{' · retired' if entry.retired else ''}"


def _term_line(term: Term) -> str:
    """A maker's term and what the others say."""
    elsewhere = "; ".join(f"{names} at {maker}" for maker, names in others(term).items())
    graded = "" if term.grade == "published" else f", {term.grade}"
    return f"{term.term} ({term.maker}, {term.kind}{graded}): {term.concept}{f' = {elsewhere}' if elsewhere else ''}"


def _term_json(term: Term) -> dict[str, Any]:
    """The same as plain values, with its sources."""
    return {**asdict(term), "sources": [SOURCES[key] for key in term.sources], "others": others(term)}


def _result_line(result: Result) -> str:
    """One check."""
    return f"{result.outcome:8} {result.check.name}: {result.reason or result.found}"
