"""Pictures packed in every transfer syntax that is read."""

from __future__ import annotations

from collections.abc import Callable
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
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.factories import Scan, make_series

Picture = NDArray[np.generic]


def _unsigned(picture: Picture, bits: int) -> Picture:
    """The stored bits alone, as most encoders want them."""
    return picture.view(f"u{picture.dtype.itemsize}") & np.array((1 << bits) - 1, f"u{picture.dtype.itemsize}")


def _rle(picture: Picture, bits: int) -> bytes:
    """Run-length segments, one for each byte of a pixel."""
    runner = EncodeRunner(RLELossless)
    runner.set_options(
        rows=picture.shape[0],
        columns=picture.shape[1],
        samples_per_pixel=1,
        photometric_interpretation="MONOCHROME2",
        bits_allocated=picture.dtype.itemsize * 8,
        bits_stored=bits,
        pixel_representation=int(picture.dtype.kind == "i"),
        number_of_frames=1,
    )
    return bytes(_encode_frame(picture.tobytes(), runner))


#: An encoder for each syntax that loses nothing: picture and bits stored to a codestream.
LOSSLESS: dict[str, Callable[[Picture, int], bytes]] = {
    JPEGLossless: lambda picture, bits: imagecodecs.ljpeg_encode(_unsigned(picture, bits), bitspersample=bits),
    JPEGLosslessSV1: lambda picture, bits: imagecodecs.ljpeg_encode(_unsigned(picture, bits), bitspersample=bits),
    JPEGLSLossless: lambda picture, bits: imagecodecs.jpegls_encode(_unsigned(picture, bits)),
    JPEG2000Lossless: lambda picture, bits: bytes(openjpeg.encode_array(picture, bits_stored=bits)),
    JPEG2000: lambda picture, bits: bytes(openjpeg.encode_array(picture, bits_stored=bits)),
    HTJ2KLossless: lambda picture, bits: imagecodecs.htj2k_encode(picture),
    HTJ2KLosslessRPCL: lambda picture, bits: imagecodecs.htj2k_encode(picture),
    HTJ2K: lambda picture, bits: imagecodecs.htj2k_encode(picture),
    RLELossless: _rle,
}


def packed(frame: bytes, syntax: str, picture: Picture, bits: int, **tags: Any) -> FileDataset:
    """A codestream as a complete instance that says it is this picture."""
    dataset = make_series(Scan(slices=1))[0]
    size = picture.dtype.itemsize * 8
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.Rows, dataset.Columns = picture.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = size, bits, bits - 1
    dataset.PixelRepresentation = int(picture.dtype.kind == "i")
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OB"
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    return dataset


def encoded(syntax: str, picture: Picture, bits: int) -> FileDataset:
    """A picture packed in a lossless syntax."""
    return packed(LOSSLESS[syntax](picture, bits), syntax, picture, bits)


def lossy_12_bits(picture: Picture) -> FileDataset:
    """A 12-bit picture packed as extended JPEG."""
    frame = imagecodecs.jpeg8_encode(picture, level=98, bitspersample=12)
    return packed(frame, JPEGExtended12Bit, picture, 12)
