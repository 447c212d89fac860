"""The tags beside a volume are read as they were written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.dicom.members import instances_of
from tests.factories import Scan, make_series
from tests.store.staged import TAGS
from webapp.config import Limits
from webapp.dicom.tag_intake import tag_table
from webapp.dicom.tag_row import Variation
from webapp.dicom.tag_table import TagTable
from webapp.errors import VolumeDamaged
from webapp.store.tags import read_rows, read_table


def gathered() -> TagTable:
    return tag_table([instances_of(make_series(Scan(slices=3)))], Limits())


def stored() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps({"schema": 2, **gathered().as_json()}))
    return document


def test_a_table_is_read_as_it_was_gathered(tmp_path: Path) -> None:
    table = gathered()
    (tmp_path / "tags.json").write_text(json.dumps({"schema": 2, **table.as_json()}))
    assert read_table(tmp_path) == table


def test_the_rows_of_a_stack_are_those_of_its_first_picture(tmp_path: Path) -> None:
    (tmp_path / "tags.json").write_text(json.dumps(stored()))
    table = read_table(tmp_path)
    assert read_rows(tmp_path) == table.rows_of(0)
    assert all(row.column is None for row in read_rows(tmp_path))


def test_tags_that_the_first_version_stored_are_still_read(tmp_path: Path) -> None:
    rows = [*TAGS["rows"], {**TAGS["rows"][0], "path": "0020,0032", "tag": "0020,0032", "vr": "DS", "value": "0\\0\\0"}]
    (tmp_path / "tags.json").write_text(json.dumps({**TAGS, "rows": rows}))
    table = read_table(tmp_path)
    assert [(row.path, row.value, row.variation) for row in table.rows] == [
        ("0008,0060", "CT", Variation.CONSTANT),
        ("0020,0032", "in 1 of 2, 0\\0\\0", Variation.SOME),
    ]
    assert table.along(table.rows[1]) == ["0\\0\\0", None]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"schema": 1, "instances": 1, "rows": [{"path": "x"}], "varying": []}',
        '{"schema": 2, "rows": [], "columns": {}, "places": [[7]], "frames": [null], "left_out": 0}',
        '{"schema": 2, "rows": [], "columns": {}, "places": [], "frames": [null], "left_out": 0}',
        '{"schema": 2, "rows": [["too short"]], "columns": {}, "places": [[0]], "frames": [null], "left_out": 0}',
    ],
)
def test_spoilt_tags_are_refused_by_name(content: str, tmp_path: Path) -> None:
    (tmp_path / "tags.json").write_text(content)
    with pytest.raises(VolumeDamaged):
        read_table(tmp_path)


def test_a_column_that_points_nowhere_is_refused(tmp_path: Path) -> None:
    document = stored()
    next(iter(document["columns"].values()))["at"][0] = 99
    (tmp_path / "tags.json").write_text(json.dumps(document))
    with pytest.raises(VolumeDamaged):
        read_table(tmp_path)
