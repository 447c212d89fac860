"""A scalar field in the patient: what a surface can be made of, be it an image or a mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.lattice import Lattice


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One value at each place of a lattice.

    Parameters
    ----------
    values : (K, J, I) ndarray
        Of a real or boolean type and any strides, mapped or in memory; a mask is a field whose surface is at 0.5.
    lattice : Lattice
        Where they lie.
    no_data : float or None
        The value that stands for "nothing was measured here". What is not finite is no data anyhow.
    unit : str or None
        Of the values.
    """

    values: NDArray[Any]
    lattice: Lattice
    no_data: float | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        if self.values.shape != self.lattice.shape_kji:
            raise ValueError("a field fills its lattice")

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Along k, j, i, mm: from pixel to pixel, and perpendicular from slice to slice, of uneven ones the mean."""
        axis = self.lattice.slice_axis
        k, j, i = np.linalg.norm(self.lattice.affine.steps_mm, axis=1)
        k, j, i = (
            self.lattice.affine.spacing_mm[at] if at == axis else float(step) for at, step in enumerate((k, j, i))
        )
        return k, j, i

    def limits(self) -> tuple[float, float] | None:
        """The lowest and the highest value that was measured; None where nothing was."""
        lows, highs = [], []
        for sheet in self.values:
            measured = sheet[np.isfinite(sheet)] if sheet.dtype.kind == "f" else sheet
            if self.no_data is not None:
                measured = measured[measured != self.no_data]
            if measured.size:
                lows.append(float(measured.min()))
                highs.append(float(measured.max()))
        return (min(lows), max(highs)) if lows else None
