"""The planes of a dose grid: one position and a list of offsets (PS3.3 C.8.8.3.2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from webapp.dicom.model import Instance, Placement, Scale
from webapp.dicom.values import number, numbers

#: Directions this near to a body axis count as along it: absolute offsets are defined for such grids only.
_ALONG_AXIS = 1e-3

_HEAD = np.array((0.0, 0.0, 1.0))


def is_dose(instance: Instance) -> bool:
    """Whether the object is a grid of radiation dose.

    Parameters
    ----------
    instance : Instance
    """
    return instance.modality == "RTDOSE"


def planes_of(whole_file: Instance) -> list[Instance]:
    """A dose grid's frames, each at its own offset; without a place where the offsets are missing or mean nothing.

    Parameters
    ----------
    whole_file : Instance
    """
    dataset, place = whole_file.dataset, whole_file.placement
    offsets = numbers(dataset, "GridFrameOffsetVector", whole_file.frames)
    shifts = None if place is None or offsets is None else _shifts(place, offsets)
    grid_scale = number(dataset, "DoseGridScaling")
    scale = Scale(math.nan if grid_scale is None else grid_scale, 0.0, "", True)
    return [
        replace(
            whole_file,
            frame=frame,
            scale=scale,
            placement=None if place is None or shifts is None else _at(place, place.position_mm + shifts[frame]),
        )
        for frame in range(whole_file.frames)
    ]


def _shifts(place: Placement, offsets: Sequence[float]) -> NDArray[np.float64] | None:
    """(N, 3) shifts of the planes from the recorded position, mm.

    Offsets that start with 0 run along the normal from the position; others are the z coordinates themselves, which
    has a meaning for transverse grids only (PS3.3 C.8.8.3.2).
    """
    normal = np.cross(place.row, place.column)
    if offsets[0] == 0:
        return np.outer(offsets, normal)
    if abs(abs(normal @ _HEAD) - 1) > _ALONG_AXIS:
        return None
    return np.outer(np.array(offsets) - place.position_mm[2], _HEAD)


def _at(place: Placement, position_mm: NDArray[np.float64]) -> Placement:
    """The same directions at another position."""
    return replace(place, position_mm=position_mm)
