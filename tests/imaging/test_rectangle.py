"""Where a picture lies, in the words of the three planes and to the edge of its pixels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from webapp.imaging.plane import Plane, opposite
from webapp.imaging.rectangle import Rectangles, facing

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
FEET = (0.0, 0.0, -1.0)


@pytest.mark.parametrize(
    ("row", "column", "plane", "position"),
    [
        (X, Y, Plane.AXIAL, 30),
        (Y, X, Plane.AXIAL, 30),
        (X, FEET, Plane.CORONAL, -20),
        (Y, FEET, Plane.SAGITTAL, 10),
        ((0, -1, 0), FEET, Plane.SAGITTAL, 10),
    ],
)
def test_a_picture_is_named_after_the_plane_it_lies_in(
    row: tuple[float, ...], column: tuple[float, ...], plane: Plane, position: float
) -> None:
    assert facing((10, -20, 30), row, column) == (plane, 0, pytest.approx(position))


def test_an_oblique_picture_says_by_how_much_and_lies_along_its_own_normal() -> None:
    """Turned by 30° around x: the normal is (0, −1/2, √3/2), so (0, −20, 30) lies at 10 + 15 √3."""
    angle = math.radians(30)
    found = facing((0, -20, 30), X, (0, math.cos(angle), math.sin(angle)))
    assert found.plane is Plane.AXIAL
    assert found.oblique_deg == pytest.approx(30)
    assert found.position_mm == pytest.approx(10 + 15 * math.sqrt(3))


def test_a_rectangle_reaches_half_a_pixel_beyond_the_outer_centres() -> None:
    of = Rectangles.of_pixels((10, 20, 30), (X, Y), (0.5, 0.8), (4, 5))
    assert of.corners_mm[0] == pytest.approx([9.75, 19.6, 30])
    assert of.sizes_mm[0] == pytest.approx([2, 4])


def test_depths_are_along_the_normal_of_each() -> None:
    of = Rectangles.of_pixels([(0, 0, 7), (0, 0, 9)], (X, Y), (1, 1), (2, 2))
    assert of.depths_mm == pytest.approx([7, 9])
    assert np.array_equal(of.one(1).corners_mm, of.corners_mm[1:])


@pytest.mark.parametrize(("sides", "wanted"), [("L", "R"), ("PS", "AI"), ("IR", "SL")])
def test_the_opposite_side_has_the_opposite_letters(sides: str, wanted: str) -> None:
    assert opposite(sides) == wanted
