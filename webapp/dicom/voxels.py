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
from webapp.dicom.colour import is_coloured
from webapp.dicom.decoded import COLOUR, REAL, WHOLE, Decoded, Kept, Taken, Told, kept_picture
from webapp.dicom.model import Instance, SetAside, stopped_by
from webapp.dicom.pixel_data import Pixels
from webapp.dicom.pixels import NotExact, may_be_whole
from webapp.errors import ExpandedTooBig, InstanceError

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
    """Decode pictures of one size, all in colour or none, into an array file.

    Parameters
    ----------
    volumes : tuple of tuple of Instance
        T volumes of N pictures, in kept order.
    path : Path
        The ``.npy`` to write, shape ``(T, N, rows, columns)``, modality units; of colours ``(T, N, rows, columns, 3)``.
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
    work = _Work(pictures, path, (len(volumes), len(volumes[0]), form.rows, form.columns), report, cores)
    if is_coloured(pictures[0]):
        return _write(work, COLOUR)
    for kept in WHOLE if all(map(may_be_whole, pictures)) else ():
        try:
            return _write(work, kept)
        except Taken:
            continue
        except NotExact:
            break
    return _write(work, REAL)


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
        self.kept_picture = picture
        self._lock = Lock()
        self._pixels: Pixels | None = None

    def pixels(self) -> Pixels:
        """Its pixel element."""
        with self._lock:
            if self._pixels is None:
                self._pixels = Pixels(self.kept_picture, self.kept_picture.member.read())
            return self._pixels


#: Places in kept order that one thread decodes after each other, and the file they are in.
_Part = tuple[_File, list[int]]


def _write(work: _Work, kept: Kept) -> Decoded:
    """Decode all pictures as one number type.

    Raises
    ------
    NotExact
        The type cannot hold a value, or one that is to stand for nothing was measured.
    """
    room = _make_room(work, kept)
    told = Told(len(work.pictures))

    def one(file: _File, place: int) -> None:
        picture = work.pictures[place]
        with in_hand(work.report, picture.member):
            try:
                read = kept_picture(picture, file.pixels(), kept)
                room.put(stream.fileno(), place, read[0])
                told.note(place, read)
            except InstanceError as error:
                told.failed[place] = SetAside(picture.name, error.code, error.cause)
            except (NotExact, MemoryError, OSError):
                raise
            except Exception:  # whatever a damaged picture makes of us costs that picture alone
                told.failed[place] = stopped_by(picture.name)

    def part(file: _File, places: list[int]) -> None:
        for place in places:
            one(file, place)
            told.finished.append(place)
            work.report.progress("decoding", len(told.finished), len(work.pictures))

    with work.path.open("r+b") as stream:
        _on_cores(part, _parts(work), work.cores)
    return told.decoded(kept)


@dataclass(frozen=True, slots=True)
class _Room:
    """Where in the file the first picture begins, and what each of them is."""

    start: int
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]

    def put(self, file: int, place: int, values: NDArray[np.generic]) -> None:
        """Write a picture to its place: written bytes cost a third of what pages touched one by one do."""
        packed = np.ascontiguousarray(values, self.dtype).reshape(self.shape).data.cast("B")
        offset = self.start + place * packed.nbytes
        while packed:
            written = os.pwrite(file, packed, offset)
            packed, offset = packed[written:], offset + written


def _make_room(work: _Work, kept: Kept) -> _Room:
    """Make the file with its header, and ask the disk for all of it now."""
    shape = (*work.shape, 3) if kept is COLOUR else work.shape
    voxels = np.lib.format.open_memmap(work.path, mode="w+", dtype=kept.dtype, shape=shape)
    with work.path.open("r+b") as stream:
        os.posix_fallocate(stream.fileno(), 0, voxels.offset + voxels.nbytes)
    return _Room(voxels.offset, shape[2:], kept.dtype)


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
