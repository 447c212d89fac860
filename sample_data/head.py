"""A head for the made-up MR scanners: the ICBM 152 brain in a skull and scalp of our own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
from numpy.typing import NDArray

from sample_data.shapes import EVERYWHERE, Canvas, Field, Points, Solid, ellipsoid, ripple, tube

TEMPLATE_FILE = "datasets/data/mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"

_CENTRE = np.array([0.0, 12.0, 0.0])
_FACE = np.array(
    [
        (0, -108, -34),
        (26, -98, -12),
        (-26, -98, -12),
        (0, -116, -60),
        (62, -66, -46),
        (-62, -66, -46),
        (58, -40, -90),
        (-58, -40, -90),
        (66, 60, -84),
        (-66, 60, -84),
        (0, 96, -92),
        (74, 10, -70),
        (-74, 10, -70),
    ],
    dtype=np.float64,
)


@dataclass(frozen=True, slots=True)
class Template:
    """The ICBM 152 T1 average.

    Attributes
    ----------
    voxels : (197, 233, 189) ndarray of uint8
        1 mm voxels, indices growing to the right of the file's RAS axes.
    origin : (3,) ndarray of float64
        Centre of voxel (0, 0, 0) in RAS, mm.
    """

    voxels: NDArray[np.uint8]
    origin: NDArray[np.float64]

    def at(self, points: Points) -> Field:
        """Return the signal (N,), 0 to 1, at points (N, 3) in patient LPS, mm; trilinear, 0 outside."""
        index = points * (-1.0, -1.0, 1.0) - self.origin
        inside = np.flatnonzero(np.all((index >= 0) & (index < np.array(self.voxels.shape) - 1), axis=1))
        low = np.floor(index[inside]).astype(np.intp)
        share = index[inside] - low
        total = np.zeros(len(inside))
        for corner in np.ndindex(2, 2, 2):
            weight = np.prod(np.where(corner, share, 1 - share), axis=1)
            i, j, k = (low + corner).T
            total += weight * self.voxels[i, j, k]
        values = np.zeros(len(points))
        values[inside] = total / 255.0
        return values


def read_template(nilearn: Path) -> Template:
    """Read the template from the folder of an installed (or unpacked) ``nilearn`` package."""
    image = nibabel.nifti1.Nifti1Image.from_filename(nilearn / TEMPLATE_FILE)
    affine = np.asarray(image.affine, dtype=np.float64)
    if not np.allclose(affine[:3, :3], np.eye(3)):
        raise ValueError(f"the template has axes other than 1 mm RAS: {affine[:3, :3].tolist()}")
    return Template(np.asarray(image.dataobj, dtype=np.uint8), affine[:3, 3])


@dataclass(frozen=True, slots=True)
class Head:
    """Brain, skull, scalp, eyes and a capsule of oil at the right temple.

    Attributes
    ----------
    template : Template
    skull : Solid whose surface wraps the brain tightly
    scalp : Solid, everything but the air
    """

    template: Template
    skull: Solid
    scalp: Solid

    def signal(self, points: Points) -> Field:
        """Return the T1 signal (N,), 0 (air) to about 1 (fat), at points (N, 3) in patient LPS, mm."""
        canvas = Canvas(points, np.full(len(points), 0.0))
        canvas.paint(self.scalp, 0.42)
        canvas.paint(self.scalp.grown(-1.6), lambda at, _: 0.88 + 0.06 * ripple(at, 14.0, 601))
        canvas.paint(self.scalp.grown(-6.2), lambda at, _: 0.40 + 0.10 * np.abs(ripple(at, 18.0, 602)))
        self._paint_face(canvas)
        canvas.paint(self.skull.grown(7.6), 0.07)
        canvas.paint(self.skull.grown(5.6), lambda at, _: 0.42 + 0.12 * ripple(at, 12.0, 603))
        canvas.paint(self.skull.grown(3.4), 0.07)
        canvas.paint(self.skull.grown(1.0), 0.16)
        base = ellipsoid((0, -12, -62), (62, 52, 40)).warped(4.0, 30.0, 621)
        canvas.paint(base, lambda at, _: 0.24 + 0.05 * ripple(at, 13.0, 624), 2.0)
        canvas.paint(ellipsoid((-2, -26, -44), (14, 15, 11)).warped(2.0, 20.0, 625), 0.02)
        brain = self.template.at(points)
        share = np.clip(brain / 0.25, 0.0, 1.0)
        canvas.values[:] += share * (0.95 * brain - canvas.values)
        capsule = tube([(-88, -8, 14, 4.2), (-89, -2, 14, 4.6), (-88, 4, 14, 4.2)])
        canvas.paint(capsule, 0.95)
        return canvas.values

    def _paint_face(self, canvas: Canvas) -> None:
        """Paint sockets, eyes and the air of the nose."""
        for side in (-1.0, 1.0):
            socket = tube([(side * 33, -82, -38, 17), (side * 31, -64, -37, 17), (side * 20, -36, -34, 8)])
            canvas.paint(socket.within(self.scalp.grown(-2.0)), 0.86)
            canvas.paint(tube([(side * 30, -62, -37, 2.6), (side * 16, -34, -33, 2.4)]), 0.45)
            for shift in (-9.0, 9.0):
                canvas.paint(tube([(side * 32 + shift, -74, -37, 1.8), (side * 22, -38, -34, 1.8)]), 0.40)
            canvas.paint(ellipsoid((side * 33, -74, -38), (12.6, 12.6, 12.4)), 0.40)
            canvas.paint(ellipsoid((side * 33, -74, -38), (11.6, 11.6, 11.4)), 0.17)
            canvas.paint(ellipsoid((side * 33, -83, -38), (4.6, 2.4, 4.6)), 0.46)
        nose = ellipsoid((0, -66, -50), (13, 34, 24), power=3.0)
        turbinates = Solid(EVERYWHERE, lambda at: 5.0 * ripple(at * (1.0, 0.45, 0.7), 13.0, 611) - 1.0)
        canvas.paint(nose, 0.45)
        canvas.paint(nose.grown(-1.5).within(turbinates, 1.0), 0.02)
        canvas.paint(ellipsoid((0, -66, -50), (1.2, 32, 22)), 0.40)


def build_head(template: Template) -> Head:
    """Wrap skull and scalp about the template's brain."""
    directions = _sphere(2000)
    brain = _brain_surface(template) - _CENTRE
    tight = np.array([(brain @ direction).max() for direction in directions])
    loose = np.maximum(tight + 13.0, ((_FACE - _CENTRE) @ directions.T).max(axis=0))
    return Head(template, _wrapped(directions, tight + 1.0), _wrapped(directions, loose))


