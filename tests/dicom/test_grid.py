"""Positions to a grid: evenness, tilt, and the directions they are measured in."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from tests.factories import DIRECTIONS, Scan
from webapp.dicom.grid import Grid, GridKind, Shear, along, common_frame, deviation, measure, same_place_mm
from webapp.dicom.model import Placement

STANDARD_NORMALS = {"axial": (0, 0, 1), "coronal": (0, 1, 0), "sagittal": (-1, 0, 0)}


def placements(scan: Scan) -> list[Placement]:
    row, column, _ = scan.axes
    return [Placement(scan.point_mm(k, 0, 0), row, column, scan.pixel_mm) for k in range(scan.slices)]


def grid_of(scan: Scan) -> Grid:
    places = placements(scan)
    return measure(common_frame(places), places)


def at(positions: Sequence[float], directions: str = "axial") -> Grid:
    return grid_of(Scan(directions, slices=len(positions), positions_mm=positions))


def tilted(degrees: float, slices: int = 12, directions: str = "axial", spacing: float = 3.0) -> Grid:
    """A gantry tilt: slices slide down their own columns."""
    _, column, _ = Scan(directions).axes
    slide = tuple(column * spacing * math.tan(math.radians(degrees)))
    return grid_of(Scan(directions, slices=slices, spacing_mm=spacing, slide_mm=slide))


@pytest.mark.parametrize("plane", STANDARD_NORMALS)
def test_the_normal_of_a_standard_plane_points_where_it_should(plane: str) -> None:
    assert common_frame(placements(Scan(plane))).normal.tolist() == pytest.approx(STANDARD_NORMALS[plane])


def test_the_worked_oblique_example_has_its_normal_and_positions() -> None:
    scan = Scan("oblique", spacing_mm=4.8)
    frame = common_frame(placements(scan))
    assert frame.normal.tolist() == pytest.approx([-0.0594, 0.3368, 0.9397], abs=5e-5)
    assert along(frame, placements(scan))[:2].tolist() == pytest.approx([-1.800, 3.000], abs=5e-4)


@pytest.mark.parametrize("plane", DIRECTIONS)
def test_even_slices_are_regular_with_the_perpendicular_spacing(plane: str) -> None:
    grid = grid_of(Scan(plane, spacing_mm=4.8))
    assert (grid.kind, grid.shear) == (GridKind.REGULAR, Shear.NONE)
    assert grid.spacing_mm == pytest.approx(4.8, abs=1e-5)


@pytest.mark.parametrize(
    ("positions", "kind", "spacing"),
    [
        pytest.param([0, 3, 6, 9, 12], GridKind.REGULAR, 3.0, id="even"),
        pytest.param([0, 3], GridKind.REGULAR, 3.0, id="two slices"),
        pytest.param([round(0.6257 * k, 2) for k in range(300)], GridKind.REGULAR, 0.6257, id="two decimals"),
        pytest.param([round(0.6257 * k, 1) for k in range(300)], GridKind.JITTER, 0.6257, id="one decimal"),
        pytest.param([0, 3.15, 5.85, 9.15, 11.85, 15], GridKind.JITTER, 3.0, id="wavering"),
        pytest.param([0, 3, 6, 12, 15], GridKind.MISSING, 3.0, id="one missing inside"),
        pytest.param([0, 3, 12, 15, 18], GridKind.MISSING, 3.0, id="two missing together"),
        pytest.param([0, 6, 9, 12], GridKind.MISSING, 3.0, id="second missing"),
        pytest.param([0, 3, 6, 9, 57, 60, 63], GridKind.SPARSE, 3.0, id="two slabs"),
        pytest.param([0, 3, 6, 9, 12, 15, 24, 27], GridKind.MISSING, 3.0, id="a hole of three steps"),
        pytest.param([0, 3, 6, 9, 12, 15, 27, 30], GridKind.SPARSE, 3.0, id="a hole of four steps"),
        pytest.param([0, 3, 6, 9, 12, 21, 30, 39, 48], GridKind.MISSING, 3.0, id="nearly as many missing as there"),
        pytest.param([0, 1.25, 2.5, 205], GridKind.SPARSE, 1.25, id="one far away"),
        pytest.param([0, 3, 6, 9, 14, 19, 24], GridKind.VARIABLE, 24 / 6, id="3 then 5 mm"),
        pytest.param([0, 1, 2.1, 3.5, 5.4, 8], GridKind.VARIABLE, 8 / 5, id="growing"),
        pytest.param([0, 3, 6, 10, 12, 15], GridKind.VARIABLE, 3.0, id="one displaced"),
        pytest.param([0, 6, 12, 15, 21], GridKind.VARIABLE, 21 / 4, id="mostly double gaps"),
    ],
)
def test_slices_are_classed_by_their_gaps(positions: list[float], kind: GridKind, spacing: float) -> None:
    grid = at(positions)
    assert grid.kind is kind
    assert grid.spacing_mm == pytest.approx(spacing, rel=2e-3)


@pytest.mark.parametrize("plane", DIRECTIONS)
def test_a_hole_is_found_in_any_plane(plane: str) -> None:
    assert at([0, 3, 6, 12, 15], plane).kind is GridKind.MISSING


@pytest.mark.parametrize("degrees", [-20, -18.5, -3, -2.5, -1, 1, 2.5, 3, 16.5, 18.5, 20])
def test_a_tilted_scan_is_found_with_its_angle(degrees: float) -> None:
    grid = tilted(degrees)
    assert grid.shear is Shear.SHEAR
    assert grid.tilt_deg == pytest.approx(abs(degrees), abs=1e-6)


def test_a_tilt_leaves_the_perpendicular_spacing_alone() -> None:
    """The real Philips scan of 18.5°: a table step of 2.5 mm, slices 2.3708 mm apart."""
    directions = ((1, 0, 0), (0, 0.9483237, -0.3173047))
    row, column = (np.array(vector) for vector in directions)
    places = [Placement(np.array([0, 0, 2.5 * k]), row, column, (0.4, 0.4)) for k in range(54)]
    grid = measure(common_frame(places), places)
    assert grid.spacing_mm == pytest.approx(2.3708, abs=1e-4)
    assert grid.tilt_deg == pytest.approx(18.5, abs=0.01)
    assert float(np.linalg.norm(grid.slide_mm)) == pytest.approx(0.793, abs=5e-4)


def test_half_a_degree_over_a_long_stack_is_a_tilt_and_over_a_short_one_is_not() -> None:
    assert tilted(0.5, slices=100).shear is Shear.SHEAR
    assert tilted(0.5, slices=3).shear is Shear.NONE


def test_a_tilt_is_found_in_an_oblique_stack() -> None:
    assert tilted(10, directions="oblique").tilt_deg == pytest.approx(10, abs=1e-4)


def test_origins_that_wander_sideways_are_no_tilt() -> None:
    places = placements(Scan())
    for number, place in enumerate(places):
        place.position_mm[0] += 2.0 * (-1) ** number
    assert measure(common_frame(places), places).shear is Shear.WANDER


def test_a_drift_below_a_fifth_of_a_pixel_is_straight() -> None:
    assert grid_of(Scan(slide_mm=(0.02, 0, 0))).shear is Shear.NONE
    assert grid_of(Scan(slide_mm=(0.04, 0, 0))).shear is Shear.SHEAR


@pytest.mark.parametrize(
    ("row", "column", "wanted"),
    [
        pytest.param((1, 0, 0), (0, 1, 0), 0.0, id="right angle"),
        pytest.param((1.02, 0, 0), (0, 1, 0), 0.02, id="2 % too long"),
        pytest.param((1, 0, 0), (0.1, 0.9949874371, 0), 0.1, id="not a right angle"),
        pytest.param((0, 0, 0), (0, 1, 0), 1.0, id="no length"),
    ],
)
def test_directions_tell_how_far_they_are_off(row: tuple[float, ...], column: tuple[float, ...], wanted: float) -> None:
    assert deviation(np.array([row], float), np.array([column], float)) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("directions", [((0, 0, 0), (0, 0, 0)), ((1, 0, 0), (1, 0, 0))], ids=["zero", "parallel"])
def test_directions_that_span_nothing_have_a_finite_frame(directions: tuple[Sequence[float], Sequence[float]]) -> None:
    frame = common_frame(placements(Scan(directions)))
    assert np.isfinite(frame.normal).all()
    assert frame.deviation >= 1


def test_noisy_directions_give_a_right_angle_of_unit_length() -> None:
    noise = np.random.default_rng(1).normal(0, 1e-5, (7, 6))
    places = [
        Placement(place.position_mm, place.row + off[:3], place.column + off[3:], place.spacing_mm)
        for place, off in zip(placements(Scan("oblique")), noise, strict=True)
    ]
    frame = common_frame(places)
    axes = np.array([frame.row, frame.column, frame.normal])
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)


@pytest.mark.parametrize(
    ("positions", "wanted"),
    [
        pytest.param([0, 3, 6], 0.01, id="ordinary spacing"),
        pytest.param([0, 0.1, 0.2], 0.005, id="very fine spacing"),
        pytest.param([5, 5, 5], 1e-5, id="one place"),
    ],
)
def test_two_slices_share_a_place_only_when_very_near(positions: list[float], wanted: float) -> None:
    assert same_place_mm(np.array(positions, float)) == pytest.approx(wanted)
