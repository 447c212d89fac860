"""A stack's pictures decoded into one array on disk, each slice into its own place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from webapp.config import Limits
from webapp.dicom.model import Instance, SetAside
from webapp.dicom.pixels import NotExact, real_values, stored_values, usable, whole_values
from webapp.errors import BadGeometry, ExpandedTooBig, InstanceError

#: Pictures that wait for a core beyond those at work; more would only hold memory.
_AHEAD = 2


class Report(Protocol):
    """Where long work says how far it is, and which file it has in hand."""

    def progress(self, stage: str, done: int, total: int) -> None:
        """So much of a stage is done."""

    def touch(self, number: int) -> None:
        """A member is about to be worked on."""

    def clear(self, number: int) -> None:
        """A member was left alive."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What decoding a stack gave.

    Parameters
    ----------
    dtype : str
        ``"int16"`` where every value is exact in it, ``"float32"`` otherwise.
    low, high : float
        Smallest and largest finite value, modality units.
    failed : dict of Instance number to SetAside
        Pictures that could not be decoded; when there is one, the array is not to be used.
    """

    dtype: str
    low: float
    high: float
    failed: dict[int, SetAside]


@contextmanager
def in_hand(report: Report, number: int) -> Iterator[None]:
    """Say which member is worked on, for as long as it is."""
    report.touch(number)
    try:
        yield
    finally:
        report.clear(number)


def write_voxels(instances: tuple[Instance, ...], path: Path, limits: Limits, report: Report, cores: int) -> Decoded:
    """Decode pictures of one size into an array file.

    Parameters
    ----------
    instances : tuple of Instance
        In kept order.
    path : Path
        The ``.npy`` to write, shape ``(1, N, rows, columns)``, modality units.
    limits : Limits
    report : Report
    cores : int
        Pictures decoded at the same time.

    Raises
    ------
    ExpandedTooBig
        More voxels than the limit.
    """
    form = instances[0].format
    if len(instances) * form.rows * form.columns > limits.voxels:
        raise ExpandedTooBig(f"One series here has more than {limits.voxels:,} voxels.")
    try:
        return _write(instances, path, np.dtype(np.int16), whole_values, _Work(report, cores))
    except NotExact:
        return _write(instances, path, np.dtype(np.float32), real_values, _Work(report, cores))


@dataclass(frozen=True, slots=True)
class _Work:
    """What every picture's decoding needs beside the picture."""

    report: Report
    cores: int


def _write(
    instances: tuple[Instance, ...],
    path: Path,
    dtype: np.dtype[np.generic],
    modality: Callable[..., NDArray[np.generic]],
    work: _Work,
) -> Decoded:
    """Decode all pictures as one number type."""
    form = instances[0].format
    shape = (1, len(instances), form.rows, form.columns)
    voxels = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)
    _take_room(path)
    ranges: list[tuple[float, float]] = []
    failed: dict[int, SetAside] = {}

    def one(place: int) -> tuple[float, float]:
        with in_hand(work.report, instances[place].member.number):
            picture = modality(_stored(instances[place]), instances[place].scale)
            voxels[0, place] = picture
            return _range(picture)

    for place, future in _in_order_of_completion(one, len(instances), work.cores):
        try:
            ranges.append(future.result())
        except InstanceError as error:
            failed[place] = SetAside(instances[place].name, error.code, error.cause)
        work.report.progress("decoding", len(ranges) + len(failed), len(instances))
    lows, highs = zip(*ranges, strict=True) if ranges else ((0.0,), (0.0,))
    return Decoded(dtype.name, min(lows), max(highs), failed)


def _take_room(path: Path) -> None:
    """Ask the disk for the whole file now: a full disk met while writing to the map would kill the process."""
    with path.open("r+b") as stream:
        os.posix_fallocate(stream.fileno(), 0, path.stat().st_size)


def _stored(instance: Instance) -> NDArray[np.integer]:
    """Stored values of one picture whose scale was looked at first."""
    if not usable(instance.scale):
        raise BadGeometry("The rescale slope or intercept (0028,1053) (0028,1052) is zero, not a number or impossible.")
    if "ModalityLUTSequence" in instance.dataset:
        raise BadGeometry("Its values need a look-up table (0028,3000), which this version does not apply.")
    return stored_values(instance, instance.member.read())


def _range(picture: NDArray[np.generic]) -> tuple[float, float]:
    """Smallest and largest value."""
    return float(picture.min()), float(picture.max())


def _in_order_of_completion(
    one: Callable[[int], tuple[float, float]], count: int, cores: int
) -> Iterator[tuple[int, Future[tuple[float, float]]]]:
    """Run a task for each place on several cores, few at a time, and give each as it ends."""
    places = iter(range(count))
    with ThreadPoolExecutor(cores) as pool:
        running = {pool.submit(one, place): place for place in islice(places, cores + _AHEAD)}
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future
            for place in islice(places, len(done)):
                running[pool.submit(one, place)] = place
