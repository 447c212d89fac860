"""Uncompressed pixels of every kind: single bits, floating point, colours by pixel and by plane."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian

from tests.dicom.members import Bytes, stored_values
from tests.dicom.test_header import encoded
from tests.factories import Scan, as_bytes, make_series
from webapp.config import Limits
from webapp.dicom.pixel_data import Pixels
from webapp.dicom.read import read_instances
from webapp.errors import BadDimensions, CodestreamMismatch, FileTruncated


def picture(rows: int, columns: int, pixels: bytes, bits: int = 8, **tags: Any) -> FileDataset:
    """A picture of these bytes."""
    dataset = make_series(Scan(slices=1))[0]
    dataset.Rows, dataset.Columns = rows, columns
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    dataset.PixelData = pixels
    return dataset


def frames(body: bytes) -> list[NDArray[Any]]:
    """The stored values of every frame of a file."""
    instances = read_instances(Bytes(body), Limits())
    pixels = Pixels(instances[0], body)
    return [pixels.stored_values(one) for one in instances]


def test_single_bits_are_unpacked_from_the_lowest_and_frames_start_inside_bytes() -> None:
    """Two frames of 3 × 3 bits: 18 bits in three bytes, bit 9 is the first of the second frame."""
    first, second = [[1, 0, 0], [1, 1, 0], [0, 0, 1]], [[1, 0, 1], [0, 0, 0], [1, 1, 0]]
    # 1 0 0 1 1 0 0 0 | 1 1 0 1 0 0 0 1 | 1 0 with the lowest bit first
    dataset = picture(3, 3, bytes([0b00011001, 0b10001011, 0b00000001, 0]), 1, NumberOfFrames=2)
    found = frames(as_bytes(dataset))
    assert [frame.tolist() for frame in found] == [first, second]


def test_single_bits_cut_short_are_told() -> None:
    with pytest.raises(FileTruncated, match="2 of 3 bytes"):
        frames(as_bytes(picture(3, 6, bytes(2), 1)))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
@pytest.mark.parametrize(("keyword", "bits"), [("FloatPixelData", 32), ("DoubleFloatPixelData", 64)])
def test_floating_point_pixels_are_as_they_are(keyword: str, bits: int, syntax: str) -> None:
    values = np.array([[0.5, -1e-3], [1e30, np.nan]], f"f{bits // 8}")
    dataset = picture(2, 2, b"")
    del dataset.PixelData, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation
    dataset.BitsAllocated = bits
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    setattr(dataset, keyword, values.astype(values.dtype.newbyteorder(order)).tobytes())
    (found,) = frames(encoded(dataset, syntax))
    assert found.dtype == values.dtype
    np.testing.assert_array_equal(found, values)


def test_floating_point_pixels_of_other_bits_than_announced_are_refused() -> None:
    dataset = picture(1, 2, b"", 16)
    del dataset.PixelData
    dataset.FloatPixelData = np.array([1, 2], np.float32).tobytes()
    with pytest.raises(BadDimensions):
        frames(as_bytes(dataset))


RGB = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}


@pytest.mark.parametrize(
    ("planar", "packed"),
    [
        pytest.param(0, [1, 2, 3, 4, 5, 6], id="pixel by pixel"),
        pytest.param(1, [1, 4, 2, 5, 3, 6], id="plane by plane"),
    ],
)
def test_colours_are_found_in_both_planar_configurations(planar: int, packed: list[int]) -> None:
    (found,) = frames(as_bytes(picture(1, 2, bytes(packed), PlanarConfiguration=planar, **RGB)))
    assert found.tolist() == [[[1, 2, 3], [4, 5, 6]]]


HALVED = {"SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_FULL_422", "PlanarConfiguration": 0}


def test_two_pixels_share_a_halved_chrominance() -> None:
    (found,) = frames(as_bytes(picture(1, 4, bytes([10, 11, 100, 200, 12, 13, 101, 201]), **HALVED)))
    assert found.tolist() == [[[10, 100, 200], [11, 100, 200], [12, 101, 201], [13, 101, 201]]]


def test_chrominance_that_is_not_halved_though_the_header_says_so_is_known_by_its_length() -> None:
    (found,) = frames(as_bytes(picture(1, 2, bytes([10, 100, 200, 11, 101, 201]), **HALVED)))
    assert found.tolist() == [[[10, 100, 200], [11, 101, 201]]]


def test_a_halved_chrominance_needs_an_even_row() -> None:
    with pytest.raises(BadDimensions, match="odd"):
        frames(as_bytes(picture(2, 3, bytes(12), **HALVED)))


def test_bytes_that_were_written_as_big_endian_words_are_put_in_order() -> None:
    body = encoded(picture(1, 4, bytes([2, 1, 4, 3])), ExplicitVRBigEndian)
    assert b"\x7f\xe0\x00\x10OW" in body
    assert frames(body)[0].tolist() == [[1, 2, 3, 4]]


def test_more_colours_than_the_header_describes_are_refused() -> None:
    with pytest.raises(CodestreamMismatch, match=r"12 bytes.* 6"):
        frames(as_bytes(picture(1, 2, bytes(12), PlanarConfiguration=0, **RGB)))


def test_a_picture_shares_no_writable_memory_with_its_file() -> None:
    body = as_bytes(picture(1, 2, bytes([5, 6])))
    before = bytes(body)
    (instance,) = read_instances(Bytes(body), Limits())
    assert (stored_values(instance, body) + 1).tolist() == [[6, 7]]
    assert body == before
