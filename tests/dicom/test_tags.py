"""Data sets to the rows of the tag table."""

from __future__ import annotations

import re

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from tests.factories import make_series
from webapp.config import Limits
from webapp.dicom.tag_row import TagRow
from webapp.dicom.tags import rows


@pytest.fixture
def picture() -> FileDataset:
    return make_series()[0]


def row(dataset: Dataset, path: str, limits: Limits | None = None) -> TagRow:
    return next(one for one in rows(dataset, limits or Limits()) if one.path == path)


def nested(depth: int) -> Dataset:
    dataset = Dataset()
    if depth:
        dataset.ReferencedImageSequence = Sequence([nested(depth - 1)])
    return dataset


def test_a_row_names_its_element_in_the_standards_words(picture: FileDataset) -> None:
    assert row(picture, "0028,0030") == TagRow(
        "0028,0030", "0028,0030", "PixelSpacing", "Pixel Spacing", "DS", "0.8\\0.5", 0, "", vm=2, unit="mm"
    )


def test_the_files_own_elements_stand_first(picture: FileDataset) -> None:
    assert rows(picture, Limits())[0].path.startswith("0002,")


def test_rows_come_in_the_order_of_their_tags(picture: FileDataset) -> None:
    paths = [one.path for one in rows(picture, Limits())]
    assert paths == sorted(paths)


def test_a_data_set_without_meta_elements_is_shown_too() -> None:
    dataset = Dataset()
    dataset.Modality = "MR"
    assert [one.value for one in rows(dataset, Limits())] == ["MR"]


def test_pixels_are_shown_by_their_length(picture: FileDataset) -> None:
    assert re.fullmatch("384 bytes, #[0-9a-f]{8}", row(picture, "7FE0,0010").value)


def test_an_empty_value_is_empty_text(picture: FileDataset) -> None:
    picture.AccessionNumber = None
    assert row(picture, "0008,0050").value == ""


def test_a_long_text_is_cut_and_says_how_long_it_was(picture: FileDataset) -> None:
    picture.ImageComments = "x" * 300
    found = row(picture, "0020,4000", Limits(value_chars=10)).value
    assert re.fullmatch(r"xxxxxxxxxx… \(300 characters, #[0-9a-f]{8}\)", found)


def test_many_values_are_counted_and_not_all_shown(picture: FileDataset) -> None:
    picture.SliceLocation = None
    picture.add_new(0x00181310, "US", list(range(100)))
    value = row(picture, "0018,1310").value
    assert value.startswith("0\\1\\2\\")
    assert re.search(r"\\63\\… \(100 values, #[0-9a-f]{8}\)$", value)


def test_a_sequence_is_unfolded_behind_its_own_row(picture: FileDataset) -> None:
    item = Dataset()
    item.ReferencedSOPInstanceUID = "1.2.3"
    picture.ReferencedImageSequence = Sequence([item, Dataset()])
    assert row(picture, "0008,1140").value == "2 items"
    inner = row(picture, "0008,1140[0].0008,1155")
    assert (inner.value, inner.depth) == ("1.2.3", 1)


def test_a_sequence_of_one_item_is_said_in_the_singular(picture: FileDataset) -> None:
    picture.ReferencedImageSequence = Sequence([Dataset()])
    assert row(picture, "0008,1140").value == "1 item"


def test_sequences_are_unfolded_to_the_limit_and_no_deeper() -> None:
    assert max(one.depth for one in rows(nested(6), Limits(sequence_depth=3))) == 3


def test_a_private_element_names_its_creator(picture: FileDataset) -> None:
    block = picture.private_block(0x0009, "GEMS_IDEN_01", create=True)
    block.add_new(0x02, "SH", "CT01")
    found = row(picture, "0009,1002")
    assert (found.creator, found.name, found.value) == ("GEMS_IDEN_01", "Suite id", "CT01")


def test_an_element_that_cannot_be_converted_is_shown_as_such(picture: FileDataset) -> None:
    tag = Tag("Rows")
    picture._dict[tag] = RawDataElement(tag, "US", 3, b"abc", 0, False, True)
    assert row(picture, "0028,0010").value == "(not readable)"


def test_a_value_is_told_with_its_unit(picture: FileDataset) -> None:
    assert row(picture, "0018,0050").unit == "mm"


def test_a_sequence_below_the_limit_says_that_it_is_not_listed() -> None:
    deepest = max(rows(nested(6), Limits(sequence_depth=3)), key=lambda one: one.depth)
    assert deepest.value == "1 item, nested too deeply to be listed"


def test_elements_of_functional_groups_say_where_a_classic_picture_has_them() -> None:
    measures = Dataset()
    measures.SliceThickness = 4
    shared, dataset = Dataset(), Dataset()
    shared.PixelMeasuresSequence = Sequence([measures])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    assert row(dataset, "5200,9229[0].0028,9110[0].0018,0050").lifted == "0018,0050"
    assert row(dataset, "5200,9229[0].0028,9110").lifted == ""
