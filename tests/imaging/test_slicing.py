"""One plane of a volume as a picture with its place in millimetres."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.stacks import EVERYWHERE, PILES, Pile, points_of
from tests.imaging.volumes import BOX, ORIGIN, coded, turned, volume_of
from webapp.errors import IndexOutOfRange
from webapp.imaging.lattice import Sampling
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import place_of, take, view_of


@pytest.mark.parametrize(
    ("plane", "index", "first_row", "first_column"),
    [
        pytest.param(Plane.AXIAL, 2, [200 + i for i in range(7)], [200 + 10 * j for j in range(6)], id="axial"),
        pytest.param(
            Plane.CORONAL, 3, [430 + i for i in range(7)], [30 + 100 * k for k in range(4, -1, -1)], id="coronal"
        ),
        pytest.param(
            Plane.SAGITTAL, 5, [405 + 10 * j for j in range(6)], [5 + 100 * k for k in range(4, -1, -1)], id="sagittal"
        ),
    ],
)
def test_rows_and_columns_run_as_on_the_screen(
    plane: Plane, index: int, first_row: list[int], first_column: list[int]
) -> None:
    pixels = take(volume_of(coded()), plane, index).pixels
    assert pixels[0].tolist() == first_row
    assert pixels[:, 0].tolist() == first_column


@pytest.mark.parametrize(
    ("plane", "count", "rows", "columns"),
    [(Plane.AXIAL, 5, 6, 7), (Plane.CORONAL, 6, 5, 7), (Plane.SAGITTAL, 7, 5, 6)],
)
def test_a_view_says_its_size_without_pixels(plane: Plane, count: int, rows: int, columns: int) -> None:
    volume = volume_of(coded())
    view = view_of(plane, volume.lattice)
    assert (view.count, view.rows, view.columns) == (count, rows, columns)
    assert take(volume, plane, 0).pixels.shape == (rows, columns)


@pytest.mark.parametrize(
    ("plane", "x0", "dx", "y0", "dy"),
    [
        pytest.param(Plane.AXIAL, -98.2, 0.5, -121.7, 0.8, id="axial: x to the left, y to the back"),
        pytest.param(Plane.CORONAL, -98.2, 0.5, -(35.5 + 4 * 3), 3.0, id="coronal: y to the feet"),
        pytest.param(Plane.SAGITTAL, -121.7, 0.8, -(35.5 + 4 * 3), 3.0, id="sagittal: x to the back, y to the feet"),
    ],
)
def test_the_place_of_a_picture_is_in_patient_millimetres(
    plane: Plane, x0: float, dx: float, y0: float, dy: float
) -> None:
    grid = take(volume_of(coded()), plane, 0).grid
    assert (grid.x0, grid.dx, grid.y0, grid.dy) == pytest.approx((x0, dx, y0, dy))


@pytest.mark.parametrize("plane", Plane)
def test_a_point_of_the_picture_is_the_same_point_in_the_patient(plane: Plane) -> None:
    """Along the axes of an oblique stack, x and y of a pixel are its patient point measured along them."""
    volume = volume_of(coded(), BOX @ turned(20).T)
    picture = take(volume, plane, 2)
    row, column = 3, 4
    value = int(picture.pixels[row, column])
    point = volume.affine.apply([value // 100, value // 10 % 10, value % 10])
    right, down = volume.affine.directions[plane.column_axis], volume.affine.directions[plane.row_axis]
    down = -down if plane.rows_reversed else down
    assert right @ point == pytest.approx(picture.grid.x0 + column * picture.grid.dx)
    assert down @ point == pytest.approx(picture.grid.y0 + row * picture.grid.dy)


@pytest.mark.parametrize("index", [-1, 5, 1000])
def test_a_slice_outside_the_volume_does_not_exist(index: int) -> None:
    with pytest.raises(IndexOutOfRange):
        take(volume_of(coded()), Plane.AXIAL, index)


@pytest.mark.parametrize("time", [-1, 1])
def test_a_time_outside_the_series_does_not_exist(time: int) -> None:
    with pytest.raises(IndexOutOfRange):
        take(volume_of(coded()), Plane.AXIAL, 0, time)


def test_a_slice_is_a_view_and_no_copy() -> None:
    volume = volume_of(coded())
    assert np.shares_memory(take(volume, Plane.CORONAL, 1).pixels, volume.voxels)


@pytest.mark.parametrize("degrees", [0, 12, 40])
def test_an_oblique_view_says_by_how_much(degrees: float) -> None:
    angle = np.radians(degrees)
    tilt = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    volume = volume_of(coded(), BOX @ tilt.T, ORIGIN)
    assert view_of(Plane.AXIAL, volume.lattice).oblique_deg == pytest.approx(degrees, abs=1e-5)
    assert view_of(Plane.SAGITTAL, volume.lattice).oblique_deg == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("plane", Plane)
def test_the_letters_of_a_slice_are_those_of_its_plane(plane: Plane) -> None:
    wanted = {Plane.AXIAL: "RLAP", Plane.CORONAL: "RLSI", Plane.SAGITTAL: "APSI"}
    assert "".join(take(volume_of(coded()), plane, 0).edges) == wanted[plane]


@pytest.mark.parametrize("pile", EVERYWHERE.values(), ids=EVERYWHERE)
def test_slice_planes_are_as_acquired_each_at_its_own_place(pile: Pile) -> None:
    """Of a stack that is no even box too: the scanner's own pixels, where the scanner put them."""
    volume, plane = pile.volume(), list(Plane)[pile.slice_axis]
    view = view_of(plane, volume.lattice)
    assert view.positions_mm == pytest.approx((pile.origins_mm @ pile.directions.T)[:, pile.slice_axis])
    for index, place in enumerate(view.positions_mm):
        picture = take(volume, plane, index)
        assert picture.sampling is Sampling.ACQUIRED
        assert np.shares_memory(picture.pixels, volume.voxels)
        points = points_of(picture, plane, place, pile.directions)
        wanted = np.take(pile.points_mm, index, axis=pile.slice_axis)
        assert np.abs(points - (wanted[::-1] if plane.rows_reversed else wanted)).max() < 1e-9


@pytest.mark.parametrize("name", ["uneven", "slices missing"])
def test_side_views_of_an_uneven_stack_scroll_evenly(name: str) -> None:
    view = view_of(Plane.CORONAL, PILES[name].lattice)
    assert np.diff(view.positions_mm) == pytest.approx(0.8)
    assert view.count == 14


@pytest.mark.parametrize("pile", EVERYWHERE.values(), ids=EVERYWHERE)
@pytest.mark.parametrize("plane", Plane)
def test_a_picture_covers_its_pixels_to_their_outer_edges(pile: Pile, plane: Plane) -> None:
    volume = pile.volume()
    for index in (0, view_of(plane, volume.lattice).count - 1):
        picture = take(volume, plane, index)
        rectangle, grid = place_of(plane, volume.lattice, index)
        depth = view_of(plane, volume.lattice).positions_mm[index]
        first = points_of(picture, plane, depth, pile.directions)[0, 0]
        outwards = -rectangle.right[0] * grid.dx / 2 - rectangle.down[0] * grid.dy / 2
        assert rectangle.corners_mm[0] == pytest.approx(first + outwards)
        rows, columns = picture.pixels.shape
        assert rectangle.sizes_mm[0] == pytest.approx([columns * grid.dx, rows * grid.dy])
        assert grid == picture.grid


def test_a_picture_that_is_not_there_has_no_place() -> None:
    with pytest.raises(IndexOutOfRange):
        place_of(Plane.AXIAL, volume_of(coded()).lattice, 5)
