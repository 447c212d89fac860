"""A group of pictures in spatial order, its grid proven, or the reason why they are no volume."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.dicom.audit import (
    direction_findings,
    frame_of_reference_findings,
    grid_findings,
    pixel_findings,
)
from webapp.dicom.grid import Frame, Grid, along, common_frame, measure, same_place_mm
from webapp.dicom.grouping import Group
from webapp.dicom.model import Instance, Placement
from webapp.dicom.tolerances import thickness_of
from webapp.errors import InstanceError
from webapp.findings import Finding, Severity, Verdict, verdict_of

#: Gaps below this are none, mm.
_NO_GAP_MM = 0.005

#: Findings that say why pictures are no volume; the last one found is the summary.
_NO_VOLUME = frozenset(
    ("G01", "G02", "G04", "G10", "G14", "G16", "G17", "G20", "G28", "G29", "G30", "G31", "G48", "G53")
)


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Pictures in the order they are kept, and what was found about them.

    Parameters
    ----------
    instances : tuple of Instance
        Ascending along the normal when there is a grid; by number otherwise.
    frame : Frame or None
        Common directions.
    grid : Grid or None
        What the positions measure, for at least two places.
    findings : tuple of Finding
    """

    instances: tuple[Instance, ...]
    frame: Frame | None
    grid: Grid | None
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """How far the stack can be trusted."""
        return verdict_of(self.findings)

    @property
    def is_volume(self) -> bool:
        """Whether its pictures may be shown as one volume."""
        return self.grid is not None and self.verdict is not Verdict.REFUSED

    @property
    def kind(self) -> str:
        """``volume``; ``cine`` for several pictures of one place; ``pictures`` for everything else."""
        if self.is_volume:
            return "volume"
        return "cine" if any(finding.id == "G16" for finding in self.findings) else "pictures"

    @property
    def spacing_mm(self) -> tuple[float, float, float] | None:
        """Slice, row and column spacing of a volume, mm."""
        placement = self.instances[0].placement
        if self.grid is None or placement is None or placement.spacing_mm is None:
            return None
        return (self.grid.spacing_mm, *placement.spacing_mm)

    @property
    def summary(self) -> str:
        """The audit in one line."""
        return _summary(self)


def stack_of(group: Group, fingerprint: Callable[[Instance], str]) -> Stack:
    """The stack of a group, with every reason against it.

    Parameters
    ----------
    group : Group
    fingerprint : callable
        A hash of an instance's pixels; asked only of pictures that lie at the same place.
    """
    instances, copies = _without_copies(group.instances, fingerprint)
    findings = [*group.findings, *copies, *pixel_findings(instances)]
    placements = [instance.placement for instance in instances if instance.placement is not None]
    if reason := _no_place(instances, placements):
        return Stack(_by_number(instances), None, None, (*findings, reason))
    frame = common_frame(placements)
    findings += [*direction_findings(frame), *frame_of_reference_findings(instances)]
    if verdict_of(findings) is Verdict.REFUSED:
        return Stack(_by_number(instances), frame, None, tuple(findings))
    order = np.argsort(along(frame, placements), kind="stable")
    instances, placements = [instances[place] for place in order], [placements[place] for place in order]
    if reason := _not_one_each(along(frame, placements)):
        return Stack(_by_number(instances), frame, None, (*findings, reason))
    grid = measure(frame, placements)
    return Stack(tuple(instances), frame, grid, (*findings, *grid_findings(grid, instances)))


def pixel_fingerprint(instance: Instance) -> str:
    """A hash of everything from the pixel element on, which tells copies from other pictures.

    A file that cannot be read whole is a copy of nothing; it is set aside where its picture is decoded.
    """
    try:
        return hashlib.sha256(instance.member.read()[max(instance.pixel_offset, 0) :]).hexdigest()
    except InstanceError:
        return f"unreadable {instance.member.number}"


def _without_copies(
    instances: Sequence[Instance], fingerprint: Callable[[Instance], str]
) -> tuple[list[Instance], list[Finding]]:
    """Drop exact copies: same SOP Instance or same place, and the same pixels."""
    suspects = _suspects(instances)
    seen: set[tuple[object, str]] = set()
    kept = []
    for instance in instances:
        key = suspects.get(id(instance))
        if key is None:
            kept.append(instance)
        elif (mark := (key, fingerprint(instance))) not in seen:
            seen.add(mark)
            kept.append(instance)
    dropped = len(instances) - len(kept)
    if not dropped:
        return kept, []
    message = f"{dropped} identical cop{'y' if dropped == 1 else 'ies'} ignored: the same picture was sent twice."
    return kept, [Finding("G18", Severity.NOTE, message, {"copies": dropped}, ("0008,0018", "0020,0032"))]


