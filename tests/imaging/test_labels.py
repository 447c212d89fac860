"""Labels on planes: the voxel around each pixel, in any direction, and slabs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from webapp.imaging.affine import Affine
from webapp.imaging.cut import Cut
from webapp.imaging.labels import evened, labels_on
from webapp.imaging.lattice import Lattice, Sampling
from webapp.imaging.volume import Volume


def volume_of(labels: Any, slide_mm: float = 0.0) -> Volume:
    """Labels on voxels of 3, 0.8 and 0.5 mm; slices slide along j."""
    layers = np.asarray(labels, np.uint8)
    layers.setflags(write=False)
    count = layers.shape[1]
    origins = np.array([10.0, 20.0, 30.0]) + np.arange(count)[:, None] * np.array([0, slide_mm, 3.0])
    steps = [[0, slide_mm, 3.0], [0, 0.8, 0], [0.5, 0, 0]]
    lattice = Lattice(
        Affine.from_steps(steps, origins[0]),
        layers.shape[1:],
        0,
        origins,
        Sampling.STRAIGHTENED if slide_mm else Sampling.ACQUIRED,
    )
    return Volume(layers, lattice)


def random_labels() -> Any:
    """Two layers that are symmetric in nothing."""
    return np.random.default_rng(3).integers(0, 4, (2, 5, 9, 7))


@pytest.mark.parametrize("slide_mm", [0.0, 0.7])
def test_every_pixel_has_the_label_of_the_voxel_around_it(slide_mm: float) -> None:
    labels = random_labels()
    volume = volume_of(labels, slide_mm)
    right = np.array([0.8, 0.36, 0.48])
    down = np.cross([0.6, -0.48, -0.64], right)
    cut = Cut(np.array([9.0, 19.0, 29.0]), right, down, (0.31, 0.27), (40, 50))
    found = labels_on(volume, cut)
    origins = volume.lattice.origins_mm
    for row, column in np.ndindex(*cut.shape):
        point = cut.points_mm()[row, column]
        k = int(np.floor((point[2] - 30) / 3 + 0.5))
        inside = 0 <= k < 5
        j, i = (point - origins[k])[[1, 0]] / (0.8, 0.5) if inside else (0, 0)
        j, i = int(np.floor(j + 0.5)), int(np.floor(i + 0.5))
        inside = inside and 0 <= j < 9 and 0 <= i < 7
        wanted = labels[:, k, j, i] if inside else np.zeros(2)
        assert found[:, row, column].tolist() == wanted.tolist()


def test_a_slab_shows_what_any_of_its_planes_holds_the_nearest_first() -> None:
    labels = np.zeros((1, 5, 2, 2), int)
    labels[0, 1, 0, 0], labels[0, 3, 0, 0], labels[0, 4, 1, 1] = 1, 2, 3
    volume = volume_of(labels)
    cut = Cut(np.array([10.0, 20.0, 36.6]), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.8, 0.5), (2, 2))
    assert labels_on(volume, cut)[0].tolist() == [[0, 0], [0, 0]]
    assert labels_on(volume, cut, 7.0)[0].tolist() == [[2, 0], [0, 0]]
    assert labels_on(volume, cut, 11.0)[0].tolist() == [[2, 0], [0, 3]]


def test_slices_that_were_left_out_are_counted_and_uneven_ones_are_told_apart() -> None:
    assert evened(np.array([0, 3.0, 12.0]), None, 100) == pytest.approx([0, 1, 4])
    assert evened(np.array([0, 6.0, 12.0]), 3.0, 100) == pytest.approx([0, 2, 4])
    assert evened(np.array([0, 3.0, 7.1, 12.0]), 3.0, 100) is None
    assert evened(np.array([0, 0.001, 1000.0]), None, 4096) is None
