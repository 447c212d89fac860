"""On which side of a level voxels lie, and which lie on none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Sides of the level, and what has none.
OUTSIDE, INSIDE, NOTHING = 0, 1, 2


def sides_of(values: NDArray[Any], level: float, no_data: float | None) -> NDArray[np.uint8]:
    """On which side of a level voxels lie.

    Parameters
    ----------
    values : ndarray
    level : float
    no_data : float or None

    Returns
    -------
    ndarray of uint8
        `OUTSIDE`, `INSIDE` (at least the level) or `NOTHING` (no data, or not finite).
    """
    whole = values.dtype.kind != "f"
    # Whole numbers are held against a whole number: no voxel is turned into a float.
    sides = (values >= (math.ceil(level) if whole else level)).view(np.uint8)
    if not whole:
        finite = np.isfinite(values)
        if not finite.all():
            sides[~finite] = NOTHING
    if no_data is not None and math.isfinite(no_data):
        sides[values == (int(no_data) if whole else no_data)] = NOTHING
    return sides
