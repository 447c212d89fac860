"""Values between voxels on a plane along the axes of a volume: axis after axis, not eight neighbours a pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.cut import Cut
from webapp.imaging.lattice import NEGLIGIBLE, settled, slices_around
from webapp.imaging.volume import Volume

#: Slices whose starts differ by less lie straight behind each other, pixels.
_STRAIGHT: Final = 1e-9

Line = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Span:
    """Pixels of a line between voxels: the one before, how far the next counts, and whether there is data."""

    low: NDArray[np.intp]
    rest: Line
    inside: NDArray[np.bool_]

    def ends(self) -> Iterator[tuple[int, float]]:
        """Of a single place the voxels on both sides that count, and how far."""
        low, rest = int(self.low.item()), float(self.rest.item())
        yield from ((place, share) for place, share in ((low, 1 - rest), (low + 1, rest)) if share > 0)

    def along(self, image: Line, axis: int) -> Line:
        """An image read at these places along one of its axes."""
        shape = (-1, 1) if axis == 0 else (1, -1)
        rest, high = self.rest.reshape(shape), np.minimum(self.low + 1, image.shape[axis] - 1)
        low = self.low.ravel()
        blended: Line = image.take(low, axis) * (1 - rest) + image.take(high.ravel(), axis) * rest
        return blended


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """A plane of voxels that a plane of pixels lies on or beside, how far it counts, and where its pixels lie in it."""

    voxels: NDArray[np.generic]
    share: float
    spans: tuple[_Span, _Span]

    def read(self, image: Line) -> Line:
        """An image of this sheet's size at the pixels: (rows or 1, columns or 1)."""
        first, second = self.spans
        found = second.along(first.along(image, 0), 1)
        return found.T if first.low.shape[1] > 1 or second.low.shape[0] > 1 else found


def parallel_values(volume: Volume, cut: Cut, time: int = 0) -> NDArray[np.float32] | None:
    """The same as `values_at` of the points of a plane that runs along the axes of a volume, sooner.

    Parameters
    ----------
    volume : Volume
    cut : Cut
    time : int
        Zero-based time point.

    Returns
    -------
    (rows, columns) ndarray of float32, or None
        Modality units, NaN where nothing was measured. None where the plane is turned against the volume, or crosses
        slices that do not lie straight behind each other.
    """
    found = _sheets(volume, cut, time)
    if found is None:
        return None
    sheets, inside = found
    total, shares = np.zeros(cut.shape), np.zeros(cut.shape)
    for sheet in sheets:
        inside = inside & sheet.spans[0].inside & sheet.spans[1].inside
        known = np.isfinite(sheet.voxels) & ~volume.is_nothing(sheet.voxels)
        total += sheet.share * sheet.read(np.where(known, sheet.voxels, 0).astype(np.float64))
        shares += sheet.share * (1.0 if known.all() else sheet.read(known.astype(np.float64)))
    values = np.full(cut.shape, np.nan)
    np.divide(total, shares, out=values, where=inside & (shares > NEGLIGIBLE))
    return values.astype(np.float32)


def _sheets(volume: Volume, cut: Cut, time: int) -> tuple[list[_Sheet], NDArray[np.bool_]] | None:
    """The one or two planes of voxels around a plane of pixels, and whether there is data between them."""
    lattice, s = volume.lattice, volume.slice_axis
    if len(lattice.depths_mm) == 1:
        return None
    axes = lattice.pixel_axes
    starts = lattice.origins_mm @ axes.T
    across, *lines = (cut.places_along(axis) for axis in (lattice.directions[s], *axes))
    slices = np.moveaxis(volume.voxels[time], s, 0)
    layers = _between_slices(volume, across)

    def spans(number: int) -> tuple[_Span, _Span]:
        """The pixels in a slice."""
        first, second = (_span(lines[at] - starts[number, at], slices.shape[1 + at]) for at in (0, 1))
        return first, second

    if across.size == 1:
        if not _are_crossed(*lines):
            return None
        return [_Sheet(slices[number], share, spans(number)) for number, share in layers.ends()], layers.inside
    flat = next((at for at in (0, 1) if lines[at].size == 1), None)
    if flat is None or float(np.ptp(starts, axis=0).max()) > _STRAIGHT or not _are_crossed(across, lines[1 - flat]):
        return None
    both = spans(0)
    pixels = layers, both[1 - flat]
    return [_Sheet(slices.take(at, 1 + flat), share, pixels) for at, share in both[flat].ends()], both[flat].inside


def _are_crossed(first: Line, second: Line) -> bool:
    """Whether one line runs along rows and the other along columns."""
    return all(min(one.shape) == 1 for one in (first, second)) and all(
        min(sizes) == 1 for sizes in zip(first.shape, second.shape, strict=True)
    )


def _span(places: Line, count: int) -> _Span:
    """Places between the centres of so many voxels."""
    exact = settled(places)
    low = np.clip(np.floor(exact), 0, max(count - 2, 0)).astype(np.intp)
    return _Span(low, np.clip(exact - low, 0, 1), (exact >= 0) & (exact <= count - 1))


def _between_slices(volume: Volume, across: Line) -> _Span:
    """Places between slices; a hole is outside."""
    lattice = volume.lattice
    numbers, along = slices_around(lattice.depths_mm, across.ravel())
    below, exact = numbers.reshape(across.shape), settled(along.reshape(across.shape))
    inside = (exact >= 0) & (exact <= 1) & ~((exact > 0) & (exact < 1) & lattice.holes[below])
    return _Span(below, exact.clip(0, 1), inside)
