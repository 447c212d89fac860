"""Instances to series, and series to groups whose pictures could form one stack."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.dicom.grid import SAME_DIRECTION_DEG
from webapp.dicom.model import Instance, Placement, Series, SetAside
from webapp.findings import Finding, Severity

#: Words of Image Type (0008,0008) that tell maps of one series apart (PS3.3 C.7.6.1.1.2 and vendors' own).
_TYPE_WORDS = frozenset(
    (
        "ORIGINAL",
        "DERIVED",
        "LOCALIZER",
        "M",
        "P",
        "R",
        "I",
        "PHASE",
        "MAGNITUDE",
        "REAL",
        "IMAGINARY",
        "VELOCITY",
        "WATER",
        "FAT",
        "IN",
        "OUT",
        "ADC",
        "MIP",
        "MPR",
        "PROJECTION",
        "MOSAIC",
    )
)

#: Two pixel spacings are one within this relative difference.
SAME_PIXEL_SPACING = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Pictures of one series with the same size, directions and kind.

    Parameters
    ----------
    instances : tuple of Instance
    findings : tuple of Finding
        Why the series was split, if it was.
    """

    instances: tuple[Instance, ...]
    findings: tuple[Finding, ...] = ()


def series_of(instances: Iterable[Instance]) -> list[Series]:
    """The series among instances, by (patient, study, series) (PS3.3 A.1.2).

    Parameters
    ----------
    instances : iterable of Instance

    Returns
    -------
    list of Series
        In the order of their first instance. A series without UID is rebuilt by guess and gets a made-up UID.
    """
    gathered: dict[tuple[str, str, str], list[Instance]] = {}
    for instance in instances:
        uid = instance.series_uid or _guessed_uid(instance)
        gathered.setdefault((instance.patient_id, instance.study_uid, uid), []).append(instance)
    return [
        Series(uid, study, patient, tuple(members), not members[0].series_uid)
        for (patient, study, uid), members in gathered.items()
    ]


def _guessed_uid(instance: Instance) -> str:
    """A stable name for a series that has none, from what its pictures have in common."""
    number = str(instance.dataset.get("SeriesNumber", ""))
    parts = (instance.modality, number, instance.description, instance.format.rows, instance.format.columns)
    return "guessed-" + hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def set_apart(series: Series) -> tuple[Series, list[SetAside]]:
    """The series without what this version does not show, each with its reason.

    Multi-frame and colour objects are named; overview pictures go when there is something else to show.
    """
    aside, kept = [], []
    mixed = len({_is_localizer(instance) for instance in series.instances}) == 2
    for instance in series.instances:
        reason = _reason_apart(instance, mixed)
        if reason:
            aside.append(SetAside(instance.name, *reason))
        else:
            kept.append(instance)
    return Series(series.series_uid, series.study_uid, series.patient_id, tuple(kept), series.guessed), aside


def _reason_apart(instance: Instance, mixed: bool) -> tuple[str, str] | None:
    """Code and sentence for a picture that is not shown, or None."""
    if instance.frames > 1:
        return "multi_frame", "A file of several frames: this version shows one picture a file."
    if instance.format.samples != 1 or not instance.format.photometric.upper().startswith("MONOCHROME"):
        return "colour", "A colour picture: this version shows grey values only."
    if mixed and _is_localizer(instance):
        return "overview", "An overview picture (localizer) beside the stack; it is no part of it."
    return None


def _is_localizer(instance: Instance) -> bool:
    """Whether Image Type calls it an overview picture."""
    return "LOCALIZER" in instance.image_type


def groups_of(series: Series) -> list[Group]:
    """The series split by everything that makes two pictures unfit for one stack.

    Parameters
    ----------
    series : Series
        With at least one instance.
    """
    groups = [Group(tuple(members)) for members in _by(series.instances, _hard_key).values()]
    groups = [part for group in groups for part in _by_frame_of_reference(group)]
    groups = [part for group in groups for part in _by_pixel_spacing(group)]
    return [part for group in groups for part in _by_direction(group)]


def _by(instances: Iterable[Instance], key: Callable[[Instance], Hashable]) -> dict[Hashable, list[Instance]]:
    """Instances gathered by a key, in the order they came."""
    gathered: dict[Hashable, list[Instance]] = {}
    for instance in instances:
        gathered.setdefault(key(instance), []).append(instance)
    return gathered


