"""What a link says: which stack, where in it, seen how; never a word about the patient."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qs, urlencode

from webapp.compare.topics import Topic
from webapp.compare.view import MOST_COLUMNS
from webapp.dicom.dictionary import look_up
from webapp.dicom.tag_spelling import spelled_group, spelled_tag

PANELS = ("audit", "tags", "surface", "measure")

_FUNCTION = re.compile(r"linear|exact|sigmoid|table\d{1,2}")
_NUMBER = r"-?\d{1,12}(?:\.\d{1,9})?(?:e[-+]?\d{1,2})?"
_SURFACE = rf"{_NUMBER}:[0-9a-f]{{6}}:(?:0?\.\d{{1,3}}|0|1)(?::l?c?h?(?:i[.\d]{{1,9}})?(?:s[.\d]{{1,9}})?)?"
_SURFACES = re.compile(rf"{_SURFACE}(?:,{_SURFACE}){{0,2}}")
_CLIP = re.compile(r"[012],-?1")
_KEY = re.compile(r"[0-9a-f]{32}")
_SLICE = re.compile(r"[1-9][0-9]{0,5}")
_LONGEST = 768
#: Characters of a search that a link keeps.
_MOST_WORDS: Final = 64


@dataclass(frozen=True, slots=True)
class ViewState:
    """The page as its address tells it.

    Parameters
    ----------
    stack : str or None
        Key of the open stack; None is the library.
    at_mm : tuple of 3 float or None
        The cursor, patient LPS, mm.
    window : tuple of 2 float or None
        Center and width, modality units; the width is above 0.
    function : str or None
        What the window does between them: ``linear``, ``exact``, ``sigmoid``, or ``tableN`` for the stack's Nth window.
    panel : str or None
        The open tab of the side panel, one of `PANELS`.
    compared : tuple of str
        Keys of the stacks whose tags stand beside, in their order.
    level : float or None
        Level of the one surface of an older link, modality units.
    topics : tuple of str
        What the rows of the tag table are about, names of `Topic`.
    group : str
        The group that the tag table is narrowed to, four digits.
    words : str
        What is looked for in the tag table, as far as `kept_words` lets it into a link.
    as_guest : bool
        Seen as somebody who came by a link would see it.
    surfaces : str
        The surfaces as ``LEVEL:RRGGBB:OPACITY``, at most three separated by commas; behind another colon what is asked
        of one besides: ``l`` the largest part, ``c`` closed, ``h`` hidden, ``iML`` no parts below, ``sMM`` smoothed.
    clip : str
        What is cut away at the cursor: axis of k, j, i and the side that stays, as ``0,-1``.
    camera : tuple of 9 float or None
        Eye, up and centre of the 3D view, in lengths of which the three of the seen box have the product 1.
    against : int or None
        Slice of the same stack whose tags stand beside those of the slice on show, from 1.
    """

    stack: str | None = None
    at_mm: tuple[float, float, float] | None = None
    window: tuple[float, float] | None = None
    function: str | None = None
    panel: str | None = None
    compared: tuple[str, ...] = ()
    level: float | None = None
    topics: tuple[str, ...] = ()
    group: str = ""
    words: str = ""
    as_guest: bool = False
    surfaces: str = ""
    clip: str = ""
    camera: tuple[float, ...] | None = None
    against: int | None = None

    @classmethod
    def from_query(cls, query: object) -> ViewState:
        """The state a query string tells; what cannot be understood is left out.

        Parameters
        ----------
        query : object
            A text with or without the leading ``?``; a browser may send anything.
        """
        fields = _fields(query if isinstance(query, str) else "")
        at_mm = _numbers(fields.get("at"), 3)
        window = _numbers(fields.get("wl"), 2)
        level = _numbers(fields.get("level"), 1)
        panel, function = fields.get("panel"), fields.get("voi", "")
        return cls(
            stack=key_of(fields.get("stack")),
            at_mm=(at_mm[0], at_mm[1], at_mm[2]) if at_mm else None,
            window=(window[0], window[1]) if window and window[1] > 0 else None,
            function=function if _FUNCTION.fullmatch(function) else None,
            panel=panel if panel in PANELS else None,
            compared=_keys(fields.get("with")),
            level=level[0] if level else None,
            surfaces=_matching(_SURFACES, fields.get("surf")),
            clip=_matching(_CLIP, fields.get("clip")),
            camera=_numbers(fields.get("cam"), 9),
            topics=tuple(str(topic) for topic in Topic if topic in fields.get("show", "").split(",")),
            group=spelled_group(fields.get("group", "")) or "",
            against=slice_number(fields.get("against")),
            words=kept_words(fields.get("find", "")),
            as_guest=fields.get("as") == "guest",
        )

    def alone(self, key: str) -> ViewState:
        """The same view of one stack, without a word of any other.

        Parameters
        ----------
        key : str
        """
        return replace(self, stack=key, compared=(), topics=(), group="", against=None, words="", as_guest=False)

    def to_query(self) -> str:
        """The query string, with its leading ``?``; empty for the library.

        `from_query` of it gives the same state, with millimetres to 0.01, a window to ten digits and a level to 0.001.
        """
        fields = {
            "stack": self.stack,
            "at": _joined(self.at_mm, 2),
            "wl": self.window and ",".join(f"{number:.10g}" for number in self.window),
            "voi": self.function,
            "panel": self.panel,
            **self.tag_fields(),
            "level": _joined(None if self.level is None else (self.level,), 3),
            "surf": self.surfaces,
            "clip": self.clip,
            "cam": _joined(self.camera, 3),
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


def _matching(pattern: re.Pattern[str], text: str | None) -> str:
    """A text of this form, or nothing."""
    return text if text and pattern.fullmatch(text) else ""


def _numbers(text: str | None, count: int) -> tuple[float, ...] | None:
    """Exactly `count` finite numbers separated by commas, or None."""
    try:
        numbers = tuple(float(part) for part in (text or "").split(","))
    except ValueError:
        return None
    return numbers if len(numbers) == count and all(map(math.isfinite, numbers)) else None


def _joined(numbers: tuple[float, ...] | None, digits: int) -> str | None:
    """Numbers as short as they can be, separated by commas."""
    if numbers is None:
        return None
    return ",".join(f"{number:.{digits}f}".rstrip("0").rstrip(".") for number in numbers)
