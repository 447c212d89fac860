"""How a file starts that is DICOM without the preamble and its mark."""

from __future__ import annotations

#: First elements of a file that has no preamble, in little and big endian.
_BARE_STARTS = frozenset(
    group + element
    for group, element in (
        (b"\x02\x00", b"\x00\x00"),
        (b"\x02\x00", b"\x01\x00"),
        (b"\x08\x00", b"\x00\x00"),
        (b"\x08\x00", b"\x05\x00"),
        (b"\x08\x00", b"\x08\x00"),
        (b"\x08\x00", b"\x16\x00"),
        (b"\x00\x08", b"\x00\x05"),
        (b"\x00\x08", b"\x00\x08"),
    )
)


def could_be_dicom(head: bytes) -> bool:
    """Whether a file starts as DICOM does: with the mark behind a preamble, or with an element.

    Parameters
    ----------
    head : bytes
        At least the first 132.
    """
    return head[128:132] == b"DICM" or head[:4] in _BARE_STARTS
