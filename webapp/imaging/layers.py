"""Regions as voxels: as few label volumes as keep regions that overlap apart, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.errors import RegionsUnread

#: What a voxel wholly inside a region holds where shares are kept.
FULL: Final = 255

#: Share of a voxel from which it counts as inside.
HALF: Final = 128


@dataclass(slots=True, eq=False)
class Layers:
    """Label volumes of one shape, filled region by region.

    Parameters
    ----------
    shape : tuple of 3 int
        Slices, rows, columns.
    regions : int
        How many there may be.
    most_voxels : int
        Of all layers together.
    shares : bool
        Whether voxels hold how much of them is inside, each region in a layer of its own, instead of labels.
    volumes : list of (slices, rows, columns) ndarray
    regions_laid : int
    """

    shape: tuple[int, int, int]
    regions: int
    most_voxels: int
    shares: bool = False
    volumes: list[NDArray[np.generic]] = field(default_factory=list)
    regions_laid: int = 0

    def add(self, mask: NDArray[np.generic]) -> int:
        """Lay the next region into the first layer where it meets no other; the layer's number.

        The labels of regions count from 1, in the order they are laid.

        Parameters
        ----------
        mask : (slices, rows, columns) ndarray
            Of bool, or of shares from 0 to `FULL`.

        Returns
        -------
        int

        Raises
        ------
        RegionsUnread
            There is no room for another layer.
        """
        self.regions_laid += 1
        if self.shares:
            self._room().append(mask)
            return len(self.volumes) - 1
        where = np.nonzero(mask)
        for number, volume in enumerate(self.volumes):
            if not volume[where].any():
                volume[where] = self.regions_laid
                return number
        volume = np.zeros(self.shape, np.uint8 if self.regions < FULL else np.uint16)
        volume[where] = self.regions_laid
        self._room().append(volume)
        return len(self.volumes) - 1

    def _room(self) -> list[NDArray[np.generic]]:
        """The volumes, unless they are as many as may be."""
        if (len(self.volumes) + 1) * int(np.prod(self.shape, dtype=float)) > self.most_voxels:
            raise RegionsUnread(f"The regions take more than {self.most_voxels:,} voxels.")
        return self.volumes


@dataclass(frozen=True, slots=True)
class Measured:
    """What a region's voxels are.

    Parameters
    ----------
    voxels : int
        Inside it.
    centre : tuple of 3 float, or None
        Mean slice, row and column of their centres.
    low, high : tuple of 3 int
        First and last slice, row and column that it reaches; high is below low where it is empty.
    """

    voxels: int
    centre: tuple[float, float, float] | None
    low: tuple[int, int, int]
    high: tuple[int, int, int]


def measured(mask: NDArray[np.bool_]) -> Measured:
    """Count a region's voxels.

    Parameters
    ----------
    mask : (slices, rows, columns) ndarray of bool
    """
    where = np.nonzero(mask)
    if not where[0].size:
        return Measured(0, None, (0, 0, 0), (-1, -1, -1))
    s, r, c = (float(one.mean()) for one in where)
    low, high = ([int(end(one)) for one in where] for end in (np.min, np.max))
    return Measured(int(where[0].size), (s, r, c), (low[0], low[1], low[2]), (high[0], high[1], high[2]))
