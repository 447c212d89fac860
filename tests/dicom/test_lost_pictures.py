"""Pictures of a series that could not be used are told on every stack, and leave a hole where they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import MPEG2MPML, MRImageStorage

from tests.factories import Scan, as_bytes, make_series, zip_of
from webapp import stackfiles
from webapp.config import Limits
from webapp.reconstruct import STACKS, Opening, open_input

Open = Callable[..., dict[str, Any]]


def files_of(scan: Scan | None = None) -> list[tuple[str, bytes]]:
    """The phantom's files from foot to head."""
    series = sorted(make_series(scan), key=lambda one: float(one.ImagePositionPatient[2]))
    return [(f"a/{place}", as_bytes(one)) for place, one in enumerate(series)]


def cut_short(files: Sequence[tuple[str, bytes]], *places: int, keep: int = -100) -> list[tuple[str, bytes]]:
    """The files, some of them without their end."""
    return [(name, body[:keep] if place in places else body) for place, (name, body) in enumerate(files)]


def told(meta: dict[str, Any]) -> list[tuple[str, str]]:
    """What is said of lost pictures."""
    return [(one["severity"], one["message"]) for one in meta["findings"] if one["id"] == "G71"]


def test_a_lost_last_slice_is_a_warning_and_no_longer_none_missing(tmp_path: Path, open_path: Open) -> None:
    stack = open_path(zip_of(tmp_path / "a.zip", cut_short(files_of(), 6)))["stacks"][0]
    assert told(stack) == [
        (
            "WARN",
            "1 of 7 pictures of this series could not be used (files named in the list of what was set aside): slices "
            "may be missing.",
        )
    ]
    assert (stack["verdict"], stack["summary"].split(" · ")[-1]) == ("caution", "6 slices, 1 picture not usable")


def test_a_lost_slice_inside_is_a_hole_at_its_place(tmp_path: Path, open_path: Open) -> None:
    stack = open_path(zip_of(tmp_path / "a.zip", cut_short(files_of(), 3)))["stacks"][0]
    assert (stack["grid"], stack["summary"].split(" · ")[-1]) == (
        "MISSING",
        "6 slices, 1 missing, 1 picture not usable",
    )


def test_every_other_slice_lost_is_no_wider_spacing(tmp_path: Path, open_path: Open) -> None:
    stack = open_path(zip_of(tmp_path / "a.zip", cut_short(files_of(), 0, 2, 4, 6)))["stacks"][0]
    assert (stack["grid"], stack["step_mm"]) == ("MISSING", pytest.approx(3.0))
    assert stack["summary"].startswith("Spacing 3.00 mm")
    assert next(one["slices"] for one in stack["findings"] if one["id"] == "G29") == [0, 1]


def test_a_lost_picture_is_told_on_every_stack_of_its_series(tmp_path: Path, open_path: Open) -> None:
    files = cut_short(files_of(Scan(each=other_direction)), 6)
    stacks = open_path(zip_of(tmp_path / "a.zip", files))["stacks"]
    assert [len(told(stack)) for stack in stacks] == [1, 1]


def other_direction(dataset: Dataset, k: int) -> None:
    if k < 2:
        dataset.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]


def test_a_file_whose_header_is_cut_short_is_a_warning_on_every_series_it_may_belong_to(
    tmp_path: Path, open_path: Open
) -> None:
    files = [*files_of(), *((f"b/{place}", as_bytes(one)) for place, one in enumerate(make_series()))]
    stacks = open_path(zip_of(tmp_path / "a.zip", cut_short(files, 0, keep=300)))["stacks"]
    words = (
        "1 file of this upload could not be read (named in the list of what was set aside). Whether it belongs here is "
        "unknown: slices may be missing."
    )
    assert [told(stack) for stack in stacks] == [[("WARN", words)]] * 2
    assert [stack["verdict"] for stack in stacks] == ["caution", "caution"]


def test_a_file_that_says_it_is_another_kind_of_object_warns_no_stack(tmp_path: Path, open_path: Open) -> None:
    other = make_series(Scan(slices=1))[0]
    other.SOPClassUID = other.file_meta.MediaStorageSOPClassUID = MRImageStorage
    files = [*files_of(), ("other", as_bytes(other)[:300])]
    (stack,) = open_path(zip_of(tmp_path / "a.zip", files))["stacks"]
    assert (told(stack), stack["verdict"]) == ([], "trusted")


def test_a_file_cut_behind_its_study_warns_the_series_of_that_study_only(tmp_path: Path, open_path: Open) -> None:
    files = [*files_of(), *((f"b/{place}", as_bytes(one)) for place, one in enumerate(make_series()))]
    keep = files[0][1].index(b"\x20\x00\x0e\x00UI")
    stacks = open_path(zip_of(tmp_path / "a.zip", cut_short(files, 0, keep=keep)))["stacks"]
    assert sorted(len(told(stack)) for stack in stacks) == [0, 1]


def test_a_file_without_identity_may_belong_to_a_series_without_one(tmp_path: Path, open_path: Open) -> None:
    files = files_of(Scan(tags={"SeriesInstanceUID": ""}))
    (stack,) = open_path(zip_of(tmp_path / "a.zip", cut_short(files, 0, keep=300)))["stacks"]
    assert [severity for severity, _ in told(stack)] == ["WARN"]


