"""Real-world values and Philips' floating point as scales beside the modality's own; numbers worked by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.factories import Scan, make_series
from tests.factories_multiframe import make_enhanced

Open = Callable[..., dict[str, Any]]


def mapping(slope: float | None = 0.1, intercept: float | None = 5, unit: str = "mm2/s", **tags: Any) -> Dataset:
    """A mapping of all stored values."""
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = unit, "UCUM", unit
    item = Dataset()
    item.MeasurementUnitsCodeSequence = [code]
    item.LUTLabel, item.RealWorldValueFirstValueMapped, item.RealWorldValueLastValueMapped = "ADC", 0, 4095
    if slope is not None:
        item.RealWorldValueSlope = slope
    if intercept is not None:
        item.RealWorldValueIntercept = intercept
    for keyword, value in tags.items():
        setattr(item, keyword, value)
    return item


def opened(open_series: Open, each: Callable[[Dataset, int], None], **tags: Any) -> dict[str, Any]:
    """A series of an MR."""
    stacks = open_series(make_series(Scan(tags={"Modality": "MR", **tags}, each=each)))["stacks"]
    assert len(stacks) == 1
    return dict(stacks[0])


def with_mappings(*items: Dataset) -> Callable[[Dataset, int], None]:
    def each(dataset: Dataset, k: int) -> None:
        dataset.RealWorldValueMappingSequence = list(items)

    return each


def left_out(stack: dict[str, Any]) -> list[str]:
    return [one["message"] for one in stack["findings"] if "real-world mapping" in one["message"]]


def test_a_mapping_is_a_line_over_the_modality_values(open_series: Open) -> None:
    """Stored x = (m + 24) / 2, so 0.1 · x + 5 = 0.05 · m + 6.2."""
    stack = opened(open_series, with_mappings(mapping()), RescaleSlope=2, RescaleIntercept=-24)
    (scale,) = stack["scales"]
    assert (scale["name"], scale["unit"]) == ("ADC", "mm2/s")
    assert (scale["slope"], scale["intercept"]) == (pytest.approx(0.05), pytest.approx(6.2))
    assert "stored value × 0.1 + 5" in scale["detail"]
    assert (left_out(stack), stack["value_unit"]) == ([], None)


def test_slopes_that_differ_are_given_slice_by_slice_in_the_order_of_the_views(open_series: Open) -> None:
    """Kept from foot to head the slices have the rescale slopes 1 to 7, so the mapping's are 0.7 / 1 to 0.7 / 7."""

    def each(dataset: Dataset, k: int) -> None:
        dataset.RescaleSlope, dataset.RescaleIntercept = k + 1, 0
        dataset.RealWorldValueMappingSequence = [mapping(0.7, 0)]

    scale = opened(open_series, each)["scales"][0]
    assert (scale["slope"], scale["intercept"]) == (None, None)
    assert scale["slopes"] == pytest.approx([0.7 / (k + 1) for k in range(7)])
    assert scale["intercepts"] == [0] * 7


def test_views_that_count_from_the_other_end_have_the_slopes_from_there(open_series: Open) -> None:
    """The normal of a sagittal stack points to the right, the views run to the left."""

    def each(dataset: Dataset, k: int) -> None:
        dataset.Modality, dataset.RescaleSlope, dataset.RescaleIntercept = "MR", k + 1, 0
        dataset.RealWorldValueMappingSequence = [mapping(0.7, 0)]

    (stack,) = open_series(make_series(Scan("sagittal", each=each)))["stacks"]
    assert stack["acquired"]["flips"][stack["slice_axis"]]
    assert stack["scales"][0]["slopes"] == pytest.approx([0.7 / (k + 1) for k in reversed(range(7))])


def test_each_mapping_is_a_scale_of_its_own(open_series: Open) -> None:
    stack = opened(open_series, with_mappings(mapping(), mapping(2, 0, "ms", LUTLabel="T2")))
    assert [(one["name"], one["unit"]) for one in stack["scales"]] == [("ADC", "mm2/s"), ("T2", "ms")]


