"""What is drawn over pictures, as typed values: regions with names and colours, frames and contours that mark them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webapp.dicom.model import Instance

#: Regions of one object, at the most: as many as a whole atlas names.
MOST_REGIONS: Final = 1024

#: Colours of regions that recommend none, as they come.
_COLOURS: Final = ("#e6a23c", "#4fc3f7", "#b388ff", "#81c784", "#ff8a80", "#fff176", "#f48fb1", "#80cbc4")

#: From the white of CIELab values, D50, to linear sRGB, adapted to its white (Bradford; IEC 61966-2-1).
_TO_SRGB: Final = np.array(
    [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540], [0.0719453, -0.2289914, 1.4052427]]
)
_WHITE_D50: Final = np.array([0.96422, 1.0, 0.82521])


class Kind(StrEnum):
    """How an object marks its regions."""

    BINARY = "binary"
    FRACTIONAL = "fractional"
    LABELMAP = "labelmap"
    CONTOURS = "contours"


@dataclass(frozen=True, slots=True)
class Region:
    """One region: a segment, or a structure of interest.

    Parameters
    ----------
    number : int
        Segment Number (0062,0004) or ROI Number (3006,0022).
    label : str
        Segment Label (0062,0005) or ROI Name (3006,0026); empty where there is none.
    colour : str
        ``#rrggbb``.
    """

    number: int
    label: str
    colour: str


@dataclass(frozen=True, slots=True, eq=False)
class MarkedFrame:
    """One frame of a segmentation.

    Parameters
    ----------
    picture : Instance
        The frame as if it were a picture: its place, its stored values.
    region : int
        Place of its region in the list; -1 in a label map, whose values name them.
    sources : tuple of str
        SOP Instance UIDs of the pictures it was drawn on (0008,9124).
    """

    picture: Instance
    region: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """A DICOM SEG.

    Parameters
    ----------
    kind : Kind
    regions : tuple of Region
    frames : tuple of MarkedFrame
    full : int
        The stored value that stands for all of a pixel.
    """

    kind: Kind
    regions: tuple[Region, ...]
    frames: tuple[MarkedFrame, ...]
    full: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """One structure of interest of an RTSTRUCT.

    Parameters
    ----------
    region : Region
    outlines : tuple of (P, 3) ndarray
        Closed contours, patient LPS, mm.
    points : tuple of (3,) ndarray
        Points, patient LPS, mm.
    left_out : int
        Contours that are not drawn: open, not in one plane, or not of numbers.
    """

    region: Region
    outlines: tuple[NDArray[np.float64], ...]
    points: tuple[NDArray[np.float64], ...]
    left_out: int


def colour_of_lab(stored: Sequence[float] | None, place: int) -> str:
    """The colour of a Recommended Display CIELab Value (PS3.3 C.10.7.1.1).

    Parameters
    ----------
    stored : sequence of 3 float, or None
        L* from 0 to 65535 for 0 to 100, a* and b* for -128 to 127; what is out of range is no colour.
    place : int
        Of the region, for a colour of its own where none is recommended.
    """
    if stored is None or not all(0 <= part <= 0xFFFF for part in stored):
        return own_colour(place)
    lightness, a, b = (part / 0xFFFF for part in stored)
    y = (100 * lightness + 16) / 116
    at = np.array([y + (255 * a - 128) / 500, y, y - (255 * b - 128) / 200])
    xyz = _WHITE_D50 * np.where(at > 6 / 29, at**3, 3 * (6 / 29) ** 2 * (at - 4 / 29))
    linear = np.clip(_TO_SRGB @ xyz, 0, 1)
    return written(255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055), place)


def written(rgb: Sequence[float] | NDArray[np.float64] | None, place: int) -> str:
    """Red, green and blue from 0 to 255 as ``#rrggbb``; a colour of its own for what is none.

    Parameters
    ----------
    rgb : sequence of 3 float, or None
    place : int
    """
    if rgb is None or not all(0 <= part <= 255 for part in rgb):
        return own_colour(place)
    return "#" + "".join(f"{round(float(part)):02x}" for part in rgb)


def own_colour(place: int) -> str:
    """The colour of a region that recommends none.

    Parameters
    ----------
    place : int
    """
    return _COLOURS[place % len(_COLOURS)]
