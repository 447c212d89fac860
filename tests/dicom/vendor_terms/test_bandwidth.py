"""Bandwidth in every maker's unit."""

from __future__ import annotations

import pytest

from tests.compare.stacks import table
from webapp.dicom.vendor_terms.bandwidth import Bandwidth, bandwidth_of, from_half_band, from_shift


def test_ge_counts_half_the_band_over_all_pixels() -> None:
    assert from_half_band(31.25, 256).hz_per_pixel == pytest.approx(244.14, abs=0.01)


def test_philips_counts_the_shift_of_fat() -> None:
    """434.2 Hz at 3 T, as converters of Philips files use it."""
    assert from_shift(1.0, 3 * 42.577).hz_per_pixel == pytest.approx(434.3, abs=0.3)


@pytest.mark.parametrize("samples", [128, 256, 320])
def test_a_bandwidth_comes_back_through_every_unit(samples: int) -> None:
    there = Bandwidth(240.0, samples, 127.7)
    assert there.half_band_khz is not None
    assert there.shift_pixels is not None
    assert from_half_band(there.half_band_khz, samples).hz_per_pixel == pytest.approx(240.0)
    assert from_shift(there.shift_pixels, 127.7).hz_per_pixel == pytest.approx(240.0)


def test_what_is_lacking_is_named_instead_of_a_number() -> None:
    assert Bandwidth(240.0).formulas == (
        "±kHz needs the Acquisition Matrix (0018,1310)",
        "the fat-water shift needs the field (0018,0087)",
    )


@pytest.mark.parametrize("matrix", ["0\\256\\230\\0", "256\\0\\0\\230"])
def test_the_frequency_direction_is_whichever_is_recorded(matrix: str) -> None:
    found = bandwidth_of(table(PixelBandwidth="240", AcquisitionMatrix=matrix))
    assert found is not None
    assert found.samples == 256


@pytest.mark.parametrize("matrix", ["256\\256\\0\\0", "0\\0\\0\\0", "256"])
def test_a_matrix_that_does_not_say_which_way_gives_no_samples(matrix: str) -> None:
    found = bandwidth_of(table(PixelBandwidth="240", AcquisitionMatrix=matrix))
    assert found is not None
    assert found.samples is None


@pytest.mark.parametrize("value", ["", "0", "-5", "many"])
def test_without_a_bandwidth_nothing_is_worked_out(value: str) -> None:
    assert bandwidth_of(table(PixelBandwidth=value)) is None


def test_several_bandwidths_are_none() -> None:
    assert bandwidth_of(table(slices=2, PixelBandwidth=["240", "250"])) is None
