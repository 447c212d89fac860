"""What the tests of views share."""

from __future__ import annotations

import pytest

from webapp import services as parts


@pytest.fixture(autouse=True)
def _tables_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up library's folders are its columns themselves."""
    monkeypatch.setattr(parts, "read_table", lambda folder: folder.table)
