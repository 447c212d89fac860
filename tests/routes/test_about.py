"""The page about an instance says what holds there."""

from __future__ import annotations

import re
from pathlib import Path

from webapp import __version__
from webapp.config import Config, Limits
from webapp.dicom.codecs import FAMILIES
from webapp.routes.about import keeping, page_of, value_words


def test_the_page_names_version_syntaxes_and_every_limit(tmp_path: Path) -> None:
    page = page_of(Config(data=tmp_path, limits=Limits(members=777)))
    assert __version__ in page
    assert [syntax for syntax in FAMILIES if f"<td>{syntax}</td>" not in page] == []
    assert "<td>files in one archive</td><td>777</td>" in page
    assert len(re.findall("<tr><td>", page)) >= len(Limits.model_fields) + len(FAMILIES)


def test_limits_are_written_as_they_are_read() -> None:
    fields = Limits.model_fields
    assert value_words(1 << 30, fields["upload_bytes"]) == "1 GiB"
    assert value_words(1536 << 20, fields["task_bytes"]) == "1.5 GiB"
    assert value_words(20_000, fields["members"]) == "20\u202f000"


def test_how_long_a_series_is_kept_is_said_in_hours(tmp_path: Path) -> None:
    assert keeping(Config(data=tmp_path)) == "A series is kept until it is deleted by hand."
    assert keeping(Config(data=tmp_path, keep_hours=24, keep_hours_most=168)).startswith(
        "A series is deleted 24 hours after somebody last looked at it, and 168 hours after its upload at the latest"
    )
