"""How long one file may take."""

from __future__ import annotations

import json
import time

import pytest

from webapp import sandbox
from webapp.config import Limits
from webapp.sandbox_blame import Stopped


def watch_after(touch: object, in_hand_for: float) -> sandbox._Watch:
    """A watch over a child that has had one file in hand for so many seconds."""
    watch = sandbox._Watch(time.monotonic() + 1000)
    sandbox._hear(json.dumps({"touch": touch}).encode(), watch, Limits(), lambda _: None)
    watch.in_hand = {number: deadline - in_hand_for for number, deadline in watch.in_hand.items()}
    return watch


def test_a_file_beyond_its_time_is_late() -> None:
    with pytest.raises(Stopped):
        sandbox._hold_to_time(watch_after(3, in_hand_for=11))


def test_a_large_file_has_more_time() -> None:
    sandbox._hold_to_time(watch_after([3, 400_000_000], in_hand_for=100))
    with pytest.raises(Stopped):
        sandbox._hold_to_time(watch_after([3, 400_000_000], in_hand_for=111))


def test_only_the_file_that_is_late_is_named() -> None:
    watch = watch_after(3, in_hand_for=11)
    sandbox._hear(b'{"touch": 4}', watch, Limits(), lambda _: None)
    with pytest.raises(Stopped) as caught:
        sandbox._hold_to_time(watch)
    assert caught.value.in_hand == frozenset([3])
