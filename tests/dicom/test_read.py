"""A member's bytes to an Instance, every element typed at the door."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import (
    BasicTextSRStorage,
    CTImageStorage,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from tests.dicom.members import Bytes, instance_of, read_one
from tests.factories import as_bytes, make_series
from webapp.errors import BadDimensions, NotAnImage, NotDicom

#: The library warns of numbers that are none; that is what is tested here.
pytestmark = pytest.mark.filterwarnings("ignore:Invalid value for VR:UserWarning")


@pytest.fixture
def picture() -> FileDataset:
    return make_series()[0]


def put(dataset: Dataset, keyword: str, value: Any, vr: str | None = None) -> Dataset:
    """Write any text where the standard wants a number."""
    dataset[keyword] = DataElement(keyword, vr or dictionary_VR(keyword), value)
    return dataset


def test_the_words_of_the_header_are_values(picture: FileDataset) -> None:
    instance = instance_of(picture)
    assert (instance.modality, instance.manufacturer, instance.description) == ("CT", "Maker", "Phantom")
    assert instance.image_type == ("ORIGINAL", "PRIMARY", "AXIAL")
    assert instance.series_uid == picture.SeriesInstanceUID
    assert instance.frames == 1


def test_the_place_is_taken_from_the_three_geometry_tags(picture: FileDataset) -> None:
    placement = instance_of(picture).placement
    assert placement is not None
    assert placement.position_mm.tolist() == list(picture.ImagePositionPatient)
    assert [*placement.row, *placement.column] == list(picture.ImageOrientationPatient)
    assert placement.spacing_mm == (0.8, 0.5)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("ImagePositionPatient", None),
        ("ImagePositionPatient", ["1", "2"]),
        ("ImagePositionPatient", ["nan", "0", "0"]),
        ("ImagePositionPatient", ["1e300", "0", "0"]),
        ("ImageOrientationPatient", None),
        ("ImageOrientationPatient", ["1", "0", "0"]),
        ("ImageOrientationPatient", ["1", "0", "0", "inf", "1", "0"]),
        ("ImageOrientationPatient", ["1e300", "0", "0", "0", "1", "0"]),
    ],
)
def test_a_place_that_is_no_set_of_numbers_is_no_place(picture: FileDataset, keyword: str, value: Any) -> None:
    assert instance_of(put(picture, keyword, value)).placement is None


@pytest.mark.parametrize(
    "spacing", [None, ["0.8"], ["0", "0.5"], ["-1", "1"], ["51", "1"], ["1e-300", "1e-300"], ["nan", "1"]]
)
def test_an_impossible_pixel_size_is_none(picture: FileDataset, spacing: Any) -> None:
    placement = instance_of(put(picture, "PixelSpacing", spacing)).placement
    assert placement is not None
    assert placement.spacing_mm is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"Rows": 0}, "rows", id="no rows"),
        pytest.param({"Columns": None}, "columns", id="no columns"),
        pytest.param({"Rows": 65535, "Columns": 65535}, "larger than 8192", id="65535 x 65535"),
        pytest.param({"BitsAllocated": 12}, "bits", id="12 bits allocated"),
        pytest.param({"BitsAllocated": 64, "BitsStored": 64, "HighBit": 63}, "64 bits", id="64 bits"),
        pytest.param({"BitsStored": 17}, "bits", id="more bits stored than allocated"),
        pytest.param({"HighBit": 16}, "bits", id="high bit above the pixel"),
        pytest.param({"HighBit": 5}, "bits", id="high bit below the stored bits"),
        pytest.param({"PixelRepresentation": 2}, "bits", id="neither signed nor unsigned"),
        pytest.param({"SamplesPerPixel": 4}, "bits", id="four samples"),
    ],
)
def test_an_impossible_picture_is_refused_in_words(picture: FileDataset, changes: dict[str, Any], words: str) -> None:
    for keyword, value in changes.items():
        setattr(picture, keyword, value)
    with pytest.raises(BadDimensions, match=words):
        instance_of(picture)


@pytest.mark.parametrize("frames", ["1A", "0", "-3", "1.5", ""])
def test_a_number_of_frames_that_is_none_is_refused(picture: FileDataset, frames: str) -> None:
    with pytest.raises(BadDimensions, match="frames"):
        instance_of(put(picture, "NumberOfFrames", frames, "LO"))


def test_bits_that_are_not_said_are_all_of_them(picture: FileDataset) -> None:
    del picture.BitsStored, picture.HighBit, picture.PixelRepresentation, picture.SamplesPerPixel
    form = instance_of(picture).format
    assert (form.bits_stored, form.high_bit, form.signed, form.samples) == (16, 15, False, 1)


def test_a_table_of_contents_is_called_one(picture: FileDataset) -> None:
    del picture.PixelData
    picture.SOPClassUID = picture.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    with pytest.raises(NotAnImage, match="table of contents"):
        instance_of(picture)


def test_a_report_is_called_by_its_standard_name(picture: FileDataset) -> None:
    del picture.PixelData
    picture.SOPClassUID = picture.file_meta.MediaStorageSOPClassUID = BasicTextSRStorage
    with pytest.raises(NotAnImage, match="Basic Text SR"):
        instance_of(picture)


def test_an_image_without_its_picture_is_cut_short_or_stripped(picture: FileDataset) -> None:
    del picture.PixelData
    with pytest.raises(NotAnImage, match="CT Image Storage: its picture is missing"):
        instance_of(picture)


def test_an_object_of_an_unknown_kind_is_still_no_picture(picture: FileDataset) -> None:
    del picture.PixelData
    picture.SOPClassUID = picture.file_meta.MediaStorageSOPClassUID = "1.2.3.4"
    with pytest.raises(NotAnImage, match="without a picture"):
        instance_of(picture)


def test_elements_that_name_nothing_are_no_dicom() -> None:
    with pytest.raises(NotDicom):
        read_one(Bytes(b"\x08\x00\x08\x00\x04\x00\x00\x00ABCD"))


@pytest.mark.parametrize("implicit", [True, False], ids=["implicit", "explicit"])
def test_a_file_without_meta_elements_has_the_syntax_it_was_read_by(picture: FileDataset, implicit: bool) -> None:
    if implicit:
        picture.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    body = as_bytes(picture)
    bare = body[144 + int.from_bytes(body[140:144], "little") :]
    syntax = read_one(Bytes(bare)).transfer_syntax
    assert syntax == ("1.2.840.10008.1.2" if implicit else "1.2.840.10008.1.2.1")


def test_a_big_endian_file_without_meta_elements_is_read(picture: FileDataset) -> None:
    bare = b"".join(
        group.to_bytes(2, "big") + element.to_bytes(2, "big") + vr + len(value).to_bytes(2, "big") + value
        for group, element, vr, value in (
            (0x0008, 0x0008, b"CS", b"ORIGINAL"),
            (0x0008, 0x0016, b"UI", CTImageStorage.encode() + b"\0"),
            (0x0028, 0x0010, b"US", b"\0\2"),
            (0x0028, 0x0011, b"US", b"\0\1"),
            (0x0028, 0x0100, b"US", b"\0\x10"),
        )
    )
    body = bare + b"\x7f\xe0\x00\x10OW\0\0\0\0\0\4\0\1\0\2"
    instance = read_one(Bytes(body))
    assert (instance.transfer_syntax, instance.format.rows) == ("1.2.840.10008.1.2.2", 2)


BOTH = {"RescaleSlope": "1", "RescaleIntercept": "0"}


@pytest.mark.parametrize(
    ("tags", "scale"),
    [
        pytest.param({}, (1.0, 0.0, "", False), id="absent"),
        pytest.param({"RescaleSlope": "2.5", "RescaleIntercept": "-3"}, (2.5, -3.0, "", True), id="both"),
        pytest.param({"RescaleSlope": None}, (1.0, 0.0, "", False), id="empty"),
        pytest.param({"RescaleSlope": "2.5"}, (2.5, 0.0, "", False), id="half of it"),
        pytest.param({**BOTH, "RescaleType": "HU"}, (1.0, 0.0, "HU", True), id="in HU"),
        pytest.param({**BOTH, "RescaleType": "us"}, (1.0, 0.0, "US", True), id="unspecified"),
    ],
)
def test_the_scale_is_read_or_is_as_stored(picture: FileDataset, tags: dict[str, Any], scale: tuple[Any, ...]) -> None:
    del picture.RescaleSlope, picture.RescaleIntercept
    for keyword, value in tags.items():
        setattr(picture, keyword, value)
    found = instance_of(picture).scale
    assert (found.slope, found.intercept, found.kind, found.present) == scale


@pytest.mark.parametrize(("value", "vr"), [("nan", "DS"), ("inf", "DS"), ("abc", "LO")])
def test_a_slope_that_is_no_number_is_not_taken_for_one(picture: FileDataset, value: str, vr: str) -> None:
    slope = instance_of(put(picture, "RescaleSlope", value, vr)).scale.slope
    assert slope != slope
