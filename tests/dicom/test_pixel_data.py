"""Many frames in one pixel element: each is found, whole, whichever way they were packed."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import (
    MPEG2MPML,
    UID,
    DeflatedExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from tests.factories import Scan
from tests.factories_multiframe import make_enhanced, pixels_at
from tests.placed import misplaced
from webapp.dicom.archive import ZipMember
from webapp.errors import NothingToShow

Open = Callable[..., dict[str, Any]]

#: More frames than one core takes at a time.
SCAN = Scan(slices=10)


def in_order(scan: Scan = SCAN) -> FileDataset:
    """The phantom as an enhanced object, slice after slice."""
    return make_enhanced(scan, order=[(k, 0) for k in range(scan.slices)])


def compressed() -> tuple[FileDataset, list[bytes]]:
    """The same, its frames compressed."""
    dataset = in_order()
    dataset.file_meta.TransferSyntaxUID = RLELossless
    return dataset, [rle(pixels_at(SCAN, k, 0)) for k in range(SCAN.slices)]


@pytest.mark.parametrize("has_table", [True, False], ids=["with an offset table", "without"])
def test_compressed_frames_are_found(open_series: Open, has_table: bool) -> None:
    dataset, frames = compressed()
    dataset.PixelData = encapsulate(frames, has_bot=has_table)
    (stack,) = open_series([dataset])["stacks"]
    assert misplaced(stack, SCAN) == []


def test_frames_in_several_fragments_are_put_together_by_the_offset_table(open_series: Open) -> None:
    dataset, frames = compressed()
    dataset.PixelData = encapsulate(frames, fragments_per_frame=3)
    (stack,) = open_series([dataset])["stacks"]
    assert misplaced(stack, SCAN) == []


def test_frames_are_found_by_the_extended_offset_table(open_series: Open) -> None:
    dataset, frames = compressed()
    dataset.PixelData, dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = encapsulate_extended(frames)
    (stack,) = open_series([dataset])["stacks"]
    assert misplaced(stack, SCAN) == []


def test_compressed_frames_that_are_not_there_are_set_aside(open_series: Open) -> None:
    dataset, frames = compressed()
    dataset.PixelData = encapsulate(frames[:8])
    document = open_series([dataset])
    assert document["stacks"][0]["shape_kji"][0] == 8
    assert ["8 of 10 frames" in line["reason"] for line in document["set_aside"]] == [True]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_plain_frames_are_found_in_every_plain_syntax(open_series: Open, syntax: str) -> None:
    dataset = in_order()
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    (stack,) = open_series([dataset])["stacks"]
    assert misplaced(stack, SCAN) == []


def test_a_film_in_a_video_format_is_refused_by_its_name(open_path: Open, tmp_path: Any) -> None:
    dataset = in_order()
    dataset.file_meta.TransferSyntaxUID = MPEG2MPML
    dataset.PixelData = encapsulate([bytes(100)])
    path = tmp_path / "video.dcm"
    dataset.save_as(path, enforce_file_format=True)
    with pytest.raises(NothingToShow, match="MPEG2"):
        open_path(path)


def test_a_file_is_unpacked_once_for_all_its_frames_and_not_again_for_its_tags(
    open_series: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked: list[int] = []
    read = ZipMember.read

    def counted(member: ZipMember) -> bytes:
        unpacked.append(member.number)
        return read(member)

    monkeypatch.setattr(ZipMember, "read", counted)
    open_series([in_order()])
    assert unpacked == [0]


def test_frames_that_a_short_file_cannot_hold_take_no_room(open_path: Open, tmp_path: Any) -> None:
    dataset = in_order()
    dataset.NumberOfFrames = 9_999
    path = tmp_path / "short.dcm"
    dataset.save_as(path, enforce_file_format=True)
    (stack,) = open_path(path)["stacks"][:1]
    assert stack["shape_kji"][0] == 10


def rle(picture: NDArray[np.uint16]) -> bytes:
    """A picture as RLE of literal runs (PS3.5 G)."""
    segments = []
    for plane in (picture >> 8, picture & 0xFF):
        body = plane.astype(np.uint8).tobytes()
        runs = b"".join(bytes([len(body[at : at + 128]) - 1]) + body[at : at + 128] for at in range(0, len(body), 128))
        segments.append(runs + b"\0" * (len(runs) % 2))
    return struct.pack("<16L", 2, 64, 64 + len(segments[0]), *[0] * 13) + b"".join(segments)
