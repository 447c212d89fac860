"""When two pictures are alike enough for one stack: kind, size, pixel spacing, direction, file, place."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

from webapp.dicom.colour import is_coloured
from webapp.dicom.grid import SAME_DIRECTION_DEG
from webapp.dicom.model import Instance, Placement
from webapp.dicom.windows import is_inverted

#: Words of Image Type (0008,0008) that tell maps of one series apart (PS3.3 C.7.6.1.1.2 and vendors' own).
_TYPE_WORDS = frozenset(
    (
        "ORIGINAL",
        "DERIVED",
        "LOCALIZER",
        "M",
        "P",
        "R",
        "I",
        "PHASE",
        "MAGNITUDE",
        "REAL",
        "IMAGINARY",
        "VELOCITY",
        "MIXED",
        "WATER",
        "FAT",
        "IN",
        "OUT",
        "ADC",
        "MIP",
        "MPR",
        "PROJECTION",
        "PROJECTION IMAGE",
        "MOSAIC",
    )
)

#: Two pixel spacings are one within this relative difference.
SAME_PIXEL_SPACING = 1e-4

#: Positions in two files are one when they agree to this many decimals of a mm.
_PLACE_DECIMALS = 2


def kind_of(instance: Instance) -> Hashable:
    """What a picture is: object, modality, and the words of Image Type that tell maps apart."""
    return instance.sop_class, instance.modality, _TYPE_WORDS.intersection(instance.image_type)


def size_of(instance: Instance) -> Hashable:
    """Rows and columns."""
    return instance.format.rows, instance.format.columns


def brightness_of(instance: Instance) -> Hashable:
    """How values are to be seen, and which way brightness runs (PS3.3 C.7.6.3.1.2); None of colours."""
    return None if is_coloured(instance) else (instance.format.photometric, is_inverted(instance))


def file_of(instance: Instance) -> Hashable:
    """Which file of several pictures, or which parts of one object, a picture came in; classic pictures share one."""
    if instance.frames == 1 and instance.tile is None:
        return None
    return instance.concatenation or instance.member.number


def place_of(instance: Instance) -> Hashable:
    """The position as something that can be compared between files."""
    place = instance.placement
    return None if place is None else tuple((np.round(place.position_mm, _PLACE_DECIMALS) + 0.0).tolist())


def clusters(
    instances: Iterable[Instance], alike: Callable[[Placement | None, Placement | None], bool]
) -> list[list[Instance]]:
    """Instances gathered with the first one they are alike to."""
    clusters: list[list[Instance]] = []
    for instance in instances:
        for cluster in clusters:
            if alike(cluster[0].placement, instance.placement):
                cluster.append(instance)
                break
        else:
            clusters.append([instance])
    return clusters


def same_pixel_spacing(a: Placement | None, b: Placement | None) -> bool:
    """Whether two pictures have the same pixel size, or both none."""
    if a is None or b is None or a.spacing_mm is None or b.spacing_mm is None:
        return (a.spacing_mm if a else None) == (b.spacing_mm if b else None)
    return a.spacing_mm == b.spacing_mm or np.allclose(a.spacing_mm, b.spacing_mm, rtol=SAME_PIXEL_SPACING, atol=0)


def same_direction(a: Placement | None, b: Placement | None) -> bool:
    """Whether rows and columns of two pictures point the same way."""
    if a is None or b is None:
        return False
    return all(_angle_deg(x, y) <= SAME_DIRECTION_DEG for x, y in ((a.row, b.row), (a.column, b.column)))


def _angle_deg(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The angle between two vectors, degrees; exact for small angles; 180 where one has no length."""
    if np.array_equal(a, b):
        return 0.0
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    if lengths == 0:
        return 180.0
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)))
