"""Coordinate systems (0020,0052) inside one series: which pictures share one, and what is said of it: G06 and G07."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from webapp.dicom.alike import same_direction
from webapp.dicom.grid import same_place_mm
from webapp.dicom.model import Instance
from webapp.findings import Finding, Severity

_EVIDENCE: Final = ("0020,0052",)

_SCRAMBLED: Final = (
    "Every picture names a coordinate system of its own, as scrambled ids do: that it fits other series is unproven; "
    "the positions decide."
)


def by_system(instances: Sequence[Instance]) -> list[tuple[tuple[Instance, ...], tuple[Finding, ...]]]:
    """Pictures by coordinate system, each part with why it stands alone; blanks go with the only one there is.

    When every picture names a system of its own the ids were scrambled file by file, as some anonymisers do: then
    they say nothing, and the positions decide alone.

    Parameters
    ----------
    instances : sequence of at least 1 Instance
    """
    whole = tuple(instances)
    parts: dict[str, list[Instance]] = {}
    for instance in whole:
        parts.setdefault(instance.frame_of_reference, []).append(instance)
    named = len(parts) - ("" in parts)
    if named < 2:
        return [(whole, ())]
    if named == len(whole) > 2:
        return [(whole, (Finding("G07", Severity.NOTE, _SCRAMBLED, {}, _EVIDENCE),))]
    return [(tuple(members), (_split(members, whole, named),)) for members in parts.values()]


def _split(members: Sequence[Instance], whole: Sequence[Instance], systems: int) -> Finding:
    """G06: a part of a series in several coordinate systems; a warning where its slices and the others' alternate."""
    here, of = len(members), len(whole)
    which = "name none of them" if not members[0].frame_of_reference else "share one of them"
    message = (
        f"The series holds slices of {systems} coordinate systems, which are not combined: each is a stack of its own. "
        f"The {here} of {of} pictures here {which}."
    )
    numbers = {"systems": systems, "pictures": here, "of": of}
    if not _alternate(members, [one for one in whole if one.frame_of_reference != members[0].frame_of_reference]):
        return Finding("G06", Severity.NOTE, message, numbers, _EVIDENCE)
    message += " By their positions the others lie between these: slices may be missing here."
    return Finding("G06", Severity.WARN, message, numbers, _EVIDENCE)


def _alternate(members: Sequence[Instance], others: Sequence[Instance]) -> bool:
    """Whether others of the same direction lie at places that these slices leave free between them."""
    first = members[0].placement
    if first is None or len(members) < 2:
        return False
    normal = np.cross(first.row, first.column)
    taken = np.sort([float(one.placement.position_mm @ normal) for one in members if one.placement is not None])
    near = same_place_mm(taken)
    free = (
        float(one.placement.position_mm @ normal)
        for one in others
        if one.placement is not None and same_direction(first, one.placement)
    )
    return any(taken[0] < place < taken[-1] and float(np.abs(taken - place).min()) > near for place in free)


def frame_of_reference_findings(instances: Sequence[Instance]) -> list[Finding]:
    """G07: whether the stack can be put beside others."""
    without = sum(not instance.frame_of_reference for instance in instances)
    if not without:
        return []
    message = "No coordinate system is named: that it fits other series is unproven."
    if without < len(instances):
        message = (
            f"{without} of {len(instances)} pictures name no coordinate system: that they fit the others is unproven."
        )
    return [Finding("G07", Severity.NOTE, message, {"without": without}, _EVIDENCE)]
