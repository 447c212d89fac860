"""The members of an input, each read whole or from its start."""

from __future__ import annotations

import os
import stat
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dicom.test_archive import BODY, put, refusal
from tests.dicom.zips import Entry, deflated, zip_bytes
from tests.factories import as_bytes, make_series
from webapp.config import Limits
from webapp.dicom import archive
from webapp.errors import EmptyArchive, ExpandedTooBig, FileTruncated, TooManyMembers


@pytest.mark.parametrize("announced", [100, 20_000], ids=["too small", "too large"])
def test_a_member_of_another_size_than_announced_is_damaged(tmp_path: Path, announced: int) -> None:
    path = put(tmp_path, zip_bytes([replace(deflated(b"one", BODY), size=announced)]))
    with archive.opened(path, Limits()) as opened, pytest.raises(FileTruncated, match="size"):
        opened.members[0].read()


def test_a_member_larger_than_the_limit_is_not_inflated_any_further(tmp_path: Path) -> None:
    path = put(tmp_path, zip_bytes([deflated(b"one", BODY)]))
    with archive.opened(path, Limits(member_bytes=1000)) as opened, pytest.raises(ExpandedTooBig):
        opened.members[0].read()


def test_a_member_with_a_wrong_checksum_is_damaged(tmp_path: Path) -> None:
    path = put(tmp_path, zip_bytes([replace(deflated(b"one", BODY), crc=7)]))
    with archive.opened(path, Limits()) as opened, pytest.raises(FileTruncated, match="checksum"):
        opened.members[0].read()


@pytest.mark.parametrize("how", ["head", "read"])
def test_a_member_of_noise_is_damaged(tmp_path: Path, how: str) -> None:
    noise = Entry(b"one", b"\xff" * 300, 0, 300)
    with archive.opened(put(tmp_path, zip_bytes([noise])), Limits()) as opened, pytest.raises(FileTruncated):
        opened.members[0].head(100) if how == "head" else opened.members[0].read()


@pytest.mark.parametrize("method", [0, 8], ids=["stored", "deflated"])
def test_the_start_of_a_member_is_read_without_the_rest(tmp_path: Path, method: int) -> None:
    entry = deflated(b"one", BODY) if method else Entry(b"one", BODY, zlib.crc32(BODY), len(BODY), 0)
    with archive.opened(put(tmp_path, zip_bytes([entry])), Limits()) as opened:
        assert opened.members[0].head(77) == BODY[:77]
        assert opened.members[0].read() == BODY


@pytest.mark.parametrize("name", ["../../outside", "/etc/outside", "C:\\outside", "a//b", "<b>bold</b>"])
def test_a_name_is_only_ever_shown_and_never_a_path(tmp_path: Path, name: str) -> None:
    before = set(tmp_path.rglob("*"))
    path = put(tmp_path, zip_bytes([deflated(name.encode(), BODY)]))
    with archive.opened(path, Limits()) as opened:
        assert [(member.name, member.read()) for member in opened.members] == [(name, BODY)]
    assert set(tmp_path.rglob("*")) - before == {path}


def test_two_members_of_one_name_are_both_read(tmp_path: Path) -> None:
    with archive.opened(put(tmp_path, zip_bytes([deflated(b"a", b"1"), deflated(b"a", b"2")])), Limits()) as opened:
        assert [member.read() for member in opened.members] == [b"1", b"2"]


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        pytest.param(b"link", (stat.S_IFLNK | 0o777) << 16, id="symbolic link"),
        pytest.param(b"__MACOSX/._one", 0, id="resource fork"),
        pytest.param(b"a/.DS_Store", 0, id="finder's notes"),
    ],
)
def test_what_is_no_file_of_the_series_is_passed_over_by_name(tmp_path: Path, name: bytes, attributes: int) -> None:
    aside = replace(deflated(name, b"x"), attributes=attributes)
    with archive.opened(put(tmp_path, zip_bytes([aside, deflated(b"one", BODY)])), Limits()) as opened:
        assert [passed.name for passed in opened.passed] == [name.decode()]
        assert [(member.number, member.name) for member in opened.members] == [(0, "one")]


def test_a_folder_gives_its_files_by_name_and_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two").write_bytes(b"2")
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "link").symlink_to("/etc/hostname")
    with archive.opened(tmp_path, Limits()) as opened:
        assert [(member.name, member.head(9), member.read()) for member in opened.members] == [
            ("a", b"1", b"1"),
            ("b/two", b"2", b"2"),
        ]


def test_an_empty_folder_is_called_empty(tmp_path: Path) -> None:
    assert isinstance(refusal(tmp_path), EmptyArchive)


def test_a_folder_of_too_many_files_is_refused(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_bytes(b"x")
    assert isinstance(refusal(tmp_path, Limits(members=2)), TooManyMembers)


def test_a_file_name_in_an_old_encoding_can_still_be_written_down(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe4")).write_bytes(b"x")
    with archive.opened(tmp_path, Limits()) as opened:
        assert opened.members[0].name.encode()


def test_a_single_picture_needs_no_zip(tmp_path: Path) -> None:
    body = as_bytes(make_series()[0])
    with archive.opened(put(tmp_path, body), Limits()) as opened:
        assert [member.read() for member in opened.members] == [body]
