"""Pictures packed in every transfer syntax that is read."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from openjpeg import utils as openjpeg
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders.base import EncodeRunner
from pydicom.pixels.encoders.native import _encode_frame
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.factories import Scan, make_series

Picture = NDArray[np.generic]
Encode = Callable[[Picture, int], bytes]

#: Where the size segment of a JPEG 2000 codestream says how deep its first component is.
_DEPTH = 42


def _unsigned(picture: Picture, bits: int) -> Picture:
    """The stored bits alone, as most encoders want them."""
    return picture.view(f"u{picture.dtype.itemsize}") & np.array((1 << bits) - 1, f"u{picture.dtype.itemsize}")


def _rle(picture: Picture, bits: int) -> bytes:
    """Run-length segments, one for each byte of a pixel."""
    coloured = picture.ndim == 3
    runner = EncodeRunner(RLELossless)
    runner.set_options(
        rows=picture.shape[0],
        columns=picture.shape[1],
        samples_per_pixel=3 if coloured else 1,
        photometric_interpretation="RGB" if coloured else "MONOCHROME2",
        planar_configuration=0,
        bits_allocated=picture.dtype.itemsize * 8,
        bits_stored=bits,
        pixel_representation=int(picture.dtype.kind == "i"),
        number_of_frames=1,
    )
    return bytes(_encode_frame(picture.tobytes(), runner))


def _lossless_jpeg(predictor: int) -> Encode:
    """Lossless JPEG with one of its seven predictors."""
    return lambda picture, bits: bytes(
        imagecodecs.jpeg8_encode(_unsigned(picture, bits), lossless=True, predictor=predictor, bitspersample=bits)
    )


def _jpeg_2000(picture: Picture, bits: int) -> bytes:
    """JPEG 2000 by the reversible transform; colours by the one that goes with it."""
    coloured = {"photometric_interpretation": 1} if picture.ndim == 3 else {}
    return bytes(openjpeg.encode_array(picture, bits_stored=bits, **coloured))


def _htj2k(picture: Picture, bits: int) -> bytes:
    """HTJ2K; its encoder knows whole bytes only: grey numbers are centred, coded with a sign, and told as they are."""
    if picture.ndim == 3 or bits == picture.dtype.itemsize * 8:
        return bytes(imagecodecs.htj2k_encode(picture))
    signed = picture.dtype.kind == "i"
    centred = picture if signed else picture.astype(np.int32) - (1 << bits - 1)
    frame = bytearray(imagecodecs.htj2k_encode(centred.astype(np.int16)))
    frame[_DEPTH] = bits - 1 | (0x80 if signed else 0)
    return bytes(frame)


#: An encoder for each syntax that loses nothing: picture and bits stored to a codestream.
LOSSLESS: dict[str, Encode] = {
    JPEGLossless: _lossless_jpeg(4),
    JPEGLosslessSV1: _lossless_jpeg(1),
    JPEGLSLossless: lambda picture, bits: bytes(imagecodecs.jpegls_encode(_unsigned(picture, bits))),
    JPEG2000Lossless: _jpeg_2000,
    JPEG2000: _jpeg_2000,
    HTJ2KLossless: _htj2k,
    HTJ2KLosslessRPCL: _htj2k,
    HTJ2K: _htj2k,
    RLELossless: _rle,
}


def _part(bits: int) -> float:
    """A fiftieth of the range."""
    return 0.02 * (1 << bits)


#: Encoders that lose something, and by how much at most in smooth pictures: stored values, by bits stored.
LOSSY: dict[str, tuple[Encode, Callable[[int], float]]] = {
    JPEGBaseline8Bit: (lambda picture, _: bytes(imagecodecs.jpeg8_encode(picture, level=98)), _part),
    JPEGExtended12Bit: (
        lambda picture, bits: bytes(imagecodecs.jpeg8_encode(picture, level=98, bitspersample=bits)),
        _part,
    ),
    JPEGLSNearLossless: (lambda picture, _: bytes(imagecodecs.jpegls_encode(picture, level=2)), lambda _: 2),
    JPEG2000: (
        lambda picture, bits: bytes(openjpeg.encode_array(picture, bits_stored=bits, compression_ratios=[4])),
        _part,
    ),
    HTJ2K: (lambda picture, _: bytes(imagecodecs.htj2k_encode(picture, level=1e-5, reversible=False)), _part),
}


def packed(frame: bytes, syntax: str, picture: Picture, bits: int, **tags: Any) -> FileDataset:
    """A codestream as a complete instance that says it is this picture."""
    dataset = make_series(Scan(slices=1))[0]
    size = picture.dtype.itemsize * 8
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.Rows, dataset.Columns = picture.shape[:2]
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = size, bits, bits - 1
    dataset.PixelRepresentation = int(picture.dtype.kind == "i")
    if picture.ndim == 3:
        dataset.SamplesPerPixel, dataset.PlanarConfiguration, dataset.PhotometricInterpretation = 3, 0, "RGB"
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OB"
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    return dataset


def encoded(syntax: str, picture: Picture, bits: int) -> FileDataset:
    """A picture packed in a lossless syntax."""
    return packed(LOSSLESS[syntax](picture, bits), syntax, picture, bits)


def item(body: bytes) -> bytes:
    """One item of an encapsulated element."""
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(body)) + body


def fragmented(fragments: Sequence[bytes], offsets: Sequence[int] = ()) -> bytes:
    """Fragments behind an offset table; the delimiter at their end is written with the file."""
    return item(struct.pack(f"<{len(offsets)}L", *offsets)) + b"".join(map(item, fragments))


def cut(frame: bytes, size: int) -> list[bytes]:
    """A codestream in pieces of an even length."""
    parts = [frame[at : at + size] for at in range(0, len(frame), size)]
    return [part + b"\0" * (len(part) % 2) for part in parts]
