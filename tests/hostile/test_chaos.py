"""Whatever dies at whatever moment: nothing that was told done is lost, nothing half is seen, nothing is left over."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.hostile import chaos
from tests.hostile.town import running


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("count", [5, pytest.param(20, marks=pytest.mark.slow_hostile)])
def test_nothing_told_done_is_lost_to_a_kill(tmp_path: Path, count: int) -> None:
    began = time.monotonic()
    with running(tmp_path) as town:
        start = time.monotonic() - began  # on a busy machine everything takes longer, and so may this
        book = chaos.rounds(town, count, seed=count)
    worst = {who: max(seconds for one, seconds in book.back if one == who) for who, _ in book.back}
    print(f"{count} kills, {len(book.committed)} series kept, away for at most {worst} s")
    assert worst["worker"] <= max(chaos.WORKER_SECONDS, start / 2)
    assert worst["master"] <= max(chaos.MASTER_SECONDS, 2 * start)
    assert book.committed
