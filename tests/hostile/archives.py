"""Z: archives that are bombs, lies, riddles, or something else altogether."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from dataclasses import replace
from functools import partial

from tests.dicom.zips import END, Entry, deflated, full_overlap, large_file_zip, quoted_overlap, zip_bytes
from tests.factories import Scan
from tests.hostile.bodies import file_of, series_files, zipped
from tests.hostile.cases import File, Upload, either, opened, refused
from tests.hostile.town import MIB

CORRUPT = ("zip_corrupt", "zip_overlap", "zip_truncated", "zip_duplicate")
BROKEN = (*CORRUPT, "truncated_file", "no_dicom")


def packed(name: bytes, body: bytes, method: int, flags: int = 0) -> bytes:
    """A zip of one member whose bytes and method are as given."""
    return zip_bytes([Entry(name, body, zlib.crc32(body), len(body), method, flags)])


def lying() -> bytes:
    """50 MiB behind the word that they are 100 bytes."""
    return zip_bytes([replace(deflated(b"a", b"\0" * (50 * MIB)), size=100)])


def announced_bomb() -> bytes:
    """A picture of 51 MiB; with the limit of this instance it is one too many."""
    side = 5_200
    return zip_bytes([deflated(b"a", file_of(Rows=side, Columns=side, PixelData=b"\0" * (2 * side * side)))])


def many_bombs() -> bytes:
    """Five members that are within the limit alone and beyond it together."""
    body = b"\0" * 128 + b"DICM" + b"\0" * (45 * MIB)
    first = deflated(b"0", body)
    return zip_bytes([replace(first, name=b"%d" % number) for number in range(5)])


def fifty_gigabytes() -> bytes:
    """50 GB of zeros announced as a few bytes, in a stream of 50 MB."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = b"\0" * (64 * MIB)
    once = stream.compress(block) + stream.flush(zlib.Z_FULL_FLUSH)
    body = once * 780
    return zip_bytes([Entry(b"a", body, 0, 0xFFFF0000)])


def empty_entries(count: int) -> bytes:
    """A directory of so many names that all stand for nothing."""
    entry = Entry(b"", b"", 0, 0, 0)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, 8, 0) + b"00000000"
    head = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0)
    directory = b"".join(head + b"%08d" % number for number in range(count))
    tail = large_file_zip([entry])[-(END.size + 76) :]
    size, at = len(directory), len(local)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, at)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at + size, 1)
    return local + directory + record + locator + tail[-END.size :]


def with_locator_elsewhere() -> bytes:
    """A large-file end record that its locator does not point at."""
    whole = bytearray(large_file_zip([deflated(b"a", file_of())]))
    at = whole.rindex(b"PK\x06\x07")
    struct.pack_into("<Q", whole, at + 8, 4)
    return bytes(whole)


def disagreeing_large_record() -> bytes:
    """A large-file end record whose number of members is not that of its directory."""
    whole = bytearray(large_file_zip([deflated(b"a", file_of())]))
    at = whole.rindex(b"PK\x06\x06")
    struct.pack_into("<Q", whole, at + 32, 7)
    return bytes(whole)


def two_ends() -> bytes:
    """A whole zip in the comment of another."""
    first, second = zipped(series_files()), zip_bytes([deflated(b"b", file_of())])
    end = bytearray(first)
    struct.pack_into("<H", end, len(first) - 2, len(second))
    return bytes(end) + second


def nested(levels: int) -> bytes:
    """A zip in a zip in a zip."""
    whole = zipped(series_files())
    for _ in range(levels):
        whole = zipped([("inner.zip", whole)])
    return whole


def named(*names: str) -> bytes:
    """The good series under names that are paths to somewhere else."""
    files = series_files(Scan(slices=len(names)))
    return zipped((name, body) for name, (_, body) in zip(names, files, strict=True))


def raw_named(*names: bytes) -> bytes:
    """The same with names that are no text."""
    files = series_files(Scan(slices=len(names)))
    return zip_bytes([deflated(name, body) for name, (_, body) in zip(names, files, strict=True)])


