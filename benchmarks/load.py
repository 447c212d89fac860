"""Many readers at once: twenty for each core, two slices a second each, against a static file from the same server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

import numpy as np

from benchmarks.client import ENCODINGS, Client
from benchmarks.instance import Instance, running
from benchmarks.rows import Peer, Row, row
from webapp.store.model import Card

READERS_A_CORE, SLICES_A_SECOND, SECONDS, ROUNDS = 20, 2, 8, 3
#: Of the files that every page fetches, the one that is about as large as a slice of a CT, when it is not compressed.
STATIC = "/_dash-component-suites/dash/html/dash_html_components.min.js"
READING_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Phase:
    """What one round of requests gave.

    Parameters
    ----------
    ms : sequence of float
        Each answered request.
    refused : int
        Those that were not answered with what was asked for.
    size : float
        Mean bytes of an answer.
    """

    ms: Sequence[float]
    refused: int
    size: float


def rows(_instance: Instance, source: Path) -> list[Row]:
    """Ask in turns for slices of the largest volume of a zip, which lies there as a sample, and for a static file.

    Parameters
    ----------
    source : Path
        A zip with a series that forms a volume.
    """
    with TemporaryDirectory(prefix="trueslice-bench-") as folder:
        shutil.copy(source, folder)
        with running(Path(folder)) as instance:
            card = _sample(instance)
            readers = [Client(instance.url) for _ in range(READERS_A_CORE * (os.cpu_count() or 1))]
            rounds = [_both(readers, card, turn) for turn in range(ROUNDS + 1)][1:]
    slices, files = zip(*rounds, strict=True)
    sizes = f"{slices[0].size / 1e3:.0f} kB against {files[0].size / 1e3:.0f} kB"
    what = f"p95 of a slice, {len(readers)} readers, {SLICES_A_SECOND} a second each ({sizes})"
    refused = sum(phase.refused for phase in slices)
    return [
        row(what, [_p95(one) for one in slices], Peer("a static file", [_p95(one) for one in files], 3.0), "ms"),
        Row("slices of these that were refused", refused, 0, "none", "slices", float(refused), 0.0, refused == 0),
    ]


def _sample(instance: Instance) -> Card:
    """The largest volume, once it has been read."""
    end = perf_counter() + READING_SECONDS
    with closing(instance.catalogue()) as catalogue:
        while perf_counter() < end:
            found = [card for card in catalogue.library("nobody") if card.kind == "volume" and card.shape_kji]
            if found:
                return max(found, key=lambda card: np.prod(card.shape_kji or 0))
            sleep(0.2)
    raise RuntimeError("The sample did not become a volume.")


def _both(readers: list[Client], card: Card, turn: int) -> tuple[Phase, Phase]:
    """One round of slices, each reader on a way of its own through them, and one of the static file."""
    count = (card.shape_kji or (1,))[0]
    asked = SLICES_A_SECOND * SECONDS
    ways = [
        [f"/volumes/{card.key}/axial/{(7 * place + 11 * turn + step) % count}" for step in range(asked)]
        for place in range(len(readers))
    ]
    return _phase(readers, ways), _phase(readers, [[STATIC] * asked for _ in readers])


def _phase(readers: list[Client], ways: list[list[str]]) -> Phase:
    """All readers at once, each in a thread."""
    with ThreadPoolExecutor(len(readers)) as threads:
        offsets = [place / len(readers) / SLICES_A_SECOND for place in range(len(readers))]
        answers = [one for way in threads.map(_read, readers, ways, offsets) for one in way]
    good = [(ms, size) for ms, size in answers if size]
    return Phase([ms for ms, _ in good], len(answers) - len(good), float(np.mean([size for _, size in good])))


def _read(reader: Client, way: list[str], offset_s: float) -> list[tuple[float, int]]:
    """Milliseconds and bytes of each answer, at an even pace; no bytes where it was refused."""
    start, answers = perf_counter() + offset_s, []
    for step, path in enumerate(way):
        sleep(max(0.0, start + step / SLICES_A_SECOND - perf_counter()))
        asked = perf_counter()
        try:
            size = len(reader.get(path, "identity" if path == STATIC else ENCODINGS).body)
        except (OSError, RuntimeError):
            size = 0
        answers.append(((perf_counter() - asked) * 1e3, size))
    return answers


def _p95(phase: Phase) -> float:
    """The time within which nineteen of twenty were answered, ms."""
    return quantiles(phase.ms, n=20)[-1]
