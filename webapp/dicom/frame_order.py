"""Whether the frames of a multi-frame object are all here, and numbered as they lie (PS3.3 C.7.6.16, C.7.6.17)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from webapp.dicom.functional_groups import dimensions
from webapp.dicom.model import Instance
from webapp.dicom.values import numbers, whole
from webapp.findings import Finding, Severity

#: Dimensions along space: In-Stack Position Number and Image Position (Patient).
_SPATIAL = (0x00209057, 0x00200032)


def frame_order_findings(instances: Sequence[Instance]) -> list[Finding]:
    """G55: numbers that should count the slices and do not.

    Parameters
    ----------
    instances : sequence of Instance
        In spatial order, one of each place.
    """
    if not any(instance.frames > 1 for instance in instances):
        return []
    disagreeing = [
        tag
        for tag, counted in (("0020,9057", _in_stack(instances)), ("0020,9157", _indexed(instances)))
        if counted is not None and not _runs(counted)
    ]
    if not disagreeing:
        return []
    message = "The frame numbers do not run as the positions do; the positions are used."
    return [Finding("G55", Severity.NOTE, message, {}, tuple(disagreeing))]


def _runs(counted: Sequence[int]) -> bool:
    """Whether numbers only rise, or only fall."""
    steps = [after - before for before, after in pairwise(counted)]
    return all(step > 0 for step in steps) or all(step < 0 for step in steps)


def _in_stack(instances: Sequence[Instance]) -> list[int] | None:
    """In-Stack Position Number (0020,9057) of every picture, or None."""
    found = [whole(instance.dataset, "InStackPositionNumber") for instance in instances]
    known = [number for number in found if number is not None]
    return known if len(known) == len(found) else None


def _indexed(instances: Sequence[Instance]) -> list[int] | None:
    """The spatial part of the Dimension Index Values (0020,9157) of every picture, or None."""
    spatial = [place for place, tag in enumerate(dimensions(instances[0].dataset)) if tag in _SPATIAL]
    if not spatial:
        return None
    found = [numbers(instance.dataset, "DimensionIndexValues") or [] for instance in instances]
    return [int(values[spatial[0]]) for values in found] if all(len(values) > spatial[0] for values in found) else None


def concatenation_findings(instances: Sequence[Instance]) -> list[Finding]:
    """G25: an object that was sent in several files, some of which are not here (PS3.3 C.7.6.16.2.2.4).

    Parameters
    ----------
    instances : sequence of Instance
        Of one stack.
    """
    files: dict[str, set[int]] = {}
    for instance in instances:
        if instance.concatenation:
            files.setdefault(instance.concatenation, set()).add(instance.member.number)
    announced = whole(instances[0].dataset, "InConcatenationTotalNumber") or 0
    here = len(files.get(instances[0].concatenation, ()))
    if not here or here >= announced:
        return []
    message = f"The object was cut into {announced} files and {here} of them are here: slices may be missing."
    return [Finding("G25", Severity.NOTE, message, {"announced": announced, "here": here}, ("0020,9161", "0020,9163"))]
