"""What the elements before the pixels would cost, counted in their bytes before anything is built of them."""

from __future__ import annotations

import re
from typing import Final

from webapp.config import Limits
from webapp.errors import NotDicom

#: An item of a sequence, and the end of one without a length; the group is the length (PS3.5 7.5).
_ITEM: Final = b"\xfe\xff\x00\xe0"
_MARKS: Final = re.compile(rb"\xfe\xff(?:\x00\xe0(....)|\x0d\xe0)", re.DOTALL)
_NO_LENGTH: Final = 0xFFFFFFFF

#: Elements that stand before the data set and are read before anybody counts: of the file itself, and of a command
#: that some programs leave there (PS3.10 7.1, PS3.7 6.3); no file has more than some dozens.
_FOREWORD: Final = (b"\x02\x00", b"\x00\x00")
_MOST_FOREWORDS: Final = 1000
_LONG_VRS: Final = (b"OB", b"OW", b"UN", b"UT", b"SQ", b"UC", b"UR", b"OD", b"OF", b"OL", b"OV")


def check_cost(head: bytes, limits: Limits) -> None:
    """Refuse elements that hold more items, or nest them deeper, than are taken from one file.

    Parameters
    ----------
    head : bytes
        Little-endian elements, as many of them as are looked at.
    limits : Limits

    Raises
    ------
    NotDicom
    """
    _check_foreword(head)
    items = head.count(_ITEM)
    if items > limits.elements:
        raise NotDicom("Its sequences hold more items than are taken from one file.")
    if items > limits.sequence_depth and depth_of(head) > limits.sequence_depth:
        raise NotDicom("Its sequences are nested too deeply to be read.")


def _check_foreword(head: bytes) -> None:
    """Refuse more elements before the data set than any file has."""
    at = 132 if head[128:132] == b"DICM" else 0
    for _ in range(_MOST_FOREWORDS):
        group, vr = head[at : at + 2], head[at + 4 : at + 6]
        if group not in _FOREWORD or len(head) < at + 12:
            return
        if group == _FOREWORD[1]:
            at += 8 + int.from_bytes(head[at + 4 : at + 8], "little")
        elif vr in _LONG_VRS:
            at += 12 + int.from_bytes(head[at + 8 : at + 12], "little")
        else:
            at += 8 + int.from_bytes(head[at + 6 : at + 8], "little")
    raise NotDicom("More elements stand before its data set than in any DICOM file.")


def depth_of(head: bytes) -> int:
    """How deep items lie inside items at the most.

    Parameters
    ----------
    head : bytes
        Little-endian elements.
    """
    deepest, ends = 0, list[int]()
    for mark in _MARKS.finditer(head):
        while ends and ends[-1] <= mark.start():
            ends.pop()
        if mark[1] is None:
            if ends:
                ends.pop()
            continue
        length = int.from_bytes(mark[1], "little")
        ends.append(len(head) if length == _NO_LENGTH else mark.end() + length)
        deepest = max(deepest, len(ends))
    return deepest
