"""What an element is about: the groups by which the table can be filtered."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Topic(StrEnum):
    """What rows can be narrowed to."""

    DIFFERS = "differs"
    GEOMETRY = "geometry"
    ACQUISITION = "acquisition"
    CONTRAST = "contrast"
    IDENTITY = "identity"
    PRIVATE = "private"


def _tags(numbers: str) -> frozenset[str]:
    """Tags written one after the other."""
    return frozenset(numbers.split())


#: Where slices lie and how they are sampled: used for placing, held against it, or printed by scanners.
GEOMETRY: Final = _tags(
    "0018,0050 0018,0088 0018,1100 0018,1114 0018,1120 0018,1130 0018,1140 0018,1164 0018,2010 0018,5100 "
    "0018,9318 0018,9323 0018,9327 0018,9104 0018,9105 0018,9106 0020,0032 0020,0037 0020,0052 0020,1040 "
    "0020,1041 0020,9056 0020,9057 0020,9113 0020,9116 0020,9157 0028,0008 0028,0010 0028,0011 0028,0030 "
    "0028,0034 0028,9110 0054,0022 0010,2210 3004,000C"
)

#: Contrast agents and how they are given (PS3.3 C.7.6.4).
_CONTRAST: Final = _tags(
    "0018,0010 0018,0012 0018,0013 0018,0014 0018,1040 0018,1041 0018,1042 0018,1043 0018,1044 0018,1045 "
    "0018,1046 0018,1047 0018,1048 0018,1049 0018,9337 0018,9338 0018,9340 0018,9341 0018,9342 0018,9343 "
    "0018,9344 0018,9425"
)

#: Who, when, where and which object: what must differ between patients and between copies.
_IDENTITY: Final = _tags(
    "0002,0003 0008,0012 0008,0013 0008,0014 0008,0018 0008,0020 0008,0021 0008,0022 0008,0023 0008,002A "
    "0008,0030 0008,0031 0008,0032 0008,0033 0008,0050 0008,0080 0008,0081 0008,0090 0008,1010 0008,1030 "
    "0008,103E 0008,1040 0008,1048 0008,1050 0008,1060 0008,1070 0008,1150 0008,1155 0008,3010 0018,1000 "
    "0020,000D 0020,000E 0020,0010 0020,0011 0020,0012 0020,0013 0020,9161 0032,1032 0032,1060 0040,0244 "
    "0040,0245 0040,0253 0040,0254 0040,1001 0040,2016 0040,A124"
)
_IDENTITY_GROUPS: Final = frozenset(("0010", "0012", "0038"))

#: How pictures were made, beyond group 0018: the kind of picture, the device, frame timing, radiopharmaceuticals.
_ACQUISITION: Final = _tags(
    "0008,0008 0008,0016 0008,0060 0008,0070 0008,1090 0008,9007 0008,9205 0008,9206 0008,9207 0008,9208 "
    "0008,9209 0020,0100 0020,0105 0020,9128 0020,9153"
)
_ACQUISITION_GROUPS: Final = frozenset(("0018", "0054"))


def topics_of(tag: str, creator: str) -> frozenset[Topic]:
    """What an element is about; `Topic.DIFFERS` is not among it.

    Parameters
    ----------
    tag : str
        ``GGGG,EEEE``.
    creator : str
    """
    if creator or int(tag[3], 16) & 1:
        return frozenset((Topic.PRIVATE,))
    found = set()
    if tag in GEOMETRY:
        found.add(Topic.GEOMETRY)
    if tag in _CONTRAST:
        found.add(Topic.CONTRAST)
    if tag in _IDENTITY or tag[:4] in _IDENTITY_GROUPS:
        found.add(Topic.IDENTITY)
    acquired = tag in _ACQUISITION or tag[:4] in _ACQUISITION_GROUPS
    if acquired and not found & {Topic.CONTRAST, Topic.IDENTITY}:
        found.add(Topic.ACQUISITION)
    return frozenset(found)
