"""When the pictures of a film were taken: as recorded, forward, and never made up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import Scan
from tests.factories_multiframe import make_film

Open = Callable[..., dict[str, Any]]

SCAN = Scan(slices=4)


def times_of(open_series: Open, **elements: Any) -> list[float] | None:
    """The times of a film of four pictures, 40 ms a picture unless said otherwise."""
    film = make_film(SCAN)
    for keyword, value in elements.items():
        setattr(film, keyword, value)
    (stack,) = open_series([film])["stacks"]
    times: list[float] | None = stack["frame_times_ms"]
    return times


@pytest.mark.parametrize(
    ("elements", "times"),
    [
        pytest.param({}, [0, 40, 80, 120], id="one time for all"),
        pytest.param({"FrameTime": "33.333"}, [0, 33.333, 66.666, 99.999], id="fractions"),
        pytest.param({"FrameTimeVector": [0, 40, 100, 20]}, [0, 40, 140, 160], id="a time for each"),
        pytest.param({"FrameTimeVector": [15, 40, 100, 20]}, [0, 40, 140, 160], id="the first one is the start"),
    ],
)
def test_recorded_times_are_kept(open_series: Open, elements: dict[str, Any], times: list[float]) -> None:
    assert times_of(open_series, **elements) == pytest.approx(times)


@pytest.mark.parametrize(
    "elements",
    [
        pytest.param({"FrameTime": None}, id="empty"),
        pytest.param({"FrameTime": "0"}, id="no time at all"),
        pytest.param({"FrameTime": "-40"}, id="backwards"),
        pytest.param({"FrameTimeVector": [0, 40, 0, 40]}, id="two at once"),
        pytest.param({"FrameTimeVector": [0, 40, -20, 40]}, id="a step back"),
    ],
)
def test_times_that_do_not_run_forward_are_none(open_series: Open, elements: dict[str, Any]) -> None:
    assert times_of(open_series, **elements) is None


def test_a_vector_of_another_length_leaves_the_one_time_for_all(open_series: Open) -> None:
    assert times_of(open_series, FrameTimeVector=[0, 40]) == [0, 40, 80, 120]
