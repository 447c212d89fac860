"""What is physically true of a stack, computed."""

from __future__ import annotations

import pytest

from tests.compare.stacks import finding, meta, table
from webapp.compare.acquisition import order_of, order_words
from webapp.compare.derived import derived_of, derived_rows
from webapp.compare.likeness import State

NUMBERS = range(8)


def test_an_even_volume_says_what_is_true_of_it() -> None:
    told = derived_of(table(), meta(findings=[finding("G47", covered_mm=28.0)]))
    assert told == {
        "spacing": "4.8",
        "gap": "0.80",
        "gap_percent": "20",
        "sampled_percent": "83",
        "coverage": "28.0",
        "tilt": "0.0",
        "pixel": "0.8\\0.5",
        "anisotropy": "9.6",
        "slices": "6",
        "missing": "0",
        "placed_by": "measured",
        "order": "not recorded",
    }


def test_an_overlap_is_a_negative_gap() -> None:
    told = derived_of(table(), meta(step_mm=2.0))
    assert (told["gap"], told["gap_percent"], told["sampled_percent"]) == ("-2.00", "-50", "100")


def test_slices_side_by_side_have_no_gap_and_no_sign() -> None:
    assert derived_of(table(), meta(step_mm=3.9999))["gap"] == "0.00"


def test_without_a_credible_thickness_there_is_no_gap() -> None:
    assert "gap" not in derived_of(table(), meta(thickness_mm=None))


def test_pictures_that_form_no_volume_have_nothing_computed() -> None:
    assert derived_of(table(), meta(kind="pictures", spacing_mm_kji=None, slice_axis=None)) == {}


def test_missing_slices_are_counted() -> None:
    assert derived_of(table(), meta(findings=[finding("G29", missing=2)]))["missing"] == "2"


def test_pixels_of_a_tilted_stack_keep_their_size() -> None:
    affine = [[0, 0, 0.5, 0], [0, 0.8, 0, 0], [4.8, 0.1, 0, 0], [0, 0, 0, 1]]
    between_rows = derived_of(table(), meta(affine_kji_to_lps=affine))["pixel"].partition("\\")[0]
    assert float(between_rows) == pytest.approx(0.80623, abs=1e-4)


def test_two_stacks_stand_side_by_side() -> None:
    rows = {row.keyword: row for row in derived_rows([(table(), meta()), (table(), meta(step_mm=4.8005))])}
    assert rows["spacing"].state is State.FORMATTING or rows["spacing"].state is State.EQUAL
    assert rows["gap_percent"].state is State.EQUAL
    assert derived_rows([(table(), meta()), (table(), meta(step_mm=6.0))])[0].state is State.DIFFERENT


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], "ascending, I to S"),
        ([7, 6, 5, 4, 3, 2, 1, 0], "descending, S to I"),
        ([0, 4, 1, 5, 2, 6, 3, 7], "interleaved, every second slice, odd slices first"),
        ([4, 0, 5, 1, 6, 2, 7, 3], "interleaved, every second slice, even slices first"),
        ([3, 7, 2, 6, 1, 5, 0, 4], "interleaved, every second slice, odd slices first"),
        ([0, 3, 6, 1, 4, 7, 2, 5], "interleaved, every third slice, slices 1, 4 … first"),
        ([0, 1, 2, 3, 0, 1, 2, 3], "ascending, I to S, 2 slices at a time"),
        ([5, 5, 5, 5, 5, 5, 5, 5], "one time is recorded for all slices"),
        ([0, 7, 1, 2, 6, 5, 4, 3], "in no plain order"),
    ],
)
def test_times_say_in_which_order_slices_were_acquired(times: list[float], words: str) -> None:
    assert order_of(times, NUMBERS, ("I", "S")) == words


def test_a_missing_slice_does_not_hide_that_others_were_interleaved() -> None:
    numbers = [0, 1, 2, 4, 5, 6, 7]
    times = [0, 4, 1, 2, 6, 3, 7]
    assert order_of(times, numbers, ("I", "S")) == "interleaved, every second slice, odd slices first"


def test_the_clock_of_each_slice_is_its_acquisition_time() -> None:
    times = ["120000", "120003", "120001", "120004", "120002", "120005"]
    assert order_words(table(AcquisitionTime=times), meta()) == "interleaved, every second slice, odd slices first"


def test_a_stack_kept_against_the_axis_names_its_sides_in_kept_order() -> None:
    times = [f"12000{place}" for place in range(6)]
    flipped = meta(acquired={"axes": [0, 1, 2], "flips": [True, False, False]})
    assert order_words(table(AcquisitionTime=times), flipped) == "ascending, S to I"


def test_a_slab_is_acquired_at_once() -> None:
    assert order_words(table(MRAcquisitionType="3D"), meta()) == "all slices at once (3D)"


def test_few_slices_have_no_order() -> None:
    assert order_of([0, 1, 2], range(3), ("I", "S")) == "too few slices to tell"
