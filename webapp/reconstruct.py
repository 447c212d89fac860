"""The one door between dicom and imaging: files to stacks, voxels, findings and tag rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from webapp import __version__, stackfiles
from webapp.config import Limits
from webapp.dicom import archive, codecs, tags
from webapp.dicom.grouping import Group, groups_of, series_of, set_apart
from webapp.dicom.model import Instance, Series, SetAside
from webapp.dicom.pixels import value_unit
from webapp.dicom.read import read_instance
from webapp.dicom.stack import Stack, pixel_fingerprint, stack_of
from webapp.dicom.tolerances import thickness_of
from webapp.dicom.voxels import Decoded, Report, in_hand, write_voxels
from webapp.dicom.windows import common_windows
from webapp.errors import InstanceError, NothingToShow
from webapp.imaging.affine import Affine, AxisOrder, nearest_axes
from webapp.imaging.thumbnail import thumbnail
from webapp.imaging.window import CT_PRESETS, WindowLevel, automatic_window

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
    """

    staging: Path
    limits: Limits
    report: Report
    skip: frozenset[int] = frozenset()
    cores: int = 2


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
    instances = []
    for member in members:
        if member.number in opening.skip:
            aside.append(
                SetAside(member.name, "stopped_reading", "Reading this file stopped the reader; it is left out.")
            )
            continue
        try:
            with in_hand(opening.report, member.number):
                instances.append(read_instance(member, opening.limits))
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
    stacks: list[str] = []
    for group in groups_of(shown) if shown.instances else []:
        folder = opening.staging / STACKS / f"{place:04d}-{len(stacks) + 1}"
        if _stack(group, record, folder, opening, aside):
            stacks.append(folder.name)
    return {**record, "stacks": stacks}


def _stack(group: Group, series: dict[str, Any], folder: Path, opening: Opening, aside: list[SetAside]) -> bool:
    """Write one stack; pictures that cannot be decoded are set aside and the stack is judged without them."""
    folder.mkdir(parents=True)
    while True:
        stack = stack_of(group, pixel_fingerprint)
        decoded = write_voxels(
            stack.instances, folder / stackfiles.VOXELS, opening.limits, opening.report, opening.cores
        )
        if not decoded.failed:
            break
        aside += decoded.failed.values()
        lost = {id(stack.instances[place]) for place in decoded.failed}
        group = Group(tuple(one for one in group.instances if id(one) not in lost), group.findings)
        if not group.instances:
            (folder / stackfiles.VOXELS).unlink()
            folder.rmdir()
            return False
    opening.report.progress("auditing", 0, 0)
    _write_meta(stack, decoded, series, folder)
    _write_tags(stack, folder, opening.limits)
    return True


def _write_meta(stack: Stack, decoded: Decoded, series: dict[str, Any], folder: Path) -> None:
    """``meta.json`` and the thumbnail."""
    voxels = stackfiles.open_voxels(folder)
    first = stack.instances[0]
    windows = _windows(stack, automatic_window(voxels))
    meta = {
        "schema": stackfiles.SCHEMA,
        "trueslice": __version__,
        "series": series,
        "id": folder.name.rpartition("-")[2],
        "kind": stack.kind,
        **_geometry(stack),
        "time_points": 1,
        "time_key": None,
        "time_unit": None,
        "time_values": None,
        "dtype": decoded.dtype,
        "colour": False,
        "inverted": first.format.photometric == "MONOCHROME1",
        "no_data": None,
        "value_unit": value_unit(first),
        "value_range": [decoded.low, decoded.high],
        "thickness_mm": thickness_of(stack.instances),
        "windows": windows,
        "verdict": str(stack.verdict),
        "summary": stack.summary,
        "findings": [finding.as_json() for finding in stack.findings],
        "file": stackfiles.checksum(folder / stackfiles.VOXELS),
    }
    stackfiles.write_json(folder / stackfiles.META, meta)
    default = WindowLevel(windows[0]["center"], windows[0]["width"])
    (folder / stackfiles.THUMBNAIL).write_bytes(_thumbnail(meta, voxels, default))


