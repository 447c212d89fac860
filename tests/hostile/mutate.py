"""Real files, changed a little: the inputs that nobody thought of."""

from __future__ import annotations

import random
import struct
import warnings
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pydicom

from tests.hostile.bodies import series_files, zipped
from tests.hostile.common import memory_held, upload_held
from tests.hostile.siege import Siege
from tests.hostile.town import Town
from tests.hostile.visitor import Outcome, Visitor
from webapp.config import ROOT

#: Largest file that is mutated, bytes; mutants in one upload.
LARGEST = 300_000
TOGETHER = 50
LENGTHS = (b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0", b"\xfe\xff\xff\xff", b"\0\0\0\x80")


@cache
def seeds() -> tuple[bytes, ...]:
    """pydicom's own files, one of each of our samples, and the phantom."""
    bundled = Path(pydicom.__file__).parent / "data" / "test_files"
    found = [path.read_bytes() for path in sorted(bundled.glob("*.dcm")) if path.stat().st_size < LARGEST]
    for path in sorted((ROOT / "sample_data").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            found.append(archive.read(archive.namelist()[1]))
    with warnings.catch_warnings(action="ignore"):
        return (*[one for one in found if len(one) < LARGEST], series_files()[0][1])


def mutant(dice: random.Random) -> bytes:
    """One file, changed in one way."""
    body = bytearray(dice.choice(seeds()))
    start, end = min(132, len(body) // 2), len(body)
    kind = dice.choice(("bits", "bits", "cut", "length", "length", "twice", "noise", "pixels", "pixels", "swap"))
    at = dice.randrange(start, end)
    if kind == "bits":
        for _ in range(dice.randint(1, 12)):
            body[dice.randrange(start, end)] ^= 1 << dice.randrange(8)
    elif kind == "cut":
        del body[at:]
    elif kind == "length":
        at = dice.randrange(start, max(start + 1, min(end - 4, 4000)))
        count = dice.choice((2, 4))
        body[at : at + count] = dice.choice(LENGTHS)[:count]
    elif kind == "twice":
        body[at:at] = body[at : at + dice.randint(1, 200)] * dice.randint(1, 20)
    elif kind == "noise":
        body[at : at + dice.randint(1, 64)] = dice.randbytes(dice.randint(1, 64))
    elif kind == "pixels":
        found = body.rfind(struct.pack("<HH", 0x7FE0, 0x10))
        for _ in range(dice.randint(1, 30)):
            body[dice.randrange(min(end - 1, max(start, found + 12)), end)] = dice.randrange(256)
    else:
        other = dice.randrange(start, end)
        body[at : at + 4], body[other : other + 4] = body[other : other + 4], body[at : at + 4]
    return bytes(body)


def batches(count: int, seed: int) -> Iterator[bytes]:
    """Zips of so many mutants in all, with a good series in each."""
    dice = random.Random(seed)
    for start in range(0, count, TOGETHER):
        mutants = [(f"m{number:05}", mutant(dice)) for number in range(start, min(count, start + TOGETHER))]
        yield zipped([*mutants, *series_files()])


def held(town: Town, outcome: Outcome, workers: list[int]) -> None:
    """The upload ended in words or in series, in time, and both workers live."""
    upload_held(outcome)
    assert outcome.job is not None
    assert outcome.refusal in {"", "task_crashed", "too_slow", "out_of_memory"}, outcome.refusal
    assert town.workers == workers


def bombard(siege: Siege, count: int, seed: int) -> None:
    """Mutants through the door of a running server.

    Parameters
    ----------
    siege : Siege
    count : int
        Mutants in all.
    seed : int
        Of the dice; the same gives the same files.
    """
    for whole in batches(count, seed):
        outcome = Visitor(siege.town).upload(whole, 120)
        held(siege.town, outcome, sorted(siege.workers))
        memory_held(siege.town, siege.watch, siege.workers, (outcome.start, outcome.end))
