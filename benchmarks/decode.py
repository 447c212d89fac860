"""Compressed pictures: the decoders through our own path against called bare, and a JPEG 2000 series to its views.

::

    ours    files with codestreams ─ found, held against their headers, decoded on two cores ─ volume.npy
    peer    the same codestreams ─ the same decoder, called bare, one after another ─ nothing kept

    ours    the series packed as JPEG 2000, zipped ─ last byte sent ─ three views received
    peer    the same zip ─ unzip + dcm2niix
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import MappingProxyType
from typing import Final

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.filereader import dcmread
from pydicom.uid import (
    UID,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)
from rle.utils import decode_pixel_data, encode_pixel_data

from benchmarks.ingest import dcm2niix, ours, unzip_and
from benchmarks.instance import Instance
from benchmarks.rows import Peer, Row, row
from webapp.config import Limits
from webapp.dicom import archive, codecs
from webapp.dicom.model import Instance as Picture
from webapp.dicom.read import read_instances
from webapp.dicom.voxels import write_voxels
from webapp.sandbox_child import Lines, keep_memory

PICTURES: Final = 48
ROUNDS: Final = 5
SERIES_ROUNDS: Final = 3
CORES: Final = 2

#: Stored values of 12 bits, (rows, columns) uint16.
Stored = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Codec:
    """A syntax with an encoder, its decoder called bare, and the bits it keeps."""

    encode: Callable[[Stored], bytes | bytearray]
    decode: Callable[[bytes, tuple[int, ...]], object]
    bits: int = 12


def _eight(stored: Stored) -> NDArray[np.uint8]:
    """The upper 8 of 12 bits."""
    return (stored >> 4).astype(np.uint8)


def _rle_encode(stored: Stored) -> bytes:
    """Run lengths of 16 bits."""
    rows, columns = stored.shape
    return bytes(
        encode_pixel_data(
            stored.tobytes(),
            byteorder="<",
            rows=rows,
            columns=columns,
            bits_allocated=16,
            samples_per_pixel=1,
            number_of_frames=1,
        )
    )


def _rle_decode(frame: bytes, shape: tuple[int, ...]) -> object:
    """Run lengths by the decoder that the application uses."""
    return decode_pixel_data(frame, version=2, rows=shape[0], columns=shape[1], bits_allocated=16)


CODECS: Final[Mapping[str, Codec]] = MappingProxyType(
    {
        JPEGBaseline8Bit: Codec(
            lambda stored: imagecodecs.jpeg8_encode(_eight(stored), level=95),
            lambda frame, _: imagecodecs.jpeg8_decode(frame),
            bits=8,
        ),
        JPEGExtended12Bit: Codec(
            lambda stored: imagecodecs.jpeg8_encode(stored, level=95, bitspersample=12),
            lambda frame, _: imagecodecs.jpeg8_decode(frame),
        ),
        JPEGLosslessSV1: Codec(
            lambda stored: imagecodecs.jpeg8_encode(stored, lossless=True, predictor=1, bitspersample=12),
            lambda frame, _: imagecodecs.jpeg8_decode(frame),
        ),
        JPEGLSLossless: Codec(imagecodecs.jpegls_encode, lambda frame, _: imagecodecs.jpegls_decode(frame)),
        JPEG2000Lossless: Codec(
            lambda stored: imagecodecs.jpeg2k_encode(stored, bitspersample=12, codecformat="j2k", reversible=True),
            lambda frame, _: imagecodecs.jpeg2k_decode(frame, numthreads=1),
        ),
        HTJ2KLossless: Codec(imagecodecs.htj2k_encode, lambda frame, _: imagecodecs.jpeg2k_decode(frame, numthreads=1)),
        RLELossless: Codec(_rle_encode, _rle_decode),
    }
)


def rows(instance: Instance, source: Path) -> list[Row]:
    """Measure both sides in turns.

    Parameters
    ----------
    instance : Instance
        A server that is running.
    source : Path
        A zip with a CT series of whole numbers.
    """
    keep_memory()
    datasets = _datasets(source)
    middle = datasets[max(0, (len(datasets) - PICTURES) // 2) :][:PICTURES]
    return [*(_speed(syntax, middle) for syntax in CODECS), _series(instance, datasets)]


def _datasets(source: Path) -> list[FileDataset]:
    """Every picture of a zip."""
    with zipfile.ZipFile(source) as packed:
        files = [dcmread(io.BytesIO(packed.read(name)), force=True) for name in packed.namelist()]
    return [one for one in files if "PixelData" in one]


def _stored(dataset: FileDataset) -> Stored:
    """A picture's stored values, held to 12 bits."""
    stored: Stored = np.clip(dataset.pixel_array, 0, 4095).astype(np.uint16)
    return stored


