"""From array index to patient millimetres and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from tests.factories import DIRECTIONS, Scan
from tests.imaging.volumes import BOX, ORIGIN, turned
from webapp.imaging.affine import PATIENT_AXES, Affine, AxisOrder, nearest_axes

#: The oblique example of the domain reference: steps along slice, row, column.
OBLIQUE = Scan("oblique", spacing_mm=4.8)


def acquired(scan: Scan) -> Affine:
    """The affine of acquired axes: slice, row, column."""
    row, column, normal = scan.axes
    steps = [normal * scan.spacing_mm, column * scan.pixel_mm[0], row * scan.pixel_mm[1]]
    return Affine.from_steps(steps, scan.origin_mm)


def test_the_worked_oblique_example_has_its_matrix() -> None:
    """Columns there run (column, row, slice); here (slice, row, column)."""
    wanted = [
        [-0.2851, -0.1305, 0.4924, -98.2],
        [1.6168, 0.7403, 0.0868, -121.7],
        [4.5105, -0.2736, 0, 35.5],
    ]
    assert acquired(OBLIQUE).matrix[:3] == pytest.approx(np.array(wanted), abs=6e-5)


def test_the_worked_oblique_example_finds_its_voxel() -> None:
    point = acquired(OBLIQUE).apply([7, 50, 100])
    assert point.tolist() == pytest.approx([-57.482, -64.684, 53.393], abs=6e-4)


def test_the_worked_oblique_example_finds_its_second_slice() -> None:
    assert acquired(OBLIQUE).apply([1, 0, 0]).tolist() == pytest.approx([-98.485, -120.083, 40.011], abs=6e-4)


@pytest.mark.parametrize("plane", DIRECTIONS)
def test_index_undoes_apply(plane: str) -> None:
    affine = acquired(Scan(plane))
    points = np.random.default_rng(0).uniform(-50, 50, (20, 3))
    assert affine.index(affine.apply(points)) == pytest.approx(points, abs=1e-9)


@pytest.mark.parametrize("degrees", [0, 10, 77])
def test_spacing_is_the_length_of_right_angled_steps(degrees: float) -> None:
    assert Affine.from_steps(BOX @ turned(degrees).T, ORIGIN).spacing_mm == pytest.approx((3.0, 0.8, 0.5))


def test_spacing_of_a_tilted_stack_is_perpendicular() -> None:
    sheared = BOX.copy()
    sheared[0] = [0, 1.0, 3.0]
    assert Affine.from_steps(sheared, ORIGIN).spacing_mm[0] == pytest.approx(3.0)


def test_directions_have_unit_length() -> None:
    directions = Affine.from_steps(BOX @ turned(30).T, ORIGIN).directions
    assert np.linalg.norm(directions, axis=1) == pytest.approx(np.ones(3))


@pytest.mark.parametrize(
    "matrix",
    [
        pytest.param(np.eye(3), id="too small"),
        pytest.param(np.diag([1, 1, 0, 1]), id="flat"),
        pytest.param(np.diag([1, np.nan, 1, 1]), id="not a number"),
        pytest.param([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], id="two equal steps"),
    ],
)
def test_a_matrix_that_spans_no_volume_is_no_affine(matrix: Any) -> None:
    with pytest.raises(ValueError, match="invertible"):
        Affine(matrix)


def test_the_smallest_pixels_still_span_a_volume() -> None:
    assert Affine.from_steps(BOX * 1e-5, ORIGIN).spacing_mm == pytest.approx((3e-5, 8e-6, 5e-6))


def test_an_affine_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Affine(np.eye(4)).matrix[0, 0] = 2


@pytest.mark.parametrize(
    ("plane", "axes", "flips"),
    [
        pytest.param("axial", (0, 1, 2), (False, False, False), id="axial"),
        pytest.param("coronal", (1, 0, 2), (True, False, False), id="coronal: rows run to the feet"),
        pytest.param("sagittal", (1, 2, 0), (True, False, True), id="sagittal: slices run to the right"),
        pytest.param("oblique", (0, 1, 2), (False, False, False), id="oblique"),
    ],
)
def test_acquired_axes_go_to_the_nearest_patient_axes(plane: str, axes: Any, flips: Any) -> None:
    assert nearest_axes(acquired(Scan(plane))) == AxisOrder(axes, flips)


def test_a_tie_goes_to_the_earlier_patient_axis() -> None:
    half = np.sqrt(0.5)
    steps = [[0, half, half], [0, -half, half], [1, 0, 0]]
    assert nearest_axes(Affine.from_steps(steps, ORIGIN)).axes == (0, 1, 2)


@given(st.floats(0, 360), st.permutations(range(3)), st.tuples(*[st.booleans()] * 3))
def test_after_reordering_every_voxel_keeps_its_patient_point(degrees: float, swap: Any, mirrored: Any) -> None:
    steps = (BOX @ turned(degrees).T)[swap] * np.where(mirrored, -1, 1)[:, None]
    affine, shape = Affine.from_steps(steps, ORIGIN), (4, 5, 6)
    order = nearest_axes(affine)
    marked = np.arange(120).reshape(1, *shape)
    turned_voxels, turned_affine = order.view(marked)[0], affine.reordered(order, shape)
    for value in (0, 7, 29, 119):
        before = affine.apply(np.argwhere(marked[0] == value)[0])
        assert turned_affine.apply(np.argwhere(turned_voxels == value)[0]) == pytest.approx(before, abs=1e-9)


@given(st.floats(0, 360))
def test_after_reordering_each_axis_runs_with_a_patient_axis(degrees: float) -> None:
    affine = Affine.from_steps(BOX @ turned(degrees).T, ORIGIN)
    directions = affine.reordered(nearest_axes(affine), (4, 5, 6)).directions
    assert (np.einsum("ax,ax->a", directions, np.array(PATIENT_AXES)) > -1e-6).all()


def test_a_reordered_view_copies_no_voxel() -> None:
    voxels = np.zeros((1, 4, 5, 6))
    assert np.shares_memory(AxisOrder((1, 2, 0), (True, False, True)).view(voxels), voxels)


def test_colour_stays_behind_the_three_axes() -> None:
    assert AxisOrder((2, 1, 0), (False, False, True)).view(np.zeros((1, 4, 5, 6, 3))).shape == (1, 6, 5, 4, 3)


@pytest.mark.parametrize("points", [[0, 0, 0], [[0, 0, 0], [1, 2, 3]], np.zeros((2, 4, 3))])
def test_points_of_any_shape_are_taken(points: ArrayLike) -> None:
    assert Affine(np.eye(4)).apply(points).shape == np.shape(points)
