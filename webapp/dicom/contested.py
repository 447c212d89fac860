"""Places that hold more than one different picture: what there is to choose between, never chosen here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from webapp.dicom.audited import kept_direction
from webapp.dicom.copies import Fingerprints, without_copies
from webapp.dicom.cover import explaining, keyed, places_of, positions_mm
from webapp.dicom.grid import Frame, common_frame
from webapp.dicom.grouping import Group
from webapp.dicom.model import Instance
from webapp.dicom.numbering import by_number
from webapp.dicom.soft_keys import ALL_KEYS, SoftKey
from webapp.dicom.stack import Stack, placements_of
from webapp.dicom.time_axis import named_values
from webapp.findings import Finding, Severity

#: Findings that a choice between pictures of one place can settle.
_SETTLED = frozenset(("G18", "G20"))


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """A place with several different pictures, of which a volume can show one.

    Parameters
    ----------
    place : int
        Which slice of the volume it would be, from 0 in kept order.
    position_mm : float
        Along the kept direction: towards Head, Posterior or Left.
    volume : str
        Which of several volumes, as ``"echo time 10 ms"``; empty where there is one.
    pictures : tuple of Instance
        By number.
    """

    place: int
    position_mm: float
    volume: str
    pictures: tuple[Instance, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Contested:
    """A refused group that would be a volume if each contested place had one picture.

    Parameters
    ----------
    group : Group
        Without copies, which its findings tell of.
    shown : mapping of int to int
        Where each picture stands among those shown one by one, from 0, by its ``id()``.
    contests : tuple of Contest
        By place.
    places : int
        How many places there are in all.
    """

    group: Group
    shown: Mapping[int, int]
    contests: tuple[Contest, ...]
    places: int


#: Contested cells: the pictures of a place, or of a place in one of several volumes, by place and name of the volume.
_Cells = dict[tuple[int, str], list[Instance]]


def contested_in(
    group: Group, stack: Stack, fingerprints: Fingerprints, judge: Callable[[Group], Stack]
) -> Contested | None:
    """What there is to choose between in a group that was refused for nothing else.

    Parameters
    ----------
    group : Group
    stack : Stack
        As it was judged.
    fingerprints : callable
        Hashes of pictures' pixels.
    judge : callable
        Gives the stack of a group: asked whether a choice would make a volume.

    Returns
    -------
    Contested or None
    """
    blocks = {finding.id for finding in stack.findings if finding.severity is Severity.BLOCK}
    placements = placements_of(stack.instances)
    if len(blocks) != 1 or not blocks <= _SETTLED or len(placements) < len(stack.instances):
        return None
    kept, copies = without_copies(stack.instances, fingerprints)
    told = replace(group, instances=tuple(kept), findings=(*group.findings, *_copies_told(stack), *copies))
    frame = common_frame(placements)
    cells = _cells(kept, frame)
    surplus = {id(one) for members in cells.values() for one in members[1:]}
    trial = judge(replace(told, instances=tuple(one for one in kept if id(one) not in surplus)))
    if not surplus or not trial.is_volume or trial.grid is None or trial.frame is None:
        return None
    _, sign = kept_direction(trial.frame, trial.grid)
    count = len(trial.instances)
    contests = [_contest(cell, members, frame, (sign, count)) for cell, members in cells.items() if members[1:]]
    contests.sort(key=lambda one: one.place)
    shown = {id(one): at for at, one in enumerate(stack.instances)}
    return Contested(told, shown, tuple(contests), count)


def _copies_told(stack: Stack) -> list[Finding]:
    """What was told of copies that the stack is without."""
    return [one for one in stack.findings if one.id == "G18" and "copies" in one.numbers]


def _contest(cell: tuple[int, str], members: Sequence[Instance], frame: Frame, kept: tuple[float, int]) -> Contest:
    """A contested cell, counted in kept order: its sign against the normal, and how many places there are."""
    (place, volume), (sign, count) = cell, kept
    position = sign * float(positions_mm(members[:1], frame)[0])
    return Contest(place if sign > 0 else count - 1 - place, position, volume, by_number(members))


def _cells(instances: Sequence[Instance], frame: Frame) -> _Cells:
    """The pictures by place; by volume too where a key makes volumes of all but the fewest pictures."""
    places = places_of(instances, frame)
    best: _Cells = {}
    for keys, values in keyed(instances, ALL_KEYS):
        cells: dict[tuple[int, Any], list[Instance]] = {}
        for instance, place, value in zip(instances, places, values, strict=True):
            cells.setdefault((place, value), []).append(instance)
        if len(best) < len(cells) < len(instances) and _are_volumes(cells):
            best = _named(cells, keys)
    if best:
        return best
    for instance, place in zip(instances, places, strict=True):
        best.setdefault((place, ""), []).append(instance)
    return best


def _are_volumes(cells: dict[tuple[int, Any], list[Instance]]) -> bool:
    """Whether one picture of each cell would make several whole volumes."""
    places, values = zip(*cells, strict=True)
    volumes = explaining([members[0] for members in cells.values()], places, values)
    sizes = Counter(map(len, volumes.values())) if volumes else Counter()
    return bool(sizes) and sizes[max(sizes)] > 1


def _named(cells: dict[tuple[int, Any], list[Instance]], keys: Sequence[SoftKey]) -> _Cells:
    """The cells with their volumes in words; volumes whose words are alike are counted."""
    values = sorted({value for _, value in cells})
    words = named_values(values, keys)
    if len(set(words)) < len(words):
        words = [f"volume {number}" for number in range(1, len(values) + 1)]
    names = dict(zip(values, words, strict=True))
    return {(place, names[value]): members for (place, value), members in cells.items()}
