"""Frames and contours as masks on one grid: a region at a time, with what was found on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.config import Limits
from webapp.dicom.model import Instance, Placement
from webapp.dicom.pixel_data import Pixels
from webapp.dicom.regions import Kind, MarkedFrame, Region, Segmentation, Structure
from webapp.dicom.structures import normal_of
from webapp.errors import RegionsUnread
from webapp.imaging.layers import FULL, Layers
from webapp.imaging.outlines import area_of, filled
from webapp.overlaygrid import RegionGrid, clustered, slices_between

#: How far directions of frames may differ, parts of a unit vector; their pixels, share.
_TURNED: Final = 1e-3
_STRETCHED: Final = 1e-4

#: From here on a frame lies beside the picture it was drawn on, mm.
OFF_MM: Final = 0.1

#: Outlines belong to one slice within this distance, mm.
_FLAT_MM: Final = 0.05

#: Planes are parallel from this cosine on.
_PARALLEL: Final = 0.9999

#: Pixels of outlines whose pictures are not at hand, mm; and how many across them at least.
_COARSEST_MM: Final = 1.0
_ACROSS: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """One region on the grid.

    Parameters
    ----------
    region : Region
    voxels : (N, rows, columns) ndarray
        Of bool, or of shares from 0 to 255.
    contour_ml : float or None
        What its contours enclose, ml; None where it has none.
    points_mm : tuple of (3,) ndarray
    left_out : int
        Contours that are not drawn.
    """

    region: Region
    voxels: NDArray[np.generic]
    contour_ml: float | None = None
    points_mm: tuple[NDArray[np.float64], ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """All regions of one file.

    Parameters
    ----------
    grid : RegionGrid
    kind : Kind
    each : iterator of Mask
        Made one after the other, so that one is held at a time.
    count : int
        How many there are at the most.
    compared, off : int
        Frames that name a picture which is at hand, and those that do not lie where it lies.
    off_mm : float
        How far the worst of them lies beside it, mm.
    """

    grid: RegionGrid
    kind: Kind
    each: Iterator[Mask]
    count: int
    compared: int = 0
    off: int = 0
    off_mm: float = 0.0


def masks_of_segmentation(found: Segmentation, pictures: Mapping[str, Instance], limits: Limits) -> Masks:
    """The segments of a DICOM SEG, each frame at its own place.

    Parameters
    ----------
    found : Segmentation
    pictures : mapping of str to Instance
        The pictures at hand by SOP Instance UID.
    limits : Limits

    Raises
    ------
    RegionsUnread
    """
    placements = [_placement(frame) for frame in found.frames]
    first = placements[0]
    row, normal = _unit(first.row), _unit(np.cross(first.row, first.column))
    column = np.cross(normal, row)
    for one in placements:
        turned = max(float(np.abs(one.row - first.row).max()), float(np.abs(one.column - first.column).max()))
        if turned > _TURNED:
            raise RegionsUnread("The frames of the segmentation do not lie in one direction.")
        if not np.allclose(one.spacing_mm or (), first.spacing_mm or (), rtol=_STRETCHED):
            raise RegionsUnread("The pixels of the segmentation's frames differ in size.")
    positions = np.array([one.position_mm for one in placements])
    numbers = clustered(positions @ normal)
    origins = np.array([positions[np.flatnonzero(numbers == number)[0]] for number in range(numbers.max() + 1)])
    if float(np.abs(positions - origins[numbers]).max()) > OFF_MM:
        raise RegionsUnread("Frames of one slice of the segmentation lie beside each other.")
    form, recorded = found.frames[0].picture.format, found.frames[0].picture.recorded
    hint = recorded.spacing_between_slices or recorded.thickness
    origins, places, step, even = slices_between(origins, normal, hint, form.rows * form.columns, limits.voxels)
    between = len(origins) - len(places)
    grid = RegionGrid(origins, row, column, first.spacing_mm or (1, 1), step, (form.rows, form.columns), even, between)
    off = [distance for frame in found.frames if (distance := _beside(frame, pictures)) is not None]
    worst = max(off, default=0.0)
    each = _segments(found, places[numbers], grid)
    return Masks(grid, found.kind, each, len(found.regions), len(off), sum(one > OFF_MM for one in off), worst)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """A vector of length 1."""
    length = float(np.linalg.norm(vector))
    if not length:
        raise RegionsUnread("The directions of the segmentation are no directions (0020,0037).")
    unit: NDArray[np.float64] = vector / length
    return unit


def _placement(frame: MarkedFrame) -> Placement:
    """Where a frame lies; without place or pixel size there is nothing to lay it over."""
    placement = frame.picture.placement
    if placement is None or placement.spacing_mm is None:
        raise RegionsUnread("A frame of the segmentation carries no position, direction or pixel size in the patient.")
    return placement


def _beside(frame: MarkedFrame, pictures: Mapping[str, Instance]) -> float | None:
    """How far a frame lies beside the picture it was drawn on, mm; None where that is not at hand or lies otherwise."""
    source = next((pictures[uid] for uid in frame.sources if uid in pictures), None)
    mine, theirs = frame.picture.placement, source.placement if source is not None else None
    if mine is None or source is None or theirs is None:
        return None
    normal = np.cross(theirs.row, theirs.column)
    if abs(float(normal @ np.cross(mine.row, mine.column))) < _PARALLEL:
        return None
    apart = mine.position_mm - theirs.position_mm
    same = (mine.spacing_mm, frame.picture.format.rows) == (theirs.spacing_mm, source.format.rows)
    return float(np.linalg.norm(apart)) if same else abs(float(apart @ normal))


def _segments(found: Segmentation, slices: NDArray[np.int64], grid: RegionGrid) -> Iterator[Mask]:
    """The masks of a segmentation, one after the other."""
    first = found.frames[0].picture
    pixels = Pixels(first, first.member.read())
    if found.kind is Kind.LABELMAP:
        yield from _labelled(found, slices, grid, pixels)
        return
    shares = found.kind is Kind.FRACTIONAL
    for place, region in enumerate(found.regions):
        mask = np.zeros(grid.shape, np.uint8 if shares else bool)
        for frame, number in zip(found.frames, slices, strict=True):
            if frame.region == place:
                stored = pixels.stored_values(frame.picture)
                mask[number] |= (
                    np.rint(stored.astype(np.float64) * (FULL / found.full)).clip(0, FULL).astype(np.uint8)
                    if shares
                    else stored != 0
                )
        yield Mask(region, mask)


def _labelled(found: Segmentation, slices: NDArray[np.int64], grid: RegionGrid, pixels: Pixels) -> Iterator[Mask]:
    """The masks of a label map; 0 is the background."""
    values = np.zeros(grid.shape, np.uint16)
    for frame, number in zip(found.frames, slices, strict=True):
        values[number] = pixels.stored_values(frame.picture)
    numbers = {region.number for region in found.regions} | {0}
    if not set(np.unique(values).tolist()) <= numbers:
        raise RegionsUnread("The label map holds numbers of segments that the file does not describe.")
    for region in found.regions:
        if region.number:
            yield Mask(region, values == region.number)


def masks_of_structures(found: Sequence[Structure], pictures: Sequence[Instance], limits: Limits) -> Masks:
    """The structures of an RTSTRUCT, filled where their contours lie and nowhere between them.

    Parameters
    ----------
    found : sequence of Structure
    pictures : sequence of Instance
        Those at hand of the same coordinate system: their pixels are the grid where they lie along the contours.
    limits : Limits

    Raises
    ------
    RegionsUnread
    """
    outlines = [path for one in found for path in one.outlines]
    normal = _unit(normal_of(max(outlines, key=lambda path: float(np.linalg.norm(normal_of(path))))))
    sheet = _sheet_of(normal, outlines, pictures)
    flat = [path for path in outlines if _is_parallel(path, sheet.normal)]
    depths = np.array([float((path @ sheet.normal).mean()) for path in flat])
    numbers = clustered(depths, _FLAT_MM)
    planes = np.array([depths[numbers == number].mean() for number in range(numbers.max() + 1)])
    corners = np.concatenate(flat)
    pixel = np.array(sheet.pixel_mm)
    plain = np.stack([corners @ sheet.column, corners @ sheet.row], axis=-1)
    start = np.array([sheet.corner_mm @ sheet.column, sheet.corner_mm @ sheet.row])
    low = np.floor((plain.min(axis=0) - start) / pixel) - 1
    size = (np.ceil((plain.max(axis=0) - start) / pixel) + 2 - low).astype(int)
    if float(size[0]) * float(size[1]) > limits.voxels or size.max() > limits.rows:
        raise RegionsUnread("The contours reach farther than a patient does.")
    down, right = start + low * pixel
    first = down * sheet.column + right * sheet.row
    origins = first + planes[:, None] * sheet.normal
    origins, places, step, even = slices_between(
        origins, sheet.normal, sheet.step_mm, int(size[0] * size[1]), limits.voxels
    )
    between = len(origins) - len(places)
    grid = RegionGrid(
        origins, sheet.row, sheet.column, sheet.pixel_mm, step, (int(size[0]), int(size[1])), even, between
    )
    return Masks(grid, Kind.CONTOURS, _filled(found, planes, places, grid), len(found))


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """The pixels that contours are filled on."""

    row: NDArray[np.float64]
    column: NDArray[np.float64]
    pixel_mm: tuple[float, float]
    corner_mm: NDArray[np.float64]
    step_mm: float | None = None
    normal: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "normal", np.cross(self.row, self.column))


def _sheet_of(
    normal: NDArray[np.float64], outlines: Sequence[NDArray[np.float64]], pictures: Sequence[Instance]
) -> _Sheet:
    """The pixels of the pictures that lie along the contours; without such, squares small enough for them."""
    for one in pictures:
        place = one.placement
        if place is None or place.spacing_mm is None:
            continue
        across = np.cross(place.row, place.column)
        if abs(float(across @ normal)) >= _PARALLEL * float(np.linalg.norm(across)) > 0:
            row, unit = _unit(place.row), _unit(across)
            mates = [other for other in pictures if other.series_uid == one.series_uid and other.placement is not None]
            depths = np.unique([round(float(mate.placement.position_mm @ unit), 3) for mate in mates if mate.placement])
            step = float(np.diff(depths).min()) if len(depths) > 1 else None
            return _Sheet(row, np.cross(unit, row), place.spacing_mm, place.position_mm, step)
    across = normal if normal[int(np.argmax(np.abs(normal)))] > 0 else -normal
    along = np.eye(3)[0] if abs(across[0]) < _PARALLEL / 2 else np.eye(3)[1]
    row = _unit(along - (along @ across) * across)
    extent = float(np.ptp(np.concatenate(outlines), axis=0).max())
    pixel = min(_COARSEST_MM, max(extent / _ACROSS, 0.1))
    return _Sheet(row, np.cross(across, row), (pixel, pixel), np.zeros(3))


def _is_parallel(path: NDArray[np.float64], normal: NDArray[np.float64]) -> bool:
    """Whether an outline lies along the slices."""
    own = normal_of(path)
    return abs(float(own @ normal)) >= _PARALLEL * float(np.linalg.norm(own))


def _filled(
    found: Sequence[Structure], planes: NDArray[np.float64], places: NDArray[np.int64], grid: RegionGrid
) -> Iterator[Mask]:
    """The masks of structures, one after the other."""
    normal, pixel = np.cross(grid.row, grid.column), np.array(grid.pixel_mm)
    for one in found:
        flat = [path for path in one.outlines if _is_parallel(path, normal)]
        by_slice: dict[int, list[NDArray[np.float64]]] = {}
        for path in flat:
            number = int(np.argmin(np.abs(planes - float((path @ normal).mean()))))
            beside = path - grid.origins_mm[places[number]]
            by_slice.setdefault(int(places[number]), []).append(
                np.stack([beside @ grid.column, beside @ grid.row], axis=-1)
            )
        mask = np.zeros(grid.shape, bool)
        for number, outlines in by_slice.items():
            mask[number] = filled([outline / pixel for outline in outlines], grid.size)
        areas = [area_of(outlines) for outlines in by_slice.values()]
        inside = None if not areas or None in areas else sum(area or 0 for area in areas) * grid.step_mm / 1000
        yield Mask(one.region, mask, inside, one.points, one.left_out + len(one.outlines) - len(flat))


def laid_out(masks: Masks, most_voxels: int) -> Layers:
    """Empty layers for regions.

    Parameters
    ----------
    masks : Masks
    most_voxels : int
    """
    return Layers(masks.grid.shape, masks.count, most_voxels, shares=masks.kind is Kind.FRACTIONAL)
