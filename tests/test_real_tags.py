"""Tags of real series: nothing is lost, and pairs compare as they must."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from tests.conftest import REAL_DATA
from webapp import stackfiles
from webapp.compare.likeness import State
from webapp.compare.protocol import Outcome, hold_against, reference_of
from webapp.compare.search import Query
from webapp.compare.topics import Topic
from webapp.compare.view import Column, Comparison, label_of
from webapp.config import Limits
from webapp.dicom import archive
from webapp.dicom.apart import set_apart
from webapp.dicom.grouping import groups_of, series_of
from webapp.dicom.model import Instance
from webapp.dicom.reading import Reading
from webapp.dicom.tag_intake import tag_table
from webapp.store.tags import read_table

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.filterwarnings("ignore:Invalid value for VR:UserWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:pydicom"),
]

Find = Callable[[str], Path]
Opened = Callable[..., dict[str, Any]]

ZIPS = sorted(path.stem for path in REAL_DATA.glob("*.zip")) or ["no real series"]

#: Representations that pydicom turns into text that can be held against ours.
TEXT = frozenset(
    ["AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "SH", "ST", "TM", "UI", "US", "SS", "UL", "SL", "FD"]
)


#: Of so many files one is read by pydicom word for word, and of the others only what elements there are.
WORD_FOR_WORD = 10


def elements(dataset: Dataset, above: str = "") -> Iterator[tuple[str, Dataset, BaseTag]]:
    """Every element that pydicom reads, with its path and its data set."""
    for tag in sorted(dataset.keys()):
        path = f"{above}{tag >> 16:04X},{tag & 0xFFFF:04X}"
        yield path, dataset, tag
        raw = dataset.get_item(tag)
        if raw.VR in ("SQ", "UN", None) and dataset[tag].VR == "SQ":
            for place, item in enumerate(dataset[tag].value):
                yield from elements(item, f"{path}[{place}].")


def whole(picture: Instance) -> dict[str, tuple[Dataset, BaseTag]]:
    """Every element of a picture's file."""
    dataset = dcmread(io.BytesIO(picture.member.read()), force=True)
    parts = [getattr(dataset, "file_meta", None), dataset]
    return {path: (owner, tag) for part in parts if part is not None for path, owner, tag in elements(part)}


@pytest.mark.parametrize("name", ZIPS)
def test_every_element_that_pydicom_reads_is_in_the_table(name: str, real_data: Find) -> None:
    with archive.opened(real_data(name), Limits()) as members:
        found = Reading(aside=[])
        for member in members.members:
            found.read(member, Limits(), frozenset(), frozenset())
        for series in series_of(found.instances):
            shown, _ = set_apart(series)
            for group in groups_of(shown) if shown.instances else []:
                table = tag_table([group.instances], Limits())
                for place, picture in enumerate(group.instances):
                    if picture.frame == 0 and (picture.tile is None or picture.tile.place == (0, 0)):
                        hold(picture, [table.rows_of(one) for one in instances_of(table, group.instances, place)])


def instances_of(table: Any, pictures: tuple[Instance, ...], place: int) -> list[int]:
    """All instances of the file that a picture is from."""
    number = pictures[place].member.number
    same = [at for at, one in enumerate(pictures) if one.member.number == number]
    return list(dict.fromkeys(table.instance_at(at) for at in same))


def hold(picture: Instance, rows: list[list[Any]]) -> None:
    """Hold rows of a file against what pydicom reads of it: each element, its representation, its text."""
    ours = {row.path: row for instance in rows for row in instance}
    theirs = whole(picture)
    assert ours.keys() == theirs.keys()
    for path, (owner, tag) in theirs.items() if picture.member.number % WORD_FOR_WORD == 0 else ():
        vr, value = str(owner[tag].VR), owner[tag].value
        assert ours[path].vr == vr
        if vr in TEXT and "…" not in ours[path].value:
            several = value if isinstance(value, MultiValue | list) else [value]
            assert ours[path].value == "\\".join("" if one is None else str(one) for one in several)


@pytest.fixture
def column(real_data: Find, open_path: Opened) -> Callable[[str], Column]:
    """The first stack of a real series as a column."""

    def column_(name: str) -> Column:
        folder: Path = open_path(real_data(name))["stacks"][0]["folder"]
        meta = stackfiles.read_meta(folder)
        return Column(label_of(meta), read_table(folder), meta)

    return column_


def states(comparison: Comparison, state: State) -> set[str]:
    return {row.tag for row in comparison.rows if row.state is state}


