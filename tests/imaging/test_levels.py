"""Which levels are offered, and what the histogram shows."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.volumes import volume_of
from webapp.imaging.field import Field
from webapp.imaging.levels import CT_LEVELS, levels_on_offer


def field_of(values: NDArray[np.generic], unit: str | None = None, no_data: float | None = None) -> Field:
    volume = volume_of(values, unit=unit)
    return Field(volume.voxels[0], volume.lattice, no_data, unit)


def body() -> NDArray[np.int16]:
    """Air, soft tissue and bone, with noise."""
    dice = np.random.default_rng(0)
    values = dice.normal(-1000, 10, (20, 40, 40))
    values[:, 8:32, 8:32] = dice.normal(40, 15, (20, 24, 24))
    values[:, 16:24, 16:24] = dice.normal(900, 60, (20, 8, 8))
    return values.astype(np.int16)


def test_in_ct_the_usual_levels_are_offered_with_their_numbers_bone_first() -> None:
    offer = levels_on_offer(field_of(body(), "HU"))
    assert offer is not None
    assert [(level.name, level.value) for level in offer.levels if level.how == "usual"] == [
        ("Bone", 200.0),
        ("Lung", -500.0),
        ("Skin", -300.0),
        ("Vessels with contrast", 150.0),
        ("Dense bone", 700.0),
    ]


def test_levels_outside_the_values_are_not_offered() -> None:
    offer = levels_on_offer(field_of(np.clip(body(), -1024, 120), "HU"))
    assert offer is not None
    assert {level.name for level in offer.levels if level.how == "usual"} == {"Lung", "Skin"}


def test_in_ct_it_is_marked_where_air_skin_contrast_and_bone_lie() -> None:
    offer = levels_on_offer(field_of(body(), "HU"))
    assert offer is not None
    assert [mark.name for mark in offer.marks] == ["Air", "Lung", "Fat", "Skin and soft tissue", "Contrast", "Bone"]


@pytest.mark.parametrize("unit", [None, "Bq/ml"])
def test_elsewhere_levels_are_found_in_the_values(unit: str | None) -> None:
    offer = levels_on_offer(field_of(body(), unit))
    assert offer is not None
    assert offer.marks == ()
    found = {level.name: level.value for level in offer.levels}
    assert found.keys() == {"Automatic", "Automatic, lower of two", "Automatic, upper of two"}
    assert -1000 < found["Automatic, lower of two"] < 0
    assert 100 < found["Automatic, upper of two"] < 850


def test_what_was_not_measured_is_in_no_bar_and_moves_no_level() -> None:
    values = body()
    padded = values.copy()
    padded[:, :, 33:] = -2000
    offer, whole = levels_on_offer(field_of(padded, "HU", -2000.0)), levels_on_offer(field_of(values, "HU"))
    assert offer is not None
    assert whole is not None
    assert sum(offer.counts) == values[:, :, :33].size
    assert (offer.low, offer.high) == (whole.low, whole.high)


def test_not_a_number_is_not_measured_either() -> None:
    values = body().astype(np.float32)
    values[:5] = np.nan
    offer = levels_on_offer(field_of(values))
    assert offer is not None
    assert sum(offer.counts) == values[5:].size


def test_a_few_extreme_values_do_not_stretch_the_histogram() -> None:
    values = body()
    values[0, 0, 0] = 30_000
    offer = levels_on_offer(field_of(values, "HU"))
    assert offer is not None
    assert offer.high == 30_000
    assert offer.edges[-1] < 1500
    assert len(offer.edges) == len(offer.counts) + 1 == 129


def test_a_field_of_nothing_offers_nothing() -> None:
    assert levels_on_offer(field_of(np.full((4, 4, 4), -5, np.int16), None, -5.0)) is None


def test_a_field_of_one_value_offers_no_level_but_has_a_bar() -> None:
    offer = levels_on_offer(field_of(np.full((4, 4, 4), 7, np.int16)))
    assert offer is not None
    assert (offer.levels, sum(offer.counts)) == ((), 64)


def test_a_mask_may_ask_for_levels_too() -> None:
    offer = levels_on_offer(field_of(body() > 200))
    assert offer is not None
    assert (offer.low, offer.high) == (0.0, 1.0)


def test_everything_fits_into_a_document() -> None:
    offer = levels_on_offer(field_of(body(), "HU"))
    assert offer is not None
    document = json.loads(json.dumps(offer.as_json(), allow_nan=False))
    assert document["levels"][0] == {"name": "Bone", "value": 200.0, "how": "usual"}
    assert {level.name for level in CT_LEVELS} <= {level["name"] for level in document["levels"]}
