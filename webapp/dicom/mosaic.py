"""Many slices tiled into one picture (Siemens mosaic, United Imaging VFRAME), cut apart where places are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from webapp.dicom.csa import image_header, slice_centres_mm
from webapp.dicom.model import Instance, Placement, Tile
from webapp.dicom.typed import placed_at
from webapp.dicom.values import number, numbers, text
from webapp.dicom.vendors import SIEMENS, UNITED_IMAGING, private_items, private_numbers
from webapp.findings import Finding, Severity

#: Words of Image Type (0008,0008) for a tiled picture.
_SIEMENS_WORDS = frozenset(("MOSAIC",))
_UNITED_IMAGING_WORDS = frozenset(("VFRAME", "GRID"))

#: The tag and the protocol's positions name the same step within this, mm.
_SAME_STEP_MM = 0.01

#: Steps between neighbouring slices of one protocol differ by no more than this, mm.
_EVEN_STEP_MM = 0.01

#: A private slice normal is along or against the picture's own within this (1 − |cosine|).
_ALONG_NORMAL = 1e-4

_SIEMENS_EVIDENCE = ("0008,0008", "0029,1010", "0018,0088")
_UNITED_IMAGING_EVIDENCE = ("0008,0008", "0065,1050", "0065,1051")


@dataclass(frozen=True, slots=True)
class _Layout:
    """How many tiles there are, how they are arranged, and where each one's first pixel lies."""

    across: int
    down: int
    places: tuple[Placement, ...]
    finding: Finding
    placed_by: str


def is_mosaic(instance: Instance) -> bool:
    """Whether the picture says that it is tiled of many slices.

    Parameters
    ----------
    instance : Instance
    """
    words = _SIEMENS_WORDS | (_UNITED_IMAGING_WORDS if _united_imaging(instance) else frozenset())
    return instance.frames == 1 and (not words.isdisjoint(instance.image_type) or _counted(instance.dataset) > 1)


