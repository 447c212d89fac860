"""Instances to series, and series to groups whose pictures could form one stack."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from webapp.dicom.alike import (
    brightness_of,
    clusters,
    file_of,
    kind_of,
    place_of,
    same_direction,
    same_pixel_spacing,
    size_of,
)
from webapp.dicom.apart import beside_a_stack, taken_out, without_overviews
from webapp.dicom.colour import is_coloured
from webapp.dicom.model import Instance, Series
from webapp.dicom.systems import by_system
from webapp.findings import Finding, Severity


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Pictures of one series with the same size, directions and kind.

    Parameters
    ----------
    instances : tuple of Instance
    findings : tuple of Finding
        Why the series was split, if it was.
    is_overview : bool
        Overview pictures beside the slices of their series, of whatever directions: never to be stacked.
    """

    instances: tuple[Instance, ...]
    findings: tuple[Finding, ...] = ()
    is_overview: bool = False


def series_of(instances: Iterable[Instance]) -> list[Series]:
    """The series among instances, by (patient, study, series) (PS3.3 A.1.2).

    Parameters
    ----------
    instances : iterable of Instance

    Returns
    -------
    list of Series
        In the order of their first instance. A series without UID is rebuilt by guess and gets a made-up UID.
    """
    gathered: dict[tuple[str, str, str], list[Instance]] = {}
    for instance in instances:
        uid = instance.series_uid or _guessed_uid(instance)
        gathered.setdefault((instance.patient_id, instance.study_uid, uid), []).append(instance)
    return [
        Series(uid, study, patient, tuple(members), not members[0].series_uid)
        for (patient, study, uid), members in gathered.items()
    ]


def _guessed_uid(instance: Instance) -> str:
    """A stable name for a series that has none, from what its pictures have in common."""
    number = str(instance.dataset.get("SeriesNumber", ""))
    parts = (instance.modality, number, instance.description, instance.format.rows, instance.format.columns)
    return "guessed-" + hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def groups_of(series: Series) -> list[Group]:
    """The series split by everything that makes two pictures unfit for one stack, each split with its reason.

    Parameters
    ----------
    series : Series
        With at least one instance.

    Returns
    -------
    list of Group
        Overview pictures beside other pictures come last, in one group for each size.
    """
    others, overviews = without_overviews(series.instances)
    groups = [Group(others, (taken_out(len(overviews)),) if overviews else ())]
    for split in _SPLITS:
        groups = [part for group in groups for part in split(group)]
    told = (beside_a_stack(len(overviews)),)
    alike = _by(overviews, lambda one: (size_of(one), brightness_of(one)))
    return [*groups, *(Group(tuple(members), told, is_overview=True) for members in alike.values())]


def _split(group: Group, key: Callable[[Instance], Hashable], reason: Callable[[int], Finding | None]) -> list[Group]:
    """A group by a key, and the reason for the parts where there are several."""
    parts = _by(group.instances, key)
    if len(parts) == 1:
        return [group]
    finding = reason(len(parts))
    told = group.findings if finding is None else (*group.findings, finding)
    return [Group(tuple(members), told) for members in parts.values()]


def _by_kind(group: Group) -> list[Group]:
    """Split by what the pictures are: object, modality, and the words of Image Type that tell maps apart."""

    def reason(kinds: int) -> Finding:
        message = f"The series holds {kinds} kinds of pictures (by image type); each kind is a stack of its own."
        return Finding("G13", Severity.NOTE, message, {"kinds": kinds}, ("0008,0008",))

    return _split(group, kind_of, reason)


def _by_size(group: Group) -> list[Group]:
    """Split by rows and columns."""

    def reason(sizes: int) -> Finding:
        message = f"The series holds pictures of {sizes} sizes, each a stack of its own."
        return Finding("G08", Severity.NOTE, message, {"sizes": sizes}, ("0028,0010", "0028,0011", "0028,0002"))

    return _split(group, size_of, reason)


def _by_brightness(group: Group) -> list[Group]:
    """Split where brightness runs the other way, and colour from grey."""

    def reason(ways: int) -> Finding:
        if len({is_coloured(one) for one in group.instances}) > 1:
            message = "The series holds colour and grey pictures, each a stack of its own."
            return Finding("G08", Severity.NOTE, message, {"ways": ways}, ("0028,0002", "0028,0004"))
        message = "In some pictures of the series small values are white, in others black; each is a stack of its own."
        return Finding("G67", Severity.NOTE, message, {"ways": ways}, ("0028,0004",))

    return _split(group, brightness_of, reason)


