"""Picks: one picture for each contested place, each known by a mark, with ready ones that cover every place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from webapp.dicom.contested import Contest, Contested
from webapp.dicom.grouping import Group
from webapp.dicom.model import Instance
from webapp.dicom.moment import DAY_SECONDS, moment_of
from webapp.dicom.stack import Stack
from webapp.dicom.values import whole
from webapp.errors import PicksUnfit
from webapp.findings import Finding, Severity

#: The ready picks, in words; each is offered where what it goes by is recorded and tells all pictures apart.
READY: Final = MappingProxyType(
    {
        "earlier": "the earliest acquired picture of each place",
        "later": "the latest acquired picture of each place",
        "first": "the picture with the lowest number at each place",
        "last": "the picture with the highest number at each place",
    }
)

#: What `mark_of` gives.
MARK: Final = re.compile(r"\d{1,9}(\.\d{1,9}){1,3}-[0-9a-f]{8}")

#: Places that one sentence names; further ones are told in further sentences.
_SAID: Final = 10


def mark_of(instance: Instance) -> str:
    """What names a picture inside its input: the member's number, the frame, and a digest of its identity.

    Parameters
    ----------
    instance : Instance
    """
    tile = "" if instance.tile is None else f".{instance.tile.top}.{instance.tile.left}"
    place = "" if instance.placement is None else repr(instance.placement.position_mm.tolist())
    digest = hashlib.sha256(f"{instance.sop_uid} {place}".encode()).hexdigest()[:8]
    return f"{instance.member.number}.{instance.frame}{tile}-{digest}"


def members_of(pick: Sequence[str]) -> frozenset[int] | None:
    """The members that marks name; None for no pick and for a name of `READY`, which may go in any series.

    Parameters
    ----------
    pick : sequence of str

    Raises
    ------
    PicksUnfit
        One is no mark.
    """
    if set(pick) <= READY.keys():
        return None
    if not all(map(MARK.fullmatch, pick)):
        raise PicksUnfit
    return frozenset(int(mark.partition(".")[0]) for mark in pick)


def ready_picks(contests: Sequence[Contest]) -> Mapping[str, tuple[Instance, ...]]:
    """The ready picks that go: a picture for every contest.

    Parameters
    ----------
    contests : sequence of Contest

    Returns
    -------
    mapping of str to tuple of Instance
        By the names of `READY`.
    """
    found: dict[str, tuple[Instance, ...]] = {}
    for low, high, told in (("earlier", "later", _moments), ("first", "last", _numbers)):
        ordered = [_ordered(contest.pictures, told) for contest in contests]
        if all(ordered):
            found |= {low: tuple(one[0] for one in ordered), high: tuple(one[-1] for one in ordered)}
    return found


def _ordered(pictures: Sequence[Instance], told: Callable[[Sequence[Instance]], list[Any]]) -> list[Instance]:
    """Pictures in the order of what is told of them; nothing where it does not tell all apart."""
    values = told(pictures)
    if None in values or len(set(values)) < len(values):
        return []
    return [one for _, one in sorted(zip(values, pictures, strict=True), key=lambda pair: pair[0])]


def _moments(pictures: Sequence[Instance]) -> list[float | None]:
    """Seconds that can be compared with each other; none where days are not known and times lie half a day apart."""
    moments = [moment_of(one) for one in pictures]
    known = [one for one in moments if one is not None]
    if len(known) < len(moments) or len({one.dated for one in known}) > 1:
        return [None]
    seconds: list[float | None] = [one.seconds for one in known]
    spread = max(one.seconds for one in known) - min(one.seconds for one in known)
    return seconds if known[0].dated or spread < DAY_SECONDS / 2 else [None]


def _numbers(pictures: Sequence[Instance]) -> list[int | None]:
    """Instance Numbers."""
    return [one.number for one in pictures]


def picked_of(contested: Contested, pick: Sequence[str]) -> tuple[Instance, ...] | None:
    """The pictures that a pick means here.

    Parameters
    ----------
    contested : Contested
    pick : sequence of str
        One name of `READY`, or the mark of a picture for every contest.

    Returns
    -------
    tuple of Instance or None
        None where a ready pick does not go, or where no mark belongs here.

    Raises
    ------
    PicksUnfit
        Marks of some of these places only, or several of one.
    """
    if len(pick) == 1 and pick[0] in READY:
        return ready_picks(contested.contests).get(pick[0])
    wanted = set(pick)
    found = [[one for one in contest.pictures if mark_of(one) in wanted] for contest in contested.contests]
    if not any(found):
        return None
    if any(len(pictures) != 1 for pictures in found) or len(found) != len(wanted):
        raise PicksUnfit
    return tuple(pictures[0] for pictures in found)


def picked_stack(
    contested: Contested, pick: Sequence[str], judge: Callable[[Group], Stack]
) -> tuple[Stack, list[str]] | None:
    """The volume that a pick makes, and the marks of its chosen pictures; None where `picked_of` gives none.

    Parameters
    ----------
    contested : Contested
    pick : sequence of str
    judge : callable
        Gives the stack of a group.

    Raises
    ------
    PicksUnfit
        See `picked_of`; or these pictures make no volume.
    """
    pictures = picked_of(contested, pick)
    if pictures is None:
        return None
    stack = judge(with_picks(contested, pictures))
    if not stack.is_volume:
        raise PicksUnfit("The chosen pictures form no volume either.")
    return stack, sorted(map(mark_of, pictures))


def with_picks(contested: Contested, picked: Sequence[Instance]) -> Group:
    """The group with one picture for each contested place, and the warning that says which, place by place.

    Parameters
    ----------
    contested : Contested
    picked : sequence of Instance
        One of each contest, in their order.
    """
    taken = {id(one) for one in picked}
    left_out = {id(one) for contest in contested.contests for one in contest.pictures} - taken
    kept = tuple(one for one in contested.group.instances if id(one) not in left_out)
    told = (*contested.group.findings, *_told(contested, picked))
    return replace(contested.group, instances=kept, findings=told)


def _told(contested: Contested, picked: Sequence[Instance]) -> Iterator[Finding]:
    """G20 as a warning: what was taken and what left out at every contested place."""
    contests = contested.contests
    settled = len({one.place for one in contests})
    rule = next((f" ({READY[name]})" for name, ready in ready_picks(contests).items() if ready == tuple(picked)), "")
    start = (
        f"{settled} of {contested.places} places {'holds' if settled == 1 else 'hold'} more than one different "
        f"picture; one of each was chosen on request{rule}, and nothing proves that it is the right one"
    )
    numbers = {"chosen": len(contests), "places": contested.places}
    lines = [_line(contested, contest, one) for contest, one in zip(contests, picked, strict=True)]
    for at in range(0, len(lines), _SAID):
        places = tuple(dict.fromkeys(one.place for one in contests[at : at + _SAID]))
        message = f"{start}: {'; '.join(lines[at : at + _SAID])}."
        yield Finding("G20", Severity.WARN, message, numbers, ("0020,0032",), places)
        start, numbers = "Chosen on request as well", {}


def _line(contested: Contested, contest: Contest, taken: Instance) -> str:
    """What was taken and left out at one place."""
    others = [one for one in contest.pictures if one is not taken]
    volume = f", {contest.volume}" if contest.volume else ""
    left = ", ".join(_named(contested, one) for one in others)
    place = f"slice {contest.place + 1} at {contest.position_mm:.1f} mm{volume}"
    return f"{place}: {_named(contested, taken)} taken, {left} left out"


def _named(contested: Contested, one: Instance) -> str:
    """A picture as it is counted among the single pictures, with what tells it apart."""
    return " ".join(part for part in (f"picture {contested.shown[id(one)] + 1}", _apart(one)) if part)


def _apart(one: Instance) -> str:
    """Number and time of a picture, in brackets, where they are recorded."""
    moment = moment_of(one)
    parts = ([] if one.number is None else [f"number {one.number}"]) + ([] if moment is None else [moment.clock])
    return f"({', '.join(parts)})" if parts else ""


def as_json(contested: Contested) -> dict[str, Any]:
    """What there is to choose between, as ``meta.json`` keeps it.

    Parameters
    ----------
    contested : Contested
    """
    ready = ready_picks(contested.contests)
    places = [
        {
            "slice": contest.place,
            "position_mm": contest.position_mm,
            "volume": contest.volume,
            "pictures": [_picture(contested, one) for one in contest.pictures],
        }
        for contest in contested.contests
    ]
    offered = [{"name": name, "words": READY[name], "marks": list(map(mark_of, one))} for name, one in ready.items()]
    return {"of": contested.places, "places": places, "ready": offered}


def _picture(contested: Contested, one: Instance) -> dict[str, Any]:
    """One picture to choose."""
    moment = moment_of(one)
    return {
        "mark": mark_of(one),
        "picture": contested.shown[id(one)],
        "number": one.number,
        "acquired": None if moment is None else moment.clock,
        "acquisition": whole(one.dataset, "AcquisitionNumber"),
    }
