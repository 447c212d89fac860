"""The tags beside a volume are read as they were written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.store.staged import TAGS
from webapp.errors import VolumeDamaged
from webapp.store.tags import read_rows, read_varying


def test_every_row_of_the_first_instance_is_read(tmp_path: Path) -> None:
    (tmp_path / "tags.json").write_text(json.dumps(TAGS))
    (row,) = read_rows(tmp_path)
    assert (row.path, row.keyword, row.value, row.depth) == ("0008,0060", "Modality", "CT", 0)


def test_a_varying_tag_has_a_value_for_each_instance(tmp_path: Path) -> None:
    (tmp_path / "tags.json").write_text(json.dumps(TAGS))
    assert read_varying(tmp_path) == {"0020,0032": ["0\\0\\0", None]}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"rows": [{"path": "x"}], "varying": []}'])
def test_spoilt_tags_are_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "tags.json").write_text(content)
    for read in (read_rows, read_varying):
        with pytest.raises(VolumeDamaged):
            read(tmp_path)
