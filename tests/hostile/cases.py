"""What a case of the catalogue is: something that is sent, and what must be seen afterwards."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

from pydicom.dataset import FileDataset

from tests.factories import Scan, as_bytes
from tests.hostile.bodies import element, replaced
from tests.hostile.siege import Siege
from tests.hostile.visitor import Outcome

See = Callable[[Outcome], None]
Body = bytes | FileDataset | list[FileDataset]


@dataclass(frozen=True)
class Upload:
    """One whole upload of its own.

    Parameters
    ----------
    row : str
        Of the catalogue.
    name : str
        What is sent, in a few words.
    waits : str
        What has to be built before it can be seen.
    """

    row: str
    name: str
    make: Callable[[], bytes]
    see: See
    slow: bool = False
    waits: str = ""


@dataclass(frozen=True)
class File:
    """One bad file among the good ones of an upload that several cases share.

    Parameters
    ----------
    codes : str
        Words one of which says why it must be set aside; ``shown``: it must be shown; ``either``: shown or set aside,
        whatever it is, the upload goes on.
    finds : str
        Findings one of which a shown one must have.
    bare : bool
        It has no millimetres.
    """

    row: str
    name: str
    make: Callable[[], Body]
    codes: str
    finds: str = ""
    bare: bool = False

    @property
    def title(self) -> str:
        """Its name in the zip and, where it has one, its series' description."""
        return f"{self.row} {self.name}"

    def files(self) -> list[tuple[str, bytes]]:
        """What goes into the zip."""
        with warnings.catch_warnings(action="ignore"):  # of values that are meant to be wrong
            made = self.make()
            several = made if isinstance(made, list) else [made]
            names = [self.title, *(f"{self.title}/{place:03}" for place in range(1, len(several)))]
            return [(name, self._labelled(one)) for name, one in zip(names, several, strict=True)]

    def _labelled(self, made: bytes | FileDataset) -> bytes:
        """A file that carries this case's name, where it has room for one."""
        if not isinstance(made, bytes):
            made.SeriesDescription = self.title[:64]
            return as_bytes(made)
        words = self.title[:64].encode()
        try:
            return replaced(made, 8, 0x103E, element(8, 0x103E, b"LO", words + b" " * (len(words) % 2)))
        except ValueError:
            return made

    def see(self, outcome: Outcome) -> None:
        """It was set aside for one of the reasons, or shown."""
        assert outcome.refusal == "", outcome.refusal
        code, reason = outcome.aside.get(self.title, ("shown", ""))
        assert code in self.codes.split() or "either" in self.codes.split(), (code, reason)
        told = list(zip(outcome.cards, outcome.metas, strict=True))
        mine = [(card, meta) for card, meta in told if card.description == self.title[:64]]
        if self.finds and mine:
            found = {str(finding["id"]) for _, meta in mine for finding in meta["findings"]}
            assert found & set(self.finds.split()), found
        if self.bare:
            assert [card.spacing_mm_kji for card, _ in mine if card.spacing_mm_kji] == []


@dataclass(frozen=True)
class Act:
    """Something that is done to the server, with its own look at what came of it."""

    row: str
    name: str
    do: Callable[[Siege], None]
    slow: bool = False
    waits: str = ""


def refused(*codes: str) -> See:
    """It is refused for one of these reasons, and nothing of it is in the library."""

    def see(outcome: Outcome) -> None:
        assert outcome.refusal in codes, (outcome.refusal, outcome.job and outcome.job.result)
        assert outcome.cards == []

    return see


def opened(stacks: int = 1, *, finds: str = "", without: str = "", aside: str = "", verdict: str = "") -> See:
    """It opens as so many stacks.

    Parameters
    ----------
    finds : str
        Findings one of which there must be.
    without : str
        Findings that must not be there.
    aside : str
        Codes one of which something was set aside for.
    verdict : str
        Of every stack, one of these.
    """

    def see(outcome: Outcome) -> None:
        assert outcome.refusal == "", outcome.refusal
        assert len(outcome.cards) == stacks, [card.summary for card in outcome.cards]
        found = outcome.findings()
        assert not finds or found & set(finds.split()), found
        assert not found & set(without.split()), found
        codes = {code for code, _ in outcome.aside.values()}
        assert not aside or codes & set(aside.split()), outcome.aside
        assert not verdict or {str(card.verdict) for card in outcome.cards} <= set(verdict.split())

    return see


def either(*codes: str) -> See:
    """It is refused for one of these reasons or opens; what must not happen is anything else."""

    def see(outcome: Outcome) -> None:
        assert outcome.refusal in {"", *codes}, outcome.refusal
        assert bool(outcome.cards) == (outcome.refusal == "")

    return see


def good_is_there(outcome: Outcome) -> None:
    """The good series among the bad files came through whole."""
    assert outcome.refusal == "", outcome.refusal
    assert [card for card in outcome.cards if card.description == "Phantom" and card.images == Scan().slices]
