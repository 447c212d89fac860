"""Palettes: every stored value's colour, out of plain and of segmented tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import ExplicitVRBigEndian

from tests.dicom.members import Bytes, instance_of, read_one
from tests.dicom.test_header import encoded
from tests.factories import Scan, make_series
from webapp.dicom.palette import palette_of
from webapp.errors import BadDimensions

_COLOURS = ("Red", "Green", "Blue")


def painted(tables: list[Any], descriptor: list[int], segmented: bool = False, **tags: Any) -> FileDataset:
    """A picture with a palette of three tables of words, or of bytes."""
    dataset = make_series(Scan(slices=1))[0]
    dataset.PhotometricInterpretation = "PALETTE COLOR"
    for colour, table in zip(_COLOURS, tables, strict=True):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", descriptor)
        name = f"{'Segmented' if segmented else ''}{colour}PaletteColorLookupTableData"
        setattr(dataset, name, table if isinstance(table, bytes) else np.array(table, "<u2").tobytes())
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    return dataset


def colours(dataset: FileDataset, values: list[int]) -> list[list[int]]:
    """The colours of some stored values."""
    found: list[list[int]] = palette_of(instance_of(dataset)).paint(np.array(values)).tolist()
    return found


WORDS = [[0x0000, 0x80FF, 0xFF00], [0x1000, 0x2000, 0x3000], [0xFFFF, 0x7F00, 0x0100]]


def test_words_are_shown_by_their_upper_byte() -> None:
    assert colours(painted(WORDS, [3, 0, 16]), [0, 1, 2]) == [[0, 16, 255], [128, 32, 127], [255, 48, 1]]


def test_bytes_are_shown_as_they_are() -> None:
    tables = [bytes([1, 2, 3, 4]), bytes([5, 6, 7, 8]), bytes([9, 10, 11, 12])]
    assert colours(painted(tables, [4, 0, 8]), [0, 3]) == [[1, 5, 9], [4, 8, 12]]


def test_bytes_that_were_written_one_a_word_are_shown_as_they_are() -> None:
    assert colours(painted([[1, 2], [3, 4], [5, 255]], [2, 0, 16]), [0, 1]) == [[1, 3, 5], [2, 4, 255]]


def test_values_before_the_first_and_behind_the_last_entry_have_their_colours() -> None:
    assert colours(painted(WORDS, [3, 100, 16]), [0, 100, 102, 4000]) == [
        [0, 16, 255], [0, 16, 255], [255, 48, 1], [255, 48, 1],
    ]  # fmt: skip


def test_the_first_value_of_a_signed_picture_may_be_negative() -> None:
    dataset = painted(WORDS, [3, -1, 16], PixelRepresentation=1)
    assert colours(dataset, [-1, 1]) == [[0, 16, 255], [255, 48, 1]]


def test_more_than_256_bytes_are_counted_by_their_value_and_not_by_their_last_byte() -> None:
    """Where pydicom wraps: value 300 of a table of bytes has the colour 300, not 44."""
    table = bytes(range(256)) + bytes([7] * 144)
    assert colours(painted([table] * 3, [400, 0, 8]), [44, 300]) == [[44, 44, 44], [7, 7, 7]]


def test_a_palette_of_a_big_endian_file_is_the_same() -> None:
    dataset = painted([np.array(table, ">u2").tobytes() for table in WORDS], [3, 0, 16])
    palette = palette_of(read_one(Bytes(encoded(dataset, ExplicitVRBigEndian))))
    assert palette.colours.tolist() == [[0, 16, 255], [128, 32, 127], [255, 48, 1]]


#: Three entries told, four on the line from 3 to 11, and the first segment again: 10 in all.
SEGMENTS = [0, 3, 1, 2, 3, 1, 4, 11, 2, 1, 0, 0]
EXPANDED = [1, 2, 3, 5, 7, 9, 11, 1, 2, 3]


@pytest.mark.parametrize("bits", [8, 16])
def test_segments_are_told_drawn_and_repeated(bits: int) -> None:
    if bits == 8:
        segments: Any = bytes([*SEGMENTS, 0, 0])
    else:
        segments = SEGMENTS
    dataset = painted([segments] * 3, [10, 0, bits], segmented=True)
    assert [one[0] for one in colours(dataset, list(range(10)))] == EXPANDED


def test_segments_without_repetition_are_those_of_pydicom() -> None:
    segments = [0, 2, 0x1000, 0x4000, 1, 200, 0xFFFF, 1, 54, 0x0000]
    dataset = painted([segments] * 3, [256, 0, 16], segmented=True)
    theirs = apply_color_lut(np.arange(256), dataset) >> 8
    assert np.array_equal(palette_of(instance_of(dataset)).colours, theirs)


def test_a_line_may_start_from_black() -> None:
    dataset = painted([[0, 1, 0, 1, 4, 8]] * 3, [5, 0, 16], segmented=True)
    assert [one[0] for one in colours(dataset, list(range(5)))] == [0, 2, 4, 6, 8]


@pytest.mark.parametrize(
    "segments",
    [
        pytest.param([1, 4, 11], id="a line from nowhere"),
        pytest.param([0, 1, 5, 2, 1, 6, 0], id="a repetition of itself"),
        pytest.param([0, 1, 5, 2, 1, 2, 0], id="a repetition from inside a segment"),
        pytest.param([0, 1, 5, 7, 1, 2], id="an unknown kind"),
        pytest.param([0, 1, 5], id="fewer entries than announced"),
        pytest.param([], id="nothing"),
    ],
)
def test_damaged_segments_are_refused(segments: list[int]) -> None:
    with pytest.raises(BadDimensions, match="palette"):
        palette_of(instance_of(painted([segments] * 3, [4, 0, 16], segmented=True)))


def test_a_repetition_of_repetitions_takes_no_more_room_than_is_announced() -> None:
    bomb = [0, 1, 5, *[part for _ in range(200) for part in (1, 60000, 9)], 2, 60000, 0, 0]
    palette = palette_of(instance_of(painted([bomb] * 3, [4, 0, 16], segmented=True)))
    assert palette.colours[:, 0].tolist() == [5, 5, 5, 5]


def test_a_picture_without_its_palette_is_refused() -> None:
    dataset = make_series(Scan(slices=1))[0]
    dataset.PhotometricInterpretation = "PALETTE COLOR"
    with pytest.raises(BadDimensions, match="palette"):
        palette_of(instance_of(dataset))
