"""The made-up patient: a torso as a function of points in millimetres."""

from __future__ import annotations

import numpy as np

from sample_data.abdomen import paint_abdomen
from sample_data.chest import paint_lungs, paint_middle
from sample_data.shapes import Canvas, Field, Points
from sample_data.skeleton import paint_skeleton
from sample_data.wall import paint_letters, paint_muscles, paint_wall

_CHUNK = 65536


def hounsfield(points: Points) -> Field:
    """Return what a CT of the made-up patient shows at given points.

    Parameters
    ----------
    points : (N, 3) ndarray of float64, patient LPS, mm
        The midline is x = 0; z runs from about -250 (pelvis) to 250 (neck). Points close together
        in the array should be close in space: each run of them is painted on its own.

    Returns
    -------
    (N,) ndarray of float64, HU
    """
    values = np.full(len(points), -1000.0)
    for start in range(0, len(points), _CHUNK):
        canvas = Canvas(points[start : start + _CHUNK], values[start : start + _CHUNK])
        paint_wall(canvas)
        paint_muscles(canvas)
        paint_lungs(canvas)
        paint_middle(canvas)
        paint_abdomen(canvas)
        paint_skeleton(canvas)
        paint_letters(canvas)
    return values
