"""Stored values out of a file's bytes: one pixel element, one frame at a time, or a part of one."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.filereader import dcmread
from pydicom.uid import UID

from webapp.dicom.codecs import NATIVE, PLUGINS, decode, no_decoder
from webapp.dicom.model import Instance, PixelFormat
from webapp.errors import BadDimensions, CodestreamMismatch, DecodeFailed, FileTruncated, NotDicom

_IMPLICIT: Final = "1.2.840.10008.1.2"
_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
_LONG_VRS: Final = (b"OB", b"OW", b"UN")
_PIXEL_DATA: Final = 0x7FE00010
_UNDEFINED: Final = 0xFFFFFFFF
_ENCAPSULATED: Final = (
    "The picture data are packed in fragments, but the transfer syntax (0002,0010) says plain numbers."
)


class Pixels:
    """The pixel element of one file, found once for all its frames.

    Parameters
    ----------
    instance : Instance
        Any picture of the file.
    whole : bytes
        All bytes of the file.

    Raises
    ------
    FileTruncated, NotDicom, BadDimensions, CodestreamMismatch, DecodeFailed
    """

    def __init__(self, instance: Instance, whole: bytes) -> None:
        self._syntax = instance.transfer_syntax
        self._frames = instance.frames
        self._order = ">" if self._syntax == _BIG_ENDIAN and instance.pixel_offset >= 0 else "<"
        self._only: Dataset | None = None
        self._encoded: list[bytes] = []
        self._plain: memoryview | None = None
        self._last: tuple[int, NDArray[np.integer]] | None = None
        if self._syntax in NATIVE and instance.pixel_offset >= 0:
            self._plain = _element(instance, whole)
            return
        dataset = _parsed(whole, self._syntax)
        if self._syntax in NATIVE:
            if dataset["PixelData"].is_undefined_length:
                raise CodestreamMismatch(_ENCAPSULATED)
            self._plain = memoryview(dataset.PixelData)
            _hold_to_length(len(self._plain), instance)
        elif self._frames == 1:
            self._only = dataset
        elif self._syntax in PLUGINS:
            self._encoded = _codestreams(dataset, self._frames)

    def stored_values(self, instance: Instance) -> NDArray[np.integer]:
        """One picture's numbers as the modality stored them (PS3.5 8.1.1).

        Parameters
        ----------
        instance : Instance
            Of this file.

        Returns
        -------
        (rows, columns) ndarray of int or uint
            Bits above High Bit and below its lowest bit are taken away; the sign is extended.

        Raises
        ------
        FileTruncated, NoDecoder, CodestreamMismatch, DecodeFailed
        """
        tile = instance.tile
        if tile is None:
            return self._frame(instance, instance.format)
        if self._last is None or self._last[0] != instance.frame:
            self._last = (instance.frame, self._frame(instance, tile.whole))
        form = instance.format
        return self._last[1][tile.top : tile.top + form.rows, tile.left : tile.left + form.columns]

    def stored_bytes(self, instance: Instance) -> bytes:
        """What tells one picture of the file from another: its stored bytes, of a tile its numbers.

        Parameters
        ----------
        instance : Instance
            Of this file.

        Raises
        ------
        FileTruncated, NoDecoder, CodestreamMismatch, DecodeFailed
        """
        if instance.tile is not None:
            return self.stored_values(instance).tobytes()
        if self._plain is not None:
            return bytes(_cut(self._plain, instance.frame, instance.format))
        return self._encoded_frame(instance.frame)

    def _frame(self, instance: Instance, form: PixelFormat) -> NDArray[np.integer]:
        """The numbers of a whole frame."""
        if self._plain is not None:
            return _used_bits(_numbers(_cut(self._plain, instance.frame, form), self._order, form), form.high_bit, form)
        dataset = self._only
        if dataset is None:
            dataset = _one_frame(self._encoded_frame(instance.frame), form, self._syntax)
        picture = decode(dataset, self._syntax, form).reshape(form.rows, form.columns)
        return _used_bits(picture.astype(_dtype("=", form), copy=False), form.bits_stored - 1, form)

    def _encoded_frame(self, frame: int) -> bytes:
        """One frame's codestream."""
        if self._only is not None:
            return bytes(self._only.PixelData)
        if self._syntax not in PLUGINS:
            raise no_decoder(self._syntax)
        if frame >= len(self._encoded):
            raise FileTruncated(f"The picture data hold {len(self._encoded)} of {self._frames} frames.")
        return self._encoded[frame]


