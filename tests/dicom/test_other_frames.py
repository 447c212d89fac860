"""Old multi-frame objects: nuclear reconstructions, dose grids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import Scan
from tests.factories_multiframe import make_dose, make_nuclear, reversed_scan
from tests.placed import finding, ids, misplaced

Open = Callable[..., dict[str, Any]]

SCAN = Scan(spacing_mm=4.0, slices=8)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("directions", ["axial", "oblique"])
def test_a_nuclear_reconstruction_follows_the_sign_of_its_step(open_series: Open, sign: int, directions: str) -> None:
    scan = Scan(directions=directions, spacing_mm=4.0, slices=8)
    (stack,) = open_series([make_nuclear(scan, sign=sign)])["stacks"]
    assert misplaced(stack, scan if sign > 0 else reversed_scan(scan)) == []


def test_a_nuclear_reconstruction_says_that_its_places_are_assumed(open_series: Open) -> None:
    (stack,) = open_series([make_nuclear(SCAN, sign=-1)])["stacks"]
    assert (stack["verdict"], finding(stack, "G57")["numbers"]) == ("caution", {"step_mm": -4.0})


def test_the_slice_vector_says_which_frame_is_which_slice(open_series: Open) -> None:
    dataset = make_nuclear(SCAN)
    size = SCAN.rows * SCAN.columns * 2
    dataset.PixelData = b"".join(dataset.PixelData[k * size : (k + 1) * size] for k in reversed(range(8)))
    dataset.SliceVector = list(range(8, 0, -1))
    (stack,) = open_series([dataset])["stacks"]
    assert misplaced(stack, SCAN) == []


def test_a_gated_reconstruction_has_a_volume_a_time_slot(open_series: Open) -> None:
    dataset = make_nuclear(SCAN, kind="RECON GATED TOMO")
    dataset.SliceVector, dataset.TimeSlotVector = [1, 2, 3, 4] * 2, [1] * 4 + [2] * 4
    (stack,) = open_series([dataset])["stacks"]
    assert (stack["time_points"], stack["time_key"], stack["time_values"]) == (2, "time slot", [1, 2])


@pytest.mark.parametrize("lacking", ["SpacingBetweenSlices", "DetectorInformationSequence"])
def test_a_nuclear_object_without_start_or_step_is_pictures(open_series: Open, lacking: str) -> None:
    dataset = make_nuclear(SCAN)
    delattr(dataset, lacking)
    (stack,) = open_series([dataset])["stacks"]
    assert (stack["kind"], stack["affine_kji_to_lps"], "G57" in ids(stack)) == ("pictures", None, False)


def test_projections_of_a_nuclear_scan_are_no_volume(open_series: Open) -> None:
    (stack,) = open_series([make_nuclear(SCAN, kind="TOMO")])["stacks"]
    assert stack["kind"] == "pictures"


@pytest.mark.parametrize("start", [0.0, SCAN.origin_mm[2]], ids=["relative", "absolute"])
def test_the_planes_of_a_dose_grid_lie_at_their_offsets(open_series: Open, start: float) -> None:
    offsets = [start + 4.0 * k for k in range(8)]
    (stack,) = open_series([make_dose(SCAN, offsets)])["stacks"]
    assert (stack["kind"], stack["value_unit"]) == ("volume", "Gy")
    assert misplaced(stack, SCAN, scale=0.5) == []


def test_relative_offsets_of_an_oblique_dose_grid_run_along_its_normal(open_series: Open) -> None:
    scan = Scan(directions="oblique", spacing_mm=4.0, slices=8)
    (stack,) = open_series([make_dose(scan, [4.0 * k for k in range(8)])])["stacks"]
    assert misplaced(stack, scan, scale=0.5) == []


def test_absolute_offsets_mean_nothing_on_an_oblique_grid(open_series: Open) -> None:
    scan = Scan(directions="oblique", spacing_mm=4.0, slices=8)
    (stack,) = open_series([make_dose(scan, [35.5 + 4.0 * k for k in range(8)])])["stacks"]
    assert stack["kind"] != "volume"


def test_a_dose_grid_with_too_few_offsets_is_no_volume(open_series: Open) -> None:
    (stack,) = open_series([make_dose(SCAN, [0.0, 4.0])])["stacks"]
    assert (stack["kind"], "G16" in ids(stack)) == ("pictures", False)


def test_a_computed_spacing_is_not_called_measured(open_series: Open) -> None:
    (stack,) = open_series([make_nuclear(SCAN)])["stacks"]
    assert stack["summary"].startswith("Spacing 4.00 mm (assumed from the tag (0018,0088))")
    assert "measured" not in finding(stack, "G27")["message"]


def test_frames_without_a_slice_vector_are_slices_in_the_order_of_the_file(open_series: Open) -> None:
    dataset = make_nuclear(SCAN)
    del dataset.SliceVector
    (stack,) = open_series([dataset])["stacks"]
    assert misplaced(stack, SCAN) == []