def _suspects(instances: Sequence[Instance]) -> dict[int, object]:
    """What each instance shares with another: its SOP Instance UID, or its exact position. Absent UIDs are unique."""
    gathered: dict[object, list[Instance]] = {}
    for instance in instances:
        place = None if instance.placement is None else instance.placement.position_mm.round(4).tobytes()
        for key in (instance.sop_uid or None, place):
            if key is not None:
                gathered.setdefault(key, []).append(instance)
    return {id(instance): key for key, members in gathered.items() if len(members) > 1 for instance in members}


def _no_place(instances: Sequence[Instance], placements: Sequence[Placement]) -> Finding | None:
    """G01, G10, G14, G17: why pictures cannot lie in the patient at all."""
    if "MOSAIC" in instances[0].image_type:
        message = "Each picture is a mosaic of many slices. This version does not unpack it."
        return Finding("G17", Severity.BLOCK, message, {}, ("0008,0008", "0029,1010"))
    if len(placements) < len(instances):
        message = (
            f"{len(instances) - len(placements)} of {len(instances)} pictures carry no position in the patient. "
            "They are shown as single pictures."
        )
        return Finding("G01", Severity.BLOCK, message, {}, ("0020,0032", "0020,0037"))
    if placements[0].spacing_mm is None:
        message = "There is no usable pixel size, so there are no lengths in mm and no volume."
        return Finding("G10", Severity.WARN, message, {}, ("0028,0030",))
    if len(instances) == 1:
        message = "One picture: no distance between slices exists."
        return Finding("G14", Severity.NOTE, message, {"slices": 1}, ("0020,0032",))
    return None


def _not_one_each(positions_mm: NDArray[np.float64]) -> Finding | None:
    """G16, G20: places that hold more than one picture."""
    gaps = np.diff(positions_mm)
    same = np.flatnonzero(gaps <= same_place_mm(positions_mm))
    if not same.size:
        return None
    total, places = len(positions_mm), len(positions_mm) - len(same)
    if places == 1:
        message = f"All {total} pictures show the same place: a series over time or a parameter, not a volume."
        return Finding("G16", Severity.NOTE, message, {"pictures": total}, ("0020,0032",))
    message = (
        f"{total} pictures lie at {places} places, so places hold more than one different picture. "
        "This version does not tell them apart."
    )
    numbers = {"pictures": total, "places": places}
    return Finding("G20", Severity.BLOCK, message, numbers, ("0020,0032",), tuple(int(place) for place in same[:100]))


def _by_number(instances: Sequence[Instance]) -> tuple[Instance, ...]:
    """Pictures without a spatial order: by Instance Number, then as they came."""
    return tuple(sorted(instances, key=lambda instance: (instance.number is None, instance.number or 0)))


def _summary(stack: Stack) -> str:
    """Spacing, thickness, gap, the tag, tilt and count; or why there is no volume."""
    count = f"{len(stack.instances)} slices"
    if not stack.is_volume or stack.grid is None:
        return next((finding.message for finding in reversed(stack.findings) if finding.id in _NO_VOLUME), count)
    tag = stack.instances[0].recorded.spacing_between_slices
    agrees = any(finding.id == "G33" for finding in stack.findings)
    parts = [
        f"Spacing {stack.grid.spacing_mm:.2f} mm (measured)",
        _thickness_and_gap(stack.grid.spacing_mm, thickness_of(stack.instances)),
        "" if tag is None else f"(0018,0088) {tag:.2f} mm {'agrees' if agrees else 'differs'}",
        f"tilt {abs(stack.grid.tilt_deg):.1f}°",
        f"{count}, none missing",
    ]
    return " · ".join(part for part in parts if part)


def _thickness_and_gap(spacing_mm: float, thickness_mm: float | None) -> str:
    """What the tag says of the thickness, and the gap or overlap that follows."""
    if thickness_mm is None:
        return "thickness not recorded"
    gap = spacing_mm - thickness_mm
    words = "gap" if gap > 0 else "overlap"
    rest = "no gap" if abs(gap) < _NO_GAP_MM else f"{words} {abs(gap):.2f} mm ({abs(gap) / thickness_mm:.0%})"
    return f"thickness {thickness_mm:.2f} mm (tag) · {rest}"
