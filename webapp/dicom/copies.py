"""Pictures that were sent twice: the same object again, or the same pixels at the same place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress

from webapp.dicom.model import Instance
from webapp.dicom.pixel_data import Pixels
from webapp.errors import InstanceError
from webapp.findings import Finding, Severity

#: Positions are one when they agree to this many decimals of a mm.
_DECIMALS = 4

Fingerprints = Callable[[Sequence[Instance]], list[str]]


def pixel_fingerprints(instances: Sequence[Instance]) -> list[str]:
    """A hash of each picture's stored bytes, which tells copies from other pictures; each file is read once.

    A picture that cannot be read is a copy of nothing; it is set aside where it is decoded.

    Parameters
    ----------
    instances : sequence of Instance

    Returns
    -------
    list of str
        In the order of the instances.
    """
    marks = [f"unreadable {place}" for place in range(len(instances))]
    by_file: dict[int, list[int]] = {}
    for place, instance in enumerate(instances):
        by_file.setdefault(instance.member.number, []).append(place)
    for places in by_file.values():
        with suppress(InstanceError):
            first = instances[places[0]]
            pixels = Pixels(first, first.member.read())
            for place in places:
                with suppress(InstanceError):
                    marks[place] = hashlib.sha256(pixels.stored_bytes(instances[place])).hexdigest()
    return marks


def without_double_files(
    instances: Sequence[Instance], fingerprints: Fingerprints
) -> tuple[list[Instance], list[Finding]]:
    """The pictures without those that came twice under one SOP Instance UID; an absent one is unique.

    Parameters
    ----------
    instances : sequence of Instance
    fingerprints : callable
        Hashes of pictures' pixels.

    Returns
    -------
    list of Instance, list of Finding
        What is kept in its order, and G18 where something was not.
    """
    return _without(instances, fingerprints, lambda one: (one.sop_uid, one.frame, one.tile) if one.sop_uid else None)


def without_copies(instances: Sequence[Instance], fingerprints: Fingerprints) -> tuple[list[Instance], list[Finding]]:
    """The pictures without those that repeat another's pixels at its very place in another file.

    Frames of one file are no copies of each other, however alike they are.

    Parameters
    ----------
    instances : sequence of Instance
    fingerprints : callable

    Returns
    -------
    list of Instance, list of Finding
    """
    return _without(instances, fingerprints, _place)


def _place(instance: Instance) -> Hashable | None:
    """The position as something that can be compared."""
    place = instance.placement
    return None if place is None else tuple(round(float(part), _DECIMALS) + 0.0 for part in place.position_mm)


def _without(
    instances: Sequence[Instance], fingerprints: Fingerprints, key: Callable[[Instance], Hashable | None]
) -> tuple[list[Instance], list[Finding]]:
    """Of pictures with one key and one fingerprint, those of the first file."""
    gathered: dict[Hashable, list[Instance]] = {}
    for instance in instances:
        mark = key(instance)
        if mark is not None:
            gathered.setdefault(mark, []).append(instance)
    suspects = [(mark, one) for mark, members in gathered.items() if len(members) > 1 for one in members]
    if not suspects:
        return list(instances), []
    first: dict[tuple[Hashable, str], int] = {}
    dropped: set[int] = set()
    for (mark, one), print_ in zip(suspects, fingerprints([one for _, one in suspects]), strict=True):
        if first.setdefault((mark, print_), one.member.number) != one.member.number:
            dropped.add(id(one))
    kept = [instance for instance in instances if id(instance) not in dropped]
    return kept, [_told(len(dropped))] if dropped else []


def _told(count: int) -> Finding:
    """G18: how many copies were left out."""
    message = f"{count} identical cop{'y' if count == 1 else 'ies'} ignored: the same picture was sent twice."
    return Finding("G18", Severity.NOTE, message, {"copies": count}, ("0008,0018", "0020,0032"))
