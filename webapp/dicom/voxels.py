"""A stack's pictures decoded into one array on disk, each slice into its own place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from webapp.config import Limits
from webapp.dicom.archive import Member
from webapp.dicom.model import Instance, SetAside
from webapp.dicom.padding import padding_of
from webapp.dicom.pixel_data import Pixels
from webapp.dicom.pixels import NotExact, may_be_whole, real_values, usable, whole_values
from webapp.errors import BadGeometry, ExpandedTooBig, InstanceError

#: Pictures that wait for a core beyond those at work; more would only hold memory.
_AHEAD = 2

#: Files from this size on are given more time by it.
LARGE_FILE_BYTES: Final = 1 << 20

#: Frames of one file that are not worth sharing among cores.
_SMALLEST_PART = 8


class Report(Protocol):
    """Where long work says how far it is, and which file it has in hand."""

    def progress(self, stage: str, done: int, total: int) -> None:
        """So much of a stage is done."""

    def touch(self, number: int, size: int = 0) -> None:
        """A member of so many bytes is about to be worked on; 0 stands for one that is not large."""

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
    failed : dict of int to SetAside
        Pictures that could not be decoded, by their place, volume after volume; when there is one, the array is not
        to be used.
    padding : tuple of float
        What padding that occurs looks like, ascending, modality units.
    """

    dtype: str
    low: float
    high: float
    failed: dict[int, SetAside]
    padding: tuple[float, ...] = ()


@contextmanager
def in_hand(report: Report, member: Member) -> Iterator[None]:
    """Say which member is worked on, for as long as it is, and how large it is where that takes more time."""
    if member.size < LARGE_FILE_BYTES:
        report.touch(member.number)
    else:
        report.touch(member.number, member.size)
    try:
        yield
    finally:
        report.clear(member.number)


def write_voxels(
    volumes: tuple[tuple[Instance, ...], ...], path: Path, limits: Limits, report: Report, cores: int
) -> Decoded:
    """Decode pictures of one size into an array file.

    Parameters
    ----------
    volumes : tuple of tuple of Instance
        T volumes of N pictures, in kept order.
    path : Path
        The ``.npy`` to write, shape ``(T, N, rows, columns)``, modality units.
    limits : Limits
    report : Report
    cores : int
        Pictures decoded at the same time.

    Raises
    ------
    ExpandedTooBig
        More voxels than the limit.
    """
    pictures = [picture for volume in volumes for picture in volume]
    form = pictures[0].format
    if len(pictures) * form.rows * form.columns > limits.voxels:
        raise ExpandedTooBig(f"One series here has more than {limits.voxels:,} voxels.")
    shape = (len(volumes), len(volumes[0]), form.rows, form.columns)
    work = _Work(pictures, path, shape, report, cores)
    if all(may_be_whole(picture.scale) for picture in pictures):
        try:
            return _write(work, np.dtype(np.int16), whole_values)
        except NotExact:
            pass
    return _write(work, np.dtype(np.float32), real_values)


@dataclass(frozen=True, slots=True)
class _Work:
    """Pictures in kept order, volume after volume, and where they go."""

    pictures: list[Instance]
    path: Path
    shape: tuple[int, int, int, int]
    report: Report
    cores: int


class _File:
    """One file whose pixel element is found once, by whichever thread asks first."""

    def __init__(self, picture: Instance) -> None:
        self._picture = picture
        self._lock = Lock()
        self._pixels: Pixels | None = None

    def pixels(self) -> Pixels:
        """Its pixel element."""
        with self._lock:
            if self._pixels is None:
                self._pixels = Pixels(self._picture, self._picture.member.read())
            return self._pixels


#: Places in kept order that one thread decodes after each other, and the file they are in.
_Part = tuple[_File, list[int]]


def _write(work: _Work, dtype: np.dtype[np.generic], modality: Callable[..., NDArray[np.generic]]) -> Decoded:
    """Decode all pictures as one number type."""
    voxels = np.lib.format.open_memmap(work.path, mode="w+", dtype=dtype, shape=work.shape)
    _take_room(work.path)
    flat = voxels.reshape(-1, *work.shape[2:])
    ranges: list[tuple[float, float]] = []
    failed: dict[int, SetAside] = {}
    padding: set[float] = set()

    def one(file: _File, place: int) -> None:
        picture = work.pictures[place]
        with in_hand(work.report, picture.member):
            try:
                stored = _stored(picture, file)
                values = modality(stored, picture.scale)
                flat[place] = values
                if (mark := padding_of(picture)) is not None and (at := stored == mark).any():
                    padding.add(float(values[at][0]))
                ranges.append((float(values.min()), float(values.max())))
            except InstanceError as error:
                failed[place] = SetAside(picture.name, error.code, error.cause)

    def part(file: _File, places: list[int]) -> None:
        for place in places:
            one(file, place)
            work.report.progress("decoding", len(ranges) + len(failed), len(work.pictures))

    _on_cores(part, _parts(work), work.cores)
    lows, highs = zip(*ranges, strict=True) if ranges else ((0.0,), (0.0,))
    return Decoded(dtype.name, min(lows), max(highs), failed, tuple(sorted(padding)))


def _take_room(path: Path) -> None:
    """Ask the disk for the whole file now: a full disk met while writing to the map would kill the process."""
    with path.open("r+b") as stream:
        os.posix_fallocate(stream.fileno(), 0, path.stat().st_size)


def _stored(picture: Instance, file: _File) -> NDArray[np.integer]:
    """Stored values of one picture whose scale was looked at first."""
    if not usable(picture.scale):
        raise BadGeometry("The rescale slope or intercept (0028,1053) (0028,1052) is zero, not a number or impossible.")
    if "ModalityLUTSequence" in picture.dataset:
        raise BadGeometry("Its values need a look-up table (0028,3000), which this version does not apply.")
    return file.pixels().stored_values(picture)


def _parts(work: _Work) -> Iterator[_Part]:
    """The work in pieces: each file's pictures in the file's own order, a file of many shared among the cores."""
    by_file: dict[int, list[int]] = {}
    for place, picture in enumerate(work.pictures):
        by_file.setdefault(picture.member.number, []).append(place)
    for places in by_file.values():
        places.sort(key=lambda place: work.pictures[place].frame)
        file = _File(work.pictures[places[0]])
        size = max(_SMALLEST_PART, -(-len(places) // work.cores))
        for start in range(0, len(places), size):
            yield file, places[start : start + size]


def _on_cores(part: Callable[[_File, list[int]], None], parts: Iterator[_Part], cores: int) -> None:
    """Run the pieces on several cores, few at a time, so that few files are in memory."""
    with ThreadPoolExecutor(cores) as pool:
        running = {pool.submit(part, *one) for one in islice(parts, cores + _AHEAD)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
            running |= {pool.submit(part, *one) for one in islice(parts, len(done))}