def _geometry(stack: Stack) -> dict[str, Any]:
    """Shape, steps and origins of a volume in k, j, i; of pictures only their number and size."""
    form = stack.instances[0].format
    shape = (len(stack.instances), form.rows, form.columns)
    grid = stack.grid
    measured = {
        "grid": None if grid is None else str(grid.kind),
        "tilt_deg": None if grid is None else grid.tilt_deg,
        "shear": None if grid is None else str(grid.shear),
    }
    if not stack.is_volume:
        order = AxisOrder((0, 1, 2), (False, False, False))
        nothing = dict.fromkeys(("slice_axis", "spacing_mm_kji", "affine_kji_to_lps", "origins_mm"))
        return {"shape_kji": list(shape), **nothing, "acquired": _acquired(order), **measured}
    acquired = _acquired_affine(stack)
    order = nearest_axes(acquired)
    affine = acquired.reordered(order, shape)
    slice_axis = order.axes.index(0)
    origins = np.array([one.placement.position_mm for one in stack.instances if one.placement is not None])
    corner = affine.origin_mm - acquired.apply([shape[0] - 1 if order.flips[slice_axis] else 0, 0, 0])
    origins = (origins[::-1] if order.flips[slice_axis] else origins) + corner
    return {
        "shape_kji": [shape[axis] for axis in order.axes],
        "slice_axis": slice_axis,
        "spacing_mm_kji": list(affine.spacing_mm),
        "affine_kji_to_lps": affine.matrix.tolist(),
        "origins_mm": origins.tolist(),
        "acquired": _acquired(order),
        **measured,
    }


def _acquired(order: AxisOrder) -> dict[str, Any]:
    """The axis order as meta.json keeps it."""
    return {"axes": list(order.axes), "flips": list(order.flips)}


def _acquired_affine(stack: Stack) -> Affine:
    """The affine of the acquired axes (slice, row, column): steps from positions and pixel spacing alone."""
    placements = [instance.placement for instance in stack.instances if instance.placement is not None]
    first, last, frame = placements[0], placements[-1], stack.frame
    if frame is None or first.spacing_mm is None:
        raise ValueError("only a stack with a grid has an affine")
    between_rows, between_columns = first.spacing_mm
    across = (last.position_mm - first.position_mm) / (len(placements) - 1)
    return Affine.from_steps([across, frame.column * between_rows, frame.row * between_columns], first.position_mm)


def _windows(stack: Stack, automatic: WindowLevel) -> list[dict[str, Any]]:
    """The windows on offer, the default first: the file's own, the presets of CT in HU, an automatic one."""
    offered = [{"name": name, "center": c, "width": w} for name, c, w in common_windows(stack.instances)]
    if value_unit(stack.instances[0]) == "HU":
        offered += [{"name": one.name, "center": one.window.center, "width": one.window.width} for one in CT_PRESETS]
    return [*offered, {"name": "Automatic", "center": automatic.center, "width": automatic.width}]


def _thumbnail(meta: dict[str, Any], voxels: np.ndarray[Any, Any], window: WindowLevel) -> bytes:
    """The middle picture as acquired."""
    picture = voxels[0, voxels.shape[1] // 2]
    spacing = meta["spacing_mm_kji"]
    axes = meta["acquired"]["axes"]
    aspect = spacing[axes.index(1)] / spacing[axes.index(2)] if spacing else 1.0
    return thumbnail(picture, aspect, window)


def _write_tags(stack: Stack, folder: Path, limits: Limits) -> None:
    """``tags.json``: every element of the first instance, and what varies over the others."""
    document = {
        "schema": stackfiles.SCHEMA,
        "instances": len(stack.instances),
        "rows": [asdict(row) for row in tags.rows_of_file(stack.instances[0].member.read(), limits)],
        "varying": tags.varying([instance.dataset for instance in stack.instances], limits),
    }
    stackfiles.write_json(folder / stackfiles.TAGS, document)