def _codestreams(dataset: Dataset, frames: int) -> list[bytes]:
    """Every frame's fragments put together, by the offset tables where they are (PS3.5 A.4, PS3.3 C.7.6.3.1.8)."""
    tables = (dataset.get("ExtendedOffsetTable"), dataset.get("ExtendedOffsetTableLengths"))
    extended = None if tables[0] is None or tables[1] is None else (tables[0], tables[1])
    try:
        return list(generate_frames(dataset.PixelData, number_of_frames=frames, extended_offsets=extended))
    except Exception as error:  # pydicom raises nearly anything on damaged fragments
        raise DecodeFailed from error


def _one_frame(frame: bytes, form: PixelFormat, syntax: str) -> Dataset:
    """A codestream as a single-frame object of its own."""
    dataset = Dataset()
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = form.rows, form.columns, form.samples
    dataset.PhotometricInterpretation = form.photometric
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = form.bits_allocated, form.bits_stored, form.high_bit
    dataset.PixelRepresentation = int(form.signed)
    dataset.PixelData = encapsulate([frame])
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    return dataset


def _parsed(whole: bytes, syntax: str) -> Dataset:
    """The file through pydicom, with its pixel element."""
    try:
        dataset = dcmread(io.BytesIO(whole), force=True)
        dataset.file_meta.TransferSyntaxUID = UID(syntax)
    except Exception as error:  # pydicom raises nearly anything on damaged files
        raise NotDicom("Its elements cannot be read.") from error
    if "PixelData" not in dataset:
        raise FileTruncated
    return dataset


def _element(instance: Instance, whole: bytes) -> memoryview:
    """The value of an uncompressed pixel element straight out of the file's bytes."""
    byteorder: Final = "big" if instance.transfer_syntax == _BIG_ENDIAN else "little"
    place = instance.pixel_offset
    group, element = (int.from_bytes(whole[at : at + 2], byteorder) for at in (place, place + 2))
    if group << 16 | element != _PIXEL_DATA:
        raise BadDimensions("Pictures of floating-point pixels are not shown by this version.")
    vr = whole[place + 4 : place + 6]
    if vr in _LONG_VRS:  # whatever the transfer syntax says: read as a length these letters would be an odd one
        start, length = place + 12, whole[place + 8 : place + 12]
    elif instance.transfer_syntax == _IMPLICIT or not vr.isalpha():
        start, length = place + 8, whole[place + 4 : place + 8]
    else:
        start, length = place + 8, whole[place + 6 : place + 8]
    announced = int.from_bytes(length, byteorder)
    if announced == _UNDEFINED and len(length) == 4:
        raise CodestreamMismatch(_ENCAPSULATED)
    _hold_to_length(announced, instance)
    return memoryview(whole)[start : start + announced]


def _hold_to_length(length: int, instance: Instance) -> None:
    """Refuse plain pixels that are more than the header describes: then it describes something else."""
    form = instance.format if instance.tile is None else instance.tile.whole
    described = max(instance.announced, instance.frames) * form.frame_bytes
    if length > described + described % 2:
        raise CodestreamMismatch(
            f"The picture data hold {length} bytes, but rows, columns, bits and frames describe {described}."
        )


def _cut(packed: memoryview, frame: int, form: PixelFormat) -> memoryview:
    """The bytes of one frame."""
    part = packed[frame * form.frame_bytes : (frame + 1) * form.frame_bytes]
    if len(part) < form.frame_bytes:
        raise FileTruncated(
            f"The picture data are cut short ({len(packed)} of {(frame + 1) * form.frame_bytes} bytes).",
            "Copy the file again from its source and upload once more.",
        )
    return part


def _numbers(packed: memoryview, order: str, form: PixelFormat) -> NDArray[np.integer]:
    """Plain numbers as a picture."""
    picture = np.frombuffer(packed, _dtype(order, form)).reshape(form.rows, form.columns)
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
