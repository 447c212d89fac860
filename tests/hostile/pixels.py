"""P: pictures that are bombs, or whose codestream, run lengths, frames or colours contradict their header."""

from __future__ import annotations

import io
import random
import struct
from functools import cache, partial
from typing import Any

import imagecodecs
import numpy as np
from PIL import Image
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.factories import Scan, as_bytes, make_series
from tests.hostile.bodies import element, headed, one, series_files, zipped
from tests.hostile.cases import File, Upload, good_is_there, opened
from tests.hostile.headers import body_of, frames
from tests.hostile.town import MIB

SIZE = 64
REFUSED = (
    "expanded_too_big bad_dimensions codestream_mismatch decode_failed truncated_file not_dicom photometric no_decoder"
)
STOPPED = f"{REFUSED} stopped_reading"


def coded(syntax: UID, *pictures: bytes, **changes: Any) -> FileDataset:
    """A picture in a compression."""
    dataset = one(Rows=SIZE, Columns=SIZE, **changes)
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate(list(pictures))
    dataset["PixelData"].VR = "OB"
    return dataset


def bits(count: int) -> dict[str, int]:
    """The three elements that say so many bits."""
    return {"BitsAllocated": 16 if count > 8 else 8, "BitsStored": count, "HighBit": count - 1}


def jpeg_2000(width: int, height: int) -> bytes:
    """A codestream that says a size and holds next to nothing."""
    size = struct.pack(">HIIIIIIIIH", 0, width, height, 0, 0, width, height, 0, 0, 1) + bytes([15, 1, 1])
    coding = struct.pack(">BBHBBBBBB", 0, 0, 1, 0, 5, 4, 4, 0, 1)
    steps = b"\x40" + b"\x48" * 16
    parts = ((0x51, size), (0x52, coding), (0x5C, steps))
    head = b"".join(struct.pack(">BBH", 0xFF, mark, len(part) + 2) + part for mark, part in parts)
    tile = b"\xff\x90" + struct.pack(">HHIBB", 10, 0, 0, 0, 1)
    return b"\xff\x4f" + head + tile + b"\xff\x93" + b"\x80" * 16 + b"\xff\xd9"


@cache
def jpeg(width: int = SIZE, height: int = SIZE) -> bytes:
    """A JPEG that says another size than it has."""
    stream = io.BytesIO()
    Image.new("L", (SIZE, SIZE), 77).save(stream, "JPEG")
    whole = bytearray(stream.getvalue())
    struct.pack_into(">HH", whole, whole.index(b"\xff\xc0") + 5, height, width)
    return bytes(whole)


@cache
def noise() -> bytes:
    """64 × 64 numbers of 12 bits."""
    return np.random.default_rng(7).integers(0, 4096, (SIZE, SIZE)).astype("<u2").tobytes()


def jpeg_ls(width: int = SIZE, height: int = SIZE) -> bytes:
    """A JPEG-LS that says another size than it has."""
    whole = bytearray(imagecodecs.jpegls_encode(np.frombuffer(noise(), "<u2").reshape(SIZE, SIZE)))
    struct.pack_into(">HH", whole, whole.index(b"\xff\xf7") + 5, height, width)
    return bytes(whole)


def mutants(count: int) -> list[tuple[str, bytes]]:
    """Pictures in JPEG 2000 of which some bytes were changed behind their headers."""
    picture = np.frombuffer(noise(), "<u2").reshape(SIZE, SIZE)
    whole = imagecodecs.jpeg2k_encode(picture, level=0, reversible=True, codecformat="J2K")
    dice, files = random.Random(1), []
    for number in range(count):
        body = bytearray(whole)
        for _ in range(dice.randint(1, 30)):
            body[dice.randrange(120, len(body) - 2)] = dice.randrange(256)
        files.append((f"mutant {number}", as_bytes(coded(JPEG2000Lossless, bytes(body)))))
    return files


