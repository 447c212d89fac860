"""A volume: voxels in patient space, read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.affine import Affine


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Modality values on a grid in the patient.

    Parameters
    ----------
    voxels : (T, K, J, I) ndarray of int16 or float32
        Modality units; k runs to the Head, j to Posterior, i to the Left as nearly as the acquisition allows.
    affine : Affine
        From ``(k, j, i)`` to patient LPS, mm.
    origins_mm : (N, 3) ndarray of float64
        The true position of the first voxel of each slice along `slice_axis`, patient LPS, mm.
    slice_axis : int
        The axis of ``(k, j, i)`` along which the slices were acquired.
    unit : str or None
        ``"HU"`` …; None where the unit is not known.
    no_data : float or None
        The value that stands for "nothing was measured here".
    """

    voxels: NDArray[np.generic]
    affine: Affine
    origins_mm: NDArray[np.float64]
    slice_axis: int
    unit: str | None = None
    no_data: float | None = None

    def __post_init__(self) -> None:
        if self.voxels.ndim < 4 or self.voxels.flags.writeable:
            raise ValueError("voxels are a read-only (T, K, J, I) array")
        if self.origins_mm.shape != (self.shape_kji[self.slice_axis], 3):
            raise ValueError("there is one origin for each slice")

    @property
    def shape_kji(self) -> tuple[int, int, int]:
        """Voxels along k, j, i."""
        _, k, j, i = self.voxels.shape[:4]
        return k, j, i

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Perpendicular distance between voxels along k, j, i, mm."""
        return self.affine.spacing_mm

    def value_at(self, point_mm: NDArray[np.float64], time: int = 0) -> float | None:
        """The value of the voxel nearest to a patient point, or None outside the volume.

        Parameters
        ----------
        point_mm : (3,) ndarray
            Patient LPS, mm.
        time : int
            Zero-based time point.
        """
        nearest = np.rint(self.affine.index(point_mm)).astype(int)
        if (nearest < 0).any() or (nearest >= self.shape_kji).any():
            return None
        return float(self.voxels[(time, *nearest)])
