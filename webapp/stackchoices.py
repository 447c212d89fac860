"""What a refused stack offers to choose between, in words and as marks: for the page, the jobs and the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from webapp.dicom.picks import MARK, READY
from webapp.errors import NothingToChoose, PicksUnfit


def marks_of(meta: Mapping[str, Any], pick: Sequence[object]) -> list[str]:
    """The marks of the pictures that a pick means, one for each contested place, in order.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    pick : sequence of object
        The name of a ready pick, or a mark for every contested place; whatever else is sent is refused.

    Raises
    ------
    NothingToChoose
        No place is contested, or this ready pick is not offered.
    PicksUnfit
        Not exactly one picture of every contested place.
    """
    choice = meta.get("choice")
    if choice is None:
        raise NothingToChoose
    if len(pick) == 1 and isinstance(pick[0], str) and pick[0] in READY:
        ready = {one["name"]: one["marks"] for one in choice["ready"]}
        if pick[0] not in ready:
            raise NothingToChoose
        return sorted(ready[pick[0]])
    wanted = {mark for mark in pick if isinstance(mark, str) and MARK.fullmatch(mark)}
    found = [[one["mark"] for one in place["pictures"] if one["mark"] in wanted] for place in choice["places"]]
    if len(pick) != len(found) or len(wanted) != len(pick) or any(len(marks) != 1 for marks in found):
        raise PicksUnfit
    return sorted(wanted)


def is_of_picks(meta: Mapping[str, Any], marks: Sequence[str]) -> bool:
    """Whether a stack was made by this choice.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    marks : sequence of str
        As `marks_of` gives them.
    """
    picked = meta.get("picked")
    return picked is not None and picked["marks"] == list(marks)


def place_words(place: Mapping[str, Any]) -> str:
    """A contested place, as ``Slice 4 at 44.5 mm, echo time 10 ms``.

    Parameters
    ----------
    place : mapping
        One of the ``places`` of a choice.
    """
    volume = f", {place['volume']}" if place["volume"] else ""
    return f"Slice {place['slice'] + 1} at {_signed(place['position_mm'])}\u2009mm{volume}"


def picture_words(picture: Mapping[str, Any]) -> str:
    """What is recorded that tells a picture apart, as ``number 4 · acquisition 2 · acquired at 10:00:03.5``.

    Parameters
    ----------
    picture : mapping
        One of the ``pictures`` of a place.
    """
    told = {
        "number": picture["number"],
        "acquisition": picture["acquisition"],
        "acquired at": picture["acquired"],
    }
    known = [f"{name} {value}" for name, value in told.items() if value is not None]
    return " · ".join(known) or "no number and no time recorded"


def choice_lines(choice: Mapping[str, Any]) -> Iterator[str]:
    """What there is to choose between, line by line.

    Parameters
    ----------
    choice : mapping
        The ``choice`` of a stack's ``meta.json``.
    """
    for place in choice["places"]:
        yield f"{place_words(place)}, one of:"
        for one in place["pictures"]:
            yield f"  picture {one['picture'] + 1} · {picture_words(one)} · {one['mark']}"
    for one in choice["ready"]:
        yield f"--pick {one['name']}: {one['words']}"
    yield "--pick MARK,MARK: one of each place by the marks above"


def _signed(number: float) -> str:
    """A number with a true minus sign."""
    return f"{number:.1f}".replace("-", "−")
