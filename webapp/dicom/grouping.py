"""Instances to series, and series to groups whose pictures could form one stack."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace

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
from webapp.dicom.apart import is_localizer, overviews, reason_apart
from webapp.dicom.colour import is_coloured
from webapp.dicom.model import Instance, Series, SetAside
from webapp.findings import Finding, Severity


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Pictures of one series with the same size, directions and kind.

    Parameters
    ----------
    instances : tuple of Instance
    findings : tuple of Finding
        Why the series was split, if it was.
    """

    instances: tuple[Instance, ...]
    findings: tuple[Finding, ...] = ()


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


def set_apart(series: Series) -> tuple[Series, list[SetAside]]:
    """The series without what this version does not show, each with its reason.

    What has no colours and no greys known here is named; overview pictures go when there is something else to show.
    """
    aside, kept = [], []
    mixed = len({is_localizer(instance) for instance in series.instances}) == 2
    for instance in series.instances:
        reason = reason_apart(instance, mixed)
        if reason:
            aside.append(SetAside(instance.name, *reason))
        else:
            kept.append(instance)
    findings = (overviews(sum(map(is_localizer, series.instances))),) if mixed else ()
    return replace(series, instances=tuple(kept), findings=findings), list(dict.fromkeys(aside))


def groups_of(series: Series) -> list[Group]:
    """The series split by everything that makes two pictures unfit for one stack, each split with its reason.

    Parameters
    ----------
    series : Series
        With at least one instance.
    """
    groups = [Group(series.instances, series.findings)]
    for split in _SPLITS:
        groups = [part for group in groups for part in split(group)]
    return groups


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
    """Split by coordinate system; blanks go with the only one there is.

    When every picture names a system of its own the ids were scrambled file by file, as some anonymisers do: then
    they say nothing, and the positions decide alone.
    """
    uids = {instance.frame_of_reference for instance in group.instances} - {""}
    if len(uids) < 2:
        return [group]
    evidence = ("0020,0052",)
    if len(uids) == len(group.instances) > 2:
        message = (
            "Every picture names a coordinate system of its own, as scrambled ids do: that it fits other series is "
            "unproven; the positions decide."
        )
        return [Group(group.instances, (*group.findings, Finding("G07", Severity.NOTE, message, {}, evidence)))]
    message = f"The series holds slices of {len(uids)} coordinate systems; they are not combined."
    finding = Finding("G06", Severity.NOTE, message, {"systems": len(uids)}, evidence)
    parts = _by(group.instances, lambda instance: instance.frame_of_reference)
    return [Group(tuple(members), (*group.findings, finding)) for members in parts.values()]


def _by_pixel_spacing(group: Group) -> list[Group]:
    """Split where the pixel size changes."""
    parts = clusters(group.instances, same_pixel_spacing)
    if len(parts) == 1:
        return [group]
    message = f"The pixel size changes inside the series: {len(parts)} sizes, each a stack of its own."
    finding = Finding("G09", Severity.NOTE, message, {"sizes": len(parts)}, ("0028,0030",))
    return [Group(tuple(members), (*group.findings, finding)) for members in parts]


def _by_direction(group: Group) -> list[Group]:
    """Split by direction; when every picture points its own way they stay together and are refused."""
    if group.instances[0].placement is None:
        return [group]
    parts = clusters(group.instances, same_direction)
    if len(parts) == 1:
        return [group]
    alone = all(len(members) == 1 for members in parts)
    finding = Finding(
        "G04",
        Severity.BLOCK if alone else Severity.NOTE,
        f"The slices point in {len(parts)} directions"
        + ("; no two of them form a stack." if alone else f" and are treated as {len(parts)} separate stacks."),
        {"directions": len(parts)},
        ("0020,0037",),
    )
    if alone:
        return [Group(group.instances, (*group.findings, finding))]
    return [Group(tuple(members), (*group.findings, finding)) for members in parts]


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
