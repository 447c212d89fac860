"""The three planes and the letters at their edges, in the radiological convention."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.volumes import turned
from webapp.imaging.affine import PATIENT_AXES
from webapp.imaging.plane import Plane, edges, letters


@pytest.mark.parametrize(
    ("direction", "wanted"),
    [
        ((1, 0, 0), "L"),
        ((-1, 0, 0), "R"),
        ((0, 1, 0), "P"),
        ((0, -1, 0), "A"),
        ((0, 0, 1), "S"),
        ((0, 0, -1), "I"),
        ((10, 0, 0), "L"),
        ((0.97, 0.24, 0), "L"),
        ((0.96, 0.28, 0), "LP"),
        ((0.28, 0.96, 0), "PL"),
        ((-0.5, 0.6, -0.62), "IPR"),
    ],
)
def test_a_direction_has_the_letters_of_its_larger_parts(direction: tuple[float, ...], wanted: str) -> None:
    assert letters(direction) == wanted


@pytest.mark.parametrize(
    ("plane", "wanted"),
    [
        pytest.param(Plane.AXIAL, ("R", "L", "A", "P"), id="axial: seen from the feet"),
        pytest.param(Plane.CORONAL, ("R", "L", "S", "I"), id="coronal: seen from the front"),
        pytest.param(Plane.SAGITTAL, ("A", "P", "S", "I"), id="sagittal: seen from the left"),
    ],
)
def test_the_patients_right_is_on_the_left_of_the_screen(plane: Plane, wanted: tuple[str, ...]) -> None:
    assert edges(plane, np.array(PATIENT_AXES)) == wanted


def test_an_oblique_picture_has_two_letters_where_it_is_oblique() -> None:
    tilted = np.array([[0, 0.34, 0.94], [0, 0.94, -0.34], [1, 0, 0]])
    assert edges(Plane.AXIAL, tilted) == ("R", "L", "AS", "PI")


@pytest.mark.parametrize("plane", Plane)
@pytest.mark.parametrize("degrees", [0, 25, 140])
def test_opposite_edges_have_opposite_letters(plane: Plane, degrees: float) -> None:
    opposite = str.maketrans("LRPASI", "RLAPIS")
    found = edges(plane, np.array(PATIENT_AXES) @ turned(degrees).T)
    assert found.left.translate(opposite) == found.right
    assert found.top.translate(opposite) == found.bottom


@pytest.mark.parametrize(
    ("plane", "axis", "row", "column", "up"),
    [
        (Plane.AXIAL, 0, 1, 2, False),
        (Plane.CORONAL, 1, 0, 2, True),
        (Plane.SAGITTAL, 2, 0, 1, True),
    ],
)
def test_a_plane_knows_its_axes(plane: Plane, axis: int, row: int, column: int, up: bool) -> None:
    assert (plane.axis, plane.row_axis, plane.column_axis, plane.rows_reversed) == (axis, row, column, up)
