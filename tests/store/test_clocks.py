"""What has had its time is decided by clocks that nobody set."""

from __future__ import annotations

from tests.store.staged import Clock
from webapp.store.clocks import Steady, Twice


def test_a_clock_that_is_kept_right_in_small_steps_is_followed() -> None:
    wall, ticks = Clock(1000.0), Clock(0.0)
    steady = Steady(wall, ticks)
    for _ in range(10):
        wall.now, ticks.now = wall.now + 31.0, ticks.now + 30.0
        assert steady.now() == wall.now


def test_a_leap_forward_is_not_followed_and_one_back_is() -> None:
    wall, ticks = Clock(1000.0), Clock(0.0)
    steady = Steady(wall, ticks)
    wall.now, ticks.now = 100_000.0, 10.0
    assert steady.now() == 1010.0
    wall.now = 500.0
    assert steady.now() == 500.0


def test_an_expiry_is_believed_at_the_second_look_that_is_late_enough() -> None:
    clock = Clock(0.0)
    twice = Twice(10.0, clock)
    assert twice.confirm(["a"]) == []
    clock.now = 9.0
    assert twice.confirm(["a", "b"]) == []
    clock.now = 11.0
    assert twice.confirm(["a", "b"]) == ["a"]


def test_an_expiry_that_was_gone_in_between_begins_anew() -> None:
    clock = Clock(0.0)
    twice = Twice(10.0, clock)
    twice.confirm(["a"])
    clock.now = 5.0
    twice.confirm([])
    clock.now = 20.0
    assert twice.confirm(["a"]) == []