def _brain_surface(template: Template) -> Points:
    """Outermost brain voxels along the first axis (M, 3), patient LPS, mm."""
    mask = template.voxels > 60
    found = np.argwhere(mask & ~(np.roll(mask, 1, axis=0) & np.roll(mask, -1, axis=0)))
    return np.asarray((found + template.origin) * (-1.0, -1.0, 1.0), dtype=np.float64)


def _wrapped(directions: Points, reach: Field) -> Solid:
    """Solid inside the planes ``reach`` mm (D,) from the centre along ``directions`` (D, 3), corners rounded."""
    table = _smoothed(np.stack([_radii(directions, reach, up) for up in np.radians(np.arange(-90, 91, 3))]))

    def distance(points: Points) -> Field:
        x, y, z = (points - _CENTRE).T
        flat = np.hypot(x, y)
        row = np.clip(np.degrees(np.arctan2(z, flat)) / 3 + 30, 0, 59.999)
        turn = np.degrees(np.arctan2(y, x)) / 3 % 120
        low, left = row.astype(np.intp), turn.astype(np.intp) % 120
        up, on = row - low, turn - np.floor(turn)
        right = (left + 1) % 120
        lower = (1 - on) * table[low, left] + on * table[low, right]
        upper = (1 - on) * table[low + 1, left] + on * table[low + 1, right]
        return np.asarray(np.hypot(flat, z) - (1 - up) * lower - up * upper)

    return Solid(EVERYWHERE, distance)


def _radii(directions: Points, reach: Field, up: float) -> Field:
    """Distance (120,) from the centre to the nearest plane, all round at elevation ``up`` in radians."""
    turn = np.radians(np.arange(0, 360, 3))
    rays = np.stack([np.cos(up) * np.cos(turn), np.cos(up) * np.sin(turn), np.full(120, np.sin(up))], axis=-1)
    facing = rays @ directions.T
    return np.asarray(np.where(facing > 0.2, reach / np.maximum(facing, 0.2), np.inf).min(axis=1))


def _smoothed(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Table (rows, 120) averaged with its neighbours, closed round the turn."""
    for _ in range(3):
        table = (np.roll(table, 1, axis=1) + 2 * table + np.roll(table, -1, axis=1)) / 4
        padded = np.pad(table, [(1, 1), (0, 0)], mode="edge")
        table = (padded[:-2] + 2 * table + padded[2:]) / 4
    return table


def _sphere(count: int) -> Points:
    """Unit vectors (count, 3) spread evenly: the Fibonacci spiral."""
    step = np.arange(count) + 0.5
    up = 1 - 2 * step / count
    turn = np.pi * (1 + 5**0.5) * step
    flat = np.sqrt(1 - up**2)
    return np.stack([flat * np.cos(turn), flat * np.sin(turn), up], axis=-1)
