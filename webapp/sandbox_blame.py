"""Which member of an input is blamed for the death of a child: one that was alone in hand twice in a row."""

from __future__ import annotations

from typing import Any, Final

from webapp.errors import TruesliceError

#: Deaths in a row that blame no member before the reading is given up.
_MOST_UNEXPLAINED: Final = 2


class Stopped(Exception):
    """A child ended without an answer.

    Parameters
    ----------
    reason : TruesliceError
        What is told when trying again is hopeless.
    in_hand : frozenset of int
        Members that were worked on.
    stage : str
    """

    def __init__(self, reason: TruesliceError, in_hand: frozenset[int], stage: str) -> None:
        super().__init__()
        self.reason = reason
        self.in_hand = in_hand
        self.stage = stage


class Blame:
    """Which members are left out after the deaths of children.

    Parameters
    ----------
    most : int
        Members that may be left out.
    cores : int
    """

    def __init__(self, most: int, cores: int) -> None:
        self._most = most
        self._unexplained = 0
        self._suspect: frozenset[int] = frozenset()
        self._left_out: dict[str, set[int]] = {"skip": set(), "undecoded": set()}
        self.cores = cores

    @property
    def params(self) -> dict[str, Any]:
        """What the next attempt is told."""
        return {**{name: sorted(members) for name, members in self._left_out.items()}, "cores": self.cores}

    def learn(self, stopped: Stopped) -> None:
        """Take a death into account, or raise its reason where trying again is hopeless."""
        alone = stopped.in_hand if len(stopped.in_hand) == 1 else frozenset()
        self.cores = 1
        if alone and alone == self._suspect:
            if sum(map(len, self._left_out.values())) >= self._most:
                raise stopped.reason from None
            self._left_out["undecoded" if stopped.stage == "decoding" else "skip"] |= alone
            self._suspect, self._unexplained = frozenset(), 0
            return
        self._suspect = alone
        self._unexplained += 1
        if not stopped.in_hand or self._unexplained > _MOST_UNEXPLAINED:
            raise stopped.reason from None
