"""What a web process holds: while a large upload comes in, and while many look at one volume."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

from benchmarks.client import Client
from benchmarks.ingest import opened
from benchmarks.instance import Instance
from benchmarks.rows import Peer, Row, row

MIB = 1 << 20
UPLOAD_BYTES, UPLOAD_LIMIT = 512 * MIB, 32 * MIB
VIEWERS, SESSION_LIMIT = 10, 20 * MIB


def rows(instance: Instance, source: Path) -> list[Row]:
    """Private memory of the web processes, against what they may take.

    Parameters
    ----------
    instance : Instance
    source : Path
        A zip with a series that forms a volume.
    """
    return [_uploading(instance), _viewing(instance, source)]


def _uploading(instance: Instance) -> Row:
    """How much the processes grow together while half a GiB comes in."""
    path = instance.data.parent / "large"
    with path.open("wb") as file:
        for _ in range(UPLOAD_BYTES // MIB):
            file.write(os.urandom(MIB))
    client, quiet, over = Client(instance.url), _private(instance), Event()
    peak = [quiet]

    def watch() -> None:
        while not over.wait(0.05):
            peak[0] = max(peak[0], _private(instance))

    watching = Thread(target=watch)
    watching.start()
    client.upload(path)
    over.set()
    watching.join()
    path.unlink()
    what = f"the web processes grow while {UPLOAD_BYTES // MIB} MiB come in"
    return row(what, [peak[0] - quiet], Peer("the limit", [UPLOAD_LIMIT], 1.0), "bytes")


def _viewing(instance: Instance, source: Path) -> Row:
    """How much each of ten readers of one volume costs beyond the first."""
    client, card, _ = opened(instance, source)
    slices = (card.shape_kji or (1,))[0]
    paths = [f"/volumes/{card.key}/axial/{number}" for number in range(0, slices, max(1, slices // 40))]
    for path in paths:
        client.get(path)
    before = _private(instance)

    def scroll(_: int) -> None:
        reader = Client(instance.url)
        reader.cookie = client.cookie
        for path in paths:
            reader.get(path)

    with ThreadPoolExecutor(VIEWERS) as pool:
        list(pool.map(scroll, range(VIEWERS)))
    each = max(0, _private(instance) - before) / VIEWERS
    return row("each further reader of a volume", [each], Peer("the limit", [SESSION_LIMIT], 1.0), "bytes")


def _private(instance: Instance) -> int:
    """Memory of the web processes that is their own, bytes; mapped volumes are not."""
    found = 0
    for pid in Path(f"/proc/{instance.master}/task/{instance.master}/children").read_text().split():
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        found += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))
    return found
