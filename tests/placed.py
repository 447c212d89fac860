"""Whether every voxel of the phantom lies where the scan put it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.factories import Scan, value_at
from tests.factories_multiframe import BRIGHTER
from webapp.stackfiles import load_volume


def misplaced(meta: dict[str, Any], scan: Scan, *, scale: float = 1.0, intercept: float = 0.0) -> list[str]:
    """Points of the phantom at which an opened stack shows another value, or none; corners and middle of each slice.

    Parameters
    ----------
    meta : dict
        As `open_series` gives it, with its folder.
    scan : Scan
    scale, intercept : float
        From stored values to the shown ones.
    """
    volume = load_volume(meta["folder"])
    wrong = []
    rows, columns = scan.rows, scan.columns
    for t in range(meta["time_points"]):
        for k in range(scan.slices):
            for j, i in ((0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)):
                probe = volume.probe(np.asarray(scan.point_mm(k, j, i)), t)
                wanted = (value_at(k, j, i) + t * BRIGHTER) * scale + intercept
                if not probe.exact or probe.value != wanted:
                    wrong.append(f"t {t} k {k} j {j} i {i}: {probe.value} for {wanted}")
    return wrong


def ids(meta: dict[str, Any]) -> list[str]:
    """The findings of an opened stack."""
    return [finding["id"] for finding in meta["findings"]]


def finding(meta: dict[str, Any], name: str) -> dict[str, Any]:
    """One finding of an opened stack."""
    return next(dict(one) for one in meta["findings"] if one["id"] == name)
