"""A stack as the audit looks at it: its slices in the order they are shown, their places, and the thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.config import AuditThresholds
from webapp.dicom.grid import Frame, Grid
from webapp.dicom.model import Instance

#: Where the shown slices run to, by the patient axis they lie along: from the first to the last.
WAYS: Final = (("foot", "head"), ("front", "back"), ("right", "left"))

#: Head, Posterior, Left in patient LPS: the order in which axes are kept.
_PATIENT_AXES: Final = np.array(((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)))


@dataclass(frozen=True, slots=True, eq=False)
class Audited:
    """Slices with proven positions, one of each place, in kept order: towards Head, Posterior or Left.

    Parameters
    ----------
    instances : tuple of Instance
        In kept order.
    positions_mm : (N,) ndarray
        Along the kept direction, ascending, mm.
    frame : Frame
    grid : Grid
    sign : float
        -1 when kept slices run against the normal, else 1.
    way : tuple of 2 str
        Where the first and the last slice lie: an entry of `WAYS`.
    whole : bool
        The stack is all there is of its series.
    thresholds : AuditThresholds
    """

    instances: tuple[Instance, ...]
    positions_mm: NDArray[np.float64]
    frame: Frame
    grid: Grid
    sign: float
    way: tuple[str, str]
    whole: bool
    thresholds: AuditThresholds

    @property
    def first(self) -> Instance:
        """An instance to ask what all have in common."""
        return self.instances[0]

    @property
    def gaps_mm(self) -> NDArray[np.float64]:
        """(N − 1,) distances between neighbouring slices along the normal, mm."""
        return np.diff(self.positions_mm)

    @property
    def pixel_mm(self) -> float | None:
        """The smaller pixel spacing, mm, or None."""
        placement = self.first.placement
        return min(placement.spacing_mm) if placement is not None and placement.spacing_mm is not None else None


def audited(
    frame: Frame,
    grid: Grid,
    instances: Sequence[Instance],
    thresholds: AuditThresholds,
    whole: bool,
) -> Audited:
    """A measured stack turned to the order in which its slices are shown.

    Parameters
    ----------
    frame : Frame
    grid : Grid
    instances : sequence of Instance
        Ascending along ``frame.normal``.
    thresholds : AuditThresholds
    whole : bool
        No picture of the series was put into another stack.
    """
    axis, sign = kept_direction(frame, grid)
    ordered = tuple(instances) if sign > 0 else tuple(instances)[::-1]
    positions = grid.positions_mm if sign > 0 else -grid.positions_mm[::-1]
    return Audited(ordered, positions, frame, grid, sign, WAYS[axis], whole, thresholds)


def kept_direction(frame: Frame, grid: Grid) -> tuple[int, float]:
    """The patient axis (0 Head, 1 Posterior, 2 Left) that slices are kept along, and -1 when against the normal.

    Each patient axis takes the acquired one with the largest remaining |cosine|; ties go to the earlier.
    """
    step = frame.normal * grid.spacing_mm + grid.slide_mm
    cosines = _PATIENT_AXES @ np.array((step / np.linalg.norm(step), frame.column, frame.row)).T
    remaining = np.round(np.abs(cosines), 9)
    while True:
        place, axis = divmod(int(np.argmax(remaining)), 3)
        if axis == 0:
            return place, -1.0 if cosines[place, axis] < 0 else 1.0
        remaining[place, :] = -1
        remaining[:, axis] = -1
