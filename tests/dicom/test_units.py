"""A unit is shown only where every picture of the stack has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.factories import Scan, make_series

Open = Callable[..., dict[str, Any]]


def warned(stack: dict[str, Any]) -> list[str]:
    return [one["severity"] for one in stack["findings"] if one["id"] == "G65"]


@pytest.mark.parametrize("kind", [None, "HU"])
def test_a_rescaled_ct_without_another_type_is_in_hounsfield_units(open_series: Open, kind: str | None) -> None:
    stack = open_series(make_series(Scan(tags={} if kind is None else {"RescaleType": kind})))["stacks"][0]
    assert (stack["value_unit"], warned(stack)) == ("HU", [])


@pytest.mark.parametrize("kind", ["US", "MGML"])
def test_another_rescale_type_has_no_unit_and_a_warning(open_series: Open, kind: str) -> None:
    stack = open_series(make_series(Scan(tags={"RescaleType": kind})))["stacks"][0]
    assert (stack["value_unit"], warned(stack)) == (None, ["WARN"])


@pytest.mark.parametrize("modality", ["CT", "MR"])
def test_one_picture_without_a_rescale_takes_the_unit_from_all(open_series: Open, modality: str) -> None:
    def drop(dataset: Dataset, k: int) -> None:
        dataset.Modality = modality
        if k == 3:
            del dataset.RescaleSlope, dataset.RescaleIntercept

    stack = open_series(make_series(Scan(each=drop)))["stacks"][0]
    assert (stack["value_unit"], warned(stack)) == (None, ["WARN"])


def pet(open_series: Open, **tags: Any) -> dict[str, Any]:
    """A PET of whose conditions for uptake none is told."""
    stacks = open_series(make_series(Scan(tags={"Modality": "PT", "RescaleIntercept": 0, **tags})))["stacks"]
    return dict(stacks[0])


@pytest.mark.parametrize(
    ("units", "wanted"), [("BQML", "Bq/ml"), ("CNTS", "counts"), ("GML", "g/ml"), ("CM2ML", "cm²/ml")]
)
def test_a_pet_is_in_the_units_it_names(open_series: Open, units: str, wanted: str) -> None:
    stack = pet(open_series, Units=units)
    assert (stack["value_unit"], warned(stack)) == (wanted, [])


@pytest.mark.parametrize("units", ["", "PROPCNTS"])
def test_a_pet_in_unknown_units_has_no_unit_and_a_warning(open_series: Open, units: str) -> None:
    stack = pet(open_series, Units=units)
    assert (stack["value_unit"], warned(stack)) == (None, ["WARN"])


def test_a_pet_of_several_units_has_no_unit_and_a_warning(open_series: Open) -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.Modality, dataset.Units = "PT", "BQML" if k else "CNTS"

    stack = open_series(make_series(Scan(each=each)))["stacks"][0]
    assert (stack["value_unit"], warned(stack)) == (None, ["WARN"])


def test_an_mr_has_no_unit_and_no_warning(open_series: Open) -> None:
    stack = open_series(make_series(Scan(tags={"Modality": "MR"})))["stacks"][0]
    assert (stack["value_unit"], warned(stack)) == (None, [])


def test_an_animal_on_four_legs_is_lettered_by_axes(open_series: Open) -> None:
    stack = open_series(make_series(Scan(tags={"AnatomicalOrientationType": "QUADRUPED"})))["stacks"][0]
    assert stack["letters"] == "axes"


def test_a_person_is_lettered_by_the_body(open_series: Open) -> None:
    assert open_series(make_series())["stacks"][0]["letters"] == "human"
