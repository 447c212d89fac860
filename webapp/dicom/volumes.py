"""Pictures that share places, sorted into volumes: by a parameter, a counter, a clock, or the numbering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from webapp.dicom.copies import without_copies, without_double_files
from webapp.dicom.cover import Places, covering, explaining, keyed, places_of
from webapp.dicom.grid import Frame
from webapp.dicom.model import Instance
from webapp.dicom.numbering import blocks_of_numbers, by_number
from webapp.dicom.soft_keys import ALL_KEYS, PARAMETERS, SoftKey
from webapp.dicom.time_axis import TimeAxis, axis_finding, time_axis
from webapp.findings import Finding, Severity

#: Places that a finding lists; the rest is counted.
_LISTED = 100


@dataclass(frozen=True, slots=True, eq=False)
class Volumes:
    """Pictures as volumes that share one list of places.

    Parameters
    ----------
    volumes : tuple of tuple of Instance
        Ascending along the normal; the axis' values ascending.
    axis : TimeAxis or None
        None for a single volume with nothing to run over.
    findings : tuple of Finding
        G18, G19, G21; or why there is no volume: G16, G20, and then all pictures are in one row.
    """

    volumes: tuple[tuple[Instance, ...], ...]
    axis: TimeAxis | None
    findings: tuple[Finding, ...]


def volumes_of(
    instances: Sequence[Instance], frame: Frame, fingerprints: Callable[[Sequence[Instance]], list[str]]
) -> Volumes:
    """The volumes among pictures of one direction and size.

    A value of a key makes a volume when it covers every place exactly once. Physical parameters are asked first;
    they hold even where two pictures have equal pixels. Then copies go, and what is left is asked for counters and
    clocks, and at last for equal blocks of numbering.

    Parameters
    ----------
    instances : sequence of at least 1 Instance
        All with a placement.
    frame : Frame
    fingerprints : callable
        Hashes of pictures' pixels; asked only of pictures that share a place or an id.
    """
    once, told = without_double_files(instances, fingerprints)
    if (single := _single(once, frame)) is not None:
        return Volumes((single,), None, tuple(told))
    one_place = len(set(places_of(once, frame))) == 1
    found = None if one_place else _by_keys(once, frame, PARAMETERS, whole_only=True)
    if found is not None:
        return replace(found, findings=(*told, *found.findings))
    kept, copies = without_copies(once, fingerprints)
    if (single := _single(kept, frame)) is not None:
        return Volumes((single,), None, (*told, *copies))
    if one_place:
        return Volumes((_film(kept, frame),), None, (*told, *copies, _one_place(len(kept))))
    for pictures, words in ((once, []), (kept, copies)):
        found = _by_keys(pictures, frame, ALL_KEYS, whole_only=False) or _by_blocks(pictures, frame)
        if found is not None:
            return replace(found, findings=(*told, *words, *found.findings))
    return Volumes((tuple(kept),), None, (*told, *copies, _unexplained(kept, frame)))


def _single(instances: Sequence[Instance], frame: Frame) -> tuple[Instance, ...] | None:
    """The pictures in spatial order when no two share a place."""
    places = places_of(instances, frame)
    if len(set(places)) < len(places):
        return None
    return tuple(instance for _, instance in sorted(zip(places, instances, strict=True), key=lambda pair: pair[0]))


def _by_keys(
    instances: Sequence[Instance], frame: Frame, keys: Sequence[SoftKey], *, whole_only: bool
) -> Volumes | None:
    """The first key, or pair of keys, that explains every picture; incomplete volumes only where counts differ."""
    places = places_of(instances, frame)
    if whole_only and len(set(Counter(places).values())) > 1:
        return None
    for chosen, values in keyed(instances, keys):
        volumes = explaining(instances, places, values)
        if volumes is not None:
            return _explained(volumes, chosen)
    return None


def _film(pictures: Sequence[Instance], frame: Frame) -> tuple[Instance, ...]:
    """Pictures of one place, by what tells them apart, else by number."""
    found = _by_keys(pictures, frame, ALL_KEYS, whole_only=True)
    return by_number(pictures) if found is None else tuple(volume[0] for volume in found.volumes)


def _by_blocks(instances: Sequence[Instance], frame: Frame) -> Volumes | None:
    """Equal blocks of numbering, as the last resort."""
    marks = [(instance.number, instance.frame, instance.tile and instance.tile.place) for instance in instances]
    if any(instance.number is None for instance in instances) or len(set(marks)) < len(marks):
        return None
    ordered = by_number(instances)
    places = places_of(ordered, frame)
    blocks = blocks_of_numbers(places)
    if blocks is None:
        return None
    volumes = covering(ordered, places, blocks)
    return None if volumes is None else _explained({float(at + 1): volume for at, volume in volumes.items()}, [])


def _explained(volumes: Mapping[Any, Places], keys: Sequence[SoftKey]) -> Volumes:
    """The whole volumes with the name of what runs over them; the others left out and said."""
    full = max(len(volume) for volume in volumes.values())
    whole = {value: volume for value, volume in volumes.items() if len(volume) == full}
    axis = time_axis(list(whole), keys)
    told = [axis_finding(axis, keys)] if len(whole) > 1 else []
    for number, volume in enumerate(volumes.values(), 1):
        if len(volume) < full:
            message = f"Volume {number} has {len(volume)} of {full} slices (aborted?) and is left out."
            counted = {"volume": number, "slices": len(volume), "of": full}
            told.append(Finding("G21", Severity.WARN, message, counted, ("0020,0032",)))
    ordered = tuple(tuple(volume[place] for place in range(full)) for volume in whole.values())
    return Volumes(ordered, axis if len(whole) > 1 else None, tuple(told))


def _one_place(count: int) -> Finding:
    """G16: a film of one place."""
    message = f"All {count} pictures show the same place: a series over time or a parameter, not a volume."
    return Finding("G16", Severity.NOTE, message, {"pictures": count}, ("0020,0032",))


def _unexplained(instances: Sequence[Instance], frame: Frame) -> Finding:
    """G20: places with several pictures that nothing tells apart."""
    counts = Counter(places_of(instances, frame))
    several = tuple(sorted(place for place, count in counts.items() if count > 1))
    message = (
        f"{len(several)} of {len(counts)} places hold more than one different picture, and neither a parameter nor a "
        "time nor the numbering tells which belong together. They are shown as single pictures until somebody chooses."
    )
    numbers = {"pictures": len(instances), "places": len(counts), "repeated": len(several)}
    return Finding("G20", Severity.BLOCK, message, numbers, ("0020,0032",), several[:_LISTED])
