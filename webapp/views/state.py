"""What a link says: which stack, where in it, seen how; never a word about the patient."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlencode

from webapp.compare.topics import Topic
from webapp.compare.view import MOST_COLUMNS
from webapp.dicom.dictionary import look_up
from webapp.dicom.tag_spelling import spelled_group, spelled_tag
from webapp.views.link_fields import OF_OTHERS, kept

_KEY = re.compile(r"[0-9a-f]{32}")
_SLICE = re.compile(r"[1-9][0-9]{0,5}")
#: Characters; longer than any of ours.
_LONGEST: Final = 2048
#: Characters of a search that a link keeps.
_MOST_WORDS: Final = 64


@dataclass(frozen=True, slots=True)
class ViewState:
    """The page as its address tells it.

    Parameters
    ----------
    stack : str or None
        Key of the open stack; None is the library.
    compared : tuple of str
        Keys of the stacks whose tags stand beside, in their order.
    topics : tuple of str
        What the rows of the tag table are about, names of `Topic`.
    group : str
        The group that the tag table is narrowed to, four digits.
    words : str
        What is looked for in the tag table, as far as `kept_words` lets it into a link.
    as_guest : bool
        Seen as somebody who came by a link would see it.
    against : int or None
        Slice of the same stack whose tags stand beside those of the slice on show, from 1.
    seen : tuple of (str, str)
        Name and text of each field that the page alone reads, as `webapp.views.link_fields` keeps them.
    """

    stack: str | None = None
    compared: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    group: str = ""
    words: str = ""
    as_guest: bool = False
    against: int | None = None
    seen: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_query(cls, query: object) -> ViewState:
        """The state a query string tells; what cannot be understood is left out.

        Parameters
        ----------
        query : object
            A text with or without the leading ``?``; a browser may send anything.
        """
        fields = _fields(query if isinstance(query, str) else "")
        return cls(
            stack=key_of(fields.get("stack")),
            compared=_keys(fields.get("with")),
            topics=tuple(str(topic) for topic in Topic if topic in fields.get("show", "").split(",")),
            group=spelled_group(fields.get("group", "")) or "",
            against=slice_number(fields.get("against")),
            words=kept_words(fields.get("find", "")),
            as_guest=fields.get("as") == "guest",
            seen=kept(fields),
        )

    def alone(self, key: str) -> ViewState:
        """The same view of one stack, without a word of any other.

        Parameters
        ----------
        key : str
        """
        seen = tuple((name, text) for name, text in self.seen if name not in OF_OTHERS)
        return ViewState(stack=key, seen=seen)

    def to_query(self) -> str:
        """The query string, with its leading ``?``; empty for the library.

        `from_query` of it gives the same state.
        """
        fields = {
            "stack": self.stack,
            **dict(self.seen),
            **self.tag_fields(),
            "as": "guest" if self.as_guest else None,
        }
        query = urlencode({name: value for name, value in fields.items() if value}, safe=",:")
        return f"?{query}" if query else ""

    def tag_fields(self) -> dict[str, str]:
        """The fields of the tag table alone, empty ones too."""
        return {
            "with": ",".join(self.compared),
            "show": ",".join(self.topics),
            "group": self.group,
            "against": str(self.against or ""),
            "find": self.words,
        }


def _fields(query: str) -> dict[str, str]:
    """The first value of each field; nothing at all when the query is longer than any of ours."""
    if len(query) > _LONGEST:
        return {}
    parsed = parse_qs(query.removeprefix("?"), errors="replace", max_num_fields=None)
    return {name: values[0] for name, values in parsed.items()}


def key_of(sent: object) -> str | None:
    """A key as the catalogue makes them, or None: whatever else a browser sends is never asked of the catalogue.

    Parameters
    ----------
    sent : object
    """
    return sent if isinstance(sent, str) and _KEY.fullmatch(sent) else None


def slice_number(sent: object) -> int | None:
    """The number of a slice, from 1, or None.

    Parameters
    ----------
    sent : object
        A number or its digits, as a browser sends them.
    """
    text = str(sent) if isinstance(sent, int | str) else ""
    return int(text) if _SLICE.fullmatch(text) else None


def scene_key(sent: object) -> str | None:
    """The stack of a scene that came back from a browser, or None.

    Parameters
    ----------
    sent : object
    """
    return key_of(sent.get("key")) if isinstance(sent, dict) else None


def kept_words(words: str) -> str:
    """What of a search may stand in a link: a number, or words of the standard's dictionary; anything else could be
    somebody's name and is left out.

    Parameters
    ----------
    words : str
    """
    text = words.strip()[:_MOST_WORDS]
    if not text or spelled_tag(text) or spelled_group(text):
        return text
    wanted = text.casefold().split()
    known = any(
        text.casefold() == entry.keyword.casefold() or set(wanted) <= set(entry.name.casefold().split())
        for entry in look_up(text).elements
        if not entry.creator
    )
    return text if known else ""


def _keys(text: str | None) -> tuple[str, ...]:
    """Keys separated by commas, each once and as many as stand beside the open one."""
    known = (key_of(one) for one in (text or "").split(","))
    return tuple(dict.fromkeys(filter(None, known)))[: MOST_COLUMNS - 1]
