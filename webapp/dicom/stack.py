"""A group of pictures in spatial order, its grid proven, or the reason why they are no volume."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from webapp.config import AuditThresholds
from webapp.dicom.audit import grid_findings, pixel_findings
from webapp.dicom.audited import audited
from webapp.dicom.copies import Fingerprints, identity_findings, without_double_files
from webapp.dicom.directions import direction_findings
from webapp.dicom.frame_order import concatenation_findings, frame_order_findings
from webapp.dicom.grid import Frame, Grid, GridKind, common_frame, measure
from webapp.dicom.grouping import Group
from webapp.dicom.losses import NOTHING, Losses, loss_findings, with_holes
from webapp.dicom.model import Instance, Placement
from webapp.dicom.numbering import by_number
from webapp.dicom.pixel_size import no_pixel_size_finding
from webapp.dicom.summary import refused_summary, volume_summary
from webapp.dicom.systems import frame_of_reference_findings
from webapp.dicom.time_axis import TimeAxis
from webapp.dicom.volumes import Volumes, volumes_of
from webapp.dicom.wording import typeset, with_minus
from webapp.findings import OVERVIEWS, Finding, Severity, Verdict, verdict_of

#: Modalities whose multi-frame objects are slices or projections, and no film.
_SLICES = frozenset(("CT", "MR", "PT", "NM", "RTDOSE"))


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Pictures in the order they are kept, and what was found about them.

    Parameters
    ----------
    volumes : tuple of tuple of Instance
        T volumes of N pictures each; a volume's are ascending along the normal when there is a grid. Pictures that
        are no volume stand in one row, by number.
    frame : Frame or None
        Common directions.
    grid : Grid or None
        What the positions of the first volume measure, for at least two places.
    findings : tuple of Finding
    time : TimeAxis or None
        What runs from volume to volume.
    """

    volumes: tuple[tuple[Instance, ...], ...]
    frame: Frame | None
    grid: Grid | None
    findings: tuple[Finding, ...]
    time: TimeAxis | None = None

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The pictures of the first volume."""
        return self.volumes[0]

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
    def is_overview(self) -> bool:
        """Whether it holds the overview pictures of a series beside its slices."""
        return any(OVERVIEWS in finding.numbers for finding in self.findings)

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
        if not self.is_volume or self.grid is None:
            return refused_summary(self.instances, self.findings)
        line = with_minus(volume_summary(self.grid, self.instances, self.findings))
        return line if self.time is None else f"{line} · {self.time.words}"


def stack_of(
    group: Group, fingerprints: Fingerprints, thresholds: AuditThresholds | None = None, losses: Losses = NOTHING
) -> Stack:
    """The stack of a group, with every reason against it.

    Parameters
    ----------
    group : Group
    fingerprints : callable
        Hashes of instances' pixels; asked only of pictures that share a place or an id.
    thresholds : AuditThresholds, optional
    losses : Losses, optional
        What may have belonged to the stack.
    """
    if group.is_overview:
        told = (*group.findings, *_told_by_files(group.instances), *pixel_findings(group.instances))
        return Stack((by_number(group.instances),), None, None, typeset(told))
    instances, copies = without_double_files(group.instances, fingerprints)
    copies += identity_findings(instances, fingerprints)
    findings = [*group.findings, *loss_findings(losses), *copies, *_told_by_files(instances)]
    findings += concatenation_findings(instances)
    findings += pixel_findings(instances)
    placements = placements_of(instances)
    if verdict_of(findings) is not Verdict.REFUSED and (reason := _no_place(instances, placements)):
        findings.append(reason)
    elif placements:
        frame = common_frame(placements)
        findings += [*direction_findings(frame, placements), *frame_of_reference_findings(instances)]
        if verdict_of(findings) is not Verdict.REFUSED:
            judging = _Judging(frame, losses, thresholds or AuditThresholds(), not group.findings)
            return _placed(volumes_of(instances, frame, fingerprints), findings, judging)
    return Stack((by_number(instances),), None, None, typeset(findings))


@dataclass(frozen=True, slots=True, eq=False)
class _Judging:
    """What a stack is judged by: its directions, what it lacks, the thresholds, and whether it is all of its series."""

    frame: Frame
    losses: Losses
    thresholds: AuditThresholds
    whole: bool


def _placed(found: Volumes, findings: list[Finding], by: _Judging) -> Stack:
    """The stack of pictures whose places are known, measured and audited where there is one picture of each."""
    told = typeset((*findings, *found.findings))
    first, frame = found.volumes[0], by.frame
    if any(finding.id == "G16" for finding in found.findings):
        return Stack((first,), frame, None, told)
    if any(finding.id == "G20" for finding in found.findings):
        return Stack((by_number(first),), frame, None, told)
    if len(first) == 1:
        return Stack((first,), frame, None, typeset((*told, _one_picture(first[0]))))
    places = placements_of(first)
    grid = with_holes(measure(frame, places), frame, places, by.losses)
    only = by.whole and found.axis is None
    audit = grid_findings(audited(frame, grid, first, by.thresholds, only))
    return Stack(found.volumes, frame, grid, typeset((*told, *frame_order_findings(first), *audit)), found.axis)


def blocks_of(stack: Stack, thresholds: AuditThresholds | None = None, losses: Losses = NOTHING) -> Iterator[Stack]:
    """The evenly spaced blocks of a stack with wide holes, each as a stack of its own.

    Parameters
    ----------
    stack : Stack
    thresholds : AuditThresholds, optional
    losses : Losses, optional

    Yields
    ------
    Stack
        Only for blocks of at least two slices that are regular themselves.
    """
    if stack.grid is None or stack.frame is None or stack.grid.kind is not GridKind.SPARSE:
        return
    ends = np.flatnonzero(np.rint(stack.grid.gaps_mm / stack.grid.spacing_mm) > 1) + 1
    starts, stops = [0, *ends.tolist()], [*ends.tolist(), len(stack.instances)]
    for number, (start, stop) in enumerate(zip(starts, stops, strict=True), 1):
        volumes = tuple(volume[start:stop] for volume in stack.volumes)
        if stop - start < 2 or measure(stack.frame, placements_of(volumes[0])).kind is not GridKind.REGULAR:
            continue
        message = f"Block {number} of {len(starts)} of a series with wide holes, as a stack of its own."
        numbers = {"block": number, "blocks": len(starts)}
        findings = [
            Finding("G30", Severity.NOTE, message, numbers, ("0020,0032",)),
            *loss_findings(losses),
            *pixel_findings(volumes[0]),
            *_told_by_files(volumes[0]),
        ]
        judging = _Judging(stack.frame, losses, thresholds or AuditThresholds(), whole=False)
        yield _placed(Volumes(volumes, stack.time, ()), findings, judging)


def placements_of(instances: Sequence[Instance]) -> list[Placement]:
    """The places of the pictures that have one.

    Parameters
    ----------
    instances : sequence of Instance
    """
    return [instance.placement for instance in instances if instance.placement is not None]


def _told_by_files(instances: Sequence[Instance]) -> list[Finding]:
    """What reading the files told, each thing once."""
    told: dict[tuple[str, str], Finding] = {}
    for instance in instances:
        for finding in instance.findings:
            told.setdefault((finding.id, finding.message), finding)
    return list(told.values())


def _no_place(instances: Sequence[Instance], placements: Sequence[Placement]) -> Finding | None:
    """G01, G10, G14, G16: why pictures cannot lie in the patient at all."""
    if not placements and instances[0].frames > 1 and instances[0].modality not in _SLICES:
        message = f"A film of {len(instances)} pictures: they carry no position in the patient, so there is no volume."
        return Finding("G16", Severity.NOTE, message, {"pictures": len(instances)}, ("0028,0008", "0020,0032"))
    if len(placements) < len(instances):
        without, of = len(instances) - len(placements), len(instances)
        message = f"{without} of {of} pictures carry no position in the patient. They are shown as single pictures."
        if of == 1:
            message = "The picture carries no position in the patient. It is shown as a single picture."
        return Finding("G01", Severity.BLOCK, message, {}, ("0020,0032", "0020,0037"))
    if placements[0].spacing_mm is None:
        return no_pixel_size_finding(instances[0])
    return _one_picture(instances[0]) if len(instances) == 1 else None


def _one_picture(instance: Instance) -> Finding:
    """G14: what cannot be known of a single slice."""
    assumed = instance.recorded.spacing_between_slices or 1.0
    message = f"One picture: no distance between slices exists. (Other programs would have assumed {assumed:g} mm.)"
    return Finding("G14", Severity.NOTE, message, {"slices": 1}, ("0020,0032",))
