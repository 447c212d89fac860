"""A volume: voxels in patient space, read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.affine import Affine
from webapp.imaging.field import Field
from webapp.imaging.lattice import Lattice, slices_around

#: A point this near to a voxel's centre is at it (voxels).
AT_CENTRE = 1e-3


@dataclass(frozen=True, slots=True)
class Probe:
    """What a volume holds at a patient point.

    Parameters
    ----------
    value : float or None
        The nearest voxel's modality value.
    why_null : str or None
        ``"outside"``, ``"hole"`` or ``"padding"`` where there is no value.
    kji : tuple of 3 float
        The point in voxels.
    exact : bool
        Whether the point is a voxel's centre.
    """

    value: float | None
    why_null: str | None
    kji: tuple[float, float, float]
    exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Modality values at places in the patient.

    Parameters
    ----------
    voxels : (T, K, J, I) ndarray of int16 or float32
        Modality units; k runs to the Head, j to Posterior, i to the Left as nearly as the acquisition allows.
    lattice : Lattice
        Where the voxels lie.
    unit : str or None
        ``"HU"`` …; None where the unit is not known.
    no_data : float or None
        The value that stands for "nothing was measured here", NaN included.
    """

    voxels: NDArray[np.generic]
    lattice: Lattice
    unit: str | None = None
    no_data: float | None = None

    def __post_init__(self) -> None:
        if self.voxels.ndim < 4 or self.voxels.flags.writeable:
            raise ValueError("voxels are a read-only (T, K, J, I) array")
        if self.voxels.shape[1:4] != self.lattice.shape_kji:
            raise ValueError("voxels fill their lattice")

    @property
    def is_colour(self) -> bool:
        """Whether the voxels are colours, with a last axis of red, green and blue."""
        return self.voxels.ndim > 4

    @property
    def affine(self) -> Affine:
        """The best straight map from ``(k, j, i)`` to patient LPS, mm."""
        return self.lattice.affine

    @property
    def slice_axis(self) -> int:
        """The axis along which slices were acquired."""
        return self.lattice.slice_axis

    @property
    def shape_kji(self) -> tuple[int, int, int]:
        """Voxels along k, j, i."""
        return self.lattice.shape_kji

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Perpendicular distance between voxels along k, j, i, mm; the mean one along uneven slices."""
        return self.affine.spacing_mm

    def field(self, time: int = 0) -> Field:
        """The values of one time point as what a surface is made of.

        Parameters
        ----------
        time : int
            Zero-based.
        """
        return Field(self.voxels[time], self.lattice, self.no_data, self.unit)

    def probe(self, point_mm: NDArray[np.float64], time: int = 0) -> Probe:
        """The value of the voxel nearest to a patient point, found by the slices' true origins.

        Parameters
        ----------
        point_mm : (3,) ndarray
            Patient LPS, mm.
        time : int
            Zero-based time point.
        """
        kji, in_hole = self._place(point_mm)
        nearest = np.rint(kji).astype(int)
        k, j, i = (float(part) for part in kji)
        if (nearest < 0).any() or (nearest >= self.shape_kji).any():
            return Probe(None, "outside", (k, j, i), False)
        if in_hole:
            return Probe(None, "hole", (k, j, i), False)
        exact = bool(np.abs(kji - nearest).max() <= AT_CENTRE)
        value = float(self.voxels[(time, *nearest)])
        if self.is_nothing(np.array(value)):
            return Probe(None, "padding", (k, j, i), exact)
        return Probe(value, None, (k, j, i), exact)

    def is_nothing(self, values: NDArray[np.generic]) -> NDArray[np.bool_]:
        """Where values stand for nothing.

        Parameters
        ----------
        values : ndarray of any shape
            Voxels of this volume.
        """
        if self.no_data is None:
            return np.zeros(values.shape, bool)
        return np.asarray(np.isnan(values) if np.isnan(self.no_data) else values == self.no_data)

    def _place(self, point_mm: NDArray[np.float64]) -> tuple[NDArray[np.float64], bool]:
        """A point in voxels, and whether it lies where slices are missing."""
        lattice, s = self.lattice, self.slice_axis
        if lattice.is_box:
            return self.affine.index(point_mm), False
        directions = lattice.directions
        depths = lattice.depths_mm
        depth = float(point_mm @ directions[s])
        (below,), (along,) = slices_around(depths, np.array([depth]))
        nearest = below + int(along > 0.5)
        offset = directions @ (point_mm - lattice.origins_mm[nearest])
        kji: NDArray[np.float64] = offset / np.linalg.norm(self.affine.steps_mm, axis=1)
        kji[s] = below + along
        hole = bool(lattice.holes[below]) and AT_CENTRE < along < 1 - AT_CENTRE
        return kji, hole
