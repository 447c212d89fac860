"""The one door between dicom and imaging: files to stacks, voxels, findings and tag rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from webapp import stackfiles
from webapp.config import AuditThresholds, Limits
from webapp.dicom import archive
from webapp.dicom.alternation import alternation_findings
from webapp.dicom.apart import set_apart, unshown_slices
from webapp.dicom.contested import contested_in
from webapp.dicom.copies import pixel_fingerprints
from webapp.dicom.decoded import Decoded, no_voxels
from webapp.dicom.grouping import Group, groups_of, series_of
from webapp.dicom.losses import Losses, Lost, lost_pictures
from webapp.dicom.model import Instance, Series, SetAside
from webapp.dicom.picks import as_json, members_of, picked_stack
from webapp.dicom.reading import Reading
from webapp.dicom.stack import Stack, blocks_of, stack_of
from webapp.dicom.stack_values import values_of
from webapp.dicom.stragglers import misfits_among, unplaced_beside
from webapp.dicom.tag_intake import tag_table
from webapp.dicom.voxels import Report, in_hand, write_voxels
from webapp.dicom.wording import typeset
from webapp.errors import ExpandedTooBig, InstanceError, IntakeError, NoDecoder, NothingToShow, PicksUnfit
from webapp.overlaid import write_overlay
from webapp.stackmeta import NO_CHOICE, Choosing, write_meta

OPENED = "opened.json"
STACKS = "stacks"


@dataclass(frozen=True, slots=True)
class Opening:
    """How an input is opened.

    Parameters
    ----------
    staging : Path
        An empty folder that takes the result.
    limits : Limits
    report : Report
    skip : frozenset of int
        Members whose header stopped an earlier attempt.
    undecoded : frozenset of int
        Members whose pixels did.
    cores : int
        Pictures decoded at the same time.
    audit : AuditThresholds
    pick : tuple of str
        What to choose where places hold several pictures: one name of `webapp.dicom.picks.READY`, or marks. Every
        group that it settles gives one further stack. With marks only the series that holds them is opened.
    """

    staging: Path
    limits: Limits
    report: Report
    skip: frozenset[int] = frozenset()
    undecoded: frozenset[int] = frozenset()
    cores: int = 2
    audit: AuditThresholds = field(default_factory=AuditThresholds)
    pick: tuple[str, ...] = ()


def open_input(source: Path, opening: Opening) -> dict[str, Any]:
    """Read a zip, a folder or a file into stacks below the staging folder.

    Parameters
    ----------
    source : Path
    opening : Opening

    Returns
    -------
    dict
        The document that is also written as ``opened.json``.

    Raises
    ------
    IntakeError
        The input as a whole cannot be taken; `NothingToShow` when no member is a picture.
    PicksUnfit
        Marks that do not settle the contested places of one stack, or after which it is no volume.
    """
    members = members_of(opening.pick)
    with archive.opened(source, opening.limits) as opened:
        found = Reading(aside=[SetAside(passed.name, passed.code, passed.reason) for passed in opened.passed])
        for member in opened.members:
            with in_hand(opening.report, member):
                found.read(member, opening.limits, opening.skip, opening.undecoded)
            opening.report.progress("reading", member.number + 1, len(opened.members))
        opening.report.progress("placing", 0, len(found.instances))
        records = [
            _series(series, place, opening, found)
            for place, series in enumerate(series_of(found.instances))
            if members is None or any(one.member.number in members for one in series.instances)
        ]
        over = _laid_over(opening, found)
        document = {
            "input": {"files": len(opened.members) + len(opened.passed), "bytes": opened.bytes},
            "series": [record for record in records if record["stacks"]],
            "over": over,
            "set_aside": [asdict(one) for one in found.aside],
        }
    if members is not None and not any(record["picked"] for record in records):
        raise PicksUnfit
    if not document["series"] and not document["over"]:
        raise _why_nothing(found.aside)
    stackfiles.write_json(opening.staging / OPENED, document)
    return document


def _laid_over(opening: Opening, found: Reading) -> list[dict[str, Any]]:
    """The records of segmentations and structure sets, each written to a folder of its own."""
    records = []
    for place, member in enumerate(found.over):
        folder = opening.staging / STACKS / f"over-{place:04d}"
        try:
            with in_hand(opening.report, member):
                record = write_overlay(member, folder, found.instances, opening.limits)
        except InstanceError as error:
            found.aside.append(SetAside(member.name, error.code, error.cause))
        else:
            records.append({**record, "name": member.name, "stacks": [folder.name]})
        opening.report.progress("laying over", place + 1, len(found.over))
    return records


def _why_nothing(aside: Sequence[SetAside]) -> IntakeError:
    """The commonest reason for having nothing to show."""
    reasons = [one.reason for one in aside]
    if not reasons:
        return NothingToShow()
    commonest = max(set(reasons), key=reasons.count)
    if {one.code for one in aside} == {ExpandedTooBig.code}:
        return ExpandedTooBig(commonest)
    return NothingToShow(f"{NothingToShow.cause} {len(reasons)} files were set aside, most of them: {commonest}")


def _series(series: Series, place: int, opening: Opening, found: Reading) -> dict[str, Any]:
    """One series: its stacks written, its record for the document."""
    shown, apart = set_apart(series)
    found.aside += apart
    first = series.first
    record = {
        "series_instance_uid": series.series_uid,
        "uid_made_up": series.guessed,
        "study_instance_uid": series.study_uid,
        "patient_key": hashlib.sha256(series.patient_id.encode()).hexdigest()[:32],
        "modality": first.modality,
        "manufacturer": first.manufacturer,
        "description": first.description,
        "images": len(series.instances),
    }
    lost = found.lost_to(series) + [lost_pictures([one]) for one in unshown_slices(series)]
    stacks = _Stacks(record, opening, place, lost)
    found.aside += stacks.decode(groups_of(shown) if shown.instances else [])
    stacks.write(found.unread)
    return {**record, "stacks": stacks.names, "picked": stacks.picked}


class _Stacks:
    """The stacks of one series: all decoded first, so that each is judged knowing what is lost to any."""

    def __init__(self, series: dict[str, Any], opening: Opening, place: int, lost: list[Lost]) -> None:
        self._series, self._opening, self._place, self._lost = series, opening, place, lost
        self._decoded: list[tuple[Group, Decoded, Path]] = []
        self._pictures = series["images"] + sum(one.pictures for one in lost)
        self._groups: list[Group] = []
        self._undecoded: list[str] = []
        self.names: list[str] = []
        self.picked: list[str] = []

    def decode(self, groups: Sequence[Group]) -> list[SetAside]:
        """Decode every group's pictures; those that cannot be are set aside, and the rest is decoded without them."""
        aside: dict[SetAside, None] = {}
        self._groups = list(groups)
        for number, whole in enumerate(groups):
            group = whole
            folder = self._opening.staging / STACKS / f"{self._place:04d}-decoded-{number}"
            while group.instances:
                decoded, failed = self._decode(stack_of(group, pixel_fingerprints, self._opening.audit), folder)
                if not failed:
                    self._decoded.append((group, decoded, folder))
                    break
                aside |= dict.fromkeys(failed.values())
                if not group.is_overview:  # an overview picture leaves no hole among the slices
                    self._undecoded += [one.reason for one in failed.values() if one.code == NoDecoder.code]
                    self._lose([one for one in group.instances if id(one) in failed])
                group = replace(group, instances=tuple(one for one in group.instances if id(one) not in failed))
        return list(aside)

    def _lose(self, pictures: Sequence[Instance]) -> None:
        """Remember pictures that cannot be decoded, with the frames that their files do not even hold."""
        lost = lost_pictures(pictures)
        self._pictures += lost.pictures - len(pictures)
        self._lost.append(lost)

    def _decode(self, stack: Stack, folder: Path) -> tuple[Decoded, dict[int, SetAside]]:
        """Write the voxels; or nothing, and which pictures cannot be decoded, by their identity, and why."""
        folder.mkdir(parents=True, exist_ok=True)
        opening, voxels = self._opening, folder / stackfiles.VOXELS
        pictures = [picture for volume in stack.volumes for picture in volume]
        try:
            decoded = write_voxels(stack.volumes, voxels, opening.limits, opening.report, opening.cores)
        except ExpandedTooBig as error:  # of this stack alone: the others of the upload go on
            decoded = no_voxels(SetAside(picture.name, error.code, error.cause) for picture in pictures)
        if decoded.failed:
            voxels.unlink(missing_ok=True)
            folder.rmdir()
        return decoded, {id(pictures[place]): reason for place, reason in decoded.failed.items()}

    def write(self, unread: Sequence[Lost]) -> None:
        """Judge and write every stack; behind it the even blocks of one with wide holes, or what a pick makes of it."""
        for group, decoded, folder in self._decoded:
            losses = self._losses(group, unread)

            def judge(part: Group, losses: Losses = losses) -> Stack:
                return stack_of(part, pixel_fingerprints, self._opening.audit, losses)

            stack = judge(group)
            contested = contested_in(group, stack, pixel_fingerprints, judge)
            name = self._write(stack, decoded, folder, Choosing(choice=as_json(contested) if contested else None))
            for number, block in enumerate(blocks_of(stack, self._opening.audit, losses)):
                inside = folder.with_name(f"{folder.name}-block-{number}")
                found, failed = self._decode(block, inside)
                if not failed:
                    self._write(block, found, inside)
            if contested and self._opening.pick and (made := picked_stack(contested, self._opening.pick, judge)):
                self._write_picked(*made, folder.with_name(name))

    def _write_picked(self, stack: Stack, marks: list[str], refused: Path) -> None:
        """One further stack, of the pictures that were picked."""
        inside = refused.with_name(f"{refused.name}-picked")
        decoded, _ = self._decode(stack, inside)
        self.picked.append(self._write(stack, decoded, inside, Choosing.of_picks(marks, refused.name)))

    def _losses(self, group: Group, unread: Sequence[Lost]) -> Losses:
        """What a group may lack."""
        misfits = misfits_among(group, self._groups)
        return Losses(
            unusable=sum(one.pictures for one in self._lost),
            unplaced=unplaced_beside(group, self._groups),
            other_form=len(misfits),
            of=self._pictures,
            unread_files=sum(one.may_belong_to(group.instances[0]) for one in unread),
            undecoded=tuple(self._undecoded),
            placements=(*misfits, *(place for one in self._lost for place in one.placements)),
        )

    def _write(self, stack: Stack, decoded: Decoded, decoded_in: Path, choosing: Choosing = NO_CHOICE) -> str:
        """Put a stack's description beside its voxels, under its own name, which is given back."""
        number = len(self.names) - len(self.picked) + 1
        folder = decoded_in.with_name(choosing.name or f"{self._place:04d}-{number}")
        decoded_in.rename(folder)
        self._opening.report.progress("auditing", 0, 0)
        values = values_of(stack.volumes, decoded)
        alternating = alternation_findings(stack, stackfiles.open_voxels(folder), decoded.no_data, self._opening.audit)
        stack = replace(stack, findings=(*stack.findings, *typeset((*values.findings, *alternating))))
        write_meta(stack, decoded, values, self._series, folder, choosing)
        _write_tags(stack, folder, self._opening.limits)
        self.names.append(folder.name)
        return folder.name


def _write_tags(stack: Stack, folder: Path, limits: Limits) -> None:
    """``tags.json``: every element of every instance, what they share once, what varies in columns."""
    document = {"schema": stackfiles.TAGS_SCHEMA, **tag_table(stack.volumes, limits).as_json()}
    stackfiles.write_json(folder / stackfiles.TAGS, document)
