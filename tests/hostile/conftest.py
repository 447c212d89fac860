"""One server for the whole run, a second reader, and everything that is sent to it, several at a time."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.hostile.cases import Upload
from tests.hostile.reader import QUIET_SECONDS, Reader, p95
from tests.hostile.register import BATCHES
from tests.hostile.siege import Siege
from tests.hostile.town import Watch, running
from tests.hostile.visitor import Outcome, Visitor

#: Uploads on their way at the same time.
AT_ONCE = 4


@pytest.fixture(scope="session")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    with running(Path(tmp_path_factory.mktemp("hostile"))) as town:
        reader, watch = Reader(town), Watch(town)
        reader.start()
        watch.start()
        time.sleep(QUIET_SECONDS)
        family = town.family()
        yield Siege(town, reader, watch, p95(reader.glances), {pid: family[pid] for pid in town.workers})
        reader.stop()
        watch.stop()


@pytest.fixture(scope="session")
def sent(siege: Siege, request: pytest.FixtureRequest) -> Iterator[Callable[[Upload], Outcome]]:
    """What became of each upload of the run: all that were selected are sent, a few at a time."""

    def send(case: Upload) -> Outcome:
        with warnings.catch_warnings(action="ignore"):  # of values that are meant to be wrong
            body = case.make()
        return Visitor(siege.town).upload(body)

    calls = [item.callspec.params.get("upload") for item in request.session.items if hasattr(item, "callspec")]
    cases = list(dict.fromkeys(call for call in calls if isinstance(call, Upload)))
    cases.sort(key=lambda case: case not in BATCHES)  # the long ones first
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures: dict[Upload, Future[Outcome]] = {case: pool.submit(send, case) for case in cases}
        yield lambda case: futures[case].result()
