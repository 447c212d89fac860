"""Colours as red, green and blue of 8 bits, whatever they are stored in; numbers worked by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.dicom.members import instance_of
from tests.dicom.test_palette import painted
from tests.factories import Scan, make_series
from webapp.dicom.audit import pixel_findings
from webapp.dicom.colour import colour_findings, is_coloured, rgb_values
from webapp.dicom.model import Instance
from webapp.errors import DecodeFailed


def coloured(bits: int = 8, photometric: str = "RGB") -> Instance:
    """A picture of three samples a pixel."""
    tags = {"SamplesPerPixel": 3, "PhotometricInterpretation": photometric, "PlanarConfiguration": 0}
    allocated = 8 if bits <= 8 else 16
    tags |= {"BitsAllocated": allocated, "BitsStored": bits, "HighBit": bits - 1}
    return instance_of(make_series(Scan(slices=1, tags=tags))[0])


def rgb(samples: list[int], photometric: str = "RGB", bits: int = 8) -> list[int]:
    """The colour of one pixel."""
    stored: NDArray[Any] = np.array([[samples]], np.uint8 if bits <= 8 else np.uint16)
    found = rgb_values(coloured(bits), stored, photometric)
    assert (found.dtype, found.shape) == (np.uint8, (1, 1, 3))
    return [int(part) for part in found[0, 0]]


@pytest.mark.parametrize("photometric", ["YBR_FULL", "YBR_FULL_422"])
@pytest.mark.parametrize(
    ("ybr", "wanted"),
    [
        pytest.param([120, 128, 128], [120, 120, 120], id="grey"),
        pytest.param([76, 85, 255], [254, 0, 0], id="red"),  # 76 + 1.402 · 127 = 254.05
        pytest.param([150, 44, 21], [0, 255, 1], id="green"),  # 150 + 0.3441 · 84 + 0.7141 · 107 = 255.3
        pytest.param([29, 255, 107], [0, 0, 254], id="blue"),  # 29 + 1.772 · 127 = 254.04
    ],
)
def test_luminance_and_chrominances_of_the_full_range(photometric: str, ybr: list[int], wanted: list[int]) -> None:
    assert np.abs(np.array(rgb(ybr, photometric)) - wanted).max() <= 1


@pytest.mark.parametrize("photometric", ["YBR_PARTIAL_422", "YBR_PARTIAL_420"])
@pytest.mark.parametrize(
    ("ybr", "wanted"),
    [
        pytest.param([16, 128, 128], [0, 0, 0], id="black at 16"),
        pytest.param([235, 128, 128], [255, 255, 255], id="white at 235"),  # 1.1644 · 219 = 255.0
        pytest.param([81, 90, 240], [254, 0, 0], id="red"),  # 1.1644 · 65 + 1.596 · 112 = 254.4
        pytest.param([41, 240, 110], [0, 0, 255], id="blue"),  # 1.1644 · 25 + 2.0173 · 112 = 255.05
    ],
)
def test_luminance_from_16_to_235(photometric: str, ybr: list[int], wanted: list[int]) -> None:
    assert rgb(ybr, photometric) == wanted


def test_red_green_and_blue_stay_as_they_are() -> None:
    assert rgb([1, 200, 3]) == [1, 200, 3]


@pytest.mark.parametrize(
    ("bits", "samples", "wanted"),
    [
        pytest.param(16, [0xFFFF, 0x1234, 0x00FF], [0xFF, 0x12, 0], id="16 bits"),
        pytest.param(12, [0xFFF, 0x123, 0xF], [0xFF, 0x12, 0], id="12 of 16 bits"),
        pytest.param(4, [15, 3, 0], [255, 51, 0], id="4 bits"),
    ],
)
def test_other_bits_than_8_are_brought_to_8(bits: int, samples: list[int], wanted: list[int]) -> None:
    assert rgb(samples, bits=bits) == wanted


def test_colours_in_an_unknown_form_are_refused() -> None:
    with pytest.raises(DecodeFailed):
        rgb([1, 2, 3], "YBR_ICT")


def test_a_palette_gives_its_colours() -> None:
    instance = instance_of(painted([[0, 10], [0, 20], [0, 30]], [2, 0, 16]))
    assert rgb_values(instance, np.array([[0, 1]]), "PALETTE COLOR").tolist() == [[[0, 0, 0], [10, 20, 30]]]


@pytest.mark.parametrize(
    ("tags", "grey"),
    [
        pytest.param({"WindowCenter": 50, "WindowWidth": 100}, 128, id="in the file's window"),  # 50 of 0 to 100
        pytest.param({}, 64, id="over all values below the palette"),  # 50 of 0 to 199: 50 / 199 · 255 = 64.07
    ],
)
def test_a_supplemental_palette_colours_the_values_from_its_first_on(tags: dict[str, Any], grey: int) -> None:
    tags |= {"PhotometricInterpretation": "MONOCHROME2", "PixelPresentation": "MIXED", "RescaleIntercept": 0}
    instance = instance_of(painted([[255, 10], [0, 20], [0, 30]], [2, 200, 16], **tags))
    assert is_coloured(instance)
    found = rgb_values(instance, np.array([[50, 200, 201]]), "MONOCHROME2")
    assert found.tolist() == [[[grey] * 3, [255, 0, 0], [10, 20, 30]]]


def test_a_grey_picture_with_tables_it_does_not_ask_for_stays_grey() -> None:
    tables = [[255, 10], [0, 20], [0, 30]]
    assert not is_coloured(instance_of(painted(tables, [2, 200, 16], PhotometricInterpretation="MONOCHROME2")))


def test_colours_of_more_than_8_bits_are_told() -> None:
    assert [one.id for one in pixel_findings([coloured(16)]) if "upper 8" in one.message] == ["G66"]


def test_colours_of_8_bits_need_no_word() -> None:
    assert colour_findings([coloured()]) == []


def test_greys_that_were_fixed_are_told() -> None:
    tables = [[255, 10], [0, 20], [0, 30]]
    instance = instance_of(
        painted(tables, [2, 0, 16], PixelPresentation="COLOR", PhotometricInterpretation="MONOCHROME2")
    )
    assert [(one.id, one.severity) for one in colour_findings([instance])] == [("G66", "NOTE")]
    plain = replace(instance, dataset=make_series(Scan(slices=1))[0])
    assert colour_findings([plain]) == []