def repeated_name() -> bytes:
    """Three pictures of one name, by upper and lower case and exactly."""
    files = series_files(Scan(slices=4))
    names = (b"A.dcm", b"a.dcm", b"A.dcm", b"a.dcm/b")
    return zip_bytes([deflated(name, body) for name, (_, body) in zip(names, files, strict=True)])


def with_links() -> bytes:
    """A symbolic link, a pipe and a device beside a series."""
    odd = [
        Entry(b"odd/link", b"/etc/passwd", zlib.crc32(b"/etc/passwd"), 11, 0, 0, (stat.S_IFLNK | 0o777) << 16),
        Entry(b"odd/pipe", b"", 0, 0, 0, 0, (stat.S_IFIFO | 0o666) << 16),
        Entry(b"odd/disk", b"", 0, 0, 0, 0, (stat.S_IFBLK | 0o666) << 16),
    ]
    return zip_bytes([*odd, *[deflated(name.encode(), body) for name, body in series_files()]])


def wrong_sum() -> bytes:
    """The seventh of the files does not fit its checksum."""
    files = [deflated(name.encode(), body) for name, body in series_files(Scan(slices=12))]
    files[6] = replace(files[6], crc=files[6].crc ^ 1)
    return zip_bytes(files)


def cut(share: float) -> bytes:
    """So much of a zip."""
    whole = zipped(series_files())
    return whole[: int(len(whole) * share)]


def tar_gz() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, body in series_files():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return stream.getvalue()


def with_litter() -> bytes:
    """What a Macintosh, a viewer disk and a burner add."""
    litter = {
        "__MACOSX/._a": b"\0\5\x16\7",
        ".DS_Store": b"\0\0\0\1Bud1",
        "DICOMDIR": file_of(SOPClassUID="1.2.840.10008.1.3.10", PixelData=None),
        "AUTORUN.INF": b"[autorun]\r\nopen=viewer.exe",
        "viewer.exe": b"MZ" + b"\x90" * 300,
    }
    return zipped([*litter.items(), *series_files()])


def many_patients() -> bytes:
    """Two patients, three studies, four series each."""
    files: list[tuple[str, bytes]] = []
    for study in range(3):
        for series in range(4):
            tags = {"PatientID": f"P{study % 2}", "StudyInstanceUID": f"1.2.3.{study}"}
            tags |= {"SeriesInstanceUID": f"1.2.3.{study}.{series}"}
            files += series_files(Scan(slices=3, tags=tags), f"{study}/{series}/")
    return zipped(files)


def after_picture(head: bytes) -> bytes:
    """A zip behind something else, with its directory told so."""
    stream = io.BytesIO()
    stream.write(head)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, body in series_files():
            archive.writestr(name, body)
    return stream.getvalue()


SERIES = partial(zipped, series_files())

