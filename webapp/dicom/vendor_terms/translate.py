"""From one maker's words to another's: tokens of a series, terms that people use, codes of single elements."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from webapp.dicom.tag_table import TagTable
from webapp.dicom.vendor_terms.lists import CODES, MAKERS, TERMS, Code, Grade, Term, maker_of

#: Elements whose tokens are decoded.
CODED: Final = ("0018,0020", "0018,0021", "0018,0022")

#: Texts that people write, in which terms are looked for, and what they are called.
_TEXTS: Final = {"0018,1030": "Protocol Name", "0008,103E": "Series Description"}
_TOKENS: Final = {"0018,0024": "Sequence Name", "0018,9005": "Pulse Sequence Name"}
#: GE's own copy of the name of its pulse sequence: group, last digits, creator.
_GE_SEQUENCE: Final = re.compile("0019,..9C")

_WORD: Final = re.compile(r"[^\W_]+(?:[*+][^\W_]*)?")
#: Terms of fewer letters are not believed in a text at all, and up to the second number only in their own case.
_TOO_SHORT: Final = 3
_SHORT: Final = 4
#: Different values of one text that are looked at.
_MOST_TEXTS: Final = 4


#: Names of sequences that one maker alone uses.
_UNMISTAKABLE: Final = tuple(
    one
    for one in TERMS
    if one.kind == "sequence"
    and one.grade is Grade.PUBLISHED
    and len(one.term) >= _SHORT
    and {other.maker for other in TERMS if other.term.casefold() == one.term.casefold()} == {one.maker}
)


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a series names in its maker's words.

    Parameters
    ----------
    term : Term
        What its maker calls it.
    evidence : str
        Where it stands: ``Sequence Name``, ``Series Description`` …
    own : bool
        The term is known to be the scanner's maker's; otherwise only whose term it is is known.
    """

    term: Term
    evidence: str
    own: bool = True

    @property
    def line(self) -> str:
        """What it is, and what the other makers call it, in one line."""
        sure = "" if self.term.grade is not Grade.INFERRED else ", inferred"
        whose = self.term.maker if self.own else f"a term of {self.term.maker}"
        here = f"{self.term.term} ({whose}, in {self.evidence}{sure})"
        elsewhere = "; ".join(f"{names} at {maker}" for maker, names in others(self.term).items())
        return f"{here} is {_inside_a_sentence(self.term.concept)}{f': {elsewhere}' if elsewhere else ''}."


def others(term: Term) -> dict[str, str]:
    """What the other makers call the same thing, by maker; several names joined by "or", inferred ones marked.

    Parameters
    ----------
    term : Term
    """
    names: dict[str, list[str]] = {}
    for one in TERMS:
        if one.concept == term.concept and one.maker != term.maker and not one.where:
            names.setdefault(one.maker, []).append(one.term + (" (inferred)" if one.grade is Grade.INFERRED else ""))
    return {maker: " or ".join(names[maker]) for maker in MAKERS if maker in names}


def _inside_a_sentence(words: str) -> str:
    """Words with a small first letter, unless it belongs to an abbreviation."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def meanings_of_term(words: str, maker: str = "") -> tuple[Term, ...]:
    """Every entry that has this name, whoever's it is: one name can mean several things.

    Parameters
    ----------
    words : str
        A term, in any case.
    maker : str
        Only this maker's, when given.
    """
    wanted = words.strip().casefold()
    return tuple(one for one in TERMS if one.term.casefold() == wanted and maker in ("", one.maker))


def named_in(table: TagTable) -> tuple[Named, ...]:
    """What a series names, surest first: by tokens of its sequence, then by words of its texts.

    Where the maker is not known, only names of sequences count that no two makers use.

    Parameters
    ----------
    table : TagTable
    """
    maker = maker_of(next(iter(table.values("0008,0070")), ""))
    if maker:
        own = [term for term in TERMS if term.maker == maker and term.kind != "parameter"]
        found = [*_by_tokens(table, own), *_by_texts(table, own)]
    else:
        found = [Named(one.term, one.evidence, own=False) for one in _by_texts(table, _UNMISTAKABLE)]
    first: dict[str, Named] = {}
    for one in found:
        first.setdefault(one.term.concept, one)
    return tuple(first.values())


def _by_tokens(table: TagTable, own: Iterable[Term]) -> list[Named]:
    """What the names of the sequence begin with; of two that fit the longer one."""
    found = []
    for tag, where, values in _token_values(table):
        for value in values:
            token = value.lstrip("*_% ")
            fitting = [one for one in own if one.where == where and token.startswith(one.term)]
            if fitting:
                found.append(
                    Named(max(fitting, key=lambda one: len(one.term)), _TOKENS.get(tag, "Pulse Sequence Name"))
                )
    return found


def _token_values(table: TagTable) -> list[tuple[str, str, list[str]]]:
    """Elements that name a sequence: their tag, the element that the list knows them by, and their values."""
    found = [(tag, tag, table.values(tag)) for tag in _TOKENS]
    for row in table.rows:
        if row.creator == "GEMS_ACQU_01" and _GE_SEQUENCE.fullmatch(row.tag):
            found.append((row.tag, "0018,9005", [row.value] if row.column is None else list(row.column.values)))
    return found


def _by_texts(table: TagTable, own: Iterable[Term]) -> list[Named]:
    """What texts name in whole words."""
    found = []
    for tag, evidence in _TEXTS.items():
        for value in table.values(tag)[:_MOST_TEXTS]:
            found += [Named(one, evidence) for one in own if not one.where and _names(value, one)]
    return sorted(found, key=lambda one: -len(one.term.term))


def _names(text: str, term: Term) -> bool:
    """Whether a text holds a term as whole words; short ones and options only as they are written."""
    if len(term.term) < _TOO_SHORT:
        return False
    strict = len(term.term) < _SHORT or term.kind == "option"
    here, wanted = (_WORD.findall(one if strict else one.casefold()) for one in (text, term.term))
    span = len(wanted)
    return span > 0 and any(here[start : start + span] == wanted for start in range(len(here) - span + 1))


def decoded(tag: str, value: str, maker: str) -> tuple[tuple[str, Code | None], ...]:
    """The tokens of a value with what they mean; None for what nobody has established.

    Parameters
    ----------
    tag : str
        One of `CODED`.
    value : str
        Tokens between backslashes.
    maker : str
        Of the scanner; another maker's tokens are not read into it.
    """
    return tuple((token, _code(tag, token.strip(), maker)) for token in value.split("\\") if token.strip())


def decoded_words(tag: str, value: str, maker: str) -> str:
    """The same in words: ``GR gradient recalled · EP echo planar``; raw tokens where nothing is established.

    Parameters
    ----------
    tag, value, maker : str
        As for `decoded`.
    """
    return " · ".join(_code_words(token, code) for token, code in decoded(tag, value, maker))


def _code(tag: str, token: str, maker: str) -> Code | None:
    """What one token means."""
    fitting = (one for one in CODES if (one.tag, one.code) == (tag, token) and one.maker in ("", maker) and one.meaning)
    return next(fitting, None)


def _code_words(token: str, code: Code | None) -> str:
    """One token in words."""
    if code is None:
        return f"{token} (meaning not established)"
    return f"{token} {code.meaning}{' (inferred)' if code.grade is Grade.INFERRED else ''}"
