"""One measured line: ours, the peer's, their ratio and the goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Peer:
    """What ours is held against.

    Parameters
    ----------
    name : str
    values : sequence of float
        One for each repetition, in the row's unit.
    goal : float or None
        The greatest ratio that is aimed at.
    at_least : bool
        The goal is the smallest ratio instead, as for speeds.
    """

    name: str
    values: Sequence[float]
    goal: float | None
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result, as ``--json`` prints it."""

    what: str
    ours: float
    peer: float
    peer_name: str
    unit: str
    ratio: float
    goal: float | None
    met: bool

    def as_json(self) -> dict[str, Any]:
        """The row as plain JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        goal = "" if self.goal is None else f"  goal {self.goal:g}× {'met' if self.met else 'not met'}"
        against = f"{self.peer:,.4g} {self.unit} {self.peer_name}"
        return f"{self.what}: {self.ours:,.4g} {self.unit} against {against} = {self.ratio:.2f}×{goal}"


def row(what: str, ours: Sequence[float], peer: Peer, unit: str) -> Row:
    """The row of several repetitions, taken in turns with the peer's: the ratio of both medians.

    Parameters
    ----------
    what : str
        A phrase that says what was done.
    ours : sequence of float
        One for each repetition, in `unit`.
    peer : Peer
    unit : str
        ``"s"``, ``"ms"``, ``"MB/s"`` or ``"bytes"``.
    """
    mine, theirs = median(ours), median(peer.values)
    ratio = mine / theirs
    return Row(
        what=what,
        ours=round(mine, 4),
        peer=round(theirs, 4),
        peer_name=peer.name,
        unit=unit,
        ratio=round(ratio, 3),
        goal=peer.goal,
        met=peer.goal is None or (ratio >= peer.goal if peer.at_least else ratio <= peer.goal),
    )
