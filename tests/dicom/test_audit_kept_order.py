"""Slices are counted as they are shown, whichever way their normal points."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dicom.clean import clean
from webapp.dicom.audited import WAYS, kept_direction
from webapp.dicom.grid import common_frame, measure
from webapp.dicom.model import Placement
from webapp.imaging.affine import Affine, nearest_axes

OpenScan = Callable[..., dict[str, Any]]


@given(
    quaternion=st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=4, max_size=4).filter(
        lambda parts: math.hypot(*parts) > 0.1
    )
)
@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_the_audit_and_the_volume_agree_on_the_order_of_slices(quaternion: list[float]) -> None:
    w, x, y, z = np.array(quaternion) / math.hypot(*quaternion)
    row = np.array([1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)])
    column = np.array([2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)])
    normal = np.cross(row, column)
    places = [Placement(normal * 3.0 * k, row, column, (1.0, 1.0)) for k in range(3)]
    frame = common_frame(places)
    axis, sign = kept_direction(frame, measure(frame, places))
    order = nearest_axes(Affine.from_steps([frame.normal * 3, frame.column, frame.row], (0, 0, 0)))
    assert (order.axes.index(0), order.flips[axis]) == (axis, sign < 0)


@pytest.mark.parametrize(("plane", "axis", "way"), [("axial", 0, 0), ("coronal", 1, 1), ("sagittal", 2, 2)])
def test_a_hole_lies_where_the_shown_slices_are_further_apart(
    open_scan: OpenScan, plane: str, axis: int, way: int
) -> None:
    meta = open_scan(clean(directions=plane, slices=6, positions_mm=[0, 3, 9, 12, 15, 18]))
    steps = np.linalg.norm(np.diff(meta["origins_mm"], axis=0), axis=1)
    missing = next(finding for finding in meta["findings"] if finding["id"] == "G29")
    covered = next(finding for finding in meta["findings"] if finding["id"] == "G47")
    assert (meta["slice_axis"], missing["slices"]) == (axis, [int(steps.argmax())])
    assert f"from {WAYS[way][0]} to {WAYS[way][1]}" in covered["message"]
