"""An RTSTRUCT read: structures of interest with their contours in the patient (PS3.3 C.8.8.5, C.8.8.6)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from webapp.dicom.regions import MOST_REGIONS, Region, Structure, written
from webapp.dicom.values import items, numbers, text, whole
from webapp.errors import RegionsUnread

#: Contours of one object, and points of all of them, at the most.
_MOST_CONTOURS: Final = 100_000
_MOST_POINTS: Final = 5_000_000

#: Places farther than this from the origin are none in a patient, mm.
_FARTHEST_MM: Final = 10_000.0

#: How far the points of one contour may lie beside its plane, mm.
_FLAT_MM: Final = 0.5

_CLOSED: Final = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")


def read_structures(dataset: Dataset) -> tuple[Structure, ...]:
    """The structures that are drawn, in the order of the file.

    Parameters
    ----------
    dataset : Dataset

    Raises
    ------
    RegionsUnread
    """
    named = {whole(one, "ROINumber"): text(one, "ROIName") for one in items(dataset, "StructureSetROISequence")}
    drawn = items(dataset, "ROIContourSequence")
    if not drawn or len(drawn) > MOST_REGIONS:
        raise RegionsUnread(f"The structure set draws {len(drawn)} structures; 1 to {MOST_REGIONS} are read.")
    contours = [items(one, "ContourSequence") for one in drawn]
    if sum(map(len, contours)) > _MOST_CONTOURS:
        raise RegionsUnread(f"The structure set draws more than {_MOST_CONTOURS:,} contours.")
    room = [_MOST_POINTS]
    found = tuple(
        _structure(one, mine, named, place, room) for place, (one, mine) in enumerate(zip(drawn, contours, strict=True))
    )
    if not any(one.outlines for one in found):
        raise RegionsUnread("None of its contours is closed, in one plane, and made of numbers.")
    return found


def system_named(dataset: Dataset) -> str:
    """The one frame of reference its structures lie in; empty where there is none, or several.

    Parameters
    ----------
    dataset : Dataset
    """
    structures = [text(one, "ReferencedFrameOfReferenceUID") for one in items(dataset, "StructureSetROISequence")]
    listed = [text(one, "FrameOfReferenceUID") for one in items(dataset, "ReferencedFrameOfReferenceSequence")]
    uids = {*filter(None, structures)} or {*filter(None, listed)} or {text(dataset, "FrameOfReferenceUID")}
    return uids.pop() if len(uids) == 1 else ""


def _structure(
    drawn: Dataset, contours: list[Dataset], named: dict[int | None, str], place: int, room: list[int]
) -> Structure:
    """One structure; what cannot be drawn of it is counted."""
    number = whole(drawn, "ReferencedROINumber")
    region = Region(number or 0, named.get(number, ""), written(numbers(drawn, "ROIDisplayColor", 3), place))
    outlines, points, left_out = [], [], 0
    for contour in contours:
        kind, path = text(contour, "ContourGeometricType").upper(), _path(contour, room)
        if path is not None and kind in _CLOSED and len(path) >= 3 and is_flat(path):
            outlines.append(path)
        elif path is not None and kind == "POINT":
            points += list(path)
        else:
            left_out += 1
    return Structure(region, tuple(outlines), tuple(points), left_out)


def _path(contour: Dataset, room: list[int]) -> NDArray[np.float64] | None:
    """(P, 3) points in mm; None where they are no numbers of a patient's size."""
    found = numbers(contour, "ContourData")
    if not found or len(found) % 3 or max(map(abs, found)) > _FARTHEST_MM:
        return None
    room[0] -= len(found) // 3
    if room[0] < 0:
        raise RegionsUnread(f"The contours have more than {_MOST_POINTS:,} points.")
    return np.array(found).reshape(-1, 3)


def normal_of(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3,) twice the area of a closed path as a vector at right angles to it, mm²; its length is 0 for a line."""
    around = path - path[0]
    normal: NDArray[np.float64] = np.cross(around, np.roll(around, -1, axis=0)).sum(axis=0)
    return normal


def is_flat(path: NDArray[np.float64]) -> bool:
    """Whether a closed path lies in one plane and encloses something."""
    normal = normal_of(path)
    length = float(np.linalg.norm(normal))
    return length > 0 and float(np.abs((path - path[0]) @ (normal / length)).max()) <= _FLAT_MM
