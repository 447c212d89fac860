"""Plain numbers out of an uncompressed pixel element: single bits, whole numbers, floating point, colours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.utils import expand_ybr422

from webapp.dicom.header import FLOAT_BITS, PIXEL_DATA
from webapp.dicom.model import Instance, PixelFormat
from webapp.errors import BadDimensions, CodestreamMismatch, FileTruncated

#: Transfer syntaxes that say how plain elements are written.
_IMPLICIT: Final = "1.2.840.10008.1.2"
_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"

#: Value representations whose length has four bytes; read as a length these letters would be an odd one.
_LONG_VRS: Final = (b"OB", b"OW", b"UN", b"OF", b"OD")
_UNDEFINED: Final = 0xFFFFFFFF
_KEYWORDS: Final = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_ENCAPSULATED: Final = (
    "The picture data are packed in fragments, but the transfer syntax (0002,0010) says plain numbers."
)


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """The value of an uncompressed pixel element.

    Parameters
    ----------
    packed : memoryview
        All its bytes.
    order : str
        ``"<"`` or ``">"``: which byte of a number comes first.
    form : PixelFormat
        Of each frame, as the bytes really are.
    """

    packed: memoryview
    order: str
    form: PixelFormat

    def frame_bytes(self, frame: int) -> memoryview:
        """The bytes that hold one frame; of single bits those at its ends hold others' bits as well.

        Parameters
        ----------
        frame : int

        Raises
        ------
        FileTruncated
        """
        first = frame * self.form.frame_bits // 8
        end = -(-(frame + 1) * self.form.frame_bits // 8)
        if len(self.packed) < end:
            raise FileTruncated(
                f"The picture data are cut short ({len(self.packed)} of {end} bytes).",
                "Copy the file again from its source and upload once more.",
            )
        return self.packed[first:end]

    def frame(self, frame: int) -> NDArray[np.generic]:
        """The numbers of one frame.

        Parameters
        ----------
        frame : int

        Returns
        -------
        (rows, columns) or (rows, columns, 3) ndarray
            As stored, in the machine's byte order, every bit of each number still there.

        Raises
        ------
        FileTruncated
        """
        part, form = self.frame_bytes(frame), self.form
        if form.bits_allocated == 1:
            count, start = form.frame_bits, frame * form.frame_bits % 8
            bits = np.unpackbits(np.frombuffer(part, np.uint8), bitorder="little")[start : start + count]
            return bits.reshape(_shape(form))
        if form.cells_a_pixel != form.samples:
            numbers = np.frombuffer(expand_ybr422(bytes(part), form.bits_allocated), dtype_of(form, self.order))
        else:
            numbers = np.frombuffer(part, dtype_of(form, self.order))
        native = numbers.astype(numbers.dtype.newbyteorder("="), copy=False)
        if form.samples > 1 and form.by_plane and form.cells_a_pixel == form.samples:
            return np.moveaxis(native.reshape(form.samples, form.rows, form.columns), 0, -1)
        return native.reshape(_shape(form))


def _shape(form: PixelFormat) -> tuple[int, ...]:
    """Rows and columns, and samples where there are several."""
    return (form.rows, form.columns) if form.samples == 1 else (form.rows, form.columns, form.samples)


def dtype_of(form: PixelFormat, order: str = "=") -> np.dtype[np.generic]:
    """The number type of one stored cell.

    Parameters
    ----------
    form : PixelFormat
    order : str
    """
    kind = "f" if form.floating else "i" if form.signed else "u"
    return np.dtype(f"{order}{kind}{max(1, form.bits_allocated // 8)}")


def _are_stored(picture: NDArray[np.generic], form: PixelFormat) -> bool:
    """Whether no number needs more than the stored bits."""
    low = -(1 << form.bits_stored - 1) if form.signed else 0
    return bool(low <= picture.min() and picture.max() < low + (1 << form.bits_stored))


def used_bits(picture: NDArray[np.generic], high_bit: int, form: PixelFormat) -> NDArray[np.generic]:
    """Only the bits from a high bit down, shifted to the bottom, sign extended (PS3.5 8.1.1).

    Parameters
    ----------
    picture : ndarray
        Cells of Bits Allocated (0028,0100).
    high_bit : int
    form : PixelFormat

    Returns
    -------
    ndarray
        Of the same shape and type.
    """
    above, spare = form.bits_allocated - 1 - high_bit, form.bits_allocated - form.bits_stored
    if spare == 0 or not np.issubdtype(picture.dtype, np.integer):
        return picture
    if above == spare and _are_stored(picture, form):  # looking costs a third of shifting
        return picture
    used: NDArray[np.generic] = (picture << above) >> spare  # type: ignore[operator]
    return used


def element_in_file(instance: Instance, whole: bytes) -> Plain:
    """The uncompressed pixel element of a file, straight out of its bytes.

    Parameters
    ----------
    instance : Instance
        Any picture of the file, whose place of the pixel element is known.
    whole : bytes
        All bytes of the file.

    Raises
    ------
    BadDimensions, CodestreamMismatch
    """
    byteorder: Final = "big" if instance.transfer_syntax == _BIG_ENDIAN else "little"
    place = instance.pixel_offset
    group, element = (int.from_bytes(whole[at : at + 2], byteorder) for at in (place, place + 2))
    if (group << 16 | element in FLOAT_BITS) != instance.format.floating:
        raise BadDimensions("Its pixels are of another kind than its header says.")
    vr = whole[place + 4 : place + 6]
    if vr in _LONG_VRS:  # whatever the transfer syntax says
        start, length = place + 12, whole[place + 8 : place + 12]
    elif instance.transfer_syntax == _IMPLICIT or not vr.isalpha():
        start, length = place + 8, whole[place + 4 : place + 8]
    else:
        start, length = place + 8, whole[place + 6 : place + 8]
    announced = int.from_bytes(length, byteorder)
    if announced == _UNDEFINED and len(length) == 4:
        raise CodestreamMismatch(_ENCAPSULATED)
    form = _described(announced, instance)
    packed = memoryview(whole)[start : start + announced]
    if byteorder == "big" and vr == b"OW" and form.bits_allocated <= 8:
        packed = _words_turned(packed)
    return Plain(packed, ">" if byteorder == "big" else "<", form)


def element_of(dataset: Dataset, instance: Instance) -> Plain:
    """The uncompressed pixel element of a file that only pydicom could read: a deflated one.

    Parameters
    ----------
    dataset : Dataset
        With its pixels.
    instance : Instance
        Any picture of the file.

    Raises
    ------
    FileTruncated, CodestreamMismatch
    """
    element = next((dataset[keyword] for keyword in _KEYWORDS if keyword in dataset), None)
    if element is None:
        raise FileTruncated
    if element.tag == PIXEL_DATA and element.is_undefined_length:
        raise CodestreamMismatch(_ENCAPSULATED)
    return Plain(memoryview(element.value), "<", _described(len(element.value), instance))


def _described(length: int, instance: Instance) -> PixelFormat:
    """What the bytes hold; plain pixels that are more than the header describes are refused: it describes others.

    Some writers halve no chrominance though the header says so: then the length tells.
    """
    form = instance.format if instance.tile is None else instance.tile.whole
    frames = max(instance.announced, instance.frames)
    if form.cells_a_pixel != form.samples:
        full = replace(form, photometric="YBR_FULL")
        if length >= _bytes(full, frames):
            form = full
        elif form.columns % 2:
            raise BadDimensions("Its chrominance is halved along rows, but a row has an odd number of pixels.")
    described = _bytes(form, frames)
    if length > described + described % 2:
        raise CodestreamMismatch(
            f"The picture data hold {length} bytes, but rows, columns, bits and frames describe {described}."
        )
    return form


def _bytes(form: PixelFormat, frames: int) -> int:
    """Bytes of so many frames, packed."""
    return -(-frames * form.frame_bits // 8)


def _words_turned(packed: memoryview) -> memoryview:
    """Bytes that were written as big-endian words, in their own order (PS3.5 8.1.1)."""
    even = len(packed) // 2 * 2
    return memoryview(np.frombuffer(packed[:even], ">u2").astype("<u2").tobytes())