def run_lengths(count: int, each: int) -> bytes:
    """Segments of zeros by run lengths, as many and as long as asked for."""
    segment = b"\x81\x00" * (each // 128 + 1)
    starts = [64 + place * len(segment) for place in range(count)]
    return struct.pack("<16I", count, *starts, *[0] * (15 - count)) + segment * count


def fragments(count: int) -> bytes:
    """A picture in so many empty fragments."""
    body = body_of(one(PixelData=None), implicit=False)
    empty = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    pixels = element(0x7FE0, 0x10, b"OB", empty * (count + 1) + end, 0xFFFFFFFF)
    return headed(body + pixels, str(RLELossless).encode())


def wrong_offsets() -> FileDataset:
    """Two frames whose table of offsets points backwards and past the end."""
    dataset = coded(RLELossless, run_lengths(2, 4096), run_lengths(2, 4096), NumberOfFrames=2)
    body = bytearray(dataset.PixelData)
    struct.pack_into("<2I", body, 8, 99_999_999, 0)
    dataset.PixelData = bytes(body)
    return dataset


def large(rows: int, columns: int, count: bytes = b"") -> FileDataset | bytes:
    """A picture that says to be so large, with the pixels of a small one."""
    dataset = one(Rows=rows, Columns=columns)
    if not count:
        return dataset
    whole = frames(count)
    for number, value in ((0x10, rows), (0x11, columns)):
        whole = whole.replace(
            struct.pack("<HH2sH", 0x28, number, b"US", 2) + struct.pack("<H", 16 if number == 0x10 else 12),
            struct.pack("<HH2sHH", 0x28, number, b"US", 2, value),
        )
    return whole


def palette(entries: int, first: int = 0) -> FileDataset:
    """A picture in colours of a table with fewer entries than it says, or than it needs."""
    dataset = one(PhotometricInterpretation="PALETTE COLOR", **bits(8))
    dataset.PixelData = bytes(range(192))
    for colour in ("Red", "Green", "Blue"):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, first, 16])
        setattr(dataset, f"{colour}PaletteColorLookupTableData", b"\1\2" * entries)
    return dataset


def colour(kind: str, columns: int, size: int, plane: int = 0) -> FileDataset:
    """A picture in colours, its pixels so many bytes."""
    dataset = one(SamplesPerPixel=3, PhotometricInterpretation=kind, PlanarConfiguration=plane, **bits(8))
    dataset.Columns = columns
    dataset.PixelData = b"\x40" * size
    return dataset


def one_corrupt() -> bytes:
    """A series in run lengths whose seventh picture is damaged."""
    series = sorted(make_series(Scan(slices=14)), key=lambda picture: float(picture.ImagePositionPatient[2]))
    files = []
    for place, dataset in enumerate(series):
        dataset.compress(RLELossless)
        if place == 6:
            body = bytearray(dataset.PixelData)
            struct.pack_into("<I", body, 16, 0xFFFFFFFF)
            dataset.PixelData = bytes(body)
        files.append((str(place), as_bytes(dataset)))
    return zipped(files)


def scaled(slope: str) -> FileDataset:
    """A picture with such a rescale slope."""
    dataset = one()
    dataset["RescaleSlope"]._value = slope
    return dataset


def slopes() -> list[FileDataset]:
    """A series whose scale is another one for each slice."""

    def each(dataset: Any, k: int) -> None:
        dataset.RescaleSlope = 1 + k / 4

    return make_series(Scan(slices=5, each=each))