UPLOADS = (
    Upload(
        "Z01", "1,000 names for one member, 10 GB in 58 kB", lambda: full_overlap(1000, 10 * MIB), refused(*CORRUPT)
    ),
    Upload("Z02", "members that quote each other's headers", lambda: quoted_overlap(20, 2 * MIB), refused(*CORRUPT)),
    Upload("Z03", "one member above the limit", announced_bomb, refused("expanded_too_big")),
    Upload("Z03", "members above the limit together", many_bombs, refused("expanded_too_big")),
    Upload("Z03", "50 GB in one member", fifty_gigabytes, refused("expanded_too_big", *BROKEN), slow=True),
    Upload("Z04", "a size that is a lie", lying, refused("expanded_too_big", *BROKEN)),
    Upload("Z05", "bzip2", lambda: packed(b"a", bz2.compress(b"\0" * MIB), 12), refused("zip_method")),
    Upload("Z05", "lzma", lambda: packed(b"a", lzma.compress(b"\0" * MIB), 14), refused("zip_method"), slow=True),
    Upload("Z06", "200,000 empty entries", lambda: empty_entries(200_000), refused("too_many_files")),
    Upload("Z06", "700,000 empty entries", lambda: empty_entries(700_000), refused("too_many_files"), slow=True),
    Upload("Z07", "a locator that points elsewhere", with_locator_elsewhere, refused(*CORRUPT)),
    Upload(
        "Z07",
        "a large-file record that disagrees",
        disagreeing_large_record,
        refused(*CORRUPT),
    ),
    Upload("Z07", "two end records", two_ends, refused(*CORRUPT)),
    Upload("Z08", "zip in zip in zip", lambda: nested(2), refused("no_dicom", "zip_nested", "nested_archive")),
    Upload("Z08", "a zip beside a series", lambda: zipped([("x.zip", SERIES()), *series_files()]), opened()),
    Upload(
        "Z09",
        "names that climb out",
        lambda: named("../../x", "/abs", "C:\\x", "..\\..\\y", "\\\\srv\\s", "a/../../b"),
        opened(),
    ),
    Upload("Z10", "names that are none", lambda: raw_named(b"ok\0.dcm", b"", b".", b"..", b" ", b"x" * 300), opened()),
    Upload("Z10", "a path 2,000 folders deep", lambda: raw_named(b"d/" * 2000 + b"f", b"g"), either(*CORRUPT)),
    Upload("Z11", "one name several times", repeated_name, either(*CORRUPT)),
    Upload("Z12", "links, pipes and devices", with_links, opened(aside="ignored")),
    Upload("Z13", "an encrypted member", lambda: packed(b"a", os.urandom(99), 0, 1), refused("zip_encrypted")),
    Upload("Z13", "AES", lambda: packed(b"a", os.urandom(99), 99, 1), refused("zip_encrypted"), slow=True),
    *(
        Upload("Z14", f"{share:.1%} of a zip", partial(cut, share), refused("zip_truncated"), slow=share > 0.5)
        for share in (0.5, 0.1, 0.9, 0.999)
    ),
    Upload("Z15", "a wrong checksum", wrong_sum, opened(aside="truncated_file", verdict="caution refused")),
    Upload("Z16", "a PDF", lambda: b"%PDF-1.7\n" + b"x" * 999, refused("not_a_zip")),
    Upload("Z16", "tar.gz", tar_gz, refused("not_a_zip")),
    Upload("Z16", "7z", lambda: b"7z\xbc\xaf\x27\x1c" + b"\0" * 99, refused("not_a_zip"), slow=True),
    Upload("Z16", "rar", lambda: b"Rar!\x1a\x07\x01\0" + b"\0" * 99, refused("not_a_zip"), slow=True),
    Upload("Z16", "a web page", lambda: b"<html><body>zip</body></html>", refused("not_a_zip"), slow=True),
    Upload("Z16", "gzip of a picture", lambda: gzip.compress(file_of()), refused("not_a_zip"), slow=True),
    Upload("Z16", "nothing", lambda: b"", refused("zip_empty")),
    Upload("Z16", "a picture that is in no zip", file_of, opened()),
    Upload("Z16", "60 MiB of random", lambda: os.urandom(60 * MIB), refused("not_a_zip"), slow=True),
    Upload(
        "Z17",
        "names in Shift-JIS, turned round, with escapes",
        lambda: raw_named("患者".encode("shift_jis"), b"\xff\xfe", "\u202egpj.exe".encode(), b"\x1b[31mred"),
        opened(),
    ),
    Upload("Z18", "what computers and burners add", with_litter, opened(aside="ignored not_an_image not_dicom")),
    Upload("Z19", "2 patients, 3 studies, 12 series", many_patients, opened(12)),
    Upload("Z20", "a zip behind a JPEG", lambda: after_picture(b"\xff\xd8\xff\xe0" + b"j" * 500), either(*CORRUPT)),
    Upload("Z20", "a zip behind a web page", lambda: after_picture(b"<html><script>1</script>"), either(*CORRUPT)),
)

FILES: tuple[File, ...] = ()
