"""Positions to a grid: how even the slices are, how they tilt, and in which order they lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from webapp.dicom.model import Placement

#: Residual below which slices are even: real scanners keep to 0.0004 mm, two decimals of rounding cost 0.005 mm.
REGULAR_MM = 0.002
REGULAR_SHARE = 0.01

#: Residual, and deviation of a single gap, up to which slices waver but none is missing (share of the spacing).
JITTER_SHARE = 0.1
JITTER_GAP_SHARE = 0.2

#: How near to a whole multiple of the step a hole must be (share of the step), and the widest hole drawn as blank.
MULTIPLE_SHARE = 0.1
WIDEST_HOLE = 3

#: Two slices are at the same place within this (mm, and share of the spacing), but never below the first.
SAME_PLACE_LEAST_MM = 1e-5
SAME_PLACE_MM = 0.01
SAME_PLACE_SHARE = 0.05

#: In-plane drift that is still straight: below it no reader can see the slide (mm, and share of a pixel).
DRIFT_MM = 0.05
DRIFT_PIXELS = 0.2

#: Slices point the same way within this angle, degrees.
SAME_DIRECTION_DEG = 0.05

#: Direction vectors further from a right angle of unit length than this cannot be trusted (G02); nearer ones are
#: cleaned up, silently below the second.
NOT_ORTHONORMAL = 1e-2
CLEANED_UP = 1e-3


class GridKind(StrEnum):
    """How the slices of a stack are spaced."""

    REGULAR = "REGULAR"
    JITTER = "JITTER"
    MISSING = "MISSING"
    SPARSE = "SPARSE"
    VARIABLE = "VARIABLE"


class Shear(StrEnum):
    """How slice origins move sideways from slice to slice."""

    NONE = "NONE"
    SHEAR = "SHEAR"
    WANDER = "WANDER"


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The common directions of a stack's pictures, orthonormal, patient LPS.

    Parameters
    ----------
    row, column, normal : (3,) ndarray
        Along a row, down a column, and their cross product.
    deviation : float
        Largest deviation of any picture's vectors from unit length and a right angle.
    """

    row: NDArray[np.float64]
    column: NDArray[np.float64]
    normal: NDArray[np.float64]
    deviation: float


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """What the positions of at least two slices measure.

    Parameters
    ----------
    kind : GridKind
    positions_mm : (N,) ndarray
        Along the normal, ascending, mm.
    spacing_mm : float
        Mean step along the normal; the usual step where slices are missing, mm.
    residual_mm : float
        Largest distance from the best straight line over the index, mm.
    shear : Shear
    drift_mm : float
        Largest sideways distance of an origin from the mean line, mm.
    slide_mm : (3,) ndarray
        Mean sideways movement from one slice to the next, patient LPS, mm.
    tilt_deg : float
        Angle of that movement against the normal, degrees.
    """

    kind: GridKind
    positions_mm: NDArray[np.float64]
    spacing_mm: float
    residual_mm: float
    shear: Shear
    drift_mm: float
    slide_mm: NDArray[np.float64]
    tilt_deg: float

    @property
    def gaps_mm(self) -> NDArray[np.float64]:
        """(N − 1,) distances between neighbouring slices along the normal, mm."""
        return np.diff(self.positions_mm)


def common_frame(placements: Sequence[Placement]) -> Frame:
    """The mean directions, made orthonormal (PS3.3 C.7.6.2.1.1).

    Parameters
    ----------
    placements : sequence of Placement
        Pointing the same way within `SAME_DIRECTION_DEG`.
    """
    rows = np.array([placement.row for placement in placements])
    columns = np.array([placement.column for placement in placements])
    row = _unit(rows.mean(axis=0))
    column = columns.mean(axis=0)
    column = _unit(column - row * (column @ row))
    return Frame(row, column, np.cross(row, column), deviation(rows, columns))


def deviation(rows: NDArray[np.float64], columns: NDArray[np.float64]) -> float:
    """Largest distance of (N, 3) direction pairs from unit length and a right angle."""
    lengths = np.linalg.norm(np.stack([rows, columns]), axis=-1)
    dots = np.einsum("nx,nx->n", rows, columns)
    return float(max(np.abs(lengths - 1).max(), np.abs(dots).max()))


