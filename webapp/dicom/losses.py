"""Pictures of a series that could not be used: G71, and the holes that their headers tell of."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag, Tag

from webapp.dicom.alike import same_direction
from webapp.dicom.archive import Member
from webapp.dicom.grid import WIDEST_HOLE, Frame, Grid, GridKind, along, measure, same_place_mm
from webapp.dicom.model import Instance, Placement
from webapp.dicom.picture_classes import class_of, is_picture_class
from webapp.dicom.typed import placement_of
from webapp.dicom.values import text
from webapp.errors import InstanceError, NotAnImage, NotDicom
from webapp.findings import Finding, Severity

#: First bytes of a file that are searched for its identity and its place.
_SEARCHED: Final = 1 << 18

#: Where to stop reading: behind the geometry, else behind the identity, the kind of object, the file's own elements.
_ENDS: Final = (Tag(0x0028, 0x0031), Tag(0x0020, 0x0010), Tag(0x0008, 0x0018), Tag(0x0008, 0x0000))

_EVIDENCE: Final = ("0020,000E",)


@dataclass(frozen=True, slots=True, eq=False)
class Lost:
    """A file, or some of its pictures, that cannot be used.

    Parameters
    ----------
    key : tuple of 3 str
        Patient, study and series; empty where nothing is known.
    placements : tuple of Placement
        Where its pictures lie, as far as the header says.
    pictures : int
        How many there are.
    sop_class : str
        What kind of object the file says it is; empty where nothing is known.
    """

    key: tuple[str, str, str] = ("", "", "")
    placements: tuple[Placement, ...] = ()
    pictures: int = 1
    sop_class: str = ""

    def may_belong_to(self, instance: Instance) -> bool:
        """Whether nothing that is known of it speaks against its being of this picture's series and kind."""
        _, study, series = self.key
        same_kind = self.sop_class in ("", instance.sop_class)
        # An identifier may be cut short with the file it stands in.
        return same_kind and instance.study_uid.startswith(study) and instance.series_uid.startswith(series)


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """What a stack lacks.

    Parameters
    ----------
    unusable : int
        Pictures of its series that could not be read or decoded.
    unplaced, other_form : int
        Pictures that were put elsewhere: for want of a position, or because they are stored in another way though
        they lie among these.
    of : int
        Pictures of the series in all.
    unread_files : int
        Files of the upload that could not be read and may belong here.
    placements : tuple of Placement
        Where the lacking pictures lie, as far as it is known.
    undecoded : tuple of str
        Of each picture among the unusable that nothing here decodes, the reason as a sentence.
    """

    unusable: int = 0
    unplaced: int = 0
    other_form: int = 0
    of: int = 0
    unread_files: int = 0
    placements: tuple[Placement, ...] = ()
    undecoded: tuple[str, ...] = ()


#: Nothing is lacking.
NOTHING: Final = Losses()


def lost_file(member: Member, error: InstanceError) -> list[Lost]:
    """What is known of a file that was refused; nothing where it never was a picture.

    Parameters
    ----------
    member : Member
    error : InstanceError
        Why it was refused.
    """
    try:
        head = member.head(_SEARCHED)
    except InstanceError:
        return [Lost()]
    if isinstance(error, NotDicom) and head[128:132] != b"DICM":
        return []
    dataset = _beginning(head)
    if isinstance(error, NotAnImage) and (dataset is None or not is_picture_class(dataset)):
        return []
    if dataset is None:
        return [Lost()]
    key = (text(dataset, "PatientID"), text(dataset, "StudyInstanceUID"), text(dataset, "SeriesInstanceUID"))
    place = placement_of(dataset)
    return [Lost(key, () if place is None else (place,), sop_class=str(class_of(dataset)))]


def lost_pictures(instances: Sequence[Instance]) -> Lost:
    """Pictures whose headers were read and whose numbers cannot be used.

    Parameters
    ----------
    instances : sequence of at least 1 Instance
        Of one series.
    """
    first = instances[0]
    never_read = {one.member.number: one.announced - one.frames for one in instances}
    places = tuple(one.placement for one in instances if one.placement is not None)
    key = (first.patient_id, first.study_uid, first.series_uid)
    return Lost(key, places, len(instances) + sum(never_read.values()))


