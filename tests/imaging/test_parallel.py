"""The short way to values between voxels gives what the long way gives, wherever it is taken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.stacks import MISSING, UNEVEN, Pile
from webapp.imaging.cut import Cut
from webapp.imaging.parallel import parallel_values
from webapp.imaging.sampler import values_at
from webapp.imaging.volume import Volume

PILES = {
    "straight": Pile(),
    "oblique": Pile(turn_deg=25.0),
    "tilted": Pile(tilt_deg=20.0),
    "uneven": Pile(depths_mm=UNEVEN),
    "sagittal": Pile(slice_axis=2),
    "coronal with slices missing": Pile(slice_axis=1, depths_mm=MISSING, has_holes=True),
}


def noisy(pile: Pile) -> Volume:
    """A stack of any values, a quarter of them padding."""
    random = np.random.default_rng(7)
    shape = pile.volume().voxels.shape
    values = np.where(random.random(shape) < 0.25, -1, random.integers(0, 1000, shape)).astype(np.int16)
    values.flags.writeable = False
    return replace(pile.volume(), voxels=values, no_data=-1)


@pytest.mark.parametrize("axes", [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)])
@pytest.mark.parametrize("name", PILES)
def test_along_the_axes_every_pixel_is_the_same(name: str, axes: tuple[int, int]) -> None:
    pile = PILES[name]
    volume = noisy(pile)
    right, down = volume.lattice.directions[axes[0]], -volume.lattice.directions[axes[1]]
    middle = pile.points_mm.reshape(-1, 3).mean(axis=0)
    known = 0
    for shift in np.linspace(-9, 9, 7):
        first = middle - 12 * right - 10 * down + shift * np.cross(right, down)
        cut = Cut(first, right, down, (0.7, 0.6), (31, 41))
        found = parallel_values(volume, cut)
        if found is None:  # across slices that slide there is no short way
            assert pile.tilt_deg
            assert volume.slice_axis in axes
            return
        np.testing.assert_allclose(found, values_at(volume, cut.points_mm()), rtol=1e-5)
        known += int(np.isfinite(found).sum())
    assert known > 100


def test_a_turned_plane_is_left_to_the_long_way() -> None:
    volume = Pile().volume()
    turned = np.array([np.cos(0.1), np.sin(0.1), 0.0])
    cut = Cut(volume.lattice.origins_mm[3], turned, np.array([-turned[1], turned[0], 0.0]), (1.0, 1.0), (9, 9))
    assert parallel_values(volume, cut) is None
