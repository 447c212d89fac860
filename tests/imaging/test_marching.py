"""Marching cubes through volumes of every kind of numbers, order and size."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from tests.imaging.meshes import edge_uses, is_closed
from webapp.imaging import marching
from webapp.imaging.marching import Marching, crossings, march, memory_order, used_only


def noise(shape: tuple[int, int, int] = (11, 13, 9), kind: str = "int16") -> NDArray[Any]:
    """Values that cross a level nearly everywhere."""
    values = np.random.default_rng(3).integers(-20, 20, shape)
    return values > 0 if kind == "bool" else values.astype(kind)


def smooth(shape: tuple[int, int, int] = (24, 20, 28)) -> NDArray[np.float32]:
    """A few lumps without any value at the level."""
    k, j, i = np.indices(shape)
    return (np.sin(k / 3.1) + np.cos(j / 2.7) + np.sin(i / 3.7) + 0.0123).astype(np.float32)


def area(points: NDArray[np.float32], faces: NDArray[np.int32]) -> float:
    a, b, c = points.astype(float)[faces].transpose(1, 0, 2)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


@pytest.mark.parametrize("kind", ["int16", "uint16", "int8", "float32", "float64", "bool"])
def test_a_closed_surface_of_noise_has_no_hole_and_no_fin(kind: str) -> None:
    level = 0.5 if kind == "bool" else 3.0
    points, faces = march(noise(kind=kind), Marching(level, closed=True))
    assert is_closed(faces)
    assert len(np.unique(faces)) == len(points)


def test_an_open_surface_of_noise_ends_at_the_border_only() -> None:
    values = noise()
    points, faces = march(values, Marching(3.0))
    assert set(edge_uses(faces)) == {1, 2}
    edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    alone = np.unique(edges, axis=0)[edge_uses(faces) == 1]
    ends = points[alone]
    last = np.array(values.shape) - 1
    assert ((ends == 0).all(axis=1) | (ends == last).all(axis=1)).any(axis=1).all()


@pytest.mark.parametrize("voxels", [1, 200, 1 << 21])
@pytest.mark.parametrize("closed", [False, True])
def test_slabs_of_any_thickness_join_to_the_same_surface(
    voxels: int, closed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_points, whole_faces = march(noise(), Marching(3.0, closed=closed))
    monkeypatch.setattr(marching, "_SLAB_VOXELS", voxels)
    points, faces = march(noise(), Marching(3.0, closed=closed, workers=3))
    assert {tuple(point) for point in points} == {tuple(point) for point in whole_points}
    assert len(faces) == len(whole_faces)
    assert area(points, faces) == pytest.approx(area(whole_points, whole_faces))
    assert is_closed(faces) == closed


@pytest.mark.parametrize("order", permutations(range(3)), ids=str)
@pytest.mark.parametrize("flipped", [False, True])
def test_the_surface_does_not_depend_on_how_values_lie_in_memory(order: tuple[int, int, int], flipped: bool) -> None:
    values = smooth()
    laid = np.ascontiguousarray(values.transpose(order)).transpose(np.argsort(order))
    if flipped:
        laid = np.ascontiguousarray(laid[::-1, :, ::-1])[::-1, :, ::-1]
    points, faces = march(values, Marching(0.0))
    turned, turned_faces = march(laid, Marching(0.0))
    assert np.array_equal(points[np.lexsort(points.T)], turned[np.lexsort(turned.T)])
    for corners, triangles in ((points, faces), (turned, turned_faces)):
        a, b, c = corners.astype(float)[triangles].transpose(1, 0, 2)
        middle = np.rint((a + b + c) / 3).astype(int)
        uphill = np.stack(np.gradient(values), axis=-1)[tuple(middle.T)]
        assert (np.einsum("fx,fx->f", np.cross(b - a, c - a), uphill) < 0).mean() > 0.97


def test_axes_of_a_left_hand_turn_the_triangles_over() -> None:
    (_, right), (_, left) = (march(smooth(), Marching(0.0, mirrored=on)) for on in (False, True))
    assert np.array_equal(right, left[:, ::-1])


def test_it_lies_where_scikit_image_has_it() -> None:
    values = smooth()
    points, faces = march(values, Marching(0.0))
    theirs, their_faces, _, _ = marching_cubes(values, 0.0)
    assert points[np.lexsort(points.T)] == pytest.approx(theirs[np.lexsort(theirs.T)], abs=0.01)
    assert area(points, faces) == pytest.approx(area(theirs, their_faces), rel=1e-3)


@pytest.mark.parametrize("kind", ["int16", "float32"])
def test_crossings_are_the_corners_of_the_open_surface(kind: str) -> None:
    assert crossings(noise(kind=kind), 3.0) == len(march(noise(kind=kind), Marching(3.0))[0])


def test_crossings_with_what_was_not_measured_are_none() -> None:
    values = np.zeros((4, 4, 4), np.int16)
    values[1:3, 1:3, 1:3] = 10
    assert crossings(values, 5) == 24
    assert crossings(values, 5, no_data=0.0) == 0
    assert crossings(values, 5, no_data=10.0) == 0
    assert crossings(np.where(values == 0, np.nan, values).astype(np.float32), 5) == 0


def test_a_value_equal_to_the_level_is_inside_and_makes_no_flat_triangle() -> None:
    values = np.zeros((5, 5, 5), np.int16)
    values[2, 2, 2] = 10
    points, faces = march(values, Marching(10.0))
    assert (len(points), len(faces)) == (6, 8)
    assert np.abs(points - 2).max() == pytest.approx(1 / 512)
    assert area(points, faces) > 0


def test_a_level_between_two_whole_numbers_is_kept_as_it_is() -> None:
    values = np.zeros((3, 3, 3), np.int16)
    values[1, 1, 1] = 4
    points, _ = march(values, Marching(1.0))
    halfway, _ = march(values, Marching(0.5))
    assert np.abs(points - 1).max() == pytest.approx(0.75)
    assert np.abs(halfway - 1).max() == pytest.approx(0.875)


def test_a_level_that_parts_nothing_makes_nothing() -> None:
    points, faces = march(noise(), Marching(1000.0))
    assert (points.shape, faces.shape) == ((0, 3), (0, 3))


def test_infinite_values_are_no_data() -> None:
    values = smooth()
    values[:, :, :9] = np.inf
    values[:, :, 20:] = -np.inf
    points, _ = march(values, Marching(0.0))
    assert (points[:, 2].min(), points[:, 2].max()) == pytest.approx((9, 19), abs=0.01)


def test_blanks_are_closed_half_a_voxel_into_them_on_request() -> None:
    values = np.full((6, 6, 6), 10, np.int16)
    values[:, :, 4:] = -99
    points, faces = march(values, Marching(5.0, no_data=-99.0, closed=True))
    assert is_closed(faces)
    assert (points.min(axis=0).tolist(), points.max(axis=0).tolist()) == ([-0.5, -0.5, -0.5], [5.5, 5.5, 3.5])


def test_progress_counts_slabs_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marching, "_SLAB_VOXELS", 1)
    told: list[tuple[int, int]] = []
    march(noise(), Marching(3.0, progress=lambda done, total: told.append((done, total))))
    assert told == [(slab, 10) for slab in range(1, 11)]


def test_the_order_of_memory_is_from_the_slowest_axis_to_the_fastest() -> None:
    values = np.zeros((2, 3, 4))
    assert memory_order(values) == (0, 1, 2)
    assert memory_order(values.transpose(2, 0, 1)[::-1]) == (1, 2, 0)


def test_corners_of_no_triangle_are_let_go() -> None:
    points, faces = used_only(np.eye(3, dtype=np.float32), np.array([[0, 2, 2]], np.int32))
    assert (points.tolist(), faces.tolist()) == ([[1, 0, 0], [0, 0, 1]], [[0, 1, 1]])
