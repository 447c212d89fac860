"""Lines where slices cut a picture, with numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from webapp.imaging.rectangle import Rectangles
from webapp.imaging.reference import PARALLEL_DEG, reference_lines

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
FEET = (0.0, 0.0, -1.0)


def rectangle(corner: ArrayLike, right: ArrayLike, down: ArrayLike, size: ArrayLike) -> Rectangles:
    """One rectangle by its outer corner."""
    return Rectangles(*(np.atleast_2d(np.asarray(part, float)) for part in (corner, right, down, size)))


#: A coronal picture of 200 × 100 mm in the plane y = 10, its corner to the right and above.
CORONAL = rectangle((-100, 10, 60), X, FEET, (200, 100))


def line(picture: Rectangles, slice_: Rectangles) -> NDArray[np.float64]:
    return reference_lines(picture, slice_)[0]


def test_an_axial_slice_is_a_level_line_on_a_coronal_picture() -> None:
    """z = 35 lies 25 mm below the picture's top at z = 60."""
    axial = rectangle((-120, -120, 35), X, Y, (240, 240))
    assert line(CORONAL, axial) == pytest.approx([0, 25, 200, 25])


def test_a_sagittal_slice_is_an_upright_line_from_top_to_bottom() -> None:
    """x = −40 lies 60 mm from the picture's left edge at x = −100."""
    sagittal = rectangle((-40, -120, 120), Y, FEET, (240, 240))
    assert line(CORONAL, sagittal) == pytest.approx([60, 0, 60, 100])


def test_an_oblique_slice_is_a_leaning_line() -> None:
    """Turned by θ around y, with tan θ = 3/4, through (0, 10, 20): z = 20 + 3/4 · x, so y on screen is 40 − 3/4 · x.

    At the left edge, x = −100, that is 115 mm down, below the picture; the line enters at its bottom edge, 100 mm
    down, where x = −80, 20 mm from the left edge; it leaves at the top edge, where x = 53.333.
    """
    along = np.array([0.8, 0, 0.6])
    oblique = rectangle(np.array([0, 10, 20]) - 150 * along - 150 * np.array(Y), along, Y, (300, 300))
    assert line(CORONAL, oblique) == pytest.approx([20, 100, 100 + 160 / 3, 0])


def test_two_oblique_planes_meet_in_the_line_worked_out_by_hand() -> None:
    """A picture turned by 45° around z, and a slice whose normal is (0.6, 0, 0.8).

    Picture: right r = (1, 1, 0)/√2, down (0, 0, −1), corner (0, 0, 10), 40 × 20 mm. Slice: 0.6 x + 0.8 z = 6.4. A point
    of the picture is (s/√2, s/√2, 10 − t): 0.6 s/√2 + 8 − 0.8 t = 6.4, so t = 2 + 0.75 s/√2: it begins 2 mm down at the
    left edge; at the right edge, s = 40, it would be 23.213 mm down, so it ends at the bottom: s = 18 √2/0.75 = 33.941.
    """
    half = math.sqrt(0.5)
    picture = rectangle((0, 0, 10), (half, half, 0), FEET, (40, 20))
    slice_ = rectangle((-72, -100, 62), (0.8, 0, -0.6), Y, (200, 200))
    assert line(picture, slice_) == pytest.approx([0, 2, 18 * math.sqrt(2) / 0.75, 20])


@pytest.mark.parametrize("turned_deg", [0, 0.9 * PARALLEL_DEG])
def test_a_parallel_slice_draws_nothing(turned_deg: float) -> None:
    angle = math.radians(turned_deg)
    right = (math.cos(angle), math.sin(angle), 0)
    assert np.isnan(line(CORONAL, rectangle((-100, 10, 60), right, FEET, (200, 100)))).all()


def test_a_slice_beyond_the_picture_draws_nothing() -> None:
    axial = rectangle((-120, -120, 61), X, Y, (240, 240))
    assert np.isnan(line(CORONAL, axial)).all()


def test_a_line_is_no_wider_than_its_slice() -> None:
    """80 mm wide from x = −30 on: from 70 mm to 150 mm on the picture."""
    axial = rectangle((-30, -120, 35), X, Y, (80, 240))
    assert line(CORONAL, axial) == pytest.approx([70, 25, 150, 25])


def test_a_slice_beside_the_picture_draws_nothing() -> None:
    axial = rectangle((110, -120, 35), X, Y, (80, 240))
    assert np.isnan(line(CORONAL, axial)).all()


def test_a_scout_whose_nominal_plane_misses_the_slices_shows_where_they_lie() -> None:
    axial = rectangle((-50, 200, 35), X, Y, (100, 100))
    assert line(CORONAL, axial) == pytest.approx([50, 25, 150, 25])


def test_each_of_many_slices_has_its_line_and_one_without_a_place_has_none() -> None:
    corners = [(-120, -120, 35), (np.nan, np.nan, np.nan), (-120, -120, -30)]
    slices = Rectangles.of_pixels(corners, (X, Y), (1, 1), (240, 240))
    lines = reference_lines(CORONAL, slices)
    assert np.isnan(lines[1]).all()
    assert lines[[0, 2], 1] == pytest.approx([25, 90])
