"""One element as the tag table shows it, and the values it has along a stack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: Path of the groups of one frame; the number of the frame stands in its place where rows of one instance are shown.
FRAME_ITEM: Final = "5200,9230[f]"

NOT_KEPT: Final = "(varies; its values were not kept)"

PathKey = tuple[tuple[int, int], ...]


class Variation(StrEnum):
    """How an element behaves from instance to instance."""

    CONSTANT = "constant"
    REGULAR = "changes regularly"
    IRREGULAR = "changes irregularly"
    SOME = "present in some"


@dataclass(frozen=True, slots=True)
class TagColumn:
    """The values of one element in every instance.

    Parameters
    ----------
    values : tuple of str
        Each different value once.
    vms : tuple of int
        How many values each of them holds.
    at : tuple of int
        For each instance which of them it has, -1 where it lacks the element; empty when there were too many to keep.
    variation : Variation
    words : str
        What they are in short: ``35.5 to 53.5 in steps of 3``.
    """

    values: tuple[str, ...]
    vms: tuple[int, ...]
    at: tuple[int, ...]
    variation: Variation
    words: str

    def value(self, instance: int) -> str | None:
        """The value in one instance, None where the element is absent."""
        if not self.at:
            return NOT_KEPT
        return None if self.at[instance] < 0 else self.values[self.at[instance]]


@dataclass(frozen=True, slots=True)
class TagRow:
    """One element as the tag table shows it.

    Parameters
    ----------
    path : str
        ``"0008,1140[0].0008,1155"``: unique inside an instance, save that two creators may share a private number.
    tag : str
        ``"0008,1155"``.
    keyword, name, vr, value : str
        The value is text, cut to a limit; of a whole series that varies, what its values are in short.
    depth : int
        Sequences above it.
    creator : str
        Private creator, empty for standard elements.
    vm : int
        How many values there are.
    unit : str
        ``"mm"``, empty where there is none.
    lifted : str
        Of an element of a functional group: its path as a classic picture would have it.
    column : TagColumn or None
        Of a whole series: the values of an element that varies.
    """

    path: str
    tag: str
    keyword: str
    name: str
    vr: str
    value: str
    depth: int
    creator: str
    vm: int = 1
    unit: str = ""
    lifted: str = ""
    column: TagColumn | None = None

    @property
    def variation(self) -> Variation:
        """How it behaves within its series."""
        return Variation.CONSTANT if self.column is None else self.column.variation


def path_key(path: str) -> PathKey:
    """A path as numbers that sort in tag order.

    Parameters
    ----------
    path : str
        Elements ``gggg,eeee`` joined by dots, a sequence followed by its item number in brackets.

    Returns
    -------
    tuple of (int, int)
        Tag and item of each step; an element that is not followed by an item stands before its items.
    """
    return tuple(_step_key(step) for step in path.split("."))


def _step_key(step: str) -> tuple[int, int]:
    """Tag and item number of one step of a path; the item of the frame at hand counts as the first."""
    tag, _, item = step.partition("[")
    return int(tag.replace(",", ""), 16), -1 if not item else 0 if item == "f]" else int(item[:-1])
