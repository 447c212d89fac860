"""Clocks that a deletion may trust: what has had its time is not decided by a clock that was set."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

#: How far the wall's clock may run ahead between two looks and still be followed, s: clocks are kept right in steps
#: much smaller than this.
SLEW_SECONDS = 30.0


def uptime() -> float:
    """Seconds since the machine started, sleep included; nobody sets this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Steady:
    """The wall's time without its leaps forward; set back, it is followed at once.

    So things may be kept too long where a clock was set, and are never deleted too early.

    Parameters
    ----------
    wall : callable
        Seconds since 1970.
    ticks : callable
        Seconds of a clock that cannot be set.
    """

    def __init__(self, wall: Callable[[], float], ticks: Callable[[], float]) -> None:
        self._wall = wall
        self._ticks = ticks
        self._start = wall() - ticks()

    def now(self) -> float:
        """Seconds since 1970, never more than have passed since the first look."""
        wall, steady = self._wall(), self._start + self._ticks()
        if 0 < wall - steady <= SLEW_SECONDS:
            self._start += wall - steady
        return min(wall, self._start + self._ticks())


class Twice:
    """Believes in an expiry only when it is still there some time later: a clock may jump.

    Parameters
    ----------
    seconds : float
        Between the two findings, by a clock that cannot jump.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._first: dict[str, float] = {}

    def confirm(self, found: Iterable[str]) -> list[str]:
        """Those of the names found now that were found in every call since long enough ago."""
        now = self._clock()
        before, self._first = self._first, {name: self._first.get(name, now) for name in found}
        return [name for name, first in self._first.items() if name in before and now - first >= self._seconds]
