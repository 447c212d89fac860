"""Pixels that are not what the header describes are refused by name and never shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.factories import Scan, as_bytes, make_series, pixels_of, zip_of, zip_series
from webapp.errors import NothingToShow

Open = Callable[..., dict[str, Any]]


def longer(dataset: Dataset, k: int) -> None:
    dataset.PixelData *= 3


def eight_bits(dataset: Dataset, k: int) -> None:
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7


@pytest.mark.parametrize(("each", "numbers"), [(longer, "1152 bytes.* 384"), (eight_bits, "384 bytes.* 192")])
def test_more_pixels_than_the_header_describes_are_refused_with_both_numbers(
    tmp_path: Path, open_path: Open, each: Callable[[Dataset, int], None], numbers: str
) -> None:
    with pytest.raises(NothingToShow, match=numbers):
        open_path(zip_series(tmp_path / "a.zip", make_series(Scan(each=each))))


def test_one_byte_of_padding_is_no_pixel_too_many(open_series: Open) -> None:
    def odd(dataset: Dataset, k: int) -> None:
        eight_bits(dataset, k)
        dataset.Rows, dataset.Columns = 3, 5
        dataset.PixelData = bytes(15) + b"\0"

    assert open_series(make_series(Scan(each=odd)))["stacks"][0]["kind"] == "volume"


def in_fragments(dataset: Dataset) -> bytes:
    """A file whose plain pixels are packed in fragments though its syntax says they are not."""
    whole = as_bytes(dataset)
    start = whole.rfind(b"\xe0\x7f\x10\x00OW")
    body = whole[start + 12 :]
    item = b"\xfe\xff\x00\xe0"
    packed = item + bytes(4) + item + len(body).to_bytes(4, "little") + body + b"\xfe\xff\xdd\xe0" + bytes(4)
    return whole[:start] + b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff" + packed


def test_fragments_under_a_plain_transfer_syntax_are_refused_by_name(tmp_path: Path, open_path: Open) -> None:
    files = [(f"{place}", in_fragments(one)) for place, one in enumerate(make_series())]
    with pytest.raises(NothingToShow, match="packed in fragments"):
        open_path(zip_of(tmp_path / "a.zip", files))


def test_an_unusual_bit_layout_is_a_warning(open_series: Open) -> None:
    def high(dataset: Dataset, k: int) -> None:
        dataset.HighBit = 15
        dataset.PixelData = (pixels_of(Scan(), k) << 4).astype(np.uint16).tobytes()

    stack = open_series(make_series(Scan(each=high)))["stacks"][0]
    assert ("G66", "WARN") in [(one["id"], one["severity"]) for one in stack["findings"]]


def test_whole_numbers_that_are_rounded_are_a_warning(open_series: Open) -> None:
    def wide(dataset: Dataset, k: int) -> None:
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.RescaleIntercept = 32, 32, 31, 0
        dataset.PixelData = (pixels_of(Scan(), k).astype(np.uint32) + (1 << 26) + 1).tobytes()

    stack = open_series(make_series(Scan(each=wide)))["stacks"][0]
    assert [one["severity"] for one in stack["findings"] if "rounded" in one["message"]] == ["WARN"]


def test_a_missing_photometric_interpretation_has_a_sentence_of_its_own(tmp_path: Path, open_path: Open) -> None:
    def drop(dataset: Dataset, k: int) -> None:
        del dataset.PhotometricInterpretation

    with pytest.raises(NothingToShow, match="0028,0004"):
        open_path(zip_series(tmp_path / "a.zip", make_series(Scan(each=drop))))


def test_a_lone_file_without_a_preamble_is_read(tmp_path: Path, open_path: Open) -> None:
    whole = as_bytes(make_series(Scan(slices=1))[0])
    path = tmp_path / "lone"
    path.write_bytes(whole[144 + int.from_bytes(whole[140:144], "little") :])
    assert len(open_path(path)["stacks"]) == 1
