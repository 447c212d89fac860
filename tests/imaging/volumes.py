"""Volumes with known places and values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from webapp.imaging.affine import Affine
from webapp.imaging.lattice import Lattice
from webapp.imaging.volume import Volume

#: Steps along k, j, i of an ordinary anisotropic grid, mm.
BOX = np.array([[0, 0, 3.0], [0, 0.8, 0], [0.5, 0, 0]])
ORIGIN = (-98.2, -121.7, 35.5)


def turned(degrees: float) -> NDArray[np.float64]:
    """A turn about a skew axis."""
    axis = np.array([1.0, 2.0, 3.0]) / np.sqrt(14)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    angle = np.radians(degrees)
    turn: NDArray[np.float64] = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return turn


def volume_of(voxels: ArrayLike, steps: ArrayLike = BOX, origin: ArrayLike = ORIGIN, unit: str | None = "HU") -> Volume:
    """A volume of one time point."""
    array = np.array(voxels)[None]
    array.setflags(write=False)
    affine = Affine.from_steps(steps, origin)
    return Volume(array, straight(affine, array.shape[1:4]), unit)


def straight(affine: Affine, shape: Sequence[int]) -> Lattice:
    """The lattice of an even, straight stack along k."""
    k, j, i = shape
    return Lattice(affine, (k, j, i), 0, affine.apply([[place, 0, 0] for place in range(k)]))


def coded(shape: tuple[int, int, int] = (5, 6, 7)) -> NDArray[np.int16]:
    """Voxels whose value is their own index: 100 k + 10 j + i."""
    k, j, i = np.indices(shape)
    return (100 * k + 10 * j + i).astype(np.int16)


def shaped(
    value: Callable[[NDArray[np.float64]], NDArray[np.float64]], shape: tuple[int, int, int], steps: ArrayLike
) -> Volume:
    """A volume whose voxels are a function of their patient point; its middle is at the patient's origin."""
    affine = Affine.from_steps(steps, (0, 0, 0))
    start = -affine.apply((np.array(shape) - 1) / 2)
    points = np.stack(np.meshgrid(*(np.arange(size) for size in shape), indexing="ij"), axis=-1) @ np.asarray(steps)
    return volume_of(value(points + start).astype(np.float32), steps, start)


def sphere(radius_mm: float, shape: tuple[int, int, int], steps: ArrayLike) -> Volume:
    """A ball around the patient's origin: its value is the depth below its surface, mm."""
    return shaped(lambda points: radius_mm - np.linalg.norm(points, axis=-1), shape, steps)
