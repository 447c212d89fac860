"""A stack as the document every page reads: its geometry in patient axes, its windows, its verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from webapp import __version__, stackfiles
from webapp.dicom.cine import frame_times_ms
from webapp.dicom.origin import is_quadruped
from webapp.dicom.stack import Stack
from webapp.dicom.tolerances import thickness_of
from webapp.dicom.units import unit_of
from webapp.dicom.voxels import Decoded
from webapp.dicom.windows import common_windows
from webapp.imaging.affine import Affine, AxisOrder, nearest_axes
from webapp.imaging.thumbnail import thumbnail
from webapp.imaging.window import CT_PRESETS, WindowLevel, automatic_window


def write_meta(stack: Stack, decoded: Decoded, series: dict[str, Any], folder: Path) -> None:
    """Write ``meta.json`` and the thumbnail beside the voxels.

    Parameters
    ----------
    stack : Stack
    decoded : Decoded
    series : dict
        The record of its series.
    folder : Path
        Where the voxels are.
    """
    voxels = stackfiles.open_voxels(folder)
    first = stack.instances[0]
    windows = _windows(stack, automatic_window(voxels, decoded.padding))
    meta = {
        "schema": stackfiles.SCHEMA,
        "trueslice": __version__,
        "series": series,
        "id": folder.name.rpartition("-")[2],
        "kind": stack.kind,
        **_geometry(stack),
        "time_points": len(stack.volumes),
        "time_key": None if stack.time is None else stack.time.key,
        "time_unit": None if stack.time is None else stack.time.unit,
        "time_values": None if stack.time is None else list(stack.time.values),
        "frame_times_ms": frame_times_ms(stack.instances) if stack.kind == "cine" else None,
        "dtype": decoded.dtype,
        "colour": False,
        "body_part": _body_part(stack),
        "letters": "axes" if is_quadruped(first.dataset) else "human",
        "inverted": first.format.photometric == "MONOCHROME1",
        "no_data": None,
        "value_unit": unit_of(stack.instances),
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
    spacing = list(affine.spacing_mm)
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


def _windows(stack: Stack, automatic: WindowLevel) -> list[dict[str, Any]]:
    """The windows on offer, the default first: the file's own, the presets of CT in HU, an automatic one."""
    offered = [{"name": name, "center": c, "width": w} for name, c, w in common_windows(stack.instances)]
    if unit_of(stack.instances) == "HU":
        offered += [{"name": one.name, "center": one.window.center, "width": one.window.width} for one in CT_PRESETS]
    center, width = (float(f"{number:.3g}") for number in (automatic.center, automatic.width))
    return [*offered, {"name": "Automatic", "center": center, "width": width}]


def _thumbnail(meta: dict[str, Any], voxels: np.ndarray[Any, Any], window: WindowLevel) -> bytes:
    """The middle picture as acquired, inverted where small values are white."""
    picture = voxels[0, voxels.shape[1] // 2]
    if meta["inverted"]:
        picture, window = -picture.astype(np.float32), WindowLevel(-window.center, window.width)
    spacing = meta["spacing_mm_kji"]
    axes = meta["acquired"]["axes"]
    aspect = spacing[axes.index(1)] / spacing[axes.index(2)] if spacing else 1.0
    return thumbnail(picture, aspect, window)
