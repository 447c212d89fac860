"""A field: its values fill its lattice, and its limits are of what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.stacks import Pile
from tests.imaging.volumes import BOX, coded, straight, volume_of
from webapp.imaging.affine import Affine
from webapp.imaging.field import Field

LATTICE = straight(Affine.from_steps(BOX, (0, 0, 0)), (5, 6, 7))


def test_values_that_do_not_fill_the_lattice_are_no_field() -> None:
    with pytest.raises(ValueError, match="fills its lattice"):
        Field(coded((5, 6, 6)), LATTICE)


def test_a_volume_is_a_field_at_each_time() -> None:
    voxels = np.stack((coded(), coded() + 1))
    voxels.setflags(write=False)
    volume = volume_of(coded())
    later = type(volume)(voxels, volume.lattice, "HU", -1.0).field(1)
    assert (later.limits(), later.unit, later.no_data) == ((1.0, 457.0), "HU", -1.0)


@pytest.mark.parametrize("kind", ["int16", "float32"])
def test_limits_leave_out_what_was_not_measured(kind: str) -> None:
    values = coded().astype(kind)
    values[0] = -999
    if kind == "float32":
        values[4, 0] = np.nan
        values[4, 1] = np.inf
    assert Field(values, LATTICE, -999.0).limits() == (100.0, 456.0)


def test_a_field_of_nothing_has_no_limits() -> None:
    assert Field(np.full((5, 6, 7), -1, np.int16), LATTICE, -1.0).limits() is None


def test_a_tilt_leaves_the_pixels_their_size_and_the_slices_their_distance() -> None:
    tilted = Pile(tilt_deg=20.0).volume(lambda points: points[..., 0]).field()
    assert tilted.spacing_mm == pytest.approx((3.0, 0.8, 0.5))
