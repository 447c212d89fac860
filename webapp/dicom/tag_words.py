"""One element's value in words: from its bytes where they are plain, counted where they are many."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from pydicom.charset import decode_bytes
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as ItemSequence
from pydicom.valuerep import TEXT_VR_DELIMS

Element = DataElement | RawDataElement

#: Text of the default repertoire (PS3.5 6.1.1), and text in the data set's own character set, by whether a backslash
#: parts values.
_PLAIN: Final = frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI"))
_LOCAL: Final = frozenset(("LO", "PN", "SH", "UC"))
_PROSE: Final = frozenset(("LT", "ST", "UR", "UT"))
#: Representations whose padding on either side of a value means nothing (PS3.5 6.2).
_STRIPPED: Final = frozenset(("AE", "CS", "DS", "IS"))

_NUMBERS: Final = MappingProxyType(
    {"US": "H", "SS": "h", "UL": "L", "SL": "l", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
)

_ESCAPE: Final = b"\x1b"

#: Values of one element that are turned into text, and bytes that are spelled out; the rest is counted.
_SHOWN_VALUES: Final = 64
_SHOWN_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Unread:
    """Stands for a value whose bytes were not looked at.

    Parameters
    ----------
    length : int
        How many there are.
    """

    length: int


def binary_words(value: bytes, vr: str = "OB") -> str:
    """Bytes in words: their number, and what they are where they are few, their hash where they are many.

    Parameters
    ----------
    value : bytes
    vr : str
        Of an unknown representation, letters and digits are shown as text.
    """
    count = f"{len(value)} byte{'' if len(value) == 1 else 's'}"
    if not value:
        return ""
    text = value.rstrip(b"\0 ")
    if vr == "UN" and text and all(32 <= byte < 127 for byte in text):
        return f'{count}: "{text.decode("ascii")}"'
    if len(value) <= _SHOWN_BYTES:
        return f"{count}: {value.hex(' ').upper()}"
    return f"{count}, #{zlib.crc32(value):08x}"


def value_words(element: Element, vr: str, encodings: list[str]) -> tuple[str, int]:
    """The whole value as text and its number of values.

    Parameters
    ----------
    element : DataElement or RawDataElement
    vr : str
        Its representation, settled.
    encodings : list of str
        Python's names of its character sets.

    Raises
    ------
    ValueError, TypeError, LookupError, AttributeError, struct.error, OverflowError
        Its bytes are not what the representation says.
    """
    value = element.value
    if isinstance(value, bytes):
        little = not isinstance(element, RawDataElement) or element.is_little_endian
        return _read(value, vr, encodings, little=little) if value else ("", 0)
    if isinstance(value, Unread):
        return f"{value.length} bytes, not compared", 1
    if isinstance(value, ItemSequence):
        return f"{len(value)} item{'' if len(value) == 1 else 's'}", 1
    return ("", 0) if value is None else _converted(value, vr)


def _read(value: bytes, vr: str, encodings: list[str], *, little: bool) -> tuple[str, int]:
    """Bytes of a file as text, by their representation."""
    if vr in _PLAIN:
        return _parted(value.decode("latin-1").rstrip("\0 "), vr)
    if vr in _LOCAL:
        return _parted(_decoded(value, encodings).rstrip("\0 "), vr)
    if vr in _PROSE:
        return _decoded(value, encodings).rstrip("\0 "), 1
    if vr in _NUMBERS:
        return _several(_unpacked(value, _NUMBERS[vr], little), _number_text(vr))
    if vr == "AT":
        return _several(list(zip(*[iter(_unpacked(value, "H", little))] * 2, strict=True)), _tag_text)
    return binary_words(value, vr), 1


def _decoded(value: bytes, encodings: list[str]) -> str:
    """Text out of bytes in the data set's character sets; what does not fit them is replaced."""
    if value.isascii() and _ESCAPE not in value:
        return value.decode("ascii")
    return decode_bytes(value, encodings, TEXT_VR_DELIMS)


def _parted(text: str, vr: str) -> tuple[str, int]:
    """Values between backslashes, without padding that means nothing."""
    if "\\" not in text:
        return (text.strip() if vr in _STRIPPED else text), 1
    parts = text.split("\\")
    return "\\".join(part.strip("\0 ") if vr in _STRIPPED else part.rstrip("\0 ") for part in parts), len(parts)


def _unpacked(value: bytes, code: str, little: bool) -> tuple[Any, ...]:
    """Numbers out of bytes."""
    form = f"{'<' if little else '>'}{len(value) // struct.calcsize('=' + code)}{code}"
    return struct.unpack(form, value)


def _number_text(vr: str) -> Callable[[Any], str]:
    """How a number is written: one of single precision by the digits that it has."""
    return (lambda number: str(np.float32(number))) if vr == "FL" else str


def _tag_text(pair: tuple[int, int]) -> str:
    """A tag as a value."""
    return f"({pair[0]:04X},{pair[1]:04X})"


def _several(values: Sequence[Any], write: Callable[[Any], str]) -> tuple[str, int]:
    """Values between backslashes; of very many the first, their number and their hash."""
    shown = "\\".join(map(write, values[:_SHOWN_VALUES]))
    if len(values) <= _SHOWN_VALUES:
        return shown, len(values)
    mark = zlib.crc32("\\".join(map(write, values)).encode())
    return f"{shown}\\… ({len(values)} values, #{mark:08x})", len(values)


def _converted(value: Any, vr: str) -> tuple[str, int]:
    """A value that pydicom has converted already, or that a program has set."""
    many = list(value) if isinstance(value, MultiValue | list | tuple) else [value]
    if vr in _NUMBERS:
        return _several(many, _number_text(vr)) if many != [""] else ("", 0)
    if vr == "AT":
        return _several([(int(tag) >> 16, int(tag) & 0xFFFF) for tag in many], _tag_text)
    text = joined(many)
    return (text, 1) if vr in _PROSE or not text else (_parted(text, vr)[0], len(many))


def joined(value: Any) -> str:
    """One value or several as text between backslashes.

    Parameters
    ----------
    value : object
        Any that pydicom gives.
    """
    many = value if isinstance(value, MultiValue | list | tuple) else [value]
    return "\\".join("" if part is None else str(part) for part in many)