def _packed(dataset: FileDataset, syntax: str, codec: Codec) -> tuple[bytes, bytes]:
    """The file with its picture packed in another syntax, and the codestream alone."""
    frame = bytes(codec.encode(_stored(dataset)))
    body = io.BytesIO()
    dataset.save_as(body, enforce_file_format=True)
    copy = dcmread(io.BytesIO(body.getvalue()))
    copy.file_meta.TransferSyntaxUID = UID(syntax)
    copy.BitsAllocated, copy.BitsStored, copy.HighBit = 8 if codec.bits == 8 else 16, codec.bits, codec.bits - 1
    copy.PixelRepresentation = 0
    copy.PixelData = encapsulate([frame])
    copy["PixelData"].VR = "OB"
    written = io.BytesIO()
    copy.save_as(written, implicit_vr=False, little_endian=True, enforce_file_format=True)
    return written.getvalue(), frame


def _speed(syntax: str, datasets: list[FileDataset]) -> Row:
    """MB of decoded pixels a second, ours on two cores against the decoder called bare on one."""
    codec = CODECS[syntax]
    with TemporaryDirectory(prefix="trueslice-bench-") as folder, Path(os.devnull).open("wb") as nowhere:
        packed = [_packed(one, syntax, codec) for one in datasets]
        for number, (whole, _) in enumerate(packed):
            (Path(folder) / f"{number:04d}.dcm").write_bytes(whole)
        shape = (int(datasets[0].Rows), int(datasets[0].Columns))
        megabytes = len(packed) * shape[0] * shape[1] * (1 if codec.bits == 8 else 2) / 1e6
        with archive.opened(Path(folder), Limits()) as opened:
            pictures = tuple(read_instances(member, Limits())[0] for member in opened.members)
            sides: list[Callable[[], float]] = [
                lambda: _ours(pictures, Path(folder) / "volume.npy", Lines(nowhere)),
                lambda: _bare(codec, [frame for _, frame in packed], shape),
            ]
            for measure in sides:
                measure()
            taken = [[megabytes / measure() for measure in sides] for _ in range(ROUNDS)]
    peer = Peer("decoder called bare on one core", [one[1] for one in taken], 0.8, at_least=True)
    return row(f"{codecs.FAMILIES[syntax]} ({syntax}) on two cores", [one[0] for one in taken], peer, "MB/s")


def _ours(pictures: tuple[Picture, ...], volume: Path, lines: Lines) -> float:
    """Seconds from files to a volume."""
    start = perf_counter()
    decoded = write_voxels((pictures,), volume, Limits(), lines, CORES)
    taken = perf_counter() - start
    if decoded.failed:
        raise RuntimeError(next(iter(decoded.failed.values())).reason)
    return taken


def _bare(codec: Codec, frames: list[bytes], shape: tuple[int, ...]) -> float:
    """Seconds that the decoder alone takes."""
    start = perf_counter()
    for frame in frames:
        codec.decode(frame, shape)
    return perf_counter() - start


def _series(instance: Instance, datasets: list[FileDataset]) -> Row:
    """From the zip of a JPEG 2000 series to three views."""
    with TemporaryDirectory(prefix="trueslice-bench-") as folder:
        source = Path(folder) / "jpeg2000.zip"
        with ThreadPoolExecutor(CORES) as pool, zipfile.ZipFile(source, "w") as packed:
            syntax = JPEG2000Lossless
            wholes = pool.map(lambda one: _packed(one, syntax, CODECS[syntax])[0], datasets)
            for number, whole in enumerate(wholes):
                packed.writestr(f"series/{number:04d}.dcm", whole)
        sides: list[Callable[[], float]] = [
            lambda: ours(instance, source),
            lambda: unzip_and(source, dcm2niix),
        ]
        for measure in sides:
            measure()
        taken = [[measure() for measure in sides] for _ in range(SERIES_ROUNDS)]
    what = f"last byte of {len(datasets)} pictures as JPEG 2000 to three views"
    return row(what, [one[0] for one in taken], Peer("unzip + dcm2niix -z n", [one[1] for one in taken], 0.7), "s")
