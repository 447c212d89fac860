"""Where the voxels of a stack lie, and the straight box around them all."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.stacks import EVERYWHERE, MISSING, UNEVEN, Pile
from webapp.imaging.affine import Affine
from webapp.imaging.lattice import Lattice, canvas_of, usual_step_mm


def test_there_is_one_origin_for_each_slice() -> None:
    with pytest.raises(ValueError, match="one origin"):
        Lattice(Affine(np.eye(4)), (2, 3, 4), 0, np.zeros((3, 3)))


@pytest.mark.parametrize("pile", EVERYWHERE.values(), ids=EVERYWHERE)
def test_every_voxel_lies_at_its_true_patient_point(pile: Pile) -> None:
    indices = np.stack(np.indices(pile.lattice.shape_kji), axis=-1)
    assert np.abs(pile.lattice.apply(indices) - pile.points_mm).max() < 1e-9


def test_between_two_slices_a_point_lies_between_their_origins() -> None:
    lattice = Pile(UNEVEN, tilt_deg=15, wander_mm=2).lattice
    first, second = lattice.apply([3, 4, 5]), lattice.apply([4, 4, 5])
    assert lattice.apply([3.25, 4, 5]) == pytest.approx(0.75 * first + 0.25 * second)


@pytest.mark.parametrize("pile", EVERYWHERE.values(), ids=EVERYWHERE)
def test_the_directions_of_the_views_are_at_right_angles(pile: Pile) -> None:
    assert pile.lattice.directions == pytest.approx(pile.directions, abs=1e-9)


def test_an_even_straight_box_keeps_the_directions_of_its_affine() -> None:
    lattice = Pile(turn_deg=33).lattice
    assert lattice.is_box
    assert np.array_equal(lattice.directions, lattice.affine.directions)


@pytest.mark.parametrize("pile", EVERYWHERE.values(), ids=EVERYWHERE)
def test_slices_are_as_far_apart_as_they_are(pile: Pile) -> None:
    assert np.diff(pile.lattice.depths_mm) == pytest.approx(np.diff(pile.depths_mm))


def test_gaps_of_whole_steps_are_holes_where_slices_are_missing() -> None:
    assert np.flatnonzero(Pile(MISSING, has_holes=True).lattice.holes).tolist() == [3, 6]


@pytest.mark.parametrize("depths", [UNEVEN, MISSING])
def test_a_stack_of_changing_spacing_has_no_holes(depths: tuple[float, ...]) -> None:
    assert not Pile(depths).lattice.holes.any()


def test_a_wavering_stack_with_holes_has_no_more_of_them() -> None:
    depths = (0.0, 3.1, 6.0, 9.1, 15.2, 18.1)
    assert np.flatnonzero(Pile(depths, has_holes=True).lattice.holes).tolist() == [3]


def test_every_gap_is_a_hole_where_no_two_slices_are_one_step_apart() -> None:
    assert np.flatnonzero(Pile((0.0, 6.0, 12.0, 21.0), has_holes=True).lattice.holes).tolist() == [0, 1, 2]


def test_a_single_slice_has_no_holes() -> None:
    lattice = Lattice(Affine(np.eye(4)), (1, 3, 4), 0, np.zeros((1, 3)), hole_step_mm=3.0)
    assert lattice.holes.tolist() == []


def test_the_canvas_of_an_even_box_is_the_box() -> None:
    lattice = Pile(turn_deg=20).lattice
    canvas = canvas_of(lattice)
    assert canvas.counts == lattice.shape_kji
    assert canvas.steps_mm == pytest.approx(lattice.affine.spacing_mm)
    assert canvas.start_mm == pytest.approx(lattice.directions @ lattice.affine.origin_mm)


def test_the_canvas_of_a_tilted_stack_is_as_much_longer_as_the_slices_slide() -> None:
    canvas = canvas_of(Pile(tilt_deg=25).lattice)
    slid = 24 * np.tan(np.radians(25))
    assert canvas.counts == (9, 14 + int(np.ceil(slid / 0.8)), 11)


def test_missing_slices_take_their_room_on_the_canvas() -> None:
    canvas = canvas_of(Pile(MISSING, has_holes=True).lattice)
    assert (canvas.counts[0], canvas.steps_mm[0]) == (12, pytest.approx(3))


def test_uneven_slices_are_sampled_at_the_smallest_usual_step() -> None:
    canvas = canvas_of(Pile(UNEVEN).lattice)
    assert (canvas.counts[0], canvas.steps_mm[0]) == (12, pytest.approx(2.5))


def test_a_step_far_smaller_than_the_stack_is_long_takes_no_endless_canvas() -> None:
    canvas = canvas_of(Pile((0.0, 0.01, 500.0)).lattice)
    assert canvas.counts[0] <= 4096
    assert canvas.start_mm[0] + (canvas.counts[0] - 1) * canvas.steps_mm[0] == pytest.approx(505.5)


@pytest.mark.parametrize(
    ("positions", "wanted"),
    [((0, 3, 6, 9), 3), ((0, 3, 6, 12, 15), 3), ((0, 2.5, 5.1, 30), 2.55), ((0, 7), 7), ((0, 9, 10), 1)],
)
def test_the_usual_step_is_that_of_the_narrow_gaps(positions: tuple[float, ...], wanted: float) -> None:
    assert usual_step_mm(np.array(positions, float)) == pytest.approx(wanted)
