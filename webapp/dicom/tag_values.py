"""Values of elements as text within limits: by their representation and character set, cut where long."""

from __future__ import annotations

import struct
import zlib
from types import MappingProxyType
from typing import Any, Final

from pydicom.charset import convert_encodings
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.hooks import raw_element_vr
from pydicom.tag import BaseTag

from webapp.config import Limits
from webapp.dicom.tag_words import Element, joined, value_words

UNREADABLE: Final = "(not readable)"

_CHARACTER_SET: Final = BaseTag(0x00080005)
_PIXEL_REPRESENTATION: Final = BaseTag(0x00280103)
_LATIN_1: Final = ["iso8859"]
#: Characters kept of a value when the text of all tags has grown beyond its limit.
_TERSE: Final = 32

#: Characters that no page can show: controls, halves of surrogate pairs, and those that turn the direction of writing.
_UNSEEN: Final = MappingProxyType(
    dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(8234, 8239), *range(8294, 8298)), "�")
)


class ElementTexts:
    """Turns elements into text; remembers what it was told of representations, and how much text there is.

    Parameters
    ----------
    limits : Limits
        How long one value, and all of them together, may be.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.tag_chars
        self._vrs: dict[tuple[BaseTag, str | None, str], str] = {}
        self._encodings: dict[bytes, list[str]] = {}

    def vr(self, dataset: Dataset, element: Element, creator: str) -> str:
        """The value representation: as written, and from the dictionaries where it is not or is UN.

        Parameters
        ----------
        dataset : Dataset
            The element's own.
        element : DataElement or RawDataElement
        creator : str
            Of a private element.
        """
        written = element.VR
        if isinstance(element, DataElement) or (written is not None and written != "UN"):
            return _settled(str(written), dataset)
        key = (element.tag, written, creator)
        if key not in self._vrs:
            found: dict[str, Any] = {}
            raw_element_vr(element, found, ds=dataset)
            self._vrs[key] = str(found["VR"])
        return _settled(self._vrs[key], dataset)

    def encodings(self, dataset: Dataset, above: list[str] | None = None) -> list[str]:
        """Python's names of a data set's character sets (0008,0005).

        Parameters
        ----------
        dataset : Dataset
        above : list of str, optional
            Those of the data set around it, which hold where it names none.
        """
        if _CHARACTER_SET not in dataset:
            return above or _LATIN_1
        value = dataset.get_item(_CHARACTER_SET).value
        named = value if isinstance(value, bytes) else joined(value).encode("latin-1", "replace")
        if named not in self._encodings:
            words = named.decode("latin-1").strip("\0 ").split("\\")
            self._encodings[named] = list(convert_encodings([word.strip() for word in words])) or _LATIN_1
        return self._encodings[named]

    def text(self, element: Element, vr: str, encodings: list[str]) -> tuple[str, int]:
        """The value as text, cut to the limits, and how many values it has.

        Parameters
        ----------
        element : DataElement or RawDataElement
        vr : str
            From `vr`.
        encodings : list of str
            From `encodings`.
        """
        try:
            words, count = value_words(element, vr, encodings)
        except (ValueError, TypeError, LookupError, AttributeError, struct.error, OverflowError):
            return UNREADABLE, 1
        return self._kept(words), count

    def _kept(self, words: str) -> str:
        """The text without what cannot be seen, at most as long as the limits say; what was cut leaves its hash."""
        if len(words) <= self._limits.value_chars and self._left > 0 and words.isascii() and words.isprintable():
            self._left -= len(words)
            return words
        shown = words.translate(_UNSEEN)
        shown = shown if shown.isascii() else shown.encode("utf-8", "replace").decode("utf-8")
        most = self._limits.value_chars if self._left > 0 else _TERSE
        if len(shown) > most:
            mark = zlib.crc32(words.encode("utf-8", "replace"))
            shown = f"{shown[:most]}… ({len(words)} characters, #{mark:08x})"
        self._left -= len(shown)
        return shown


def _settled(vr: str, dataset: Dataset) -> str:
    """A representation without its alternatives: numbers by the pixels' sign, else words of bytes (PS3.5 A.1)."""
    if " or " not in vr:
        return vr
    return ("SS" if _signed(dataset) else "US") if vr == "US or SS" else "OW"


def _signed(dataset: Dataset) -> bool:
    """Whether Pixel Representation (0028,0103) says that numbers have a sign."""
    there = _PIXEL_REPRESENTATION in dataset
    value = dataset.get_item(_PIXEL_REPRESENTATION).value if there else getattr(dataset, "_pixel_rep", 0)
    return bool(int.from_bytes(value, "little") if isinstance(value, bytes) else value)
