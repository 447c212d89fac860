"""Stored values out of a file's bytes, and modality values out of stored values."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.filereader import dcmread
from pydicom.uid import UID

from webapp.config import Limits
from webapp.dicom.codecs import NATIVE, decode
from webapp.dicom.model import Instance, PixelFormat, Scale
from webapp.errors import BadDimensions, FileTruncated, NotDicom

_IMPLICIT: Final = "1.2.840.10008.1.2"
_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
_LONG_VRS: Final = (b"OB", b"OW", b"UN")
_PIXEL_DATA: Final = 0x7FE00010

#: Stored values of 32 bits times this, plus this, stay far within float32.
_STEEPEST: Final = 1e20

#: Whole numbers that every volume of whole numbers is kept in.
_INT16: Final = np.iinfo(np.int16)


class NotExact(Exception):
    """Values that int16 cannot hold exactly."""


def check_format(form: PixelFormat, limits: Limits) -> None:
    """Refuse pictures that are too large or stored in a way this version does not read.

    Raises
    ------
    BadDimensions
    """
    if max(form.rows, form.columns) > limits.rows:
        raise BadDimensions(f"The picture is larger than {limits.rows} rows or columns.")
    if form.bits_allocated not in (8, 16, 32):
        raise BadDimensions(f"Pictures of {form.bits_allocated} bits a pixel are not shown by this version.")


def stored_values(instance: Instance, whole: bytes) -> NDArray[np.integer]:
    """The picture's numbers as the modality stored them (PS3.5 8.1.1).

    Parameters
    ----------
    instance : Instance
    whole : bytes
        All bytes of its file.

    Returns
    -------
    (rows, columns) ndarray of int or uint
        Bits above High Bit and below its lowest bit are taken away; the sign is extended.

    Raises
    ------
    FileTruncated, NotDicom, NoDecoder, CodestreamMismatch, DecodeFailed
    """
    form = instance.format
    if instance.transfer_syntax in NATIVE and instance.pixel_offset >= 0:
        return _used_bits(_native(instance, whole), form.high_bit, form)
    try:
        dataset = dcmread(io.BytesIO(whole), force=True)
        dataset.file_meta.TransferSyntaxUID = UID(instance.transfer_syntax)
    except Exception as error:  # pydicom raises nearly anything on damaged files
        raise NotDicom("Its elements cannot be read.") from error
    if "PixelData" not in dataset:
        raise FileTruncated
    if instance.transfer_syntax in NATIVE:
        return _used_bits(_plain(dataset.PixelData, "<", form), form.high_bit, form)
    picture = decode(dataset, instance.transfer_syntax, form).reshape(form.rows, form.columns)
    return _used_bits(picture.astype(_dtype("=", form), copy=False), form.bits_stored - 1, form)


def _native(instance: Instance, whole: bytes) -> NDArray[np.integer]:
    """Uncompressed numbers straight out of the file's bytes."""
    order = ">" if instance.transfer_syntax == _BIG_ENDIAN else "<"
    byteorder: Final = "big" if order == ">" else "little"
    place = instance.pixel_offset
    group, element = (int.from_bytes(whole[at : at + 2], byteorder) for at in (place, place + 2))
    if group << 16 | element != _PIXEL_DATA:
        raise BadDimensions("Pictures of floating-point pixels are not shown by this version.")
    if instance.transfer_syntax == _IMPLICIT:
        start, length = place + 8, whole[place + 4 : place + 8]
    elif whole[place + 4 : place + 6] in _LONG_VRS:
        start, length = place + 12, whole[place + 8 : place + 12]
    else:
        start, length = place + 8, whole[place + 6 : place + 8]
    announced = int.from_bytes(length, byteorder)
    return _plain(memoryview(whole)[start : start + announced], order, instance.format)


def _plain(packed: bytes | memoryview, order: str, form: PixelFormat) -> NDArray[np.integer]:
    """Plain numbers as a picture."""
    if len(packed) < form.frame_bytes:
        raise FileTruncated(
            f"The picture data are cut short ({len(packed)} of {form.frame_bytes} bytes).",
            "Copy the file again from its source and upload once more.",
        )
    picture = np.frombuffer(packed[: form.frame_bytes], _dtype(order, form)).reshape(form.rows, form.columns)
    return picture.astype(picture.dtype.newbyteorder("="), copy=False)


def _dtype(order: str, form: PixelFormat) -> np.dtype[np.integer]:
    """The number type of one pixel."""
    return np.dtype(f"{order}{'i' if form.signed else 'u'}{form.bits_allocated // 8}")


def _used_bits(picture: NDArray[np.integer], high_bit: int, form: PixelFormat) -> NDArray[np.integer]:
    """Only the bits from High Bit down, shifted to the bottom, sign extended (PS3.5 8.1.1)."""
    above, spare = form.bits_allocated - 1 - high_bit, form.bits_allocated - form.bits_stored
    if spare == 0:
        return picture
    return (picture << above) >> spare


def whole_values(stored: NDArray[np.integer], scale: Scale) -> NDArray[np.int16]:
    """Modality values as int16, where that loses nothing.

    Parameters
    ----------
    stored : (rows, columns) ndarray
        Stored values.
    scale : Scale

    Returns
    -------
    (rows, columns) ndarray of int16
        Modality units.

    Raises
    ------
    NotExact
        A fraction, or a value beyond ±32 767.
    """
    if scale.slope != 1 or scale.intercept != int(scale.intercept):
        raise NotExact
    shift = int(scale.intercept)
    low, high = int(stored.min()) + shift, int(stored.max()) + shift
    if low < _INT16.min or high > _INT16.max or not _INT16.min <= shift <= _INT16.max:
        raise NotExact
    return stored.astype(np.int16) + np.int16(shift)


def real_values(stored: NDArray[np.integer], scale: Scale) -> NDArray[np.float32]:
    """Modality values as float32: stored × slope + intercept (PS3.3 C.11.1.1.2).

    Parameters
    ----------
    stored : (rows, columns) ndarray
        Stored values.
    scale : Scale

    Returns
    -------
    (rows, columns) ndarray of float32
        Modality units.
    """
    return (stored * float(scale.slope) + float(scale.intercept)).astype(np.float32)


def usable(scale: Scale) -> bool:
    """Whether slope and intercept are numbers that keep every value within float32, and the slope is not 0."""
    return 0 < abs(scale.slope) <= _STEEPEST and abs(scale.intercept) <= _STEEPEST


def value_unit(instance: Instance) -> str | None:
    """The unit of the modality values where it is known.

    HU for a rescaled CT (PS3.3 C.8.2.1.1.2), the Units (0054,1001) of PET when they are becquerel per millilitre.
    """
    if instance.modality == "CT":
        return "HU" if instance.scale.present and instance.scale.kind in ("", "HU") else None
    if instance.modality == "PT" and str(instance.dataset.get("Units", "")) == "BQML":
        return "Bq/ml"
    return None
