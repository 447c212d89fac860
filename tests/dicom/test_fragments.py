"""Frames put together from fragments: one or many a frame, with right, wrong and missing offset tables."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import JPEGLosslessSV1, JPEGLSLossless, RLELossless

from tests.dicom.encoding import LOSSLESS, Picture, cut, fragmented, item, packed
from tests.dicom.members import Bytes
from tests.factories import as_bytes
from webapp.config import Limits
from webapp.dicom import fragments
from webapp.dicom.model import Instance
from webapp.dicom.pixel_data import Pixels
from webapp.dicom.read import read_instances
from webapp.errors import CodestreamMismatch, DecodeFailed, FileTruncated, InstanceError

DELIMITER = b"\xfe\xff\xdd\xe0\0\0\0\0"


def frame_of(number: int) -> Picture:
    """A picture that no other frame is like."""
    return np.random.default_rng(number).integers(0, 4096, (20, 18)).astype(np.uint16)


def jpeg(number: int) -> bytes:
    """A frame as lossless JPEG of an even length."""
    frame = bytes(imagecodecs.jpeg8_encode(frame_of(number), lossless=True, bitspersample=12))
    return frame + b"\0" * (len(frame) % 2)


def offsets_of(frames: Sequence[Sequence[bytes]]) -> list[int]:
    """Where the first fragment of each frame begins."""
    return [0, *accumulate(sum(8 + len(part) for part in frame) for frame in frames)][:-1]


def file_of(element: bytes, frames: int, **tags: object) -> FileDataset:
    """A file with so many frames and this pixel element."""
    dataset = packed(b"\0\0", JPEGLosslessSV1, frame_of(0), 12, **tags)
    if frames > 1:
        dataset.NumberOfFrames = frames
    dataset.PixelData = element
    return dataset


def opened(dataset: FileDataset, lost: int = 0) -> list[Picture | InstanceError]:
    """Every frame, or why it cannot be read."""
    whole = as_bytes(dataset)
    whole = whole[: len(whole) - lost]
    return [shown(instance, whole) for instance in read_instances(Bytes(whole), Limits())]


def shown(instance: Instance, whole: bytes) -> Picture | InstanceError:
    """One frame, or why it cannot be read."""
    try:
        return Pixels(instance, whole).stored_values(instance)
    except InstanceError as error:
        return error


def are_whole(found: Sequence[Picture | InstanceError], frames: int) -> bool:
    """Whether every frame is there, in its place."""
    return len(found) == frames and all(np.array_equal(one, frame_of(number)) for number, one in enumerate(found))  # type: ignore[arg-type]


@pytest.mark.parametrize("table", [(), (0,), (4, 8, 12)], ids=["no table", "a table", "a wrong table"])
def test_one_frame_is_all_its_fragments_whatever_the_table_says(table: Sequence[int]) -> None:
    assert are_whole(opened(file_of(fragmented(cut(jpeg(0), 100), table), 1)), 1)


FRAMES = [cut(jpeg(number), 200) for number in range(3)]
PARTS = [part for frame in FRAMES for part in frame]
WHOLE = [jpeg(number) for number in range(3)]


@pytest.mark.parametrize(
    "table",
    [
        pytest.param([], id="an empty table"),
        pytest.param(offsets_of(FRAMES), id="the table"),
        pytest.param([one + 4 for one in offsets_of(FRAMES)], id="a table that meets no fragment"),
        pytest.param(offsets_of(FRAMES)[:2], id="a table that is too short"),
        pytest.param([0, 0, 0], id="a table that goes nowhere"),
        pytest.param(offsets_of([[part] for part in PARTS])[1:4], id="a table that begins behind the beginning"),
        pytest.param(offsets_of(FRAMES)[::-1], id="a table backwards"),
        pytest.param([0, 1 << 30, 1 << 31], id="a table past the end"),
    ],
)
def test_frames_of_several_fragments_are_told_apart(table: Sequence[int]) -> None:
    assert are_whole(opened(file_of(fragmented(PARTS, table), 3)), 3)


@pytest.mark.parametrize("table", [[], offsets_of([[one] for one in WHOLE]), [0, 7, 9]], ids=["none", "right", "wrong"])
def test_frames_of_one_fragment_each_need_no_table(table: Sequence[int]) -> None:
    assert are_whole(opened(file_of(fragmented(WHOLE, table), 3)), 3)


@pytest.mark.parametrize("shift", [0, 2], ids=["right", "wrong"])
def test_an_extended_offset_table_is_believed_where_it_is_right(shift: int) -> None:
    table = [one + shift for one in offsets_of([[one] for one in WHOLE])]
    dataset = file_of(fragmented(WHOLE), 3)
    dataset.ExtendedOffsetTable = struct.pack("<3Q", *table)
    dataset.ExtendedOffsetTableLengths = struct.pack("<3Q", *map(len, WHOLE))
    assert are_whole(opened(dataset), 3)


def test_an_extended_offset_table_tells_apart_frames_of_several_fragments() -> None:
    dataset = file_of(fragmented(PARTS), 3)
    dataset.ExtendedOffsetTable = struct.pack("<3Q", *offsets_of(FRAMES))
    assert are_whole(opened(dataset), 3)


def test_the_table_may_be_missing_altogether() -> None:
    assert are_whole(opened(file_of(b"".join(map(item, WHOLE)), 3)), 3)


def test_the_delimiter_may_be_missing() -> None:
    assert are_whole(opened(file_of(fragmented(PARTS), 3), lost=len(DELIMITER)), 3)


def test_a_fragment_of_odd_length_may_be_filled_up_behind_its_length() -> None:
    odd = [one.rstrip(b"\0") + b"\0" * (1 - len(one.rstrip(b"\0")) % 2) for one in WHOLE]
    assert are_whole(opened(file_of(fragmented([]) + b"".join(item(one) + b"\0" for one in odd), 3)), 3)


def test_padding_behind_each_codestream_does_no_harm() -> None:
    assert are_whole(opened(file_of(fragmented([one + b"\0" * 64 for one in WHOLE]), 3)), 3)


def test_the_bytes_of_a_delimiter_inside_a_fragment_end_nothing() -> None:
    marked = WHOLE[0][:2] + b"\xff\xe5\x00\x0a" + DELIMITER + WHOLE[0][2:]
    assert are_whole(opened(file_of(fragmented([marked, *WHOLE[1:]]), 3)), 3)


def test_frames_that_are_announced_and_not_there_are_named_and_the_others_kept() -> None:
    found = opened(file_of(fragmented(PARTS), 5))
    assert are_whole(found[:3], 3)
    assert [str(one.cause) for one in found[3:] if isinstance(one, FileTruncated)] == [
        "The picture data hold 3 of 5 frames."
    ] * 2


def test_frames_that_a_small_file_cannot_hold_are_not_even_counted() -> None:
    whole = as_bytes(file_of(fragmented(WHOLE[:1]), 9999))
    instances = read_instances(Bytes(whole), Limits())
    assert len(instances) <= len(whole) // 16 + 1
    assert "1 of 9999 frames" in str(shown(instances[-1], whole))


def test_frames_before_the_place_where_a_file_is_cut_are_kept() -> None:
    found = opened(file_of(fragmented(WHOLE), 3), lost=len(DELIMITER) + 100)
    assert are_whole(found[:2], 2)
    assert isinstance(found[2], FileTruncated)


def test_a_single_frame_that_is_cut_says_how_much_is_missing() -> None:
    (found,) = opened(file_of(fragmented(WHOLE[:1]), 1), lost=len(DELIMITER) + 100)
    assert isinstance(found, FileTruncated)
    assert f"({len(WHOLE[0]) - 100} of {len(WHOLE[0])} bytes)" in found.cause


def test_more_codestreams_than_frames_are_not_shared_out_by_guessing() -> None:
    found = opened(file_of(fragmented(WHOLE), 2))
    assert all(isinstance(one, CodestreamMismatch) and "3 pieces" in one.cause for one in found)


def test_run_lengths_are_one_fragment_a_frame() -> None:
    frames = [LOSSLESS[RLELossless](frame_of(number), 12) for number in range(3)]
    dataset = file_of(fragmented(frames), 3)
    dataset.file_meta.TransferSyntaxUID = RLELossless
    assert are_whole(opened(dataset), 3)
    dataset.PixelData = fragmented(frames[:2])
    found = opened(dataset)
    assert are_whole(found[:2], 2)
    assert isinstance(found[2], FileTruncated)


def test_fragments_that_do_not_show_where_a_frame_begins_are_told_apart_by_the_table() -> None:
    frames = [cut(LOSSLESS[RLELossless](frame_of(number), 12), 300) for number in range(3)]
    dataset = file_of(fragmented([part for frame in frames for part in frame], offsets_of(frames)), 3)
    dataset.file_meta.TransferSyntaxUID = RLELossless
    assert are_whole(opened(dataset), 3)


def test_a_damaged_frame_is_never_its_neighbour() -> None:
    found = opened(file_of(fragmented([WHOLE[0], b"\0" * 200, WHOLE[2]]), 3))
    assert isinstance(found[1], DecodeFailed)
    assert np.array_equal(found[0], frame_of(0))  # type: ignore[arg-type]
    assert np.array_equal(found[2], frame_of(2))  # type: ignore[arg-type]


def test_more_fragments_than_any_picture_needs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "_MOST", 5)
    (found,) = opened(file_of(fragmented(cut(jpeg(0), 100)), 1))
    assert isinstance(found, DecodeFailed)
    assert "pieces" in found.cause


@pytest.mark.parametrize("keep_table", [True, False], ids=["a table", "no table"])
def test_an_element_without_fragments_is_refused(keep_table: bool) -> None:
    table = fragmented([])
    whole = as_bytes(file_of(table, 1))
    whole = whole if keep_table else whole.replace(table + DELIMITER, DELIMITER)
    (instance,) = read_instances(Bytes(whole), Limits())
    assert isinstance(shown(instance, whole), DecodeFailed | FileTruncated)


def test_plain_numbers_under_a_compressed_syntax_are_refused() -> None:
    whole = as_bytes(packed(b"\0\0", JPEGLSLossless, frame_of(0), 12, PixelData=fragmented([])))
    plain = frame_of(0).tobytes()
    at = whole.rfind(b"OB\0\0\xff\xff\xff\xff")
    whole = whole[: at + 4] + struct.pack("<L", len(plain)) + plain
    (instance,) = read_instances(Bytes(whole), Limits())
    assert isinstance(shown(instance, whole), CodestreamMismatch)
