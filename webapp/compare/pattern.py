"""Regular expressions whose time grows with the text and nothing else: no backtracking, whatever is asked.

Literals, ``.``, classes, ``\\d \\w \\s``, groups, ``|``, ``* + ? {m,n}``, ``^`` and ``$``; case does not matter. What
would need backtracking (back-references, looking around) is refused. The pattern becomes a set of states that are
walked together (Thompson, 1968), and walks that were made are remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from webapp.compare.pattern_syntax import BEGIN, END, Node, parse
from webapp.errors import BadPattern

#: States of one pattern, and walks that are remembered.
_MOST_STATES: Final = 500
_MOST_WALKS: Final = 20_000

_Set = frozenset[int]


@dataclass(slots=True)
class _State:
    """One step of a pattern: what it takes to go on, or where to go on for nothing."""

    takes: Node | None = None
    to: list[int] = field(default_factory=list)


class Pattern:
    """A compiled expression.

    Parameters
    ----------
    text : str
        The expression.

    Raises
    ------
    BadPattern
        It is no expression, or one that is not supported, or too large.
    """

    def __init__(self, text: str) -> None:
        self._states: list[_State] = []
        self._end = self._new()
        self._start = self._build(parse(text), self._end)
        self._walks: dict[tuple[_Set, str], _Set] = {}
        self._first = self._closed([self._start])

    def found_in(self, text: str) -> bool:
        """Whether the expression fits anywhere in a text.

        Parameters
        ----------
        text : str
        """
        here = self._first
        if self._end in here:
            return True
        for symbol in (BEGIN, *text.casefold(), END):
            step = (here, symbol)
            found = self._walks.get(step)
            if found is None:
                found = self._walk(step)
            here = found
            if self._end in here:
                return True
        return False

    def _walk(self, step: tuple[_Set, str]) -> _Set:
        """Where one symbol leads from a set of states; the pattern may begin anew behind it."""
        here, symbol = step
        states = self._states
        reached = [
            states[state].to[0] for state in here if (node := states[state].takes) is not None and node.takes(symbol)
        ]
        if len(self._walks) >= _MOST_WALKS:
            self._walks.clear()
        self._walks[step] = self._closed([*reached, self._start])
        return self._walks[step]

    def _closed(self, states: Iterable[int]) -> _Set:
        """The states and all that are reached from them for nothing."""
        found: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in found:
                found.add(state)
                if self._states[state].takes is None:
                    waiting += self._states[state].to
        return frozenset(found)

    def _new(self, takes: Node | None = None, *to: int) -> int:
        """Another state."""
        if len(self._states) >= _MOST_STATES:
            raise BadPattern("The expression is too large.")
        self._states.append(_State(takes, list(to)))
        return len(self._states) - 1

    def _build(self, node: Node, onward: int) -> int:
        """The states of a part of the expression, ending at a state; where they begin."""
        match node.kind:
            case "symbol":
                return self._new(node, onward)
            case "sequence":
                for part in reversed(node.parts):
                    onward = self._build(part, onward)
                return onward
            case "choice":
                return self._new(None, *(self._build(part, onward) for part in node.parts))
        return self._repeat(node, onward)

    def _repeat(self, node: Node, onward: int) -> int:
        """A part so many times."""
        (part,) = node.parts
        if node.most is None:
            loop = self._new(None, onward)
            self._states[loop].to.append(self._build(part, loop))
            onward = loop
        else:
            done = onward
            for _ in range(node.most - node.least):
                onward = self._new(None, done, self._build(part, onward))
        for _ in range(node.least):
            onward = self._build(part, onward)
        return onward
