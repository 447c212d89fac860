"""What an act is given: the server, who reads meanwhile, and what each process held when it was quiet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.factories import Scan
from tests.hostile.bodies import series_files, zipped
from tests.hostile.reader import Reader
from tests.hostile.town import Town, Watch
from tests.hostile.visitor import Visitor


@dataclass
class Siege:
    """A server under attack.

    Parameters
    ----------
    quiet : float
        Within which 95 of 100 answers came to the second reader before anything began, s.
    workers : dict of int to int
        Private memory of each web process then, bytes.
    """

    town: Town
    reader: Reader
    watch: Watch
    quiet: float
    workers: dict[int, int]

    @property
    def key(self) -> str:
        """The series of the second reader."""
        return self.reader.key

    @property
    def folder(self) -> Path:
        return self.town.folder

    def somebody(self) -> Visitor:
        """A visitor of their own."""
        return Visitor(self.town)

    def owner_of_one(self, scan: Scan | None = None) -> tuple[Visitor, str]:
        """A visitor with a series, and its key."""
        visitor = self.somebody()
        outcome = visitor.upload(zipped(series_files(scan)))
        assert outcome.cards, outcome.refusal
        return visitor, outcome.cards[0].key