def test_of_two_ranges_the_one_that_holds_all_values_is_taken(open_series: Open) -> None:
    low, all_values = mapping(7, 0, RealWorldValueLastValueMapped=100), mapping(3, 0)
    assert opened(open_series, with_mappings(low, all_values), RescaleIntercept=0)["scales"][0]["slope"] == 3


def test_a_mapping_that_changes_nothing_gives_the_values_their_unit(open_series: Open) -> None:
    stack = opened(open_series, with_mappings(mapping(1, -1024, "ms")))
    assert (stack["value_unit"], stack["scales"]) == ("ms", [])


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        pytest.param(
            mapping(RealWorldValueLastValueMapped=2000),
            "it does not cover the stored values of a picture (2000 to 2311)",
            id="a part",
        ),
        pytest.param(mapping(None, None, RealWorldValueLUTData=[1.0] * 4096), "it is a table", id="a table"),
        pytest.param(mapping(0.1, None), "its slope or intercept is missing", id="half a line"),
    ],
)
def test_a_mapping_that_is_no_line_over_all_values_is_left_out_with_the_reason(
    open_series: Open, item: Dataset, reason: str
) -> None:
    stack = opened(open_series, with_mappings(item))
    assert stack["scales"] == []
    assert left_out(stack) == [f"A real-world mapping to mm2/s (0040,9096) is not offered: {reason}."]


def test_a_mapping_that_some_pictures_lack_is_left_out_with_the_reason(open_series: Open) -> None:
    def each(dataset: Dataset, k: int) -> None:
        if k:
            dataset.RealWorldValueMappingSequence = [mapping()]

    stack = opened(open_series, each)
    assert (stack["scales"], "not every picture has it" in left_out(stack)[0]) == ([], True)


def test_padding_needs_no_mapping(open_series: Open) -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.PixelPaddingValue = 0
        dataset.RealWorldValueMappingSequence = [mapping(RealWorldValueFirstValueMapped=1)]

    assert [one["name"] for one in opened(open_series, each)["scales"]] == ["ADC"]


def test_negative_stored_values_are_mapped(open_series: Open) -> None:
    """First mapped −2048 written with the sign lost."""

    def each(dataset: Dataset, k: int) -> None:
        dataset.PixelRepresentation, dataset.BitsStored, dataset.HighBit = 1, 16, 15
        item = mapping()
        item.add_new("RealWorldValueFirstValueMapped", "US", 63488)
        dataset.RealWorldValueMappingSequence = [item]

    assert len(opened(open_series, each)["scales"]) == 1


def test_the_mapping_of_each_frame_of_an_enhanced_object_is_found(open_series: Open) -> None:
    dataset = make_enhanced(Scan())
    for group in dataset.PerFrameFunctionalGroupsSequence:
        group.RealWorldValueMappingSequence = [mapping(0.5, 0)]
    (stack,) = open_series([dataset])["stacks"]
    assert [(one["name"], one["slope"]) for one in stack["scales"]] == [("ADC", pytest.approx(0.5))]


def philips(scale_slope: float, creator: str = "Philips MR Imaging DD 001") -> Callable[[Dataset, int], None]:
    def each(dataset: Dataset, k: int) -> None:
        dataset.private_block(0x2005, creator, create=True).add_new(0x0E, "FL", scale_slope)

    return each


def test_philips_floating_point_is_the_value_over_both_slopes(open_series: Open) -> None:
    """DV / (RS · SS) with RS 2.5 and SS 0.04: DV · 10."""
    (scale,) = opened(open_series, philips(0.04), RescaleSlope=2.5, RescaleIntercept=0)["scales"]
    assert (scale["name"], scale["unit"]) == ("Philips floating point", None)
    assert (scale["slope"], scale["intercept"]) == (pytest.approx(10), 0)
    assert "2.5 × 0.04" in scale["detail"]


@pytest.mark.parametrize(
    "each", [pytest.param(philips(0.04, "ANOTHER MAKER"), id="another creator"), pytest.param(philips(0), id="zero")]
)
def test_no_scale_slope_of_philips_gives_no_scale(open_series: Open, each: Callable[[Dataset, int], None]) -> None:
    assert opened(open_series, each)["scales"] == []
