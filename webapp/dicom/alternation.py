"""Whether every second slice is brighter than its neighbours, as slices that disturb each other are: G45."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.config import AuditThresholds
from webapp.dicom.grid import GridKind
from webapp.dicom.protocol import protocol_of
from webapp.dicom.stack import Stack
from webapp.dicom.tolerances import thickness_of
from webapp.findings import Finding, Severity

_EVIDENCE: Final = ("0018,0023", "0018,0050")

#: Fewer slices than these, over the middle half and one beyond each end, alternate by chance.
_FEWEST: Final = 6

#: Grids in which a slice's neighbours are the ones that were acquired beside it.
_UNBROKEN: Final = (GridKind.REGULAR, GridKind.JITTER)


def alternation_findings(
    stack: Stack, voxels: NDArray[np.generic], no_data: float | None, thresholds: AuditThresholds
) -> list[Finding]:
    """G45: brightness that alternates from slice to slice, in 2D MR.

    Parameters
    ----------
    stack : Stack
    voxels : (T, N, rows, columns) ndarray
        Its decoded pictures; those of the first volume are looked at, one at a time.
    no_data : float or None
        The value that stands for nothing.
    thresholds : AuditThresholds
    """
    grid, first = stack.grid, stack.instances[0]
    if not stack.is_volume or voxels.ndim > 4 or grid is None or grid.kind not in _UNBROKEN:
        return []
    if not protocol_of(first, thickness_of(stack.instances), thresholds.thick_slice_mm).two_dimensional:
        return []
    percent = alternation_percent(_middle_means(voxels[0], no_data))
    if percent is None or percent <= thresholds.odd_even_percent:
        return []
    message = (
        f"Every second slice is brighter than its neighbours, by {percent:.0f} % over the middle half of the stack: "
        "neighbours may have disturbed each other (cross-talk). The picture cannot prove it."
    )
    return [Finding("G45", Severity.NOTE, message, {"odd_even_percent": percent}, _EVIDENCE)]


def alternation_percent(means: NDArray[np.float64]) -> float | None:
    """How much odd slices differ from even ones, in percent of the mean; None where that cannot be told.

    Each slice is held against the mean of its two neighbours, so that a slow rise along the body is no difference; the
    median keeps a single bright slice from counting.

    Parameters
    ----------
    means : (N,) ndarray
        Mean value of neighbouring slices; NaN for one without any.
    """
    if len(means) < _FEWEST or not np.isfinite(means).all() or means.mean() <= 0:
        return None
    against = means[1:-1] - (means[:-2] + means[2:]) / 2
    alternating = against * (-1.0) ** np.arange(len(against))
    return abs(float(np.median(alternating))) / float(means.mean()) * 100


def _middle_means(slices: NDArray[np.generic], no_data: float | None) -> NDArray[np.float64]:
    """(M,) mean values of the slices of the middle half and of one beyond each end; NaN where nothing was measured."""
    quarter = len(slices) // 4
    means = []
    for picture in slices[max(0, quarter - 1) : len(slices) - quarter + 1]:
        values = np.asarray(picture, np.float64)
        shown = values[np.isfinite(values) & (values != no_data)]
        means.append(float(shown.mean()) if shown.size else float("nan"))
    return np.array(means)
