"""The decoders, which syntax needs which, and the check of a codestream against its header before any decoder runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)
from rle.utils import decode_pixel_data

from webapp.dicom.codestream import JPEG, JPEG_2000, JPEG_LS, RLE, Codestream, codestream, rle_codestream, unboxed
from webapp.dicom.model import PixelFormat
from webapp.dicom.native import dtype_of, used_bits
from webapp.errors import CodestreamMismatch, DecodeFailed, NoDecoder

#: Syntaxes whose pixels are plain numbers.
NATIVE: Final = frozenset(
    map(str, (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian))
)

#: What each compressed syntax holds.
FAMILIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys((JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1), JPEG),
        **dict.fromkeys((JPEGLSLossless, JPEGLSNearLossless), JPEG_LS),
        **dict.fromkeys((JPEG2000Lossless, JPEG2000, HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K), JPEG_2000),
        RLELossless: RLE,
    }
)

#: Syntaxes that lose detail by definition.
LOSSY: Final = frozenset(map(str, (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000, HTJ2K)))

#: Transforms of JPEG 2000 that its decoder takes back itself (PS3.3 C.7.6.3.1.2).
_TAKEN_BACK: Final = ("YBR_ICT", "YBR_RCT")

#: Syntaxes whose names pydicom does not know yet.
_YOUNGER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
        "1.2.840.10008.1.2.4.111": "JPEG XL JPEG Recompression",
        "1.2.840.10008.1.2.4.112": "JPEG XL",
    }
)


@dataclass(frozen=True, slots=True)
class Decoder:
    """What turns a codestream into numbers.

    Parameters
    ----------
    package : str
        Where it comes from.
    numbers : callable
        Codestream, its description and the header's to an array of stored numbers, without any change of colours.
    """

    package: str
    numbers: Callable[[bytes, Codestream, PixelFormat], NDArray[np.generic]]


def _jpeg(frame: bytes, stream: Codestream, _: PixelFormat) -> NDArray[np.generic]:
    """Baseline, extended and lossless JPEG; colours declared alike on both sides are left as they are."""
    if stream.components == 1:
        grey: NDArray[np.generic] = imagecodecs.jpeg8_decode(frame)
        return grey
    colours: NDArray[np.generic] = imagecodecs.jpeg8_decode(frame, colorspace="RGB", outcolorspace="RGB")
    return colours


def _jpeg_ls(frame: bytes, _: Codestream, __: PixelFormat) -> NDArray[np.generic]:
    """JPEG-LS; colours that are coded one behind the other come out side by side as well."""
    picture: NDArray[np.generic] = imagecodecs.jpegls_decode(frame)
    return picture


def _jpeg_2000(frame: bytes, _: Codestream, __: PixelFormat) -> NDArray[np.generic]:
    """JPEG 2000 with either block coder by OpenJPEG; OpenJPH as packed there lets lossy numbers run over their ends."""
    picture: NDArray[np.generic] = imagecodecs.jpeg2k_decode(frame, numthreads=1)
    return picture


def _run_lengths(frame: bytes, _: Codestream, form: PixelFormat) -> NDArray[np.generic]:
    """RLE, which comes out one colour behind the other; its decoder panics on some damage, past all exceptions."""
    rows, columns, bits = form.rows, form.columns, form.bits_allocated
    try:
        packed = decode_pixel_data(frame, version=2, rows=rows, columns=columns, bits_allocated=bits)
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise DecodeFailed from error
        raise
    planes = np.frombuffer(packed, f"<u{bits // 8}").reshape(form.samples, rows, columns)
    return planes[0] if form.samples == 1 else np.moveaxis(planes, 0, -1)


#: Which decoder each family is given to: named, whatever else is installed. All but run lengths leave the other cores
#: free to decode their own pictures.
DECODERS: Final[Mapping[str, Decoder]] = MappingProxyType(
    {
        JPEG: Decoder("imagecodecs", _jpeg),
        JPEG_LS: Decoder("imagecodecs", _jpeg_ls),
        JPEG_2000: Decoder("imagecodecs", _jpeg_2000),
        RLE: Decoder("pylibjpeg-rle", _run_lengths),
    }
)


def decode(frame: bytes, syntax: str, form: PixelFormat) -> tuple[NDArray[np.generic], str]:
    """The stored values of one compressed picture.

    Parameters
    ----------
    frame : bytes
        Its codestream.
    syntax : str
        Transfer Syntax UID.
    form : PixelFormat
        What the header says.

    Returns
    -------
    (rows, columns) or (rows, columns, 3) ndarray
        In the header's own number type, Bits Stored (0028,0101) and the sign already applied. Colours by pixel and
        with full chrominance, whatever the header says of planes.
    str
        The Photometric Interpretation (0028,0004) in which they come out: what the codestream says of its colours
        before what the header does; ``"RGB"`` for the transforms that JPEG 2000 takes back.

    Raises
    ------
    NoDecoder, CodestreamMismatch, DecodeFailed
    """
    family = FAMILIES.get(syntax)
    if family is None:
        raise no_decoder(syntax)
    plain = unboxed(frame)
    stream = rle_codestream(plain, form) if family == RLE else codestream(plain)
    _hold_against(stream, family, form)
    picture = _numbers(plain, stream, form)
    return _stored(picture, stream, form, lossy=syntax in LOSSY), _photometric(stream, form)


def _numbers(frame: bytes, stream: Codestream, form: PixelFormat) -> NDArray[np.generic]:
    """What the decoder gives, in the header's own number type."""
    try:
        picture = DECODERS[stream.family].numbers(frame, stream, form)
    except MemoryError:
        raise
    except Exception as error:  # the codecs raise nearly anything on damaged streams
        raise DecodeFailed from error
    if picture.shape != ((form.rows, form.columns) if form.samples == 1 else (form.rows, form.columns, form.samples)):
        raise DecodeFailed
    return picture.astype(dtype_of(form), copy=False)


