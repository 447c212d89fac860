"""Which rows are meant: by number in any usual spelling, words, a regular expression, and what they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from webapp.compare.pattern import Pattern
from webapp.compare.table import ComparedRow
from webapp.compare.topics import Topic, topics_of
from webapp.dicom.tag_row import TagRow
from webapp.dicom.tag_spelling import fits, spelled_group, spelled_tag
from webapp.errors import BadPattern

#: Characters of a value that are searched, and time that an expression may take over all rows.
_SEARCHED: Final = 1_024
_SECONDS: Final = 2.0

Test = Callable[[ComparedRow], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """What rows are asked for.

    Parameters
    ----------
    words : str
        A tag number, or words that all have to occur in number, keyword, name, creator or a value.
    regex : bool
        The words are a regular expression.
    topics : frozenset of Topic
        Rows about any of these; with `Topic.DIFFERS` only those that differ. Empty for all.
    group : str
        Four digits of a group number, empty for all.
    """

    words: str = ""
    regex: bool = False
    topics: frozenset[Topic] = frozenset()
    group: str = ""


def matching(rows: Iterable[ComparedRow], query: Query) -> list[ComparedRow]:
    """The rows that are asked for, in their order.

    Parameters
    ----------
    rows : iterable of ComparedRow
    query : Query

    Raises
    ------
    BadPattern
        The expression cannot be used, or is taking too long.
    """
    tests = [*_topic_tests(query), *_word_tests(query)]
    return [row for row in rows if all(test(row) for test in tests)]


def searched_text(row: ComparedRow) -> str:
    """Everything a row is found by: the path and the number in each spelling, names, and every value's beginning.

    Parameters
    ----------
    row : ComparedRow
    """
    digits = row.tag.replace(",", "")
    values = [text[:_SEARCHED] for cell in row.cells if cell is not None for text in _texts_of(cell)]
    told = (f"({row.tag})", row.path, digits, row.keyword, row.name, row.vr, row.creator, *values)
    return "\n".join(told)


def _texts_of(cell: TagRow) -> tuple[str, ...]:
    """A cell's value, and of a varying one those of all instances."""
    return (cell.value,) if cell.column is None else (cell.value, *cell.column.values)


def _topic_tests(query: Query) -> list[Test]:
    """What a row has to be about."""
    tests: list[Test] = []
    wanted = query.topics - {Topic.DIFFERS}
    if Topic.DIFFERS in query.topics:
        tests.append(lambda row: row.differs)
    if wanted:
        tests.append(lambda row: bool(topics_of(row.tag, row.creator) & wanted))
    group = spelled_group(query.group)
    if group:
        tests.append(lambda row: any(fits(step[:4], group) for step in row.path.split(".")))
    return tests


def _word_tests(query: Query) -> list[Test]:
    """What a row has to hold."""
    words = query.words.strip()
    if not words:
        return []
    if query.regex:
        return [_fits(Pattern(words))]
    number = spelled_tag(words)
    if number is not None:
        return [lambda row: any(fits(step[:9], number) for step in row.path.split("."))]
    wanted = words.casefold().split()
    return [lambda row: _has(searched_text(row).casefold(), wanted)]


def _has(text: str, wanted: list[str]) -> bool:
    """Whether all words occur."""
    return all(word in text for word in wanted)


def _fits(pattern: Pattern) -> Test:
    """Whether an expression fits one of a row's texts, as long as there is time."""
    end = monotonic() + _SECONDS

    def fits_row(row: ComparedRow) -> bool:
        if monotonic() > end:
            raise BadPattern("The expression takes too long on this table.", "Make it shorter, or filter first.")
        return any(pattern.found_in(text) for text in searched_text(row).split("\n"))

    return fits_row