@pytest.mark.parametrize("body", [b"", b"read me", bytes(4096), b"\xff\xd8\xff\xe0" + bytes(900)])
def test_files_that_are_plainly_not_dicom_alarm_nobody(tmp_path: Path, open_path: Open, body: bytes) -> None:
    (stack,) = open_path(zip_of(tmp_path / "a.zip", [*files_of(), ("other", body)]))["stacks"]
    assert (told(stack), stack["verdict"]) == ([], "trusted")


def test_a_file_cut_behind_its_series_is_lost_to_it(tmp_path: Path, open_path: Open) -> None:
    files = files_of()
    keep = files[6][1].index(b"\x28\x00\x02\x00US")
    stack = open_path(zip_of(tmp_path / "a.zip", cut_short(files, 6, keep=keep)))["stacks"][0]
    assert [severity for severity, _ in told(stack)] == ["WARN"]


def test_files_that_never_were_pictures_do_not_count(tmp_path: Path, open_path: Open) -> None:
    report = make_series(Scan(slices=1))[0]
    del report.PixelData
    report.SOPClassUID = report.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.88.11"
    files = [*files_of(), ("README", b"read me"), ("report", as_bytes(report))]
    stack = open_path(zip_of(tmp_path / "a.zip", files))["stacks"][0]
    assert (told(stack), stack["summary"].split(" · ")[-1]) == ([], "7 slices, none missing")


def test_a_picture_without_a_position_warns_the_stack_it_is_missing_from(open_scan: Open, open_series: Open) -> None:
    def lose(dataset: Dataset, k: int) -> None:
        if k == 6:
            del dataset.ImagePositionPatient

    stacks = open_series(make_series(Scan(each=lose)))["stacks"]
    volume = next(stack for stack in stacks if stack["kind"] == "volume")
    assert told(volume)[0][1].startswith("1 of 7 pictures of this series carries no position")


def test_a_slice_of_another_size_warns_the_stack_it_lies_among(open_series: Open) -> None:
    def smaller(dataset: Dataset, k: int) -> None:
        if k == 3:
            dataset.Rows = 8
            dataset.PixelData = dataset.PixelData[: len(dataset.PixelData) // 2]

    volume = next(one for one in open_series(make_series(Scan(each=smaller)))["stacks"] if one["kind"] == "volume")
    assert (len(told(volume)), volume["grid"]) == (1, "MISSING")


def test_slices_of_both_brightnesses_are_two_stacks_with_holes(open_series: Open) -> None:
    def turned(dataset: Dataset, k: int) -> None:
        if k % 2:
            dataset.PhotometricInterpretation = "MONOCHROME1"

    stacks = open_series(make_series(Scan(each=turned)))["stacks"]
    assert sorted((stack["inverted"], stack["grid"], stack["step_mm"]) for stack in stacks) == [
        (False, "MISSING", pytest.approx(3.0)),
        (True, "MISSING", pytest.approx(3.0)),
    ]


def test_a_member_whose_header_stopped_the_reader_may_belong_to_any_series(tmp_path: Path, open_path: Open) -> None:
    stack = open_path(zip_of(tmp_path / "a.zip", files_of()), skip=[6])["stacks"][0]
    assert [severity for severity, _ in told(stack)] == ["WARN"]


def test_a_member_whose_pixels_stopped_the_reader_is_lost_to_its_series(tmp_path: Path, report: Any) -> None:
    source = zip_of(tmp_path / "a.zip", files_of())
    document = open_input(source, Opening(tmp_path, Limits(), report, undecoded=frozenset([3])))
    stack = stackfiles.read_meta(tmp_path / STACKS / document["series"][0]["stacks"][0])
    assert ([severity for severity, _ in told(stack)], stack["grid"]) == (["WARN"], "MISSING")
    assert [one["code"] for one in document["set_aside"]] == ["stopped_reading"]


def test_the_small_picture_of_inverted_slices_is_inverted(open_scan: Open) -> None:
    plain, turned = (
        np.asarray(Image.open(open_scan(Scan(tags={"PhotometricInterpretation": kind}))["folder"] / "thumbnail.png"))
        for kind in ("MONOCHROME2", "MONOCHROME1")
    )
    assert np.abs(plain.astype(int) + turned - 255).max() <= 1


def as_video(dataset: Dataset) -> bytes:
    """The same picture in a video format."""
    dataset.file_meta.TransferSyntaxUID = MPEG2MPML
    dataset.PixelData = encapsulate([bytes(100)])
    return as_bytes(dataset)


def test_a_picture_that_nothing_decodes_is_told_with_its_compression(tmp_path: Path, open_path: Open) -> None:
    series = make_series()
    files = [(str(number), as_bytes(one)) for number, one in enumerate(series[1:])]
    (stack,) = open_path(zip_of(tmp_path / "a.zip", [*files, ("video", as_video(series[0]))]))["stacks"]
    (finding,) = (one for one in stack["findings"] if one["id"] == "G70")
    assert (finding["severity"], stack["verdict"]) == ("WARN", "caution")
    assert finding["message"].startswith("1 of 7 pictures of this series is left out. ")
    assert "MPEG2" in finding["message"]


def test_where_all_is_decoded_no_compression_is_told(open_scan: Open) -> None:
    assert [one for one in open_scan()["findings"] if one["id"] == "G70"] == []
