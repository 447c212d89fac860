"""Every row of the catalogue of bad inputs, through the doors of one running server, while somebody else reads."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.hostile.cases import Act, File, Upload
from tests.hostile.common import memory_held, reader_held, upload_held
from tests.hostile.mutate import bombard
from tests.hostile.register import ACTS, BATCHES, FILES, UPLOADS
from tests.hostile.siege import Siege
from tests.hostile.visitor import Outcome


def marked(case: Upload | Act) -> object:
    """A case as a parameter; the slow ones wait for ``make hostile``."""
    marks = [pytest.mark.slow_hostile] if case.slow else []
    if case.waits:
        marks.append(pytest.mark.xfail(reason=case.waits, strict=True))
    return pytest.param(case, id=f"{case.row} {case.name}", marks=marks)


@pytest.mark.parametrize("upload", [marked(case) for case in (*BATCHES, *UPLOADS)])
def test_whatever_is_sent_costs_nobody_else_anything(
    siege: Siege, sent: Callable[[Upload], Outcome], upload: Upload
) -> None:
    outcome = sent(upload)
    upload_held(outcome)
    upload.see(outcome)
    span = (outcome.start, outcome.end)
    memory_held(siege.town, siege.watch, siege.workers, span)
    reader_held(siege.reader, siege.quiet, span)


@pytest.mark.parametrize(("file", "upload"), [pytest.param(*pair, id=pair[0].title) for pair in FILES])
def test_a_bad_file_costs_itself_alone(sent: Callable[[Upload], Outcome], file: File, upload: Upload) -> None:
    file.see(sent(upload))


@pytest.mark.parametrize("act", [marked(case) for case in ACTS])
def test_whatever_is_done_costs_nobody_else_anything(siege: Siege, act: Act) -> None:
    start = time.monotonic()
    act.do(siege)
    span = (start, time.monotonic())
    memory_held(siege.town, siege.watch, siege.workers, span)
    reader_held(siege.reader, siege.quiet, span)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("count", [300, pytest.param(2000, marks=pytest.mark.slow_hostile)])
def test_files_that_were_changed_at_random_cost_themselves_alone(siege: Siege, count: int) -> None:
    start = time.monotonic()
    bombard(siege, count, seed=count)
    reader_held(siege.reader, siege.quiet, (start, time.monotonic()))
