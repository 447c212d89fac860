"""Which values are drawn between black and white."""

from __future__ import annotations

import numpy as np
import pytest

from webapp.imaging.window import CT_PRESETS, WindowLevel, automatic_window


def test_a_window_runs_half_its_width_to_either_side() -> None:
    assert (WindowLevel(40, 400).low, WindowLevel(40, 400).high) == (-160, 240)


@pytest.mark.parametrize("numbers", [(0, 0), (0, -1), (float("nan"), 1), (0, float("inf"))])
def test_an_impossible_window_is_refused(numbers: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="width above zero"):
        WindowLevel(*numbers)


def test_a_window_between_two_values_spans_them() -> None:
    assert WindowLevel.between(-100, 300) == WindowLevel(100, 400)


def test_a_window_between_equal_values_is_one_wide() -> None:
    assert WindowLevel.between(7, 7) == WindowLevel(7, 1)


def test_the_automatic_window_leaves_out_the_extremes() -> None:
    values = np.arange(1001, dtype=np.int16)
    assert automatic_window(values) == WindowLevel(500, 980)


def test_the_automatic_window_of_one_value_is_one_wide() -> None:
    assert automatic_window(np.full((2, 3, 4), 9, np.int16)) == WindowLevel(9, 1)


@pytest.mark.parametrize("turned", [False, True], ids=["in memory order", "turned"])
def test_the_automatic_window_of_a_large_volume_is_sampled(turned: bool) -> None:
    values = np.linspace(0, 1, 1_000_000, dtype=np.float32).reshape(100, 100, 100)
    window = automatic_window(values.T if turned else values)
    assert (window.center, window.width) == (pytest.approx(0.5, abs=0.03), pytest.approx(0.98, abs=0.03))


def test_the_presets_of_ct_have_their_usual_numbers() -> None:
    numbers = {one.name: (one.window.center, one.window.width) for one in CT_PRESETS}
    assert numbers["Soft tissue"] == (40, 400)
    assert numbers["Lung"] == (-600, 1500)
    assert numbers["Brain"] == (40, 80)