def _by_having_a_place(group: Group) -> list[Group]:
    """Split off the pictures without a position; why they have none is told where the stack is made."""
    return _split(group, lambda instance: instance.placement is not None, lambda _: None)


def _by_stack_id(group: Group) -> list[Group]:
    """Split by the stacks that a multi-frame object names (PS3.3 C.7.6.16.2.2.4)."""

    def reason(stacks: int) -> Finding:
        message = f"The frames belong to {stacks} stacks, shown one by one."
        return Finding("G56", Severity.NOTE, message, {"stacks": stacks}, ("0020,9056",))

    return _split(group, lambda instance: instance.stack_id if instance.frames > 1 else "", reason)


def _by_file(group: Group) -> list[Group]:
    """Split the files that hold several pictures each, unless they show the same places again and again."""
    files = list(_by(group.instances, file_of).values())
    clusters: list[tuple[frozenset[Hashable], list[Instance]]] = []
    for members in files:
        places = frozenset(map(place_of, members))
        for number, (known, gathered) in enumerate(clusters):
            if None not in places and (places <= known or known <= places):
                clusters[number] = (known | places, gathered + members)
                break
        else:
            clusters.append((places, members))
    if len(clusters) == 1:
        return [group]
    message = f"{len(clusters)} files hold frames of places of their own; each is a stack of its own."
    finding = Finding("G56", Severity.NOTE, message, {"stacks": len(clusters)}, ("0028,0008",))
    return [Group(tuple(members), (*group.findings, finding)) for _, members in clusters]


def _by(instances: Iterable[Instance], key: Callable[[Instance], Hashable]) -> dict[Hashable, list[Instance]]:
    """Instances gathered by a key, in the order they came."""
    gathered: dict[Hashable, list[Instance]] = {}
    for instance in instances:
        gathered.setdefault(key(instance), []).append(instance)
    return gathered


def _by_frame_of_reference(group: Group) -> list[Group]:
    """Split by coordinate system; blanks go with the only one there is."""
    return [Group(members, (*group.findings, *told)) for members, told in by_system(group.instances)]


def _by_pixel_spacing(group: Group) -> list[Group]:
    """Split where the pixel size changes."""
    parts = clusters(group.instances, same_pixel_spacing)
    if len(parts) == 1:
        return [group]
    message = f"The pixel size changes inside the series: {len(parts)} sizes, each a stack of its own."
    finding = Finding("G09", Severity.NOTE, message, {"sizes": len(parts)}, ("0028,0030",))
    return [Group(tuple(members), (*group.findings, finding)) for members in parts]


def _by_direction(group: Group) -> list[Group]:
    """Split by direction; pictures that each point their own way stay together and are refused."""
    if group.instances[0].placement is None:
        return [group]
    parts = clusters(group.instances, same_direction)
    if len(parts) == 1:
        return [group]
    alone = tuple(members[0] for members in parts if len(members) == 1)
    if len(alone) < 2:
        finding = _directions(Severity.NOTE, len(parts), f" and are treated as {len(parts)} separate stacks.")
        return [Group(tuple(members), (*group.findings, finding)) for members in parts]
    refused = _directions(Severity.BLOCK, len(alone), "; no two of them form a stack.")
    rest = [members for members in parts if len(members) > 1]
    told = _directions(Severity.NOTE, len(parts), f"; {len(alone)} single pictures of them are shown together.")
    stacks = [Group(tuple(members), (*group.findings, told)) for members in rest]
    return [*stacks, Group(alone, (*group.findings, refused))]


def _directions(severity: Severity, count: int, end: str) -> Finding:
    """G04."""
    message = f"The slices point in {count} directions{end}"
    return Finding("G04", severity, message, {"directions": count}, ("0020,0037",))


#: The hard keys, in the order they are told; a difference in one means a different stack.
_SPLITS: tuple[Callable[[Group], list[Group]], ...] = (
    _by_kind,
    _by_size,
    _by_brightness,
    _by_having_a_place,
    _by_stack_id,
    _by_frame_of_reference,
    _by_pixel_spacing,
    _by_direction,
    _by_file,
)