def no_decoder(syntax: str) -> NoDecoder:
    """The refusal of a compression that is not decoded here, by the standard's name.

    Parameters
    ----------
    syntax : str
        Transfer Syntax UID.
    """
    uid = UID(syntax)
    known = _YOUNGER.get(syntax) or (uid.name if uid.is_valid and uid.name != uid else "an unknown compression")
    return NoDecoder(f"This picture is stored as {known}, which is not decoded here.")


def _hold_against(stream: Codestream, family: str, form: PixelFormat) -> None:
    """Refuse a codestream that is not what the header says, before memory is asked for."""
    if stream.family != family:
        raise CodestreamMismatch(f"The compressed picture is {stream.family}, its header says {family} (0002,0010).")
    if (stream.rows, stream.columns) != (form.rows, form.columns):
        raise CodestreamMismatch(
            f"The compressed picture has {stream.rows} rows and {stream.columns} columns, its header says {form.rows} "
            f"and {form.columns}."
        )
    if stream.components != form.samples:
        raise CodestreamMismatch(
            f"The compressed picture has {stream.components} numbers a pixel, its header says {form.samples}."
        )
    if stream.precision > form.bits_allocated:
        raise CodestreamMismatch(
            f"The compressed picture has numbers of {stream.precision} bits, its header has room for "
            f"{form.bits_allocated}."
        )


def _photometric(stream: Codestream, form: PixelFormat) -> str:
    """How three numbers are a colour; what the codestream says comes first, where it says anything."""
    said = form.photometric
    if form.samples == 1:
        return said
    if stream.colour == "RGB" or said in _TAKEN_BACK:
        return "RGB"
    if stream.colour == "YBR" and not said.startswith("YBR"):
        return "YBR_FULL"
    return said


def _stored(picture: NDArray[np.generic], stream: Codestream, form: PixelFormat, *, lossy: bool) -> NDArray[np.generic]:
    """Stored values out of decoded numbers: of whole cells the stored bits, with the header's sign."""
    if stream.precision > form.bits_stored:
        beyond = lossy and stream.signed == form.signed and form.high_bit < form.bits_stored
        return _clipped(picture, form) if beyond else used_bits(picture, form.high_bit, form)
    if stream.signed == form.signed:
        return picture
    if stream.precision < form.bits_stored and (picture >> (stream.precision - 1)).any():  # type: ignore[operator]
        inside, outside = ("signed", "not") if stream.signed else ("not signed", "that they are")
        raise CodestreamMismatch(
            f"The compressed numbers have {stream.precision} bits and are {inside}; the header says {form.bits_stored} "
            f"bits and {outside} (0028,0103), so that some could be read in two ways."
        )
    return used_bits(picture, form.bits_stored - 1, form)


def _clipped(picture: NDArray[np.generic], form: PixelFormat) -> NDArray[np.generic]:
    """Numbers that lossy compression pushed beyond Bits Stored, put back to its ends."""
    low = -(1 << form.bits_stored - 1) if form.signed else 0
    held: NDArray[np.generic] = np.clip(picture, low, low + (1 << form.bits_stored) - 1)
    return held
