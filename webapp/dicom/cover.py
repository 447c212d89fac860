"""Pictures against places: which keys there are, and whose values cover every place once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.dicom.grid import DRIFT_MM, DRIFT_PIXELS, Frame, along, same_place_mm
from webapp.dicom.model import Instance
from webapp.dicom.soft_keys import SoftKey

#: A volume by the place of each of its pictures.
Places = dict[int, Instance]


def places_of(instances: Sequence[Instance], frame: Frame) -> list[int]:
    """Which place along the normal, from 0, each picture lies at.

    Parameters
    ----------
    instances : sequence of at least 1 Instance
        All with a placement.
    frame : Frame
    """
    positions = positions_mm(instances, frame)
    order = np.argsort(positions, kind="stable")
    steps = np.diff(positions[order], prepend=positions[order[0]]) > same_place_mm(positions)
    places = np.empty(len(positions), int)
    places[order] = np.cumsum(steps)
    return [int(place) for place in places]


def positions_mm(instances: Sequence[Instance], frame: Frame) -> NDArray[np.float64]:
    """(N,) places along the normal of pictures that have one, mm.

    Parameters
    ----------
    instances : sequence of Instance
    frame : Frame
    """
    return along(frame, [instance.placement for instance in instances if instance.placement is not None])


def keyed(instances: Sequence[Instance], keys: Sequence[SoftKey]) -> Iterator[tuple[list[SoftKey], list[Any]]]:
    """Each key, then each pair of keys, that every picture has, with the value of each picture.

    Parameters
    ----------
    instances : sequence of Instance
    keys : sequence of SoftKey
    """
    usable = list(_usable(instances, keys))
    for chosen in (*((one,) for one in usable), *combinations(usable, 2)):
        yield [key for key, _ in chosen], list(zip(*(found for _, found in chosen), strict=True))


def _usable(instances: Sequence[Instance], keys: Sequence[SoftKey]) -> Iterator[tuple[SoftKey, list[Any]]]:
    """The keys that every picture has, with their values, where there are at least two."""
    for key in keys:
        values = []
        for instance in instances:
            value = key.value(instance)
            if value is None:
                break
            values.append(value)
        if len(values) == len(instances) and len(set(values)) > 1:
            yield key, values


def explaining(
    instances: Sequence[Instance], places: Sequence[int], values: Sequence[Any]
) -> Mapping[Any, Places] | None:
    """The volumes of the values, ascending, when they explain every picture; incomplete ones only where counts differ.

    Parameters
    ----------
    instances : sequence of Instance
    places, values : sequence
        Of each picture.
    """
    volumes = covering(instances, places, values)
    differ = len(set(Counter(places).values())) > 1
    return volumes if volumes is not None and (differ or _all_whole(volumes)) else None


def covering(
    instances: Sequence[Instance], places: Sequence[int], values: Sequence[Any]
) -> Mapping[Any, Places] | None:
    """The volumes of the values, ascending: none holds two pictures of one place, most hold one of every place.

    Parameters
    ----------
    instances : sequence of Instance
    places, values : sequence
        Of each picture.

    Returns
    -------
    mapping or None
        None where the values are no such volumes.
    """
    volumes: dict[Any, Places] = {}
    for instance, place, value in zip(instances, places, values, strict=True):
        volume = volumes.setdefault(value, {})
        if place in volume:
            return None
        volume[place] = instance
    full = max(places) + 1
    whole = [volume for volume in volumes.values() if len(volume) == full]
    if not whole or 2 * len(whole) < len(volumes) or not _same_origins(whole):
        return None
    return {value: volumes[value] for value in sorted(volumes)}


def _all_whole(volumes: Mapping[Any, Places]) -> bool:
    """Whether every volume holds a picture of every place."""
    return len({len(volume) for volume in volumes.values()}) == 1


def _same_origins(volumes: Sequence[Places]) -> bool:
    """Whether pictures of one place start at the same point of the patient in all volumes."""
    first = volumes[0]
    pixel = next(iter(first.values())).placement
    pixel_mm = min(pixel.spacing_mm) if pixel is not None and pixel.spacing_mm is not None else 0.0
    limit = max(DRIFT_MM, DRIFT_PIXELS * pixel_mm)
    return all(
        a.placement is not None
        and b.placement is not None
        and float(np.linalg.norm(a.placement.position_mm - b.placement.position_mm)) <= limit
        for volume in volumes[1:]
        for a, b in ((first[place], picture) for place, picture in volume.items())
    )
