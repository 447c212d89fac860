"""Stored values out of a file's bytes: one pixel element, one frame at a time, or a part of one."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.filereader import dcmread
from pydicom.uid import UID

from webapp.dicom.codecs import FAMILIES, NATIVE, decode, no_decoder
from webapp.dicom.fragments import Encapsulated, encapsulated_in_file
from webapp.dicom.model import Instance, PixelFormat
from webapp.dicom.native import Plain, element_in_file, element_of, used_bits
from webapp.errors import NotDicom

#: Numbers as stored, and the Photometric Interpretation (0028,0004) they come in.
Samples = tuple[NDArray[np.generic], str]


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
    FileTruncated, NotDicom, BadDimensions, NoDecoder, CodestreamMismatch, DecodeFailed
    """

    def __init__(self, instance: Instance, whole: bytes) -> None:
        self._syntax = instance.transfer_syntax
        self._last: tuple[int, Samples] | None = None
        self._element = _element(instance, whole)

    def stored_values(self, instance: Instance) -> NDArray[np.generic]:
        """One picture's numbers as the modality stored them (PS3.5 8.1.1).

        Parameters
        ----------
        instance : Instance
            Of this file.

        Returns
        -------
        (rows, columns) ndarray, or (rows, columns, 3) ndarray of a colour picture
            Bits above High Bit and below its lowest bit are taken away; the sign is extended.

        Raises
        ------
        FileTruncated, NoDecoder, CodestreamMismatch, DecodeFailed
        """
        return self.samples(instance)[0]

    def samples(self, instance: Instance) -> Samples:
        """The stored values, and the Photometric Interpretation in which they come out of the file.

        Parameters
        ----------
        instance : Instance
            Of this file.

        Raises
        ------
        FileTruncated, NoDecoder, CodestreamMismatch, DecodeFailed
        """
        tile = instance.tile
        if tile is None:
            return self._frame(instance, instance.format)
        if self._last is None or self._last[0] != instance.frame:
            self._last = (instance.frame, self._frame(instance, tile.whole))
        form, (picture, photometric) = instance.format, self._last[1]
        return picture[tile.top : tile.top + form.rows, tile.left : tile.left + form.columns], photometric

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
        if isinstance(self._element, Encapsulated):
            return self._element.frame(instance.frame)
        if instance.format.bits_allocated == 1:
            return self.stored_values(instance).tobytes()
        return bytes(self._element.frame_bytes(instance.frame))

    def _frame(self, instance: Instance, form: PixelFormat) -> Samples:
        """The numbers of a whole frame."""
        if isinstance(self._element, Encapsulated):
            return decode(self._element.frame(instance.frame), self._syntax, form)
        plain = self._element.frame(instance.frame)
        return used_bits(plain, form.high_bit, form), self._element.form.photometric


def _element(instance: Instance, whole: bytes) -> Plain | Encapsulated:
    """The pixel element of a file, by its transfer syntax."""
    if instance.transfer_syntax in FAMILIES:
        return encapsulated_in_file(instance, whole)
    if instance.transfer_syntax not in NATIVE:
        raise no_decoder(instance.transfer_syntax)
    if instance.pixel_offset >= 0:
        return element_in_file(instance, whole)
    return element_of(_parsed(whole, instance.transfer_syntax), instance)


def _parsed(whole: bytes, syntax: str) -> Dataset:
    """The file through pydicom, with its pixel element."""
    try:
        dataset = dcmread(io.BytesIO(whole), force=True)
        dataset.file_meta.TransferSyntaxUID = UID(syntax)
    except Exception as error:  # pydicom raises nearly anything on damaged files
        raise NotDicom("Its elements cannot be read.") from error
    return dataset
