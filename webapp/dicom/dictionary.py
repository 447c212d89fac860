"""The standard's data dictionary, offline: elements by number or words, private ones by creator, and what UIDs mean.

Links are only written down for the user to open; nothing is ever fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._private_dict import private_dictionaries
from pydicom._uid_dict import UID_dictionary
from pydicom.datadict import dictionary_description, dictionary_keyword, private_dictionary_description
from pydicom.tag import BaseTag

from webapp.dicom.tag_spelling import fits, spelled_group, spelled_tag
from webapp.dicom.tag_units import unit_of_keyword

#: Entries of one answer; the rest is counted.
MOST_FOUND: Final = 200

_STANDARD: Final = "https://dicom.nema.org/medical/dicom/current/output/chtml/part06"
_CHAPTERS: Final = MappingProxyType({"0002": "chapter_7.html", "0004": "chapter_8.html", "0006": "chapter_9.html"})
_BROWSER: Final = "https://dicom.innolitics.com/ciods"
_UID: Final = re.compile(r"[0-2](\.\d+)+")

#: Where the Innolitics browser shows common elements: the object and the module they belong to (PS3.3).
_MODULES: Final = MappingProxyType(
    {
        "ct-image/patient": "00100010 00100020 00100030 00100040",
        "ct-image/general-study": "0020000D 00080020 00080030 00080050 00081030",
        "ct-image/general-series": "00080060 0020000E 00200011 0008103E 00181030 00185100",
        "ct-image/frame-of-reference": "00200052",
        "ct-image/general-equipment": "00080070 00081090 00181020",
        "ct-image/image-plane": "00280030 00200037 00200032 00180050 00201041",
        "ct-image/image-pixel": "00280002 00280004 00280010 00280011 00280100 00280101 00280102 00280103 7FE00010",
        "ct-image/ct-image": "00281052 00281053 00180060 00180090 00181100 00181120 00181150 00181151 00181210",
        "ct-image/voi-lut": "00281050 00281051 00281055",
        "mr-image/mr-image": "00180020 00180021 00180022 00180023 00180024 00180025 00180080 00180081 00180082 "
        "00180083 00180084 00180085 00180086 00180087 00180088 00180089 00180091 00180093 00180094 00180095 "
        "00181310 00181312 00181314",
    }
)
_MODULE_OF: Final = MappingProxyType({tag: module for module, tags in _MODULES.items() for tag in tags.split()})


@dataclass(frozen=True, slots=True)
class Entry:
    """An element of a dictionary.

    Parameters
    ----------
    tag : str
        ``GGGG,EEEE``; a small x stands for digits that repeat or that the creator's block gives.
    keyword, name : str
    vr, vm : str
        Value representation and multiplicity.
    unit : str
        Empty where there is none.
    retired : bool
    creator : str
        Of a private element.
    standard, browser : str
        Links to the standard's registry and to the Innolitics browser; empty for private elements.
    """

    tag: str
    keyword: str
    name: str
    vr: str
    vm: str
    unit: str = ""
    retired: bool = False
    creator: str = ""
    standard: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class UidEntry:
    """A UID of the standard's registry (PS3.6 A).

    Parameters
    ----------
    uid, name : str
    kind : str
        ``SOP Class``, ``Transfer Syntax`` …
    retired : bool
    standard : str
        A link.
    """

    uid: str
    name: str
    kind: str
    retired: bool
    standard: str = f"{_STANDARD}/chapter_A.html"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for some words.

    Parameters
    ----------
    elements : tuple of Entry
        Best first, at most `MOST_FOUND`.
    uids : tuple of UidEntry
    more : int
        Entries beyond those.
    """

    elements: tuple[Entry, ...]
    uids: tuple[UidEntry, ...]
    more: int


def look_up(words: str) -> Found:
    """Elements and UIDs by number, keyword, name, or what they are.

    Parameters
    ----------
    words : str
        A tag or a group in any usual spelling, a UID, or words that all have to occur in the name or the keyword;
        ``vr:DS``, ``vm:3``, ``retired`` and ``creator:NAME`` narrow the search.
    """
    asked = words.strip()[:200]
    if not asked:
        return Found((), (), 0)
    number = spelled_tag(asked) or spelled_group(asked)
    if number is not None:
        return _found([entry for entry in _all() if fits(entry.tag, number)], [])
    if _UID.fullmatch(asked):
        return _found([], [entry for entry in _uids() if entry.uid == asked])
    wanted = [word.casefold() for word in asked.split()]
    ranked = [(rank, entry) for entry in _all() if (rank := _rank(entry, wanted)) is not None]
    elements = [entry for _, entry in sorted(ranked, key=lambda one: one[0])]
    names = [entry for entry in _uids() if all(word in entry.name.casefold() for word in wanted)]
    return _found(elements, names)


