"""Pictures of a series that were put elsewhere though they may belong among the slices of a stack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from webapp.dicom.alike import brightness_of, kind_of, same_direction, same_pixel_spacing, size_of
from webapp.dicom.grid import same_place_mm
from webapp.dicom.grouping import Group
from webapp.dicom.model import Instance, Placement

#: A picture this many steps beyond the last slice may still be the next one.
_NEXT_STEPS = 1.5


def unplaced_beside(group: Group, groups: Sequence[Group]) -> int:
    """How many single pictures of the same kind carry no position, where those of the group do.

    Parameters
    ----------
    group : Group
    groups : sequence of Group
        All of one series.
    """
    first = group.instances[0]
    if first.placement is None:
        return 0
    return sum(
        one.placement is None and one.frames == 1 for other in _alike(first, group, groups) for one in other.instances
    )


def misfits_among(group: Group, groups: Sequence[Group]) -> list[Placement]:
    """Where pictures of another size, pixel size or grey scale lie at places that the slices of a group leave free.

    Parameters
    ----------
    group : Group
    groups : sequence of Group
        All of one series.
    """
    first = group.instances[0]
    if first.placement is None or len(group.instances) < 2:
        return []
    normal = np.cross(first.placement.row, first.placement.column)
    taken = _positions(group, normal)
    step = (taken[-1] - taken[0]) / (len(taken) - 1)
    near, found = same_place_mm(taken), []
    for other in _alike(first, group, groups):
        reach = _NEXT_STEPS * step if len(other.instances) < len(group.instances) else 0.0
        for one in other.instances:
            place = one.placement
            if place is None or not _misfit(first, one):
                continue
            position = float(place.position_mm @ normal)
            inside = taken[0] - reach < position < taken[-1] + reach
            if inside and float(np.abs(taken - position).min()) > near:
                found.append(place)
    return found


def _alike(first: Instance, group: Group, groups: Sequence[Group]) -> Iterator[Group]:
    """The other groups of the same kind."""
    return (other for other in groups if other is not group and kind_of(other.instances[0]) == kind_of(first))


def _misfit(first: Instance, one: Instance) -> bool:
    """Whether a picture lies in the same direction and space, and is only stored in another way."""
    systems = {first.frame_of_reference, one.frame_of_reference} - {""}
    alike = size_of(first) == size_of(one) and brightness_of(first) == brightness_of(one)
    stored_alike = alike and same_pixel_spacing(first.placement, one.placement)
    return len(systems) < 2 and not stored_alike and same_direction(first.placement, one.placement)


def _positions(group: Group, normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ascending places of a group along a direction, mm."""
    places = [float(one.placement.position_mm @ normal) for one in group.instances if one.placement is not None]
    return np.sort(np.array(places))
