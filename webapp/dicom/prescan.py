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
    items = head.count(_ITEM)
    if items > limits.elements:
        raise NotDicom("Its sequences hold more items than are taken from one file.")
    if items > limits.sequence_depth and depth_of(head) > limits.sequence_depth:
        raise NotDicom("Its sequences are nested too deeply to be read.")


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
