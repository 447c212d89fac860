"""Voxels that stand for nothing have no weight in a view, no value under a point, and no surface at their edge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.meshes import area_mm2, mesh_of, surface_of
from tests.imaging.stacks import MISSING, UNEVEN, Pile
from tests.imaging.volumes import sphere, volume_of
from webapp.errors import LevelOutOfRange
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import take
from webapp.imaging.volume import Volume


def with_nothing(volume: Volume, where: NDArray[np.bool_], no_data: float) -> Volume:
    """A volume whose voxels at some places stand for nothing."""
    voxels = volume.voxels.copy()
    voxels[0, where] = no_data
    voxels.setflags(write=False)
    return replace(volume, voxels=voxels, no_data=no_data)


def tilted(values: list[list[float]], no_data: float) -> Volume:
    """Two slices of two rows and one column, 4 mm apart, the upper one slid by half a row."""
    pile = Pile((0.0, 4.0), 0.0, pixels=(2, 2), pixel_mm=(1.0, 1.0))
    origins = pile.lattice.origins_mm + np.array([[0, 0, 0], [0, 0.5, 0]])
    lattice = replace(Pile((0.0, 4.0), 7.125016, pixels=(2, 2), pixel_mm=(1.0, 1.0)).lattice, origins_mm=origins)
    voxels = np.repeat(np.array(values, np.float32)[None, :, :, None], 2, axis=3)
    voxels.setflags(write=False)
    return Volume(voxels, lattice, no_data=no_data)


@pytest.mark.parametrize("no_data", [-32768.0, np.nan])
def test_pixels_that_were_measured_share_the_weight(no_data: float) -> None:
    """At y = 1 the lower slice has its second row, 20; the upper one lies half a row further: (30 + 40) / 2 = 35."""
    picture = take(tilted([[10, 20], [30, 40]], no_data), Plane.CORONAL, 1).pixels
    assert picture[:, 0].tolist() == [35.0, 20.0]


@pytest.mark.parametrize("no_data", [-32768.0, np.nan])
def test_a_pixel_beside_padding_takes_the_whole_weight(no_data: float) -> None:
    picture = take(tilted([[10, 20], [no_data, 40]], no_data), Plane.CORONAL, 1).pixels
    assert picture[:, 0].tolist() == [40.0, 20.0]


@pytest.mark.parametrize("no_data", [-32768.0, np.nan])
def test_between_pixels_of_padding_there_is_nothing(no_data: float) -> None:
    picture = take(tilted([[10, 20], [no_data, no_data]], no_data), Plane.CORONAL, 1).pixels
    assert np.isnan(picture[0]).all()
    assert picture[1].tolist() == [20.0, 20.0]


PILES = {
    "tilted": Pile(tilt_deg=12.0),
    "uneven": Pile(UNEVEN),
    "wandering": Pile(wander_mm=1.3),
    "missing": Pile(MISSING, has_holes=True),
}


@pytest.mark.parametrize("pile", PILES.values(), ids=PILES)
@pytest.mark.parametrize("no_data", [-32768.0, np.nan])
def test_padding_is_mixed_into_no_pixel_of_a_side_view(pile: Pile, no_data: float) -> None:
    """Every value of the ramp lies between its smallest and its largest; one with padding in it would not."""
    volume = pile.volume()
    where = np.random.default_rng(7).random(volume.shape_kji) < 0.3
    padded, low, high = with_nothing(volume, where, no_data), volume.voxels.min(), volume.voxels.max()
    for plane in Plane:
        if plane.axis == pile.slice_axis:
            continue
        for index in range(volume.shape_kji[plane.axis]):
            with_it = take(padded, plane, index).pixels
            without = take(volume, plane, index).pixels
            shown = np.isfinite(with_it)
            assert ((with_it[shown] >= low) & (with_it[shown] <= high)).all()
            assert not (shown & np.isnan(without)).any()  # a place that no slice reaches stays blank


def test_where_all_is_measured_a_view_is_the_same_with_and_without_a_value_for_nothing() -> None:
    volume = Pile(UNEVEN, 12.0).volume()
    plain, marked = (take(one, Plane.SAGITTAL, 4).pixels for one in (volume, replace(volume, no_data=-32768.0)))
    np.testing.assert_array_equal(plain, marked)


def test_a_point_on_padding_has_no_value() -> None:
    volume = with_nothing(volume_of(np.zeros((3, 4, 5), np.int16)), np.eye(3, 20).reshape(3, 4, 5) > 0, -32768)
    on, beside = (volume.probe(volume.affine.apply(place)) for place in ([0, 0, 0], [0, 0, 1]))
    assert (on.value, on.why_null, on.exact) == (None, "padding", True)
    assert (beside.value, beside.why_null) == (0.0, None)


def half(volume: Volume) -> NDArray[np.bool_]:
    """Where the upper half of a volume is."""
    where = np.zeros(volume.shape_kji, bool)
    where[volume.shape_kji[0] // 2 :] = True
    return where


@pytest.mark.parametrize("no_data", [-32768.0, np.nan])
def test_padding_has_no_surface_and_opens_what_it_cuts(no_data: float) -> None:
    """Of a ball whose upper half is padding the lower half is left, and no lid."""
    ball = sphere(12.0, (30, 30, 30), np.diag([1.0, 1, 1])[::-1])
    whole, cut = (area_mm2(mesh_of(one)) for one in (ball, with_nothing(ball, half(ball), no_data)))
    assert cut / whole == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("no_data", [-32768.0, np.nan])
def test_padding_is_averaged_into_no_block(no_data: float) -> None:
    """A coarse grid of the same ball: blocks that are half padding are the mean of the other half."""
    ball = sphere(12.0, (30, 30, 30), np.diag([1.0, 1, 1])[::-1])
    made = surface_of(with_nothing(ball, half(ball), no_data), triangles=400)
    assert max(made.facts.coarsened) > 1
    assert area_mm2(made.mesh) / area_mm2(mesh_of(ball)) == pytest.approx(0.5, abs=0.12)


def test_a_level_that_only_padding_has_is_out_of_range() -> None:
    volume = volume_of(np.arange(216.0, dtype=np.float32).reshape(6, 6, 6))
    with pytest.raises(LevelOutOfRange, match="0 to 215"):
        mesh_of(with_nothing(volume, np.indices((6, 6, 6))[0] == 9, -32768), -20_000.0)


def test_a_volume_of_nothing_has_no_surface() -> None:
    volume = volume_of(np.zeros((4, 4, 4), np.float32))
    with pytest.raises(LevelOutOfRange):
        mesh_of(with_nothing(volume, np.ones((4, 4, 4), bool), np.nan), 1.0)
