"""What the tags cost: gathering them from headers that were read, and the first rows of the table from what is stored.

::

    gather   2,000 instances of 300 elements, read once ─ one table of rows and columns   against one second
    show     the stored table ─ read, compared with another, first rows ready to show   against 300 ms
    find     an expression over all rows   against 300 ms
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, MRImageStorage

from benchmarks.geometry import Bytes
from benchmarks.headers import header
from benchmarks.instance import Instance
from benchmarks.rows import Peer, Row, row
from webapp import stackfiles
from webapp.compare.search import Query
from webapp.compare.view import Column, Comparison, Part
from webapp.config import Limits
from webapp.dicom.read import read_instances
from webapp.dicom.tag_intake import tag_table
from webapp.store.tags import read_table

INSTANCES = 2_000
ELEMENTS = 300
ROUNDS = 5

#: Elements that differ in each instance, beside its number, position and identifier.
VARYING = 24

#: Rows that a page shows first.
FIRST = 50


def rows(instance: Instance, source: Path) -> list[Row]:
    """Measure all; none needs the running instance nor the zip.

    Parameters
    ----------
    instance : Instance
    source : Path
    """
    del instance, source
    members = [Bytes(number, f"{number}", _file(number)) for number in range(INSTANCES)]
    return [_gather(members), *_show(members)]


def _gather(members: list[Bytes]) -> Row:
    """CPU seconds of the table, beyond reading, against one second."""
    spent = []
    for _ in range(ROUNDS):
        pictures = [picture for member in members for picture in read_instances(member, Limits())]
        start = process_time()
        tag_table([pictures], Limits())
        spent.append(process_time() - start)
    what = f"tags of {INSTANCES:,} instances of {ELEMENTS} elements, CPU beyond reading"
    return row(what, spent, Peer("one second", [1.0], 1.0), "s")


def _show(members: list[Bytes]) -> list[Row]:
    """Milliseconds from what is stored to the first rows, of one series and of two, and of a search."""
    pictures = [picture for member in members for picture in read_instances(member, Limits())]
    meta: dict[str, Any] = {"kind": "pictures", "findings": [], "spacing_mm_kji": None, "slice_axis": None}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stackfiles.write_json(
            folder / stackfiles.TAGS,
            {"schema": stackfiles.TAGS_SCHEMA, **tag_table([pictures], Limits()).as_json()},
        )
        taken: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            for columns in (1, 2):
                what = f"stored tags of {columns} × {INSTANCES:,} instances to the first {FIRST} rows"
                taken.setdefault(what, []).append(_milliseconds(partial(_first_rows, folder, meta, columns)))
            comparison = _compared(folder, meta, 2)
            search = partial(comparison.view, Query("same .*7|image (position|orient)", regex=True))
            taken.setdefault("a regular expression over all rows of two series", []).append(_milliseconds(search))
    return [row(what, found, Peer("300 ms", [300.0], 1.0), "ms") for what, found in taken.items()]


def _milliseconds(act: Callable[[], object]) -> float:
    """How long something takes."""
    start = perf_counter()
    act()
    return (perf_counter() - start) * 1000


def _compared(folder: Path, meta: dict[str, Any], columns: int) -> Comparison:
    """Stored tags side by side, each column read anew."""
    return Comparison(tuple(Column(str(place), read_table(folder), meta) for place in range(columns)))


def _first_rows(folder: Path, meta: dict[str, Any], columns: int) -> object:
    """The first rows, ready to show."""
    return [line.as_json() for line in _compared(folder, meta, columns).view(part=Part(count=FIRST)).rows]


def _file(number: int) -> bytes:
    """One instance of 300 elements."""
    one = header(number)
    meta = one.file_meta
    one.SOPClassUID = meta.MediaStorageSOPClassUID = MRImageStorage
    one.Modality, one.ImageType = "MR", ["ORIGINAL", "PRIMARY", "M"]
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = MRImageStorage, UID(f"1.2.9.{number}")
    one.ReferencedImageSequence = Sequence([item])
    for place in range(ELEMENTS - len(one) - len(meta) - 7):
        block = one.private_block(0x0019 + 2 * (place // 128), "TRUESLICE BENCHMARK", create=True)
        value = f"{place}.{number}" if place < VARYING else f"the same {place}"
        block.add_new(place % 128, "DS" if place < VARYING else "LO", value)
    one.PixelData = bytes(32)
    stream = io.BytesIO()
    one.save_as(stream, enforce_file_format=True)
    return stream.getvalue()
