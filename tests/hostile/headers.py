"""D: files whose elements are cut, deep, many, huge, contradictory, or written by nobody's standard."""

from __future__ import annotations

import struct
import zlib
from functools import partial
from typing import Any

from pydicom.dataset import Dataset, FileDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from tests.factories import Scan, as_bytes, make_series
from tests.hostile.bodies import element, file_of, headed, inserted, one, replaced, series_files, zipped
from tests.hostile.cases import File, Upload, either, opened
from tests.hostile.town import MIB

NOTHING = "not_dicom truncated_file not_an_image too_deep too_many_elements too_many_items"
ENDLESS = 0xFFFFFFFF
DEFLATED = b"1.2.840.10008.1.2.1.99"


def nest(depth: int) -> bytes:
    """Sequences in sequences, of undefined length."""
    opening = element(0x40, 0xA730, b"SQ", b"", ENDLESS) + struct.pack("<HHI", 0xFFFE, 0xE000, ENDLESS)
    closing = struct.pack("<HHI", 0xFFFE, 0xE00D, 0) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    return opening * depth + closing * depth


def items(count: int) -> bytes:
    """One sequence of so many empty items."""
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    return element(0x40, 0xA730, b"SQ", b"", ENDLESS) + struct.pack("<HHI", 0xFFFE, 0xE000, 0) * count + end


def privates(count: int) -> bytes:
    """So many private elements."""
    return b"".join(element(9, 0x1000 + number, b"LO", b"A ") for number in range(count))


def with_bytes(new: bytes, before: tuple[int, int] = (0x28, 0x10)) -> bytes:
    """A good picture with bytes put among its elements."""
    return inserted(file_of(), *before, new)


def with_element(group: int, number: int, kind: bytes, value: bytes) -> bytes:
    """A good picture with one element written by hand."""
    return replaced(file_of(), group, number, element(group, number, kind, value))


def frames(said: bytes) -> bytes:
    """A good picture that says so many frames."""
    said += b" " * (len(said) % 2)
    return inserted(file_of(), 0x28, 0x10, element(0x28, 8, b"IS", said))


def spacing(said: bytes) -> bytes:
    """A good picture of such a pixel size."""
    return with_element(0x28, 0x30, b"DS", said + b" " * (len(said) % 2))


def cut(share: float) -> bytes:
    whole = file_of()
    return whole[: 140 + int((len(whole) - 140) * share)]