def along(frame: Frame, placements: Sequence[Placement]) -> NDArray[np.float64]:
    """(N,) positions along the normal, mm."""
    return np.array([placement.position_mm for placement in placements]) @ frame.normal


def same_place_mm(positions_mm: NDArray[np.float64]) -> float:
    """How near two slices must be to lie at the same place, mm.

    Parameters
    ----------
    positions_mm : (N,) ndarray
        In any order.
    """
    gaps = np.diff(np.sort(positions_mm))
    apart = gaps[gaps > (SAME_PLACE_MM if (gaps > SAME_PLACE_MM).any() else SAME_PLACE_LEAST_MM)]
    spacing = float(np.median(apart)) if apart.size else 0.0
    return max(SAME_PLACE_LEAST_MM, min(SAME_PLACE_MM, SAME_PLACE_SHARE * spacing))


def measure(frame: Frame, placements: Sequence[Placement]) -> Grid:
    """The grid of slices sorted along the normal, no two at one place.

    Parameters
    ----------
    frame : Frame
    placements : sequence of at least 2 Placement
        In ascending order along ``frame.normal``.
    """
    origins = np.array([placement.position_mm for placement in placements])
    positions = origins @ frame.normal
    index = np.arange(len(positions))
    slope, start = np.polyfit(index, positions, 1)
    residual = float(np.abs(positions - (slope * index + start)).max())
    kind, spacing = _kind(positions, residual)
    pixel_mm = min(placements[0].spacing_mm) if placements[0].spacing_mm else math.inf
    shear, drift, slope_in_plane = _sideways(origins, positions, frame, max(DRIFT_MM, DRIFT_PIXELS * pixel_mm))
    return Grid(
        kind=kind,
        positions_mm=positions,
        spacing_mm=spacing,
        residual_mm=residual,
        shear=shear,
        drift_mm=drift,
        slide_mm=slope_in_plane * spacing,
        tilt_deg=math.degrees(math.atan(float(np.linalg.norm(slope_in_plane)))),
    )


def _kind(positions: NDArray[np.float64], residual: float) -> tuple[GridKind, float]:
    """The class of the spacing and the step it is counted in."""
    gaps = np.diff(positions)
    mean = float(positions[-1] - positions[0]) / len(gaps)
    if residual <= max(REGULAR_MM, REGULAR_SHARE * mean):
        return GridKind.REGULAR, mean
    if residual <= JITTER_SHARE * mean and np.abs(gaps - mean).max() <= JITTER_GAP_SHARE * mean:
        return GridKind.JITTER, mean
    step = float(np.median(gaps[gaps <= gaps.min() * (1 + MULTIPLE_SHARE)]))
    multiples = np.rint(gaps / step)
    if np.abs(gaps - multiples * step).max() > MULTIPLE_SHARE * step:
        return GridKind.VARIABLE, mean
    missing, widest = int(multiples.sum()) - len(gaps), int(multiples.max())
    mostly_whole = 2 * int((multiples == 1).sum()) >= len(gaps)
    if widest > WIDEST_HOLE or (mostly_whole and missing > len(positions)):
        return GridKind.SPARSE, step
    return (GridKind.MISSING, step) if mostly_whole else (GridKind.VARIABLE, mean)


def _sideways(
    origins: NDArray[np.float64], positions: NDArray[np.float64], frame: Frame, straight_mm: float
) -> tuple[Shear, float, NDArray[np.float64]]:
    """Whether origins slide sideways, by how much from the mean place, and the slide per mm of the normal."""
    in_plane = origins - positions[:, None] * frame.normal
    from_mean = in_plane - in_plane.mean(axis=0)
    drift = float(np.linalg.norm(from_mean, axis=1).max())
    depth = positions - positions.mean()
    slope: NDArray[np.float64] = (depth @ from_mean) / (depth @ depth)
    if drift <= straight_mm:
        return Shear.NONE, drift, slope
    left_over = np.linalg.norm(from_mean - depth[:, None] * slope, axis=1).max()
    return (Shear.SHEAR if left_over <= straight_mm else Shear.WANDER), drift, slope


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """The vector at length 1; one without length stays as it is, and is refused by its deviation."""
    unit: NDArray[np.float64] = vector / (float(np.linalg.norm(vector)) or 1.0)
    return unit
