"""The 256 ways in which a level may cut a cube."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from webapp.imaging.cubes import AXES, CORNERS, COUNTS

BITS = np.array([4, 2, 1])
CASES = range(256)


def triangles(case: int) -> list[list[tuple[int, int]]]:
    """The triangles of a case, each corner as the axis and the lower end of the edge it lies on."""
    lower = CORNERS[case] @ BITS
    return [
        [(int(AXES[case, number, corner]), int(lower[number, corner])) for corner in range(3)]
        for number in range(COUNTS[case])
    ]


def is_crossed(case: int, edge: tuple[int, int]) -> bool:
    """Whether the ends of an edge lie on different sides."""
    axis, low = edge
    return bool(case >> low & 1) != bool(case >> (low | int(BITS[axis])) & 1)


def middle(edge: tuple[int, int]) -> np.ndarray:
    axis, low = edge
    place = np.array([low >> 2 & 1, low >> 1 & 1, low & 1], float)
    place[axis] += 0.5
    return place


def test_a_cube_on_one_side_is_not_cut() -> None:
    assert (COUNTS[0], COUNTS[255]) == (0, 0)
    assert (COUNTS[1:255] > 0).all()


def test_every_crossed_edge_carries_a_corner_and_no_other_does() -> None:
    for case in CASES:
        used = {edge for triangle in triangles(case) for edge in triangle}
        crossed = {
            (axis, low)
            for axis in range(3)
            for low in range(8)
            if not low & BITS[axis] and is_crossed(case, (axis, low))
        }
        assert used == crossed


def test_inside_a_cube_every_side_of_a_triangle_meets_another_or_lies_in_a_face() -> None:
    for case in CASES:
        sides: dict[frozenset[tuple[int, int]], int] = {}
        for triangle in triangles(case):
            for here, there in pairwise([*triangle, triangle[0]]):
                sides[frozenset((here, there))] = sides.get(frozenset((here, there)), 0) + 1
        for side, count in sides.items():
            ends = np.array([middle(edge) for edge in side])
            in_face = bool(((ends == 0).all(axis=0) | (ends == 1).all(axis=0)).any())
            assert count == (1 if in_face else 2), case


@pytest.mark.parametrize("corner", range(8))
def test_a_lone_corner_is_cut_off_by_one_triangle_that_looks_away_from_it(corner: int) -> None:
    a, b, c = (middle(edge) for edge in triangles(1 << corner)[0])
    place = np.array([corner >> 2 & 1, corner >> 1 & 1, corner & 1])
    assert COUNTS[1 << corner] == 1
    assert np.cross(b - a, c - a) @ (a - place) > 0


def test_corners_that_touch_at_a_diagonal_only_are_parted() -> None:
    for first, second in ((0, 3), (0, 5), (0, 7), (1, 6)):
        parts = triangles(1 << first | 1 << second)
        assert len(parts) == 2
        assert not set(parts[0]) & set(parts[1])