def deflated(size: int) -> bytes:
    """A deflated data set that unpacks to so much."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = element(8, 0x60, b"CS", b"CT") + element(0x7FE0, 0x10, b"OW", b"", size)
    packed = stream.compress(head) + b"".join(stream.compress(b"\0" * MIB) for _ in range(size // MIB))
    return headed(packed + stream.flush(), DEFLATED)


def body_of(dataset: Dataset, *, implicit: bool, little: bool = True) -> bytes:
    """The elements alone, in any encoding."""
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = implicit, little
    write_dataset(buffer, dataset)
    return buffer.getvalue()


def without_meta() -> bytes:
    """Neither preamble nor meta elements."""
    return body_of(one(), implicit=True)


def without_syntax() -> bytes:
    """Meta elements that do not say the encoding."""
    meta = element(2, 2, b"UI", b"1.2.840.10008.5.1.4.1.1.2\0")
    body = body_of(one(), implicit=False)
    return b"\0" * 128 + b"DICM" + element(2, 0, b"UL", struct.pack("<I", len(meta))) + meta + body


def twins() -> list[FileDataset]:
    """A series in which a second, different picture has the identity of the first."""
    series = make_series()
    series[1].SOPInstanceUID = series[0].SOPInstanceUID
    series[1].file_meta.MediaStorageSOPInstanceUID = series[0].SOPInstanceUID
    return series


def mixed_patients() -> bytes:
    """Two patients who share every identity."""
    uids = {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.3.4"}
    files = [series_files(Scan(slices=4, tags={**uids, "PatientID": name}), f"{name}/") for name in ("A", "B")]
    return zipped(file for person in files for file in person)


def object_of(uid: str, **changes: Any) -> bytes:
    """An object of a class that is no picture, or none that can be shown."""
    return file_of(SOPClassUID=uid, PixelData=None, **changes)


def video() -> bytes:
    """MPEG-4, or what calls itself so."""
    body = body_of(one(PixelData=None), implicit=False)
    fragments = struct.pack("<HHI", 0xFFFE, 0xE000, 0) + struct.pack("<HHI", 0xFFFE, 0xE000, 8) + b"\0\0\0\x18ftyp"
    pixels = element(0x7FE0, 0x10, b"OB", fragments + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0), ENDLESS)
    return headed(body + pixels, b"1.2.840.10008.1.2.4.102")


def charset(said: bytes) -> bytes:
    """A name full of escapes in a character set of that name."""
    name = b"\x1b$B\x1b(J\x1b$)C\xff\xfe\x1b" * 200
    whole = replaced(file_of(), 0x10, 0x10, element(0x10, 0x10, b"PN", name + b" " * (len(name) % 2)))
    at = element(8, 5, b"CS", said + b" " * (len(said) % 2))
    return inserted(whole, 8, 8, at)


def preamble(start: bytes) -> bytes:
    whole = file_of()
    return start + whole[len(start) :]


def pixels(change: int) -> bytes:
    """A good picture with pixels added or taken away at the end, its length told so."""
    dataset = one()
    body = dataset.PixelData
    return replaced(
        as_bytes(dataset), 0x7FE0, 0x10, element(0x7FE0, 0x10, b"OW", body[:change] if change < 0 else body * change)
    )


BITS = "bad_dimensions codestream_mismatch not_dicom decode_failed photometric truncated_file"

FILES = (
    *(File("D01", f"{len(body)} bytes", partial(bytes, body), NOTHING) for body in (b"", b"x", b"\0" * 131)),
    File("D01", "DICM and nothing behind it", lambda: b"\0" * 128 + b"DICM", NOTHING),
    File("D02", "no preamble, no meta elements", without_meta, "either"),
    File("D02", "meta elements without an encoding", without_syntax, "either"),
    File("D03", "4 GB announced in 400 bytes", lambda: headed(element(16, 16, b"OB", b"A" * 99, 0xFFFFFFF0)), NOTHING),
    File("D03", "2 GB of text announced", lambda: headed(element(16, 0x4000, b"UT", b"A" * 99, 0x7FFFFFF0)), NOTHING),
    File("D03", "the same before good pixels", lambda: with_bytes(element(11, 16, b"UN", b"", 0xFFFFFFF0)), NOTHING),
    *(
        File("D04", f"cut at {step} of 16", partial(cut, step / 16), f"{NOTHING} bad_dimensions photometric")
        for step in range(0, 16, 2)
    ),
    File("D05", "60 sequences deep", lambda: with_bytes(nest(60), (0x7FE0, 0x10)), "shown"),
    File("D05", "150 sequences deep", lambda: headed(nest(150)), NOTHING),
    File("D05", "10,000 sequences deep", lambda: headed(nest(10_000)), NOTHING),
    File("D05", "10,000 deep before good pixels", lambda: with_bytes(nest(10_000), (0x7FE0, 0x10)), NOTHING),
    File("D07", "20,000 private elements", lambda: with_bytes(privates(20_000), (0x10, 0x10)), "either"),
    File("D08", "300 MiB behind a deflated data set", partial(deflated, 300 * MIB), f"{NOTHING} expanded_too_big"),
    File("D09", "implicit elements called explicit", lambda: headed(body_of(one(), implicit=True)), "either"),
    File(
        "D09",
        "explicit elements called implicit",
        lambda: headed(body_of(one(), implicit=False), b"1.2.840.10008.1.2"),
        "either",
    ),
    File(
        "D09",
        "big endian elements called little",
        lambda: headed(body_of(one(PixelData=b"\0" * 384), implicit=False, little=False)),
        "either",
    ),
    File("D10", "a kind that is none", lambda: with_bytes(struct.pack("<HH2sH", 11, 1, b"??", 4) + b"abcd"), "either"),
    File("D10", "unknown of endless length", lambda: with_bytes(element(11, 1, b"UN", b"", ENDLESS)), "either"),
    File(
        "D10",
        "meta elements of the wrong kind",
        lambda: preamble(b"")[:132] + element(2, 16, b"OB", b"\xff" * 40, 0x7FFFFFFF),
        NOTHING,
    ),
    File("D11", "2 billion rows", lambda: with_element(0x28, 16, b"UL", struct.pack("<I", 0x7FFFFFFF)), BITS),
    File("D11", "rows as text", lambda: with_element(0x28, 16, b"DS", b"16"), f"{BITS} either"),
    File("D11", "three numbers of rows", lambda: with_element(0x28, 16, b"US", b"\1\0\2\0\3\0"), BITS),
    File("D11", "no rows", lambda: one(Rows=None), BITS),
    File("D11", "0 columns", lambda: one(Columns=0), BITS),
    *(
        File("D12", f"{said.decode()} frames", partial(frames, said), BITS)
        for said in (b"-1", b"NaN", b"1e9", b"9" * 12)
    ),
    File("D12", "0 frames", partial(frames, b"0"), f"{BITS} either"),
    File("D12", "an empty number of frames", partial(frames, b""), f"{BITS} either"),
    File("D13", "0 bits", lambda: one(BitsAllocated=0), BITS),
    File("D13", "64 bits", lambda: one(BitsAllocated=64), BITS),
    File("D13", "1 bit", lambda: one(BitsAllocated=1, BitsStored=1, HighBit=0), f"{BITS} either"),
    File("D13", "12 bits", lambda: one(BitsAllocated=12, BitsStored=12), f"{BITS} either"),
    File("D13", "more bits stored than there are", lambda: one(BitsStored=40), f"{BITS} either"),
    File("D13", "a high bit that is not there", lambda: one(HighBit=63), f"{BITS} either"),
    File("D13", "0 samples", lambda: one(SamplesPerPixel=0), f"{BITS} either"),
    File("D13", "a sign that is neither", lambda: one(PixelRepresentation=2), f"{BITS} either"),
    *(File("D13", f"{count} samples", lambda count=count: one(SamplesPerPixel=count), BITS) for count in (2, 65535)),
    *(
        File("D14", f"a pixel size of {said.decode()}", partial(spacing, said), "shown", finds="G10 G14", bare=True)
        for said in (b"SMITH\\1.0", b"0\\0", b"-1\\1", b"nan\\inf", b"1\\2\\3", b"1")
    ),
    File("D14", "a pixel size of 1e-9 by 1e9", partial(spacing, b"1e-9\\1e9"), "either"),
    File("D15", "one byte too few", partial(pixels, -1), f"{BITS} either"),
    File("D15", "half the pixels", partial(pixels, -192), BITS),
    File("D15", "no pixel at all", partial(pixels, 0), f"{BITS} not_an_image"),
    File("D15", "ten times the pixels", partial(pixels, 10), BITS),
    *(
        File("D16", f"character set {said.decode()}", partial(charset, said), "shown")
        for said in (b"BOGUS", b"\\ISO 2022 IR 149", b"ISO_IR 192\\ISO 2022 IR 58", b"GB18030", b"ISO 2022 IR 87")
    ),
    File("D17", "an identity that is a path", lambda: one(SOPInstanceUID="../../etc/x"), "shown"),
    File("D17", "a very long identity", lambda: one(StudyInstanceUID="1." + "2" * 300), "shown"),
    File("D17", "an empty identity", lambda: one(SOPInstanceUID="", StudyInstanceUID=""), "shown"),
    File("D17", "an identity with a new line", lambda: one(StudyInstanceUID="1.2\n3"), "shown"),
    File("D18", "begins as a Windows program", partial(preamble, b"MZ\x90\0"), "shown"),
    File("D18", "begins as a Linux program", partial(preamble, b"\x7fELF"), "shown"),
    File("D18", "begins as a TIFF", partial(preamble, b"II*\0\x10\0\0\0"), "shown"),
    *(
        File(
            "D19",
            name,
            partial(object_of, f"1.2.840.10008.5.1.4.1.1.{uid}"),
            "not_an_image regions_unread truncated_file",
        )
        for name, uid in (
            ("a report", "88.33"),
            ("contours", "481.3"),
            ("a PDF", "104.1"),
            ("an ECG", "9.1.1"),
            ("a segmentation", "66.4"),
        )
    ),
    File("D19", "a video", video, "no_decoder"),
    File(
        "D20",
        "a table without its description",
        lambda: with_bytes(element(0x28, 0x3006, b"US", b"\0\1\2\3")),
        "either",
    ),
    File("D20", "an element of two possible kinds", lambda: with_bytes(element(0x28, 0x106, b"UN", b"\1\2")), "shown"),
    File("D21", "words for numbers and times", lambda: with_bytes(element(0x18, 0x60, b"DS", b"SMITHS")), "shown"),
    File("D21", "a name of 64 KiB", lambda: with_element(16, 16, b"PN", b"Z" * 65_534), "shown"),
    File("D21", "a comment of 10 MiB", lambda: with_bytes(element(0x20, 0x4000, b"UT", b"Z" * 10 * MIB)), "either"),
    File("D21", "32,767 numbers", lambda: with_bytes(element(0x18, 0x1271, b"DS", b"1\\" * 32_766 + b"1 ")), "shown"),
)


def doubled() -> bytes:
    """Every picture twice, under other names."""
    files = series_files()
    return zipped([*files, *((f"again/{name}", body) for name, body in files)])


UPLOADS = (
    Upload(
        "D05", "a million sequences deep", lambda: zipped([("x", headed(nest(1_000_000)))]), either("no_dicom"), True
    ),
    Upload(
        "D06",
        "a million empty items",
        lambda: zipped([("x", with_bytes(items(1_000_000), (0x7FE0, 0x10))), *series_files()]),
        opened(aside="stopped_reading not_dicom truncated_file too_many_items too_many_elements"),
        True,
    ),
    Upload(
        "D06",
        "250,000 empty items",
        lambda: zipped([("x", with_bytes(items(250_000), (0x7FE0, 0x10))), *series_files()]),
        either("no_dicom"),
    ),
    Upload(
        "D08", "1 GiB behind a deflated data set", lambda: zipped([("x", deflated(1 << 30))]), either("no_dicom"), True
    ),
    Upload(
        "D06",
        "48 MiB of zeros behind DICM",
        lambda: zipped([("x", b"\0" * 128 + b"DICM" + b"\0" * (47 * MIB)), *series_files()]),
        opened(aside="stopped_reading not_dicom truncated_file too_many_items too_many_elements"),
        True,
    ),
    Upload("D17", "two patients of one identity", mixed_patients, opened(2)),
    Upload("D22", "every picture twice", doubled, opened(1)),
    Upload(
        "D22",
        "two pictures of one identity",
        lambda: zipped((str(place), as_bytes(picture)) for place, picture in enumerate(twins())),
        opened(1, finds="G16 G17 G20 G21 G26 G29 G07 G08 G09 G41 G42 G43 G44 G45 G46 G47 G48"),
    ),
)