@pytest.mark.parametrize("name", ["mr_4sl_jpegls", "mr_4sl_rle", "mr_4sl_j2k"])
def test_one_stack_packed_in_two_ways_differs_in_its_packing_only(name: str, column: Callable[[str], Column]) -> None:
    comparison = Comparison((column("mr_4sl_jpegll"), column(name)))
    packing = {"0002,0000", "0002,0010", "0002,0012", "0002,0013", "7FE0,0010"}
    assert "0002,0010" in states(comparison, State.DIFFERENT)
    assert states(comparison, State.DIFFERENT) | states(comparison, State.MISSING) <= packing
    assert all(row.state is State.EQUAL for row in comparison.computed)


def test_a_series_is_equal_to_itself(column: Callable[[str], Column]) -> None:
    one = column("mr_siemens_sag_prone")
    comparison = Comparison((one, one))
    assert states(comparison, State.UNKNOWN) == {"7FE0,0010"}
    assert len(states(comparison, State.EQUAL)) + 1 == len({row.tag for row in comparison.rows})
    assert not [row for row in comparison.rows if row.differs]


def test_an_enhanced_file_and_its_classic_twin_agree_in_geometry(column: Callable[[str], Column]) -> None:
    comparison = Comparison((column("mr_enh_siemens_t1sag"), column("mr_jpegll_fragments")))
    computed = {row.keyword: row.state for row in comparison.computed}
    assert {computed[name] for name in ("spacing", "gap", "pixel", "coverage", "slices", "bandwidth")} == {State.EQUAL}
    rows = {row.path: row.state for row in comparison.rows}
    for tag in ("0020,0037", "0028,0030", "0018,0050", "0028,0010", "0018,0095"):
        assert rows[tag] in (State.EQUAL, State.FORMATTING), tag


def test_two_makers_are_compared_by_what_is_true_and_by_their_words(column: Callable[[str], Column]) -> None:
    comparison = Comparison((column("mr_ge_gap_sbs2"), column("mr_t2_missing_slice")))
    computed = {row.keyword: row.values for row in comparison.computed}
    assert computed["maker"] == ("GE", "Siemens")
    assert computed["missing"] == ("0", "1")
    (tag,) = comparison.view(Query("0018,0088")).rows
    assert [cell.meaning.short for cell in tag.cells if cell.meaning is not None] == [
        "not used for spacing: measured 7.001 mm; this tag holds the gap between slices 2 mm",
        "not used for spacing: measured 2.5 mm; this tag agrees",
    ]


def test_the_table_step_of_a_tilted_scan_is_told_beside_the_measured_spacing(column: Callable[[str], Column]) -> None:
    (line,) = Comparison((column("ct_tilt_philips_p16"),)).view(Query("0018,0088")).rows
    assert line.cells[0].meaning is not None
    assert line.cells[0].meaning.short == (
        "not used for spacing: measured 2.397 mm; this tag holds the table step 2.5 mm"
    )


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("mr_siemens_sag_prone", "interleaved, every second slice, odd slices first"),
        ("mr_t2_missing_slice", "interleaved, every second slice, even slices first"),
        ("mr_enh_siemens_asl7", "ascending, I to S"),
        ("mr_mosaic_ax_int", "interleaved, every second slice"),
        ("mr_ge_sag_196", "all slices at once (3D)"),
    ],
)
def test_the_order_of_acquisition_is_read_from_the_clocks(
    name: str, order: str, column: Callable[[str], Column]
) -> None:
    computed = {row.keyword: row.values[0] for row in Comparison((column(name),)).computed}
    assert computed["order"] == order


def test_another_series_is_held_against_a_saved_protocol(column: Callable[[str], Column]) -> None:
    one, other = column("mr_siemens_sag_prone"), column("mr_t2_missing_slice")
    reference = reference_of(one.table, one.meta)
    assert {result.outcome for result in hold_against(reference, one.table, one.meta)} == {Outcome.PASS}
    outcomes = {result.check.tag: result.outcome for result in hold_against(reference, other.table, other.meta)}
    assert (outcomes["0018,0080"], outcomes["0018,0087"]) == (Outcome.DIFFERS, Outcome.PASS)


def test_identities_are_told_apart_from_the_protocol(column: Callable[[str], Column]) -> None:
    comparison = Comparison((column("mr_siemens_sag_prone"), column("mr_t2_missing_slice")))
    found = comparison.view(Query(topics=frozenset({Topic.IDENTITY, Topic.DIFFERS})))
    assert "SOPInstanceUID" in {line.row.keyword for line in found.rows}
    assert "RepetitionTime" not in {line.row.keyword for line in found.rows}