def _hard_key(instance: Instance) -> Hashable:
    """What must be equal in a stack: kind, size, photometric family, image type, and having a position at all."""
    words = frozenset(_TYPE_WORDS.intersection(instance.image_type))
    shape = (instance.format.rows, instance.format.columns)
    return instance.sop_class, instance.modality, shape, words, instance.placement is not None


def _by_frame_of_reference(group: Group) -> list[Group]:
    """Split by coordinate system; blanks go with the only one there is.

    When every picture names a system of its own the ids were scrambled file by file, as some anonymisers do: then
    they say nothing, and the positions decide alone.
    """
    uids = {instance.frame_of_reference for instance in group.instances} - {""}
    if len(uids) < 2:
        return [group]
    evidence = ("0020,0052",)
    if len(uids) == len(group.instances) > 2:
        message = (
            "Every picture names a coordinate system of its own, as scrambled ids do: that it fits other series is "
            "unproven; the positions decide."
        )
        return [Group(group.instances, (*group.findings, Finding("G07", Severity.NOTE, message, {}, evidence)))]
    message = f"The series holds slices of {len(uids)} coordinate systems; they are not combined."
    finding = Finding("G06", Severity.NOTE, message, {"systems": len(uids)}, evidence)
    parts = _by(group.instances, lambda instance: instance.frame_of_reference)
    return [Group(tuple(members), (*group.findings, finding)) for members in parts.values()]


def _by_pixel_spacing(group: Group) -> list[Group]:
    """Split where the pixel size changes."""
    parts = _clusters(group.instances, _same_pixel_spacing)
    if len(parts) == 1:
        return [group]
    finding = Finding(
        "G09",
        Severity.NOTE,
        f"The pixel size changes inside the series: {len(parts)} sizes, each a stack of its own.",
        {"sizes": len(parts)},
        ("0028,0030",),
    )
    return [Group(tuple(members), (*group.findings, finding)) for members in parts]


def _by_direction(group: Group) -> list[Group]:
    """Split by direction; when every picture points its own way they stay together and are refused."""
    if group.instances[0].placement is None:
        return [group]
    parts = _clusters(group.instances, _same_direction)
    if len(parts) == 1:
        return [group]
    alone = all(len(members) == 1 for members in parts)
    finding = Finding(
        "G04",
        Severity.BLOCK if alone else Severity.NOTE,
        f"The slices point in {len(parts)} directions"
        + ("; no two of them form a stack." if alone else f" and are treated as {len(parts)} separate stacks."),
        {"directions": len(parts)},
        ("0020,0037",),
    )
    if alone:
        return [Group(group.instances, (*group.findings, finding))]
    return [Group(tuple(members), (*group.findings, finding)) for members in parts]


def _clusters(
    instances: Iterable[Instance], alike: Callable[[Placement | None, Placement | None], bool]
) -> list[list[Instance]]:
    """Instances gathered with the first one they are alike to."""
    clusters: list[list[Instance]] = []
    for instance in instances:
        for cluster in clusters:
            if alike(cluster[0].placement, instance.placement):
                cluster.append(instance)
                break
        else:
            clusters.append([instance])
    return clusters


def _same_pixel_spacing(a: Placement | None, b: Placement | None) -> bool:
    """Whether two pictures have the same pixel size, or both none."""
    if a is None or b is None or a.spacing_mm is None or b.spacing_mm is None:
        return (a.spacing_mm if a else None) == (b.spacing_mm if b else None)
    return bool(np.allclose(a.spacing_mm, b.spacing_mm, rtol=SAME_PIXEL_SPACING, atol=0))


def _same_direction(a: Placement | None, b: Placement | None) -> bool:
    """Whether rows and columns of two pictures point the same way."""
    if a is None or b is None:
        return False
    return all(_angle_deg(x, y) <= SAME_DIRECTION_DEG for x, y in ((a.row, b.row), (a.column, b.column)))


def _angle_deg(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The angle between two vectors, degrees; exact for small angles; 180 where one has no length."""
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    if lengths == 0:
        return 0.0 if np.array_equal(a, b) else 180.0
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)))
