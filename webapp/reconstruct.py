"""The one door between dicom and imaging: files to stacks, voxels, findings and tag rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from webapp import stackfiles
from webapp.config import AuditThresholds, Limits
from webapp.dicom import archive, codecs, tags
from webapp.dicom.copies import pixel_fingerprints
from webapp.dicom.grouping import Group, groups_of, series_of, set_apart
from webapp.dicom.model import Instance, Series, SetAside
from webapp.dicom.read import read_instances
from webapp.dicom.stack import Stack, blocks_of, stack_of
from webapp.dicom.voxels import Report, in_hand, write_voxels
from webapp.errors import InstanceError, NothingToShow
from webapp.stackmeta import write_meta

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
        Members that stopped an earlier attempt.
    cores : int
        Pictures decoded at the same time.
    audit : AuditThresholds
    """

    staging: Path
    limits: Limits
    report: Report
    skip: frozenset[int] = frozenset()
    cores: int = 2
    audit: AuditThresholds = field(default_factory=AuditThresholds)


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
    """
    codecs.install()
    with archive.opened(source, opening.limits) as opened:
        aside = [SetAside(passed.name, passed.code, passed.reason) for passed in opened.passed]
        instances = _read(opened.members, opening, aside)
        opening.report.progress("placing", 0, len(instances))
        found = [_series(series, place, opening, aside) for place, series in enumerate(series_of(instances))]
        document = {
            "input": {"files": len(opened.members) + len(opened.passed), "bytes": opened.bytes},
            "series": [record for record in found if record["stacks"]],
            "set_aside": [asdict(one) for one in aside],
        }
    if not document["series"]:
        raise NothingToShow(_why_nothing(aside))
    stackfiles.write_json(opening.staging / OPENED, document)
    return document


def _why_nothing(aside: Sequence[SetAside]) -> str:
    """The commonest reason for having nothing to show."""
    reasons = [one.reason for one in aside]
    if not reasons:
        return NothingToShow.cause
    commonest = max(set(reasons), key=reasons.count)
    return f"{NothingToShow.cause} {len(reasons)} files were set aside, most of them: {commonest}"


def _read(members: Sequence[archive.Member], opening: Opening, aside: list[SetAside]) -> list[Instance]:
    """Every member's header; what cannot be read is set aside."""
    instances: list[Instance] = []
    for member in members:
        if member.number in opening.skip:
            aside.append(
                SetAside(member.name, "stopped_reading", "Reading this file stopped the reader; it is left out.")
            )
            continue
        try:
            with in_hand(opening.report, member.number):
                instances += read_instances(member, opening.limits)
        except InstanceError as error:
            aside.append(SetAside(member.name, error.code, error.cause))
        opening.report.progress("reading", member.number + 1, len(members))
    return instances


def _series(series: Series, place: int, opening: Opening, aside: list[SetAside]) -> dict[str, Any]:
    """One series: its stacks written, its record for the document."""
    shown, apart = set_apart(series)
    aside += apart
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
    stacks = _Stacks(record, opening, place)
    for group in groups_of(shown) if shown.instances else []:
        stacks.add_group(group, aside)
    return {**record, "stacks": stacks.names}


class _Stacks:
    """The stacks of one series, written one after the other."""

    def __init__(self, series: dict[str, Any], opening: Opening, place: int) -> None:
        self._series, self._opening, self._place = series, opening, place
        self.names: list[str] = []

    def add_group(self, group: Group, aside: list[SetAside]) -> None:
        """Write a group's stack, and the even blocks of one with wide holes behind it.

        Pictures that cannot be decoded are set aside and the stack is judged without them.
        """
        while group.instances:
            stack = stack_of(group, pixel_fingerprints, self._opening.audit)
            failed = self._add(stack)
            if not failed:
                for block in blocks_of(stack, self._opening.audit):
                    self._add(block)
                return
            aside += dict.fromkeys(failed.values())
            group = replace(group, instances=tuple(one for one in group.instances if id(one) not in failed))

    def _add(self, stack: Stack) -> dict[int, SetAside]:
        """Write one stack unless one of its pictures cannot be decoded; those by their identity, and why."""
        folder = self._opening.staging / STACKS / f"{self._place:04d}-{len(self.names) + 1}"
        folder.mkdir(parents=True, exist_ok=True)
        opening = self._opening
        voxels = folder / stackfiles.VOXELS
        decoded = write_voxels(stack.volumes, voxels, opening.limits, opening.report, opening.cores)
        if decoded.failed:
            voxels.unlink()
            folder.rmdir()
            pictures = [picture for volume in stack.volumes for picture in volume]
            return {id(pictures[place]): reason for place, reason in decoded.failed.items()}
        opening.report.progress("auditing", 0, 0)
        write_meta(stack, decoded, self._series, folder)
        _write_tags(stack, folder, opening.limits)
        self.names.append(folder.name)
        return {}


def _write_tags(stack: Stack, folder: Path, limits: Limits) -> None:
    """``tags.json``: every element of the first instance, and what varies over the others."""
    first = stack.instances[0]
    document = {
        "schema": stackfiles.SCHEMA,
        "instances": len(stack.instances),
        "rows": [asdict(row) for row in tags.rows_of_file(first.member.read(), limits, first.frame)],
        "varying": tags.varying([instance.dataset for instance in stack.instances], limits),
    }
    stackfiles.write_json(folder / stackfiles.TAGS, document)
