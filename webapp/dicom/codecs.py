"""The decoders, which syntax needs which, and the check of a codestream against its header before any decoder runs."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder
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

from webapp.dicom.model import PixelFormat
from webapp.errors import CodestreamMismatch, DecodeFailed, NoDecoder

#: Syntaxes whose pixels are plain numbers.
NATIVE = frozenset(
    map(str, (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian))
)

_JPEG = frozenset((JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1))
_JPEG_LS = frozenset((JPEGLSLossless, JPEGLSNearLossless))
_JPEG_2000 = frozenset((JPEG2000Lossless, JPEG2000, HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K))

#: The plugin that decodes each syntax; named, because pydicom would otherwise take the first one installed.
PLUGINS = {
    **dict.fromkeys(_JPEG | _JPEG_LS, "imagecodecs"),
    **dict.fromkeys(_JPEG_2000, "pylibjpeg"),
    RLELossless: "pylibjpeg",
}

#: Syntaxes that lose detail by definition.
LOSSY = frozenset(map(str, (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000, HTJ2K)))

#: What pydicom asks of a plugin module: the packages each syntax needs.
DECODER_DEPENDENCIES = dict.fromkeys(_JPEG | _JPEG_LS, ("imagecodecs",))

#: Start-of-frame markers that carry a size (ITU-T T.81 B.1.1.3); 0xF7 is JPEG-LS (T.87 C.1.1).
_FRAME_MARKERS = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xF7))
_LOSSLESS_FRAME = 0xC3
_STANDALONE_MARKERS = frozenset((0x01, *range(0xD0, 0xD9)))


@dataclass(frozen=True, slots=True)
class Codestream:
    """What a compressed picture says about itself; only JPEG 2000 says whether its numbers are signed."""

    rows: int
    columns: int
    components: int
    precision: int
    signed: bool | None = None


def is_available(uid: str) -> bool:
    """Whether this module decodes a transfer syntax (asked by pydicom)."""
    return uid in DECODER_DEPENDENCIES


def decode_frame(src: bytes, runner: DecodeRunner) -> bytes:
    """One JPEG or JPEG-LS frame as bytes (called by pydicom).

    Parameters
    ----------
    src : bytes
        The codestream.
    runner : DecodeRunner
    """
    decode = imagecodecs.jpegls_decode if runner.transfer_syntax in _JPEG_LS else _jpeg_decode
    picture: NDArray[np.generic] = decode(src)
    runner.set_option("bits_allocated", picture.dtype.itemsize * 8)
    return picture.tobytes()


def _jpeg_decode(src: bytes) -> NDArray[np.generic]:
    """Lossless JPEG has its own decoder; the others are told the precision."""
    if src[_frame_marker(src) + 1] == _LOSSLESS_FRAME:
        lossless: NDArray[np.generic] = imagecodecs.ljpeg_decode(src)
        return lossless
    picture: NDArray[np.generic] = imagecodecs.jpeg8_decode(src)
    return picture


def install() -> None:
    """Give pydicom this module's decoders; a second call does nothing."""
    for syntax in DECODER_DEPENDENCIES:
        decoder = get_decoder(syntax)
        if "imagecodecs" not in decoder.available_plugins:
            decoder.add_plugin("imagecodecs", (__name__, "decode_frame"))


def decode(dataset: Dataset, syntax: str, form: PixelFormat) -> NDArray[np.generic]:
    """The stored values of a compressed single-frame picture.

    Parameters
    ----------
    dataset : Dataset
        With its Pixel Data.
    syntax : str
        Transfer Syntax UID.
    form : PixelFormat
        What the header says.

    Returns
    -------
    (rows, columns) ndarray
        Stored values.

    Raises
    ------
    NoDecoder, CodestreamMismatch, DecodeFailed
    """
    uid = UID(syntax)
    if uid not in PLUGINS:
        raise no_decoder(syntax)
    try:
        frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
    except Exception as error:  # pydicom raises nearly anything on damaged fragments
        raise DecodeFailed from error
    _hold_against(frame, uid, form)
    try:
        return get_decoder(uid).as_array(dataset, index=0, raw=True, decoding_plugin=PLUGINS[uid])[0]
    except MemoryError:
        raise
    except Exception as error:  # the codecs raise nearly anything on damaged streams
        raise DecodeFailed from error


def no_decoder(syntax: str) -> NoDecoder:
    """The refusal of a compression that is not decoded here, by the standard's name.

    Parameters
    ----------
    syntax : str
        Transfer Syntax UID.
    """
    uid = UID(syntax)
    name = uid.name if uid.is_valid and uid.name != uid else "an unknown compression"
    return NoDecoder(f"This picture is stored as {name}, which is not decoded here.")


def _hold_against(frame: bytes, uid: UID, form: PixelFormat) -> None:
    """Refuse a codestream whose own size is not the header's, before memory is asked for."""
    if uid == RLELossless:
        segments = int.from_bytes(frame[:4], "little")
        if segments != form.samples * form.bits_allocated // 8:
            raise CodestreamMismatch
        return
    stream = codestream(frame)
    if (stream.rows, stream.columns, stream.components) != (form.rows, form.columns, form.samples):
        raise CodestreamMismatch
    if stream.precision > form.bits_allocated:
        raise CodestreamMismatch
    if stream.signed is not None and stream.signed != form.signed:
        inside, outside = ("signed", "not") if stream.signed else ("not signed", "that they are")
        raise CodestreamMismatch(
            f"The compressed numbers are {inside}, the header says {outside} (Pixel Representation, 0028,0103)."
        )


def codestream(frame: bytes) -> Codestream:
    """Size, components and precision out of a JPEG, JPEG-LS or JPEG 2000 codestream.

    Raises
    ------
    DecodeFailed
    """
    try:
        return _jpeg_2000(frame) if frame.startswith(b"\xff\x4f\xff\x51") else _jpeg(frame)
    except (struct.error, IndexError) as error:
        raise DecodeFailed from error


def _jpeg_2000(frame: bytes) -> Codestream:
    """From the SIZ marker (ITU-T T.800 A.5.1)."""
    right, bottom, left, top = struct.unpack_from(">4L", frame, 8)
    components, depth = struct.unpack_from(">HB", frame, 40)
    return Codestream(bottom - top, right - left, components, (depth & 0x7F) + 1, bool(depth & 0x80))


def _jpeg(frame: bytes) -> Codestream:
    """From the start-of-frame marker (ITU-T T.81 B.2.2)."""
    place = _frame_marker(frame)
    precision, rows, columns, components = struct.unpack_from(">BHHB", frame, place + 4)
    return Codestream(rows, columns, components, precision)


def _frame_marker(frame: bytes) -> int:
    """Place of the start-of-frame marker.

    Raises
    ------
    DecodeFailed
    """
    if frame[:2] != b"\xff\xd8":
        raise DecodeFailed
    place = 2
    while place + 4 <= len(frame):
        if frame[place] != 0xFF:
            raise DecodeFailed
        marker = frame[place + 1]
        if marker in _FRAME_MARKERS:
            return place
        if marker == 0xFF:
            place += 1
        elif marker in _STANDALONE_MARKERS:
            place += 2
        else:
            place += 2 + int(struct.unpack_from(">H", frame, place + 2)[0])
    raise DecodeFailed