def _beginning(head: bytes) -> Dataset | None:
    """The elements up to the geometry, or up to the identity, that a damaged file still shows."""
    return next((found for end in _ENDS if (found := _read_to(head, end)) is not None), None)


def _read_to(head: bytes, end: BaseTag) -> Dataset | None:
    """The elements before a tag, or None where they cannot be read."""

    def behind(tag: BaseTag, vr: str | None, length: int) -> bool:
        return bool(tag >= end)

    try:
        return read_partial(io.BytesIO(head), stop_when=behind, force=True)
    except Exception:  # pydicom raises nearly anything on bytes that are not what they seem
        return None


def loss_findings(losses: Losses) -> list[Finding]:
    """G70, G71: pictures that may have belonged to the stack.

    Parameters
    ----------
    losses : Losses
    """
    found = []
    of, missing = losses.of, "slices may be missing."
    if count := losses.unusable:
        message = (
            f"{count} of {of} pictures of this series could not be used (files named in the list of what was set "
            f"aside): {missing}"
        )
        found.append(Finding("G71", Severity.WARN, message, {"not_usable": count, "of": of}, _EVIDENCE))
    for reason, count in Counter(losses.undecoded).items():
        message = f"{_pictures(count, of, 'is', 'are')} left out. {reason}"
        found.append(Finding("G70", Severity.WARN, message, {"not_usable": count, "of": of}, ("0002,0010",)))
    if count := losses.unplaced:
        message = f"{_pictures(count, of, 'carries', 'carry')} no position and {_put(count)} shown elsewhere: {missing}"
        found.append(Finding("G71", Severity.WARN, message, {"not_usable": count, "of": of}, ("0020,0032",)))
    if count := losses.other_form:
        message = (
            f"{_pictures(count, of, 'lies', 'lie')} among these slices but {_put(count)} stored in another way, so "
            f"{_put(count)} shown elsewhere: {missing}"
        )
        found.append(
            Finding("G71", Severity.WARN, message, {"not_usable": count, "of": of}, ("0028,0010", "0028,0004"))
        )
    if count := losses.unread_files:
        files, belong = ("file", "it belongs") if count == 1 else ("files", "they belong")
        message = (
            f"{count} {files} of this upload could not be read (named in the list of what was set aside). Whether "
            f"{belong} here is unknown: {missing}"
        )
        found.append(Finding("G71", Severity.WARN, message, {"unread_files": count}, _EVIDENCE))
    return found


def _pictures(count: int, of: int, one: str, many: str) -> str:
    """So many pictures, with a verb."""
    return f"{count} of {of} pictures of this series {one if count == 1 else many}"


def _put(count: int) -> str:
    """The verb for one or for many."""
    return "is" if count == 1 else "are"


def with_holes(grid: Grid, frame: Frame, kept: Sequence[Placement], losses: Losses) -> Grid:
    """The grid of the kept slices, judged in the steps of all slices: what is lacking inside is a hole.

    Parameters
    ----------
    grid : Grid
        Of the kept slices alone.
    frame : Frame
    kept : sequence of at least 2 Placement
        Ascending along the normal.
    losses : Losses
    """
    lost = _between(grid, frame, kept, losses.placements)
    if not lost:
        return grid
    every = [*kept, *lost]
    order = np.argsort(along(frame, every), kind="stable")
    whole = measure(frame, [every[place] for place in order])
    multiples = np.rint(grid.gaps_mm / whole.spacing_mm)
    if whole.kind is GridKind.VARIABLE or multiples.max() < 2:
        return grid
    kind = GridKind.SPARSE if multiples.max() > WIDEST_HOLE else GridKind.MISSING
    slide = grid.slide_mm * (whole.spacing_mm / grid.spacing_mm)
    return replace(grid, kind=kind, spacing_mm=whole.spacing_mm, slide_mm=slide)


def _between(grid: Grid, frame: Frame, kept: Sequence[Placement], lost: Sequence[Placement]) -> list[Placement]:
    """Lost places between the kept ones, none twice and none where a slice is kept."""
    taken = list(grid.positions_mm)
    near = same_place_mm(grid.positions_mm)
    found = []
    for place in lost:
        position = float(place.position_mm @ frame.normal)
        inside = grid.positions_mm[0] < position < grid.positions_mm[-1]
        if inside and same_direction(place, kept[0]) and min(abs(position - other) for other in taken) > near:
            found.append(place)
            taken.append(position)
    return found
