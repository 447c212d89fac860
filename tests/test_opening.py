"""What becomes of an input: its series, what is set aside by name, and in which order it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from tests.conftest import Silence
from tests.dicom.encoding import LOSSLESS
from tests.factories import Scan, as_bytes, make_series, value_at, zip_of, zip_series
from webapp import stackfiles
from webapp.config import Limits
from webapp.errors import EmptyArchive, ExpandedTooBig, NothingToShow
from webapp.reconstruct import OPENED, Opening, open_input

#: A picture in colours of a retired kind, of a third of the columns.
COLOUR = {"SamplesPerPixel": 3, "PhotometricInterpretation": "HSV", "PlanarConfiguration": 0, "Columns": 4}

Opened = Callable[..., dict[str, Any]]


def test_two_directions_are_two_stacks(open_series: Opened) -> None:
    def each(dataset: Dataset, k: int) -> None:
        if k >= 4:
            dataset.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
            dataset.ImagePositionPatient = [3.0 * k, 0, 0]

    stacks = open_series(make_series(Scan(each=each)))["stacks"]
    assert sorted((stack["kind"], sorted(stack["shape_kji"])[0]) for stack in stacks) == [("volume", 3), ("volume", 4)]
    assert sorted(stack["id"] for stack in stacks) == ["1", "2"]


def test_two_series_in_one_zip_are_two_series(open_series: Opened) -> None:
    document = open_series(make_series(), make_series(Scan("coronal")))
    assert [len(series["stacks"]) for series in document["series"]] == [1, 1]


def test_a_series_without_a_uid_says_that_it_was_made_up(open_series: Opened) -> None:
    series = open_series(make_series(Scan(tags={"SeriesInstanceUID": ""})))["series"][0]
    assert (series["uid_made_up"], series["images"]) == (True, 7)


def test_what_is_no_picture_is_set_aside_by_name_and_the_series_opens(tmp_path: Path, open_path: Opened) -> None:
    files = [(f"{n}.dcm", as_bytes(one)) for n, one in enumerate(make_series())]
    coloured = as_bytes(make_series(Scan(slices=1, tags=COLOUR))[0])
    cut = as_bytes(make_series()[0])[:-50]
    extra = [("README.txt", b"hello"), ("photo.dcm", coloured), ("__MACOSX/x", b"x"), ("empty", b""), ("cut.dcm", cut)]
    document = open_path(zip_of(tmp_path / "a.zip", [*files, *extra]))
    assert {one["name"]: one["code"] for one in document["set_aside"]} == {
        "README.txt": "not_dicom",
        "photo.dcm": "photometric",
        "__MACOSX/x": "ignored",
        "empty": "not_dicom",
        "cut.dcm": "truncated_file",
    }
    assert [stack["kind"] for stack in document["stacks"]] == ["volume"]
    assert document["input"]["files"] == 12


def test_a_series_whose_every_picture_fails_leaves_no_stack(tmp_path: Path, open_path: Opened, report: Silence) -> None:
    broken = [(f"bad{n}", as_bytes(one)) for n, one in enumerate(make_series(Scan(tags={"RescaleSlope": 0})))]
    good = [(f"good{n}", as_bytes(one)) for n, one in enumerate(make_series())]
    document = open_path(zip_of(tmp_path / "a.zip", broken + good))
    assert len(document["series"]) == 1
    assert sorted(one["name"] for one in document["set_aside"]) == [f"bad{n}" for n in range(7)]
    assert len(list((tmp_path / "staging" / "stacks").iterdir())) == 1


def test_a_stack_is_judged_again_without_the_picture_that_failed(tmp_path: Path, open_path: Opened) -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.RescaleSlope = 0 if k == 3 else 1

    stack = open_path(zip_series(tmp_path / "a.zip", make_series(Scan(each=each))))["stacks"][0]
    assert (stack["kind"], stack["shape_kji"][0]) == ("volume", 6)
    assert (stack["grid"], stack["verdict"]) == ("MISSING", "caution")
    assert "6 slices, 1 missing" in stack["summary"]
    missing = next(finding for finding in stack["findings"] if finding["id"] == "G29")
    assert "1 slice is missing after slice 3" in missing["message"]


def test_a_damaged_twin_is_named_and_harms_nobody(tmp_path: Path, open_path: Opened) -> None:
    bodies = [as_bytes(one) for one in make_series()]
    path = zip_of(tmp_path / "a.zip", [*((f"{n}", body) for n, body in enumerate(bodies)), ("twin", bodies[0])])
    whole = bytearray(path.read_bytes())
    place = whole.rindex(b"PK\x01\x02")
    whole[place + 16] ^= 0xFF
    path.write_bytes(whole)
    document = open_path(path)
    assert [(one["name"], one["code"]) for one in document["set_aside"]] == [("twin", "truncated_file")]
    assert document["stacks"][0]["kind"] == "volume"


def compress(dataset: Dataset, _place: int) -> None:
    """Pack the pixels as JPEG 2000."""
    frame = LOSSLESS[JPEG2000Lossless](dataset.pixel_array, dataset.BitsStored)
    dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].is_undefined_length = True


def test_a_compressed_series_is_the_same_volume(open_scan: Opened) -> None:
    scan = Scan("sagittal", rows=40, columns=36, each=compress)
    volume = stackfiles.load_volume(open_scan(scan)["folder"])
    for k, j, i in ((0, 0, 0), (3, 39, 0), (6, 20, 35)):
        assert volume.probe(scan.point_mm(k, j, i)).value == value_at(k, j, i) - 1024


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param([("a.txt", b"hello")], "Not a DICOM file", id="no dicom"),
        pytest.param([("__MACOSX/x", b"x")], "helper file", id="only helper files"),
    ],
)
def test_a_zip_without_pictures_says_what_it_holds(
    tmp_path: Path, open_path: Opened, files: list[tuple[str, bytes]], words: str
) -> None:
    with pytest.raises(NothingToShow, match=words):
        open_path(zip_of(tmp_path / "a.zip", files))


def test_an_empty_zip_is_refused(tmp_path: Path, open_path: Opened) -> None:
    with pytest.raises(EmptyArchive):
        open_path(zip_of(tmp_path / "a.zip", []))


def test_more_voxels_than_one_volume_may_have_are_refused(tmp_path: Path, open_path: Opened) -> None:
    with pytest.raises(ExpandedTooBig, match="voxels"):
        open_path(zip_series(tmp_path / "a.zip", make_series()), Limits(voxels=100))


def test_a_series_of_too_many_voxels_costs_the_others_nothing(open_path: Opened, tmp_path: Path) -> None:
    small, large = make_series(Scan(slices=3)), make_series(Scan(slices=30))
    opened = open_path(zip_series(tmp_path / "a.zip", large, small), Limits(voxels=1000))
    assert len(opened["stacks"]) == 1
    assert [one["code"] for one in opened["set_aside"]] == [ExpandedTooBig.code] * 30


def test_members_that_stopped_an_earlier_attempt_are_left_out_by_name(tmp_path: Path, open_path: Opened) -> None:
    document = open_path(zip_series(tmp_path / "a.zip", make_series(Scan(slices=7))), skip=[2])
    assert [(one["name"], one["code"]) for one in document["set_aside"]] == [("a/00002", "stopped_reading")]


def test_pictures_of_one_pixel_are_shown(open_scan: Opened) -> None:
    meta = open_scan(Scan(rows=1, columns=1))
    assert (meta["kind"], meta["shape_kji"]) == ("volume", [7, 1, 1])


def test_a_folder_and_a_single_file_open_too(tmp_path: Path, report: Silence) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, dataset in enumerate(make_series()):
        (folder / f"{number}").write_bytes(as_bytes(dataset))
    for source, images in ((folder, 7), (folder / "0", 1)):
        staging = tmp_path / f"out{images}"
        staging.mkdir()
        assert open_input(source, Opening(staging, Limits(), report))["series"][0]["images"] == images


def test_the_stages_come_in_their_order(open_scan: Opened, report: Silence) -> None:
    open_scan()
    stages = list(dict.fromkeys(stage for stage, _, _ in report.stages))
    assert stages == ["reading", "placing", "decoding", "auditing"]
    assert ("reading", 7, 7) in report.stages
    assert report.in_hand == []


def test_the_document_on_disk_is_the_one_that_was_given(open_series: Opened) -> None:
    document = open_series(make_series())
    written = json.loads((document["stacks"][0]["folder"].parents[1] / OPENED).read_text())
    assert written == {name: document[name] for name in ("input", "series", "over", "set_aside")}
