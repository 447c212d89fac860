"""Scanners: what a grid of pixels records of the torso or the head, with blur and noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sample_data.anatomy import hounsfield
from sample_data.grid import Grid
from sample_data.head import Head, Template
from sample_data.shapes import Field, Points, ripple
from sample_data.write import Voxels

_CT_INTERCEPT = -1024.0
_CT_AIR = -1000.0
_CT_NOISE = 6.0


def scan_ct(grid: Grid, seed: int) -> Voxels:
    """Scan the torso.

    Parameters
    ----------
    grid : Grid
    seed : int
        Of the noise.

    Returns
    -------
    (slices, rows, columns) ndarray of uint16
        Stored values: HU + 1024, in steps of 4 HU (12 below -200 HU) so that they compress; air outside is
        exactly -1000 HU.
    """
    generator = np.random.default_rng(seed)
    volume = np.empty(grid.shape, dtype=np.uint16)
    for index in range(grid.shape[0]):
        picture = _blurred(hounsfield(grid.points(index)).reshape(grid.shape[1:]), 0.22)
        grain = _blurred(generator.standard_normal(picture.shape), 0.12) * 1.25 * _CT_NOISE
        picture += grain * np.clip((picture + 930.0) / 60.0, 0.0, 1.0)
        step = np.where(picture < -200.0, 12.0, 4.0)
        rounded = _CT_AIR + np.rint((picture - _CT_AIR) / step) * step
        volume[index] = np.clip(rounded - _CT_INTERCEPT, 0, 4095)
    return volume


def scan_mr(head: Head, grid: Grid, thickness: float, scale: float, seed: int) -> Voxels:
    """Scan the head.

    Parameters
    ----------
    head : Head
    grid : Grid
    thickness : float
        Slice thickness in mm; the signal is averaged across it.
    scale : float
        Stored value of the brightest tissue.
    seed : int
        Of noise and coil shading.

    Returns
    -------
    (slices, rows, columns) ndarray of uint16
        Magnitudes with Rician noise.
    """
    generator = np.random.default_rng(seed)
    volume = np.empty(grid.shape, dtype=np.uint16)
    for index in range(grid.shape[0]):
        layers = [_shaded(head, grid.points(index, share * thickness), seed) for share in (-0.36, -0.12, 0.12, 0.36)]
        picture = _blurred(np.mean(layers, axis=0).reshape(grid.shape[1:]), 0.15) * scale
        real, imaginary = generator.standard_normal((2, *picture.shape)) * 0.008 * scale
        volume[index] = np.clip(np.rint(np.hypot(picture + real, imaginary)), 0, 4095)
    return volume


def slice_template(template: Template, grid: Grid) -> Voxels:
    """Return the template on ``grid``, whose points must be its voxels: nothing is interpolated.

    Returns
    -------
    (slices, rows, columns) ndarray of uint16
        The template's own values times 4.
    """
    planes: list[NDArray[np.uint16]] = []
    for index in range(grid.shape[0]):
        steps = np.rint(grid.points(index) * (-1.0, -1.0, 1.0) - template.origin).astype(np.intp)
        inside = np.all((steps >= 0) & (steps < template.voxels.shape), axis=1)
        plane = np.zeros(len(steps), dtype=np.uint16)
        plane[inside] = template.voxels[tuple(steps[inside].T)]
        planes.append((plane * 4).reshape(grid.shape[1:]))
    return np.stack(planes)


def _shaded(head: Head, points: Points, seed: int) -> Field:
    """Signal (N,) times the coil's uneven sensitivity."""
    return head.signal(points) * (1 + 0.05 * ripple(points, 210.0, seed))


def _blurred(picture: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Picture where each pixel gives ``share`` of itself to either neighbour along both axes, less at the rim."""
    for axis in (0, 1):
        padded = np.pad(picture, [(1, 1) if axis == here else (0, 0) for here in (0, 1)], mode="edge")
        before, after = np.delete(padded, (-1, -2), axis=axis), np.delete(padded, (0, 1), axis=axis)
        picture = (1 - 2 * share) * picture + share * (before + after)
    return picture
