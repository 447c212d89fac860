"""A received upload is there whole, or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from pathlib import Path

import pytest

from webapp.errors import UnknownKey
from webapp.store.originals import Originals

ID = "1" * 32
UUID = "0b8c1a52-7f5e-4a52-9d59-1f0c1a527f5e"


def test_a_copied_file_has_the_same_content(originals: Originals, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"zip")
    originals.add(ID, tmp_path / "source")
    assert originals.path(ID).read_bytes() == b"zip"
    assert originals.sha256(ID) == hashlib.sha256(b"zip").hexdigest()
    assert originals.size(ID) == 3


def test_a_kept_upload_is_the_servers_own(originals: Originals) -> None:
    originals.path(UUID).write_bytes(b"zip")
    originals.path(UUID).chmod(0o644)
    assert stat.S_IMODE(originals.keep(UUID).stat().st_mode) == 0o600


def test_an_upload_that_never_arrived_cannot_be_kept(originals: Originals) -> None:
    with pytest.raises(UnknownKey):
        originals.keep(ID)


@pytest.mark.parametrize("name", ["", "..", "a/b", "1" * 31, "uploads.sqlite", "1" * 32 + "\n"])
def test_what_is_no_id_never_becomes_a_path(originals: Originals, name: str) -> None:
    with pytest.raises(UnknownKey):
        originals.path(name)


def test_deleting_twice_is_no_fault(originals: Originals) -> None:
    originals.path(ID).write_bytes(b"zip")
    originals.delete(ID)
    originals.delete(ID)
    assert originals.size(ID) == 0


def test_only_old_uploads_that_nobody_knows_are_strays(originals: Originals) -> None:
    for name in (ID, UUID, "2" * 32, "bookkeeping.sqlite"):
        (originals.root / name).write_bytes(b"zip")
        os.utime(originals.root / name, (time.time() - 100,) * 2)
    (originals.root / ("3" * 32)).write_bytes(b"fresh")
    assert sorted(originals.strays({"2" * 32}, 60.0)) == sorted([ID, UUID])
