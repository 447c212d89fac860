"""Data sets to the rows of the tag table."""

from __future__ import annotations

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from tests.factories import make_series
from webapp.config import Limits
from webapp.dicom.model import TagRow
from webapp.dicom.tags import rows, varying


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
        "0028,0030", "0028,0030", "PixelSpacing", "Pixel Spacing", "DS", "0.8\\0.5", 0, ""
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
    assert row(picture, "7FE0,0010").value == "384 bytes"


def test_an_empty_value_is_empty_text(picture: FileDataset) -> None:
    picture.AccessionNumber = None
    assert row(picture, "0008,0050").value == ""


def test_a_long_text_is_cut_and_says_how_long_it_was(picture: FileDataset) -> None:
    picture.ImageComments = "x" * 300
    assert row(picture, "0020,4000", Limits(cell_chars=10)).value == "xxxxxxxxxx… (300 characters)"


def test_many_values_are_counted_and_not_all_shown(picture: FileDataset) -> None:
    picture.SliceLocation = None
    picture.add_new(0x00181310, "US", list(range(100)))
    value = row(picture, "0018,1310").value
    assert value.startswith("0\\1\\2\\")
    assert value.endswith("\\63\\… (100 values)")


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


def test_what_differs_between_slices_is_listed_for_every_slice() -> None:
    datasets = make_series()
    found = varying(datasets, Limits())
    assert found["0020,0013"] == [str(dataset.InstanceNumber) for dataset in datasets]
    assert "0028,0030" not in found


def test_an_element_that_is_missing_in_some_slices_is_missing_there() -> None:
    datasets = make_series()[:3]
    datasets[1].ImageComments = "only here"
    assert varying(datasets, Limits())["0020,4000"] == [None, "only here", None]


def test_a_sequence_that_differs_stands_with_its_number_of_items() -> None:
    datasets = make_series()[:2]
    datasets[0].ReferencedImageSequence = Sequence([Dataset()])
    datasets[1].ReferencedImageSequence = Sequence([Dataset(), Dataset()])
    assert varying(datasets, Limits())["0008,1140"] == ["1 item", "2 items"]


def test_values_that_cannot_be_compared_count_as_different() -> None:
    class Odd(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            raise ValueError

    datasets = make_series()[:2]
    for dataset in datasets:
        dataset.ImageComments = None
        dataset["ImageComments"]._value = Odd("abc")
    assert varying(datasets, Limits())["0020,4000"] == ["abc", "abc"]
