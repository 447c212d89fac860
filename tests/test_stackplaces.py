"""Where the slices of a kept stack lie, and what lies in one coordinate system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.factories import DIRECTIONS, Scan, make_series
from webapp.errors import IndexOutOfRange
from webapp.imaging.plane import PICTURE
from webapp.imaging.rectangle import Rectangles
from webapp.stackplaces import picture_grid, shown_at, slices_of, systems_of

Opened = Callable[..., dict[str, Any]]


def corners(of: Rectangles) -> NDArray[np.float64]:
    """(N, 4, 3) all corners of rectangles, in no order that matters."""
    across, down = of.right * of.sizes_mm[:, :1], of.down * of.sizes_mm[:, 1:]
    return np.stack([of.corners_mm + a * across + b * down for a in (0, 1) for b in (0, 1)], axis=1)


def outer_points(scan: Scan, k: int) -> NDArray[np.float64]:
    """(4, 3) the outer corners of the corner pixels of a slice."""
    ends = [(j, i) for j in (-0.5, scan.rows - 0.5) for i in (-0.5, scan.columns - 0.5)]
    return np.array([scan.point_mm(k, j, i) for j, i in ends])  # type: ignore[arg-type]


def farthest(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """How far a corner of one is from the nearest of the other, mm."""
    return float(np.linalg.norm(a[:, None] - b[None], axis=-1).min(axis=1).max())


@pytest.mark.parametrize("name", DIRECTIONS)
@pytest.mark.parametrize("slide_mm", [(0, 0, 0), (0.4, 0.9, 0)], ids=["straight", "tilted"])
def test_the_slices_of_a_volume_lie_where_they_were_scanned(
    open_scan: Opened, name: str, slide_mm: tuple[float, float, float]
) -> None:
    scan = Scan(name, slide_mm=slide_mm)
    meta = open_scan(scan)
    found = corners(slices_of(meta, meta["system"]))
    turned = meta["acquired"]["flips"][meta["slice_axis"]]
    for place in range(scan.slices):
        k = scan.slices - 1 - place if turned else place
        assert farthest(found[place], outer_points(scan, k)) < 1e-4


def test_single_pictures_lie_where_they_were_scanned(open_scan: Opened) -> None:
    scan = Scan("oblique", slices=1)
    meta = open_scan(scan)
    (system,) = systems_of(meta)
    assert farthest(corners(slices_of(meta, system))[0], outer_points(scan, 0)) < 1e-4


def test_slices_of_another_coordinate_system_have_no_place(open_scan: Opened) -> None:
    for slices in (1, 3):
        assert np.isnan(slices_of(open_scan(Scan(slices=slices)), "0" * 32).corners_mm).all()


def test_pictures_without_a_true_size_have_no_place(open_scan: Opened) -> None:
    meta = open_scan(Scan(tags={"PixelSpacing": None}))
    (system,) = systems_of(meta)
    assert np.isnan(slices_of(meta, system).corners_mm).all()


def test_a_stack_without_a_coordinate_system_is_in_none(open_scan: Opened) -> None:
    for slices in (1, 3):
        assert systems_of(open_scan(Scan(slices=slices, tags={"FrameOfReferenceUID": ""}))) == set()


def test_what_an_earlier_version_kept_is_in_no_coordinate_system(open_scan: Opened) -> None:
    meta = open_scan(Scan())
    del meta["system"], meta["places"]
    assert systems_of(meta) == set()


def test_two_series_of_one_study_share_their_coordinate_system(open_series: Opened) -> None:
    series = [make_series(Scan(name, tags={"FrameOfReferenceUID": "1.2.3"})) for name in ("axial", "oblique")]
    first, second = open_series(*series)["stacks"]
    assert systems_of(first) == systems_of(second) != set()


@pytest.mark.parametrize("index", [7, 100])
def test_a_picture_that_is_not_there_is_refused(open_scan: Opened, index: int) -> None:
    meta = open_scan(Scan(tags={"PixelSpacing": None}))
    with pytest.raises(IndexOutOfRange):
        shown_at(meta, PICTURE, index)


@pytest.mark.parametrize(
    ("place", "steps"),
    [
        (None, (1, 1)),
        ({"spacing_mm": None, "aspect": 1.5}, (1, 1.5)),
        ({"spacing_mm": [0.8, 0.5], "aspect": 1.6}, (0.5, 0.8)),
    ],
    ids=["kept by an earlier version", "proportions alone", "millimetres"],
)
def test_a_pictures_pixels_stand_in_true_proportion(place: dict[str, Any] | None, steps: tuple[float, float]) -> None:
    grid = picture_grid(place)
    assert (grid.dx, grid.dy) == steps
