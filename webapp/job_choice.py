"""A choice between pictures as a job: whose stack it may be about, and whether its stack is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.errors import SampleStays, UnknownKey, VolumeDamaged
from webapp.stackchoices import is_of_picks, marks_of
from webapp.store.catalogue import Catalogue
from webapp.store.model import EVERYONE, JobKind, JobOrder
from webapp.store.volumes import Volumes


@dataclass(frozen=True, slots=True)
class Chooser:
    """Turns an owner's choice into the order of a job."""

    catalogue: Catalogue
    volumes: Volumes

    def order(self, owner: str, key: str, pick: Sequence[object]) -> tuple[JobOrder, dict[str, Any] | None]:
        """The order, and its result where a stack of the same pictures is there.

        Parameters
        ----------
        owner : str
        key : str
            The refused stack.
        pick : sequence of object
            See `webapp.stackchoices.marks_of`.

        Raises
        ------
        UnknownKey
            There is no such stack, or it is somebody else's.
        SampleStays
            It is a sample: what is made of its pictures would be seen by everybody.
        NothingToChoose, PicksUnfit
            See `webapp.stackchoices.marks_of`.
        """
        if self.catalogue.stack(owner, key).owner == EVERYONE:
            raise SampleStays
        marks = marks_of(self.volumes.open(key).meta, pick)
        made = [one for one in self.catalogue.series_keys(owner, key) if self._is_made_of(one, marks)]
        order = JobOrder(owner, JobKind.CHOICE, key, {"pick": marks}, newest_only=True)
        return order, ({"keys": made[:1]} if made else None)

    def _is_made_of(self, key: str, marks: list[str]) -> bool:
        """Whether a stack that can still be read was made by this choice."""
        try:
            return is_of_picks(self.volumes.open(key).meta, marks)
        except (UnknownKey, VolumeDamaged):
            return False
