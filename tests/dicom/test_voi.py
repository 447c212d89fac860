"""Tables that turn values into greys, however they are packed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian

from tests.dicom.luts import item
from tests.dicom.members import scanned
from tests.factories import Scan
from webapp.dicom.lut import table_of
from webapp.dicom.voi import CURVE_GREYS, VoiTable, voi_tables


def tables(*items: Dataset, **tags: Any) -> list[VoiTable]:
    return voi_tables(scanned(Scan(slices=1, tags={"VOILUTSequence": Sequence(items), **tags}))[0])


def entries(found: Any) -> list[int]:
    return [int(entry) for entry in found.entries]


def test_a_table_of_words_is_read_as_it_stands() -> None:
    found = table_of(item([3, 100, 12], [0, 2000, 4095]), signed=False, big_endian=False)
    assert found is not None
    assert (found.first, found.bits, entries(found)) == (100, 12, [0, 2000, 4095])


@pytest.mark.parametrize(("big_endian", "packed"), [(False, b"\x01\x00\x00\x02"), (True, b"\x00\x01\x02\x00")])
def test_words_kept_as_bytes_have_the_byte_order_of_the_file(big_endian: bool, packed: bytes) -> None:
    made = item([2, 0, 16], packed)
    found = table_of(made, signed=False, big_endian=big_endian)
    assert found is not None
    assert entries(found) == [1, 512]


def test_as_many_bytes_as_entries_are_one_entry_each() -> None:
    made = item([3, 0, 8], b"\x00\x80\xff\x00")
    found = table_of(made, signed=False, big_endian=False)
    assert found is not None
    assert entries(found) == [0, 128, 255]


def test_no_entries_stand_for_65536() -> None:
    found = table_of(item([0, 0, 16], list(range(1 << 16))), signed=False, big_endian=False)
    assert found is not None
    assert len(found.entries) == 1 << 16


@pytest.mark.parametrize(("signed", "first"), [(True, -1024), (False, 64512)])
def test_a_first_value_is_negative_where_values_can_be(signed: bool, first: int) -> None:
    found = table_of(item([2, 64512, 16], [0, 1]), signed=signed, big_endian=False)
    assert found is not None
    assert found.first == first


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(Dataset(), id="nothing in it"),
        pytest.param(item([3, 0], [0, 1, 2]), id="half a descriptor"),
        pytest.param(item([3, 0, 0], [0, 1, 2]), id="no bits"),
        pytest.param(item([3, 0, 33], [0, 1, 2]), id="too many bits"),
        pytest.param(item([4, 0, 8], [0, 1, 2]), id="an entry missing"),
    ],
)
def test_what_makes_no_table_is_none(made: Dataset) -> None:
    assert table_of(made, signed=False, big_endian=False) is None


def test_greys_are_shares_of_the_bits_that_are_declared() -> None:
    (table,) = tables(item([3, 0, 12], [0, 1365, 4095]))
    assert table.curve == (0, pytest.approx(1 / 3, abs=1e-5), 1)
    assert (table.first, table.last) == (0, 2)


def test_entries_beyond_their_bits_stretch_the_range() -> None:
    (table,) = tables(item([3, 0, 8], [0, 500, 1000]))
    assert table.curve == (0, 0.5, 1)


def test_a_long_table_is_kept_as_an_even_curve() -> None:
    (table,) = tables(item([4096, 0, 12], list(range(4096))))
    assert len(table.curve) == CURVE_GREYS
    assert np.allclose(table.curve, np.linspace(0, 1, CURVE_GREYS), atol=1e-5)


def test_a_rescale_below_zero_makes_the_first_value_signed() -> None:
    """The phantom's intercept is -1024."""
    (table,) = tables(item([2, 64512, 16], [0, 65535]))
    assert (table.first, table.last) == (-1024, -1023)


def test_a_table_of_one_entry_and_a_broken_one_are_left_out() -> None:
    assert tables(item([1, 0, 8], [5]), item([4, 0, 8], [0])) == []


def test_the_table_of_a_big_endian_file_is_turned() -> None:
    made = item([2, 0, 16], b"\x00\x00\xff\xff")
    (picture,) = scanned(Scan(slices=1, tags={"VOILUTSequence": Sequence([made])}))
    object.__setattr__(picture, "transfer_syntax", ExplicitVRBigEndian)
    assert voi_tables(picture)[0].curve == (0, 1)
