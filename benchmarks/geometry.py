"""What the geometry costs: headers grouped, gridded and audited, and planes through a tilted stack, on the screen too.

::

    headers   2,000 instances, read once ─ grouped, placed, audited       against reading them
    planes    512 × 512 × 300, tilted 15° ─ one side view after another   against the same stack straight
    wheel     the same in Chromium ─ notch to new pixels                  against the same stack straight
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray

from benchmarks import scrolling
from benchmarks.headers import header
from benchmarks.instance import Instance
from benchmarks.rows import Peer, Row, row
from webapp.config import Limits
from webapp.dicom.copies import pixel_fingerprints
from webapp.dicom.grouping import groups_of, series_of
from webapp.dicom.model import Instance as Picture
from webapp.dicom.read import read_instances
from webapp.dicom.stack import stack_of
from webapp.imaging import filters
from webapp.imaging.affine import Affine
from webapp.imaging.lattice import Lattice, Sampling
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import take
from webapp.imaging.volume import Volume

HEADERS = 2_000
SHAPE = (300, 512, 512)
TILT_DEG = 15.0
ROUNDS = 5
PLANES = 12


@dataclass(frozen=True, slots=True)
class Bytes:
    """A member in memory."""

    number: int
    name: str
    whole: bytes

    @property
    def size(self) -> int:
        """Its length, bytes."""
        return len(self.whole)

    def head(self, wanted: int) -> bytes:
        """The first bytes."""
        return self.whole[:wanted]

    def read(self) -> bytes:
        """All bytes."""
        return self.whole


def rows(instance: Instance, source: Path) -> list[Row]:
    """Measure all subjects; none needs the zip, and scrolling alone the running instance.

    Parameters
    ----------
    instance : Instance
    source : Path
    """
    del source
    return [_headers(), *_planes(), *scrolling.rows(instance)]


def _headers() -> Row:
    """CPU seconds of grouping, placing and auditing, against one second."""
    members = _members()
    spent = []
    for _ in range(ROUNDS):
        pictures = [picture for member in members for picture in read_instances(member, Limits())]
        start = process_time()
        _judge(pictures)
        spent.append(process_time() - start)
    what = f"{HEADERS:,} headers grouped, placed and audited, CPU beyond reading"
    return row(what, spent, Peer("one second", [1.0], 1.0), "s")


def _judge(pictures: Sequence[Picture]) -> None:
    """Everything between reading and decoding."""
    for series in series_of(pictures):
        for group in groups_of(series):
            stack_of(group, pixel_fingerprints)


def _members() -> list[Bytes]:
    """A series of many small pictures."""
    return [Bytes(number, f"{number}", _file(number)) for number in range(HEADERS)]


def _file(number: int) -> bytes:
    """One instance of 4 × 4 pixels."""
    one = header(number)
    one.PixelData = bytes(32)
    stream = io.BytesIO()
    one.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def _planes() -> list[Row]:
    """Milliseconds a plane on the server, tilted against straight: a few of a notch, whose goal is `scrolling`'s."""
    straight, tilted = _volumes()
    found = []
    for plane in (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL):
        sides: dict[str, Callable[[], float]] = {
            "tilted": partial(_seconds, tilted, plane),
            "straight": partial(_seconds, straight, plane),
        }
        for measure in sides.values():
            measure()
        taken = [{name: measure() for name, measure in sides.items()} for _ in range(ROUNDS)]
        mine, theirs = ([one[name] * 1000 for one in taken] for name in ("tilted", "straight"))
        what = f"{plane} plane of a tilted {SHAPE[1]} × {SHAPE[2]} × {SHAPE[0]} stack, ready for the wire"
        found.append(row(what, mine, Peer("the same stack straight", theirs, None), "ms"))
    return found


def _seconds(volume: Volume, plane: Plane) -> float:
    """Mean time of a plane, taken and filtered."""
    places = np.linspace(SHAPE[plane.axis] // 4, SHAPE[plane.axis] * 3 // 4, PLANES).astype(int)
    start = perf_counter()
    for place in places:
        filters.encode(take(volume, plane, int(place)).pixels)
    return (perf_counter() - start) / PLANES


def _volumes() -> tuple[Volume, Volume]:
    """One array, as a straight stack and as a tilted one."""
    voxels = np.random.default_rng(7).integers(-1000, 1000, (1, *SHAPE), np.int16)
    voxels.setflags(write=False)
    step = np.array([0.0, np.tan(np.radians(TILT_DEG)), 1.0])
    return _volume(voxels, np.array([0.0, 0.0, 1.0]), Sampling.ACQUIRED), _volume(voxels, step, Sampling.STRAIGHTENED)


def _volume(
    voxels: np.ndarray[tuple[int, ...], np.dtype[np.int16]], step_mm: NDArray[np.float64], sampling: Sampling
) -> Volume:
    """The array with slices that follow each other by a step."""
    affine = Affine.from_steps(np.stack([step_mm, [0, 0.7, 0], [0.7, 0, 0]]), [0, 0, 0])
    lattice = Lattice(affine, SHAPE, 0, np.arange(SHAPE[0])[:, None] * step_mm)
    return Volume(voxels, replace(lattice, sampling=sampling))
