"""Tiled pictures: cut apart where their private header says how, shown as they are where it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.factories import DIRECTIONS, Scan
from tests.factories_multiframe import csa_header, make_mosaic, make_vframe, reversed_scan, uids_of_one_series
from tests.placed import finding, ids, misplaced
from webapp.dicom.csa import image_header, slice_centres_mm

Open = Callable[..., dict[str, Any]]

#: Seven slices: nine places for tiles, two of them empty.
SCAN = Scan()


@pytest.mark.parametrize("directions", sorted(DIRECTIONS))
def test_a_mosaic_opens_as_a_volume_with_every_tile_in_its_place(open_series: Open, directions: str) -> None:
    scan = Scan(directions=directions)
    (stack,) = open_series([make_mosaic(scan)])["stacks"]
    assert (stack["kind"], stack["verdict"], misplaced(stack, scan)) == ("volume", "trusted", [])
    assert finding(stack, "G58")["numbers"] == {"tiles": 7, "step_mm": 3.0}


@pytest.mark.parametrize("directions", ["axial", "oblique"])
def test_tiles_may_run_against_the_normal(open_series: Open, directions: str) -> None:
    scan = reversed_scan(Scan(directions=directions))
    (stack,) = open_series([make_mosaic(scan, along=-1.0)])["stacks"]
    assert misplaced(stack, scan) == []


def test_several_mosaics_are_volumes_over_time(open_series: Open) -> None:
    uids = uids_of_one_series()
    (stack,) = open_series([make_mosaic(SCAN, t, uids=uids) for t in (2, 0, 1)])["stacks"]
    assert (stack["time_points"], stack["time_key"], stack["time_values"]) == (3, "acquisition number", [1, 2, 3])
    assert misplaced(stack, SCAN) == []


def test_the_step_is_taken_from_the_scan_protocol_where_it_is(open_series: Open) -> None:
    (stack,) = open_series([make_mosaic(SCAN, protocol_mm=3.0)])["stacks"]
    assert "protocol" in finding(stack, "G58")["message"]
    assert misplaced(stack, SCAN) == []


def test_a_protocol_and_a_tag_that_differ_are_told(open_series: Open) -> None:
    (stack,) = open_series([make_mosaic(SCAN, protocol_mm=3.6)])["stacks"]
    assert finding(stack, "G58")["severity"] == "WARN"
    assert misplaced(stack, replace(SCAN, spacing_mm=3.6)) == []


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"SV10\x04\x03\x02\x01",
        csa_header({"NumberOfImagesInMosaic": ["7"]}),
        csa_header({"NumberOfImagesInMosaic": ["7"], "SliceNormalVector": ["0", "1", "0"]}),
        csa_header({"NumberOfImagesInMosaic": ["50"], "SliceNormalVector": ["0", "0", "1"]}),
        csa_header({"NumberOfImagesInMosaic": ["7"], "SliceNormalVector": ["0", "0", "x"]}),
    ],
    ids=["absent", "cut short", "no normal", "normal in the picture", "too many tiles", "no number"],
)
def test_a_mosaic_without_a_whole_private_header_is_one_picture_and_says_so(open_series: Open, header: bytes) -> None:
    (stack,) = open_series([make_mosaic(SCAN, header=header)])["stacks"]
    assert (stack["kind"], stack["verdict"], stack["shape_kji"]) == ("pictures", "refused", [1, 48, 36])
    assert finding(stack, "G17")["severity"] == "BLOCK"
    assert "private header" in stack["summary"]


def test_a_mosaic_without_a_usable_step_is_one_picture(open_series: Open) -> None:
    mosaic = make_mosaic(SCAN)
    del mosaic.SpacingBetweenSlices
    (stack,) = open_series([mosaic])["stacks"]
    assert "G17" in ids(stack)


def test_vframe_tiles_lie_where_their_own_positions_say(open_series: Open) -> None:
    scan = Scan(directions="oblique")
    (stack,) = open_series([make_vframe(scan)])["stacks"]
    assert (stack["kind"], misplaced(stack, scan)) == ("volume", [])
    assert finding(stack, "G58")["numbers"] == {"tiles": 7}


def test_vframe_without_its_private_header_is_one_picture_and_says_so(open_series: Open) -> None:
    (stack,) = open_series([make_vframe(SCAN, private=False)])["stacks"]
    assert (stack["kind"], "G17" in ids(stack)) == ("pictures", True)


def headed(element: int, packed: bytes) -> Dataset:
    """A data set with one CSA element."""
    dataset = Dataset()
    dataset.private_block(0x0029, "SIEMENS CSA HEADER", create=True).add_new(element, "OB", packed)
    return dataset


@pytest.mark.parametrize("newer", [True, False], ids=["newer layout", "older layout"])
def test_both_layouts_of_the_private_header_are_read(newer: bool) -> None:
    values = {"EchoLinePosition": ["1"], "Empty": [], "SliceNormalVector": ["0.1", "-0.2", "0.97"]}
    found = image_header(headed(0x10, csa_header(values, newer=newer)))
    assert {name: list(texts) for name, texts in found.items()} == values


def test_a_private_header_of_another_maker_is_not_read() -> None:
    dataset = Dataset()
    block = dataset.private_block(0x0029, "SOMEONE ELSE", create=True)
    block.add_new(0x10, "OB", csa_header({"NumberOfImagesInMosaic": ["7"]}))
    assert not image_header(dataset)


@pytest.mark.parametrize("cut", range(0, 300, 7))
def test_a_private_header_cut_anywhere_raises_nothing(cut: int) -> None:
    image_header(headed(0x10, csa_header({"A": ["1", "2"], "B": ["3"]})[:cut]))


def test_a_private_header_that_announces_nonsense_is_not_read() -> None:
    assert not image_header(headed(0x10, b"SV10\x04\x03\x02\x01\xff\xff\xff\x7f" + bytes(400)))


def test_slice_centres_of_another_number_of_slices_are_not_used() -> None:
    protocol = b"sSliceArray.lSize = 2\nsSliceArray.asSlice[0].sPosition.dTra = -1.5\n"
    found = slice_centres_mm(headed(0x20, protocol), 2)
    assert found is not None
    assert found.tolist() == [[0, 0, -1.5], [0, 0, 0]]
    assert slice_centres_mm(headed(0x20, protocol), 3) is None


def test_the_spacing_of_a_mosaic_says_where_it_comes_from(open_series: Open) -> None:
    (stack,) = open_series([make_mosaic(SCAN, protocol_mm=3.0)])["stacks"]
    assert stack["summary"].startswith("Spacing 3.00 mm (from the scan protocol)")
    assert "measured" not in finding(stack, "G27")["message"]
