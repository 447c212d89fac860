"""Zips, folders and files as members, within limits."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dicom.zips import Entry, deflated, full_overlap, large_file_zip, quoted_overlap, zip_bytes
from webapp.config import Limits
from webapp.dicom import archive
from webapp.errors import (
    ArchiveCorrupt,
    ArchiveEncrypted,
    ArchiveMethod,
    ArchiveOverlap,
    ArchiveTruncated,
    EmptyArchive,
    ExpandedTooBig,
    NotAnArchive,
    TooManyMembers,
    TruesliceError,
)

BODY = b"a picture " * 500


def put(folder: Path, body: bytes) -> Path:
    path = folder / "upload"
    path.write_bytes(body)
    return path


def refusal(path: Path, limits: Limits | None = None) -> TruesliceError:
    with pytest.raises(TruesliceError) as caught, archive.opened(path, limits or Limits()):
        pass
    return caught.value


def two_files() -> bytes:
    return zip_bytes([deflated(b"one", BODY), deflated(b"two", BODY)])


@pytest.mark.parametrize(
    ("start", "words"),
    [
        pytest.param(b"%PDF-1.7 ", "a PDF", id="pdf"),
        pytest.param(b"7z\xbc\xaf\x27\x1c", "a 7z archive", id="7z"),
        pytest.param(b"Rar!\x1a\x07", "a RAR archive", id="rar"),
        pytest.param(b"\x1f\x8b\x08", "a gzip file", id="gzip"),
        pytest.param(b"BZh9", "a bzip2 file", id="bzip2"),
        pytest.param(b"\xff\xd8\xff\xe0", "a JPEG picture", id="jpeg"),
        pytest.param(b"\x89PNG\r\n", "a PNG picture", id="png"),
        pytest.param(b"<!doctype html>", "a web page", id="html"),
        pytest.param(b"hello", "not a zip file", id="text"),
    ],
)
def test_a_file_that_is_no_zip_is_refused_by_what_it_is(tmp_path: Path, start: bytes, words: str) -> None:
    error = refusal(put(tmp_path, start + b"x" * 300))
    assert isinstance(error, NotAnArchive)
    assert words in error.cause
    assert "zip" in error.cure


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    error = refusal(put(tmp_path, b""))
    assert isinstance(error, NotAnArchive)
    assert "empty" in error.cause


@pytest.mark.parametrize(
    "entries", [pytest.param([], id="nothing"), pytest.param([Entry(b"a/", b"", 0, 0, 0)], id="folders only")]
)
def test_a_zip_without_files_is_called_empty(tmp_path: Path, entries: list[Entry]) -> None:
    assert isinstance(refusal(put(tmp_path, zip_bytes(entries))), EmptyArchive)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_zip_cut_short_says_that_its_end_is_missing(tmp_path: Path, share: float) -> None:
    whole = two_files()
    error = refusal(put(tmp_path, whole[: int(len(whole) * share)]))
    assert isinstance(error, ArchiveTruncated)
    assert "again" in error.cure


def test_a_zip_without_its_last_byte_is_cut_short(tmp_path: Path) -> None:
    assert isinstance(refusal(put(tmp_path, two_files()[:-1])), ArchiveTruncated)


def test_a_zip_with_a_hole_in_its_middle_is_called_damaged(tmp_path: Path) -> None:
    whole = two_files()
    assert isinstance(refusal(put(tmp_path, whole[:40] + whole[60:])), ArchiveCorrupt)


def test_a_member_that_runs_past_the_end_of_the_zip_is_cut_short(tmp_path: Path) -> None:
    lying = replace(deflated(b"one", BODY), offset=0, packed=b"x" * 10_000)
    honest = deflated(b"one", BODY)
    assert isinstance(refusal(put(tmp_path, _pointing(honest, lying))), ArchiveTruncated)


def _pointing(honest: Entry, lying: Entry) -> bytes:
    """The bytes of one member under the directory of another."""
    body = zip_bytes([honest])
    directory = zip_bytes([lying])
    start, end = body.index(b"PK\x01\x02"), directory.index(b"PK\x01\x02")
    whole = bytearray(body[:start] + directory[end:])
    whole[-6:-2] = start.to_bytes(4, "little")
    return bytes(whole)


def test_a_directory_that_points_beside_its_members_is_called_damaged(tmp_path: Path) -> None:
    first = deflated(b"one", BODY)
    assert isinstance(refusal(put(tmp_path, zip_bytes([first, replace(first, offset=3)]))), ArchiveCorrupt)


def test_a_directory_of_noise_is_called_damaged(tmp_path: Path) -> None:
    whole = bytearray(two_files())
    whole[whole.index(b"PK\x01\x02")] ^= 0xFF
    assert isinstance(refusal(put(tmp_path, bytes(whole))), ArchiveCorrupt)


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(full_overlap(1000, 1 << 16), id="all entries one member"),
        pytest.param(quoted_overlap(20, 1 << 16), id="headers quoted inside members"),
    ],
)
def test_a_bomb_of_overlapping_members_is_refused(tmp_path: Path, bomb: bytes) -> None:
    assert isinstance(refusal(put(tmp_path, bomb)), ArchiveOverlap)


def test_an_encrypted_zip_asks_for_one_without_a_password(tmp_path: Path) -> None:
    error = refusal(put(tmp_path, zip_bytes([replace(deflated(b"one", BODY), flags=1)])))
    assert isinstance(error, ArchiveEncrypted)
    assert "password" in error.cure


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_a_rare_compression_is_refused_with_the_usual_ones_named(tmp_path: Path, method: int) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as rare:
        rare.writestr("one", BODY)
    error = refusal(put(tmp_path, stream.getvalue()))
    assert isinstance(error, ArchiveMethod)
    assert "deflate" in error.cure


def test_more_files_than_the_limit_are_refused(tmp_path: Path) -> None:
    assert isinstance(refusal(put(tmp_path, two_files()), Limits(members=1)), TooManyMembers)


def test_a_directory_that_hides_its_length_is_counted(tmp_path: Path) -> None:
    many = zip_bytes([deflated(b"%d" % number, b"x") for number in range(5)], count=1)
    assert isinstance(refusal(put(tmp_path, many), Limits(members=3)), TooManyMembers)


def test_a_directory_larger_than_the_limit_is_not_even_parsed(tmp_path: Path) -> None:
    assert isinstance(refusal(put(tmp_path, two_files()), Limits(directory_bytes=50)), TooManyMembers)


def test_the_record_for_large_zips_is_understood(tmp_path: Path) -> None:
    path = put(tmp_path, large_file_zip([deflated(b"one", BODY)]))
    with archive.opened(path, Limits()) as opened:
        assert [member.read() for member in opened.members] == [BODY]


def test_the_record_for_large_zips_is_held_to_the_limit_too(tmp_path: Path) -> None:
    path = put(tmp_path, large_file_zip([deflated(b"one", BODY), deflated(b"two", BODY)]))
    assert isinstance(refusal(path, Limits(members=1)), TooManyMembers)


def test_a_broken_record_for_large_zips_is_called_damaged(tmp_path: Path) -> None:
    assert isinstance(refusal(put(tmp_path, large_file_zip([deflated(b"one", BODY)], b"PK\x06\x09"))), ArchiveCorrupt)


def test_members_that_unpack_to_more_than_the_limit_together_are_refused(tmp_path: Path) -> None:
    assert isinstance(refusal(put(tmp_path, two_files()), Limits(expanded_bytes=len(BODY))), ExpandedTooBig)


def test_a_zip_with_two_ends_is_refused(tmp_path: Path) -> None:
    inner, outer = zip_bytes([deflated(b"one", BODY)]), zip_bytes([deflated(b"two", BODY)])
    hidden = outer[:-2] + len(inner).to_bytes(2, "little") + inner
    assert "several ends" in refusal(put(tmp_path, hidden)).cause


def test_bytes_behind_the_end_are_refused_and_padding_is_not(tmp_path: Path) -> None:
    assert "follow its end" in refusal(put(tmp_path, two_files() + b"more")).cause
    with archive.opened(put(tmp_path, two_files() + bytes(512)), Limits()) as found:
        assert len(found.members) == 2


def test_a_directory_that_disagrees_with_its_members_is_refused(tmp_path: Path) -> None:
    body = bytearray(two_files())
    body[22] ^= 1  # the size in front of the first member
    assert "something else than the directory" in refusal(put(tmp_path, bytes(body))).cause


def test_a_directory_that_miscounts_itself_is_refused(tmp_path: Path) -> None:
    assert "as many files as it says" in refusal(put(tmp_path, zip_bytes([deflated(b"one", BODY)], count=3))).cause


def test_the_two_end_records_of_a_large_zip_must_agree(tmp_path: Path) -> None:
    body = bytearray(large_file_zip([deflated(b"one", BODY)]))
    body[-12:-10] = b"\x07\x00"
    assert "contradict" in refusal(put(tmp_path, bytes(body))).cause


def test_a_zip_that_unpacks_to_hundreds_of_times_its_size_is_refused(tmp_path: Path) -> None:
    zeros = deflated(b"zeros", b"\0" * (1 << 20))
    bomb = zip_bytes([replace(zeros, size=300 << 20)])
    assert "implausible" in refusal(put(tmp_path, bomb)).cause


def test_names_are_shown_without_what_steers_a_terminal(tmp_path: Path) -> None:
    name = "a\x1b[31m\u202egnp.exe".encode()
    with archive.opened(put(tmp_path, zip_bytes([replace(deflated(name, BODY), flags=0x800)])), Limits()) as found:
        assert found.members[0].name == "a\ufffd[31m\ufffdgnp.exe"


def test_long_names_are_shown_by_their_end(tmp_path: Path) -> None:
    with archive.opened(put(tmp_path, zip_bytes([deflated(b"d/" * 2000 + b"end.dcm", BODY)])), Limits()) as found:
        assert len(found.members[0].name) == 200
        assert found.members[0].name.endswith("end.dcm")
