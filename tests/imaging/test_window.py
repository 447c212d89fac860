"""Which values are drawn between black and white."""

from __future__ import annotations

import numpy as np
import pytest

from webapp.imaging.window import CT_PRESETS, NamedWindow, VoiFunction, WindowLevel, automatic_window, uptake_window


def test_a_window_runs_half_its_width_to_either_side() -> None:
    assert (WindowLevel(40, 400).low, WindowLevel(40, 400).high) == (-160, 240)


@pytest.mark.parametrize("numbers", [(0, 0), (0, -1), (float("nan"), 1), (0, float("inf"))])
def test_an_impossible_window_is_refused(numbers: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="width above zero"):
        WindowLevel(*numbers)


def greys(window: WindowLevel, *values: float) -> list[float]:
    return [float(grey) for grey in window.greys(np.array(values))]


def test_a_linear_window_follows_the_standards_formula() -> None:
    """C 40, W 400: black up to 40 - 0.5 - 399/2 = -160, white from 40 - 0.5 + 399/2 = 239 on, 39.5 in the middle."""
    window = WindowLevel(40, 400, VoiFunction.LINEAR)
    assert (window.low, window.high) == (-160, 239)
    assert greys(window, -161, -160, 39.5, 239, 240) == [0, 0, 0.5, 1, 1]
    assert greys(window, 40)[0] == pytest.approx(0.5 / 399 + 0.5)


def test_an_exact_window_runs_from_end_to_end() -> None:
    """C 40, W 400: (140 - 40) / 400 + 0.5 is 0.75."""
    window = WindowLevel(40, 400, VoiFunction.LINEAR_EXACT)
    assert greys(window, -161, -160, 40, 140, 240, 241) == [0, 0, 0.5, 0.75, 1, 1]


def test_a_linear_window_of_width_one_is_a_step() -> None:
    window = WindowLevel(40, 1, VoiFunction.LINEAR)
    assert greys(window, 39, 39.5, 39.6, 40) == [0, 0, 1, 1]
    assert np.isnan(greys(window, np.nan)).all()


def test_a_sigmoid_follows_the_standards_formula() -> None:
    """1 / (1 + exp(-4 (x - 40) / 400)): one width above the centre is 1 / (1 + e^-4) = 0.98201."""
    window = WindowLevel(40, 400, VoiFunction.SIGMOID)
    assert greys(window, -360, -60, 40, 140, 440) == pytest.approx([0.01799, 0.26894, 0.5, 0.73106, 0.98201], abs=1e-5)


def test_a_sigmoid_far_out_is_black_and_white_without_a_warning() -> None:
    assert greys(WindowLevel(0, 1e-3, VoiFunction.SIGMOID), -1e30, 1e30) == pytest.approx([0, 1])


def test_a_table_is_read_between_its_entries_and_kept_beyond_them() -> None:
    window = WindowLevel(11.5, 3, VoiFunction.LUT, (0.1, 0.2, 0.8, 0.9))
    assert greys(window, -5, 10, 11, 11.5, 12, 13, 99) == pytest.approx([0.1, 0.1, 0.2, 0.5, 0.8, 0.9, 0.9])


@pytest.mark.parametrize("window", [WindowLevel(0, 2), WindowLevel(0, 2, VoiFunction.SIGMOID)])
def test_what_is_no_number_has_no_grey(window: WindowLevel) -> None:
    assert np.isnan(greys(window, np.nan)).all()


@pytest.mark.parametrize(
    ("function", "width", "curve"),
    [
        pytest.param(VoiFunction.LINEAR, 0.5, None, id="narrower than LINEAR can be"),
        pytest.param(VoiFunction.LUT, 3, None, id="a table without a curve"),
        pytest.param(VoiFunction.SIGMOID, 3, (0.0, 1.0), id="a curve without a table"),
    ],
)
def test_a_window_that_its_function_cannot_have_is_refused(
    function: VoiFunction, width: float, curve: tuple[float, ...] | None
) -> None:
    with pytest.raises(ValueError, match=r"LINEAR|curve"):
        WindowLevel(0, width, function, curve)


@pytest.mark.parametrize(
    "window",
    [
        WindowLevel(40, 400, VoiFunction.LINEAR),
        WindowLevel(1.5, 3, VoiFunction.LUT, (0.0, 0.5, 1.0)),
        WindowLevel(-600, 1500),
    ],
)
def test_a_window_comes_back_from_where_it_is_kept(window: WindowLevel) -> None:
    assert WindowLevel.from_json(NamedWindow("x", window).as_json()) == window


def test_a_window_kept_without_a_function_is_exact() -> None:
    assert WindowLevel.from_json({"center": 40, "width": 400}) == WindowLevel(40, 400)


def test_a_rounded_window_has_three_digits() -> None:
    assert WindowLevel(123.456, 7891.23).rounded() == WindowLevel(123, 7890)


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


def test_an_automatic_window_leaves_out_what_was_not_measured() -> None:
    values = np.repeat(np.arange(1001, dtype=np.int16), 3)
    padded = np.concatenate([np.full(9000, -32768, np.int16), values])
    assert automatic_window(padded, -32768) == WindowLevel(500, 980)


def test_an_automatic_window_leaves_out_what_is_no_number() -> None:
    values = np.repeat(np.arange(1001, dtype=np.float32), 3)
    padded = np.concatenate([np.full(9000, np.nan, np.float32), values])
    assert automatic_window(padded, np.nan) == WindowLevel(500, 980)


def test_an_automatic_window_of_nothing_is_still_one() -> None:
    assert automatic_window(np.full(9, -32768, np.int16), -32768) == WindowLevel(0, 1)


def test_an_automatic_window_looks_at_every_column_of_a_large_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    """One value in 64 of rows of 64 would be the first column of each, which is air."""
    monkeypatch.setattr("webapp.imaging.window.AUTOMATIC_SAMPLE", 40 * 64)
    voxels = np.zeros((40, 64, 64), np.int16)
    voxels[:, :, 1:] = 1000
    assert automatic_window(voxels).high >= 1000


def test_a_pet_whose_uptake_is_known_is_shown_up_to_five() -> None:
    shown = uptake_window(np.arange(9.0), None, 0.001)
    assert (shown.name, shown.window) == ("SUV 0 to 5", WindowLevel(2500, 5000))


def test_a_pet_whose_uptake_is_not_known_is_shown_from_zero_to_its_brightest_values() -> None:
    """The 99.5th percentile of 0 to 2000."""
    shown = uptake_window(np.arange(2001.0), None, None)
    assert (shown.name, shown.window) == ("Automatic", WindowLevel(995, 1990))


def test_a_pet_of_no_activity_has_a_window() -> None:
    assert uptake_window(np.zeros(9), None, None).window == WindowLevel(0, 1)
