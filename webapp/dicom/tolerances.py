"""How near is near enough, and what counts as a thickness."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.dicom.model import Instance

#: A tag agrees with a measured length within this (share, or mm for short lengths): scanners keep to 0.0004 mm, tags
#: are written with two or three decimals.
AGREES_SHARE = 0.01
AGREES_MM = 0.005

#: Thickness plus tag agrees with the spacing within this (share or mm): thicknesses are rounded more coarsely.
GAP_AGREES_MM = 0.01

#: Above this a spacing tag is no spacing of slices, mm.
UNUSABLE_ABOVE_MM = 500.0

#: Thinner or thicker than this is not a slice, mm: scouts carry 650, and slabs of 90 exist.
THINNEST_MM = 1e-4
THICKEST_MM = 100.0

#: Recorded tilts below this are none; two tilts differ when further apart than the second, degrees.
TILT_RECORDED_DEG = 0.1
TILT_DIFFERS_DEG = 0.5

#: A gantry tilts slices along their columns; a slide further from that is another thing, degrees.
SIDEWAYS_DEG = 5.0

#: Pixels are square within this relative difference.
SQUARE_SHARE = 1e-3

#: A private copy of a position differs when further away than this, pixels.
COPY_DIFFERS_PIXELS = 0.1


def near(a: float, b: float, least_mm: float = AGREES_MM) -> bool:
    """Whether two lengths agree within 1 % or a least length."""
    return abs(a - b) <= max(least_mm, AGREES_SHARE * abs(b))


def is_thickness(recorded: float | None) -> bool:
    """Whether a recorded number can be the thickness of a slice."""
    return recorded is not None and THINNEST_MM <= recorded <= THICKEST_MM


def thickness_of(instances: Sequence[Instance]) -> float | None:
    """The credible nominal slice thickness (0018,0050) common to all, mm, or None."""
    found = {instance.recorded.thickness for instance in instances}
    usable = [thickness for thickness in found if thickness is not None and is_thickness(thickness)]
    if not usable or len(usable) < len(found) or not near(max(usable), min(usable)):
        return None
    return min(usable)
