"""What a regular expression says, as parts within parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NoReturn

from webapp.errors import BadPattern

#: Stand for the ends of a text among its characters.
BEGIN: Final = "\x02begin"
END: Final = "\x03end"

_LONGEST: Final = 200
_DEEPEST: Final = 20
_MOST_TIMES: Final = 100
_KINDS: Final = "dDwWsS"
_SPECIAL: Final = "*+?{"
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression.

    Parameters
    ----------
    kind : str
        ``symbol``, ``sequence``, ``choice`` or ``repeat``.
    parts : tuple of Node
    least : int
    most : int or None
        How often a part may be repeated; None for any number.
    ranges : tuple of (str, str)
        Characters of a symbol, from and to.
    classes : str
        Letters of the classes it takes: ``d``, ``w``, ``s``, and their opposites as capitals.
    negated : bool
    mark : str
        `BEGIN` or `END`, when it stands for an end of the text.
    """

    kind: str
    parts: tuple[Node, ...] = ()
    least: int = 0
    most: int | None = None
    ranges: tuple[tuple[str, str], ...] = ()
    classes: str = ""
    negated: bool = False
    mark: str = ""

    def takes(self, symbol: str) -> bool:
        """Whether a symbol is this one."""
        if len(symbol) > 1 or self.mark:
            return symbol == self.mark
        spelled = (symbol, symbol.upper()) if len(symbol.upper()) == 1 else (symbol,)
        inside = any(low <= one <= high for one in spelled for low, high in self.ranges)
        return (inside or any(_is(symbol, kind) for kind in self.classes)) is not self.negated


def parse(text: str) -> Node:
    """An expression as parts.

    Parameters
    ----------
    text : str

    Raises
    ------
    BadPattern
    """
    if len(text) > _LONGEST:
        raise BadPattern(f"The expression is longer than {_LONGEST} characters.")
    reader = _Reader(text)
    node = reader.choice(0)
    if not reader.at_end:
        reader.refuse("a closing parenthesis that nothing opened")
    return node


def _is(symbol: str, kind: str) -> bool:
    """Whether a character is of a class."""
    held = {"d": symbol.isdigit(), "w": symbol.isalnum() or symbol == "_", "s": symbol.isspace()}[kind.lower()]
    return held is kind.islower()


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0

    @property
    def at_end(self) -> bool:
        """Whether all was read."""
        return self._place >= len(self._text)

    def refuse(self, what: str) -> NoReturn:
        """Say what is wrong, and where."""
        raise BadPattern(f"The expression cannot be used: {what} at character {self._place + 1}.")

    def choice(self, depth: int) -> Node:
        """Parts between bars."""
        if depth > _DEEPEST:
            self.refuse("too many parentheses inside each other")
        parts = [self._sequence(depth)]
        while self._next_is("|"):
            self._place += 1
            parts.append(self._sequence(depth))
        return parts[0] if len(parts) == 1 else Node("choice", tuple(parts))

    def _next_is(self, characters: str) -> bool:
        """Whether one of these comes next."""
        return not self.at_end and self._text[self._place] in characters

    def _take(self) -> str:
        """The next character."""
        if self.at_end:
            self.refuse("it ends too early")
        self._place += 1
        return self._text[self._place - 1]

    def _sequence(self, depth: int) -> Node:
        """Parts after each other."""
        parts = []
        while not self.at_end and not self._next_is("|)"):
            parts.append(self._repeated(self._part(depth)))
        return Node("sequence", tuple(parts))

    def _repeated(self, part: Node) -> Node:
        """A part with what says how often."""
        while self._next_is(_SPECIAL):
            sign = self._take()
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign) or self._times()
            if self._next_is("?"):  # the shortest fit: where it fits does not matter here
                self._place += 1
            elif self._next_is("+"):
                self.refuse("a possessive repeat, which is not supported,")
            part = Node("repeat", (part,), least, most)
        return part

    def _times(self) -> tuple[int, int | None]:
        """What stands in braces."""
        end = self._text.find("}", self._place)
        low, comma, high = self._text[self._place : max(end, self._place)].partition(",")
        if end < 0 or not low.isdecimal() or not (high == "" or high.isdecimal()):
            self.refuse("braces without a number of repeats")
        least = int(low)
        most = least if not comma else int(high) if high else None
        if max(least, most or 0) > _MOST_TIMES or (most is not None and most < least):
            self.refuse(f"a number of repeats that is not between 0 and {_MOST_TIMES}")
        self._place = end + 1
        return least, most

    def _part(self, depth: int) -> Node:
        """A symbol or what stands in parentheses."""
        sign = self._take()
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            return self._class()
        if sign in _SPECIAL:
            self._place -= 1
            self.refuse("a repeat of nothing")
        if sign in "^$":
            return Node("symbol", mark=BEGIN if sign == "^" else END)
        if sign == ".":
            return Node("symbol", ranges=(("\n", "\n"),), negated=True)
        return self._escape() if sign == "\\" else _literal(sign)

    def _group(self, depth: int) -> Node:
        """What stands in parentheses."""
        if self._next_is("?"):
            self._place += 1
            if self._take() != ":":
                self.refuse("a group that looks around or is named, which is not supported,")
        node = self.choice(depth + 1)
        if self.at_end or self._take() != ")":
            self.refuse("a parenthesis that is not closed")
        return node

    def _escape(self) -> Node:
        """What a backslash begins."""
        sign = self._take()
        if sign in _KINDS:
            return Node("symbol", classes=sign)
        return _literal(self._escaped(sign))

    def _escaped(self, sign: str) -> str:
        """The character behind a backslash."""
        if sign in _CONTROLS:
            return _CONTROLS[sign]
        if sign.isalnum():
            self.refuse("a back-reference or an escape that is not supported,")
        return sign

    def _class(self) -> Node:
        """Characters in brackets."""
        negated = self._next_is("^")
        self._place += negated
        ranges: list[tuple[str, str]] = []
        kinds = ""
        while not (self._next_is("]") and (ranges or kinds)):
            low = self._take()
            if low == "\\":
                low = self._take()
                if low in _KINDS:
                    kinds += low
                    continue
                low = self._escaped(low)
            ranges.append(self._range(low))
        self._place += 1
        folded = tuple((low.casefold()[:1], high.casefold()[:1]) for low, high in ranges if low == high)
        return Node("symbol", ranges=(*ranges, *folded), classes=kinds, negated=negated)

    def _range(self, low: str) -> tuple[str, str]:
        """One character of a class, or those from it to another."""
        if not self._next_is("-") or self._text[self._place + 1 : self._place + 2] in ("]", ""):
            return low, low
        self._place += 1
        high = self._take()
        if high == "\\":
            high = self._escaped(self._take())
        if high < low:
            self.refuse("a range that runs backwards")
        return low, high


def _literal(sign: str) -> Node:
    """A character that stands for itself, in either case."""
    folded = sign.casefold()
    if len(folded) > 1:
        return Node("sequence", tuple(Node("symbol", ranges=((one, one),)) for one in folded))
    return Node("symbol", ranges=((sign, sign), (folded, folded)))
