"""What is drawn over pictures, from its file to a folder of its own: labels as voxels, and what is said of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from webapp import __version__, stackfiles
from webapp.config import Limits
from webapp.dicom.archive import Member
from webapp.dicom.model import Instance
from webapp.dicom.over import Over, read_over
from webapp.dicom.picture_place import system_of
from webapp.dicom.regions import Kind
from webapp.dicom.wording import typeset
from webapp.errors import RegionsUnread
from webapp.findings import Finding, Severity, verdict_of
from webapp.imaging.layers import HALF, Layers, Measured, measured
from webapp.imaging.thumbnail import thumbnail
from webapp.overlaygrid import RegionGrid
from webapp.overlaymasks import Mask, Masks, laid_out, masks_of_segmentation, masks_of_structures

#: Empty voxels kept around the regions.
_MARGIN: Final = 1

_WORDS: Final = {
    Kind.BINARY: "Segmentation",
    Kind.FRACTIONAL: "Segmentation in shares",
    Kind.LABELMAP: "Label map",
    Kind.CONTOURS: "Contours",
}


def write_overlay(member: Member, folder: Path, pictures: Sequence[Instance], limits: Limits) -> dict[str, Any]:
    """Read a file that is drawn over pictures into a folder like a stack's.

    Parameters
    ----------
    member : Member
    folder : Path
        Does not exist yet.
    pictures : sequence of Instance
        Those of the same input.
    limits : Limits

    Returns
    -------
    dict
        The record of its series.

    Raises
    ------
    InstanceError
        It cannot be drawn over anything.
    """
    over = read_over(member, limits)
    masks = _masks(over, pictures, limits)
    layers = laid_out(masks, limits.voxels)
    regions = [_region(mask, layers, masks.grid) for mask in masks.each]
    if not any(region["voxels"] for region in regions):
        raise RegionsUnread("None of its regions holds a single voxel.")
    grid, voxels = _cropped(masks.grid, layers)
    series = _series(over)
    folder.mkdir(parents=True)
    np.save(folder / stackfiles.VOXELS, voxels)
    findings = typeset(_findings(masks, regions))
    meta = {
        "schema": stackfiles.SCHEMA,
        "trueslice": __version__,
        "series": series,
        "id": "1",
        "kind": stackfiles.OVERLAY,
        "label": "",
        **grid.as_meta(),
        "system": over.system,
        "places": None,
        "time_points": len(voxels),
        "time_unit": None,
        "time_values": None,
        "dtype": voxels.dtype.name,
        "colour": False,
        "no_data": None,
        "value_unit": None,
        "verdict": str(verdict_of(findings)),
        "summary": _summary(masks, regions),
        "findings": [finding.as_json() for finding in findings],
        "overlay": {"marks": str(masks.kind), "words": _WORDS[masks.kind], "regions": regions},
        "file": stackfiles.checksum(folder / stackfiles.VOXELS),
    }
    stackfiles.write_json(folder / stackfiles.META, meta)
    stackfiles.write_json(folder / stackfiles.TAGS, stackfiles.NO_TAGS)
    (folder / stackfiles.THUMBNAIL).write_bytes(_picture(voxels, regions, masks))
    return series


def _masks(over: Over, pictures: Sequence[Instance], limits: Limits) -> Masks:
    """The regions on a grid of their own."""
    if over.segmentation is not None:
        return masks_of_segmentation(over.segmentation, {one.sop_uid: one for one in pictures}, limits)
    beside = [one for one in pictures if over.system is not None and system_of([one]) == over.system]
    return masks_of_structures(over.structures, beside, limits)


def _series(over: Over) -> dict[str, Any]:
    """The record of the series, as of any other."""
    made_up = f"trueslice-{hashlib.sha256(over.description.encode()).hexdigest()[:16]}"
    return {
        "series_instance_uid": over.series_uid or made_up,
        "uid_made_up": not over.series_uid,
        "study_instance_uid": over.study_uid,
        "patient_key": hashlib.sha256(over.patient_id.encode()).hexdigest()[:32],
        "modality": over.modality,
        "manufacturer": over.manufacturer,
        "description": over.description,
        "images": 1,
    }


def _region(mask: Mask, layers: Layers, grid: RegionGrid) -> dict[str, Any]:
    """One region laid into its layer, and what is known of it."""
    inside: NDArray[np.bool_] = mask.voxels if mask.voxels.dtype == bool else mask.voxels >= HALF  # type: ignore[operator, assignment]
    found = measured(inside)
    layer = layers.add(mask.voxels)
    centre = None if found.centre is None else grid.points_mm(np.array([found.centre]))[0].tolist()
    return {
        "label": mask.region.label[:64],
        "number": mask.region.number,
        "colour": mask.region.colour,
        "layer": layer,
        "value": layers.regions_laid,
        "voxels": found.voxels,
        "volume_ml": found.voxels * grid.voxel_ml,
        "contour_ml": mask.contour_ml,
        "centre_mm": centre,
        "corners_mm": _corners(found, grid),
        "points_mm": [point.tolist() for point in mask.points_mm],
        "left_out": mask.left_out,
    }


def _corners(found: Measured, grid: RegionGrid) -> list[list[float]]:
    """The eight corners of the box around a region, mm; none of an empty one."""
    if not found.voxels:
        return []
    ends = [(low - 0.5, high + 0.5) for low, high in zip(found.low, found.high, strict=True)]
    corners: list[list[float]] = grid.points_mm(np.array(list(product(*ends)))).tolist()
    return corners


def _cropped(grid: RegionGrid, layers: Layers) -> tuple[RegionGrid, NDArray[np.generic]]:
    """The grid and (L, N, rows, columns) layers without the empty rows and columns around all regions."""
    used = np.zeros(grid.size, bool)
    for volume in layers.volumes:
        used |= volume.any(axis=0)
    ends = []
    for axis, size in enumerate(grid.size):
        where = np.flatnonzero(used.any(axis=1 - axis))
        ends.append((max(0, int(where[0]) - _MARGIN), min(size, int(where[-1]) + 1 + _MARGIN)))
    (top, bottom), (left, right) = ends
    voxels = np.stack([volume[:, top:bottom, left:right] for volume in layers.volumes])
    return grid.cropped((top, left), (bottom - top, right - left)), voxels


def _summary(masks: Masks, regions: Sequence[dict[str, Any]]) -> str:
    """One line of it."""
    grid, count = masks.grid, len(regions)
    size = " × ".join(f"{part:.2f}" for part in (*grid.pixel_mm, grid.step_mm))
    named = f"{count} regions" if count != 1 else "1 region"
    return f"{_WORDS[masks.kind]} · {named} · {len(grid.origins_mm)} slices · voxels {size} mm"


def _findings(masks: Masks, regions: Sequence[dict[str, Any]]) -> list[Finding]:
    """What was found: where it lies, what it leaves out."""
    grid = masks.grid
    found = [_placed(masks)]
    if masks.off:
        message = (
            f"{masks.off} of {masks.compared} frames lie up to {masks.off_mm:.2f} mm beside the pictures they say they "
            "were drawn on: one of the two places is wrong."
        )
        found.append(
            Finding("S02", Severity.BLOCK, message, {"off": masks.off, "off_mm": masks.off_mm}, ("0020,0032",))
        )
    if grid.left_out:
        what = "no contour is drawn" if masks.kind is Kind.CONTOURS else "the file holds no frame"
        message = f"On {grid.left_out} slices between its first and last {what}: nothing is filled in there."
        found.append(Finding("S03", Severity.NOTE, message, {"left_out": grid.left_out}))
    if not grid.even:
        message = f"Its slices are not evenly spaced: volumes are those of slices {grid.step_mm:.2f} mm apart."
        found.append(Finding("S04", Severity.WARN, message, {"step_mm": grid.step_mm}))
    if left_out := sum(region["left_out"] for region in regions):
        message = f"{left_out} contours are not drawn: they are open, or not in the plane of the others."
        found.append(Finding("S05", Severity.WARN, message, {"left_out": left_out}, ("3006,0042",)))
    return found


def _placed(masks: Masks) -> Finding:
    """S01: what the places rest on."""
    grid = masks.grid
    what = "contours" if masks.kind is Kind.CONTOURS else "frames"
    held = f" {masks.compared} of them were held against the pictures they were drawn on." if masks.compared else ""
    message = (
        f"Its {what} are placed by their own positions, on {len(grid.origins_mm)} slices {grid.step_mm:.2f} mm apart."
    )
    return Finding("S01", Severity.OK, message + held, {"slices": len(grid.origins_mm), "step_mm": grid.step_mm})


def _picture(voxels: NDArray[np.generic], regions: Sequence[dict[str, Any]], masks: Masks) -> bytes:
    """The slice with most in it, in the regions' colours."""
    busiest = int(np.argmax((voxels != 0).sum(axis=(0, 2, 3))))
    picture = np.zeros((*voxels.shape[2:], 3), np.uint8)
    for region in regions:
        layer = voxels[region["layer"], busiest]
        inside = layer >= HALF if masks.kind is Kind.FRACTIONAL else layer == region["value"]
        picture[inside] = [int(region["colour"][at : at + 2], 16) for at in (1, 3, 5)]
    return thumbnail(picture, masks.grid.pixel_mm[0] / masks.grid.pixel_mm[1], None)
