"""A stack as the document every page reads: its geometry in patient axes, its windows, its verdict."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from webapp import __version__, stackfiles
from webapp.dicom.cine import frame_times_ms
from webapp.dicom.decoded import Decoded
from webapp.dicom.origin import is_quadruped
from webapp.dicom.picture_place import picture_places, system_of
from webapp.dicom.stack import Stack
from webapp.dicom.stack_values import StackValues
from webapp.dicom.tolerances import thickness_of
from webapp.dicom.windows import is_inverted
from webapp.imaging.affine import Affine, AxisOrder, nearest_axes
from webapp.imaging.thumbnail import Look, thumbnail
from webapp.imaging.window import NamedWindow, WindowLevel, automatic_window, uptake_window
from webapp.stackwindows import first_shown, offered_windows
from webapp.stackwords import is_turned


@dataclass(frozen=True, slots=True)
class Choosing:
    """What a stack has to do with a choice between pictures of one place, as ``meta.json`` keeps it.

    Parameters
    ----------
    choice : dict or None
        What there is to choose between: `webapp.dicom.picks.as_json` of a refused stack.
    picked : dict or None
        Of a stack that was made by a choice: ``from``, the id of the refused one, and the ``marks`` of its pictures.
    name : str
        Of the folder, where a choice made the stack: the same for the same choice.
    """

    choice: dict[str, Any] | None = None
    picked: dict[str, Any] | None = None
    name: str = ""

    @classmethod
    def of_picks(cls, marks: list[str], refused: str) -> Choosing:
        """What is kept of a stack that a choice made.

        Parameters
        ----------
        marks : list of str
            Of the chosen pictures, in order.
        refused : str
            Folder name of the stack that was refused.
        """
        digest = hashlib.sha256(" ".join(marks).encode()).hexdigest()[:6]
        return cls(None, {"from": refused.rpartition("-")[2], "marks": marks}, f"{refused}p{digest}")


#: Of a stack that has nothing to do with any choice.
NO_CHOICE: Final = Choosing()


def write_meta(
    stack: Stack,
    decoded: Decoded,
    values: StackValues,
    series: dict[str, Any],
    folder: Path,
    choosing: Choosing = NO_CHOICE,
) -> None:
    """Write ``meta.json`` and the thumbnail beside the voxels.

    Parameters
    ----------
    stack : Stack
    decoded : Decoded
    values : StackValues
        What the voxels are; ``scales`` that differ from slice to slice are written in the order of ``origins_mm``.
    series : dict
        The record of its series.
    folder : Path
        Where the voxels are.
    choosing : Choosing
    """
    voxels = stackfiles.open_voxels(folder)
    first = stack.instances[0]
    geometry = _geometry(stack)
    meta = {
        "schema": stackfiles.SCHEMA,
        "trueslice": __version__,
        "series": series,
        "id": folder.name.rpartition("-")[2],
        "kind": stack.kind,
        "label": "overview pictures" if stack.is_overview else "",
        **geometry,
        "system": system_of(stack.instances) if stack.is_volume else None,
        "places": None if stack.is_volume else picture_places(stack.instances),
        "time_points": len(stack.volumes),
        "time_key": None if stack.time is None else stack.time.key,
        "time_unit": None if stack.time is None else stack.time.unit,
        "time_values": None if stack.time is None else list(stack.time.values),
        "frame_times_ms": frame_times_ms(stack.instances) if stack.kind == "cine" else None,
        "dtype": decoded.dtype,
        "colour": decoded.is_colour,
        "body_part": _body_part(stack),
        "letters": "axes" if is_quadruped(first.dataset) else "human",
        "inverted": is_inverted(first),
        "no_data": _no_data(decoded.no_data),
        "value_unit": values.unit,
        "value_range": None if decoded.is_colour else [decoded.low, decoded.high],
        "scales": [scale.as_json(is_turned(geometry)) for scale in values.scales],
        "thickness_mm": thickness_of(stack.instances),
        "placed_by": first.placed_by,
        "windows": [] if decoded.is_colour else _windows(stack, voxels, decoded, values),
        "verdict": str(stack.verdict),
        "summary": stack.summary,
        "findings": [finding.as_json() for finding in stack.findings],
        "choice": choosing.choice,
        "picked": choosing.picked,
        "file": stackfiles.checksum(folder / stackfiles.VOXELS),
    }
    stackfiles.write_json(folder / stackfiles.META, meta)
    (folder / stackfiles.THUMBNAIL).write_bytes(_thumbnail(meta, voxels))


def _body_part(stack: Stack) -> str | None:
    """What the pictures call the part that was examined (0018,0015), None where none does."""
    named = {str(one.dataset.get("BodyPartExamined") or "") for one in stack.instances} - {""}
    return " ".join(sorted(named)) or None


def _geometry(stack: Stack) -> dict[str, Any]:
    """Shape, steps and origins of a volume in k, j, i; of pictures only their number and size."""
    form = stack.instances[0].format
    shape = (len(stack.instances), form.rows, form.columns)
    grid = stack.grid
    measured = {
        "grid": None if grid is None else str(grid.kind),
        "step_mm": None if grid is None else grid.spacing_mm,
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
    spacing = np.linalg.norm(affine.steps_mm, axis=1).tolist()  # in the slices: a tilt does not narrow their pixels
    if grid is not None:
        spacing[slice_axis] = grid.spacing_mm
    return {
        "shape_kji": [shape[axis] for axis in order.axes],
        "slice_axis": slice_axis,
        "spacing_mm_kji": spacing,
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


def _no_data(value: float | None) -> float | str | None:
    """The value that stands for nothing, as JSON can hold it."""
    return stackfiles.NOT_A_NUMBER if value is not None and math.isnan(value) else value


def _windows(stack: Stack, voxels: np.ndarray[Any, Any], decoded: Decoded, values: StackValues) -> list[dict[str, Any]]:
    """The windows on offer."""
    if stack.instances[0].modality == "PT":
        automatic = uptake_window(voxels, decoded.no_data, values.suv_factor)
    else:
        automatic = NamedWindow("Automatic", automatic_window(voxels, decoded.no_data).rounded())
    return offered_windows(stack.instances, values.unit, automatic)


def _thumbnail(meta: dict[str, Any], voxels: np.ndarray[Any, Any]) -> bytes:
    """The middle picture as acquired, in its colours or as its first window shows it."""
    middle = voxels.shape[1] // 2
    return thumbnail(voxels[0, middle], _aspect(meta, middle), _look(meta))


def _aspect(meta: dict[str, Any], place: int) -> float:
    """Height of an acquired pixel over its width; pictures may differ in it."""
    if meta["places"] is not None:
        return float(meta["places"][place]["aspect"])
    spacing, axes = meta["spacing_mm_kji"], meta["acquired"]["axes"]
    return float(spacing[axes.index(1)] / spacing[axes.index(2)])


def _look(meta: dict[str, Any]) -> Look | None:
    """How the page will first show the stack; None for colours."""
    if not meta["windows"]:
        return None
    shown = first_shown(meta["windows"], meta["value_range"])
    return Look(WindowLevel.from_json(shown), meta["inverted"], stackfiles.no_data_of(meta))
