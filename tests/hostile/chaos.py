"""kill -9 at random moments of upload, job, commit and deletion, and what must be there afterwards."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.factories import Scan
from tests.hostile.bodies import series_files, zipped
from tests.hostile.callbacks import deleted
from tests.hostile.town import Town, private_bytes
from tests.hostile.visitor import Visitor

#: How soon the service answers again after the death of a worker, and of the master, s.
WORKER_SECONDS = 2.0
MASTER_SECONDS = 10.0
#: How soon nothing is left that nobody knows, s; the instance's grace is shorter.
ORPHAN_SECONDS = 60.0
BROKEN = (OSError, http.client.HTTPException)


@dataclass
class Book:
    """What visitors were told: what is committed, and what was deleted."""

    visitor: Visitor
    committed: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    back: list[tuple[str, float]] = field(default_factory=list)


def rounds(town: Town, count: int, seed: int) -> Book:
    """Work, kill, look; so many times.

    Returns
    -------
    Book
        With ``back``: who was killed, and how long the service was away, s.
    """
    dice, book = random.Random(seed), Book(Visitor(town))
    ready = min(private_bytes(pid) for pid in town.workers)
    over = threading.Event()
    worker = threading.Thread(target=_work, args=(town, book, over, dice), daemon=True)
    worker.start()
    try:
        for number in range(count):
            time.sleep(dice.uniform(0.05, 2.0))
            _kill(town, book, dice, master=number % 3 == 2)
            _both_ready(town, ready)
            _whole(town, book)
        _one_more(book)
    finally:
        over.set()
        worker.join()
    _settled(town, book)
    return book


def _one_more(book: Book) -> None:
    """Wait until something was told done: a run that commits nothing proves nothing."""
    end = time.monotonic() + 60
    while not book.committed and time.monotonic() < end:
        time.sleep(0.1)


def _both_ready(town: Town, ready: int) -> None:
    """Until two workers have come up: who kills the second before the first is back tests the interpreter's start."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        sizes = [private_bytes(pid) for pid in town.workers]
        if len(sizes) == 2 and min(sizes) > 0.9 * ready:
            return
        time.sleep(0.05)


def _work(town: Town, book: Book, over: threading.Event, dice: random.Random) -> None:
    """Upload in parts, wait for the series, delete every third; a broken line only means to begin again."""
    while not over.is_set():
        whole = zipped(series_files(Scan(slices=dice.randrange(2, 40))))
        with contextlib.suppress(*BROKEN, AssertionError):
            answers = book.visitor.sent(whole, max(1000, len(whole) // 5))
            job = answers[-1].headers.get("Trueslice-Job", "")
            key = _committed(town, book, job, over)
            if key and len(book.committed) % 3 == 2:
                book.committed.pop(key, None)
                if deleted(book.visitor, key).status == 200:
                    book.gone.add(key)


def _committed(town: Town, book: Book, job: str, over: threading.Event) -> str:
    """The key of the series that a job made, once it is told done."""
    with town.catalogue() as catalogue:
        while job and not over.is_set():
            status = catalogue.job(book.visitor.owner, job)
            if status.finished:
                for key in (status.result or {}).get("keys", []):
                    book.committed[key] = 1
                return next(iter((status.result or {}).get("keys", [])), "")
            time.sleep(0.05)
    return ""


def _kill(town: Town, book: Book, dice: random.Random, *, master: bool) -> None:
    """One worker, or all of them with their master, and how long until the service answers."""
    assert town.process is not None
    if master:
        town.kill()
        start = time.monotonic()
        town.start()
        book.back.append(("master", time.monotonic() - start))
        return
    victim = dice.choice(town.workers)
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    book.back.append(("worker", town.wait(60)))


def _whole(town: Town, book: Book) -> None:
    """Nothing committed is lost, nothing in the list is half, nothing deleted came back."""
    with town.catalogue() as catalogue:
        listed = {card.key for card in catalogue.library(book.visitor.owner) if card.mine}
    assert set(book.committed) <= listed, "a committed series is lost"
    assert not book.gone & listed, "a deleted series came back"
    for key in listed:
        folder = town.data / "volumes" / key
        assert (folder / "meta.json").stat().st_size > 0
        voxels = np.load(next(folder.glob("*.npy")), mmap_mode="r")
        assert voxels.size > 0
    with contextlib.suppress(*BROKEN):
        for key in sorted(listed)[:2]:
            assert book.visitor.ask("GET", f"/volumes/{key}/axial/0").status == 200


def _settled(town: Town, book: Book) -> None:
    """After a while the disk holds what the catalogue knows, and nothing else."""
    end = time.monotonic() + ORPHAN_SECONDS
    while (left := _orphans(town)) and time.monotonic() < end:
        time.sleep(0.3)
    assert not left, left
    _whole(town, book)


def _orphans(town: Town) -> list[str]:
    """Folders and files that no row knows, and jobs that still run."""
    with town.catalogue() as catalogue:
        uploads, keys = catalogue.upload_ids(), set(catalogue.origins())
        working = [*catalogue.jobs_in("running"), *catalogue.jobs_in("waiting")]  # type: ignore[arg-type]
    volumes = [path.name for path in _listed(town.data / "volumes") if path.name not in keys]
    staged = [path.name for path in _listed(town.data / "staging")]
    files = [path.name for path in _listed(town.data / "uploads") if len(path.name) >= 32 and path.name not in uploads]
    return [*volumes, *staged, *files, *working]


def _listed(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if not path.name.startswith(".")]
