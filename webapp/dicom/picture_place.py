"""Where each picture of a stack lies in the patient, as far as its own header tells."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from webapp.dicom.grid import NOT_ORTHONORMAL, common_frame, deviation
from webapp.dicom.model import Instance, Placement
from webapp.dicom.origin import is_quadruped
from webapp.dicom.picture_size import pixel_aspect_of, pixel_size_of
from webapp.dicom.values import texts

#: Letters of Patient Orientation (0020,0020) as this project writes them (PS3.3 C.7.6.1.1.1).
_SIDES: Final = {"L": "L", "R": "R", "A": "A", "P": "P", "H": "S", "F": "I"}


def picture_places(instances: Sequence[Instance]) -> list[dict[str, Any]]:
    """The place of each picture.

    Parameters
    ----------
    instances : sequence of Instance
        In shown order.

    Returns
    -------
    list of dict
        ``origin_mm`` (centre of the first pixel, patient LPS), ``row`` and ``column`` (unit vectors along a row and
        down a column), ``spacing_mm`` (between rows, between columns) with ``size`` (what it is worth, a `SizeKind`),
        ``aspect`` (height of a pixel over its width), ``letters`` (to the right and below, where only words tell them)
        and ``system`` (the coordinate system's opaque id). What is not known is None.
    """
    return [_place(instance) for instance in instances]


def system_of(instances: Sequence[Instance]) -> str | None:
    """An opaque id of the one coordinate system that pictures name; None where they name none, or several.

    Parameters
    ----------
    instances : sequence of Instance
    """
    uids = {instance.frame_of_reference for instance in instances} - {""}
    return system_id(uids.pop()) if len(uids) == 1 else None


def system_id(uid: str) -> str | None:
    """The opaque id of a coordinate system by its UID (0020,0052); None where there is none.

    Parameters
    ----------
    uid : str
    """
    return hashlib.sha256(uid.encode()).hexdigest()[:32] if uid else None


def _place(instance: Instance) -> dict[str, Any]:
    """The place of one picture."""
    size = pixel_size_of(instance)
    return {
        **_directions(instance.placement),
        "spacing_mm": None if size is None else list(size.spacing_mm),
        "size": None if size is None else str(size.kind),
        "aspect": pixel_aspect_of(instance),
        "letters": _letters(instance),
        "system": system_of([instance]),
    }


def _directions(placement: Placement | None) -> dict[str, Any]:
    """Position and directions, made orthonormal; nothing where the directions cannot be trusted."""
    if placement is None or deviation(placement.row[None], placement.column[None]) > NOT_ORTHONORMAL:
        return dict.fromkeys(("origin_mm", "row", "column"))
    frame = common_frame([placement])
    return {
        "origin_mm": placement.position_mm.tolist(),
        "row": frame.row.tolist(),
        "column": frame.column.tolist(),
    }


def _letters(instance: Instance) -> list[str] | None:
    """What lies to the right and below by Patient Orientation (0020,0020), of a picture without directions."""
    if instance.placement is not None or is_quadruped(instance.dataset):
        return None
    told = [[_SIDES.get(letter) for letter in word.strip()] for word in texts(instance.dataset, "PatientOrientation")]
    if len(told) != 2 or not all(told) or any(None in word for word in told):
        return None
    return ["".join(filter(None, word)) for word in told]
