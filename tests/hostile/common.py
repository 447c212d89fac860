"""What holds for every row: C1 to C7."""

from __future__ import annotations

import json

from tests.hostile.reader import Reader, p95
from tests.hostile.town import MIB, Town, Watch
from tests.hostile.visitor import Answer, Outcome
from webapp import errors

#: What any answer to anything bad may be.
STATUSES = {
    200,
    201,
    204,
    302,
    303,
    304,
    400,
    401,
    403,
    404,
    405,
    409,
    410,
    413,
    414,
    415,
    422,
    423,
    429,
    431,
    503,
    507,
}
CODES = {
    kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.TruesliceError)
}
WORKER_BYTES = 64 * MIB
SANDBOX_BYTES = 1536 * MIB
REJECTED_SECONDS = 30.0
#: The second reader's slowest twentieth: twice its quiet one, or this, where so little is measured, s.
#: Other tests have the same two cores.
NOTICED_SECONDS = 0.5


def answered_in_words(answer: Answer, secrets: tuple[str, ...] = ()) -> None:
    """C1, C2: a status that is expected, and a refusal of the list, without a path, a value or a traceback."""
    assert answer.status in STATUSES, (answer.status, answer.body[:200])
    if answer.status >= 400 and answer.body[:1] == b"{":
        said = json.loads(answer.body)
        assert set(said) == {"code", "cause", "cure"}
        said_nothing_private(said, secrets)


def said_nothing_private(said: dict[str, str], secrets: tuple[str, ...] = ()) -> None:
    """C2: a code of the list, a cause and a cure, nothing that was in a file."""
    assert said["code"] in CODES, said
    assert said["cause"]
    assert said["cure"]
    words = f"{said['cause']} {said['cure']}"
    for secret in ("Traceback", "/tmp", "/home", ".py", "Zebrafish", *secrets):
        assert secret not in words, (secret, words)


def upload_held(outcome: Outcome) -> None:
    """C1 to C3 and C7 of an upload."""
    for answer in outcome.answers:
        answered_in_words(answer)
    if outcome.job is not None and outcome.job.error:
        said_nothing_private(outcome.job.error)
        assert outcome.reading <= REJECTED_SECONDS, outcome.reading
    for meta in outcome.metas:
        assert meta["verdict"] in {"trusted", "caution", "refused"}
        assert meta["findings"]


def memory_held(town: Town, watch: Watch, workers: dict[int, int], span: tuple[float, float]) -> None:
    """C4: no web process grew by more than the bound, and no child beyond its own."""
    for pid, size in workers.items():
        grown = watch.peak([pid], *span) - size
        assert grown <= WORKER_BYTES, f"a worker grew by {grown >> 20} MiB"
    peak = watch.peak_of_others(list(workers), *span)
    assert peak <= SANDBOX_BYTES, f"a child held {peak >> 20} MiB"
    assert town.workers == sorted(workers), "a worker died"  # C6


def reader_held(reader: Reader, quiet: float, span: tuple[float, float]) -> None:
    """C5: whoever reads meanwhile notices nothing."""
    seen = reader.within(*span)
    assert {glance.status for glance in seen} <= {200}, [glance for glance in seen if glance.status != 200]
    if len(seen) >= 20:
        assert p95(seen) <= max(2 * quiet, NOTICED_SECONDS), p95(seen)
