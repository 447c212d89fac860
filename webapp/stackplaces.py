"""Where the slices and pictures of a kept stack lie in the patient, out of its meta.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from webapp.errors import IndexOutOfRange
from webapp.imaging.plane import PICTURE, Plane
from webapp.imaging.rectangle import Rectangles
from webapp.imaging.slicing import Grid, place_of
from webapp.stackfiles import lattice_of

_NOWHERE = [np.nan] * 3


def systems_of(meta: Mapping[str, Any]) -> set[str]:
    """The opaque ids of the coordinate systems in which a stack lies.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    """
    if meta["kind"] == "volume":
        return {meta["system"]} - {None} if "system" in meta else set()
    return {place["system"] for place in meta.get("places") or ()} - {None}


def slices_of(meta: Mapping[str, Any], system: str) -> Rectangles:
    """The slices of a stack in the order of its views, those of another coordinate system without a place.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    system : str
        The opaque id of a coordinate system.
    """
    if meta["kind"] != "volume":
        return _pictures(meta, system)
    lattice = lattice_of(meta)
    right, down = (axis for axis in (2, 1, 0) if axis != lattice.slice_axis)
    directions = lattice.affine.directions
    steps = np.linalg.norm(lattice.affine.steps_mm, axis=1)
    return Rectangles.of_pixels(
        lattice.origins_mm if meta["system"] == system else np.full_like(lattice.origins_mm, np.nan),
        (directions[right], directions[down]),
        (steps[right], steps[down]),
        (lattice.shape_kji[right], lattice.shape_kji[down]),
    )


def _pictures(meta: Mapping[str, Any], system: str) -> Rectangles:
    """Single pictures, each in its own place; those without position or size have none."""
    _, rows, columns = meta["shape_kji"]
    places = [place if place["system"] == system and is_measured(place) else {} for place in meta["places"]]

    def column(name: str) -> list[list[float]]:
        return [place.get(name) or _NOWHERE for place in places]

    pixel = [(place.get("spacing_mm") or _NOWHERE[:2])[::-1] for place in places]
    return Rectangles.of_pixels(column("origin_mm"), (column("row"), column("column")), pixel, (columns, rows))


def shown_at(meta: Mapping[str, Any], plane: str, index: int) -> tuple[Rectangles, Grid, str | None]:
    """The rectangle that a view shows, the grid of its pixels on the screen, and its coordinate system.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    plane : str
        A `Plane` of a volume, or `PICTURE`.
    index : int
        Of the slice, from 0.

    Raises
    ------
    IndexOutOfRange
    """
    if plane == PICTURE:
        places = meta.get("places") or ()
        if index >= len(places):
            raise IndexOutOfRange
        place = places[index]
        return slices_of(meta, place["system"]).one(index), picture_grid(place), place["system"]
    return *place_of(Plane(plane), lattice_of(meta), index), meta.get("system")


def is_measured(place: Mapping[str, Any]) -> bool:
    """Whether every pixel of a picture has a place in the patient: position, directions, and a size that is true there.

    Parameters
    ----------
    place : mapping
        One of the ``places`` of a stack.
    """
    return place["origin_mm"] is not None and place["size"] == "patient"


def picture_grid(place: Mapping[str, Any] | None) -> Grid:
    """Where the pixels of a single picture stand on the screen: in mm from its first pixel, else counted in columns.

    Parameters
    ----------
    place : mapping or None
        One of the ``places`` of a stack.
    """
    if place is None:
        return Grid(0.0, 1.0, 0.0, 1.0)
    between_rows, between_columns = place["spacing_mm"] or (place["aspect"], 1.0)
    return Grid(0.0, between_columns, 0.0, between_rows)
