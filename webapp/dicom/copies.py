"""Pictures that were sent twice, and different pictures under one identity: G18."""

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

#: How the mark of a picture starts that cannot be read.
UNREADABLE = "unreadable"

_EVIDENCE = ("0008,0018", "0020,0032")

Fingerprints = Callable[[Sequence[Instance]], list[str]]


def pixel_fingerprints(instances: Sequence[Instance]) -> list[str]:
    """A hash of each picture's stored bytes and of what they mean, which tells copies from other pictures.

    Each file is read once. A picture that cannot be read is a copy of nothing; it is set aside where it is decoded.

    Parameters
    ----------
    instances : sequence of Instance

    Returns
    -------
    list of str
        In the order of the instances.
    """
    marks = [f"{UNREADABLE} {place}" for place in range(len(instances))]
    by_file: dict[int, list[int]] = {}
    for place, instance in enumerate(instances):
        by_file.setdefault(instance.member.number, []).append(place)
    for places in by_file.values():
        with suppress(InstanceError):
            first = instances[places[0]]
            pixels = Pixels(first, first.member.read())
            for place in places:
                with suppress(InstanceError):
                    marks[place] = _mark(instances[place], pixels.stored_bytes(instances[place]))
    return marks


def _mark(instance: Instance, stored: bytes) -> str:
    """A hash of one picture; the same bytes on another scale are another picture."""
    meaning = repr((instance.scale.slope, instance.scale.intercept, instance.format))
    return hashlib.sha256(meaning.encode() + stored).hexdigest()


def without_double_files(
    instances: Sequence[Instance], fingerprints: Fingerprints
) -> tuple[list[Instance], list[Finding]]:
    """The pictures without those that came twice under one SOP Instance UID at one place; an absent one is unique.

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
    return _without(instances, fingerprints, lambda one: (*_identity(one), _place(one)) if one.sop_uid else None)


def identity_findings(instances: Sequence[Instance], fingerprints: Fingerprints) -> list[Finding]:
    """G18: different pictures that carry one SOP Instance UID; at one place nobody can tell which is the right one.

    Parameters
    ----------
    instances : sequence of Instance
        Without copies.
    fingerprints : callable
    """
    shared = [group for group in _gathered(instances, lambda one: _identity(one) if one.sop_uid else None) if group[1:]]
    clashing = 0
    for group in shared:
        for members in _gathered(group, _place_or_none):
            marks = [mark for mark in fingerprints(members) if not mark.startswith(UNREADABLE)] if members[1:] else []
            clashing += len(marks) if len(set(marks)) > 1 else 0
    if clashing:
        message = (
            f"{clashing} different pictures at one place carry one identity (0008,0018): which is right is unknown."
        )
        return [Finding("G18", Severity.BLOCK, message, {"pictures": clashing}, _EVIDENCE)]
    if shared:
        count = sum(map(len, shared))
        message = f"{count} pictures at different places carry one identity (0008,0018); all are kept."
        return [Finding("G18", Severity.NOTE, message, {"pictures": count}, _EVIDENCE)]
    return []


def _identity(instance: Instance) -> tuple[Hashable, ...]:
    """What names a picture: its object, and its frame and tile inside."""
    return instance.sop_uid, instance.frame, instance.tile


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


def _place_or_none(instance: Instance) -> Hashable:
    """The position, where pictures without one count as being at one place."""
    return _place(instance) or "nowhere"


def _gathered(instances: Sequence[Instance], key: Callable[[Instance], Hashable | None]) -> list[list[Instance]]:
    """Pictures with one key each; those without any are left out."""
    gathered: dict[Hashable, list[Instance]] = {}
    for instance in instances:
        mark = key(instance)
        if mark is not None:
            gathered.setdefault(mark, []).append(instance)
    return list(gathered.values())


def _without(
    instances: Sequence[Instance], fingerprints: Fingerprints, key: Callable[[Instance], Hashable | None]
) -> tuple[list[Instance], list[Finding]]:
    """Of pictures with one key and one fingerprint, those of the first file."""
    suspects = [(key(members[0]), one) for members in _gathered(instances, key) if members[1:] for one in members]
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
    return Finding("G18", Severity.NOTE, message, {"copies": count}, _EVIDENCE)