FILES = (
    File(
        "P01",
        "JPEG 2000 of 30,000 by 30,000 called 64 by 64",
        lambda: coded(JPEG2000Lossless, jpeg_2000(30_000, 30_000)),
        REFUSED,
    ),
    File(
        "P02", "JPEG 2000 of a million by a million", lambda: coded(JPEG2000Lossless, jpeg_2000(10**6, 10**6)), REFUSED
    ),
    File("P03", "JPEG of 60,000 by 60,000", lambda: coded(JPEGBaseline8Bit, jpeg(60_000, 60_000), **bits(8)), REFUSED),
    File("P04", "JPEG-LS of 65,535 by 65,535", lambda: coded(JPEGLSLossless, jpeg_ls(65_535, 65_535)), REFUSED),
    File("P05", "run lengths of 10 MB for 64 by 64", lambda: coded(RLELossless, run_lengths(2, 10 * MIB)), REFUSED),
    File(
        "P06",
        "4 billion segments",
        lambda: coded(RLELossless, struct.pack("<16I", *[0xFFFFFFFF] * 16) + b"\0" * 64),
        REFUSED,
    ),
    File(
        "P07", "a million frames of one fragment", lambda: coded(RLELossless, b"\0" * 64, NumberOfFrames=10**6), REFUSED
    ),
    File("P08", "100,001 empty fragments", partial(fragments, 100_001), f"{REFUSED} not_an_image"),
    File("P08", "offsets backwards and past the end", wrong_offsets, f"{REFUSED} either"),
    File("P09", "65,535 by 65,535 and 2 billion frames", lambda: large(65_535, 65_535, b"2147483647"), REFUSED),
    File("P09", "46,341 by 46,341", lambda: large(46_341, 46_341), REFUSED),
    File("P09", "65,535 by 32,769", lambda: large(65_535, 32_769), REFUSED),
    File("P09", "8,000 by 8,000 with the pixels of 16 by 12", lambda: large(8_000, 8_000), REFUSED),
    File(
        "P11",
        "a lossless JPEG that is none",
        lambda: coded(JPEGLosslessSV1, b"\xff\xd8\xff\xc3" + noise()[:600] + b"\xff\xd9"),
        STOPPED,
    ),
    File(
        "P11",
        "a JPEG-LS of noise",
        lambda: coded(JPEGLSLossless, jpeg_ls()[:40] + noise()[:900] + b"\xff\xd9"),
        STOPPED,
    ),
    File("P12", "a JPEG called JPEG 2000", lambda: coded(JPEG2000, jpeg(), **bits(8)), REFUSED),
    File("P12", "fragments called plain numbers", lambda: coded(ExplicitVRLittleEndian, jpeg(), **bits(8)), REFUSED),
    File("P13", "a palette of 3 entries called 256", partial(palette, 3), REFUSED),
    File("P13", "pixels below the palette's first entry", lambda: palette(256, 200), "shown bad_dimensions"),
    File("P14", "halved colours in 11 columns", lambda: colour("YBR_FULL_422", 11, 16 * 11 * 2), f"{REFUSED} either"),
    File("P14", "colours by planes", lambda: colour("RGB", 12, 16 * 12 * 3, 1), "shown"),
    File("P14", "colours short of a plane", lambda: colour("RGB", 12, 16 * 12 * 2, 1), REFUSED),
    File(
        "P15",
        "a lossy picture",
        lambda: one(LossyImageCompression="01", LossyImageCompressionRatio=12),
        "shown",
        finds="G63 G60 G61 G62 G64 G66 G67 G68 G69 G70",
    ),
    *(
        File("P17", f"a slope of {said}", partial(scaled, said), "bad_geometry either")
        for said in ("0", "1e308", "NaN", "x")
    ),
    File("P17", "a slope for each slice", slopes, "shown"),
    File("P17", "bright for low", lambda: one(PhotometricInterpretation="MONOCHROME1"), "shown"),
    File("P17", "padding", lambda: one(PixelPaddingValue=20), "shown"),
)

UPLOADS = (
    Upload(
        "P05",
        "run lengths of 200 MB for 64 by 64",
        lambda: zipped([("x", as_bytes(coded(RLELossless, run_lengths(2, 200 * MIB)))), *series_files()]),
        opened(aside=f"{REFUSED} expanded_too_big"),
        True,
    ),
    Upload(
        "P08",
        "a million empty fragments",
        lambda: zipped([("x", fragments(1_000_001)), *series_files()]),
        opened(aside=f"{STOPPED} not_an_image"),
        True,
    ),
    Upload(
        "P10",
        "60 mutants of JPEG 2000",
        lambda: zipped([*mutants(60), *series_files()]),
        good_is_there,
        True,
    ),
    Upload(
        "P10",
        "8 mutants of JPEG 2000",
        lambda: zipped([*mutants(8), *series_files()]),
        good_is_there,
    ),
    Upload(
        "P16",
        "one damaged picture of 14",
        one_corrupt,
        opened(aside=REFUSED, verdict="caution refused", finds="G29 G71"),
    ),
)
