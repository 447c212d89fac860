"""The grid a volume is written on as NIfTI: its own where that is even, else a straight even one, and which is said.

NIfTI knows one affine a file. It holds a tilt as shear, so a tilted even stack keeps its voxels. Slices that are
uneven, missing or shifted against each other have no such affine: they are read from their true origins onto the
straight box around them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from webapp.imaging.affine import Affine
from webapp.imaging.lattice import Canvas, Lattice, Sampling, canvas_of, usual_step_mm

#: Gaps that differ by less than this share of their mean are even.
_EVEN_SHARE: Final = 0.02

_SHEARED: Final = (
    "The voxels are written as they were acquired; their tilt stands as shear in the affine (sform), which the program "
    "that opens the file has to follow."
)


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """The grid a volume is written on.

    Parameters
    ----------
    affine : Affine
        From the file's own ``(k, j, i)`` to patient LPS, mm.
    shape_kji : tuple of 3 int
    canvas : Canvas or None
        What the voxels are resampled onto; None where they are written as they are.
    words : str
        What was done to them, in sentences; empty where they form a plain box.
    """

    affine: Affine
    shape_kji: tuple[int, int, int]
    canvas: Canvas | None
    words: str

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "voxels": "exact" if self.canvas is None else "resampled",
            "words": self.words,
            "shape_kji": list(self.shape_kji),
            "affine_kji_to_lps": self.affine.matrix.tolist(),
        }


def form_of(lattice: Lattice) -> Form:
    """How a volume with this lattice is written.

    Parameters
    ----------
    lattice : Lattice
    """
    if lattice.sampling is not Sampling.INTERPOLATED:
        return Form(lattice.affine, lattice.shape_kji, None, "" if lattice.is_box else _SHEARED)
    canvas = canvas_of(lattice)
    return Form(canvas.affine, canvas.counts, canvas, _resampled(lattice, canvas))


def _resampled(lattice: Lattice, canvas: Canvas) -> str:
    """Why and how voxels were resampled, with the step and its reason."""
    k, j, i = canvas.steps_mm
    depths, step = lattice.depths_mm, float(canvas.steps_mm[lattice.slice_axis])
    usual = lattice.hole_step_mm or usual_step_mm(depths)
    reason = "the usual distance between slices" if math.isclose(step, usual) else "the finest that is written"
    rest = float(depths[-1] - depths[0]) - step * (canvas.counts[lattice.slice_axis] - 1)
    parts = [
        f"{_why(lattice)}, and NIfTI knows one even grid only: the values were read from each slice's true place onto "
        f"a grid of {i:.2f} × {j:.2f} × {k:.2f} mm at right angles, interpolated linearly.",
        f"Across the slices its step is {step:.2f} mm, {reason}.",
        f"The last {rest:.2f} mm are less than a step and are left out." if rest > 0.005 else "",
        "Where nothing was measured, in holes and beside the slices, the value is NaN.",
    ]
    return " ".join(part for part in parts if part)


def _why(lattice: Lattice) -> str:
    """What keeps the slices from being one even grid."""
    if lattice.holes.any():
        return "Slices are missing"
    gaps = np.diff(lattice.depths_mm)
    uneven = float(np.ptp(gaps)) > _EVEN_SHARE * float(gaps.mean())
    return "The slices are not evenly spaced" if uneven else "The slices are shifted against each other"
