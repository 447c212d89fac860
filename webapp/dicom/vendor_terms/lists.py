"""The lists of terms and codes, read once from the files beside this one."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

MAKERS: Final = ("Siemens", "GE", "Philips", "Canon", "Fujifilm", "United Imaging")

#: How Manufacturer (0008,0070) begins, in capitals.
_NAMES: Final = MappingProxyType(
    {
        "SIEMENS": "Siemens",
        "GE ": "GE",
        "GEMS": "GE",
        "PHILIPS": "Philips",
        "CANON": "Canon",
        "TOSHIBA": "Canon",
        "HITACHI": "Fujifilm",
        "FUJIFILM": "Fujifilm",
        "UIH": "United Imaging",
        "UNITED IMAGING": "United Imaging",
    }
)


class Grade(StrEnum):
    """How well a meaning is known."""

    STANDARD = "standard"
    PUBLISHED = "published"
    MEASURED = "measured"
    INFERRED = "inferred"
    NOT_ESTABLISHED = "not established"


@dataclass(frozen=True, slots=True)
class Term:
    """What one maker calls something.

    Parameters
    ----------
    kind : str
        ``sequence``, ``option`` or ``parameter``.
    concept : str
        What it is, in words that belong to no maker.
    maker : str
        One of `MAKERS`.
    term : str
    where : str
        The element in which the term is a token that begins the value; empty for a name that people use.
    grade : Grade
    sources : tuple of str
        Keys of `SOURCES`.
    """

    kind: str
    concept: str
    maker: str
    term: str
    where: str
    grade: Grade
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A token of Scanning Sequence, Sequence Variant or Scan Options.

    Parameters
    ----------
    tag : str
        The same letters mean something else in another element.
    code : str
    meaning : str
        Empty where it is not established.
    maker : str
        Whose token it is; empty for anybody's.
    grade : Grade
    source : str
    """

    tag: str
    code: str
    meaning: str
    maker: str
    grade: Grade
    source: str


def maker_of(manufacturer: str) -> str:
    """Which of `MAKERS` a Manufacturer (0008,0070) is; empty for any other.

    Parameters
    ----------
    manufacturer : str
    """
    name = f"{manufacturer.strip().upper()} "
    return next((maker for begin, maker in _NAMES.items() if name.startswith(begin)), "")


def _records(name: str) -> Iterator[dict[str, str]]:
    """The lines of one list."""
    with (Path(__file__).parent / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


#: What the keys of sources stand for.
SOURCES: Final[Mapping[str, str]] = MappingProxyType({one["key"]: one["source"] for one in _records("sources")})

TERMS: Final = tuple(
    Term(
        one["kind"],
        one["concept"],
        one["maker"],
        one["term"],
        one["where"],
        Grade(one["grade"]),
        tuple(one["sources"].split("|")),
    )
    for one in _records("terms")
)

CODES: Final = tuple(
    Code(one["tag"], one["code"], one["meaning"], one["maker"], Grade(one["grade"]), one["source"])
    for one in _records("codes")
)
