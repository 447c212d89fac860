"""What a link says: which stack, where in it, seen how; never a word about the patient."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

PANELS = ("audit", "tags", "surface", "measure")

_FUNCTION = re.compile(r"linear|exact|sigmoid|table\d{1,2}")
_KEY = re.compile(r"[0-9a-f]{32}")
_LONGEST = 512


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
    compared : str or None
        Key of the stack whose tags stand beside.
    level : float or None
        Level of the surface, modality units.
    as_guest : bool
        Seen as somebody who came by a link would see it.
    """

    stack: str | None = None
    at_mm: tuple[float, float, float] | None = None
    window: tuple[float, float] | None = None
    function: str | None = None
    panel: str | None = None
    compared: str | None = None
    level: float | None = None
    as_guest: bool = False

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
            compared=key_of(fields.get("with")),
            level=level[0] if level else None,
            as_guest=fields.get("as") == "guest",
        )

    def alone(self, key: str) -> ViewState:
        """The same view of one stack, without a word of any other.

        Parameters
        ----------
        key : str
        """
        return replace(self, stack=key, compared=None, as_guest=False)

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
            "with": self.compared,
            "level": _joined(None if self.level is None else (self.level,), 3),
            "as": "guest" if self.as_guest else None,
        }
        query = urlencode({name: value for name, value in fields.items() if value}, safe=",")
        return f"?{query}" if query else ""


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


def scene_key(sent: object) -> str | None:
    """The stack of a scene that came back from a browser, or None.

    Parameters
    ----------
    sent : object
    """
    return key_of(sent.get("key")) if isinstance(sent, dict) else None


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