def names_of(tag: BaseTag, creator: str) -> tuple[str, str]:
    """Keyword and name of an element; the keyword is empty for what the standard does not know.

    Parameters
    ----------
    tag : BaseTag
    creator : str
        Of a private element.
    """
    if not tag.is_private:
        try:
            return dictionary_keyword(tag), dictionary_description(tag)
        except KeyError:
            return "", "Group Length" if tag & 0xFFFF == 0 else "unknown"
    if 0x10 <= tag & 0xFFFF <= 0xFF:
        return "", "Private Creator"
    try:
        return "", private_dictionary_description(tag, creator)
    except KeyError:
        return "", "Private tag data"


def uid_name(uid: str) -> str:
    """What a UID of the registry stands for; empty for any other.

    Parameters
    ----------
    uid : str
    """
    return str(UID_dictionary[uid][0]) if uid in UID_dictionary else ""


def links_of(tag: str) -> tuple[str, str]:
    """Links to the standard's registry and to the Innolitics browser.

    Parameters
    ----------
    tag : str
        ``GGGG,EEEE`` of an element of the standard.
    """
    digits = tag.replace(",", "")
    module = _MODULE_OF.get(digits)
    browser = _BROWSER if module is None else f"{_BROWSER}/{module}/{digits.lower()}"
    return f"{_STANDARD}/{_CHAPTERS.get(tag[:4], 'chapter_6.html')}", browser


def _found(elements: list[Entry], uids: list[UidEntry]) -> Found:
    """An answer of bounded length."""
    over = max(0, len(elements) - MOST_FOUND) + max(0, len(uids) - MOST_FOUND)
    return Found(tuple(elements[:MOST_FOUND]), tuple(uids[:MOST_FOUND]), over)


def _all() -> Iterator[Entry]:
    """Every element: the standard's, its repeating groups, and the private ones by creator."""
    for number, (vr, vm, name, retired, keyword) in DicomDictionary.items():
        yield _standard(f"{number:08X}", (vr, vm, name, retired, keyword))
    for digits, entry in RepeatersDictionary.items():
        yield _standard(digits, entry)
    for creator, entries in private_dictionaries.items():
        for digits, (vr, vm, name, retired) in entries.items():
            yield Entry(_comma(digits), "", name, vr, vm, retired=bool(retired), creator=creator)


def _standard(digits: str, entry: tuple[str, str, str, str, str]) -> Entry:
    """An element of the standard."""
    vr, vm, name, retired, keyword = entry
    tag = _comma(digits)
    return Entry(tag, keyword, name, vr, vm, unit_of_keyword(keyword), bool(retired), "", *links_of(tag))


def _uids() -> Iterator[UidEntry]:
    """Every UID of the registry."""
    for uid, (name, kind, _, retired, _) in UID_dictionary.items():
        yield UidEntry(uid, name, kind, bool(retired))


def _comma(digits: str) -> str:
    """Eight digits as ``GGGG,EEEE``, open ones small."""
    return f"{digits[:4]},{digits[4:]}".upper().replace("X", "x")


def _rank(entry: Entry, wanted: list[str]) -> tuple[int, bool, bool, int] | None:
    """Where an entry stands among those found; None where a word does not fit."""
    name, keyword = entry.name.casefold(), entry.keyword.casefold()
    words = [word for word in wanted if not _narrows(entry, word)]
    plain = [word for word in wanted if ":" not in word and word != "retired"]
    if any(word not in name and word not in keyword for word in words):
        return None
    whole = " ".join(plain)
    exact = 0 if whole in (name, keyword) else 1 if name.startswith(whole) else 2
    return exact, bool(entry.creator), entry.retired, len(name)


def _narrows(entry: Entry, word: str) -> bool:
    """Whether a word says what kind of element is wanted and the entry is of it."""
    what, _, value = word.partition(":")
    told = {"vr": entry.vr.casefold(), "vm": entry.vm.casefold(), "creator": entry.creator.casefold()}
    if what in told and value:
        return value in told[what] if what == "creator" else value in told[what].split(" or ")
    return word == "retired" and entry.retired