def tiles_of(mosaic: Instance) -> list[Instance]:
    """The slices of a tiled picture.

    Parameters
    ----------
    mosaic : Instance

    Returns
    -------
    list of Instance
        One a tile; the picture itself, with the reason why it cannot be cut apart, where the private header that
        says how is missing.
    """
    layout = _united_imaging_layout(mosaic) if _united_imaging(mosaic) else _siemens_layout(mosaic)
    if isinstance(layout, Finding):
        return [replace(mosaic, placement=None, findings=(*mosaic.findings, layout))]
    rows, columns = mosaic.format.rows // layout.down, mosaic.format.columns // layout.across
    form = replace(mosaic.format, rows=rows, columns=columns)
    recorded = replace(mosaic.recorded, slice_location=None)
    return [
        replace(
            mosaic,
            format=form,
            placement=place,
            recorded=recorded,
            tile=Tile(number // layout.across * rows, number % layout.across * columns, mosaic.format),
            findings=(*mosaic.findings, layout.finding),
            placed_by=layout.placed_by,
        )
        for number, place in enumerate(layout.places)
    ]


def _siemens_layout(mosaic: Instance) -> _Layout | Finding:
    """Tiles, the first one's true place and the step along the private slice normal.

    The recorded position is that of the large picture's corner as if it were one slice, so the first tile lies half
    the difference of the two sizes further in.
    """
    dataset, place, form = mosaic.dataset, mosaic.placement, mosaic.format
    header = image_header(dataset)
    count = _counted(dataset)
    normal = np.array(_floats(header.get("SliceNormalVector", ())))
    across = math.ceil(math.sqrt(count))
    if place is None or place.spacing_mm is None or normal.shape != (3,) or not _fits(count, across, across, mosaic):
        return _not_unpacked(count, _SIEMENS_EVIDENCE)
    if 1 - abs(float(np.cross(place.row, place.column) @ normal)) > _ALONG_NORMAL:
        return _not_unpacked(count, _SIEMENS_EVIDENCE)
    tag, protocol = number(dataset, "SpacingBetweenSlices"), _protocol_step(dataset, count, normal)
    step = tag if protocol is None else protocol
    if not step or step < 0:
        return _not_unpacked(count, _SIEMENS_EVIDENCE)
    between_rows, between_columns = place.spacing_mm
    inset = place.row * between_columns * (form.columns - form.columns // across) / 2
    inset = inset + place.column * between_rows * (form.rows - form.rows // across) / 2
    places = tuple(
        replace(place, position_mm=place.position_mm + inset + slice_ * step * normal) for slice_ in range(count)
    )
    source = "from the tag (0018,0088)" if protocol is None else "from the scan protocol"
    return _Layout(across, across, places, _unpacked(count, step, tag, protocol), source)


def _united_imaging_layout(mosaic: Instance) -> _Layout | Finding:
    """Tiles of United Imaging: their number and their places are private, there is no position at the root."""
    dataset = mosaic.dataset
    count = int(sum(private_numbers(dataset, 0x0065, UNITED_IMAGING, 0x50)[:1]))
    across = math.ceil(math.sqrt(count))
    down = math.ceil(count / across) if across else 0
    described = private_items(dataset, 0x0065, UNITED_IMAGING, 0x51)
    places = [_place_of(item, dataset) for item in described]
    found = tuple(place for place in places if place is not None and place.spacing_mm is not None)
    if not _fits(count, across, down, mosaic) or len(found) != count or len(places) != count:
        return _not_unpacked(count, _UNITED_IMAGING_EVIDENCE)
    message = f"The picture is tiled of {count} slices; it was cut apart, each slice at its own recorded position."
    told = Finding("G58", Severity.NOTE, message, {"tiles": count}, _UNITED_IMAGING_EVIDENCE)
    return _Layout(across, down, found, told, "measured")


def _place_of(item: Dataset, root: Dataset) -> Placement | None:
    """A tile's place: its own position, its own directions or the root's."""
    position = numbers(item, "ImagePositionPatient", 3)
    directions = item if "ImageOrientationPatient" in item else root
    return None if position is None else placed_at(position, directions, item if "PixelSpacing" in item else root)


def _fits(count: int, across: int, down: int, mosaic: Instance) -> bool:
    """Whether so many tiles fill the picture."""
    form = mosaic.format
    return count > 1 and form.columns % across == 0 and form.rows % down == 0


def _protocol_step(dataset: Dataset, count: int, normal: NDArray[np.float64]) -> float | None:
    """The even step between the protocol's slices along the normal, mm."""
    centres = slice_centres_mm(dataset, count)
    if centres is None:
        return None
    steps = np.abs([float((after - before) @ normal) for before, after in pairwise(centres)])
    return float(steps.mean()) if np.ptp(steps) <= _EVEN_STEP_MM and steps.min() > _EVEN_STEP_MM else None


def _unpacked(count: int, step: float, tag: float | None, protocol: float | None) -> Finding:
    """G58: what was done, and whether both sources of the step agree."""
    numbers_ = {"tiles": count, "step_mm": step}
    if tag is not None and protocol is not None and abs(tag - protocol) > _SAME_STEP_MM:
        message = (
            f"The picture is tiled of {count} slices. The scan protocol places them {protocol:.2f} mm apart, the tag "
            f"(0018,0088) says {tag:.2f} mm; the protocol is used."
        )
        return Finding("G58", Severity.WARN, message, {**numbers_, "tag_mm": tag}, _SIEMENS_EVIDENCE)
    source = "the tag (0018,0088)" if protocol is None else "the scan protocol"
    message = f"The picture is tiled of {count} slices; it was cut apart, {step:.2f} mm a step by {source}."
    return Finding("G58", Severity.NOTE, message, numbers_, _SIEMENS_EVIDENCE)


def _not_unpacked(count: int, evidence: tuple[str, ...]) -> Finding:
    """G17: the picture stays as it is."""
    many = f"{count} slices" if count > 1 else "many slices"
    message = f"A picture tiled of {many}; the private header needed to cut it apart is missing or incomplete."
    return Finding("G17", Severity.BLOCK, message, {"tiles": count} if count > 1 else {}, evidence)


def _united_imaging(instance: Instance) -> bool:
    """Whether the picture is tiled the way United Imaging does it."""
    return not _UNITED_IMAGING_WORDS.isdisjoint(instance.image_type) and (
        text(instance.dataset, "Manufacturer").upper().startswith(("UIH", "UNITED IMAGING"))
        or bool(private_items(instance.dataset, 0x0065, UNITED_IMAGING, 0x51))
    )


def _counted(dataset: Dataset) -> int:
    """The number of slices by the private header, or by its copy; 0 where neither says."""
    return int(sum(_floats(image_header(dataset).get("NumberOfImagesInMosaic", ())))) or _siemens_count(dataset)


def _siemens_count(dataset: Dataset) -> int:
    """The number of slices (0019,xx0A) as Siemens copies it out of its own header; 0 when it is absent."""
    return int(sum(private_numbers(dataset, 0x0019, SIEMENS, 0x0A)[:1]))


def _floats(texts: Sequence[str]) -> list[float]:
    """Texts as finite numbers; none when one is not."""
    try:
        found = [float(part) for part in texts]
    except ValueError:
        return []
    return found if all(map(math.isfinite, found)) else []
