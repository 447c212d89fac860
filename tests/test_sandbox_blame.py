"""Which file is blamed when a child dies or hangs."""

from __future__ import annotations

import pytest

from webapp.errors import TaskOutOfMemory
from webapp.sandbox_blame import Blame, Stopped


def died(*in_hand: int, stage: str = "decoding") -> Stopped:
    return Stopped(TaskOutOfMemory(), frozenset(in_hand), stage)


def test_one_death_blames_nobody_and_is_tried_again_on_one_core() -> None:
    blame = Blame(8, 4)
    blame.learn(died(6))
    assert blame.params == {"skip": [], "undecoded": [], "cores": 1}


def test_a_file_alone_in_hand_twice_in_a_row_is_left_out() -> None:
    blame = Blame(8, 4)
    blame.learn(died(6))
    blame.learn(died(6))
    assert blame.params == {"skip": [], "undecoded": [6], "cores": 1}


def test_a_file_whose_header_kills_is_not_even_opened_again() -> None:
    blame = Blame(8, 4)
    blame.learn(died(2, stage="reading"))
    blame.learn(died(2, stage="reading"))
    assert blame.params == {"skip": [2], "undecoded": [], "cores": 1}


def test_a_file_in_hand_together_with_others_is_not_blamed_by_that() -> None:
    blame = Blame(8, 4)
    blame.learn(died(5, 6))
    blame.learn(died(6))
    assert blame.params == {"skip": [], "undecoded": [], "cores": 1}
    blame.learn(died(6))
    assert blame.params["undecoded"] == [6]


def test_deaths_at_ever_other_files_end_the_reading() -> None:
    blame = Blame(8, 4)
    blame.learn(died(1))
    blame.learn(died(2))
    with pytest.raises(TaskOutOfMemory):
        blame.learn(died(3))


def test_more_culprits_than_the_limit_end_the_reading() -> None:
    blame = Blame(1, 4)
    for number in (1, 1, 2):
        blame.learn(died(number))
    with pytest.raises(TaskOutOfMemory):
        blame.learn(died(2))


def test_a_death_with_nothing_in_hand_ends_the_reading() -> None:
    with pytest.raises(TaskOutOfMemory):
        Blame(8, 4).learn(died())
