"""Headers of a stack to one table, from which every header can be had again."""

from __future__ import annotations

from io import BytesIO

from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence
from pydicom.uid import ImplicitVRLittleEndian

from tests.dicom.members import Bytes, instances_of
from tests.factories import Scan, as_bytes, make_series
from tests.factories_multiframe import make_enhanced
from webapp.config import Limits
from webapp.dicom.read import read_instances
from webapp.dicom.tag_intake import tag_table
from webapp.dicom.tag_row import FRAME_ITEM, NOT_KEPT, TagRow, Variation
from webapp.dicom.tag_table import TagTable
from webapp.dicom.tags import rows

SCAN = Scan(slices=4)


def table_of(datasets: list[FileDataset], limits: Limits | None = None) -> TagTable:
    return tag_table([instances_of(datasets)], limits or Limits())


def read_back(dataset: Dataset) -> FileDataset:
    return dcmread(BytesIO(as_bytes(dataset)))


def told(found: list[TagRow]) -> list[tuple[str, ...]]:
    """What rows say, but for pixels, which a table does not look at."""
    return [(one.path, one.vr, one.value, one.creator, one.name) for one in found if one.tag != "7FE0,0010"]


def row(table: TagTable, path: str) -> TagRow:
    return next(one for one in table.rows if one.path == path)


def test_every_header_can_be_had_again() -> None:
    datasets = make_series(SCAN)
    table = table_of(datasets)
    for place, dataset in enumerate(datasets):
        assert told(table.rows_of(place)) == told(rows(read_back(dataset), Limits()))


def test_the_pixels_have_a_row_that_says_they_are_not_compared() -> None:
    assert row(table_of(make_series(SCAN)), "7FE0,0010").value == "384 bytes, not compared"


def test_what_all_share_is_kept_once_and_what_varies_in_columns() -> None:
    table = table_of(make_series(SCAN))
    assert row(table, "0028,0030").column is None
    assert len(set(table.along(row(table, "0020,0032")))) == 4


def test_a_nested_value_that_varies_has_a_column_of_its_own() -> None:
    datasets = make_series(SCAN)
    for number, dataset in enumerate(datasets):
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = "1.2.3", f"1.2.{number}"
        dataset.ReferencedImageSequence = Sequence([item])
    table = table_of(datasets)
    assert row(table, "0008,1140[0].0008,1150").column is None
    assert table.along(row(table, "0008,1140[0].0008,1155")) == ["1.2.0", "1.2.1", "1.2.2", "1.2.3"]


def test_an_element_of_some_headers_is_missing_in_the_others() -> None:
    datasets = make_series(SCAN)
    datasets[1].ImageComments = "only here"
    table = table_of(datasets)
    comments = row(table, "0020,4000")
    assert comments.variation is Variation.SOME
    assert table.along(comments) == [None, "only here", None, None]
    assert "0020,4000" not in {one.path for one in table.rows_of(0)}


def test_one_private_number_of_two_creators_is_two_elements() -> None:
    datasets = make_series(SCAN)
    for number, dataset in enumerate(datasets):
        block = dataset.private_block(0x0019, "ACME" if number % 2 else "OTHER", create=True)
        block.add_new(0x02, "SH", "the same")
    found = {one.creator: table_of(datasets).along(one) for one in table_of(datasets).rows if one.tag == "0019,1002"}
    assert found == {"OTHER": ["the same", None] * 2, "ACME": [None, "the same"] * 2}


def test_a_series_written_in_two_ways_has_one_value_each() -> None:
    datasets = make_series(SCAN)
    written = []
    for number, dataset in enumerate(datasets):
        if number % 2:
            dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
            dataset = FileDataset("", dataset, file_meta=dataset.file_meta, preamble=b"\0" * 128)
        written += read_instances(Bytes(as_bytes(dataset), number), Limits())
    assert row(tag_table([written], Limits()), "0028,0010").value == "16"


def test_text_in_two_character_sets_is_read_in_each() -> None:
    datasets = make_series(SCAN)
    for number, dataset in enumerate(datasets):
        dataset.SpecificCharacterSet = "ISO_IR 192" if number % 2 else "ISO_IR 100"
        dataset.PatientName = "Jürgen"
    assert row(table_of(datasets), "0010,0010").column is None


def test_a_value_written_in_two_ways_is_kept_in_both() -> None:
    datasets = make_series(SCAN)
    for number, dataset in enumerate(datasets):
        dataset.SliceThickness = "3.0" if number % 2 else "3"
    assert table_of(datasets).along(row(table_of(datasets), "0018,0050")) == ["3", "3.0"] * 2


def test_elements_behind_the_pixels_are_in_the_table() -> None:
    datasets = make_series(SCAN)
    datasets[2].add_new(0xFFFCFFFC, "OB", b"\0\0")
    assert table_of(datasets).along(row(table_of(datasets), "FFFC,FFFC")) == [None, None, "2 bytes: 00 00", None]


def test_bytes_behind_the_pixels_that_are_no_elements_do_not_stop_the_table() -> None:
    bodies = [as_bytes(dataset) + b"\0" * 4_000 for dataset in make_series(SCAN)]
    pictures = [one for number, body in enumerate(bodies) for one in read_instances(Bytes(body, number), Limits())]
    assert row(tag_table([pictures], Limits()), "0028,0010").value == "16"


def test_frames_of_a_file_share_its_header_and_have_groups_of_their_own() -> None:
    pictures = read_instances(Bytes(as_bytes(make_enhanced(SCAN))), Limits())
    table = tag_table([pictures], Limits())
    assert table.frames == (0, 1, 2, 3)
    position = row(table, f"{FRAME_ITEM}.0020,9113[0].0020,0032")
    assert (position.lifted, len(set(table.along(position)))) == ("0020,0032", 4)
    assert "5200,9230[2].0020,9113[0].0020,0032" in {one.path for one in table.rows_of(2)}


def test_all_frames_together_hold_every_element_of_their_file() -> None:
    dataset = make_enhanced(SCAN)
    table = tag_table([read_instances(Bytes(as_bytes(dataset)), Limits())], Limits())
    together = {one.path for place in range(table.instances) for one in table.rows_of(place)}
    assert together == {one.path for one in rows(read_back(dataset), Limits())}


def test_a_table_comes_back_from_what_is_stored_of_it() -> None:
    table = table_of(make_series(SCAN))
    assert TagTable.from_json(table.as_json()) == table


def crowded(count: int) -> Dataset:
    dataset = make_series(Scan(slices=1))[0]
    for place in range(count):
        block = dataset.private_block(0x0019 + 2 * (place // 200), "ACME", create=True)
        block.add_new(place % 200, "LO", f"value {place}")
    return dataset


def test_of_60_000_private_elements_the_first_are_kept_and_the_rest_counted() -> None:
    table = table_of([crowded(60_000)])
    assert len(table.rows) == Limits().tag_rows
    assert table.left_out > 40_000


def test_when_too_much_varies_values_are_not_kept_and_the_table_says_so() -> None:
    table = table_of(make_series(SCAN), Limits(tag_cells=8))
    columns = [one for one in table.rows if one.column is not None]
    assert sum(len(one.column.at) for one in columns) <= 8
    unkept = next(one for one in columns if not one.column.at)
    assert table.along(unkept) == [NOT_KEPT] * 4
    assert "not kept" in unkept.value
