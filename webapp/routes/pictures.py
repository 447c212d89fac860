"""What a single picture says of its place, and the lines where another stack's slices cut it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from flask import Flask, Response, jsonify
from numpy.typing import NDArray

from webapp.access import access
from webapp.errors import BadArgument
from webapp.imaging.plane import OBLIQUE_FROM_DEG, PICTURE, Edges, Plane, letters, opposite
from webapp.imaging.rectangle import facing
from webapp.imaging.reference import reference_lines
from webapp.services import Services
from webapp.stackplaces import is_measured, shown_at, slices_of

#: A picture of which no direction is known has no letters.
NO_EDGES = Edges("-", "-", "-", "-")

#: Digits behind the point of a line's ends, mm: finer than any position is recorded.
_DIGITS = 4


def register(server: Flask, services: Services) -> None:
    """Add the route of the reference lines."""

    @server.get("/volumes/<key>/<plane>/<int:index>/lines/<other>")
    def lines(key: str, plane: str, index: int, other: str) -> Response:
        """Where each slice of another stack cuts the shown one."""
        return lines_response(services, (key, plane, index), other)


def lines_response(services: Services, shown: tuple[str, str, int], other: str) -> Response:
    """The reference lines of another stack over one shown slice or picture.

    Parameters
    ----------
    services : Services
    shown : tuple
        Key, plane and index of what the lines are drawn on.
    other : str
        Key of the stack whose slices are drawn.

    Returns
    -------
    Response
        JSON: ``lines``, one for each slice of the other stack in the order of its views, ``[x0, y0, x1, y1]`` in mm on
        the shown grid or null; ``normal`` and ``depths``, where its slices lie along their common normal, null for
        pictures that have none in common.

    Raises
    ------
    UnknownKey
        One of the two is not there, or not this owner's.
    BadArgument
        There is no such plane or picture, or the two do not lie in one coordinate system.
    """
    key, plane, index = shown
    for one in (key, other):
        access(services, one)
    meta, cutting = services.volumes.meta(key), services.volumes.meta(other)
    if plane not in (set(Plane) if meta["kind"] == "volume" else {PICTURE}):
        raise BadArgument("This stack has no such plane.", "Open it from the library.")
    rectangle, grid, system = shown_at(meta, plane, index)
    if system is None:
        raise BadArgument("No coordinate system is named for this picture.", "Look at the stacks one by one.")
    slices = slices_of(cutting, system)
    corner = (grid.x0 - grid.dx / 2, grid.y0 - grid.dy / 2) * 2
    answer = {"lines": _rounded(reference_lines(rectangle, slices) + corner), "normal": None, "depths": None}
    if cutting["kind"] == "volume":
        answer |= {"normal": slices.normals[0].tolist(), "depths": np.round(slices.depths_mm, _DIGITS).tolist()}
    response = jsonify(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


def _rounded(lines: NDArray[np.float64]) -> list[list[float] | None]:
    """Lines as JSON has them."""
    return [None if np.isnan(line).any() else np.round(line, _DIGITS).tolist() for line in lines]


def place_headers(place: Mapping[str, Any] | None) -> dict[str, str]:
    """What a single picture says of its place: the first pixel's centre with the directions, how it faces, its size.

    Parameters
    ----------
    place : mapping or None
        One of the ``places`` of a stack.
    """
    if place is None or place["origin_mm"] is None:
        return {"Slice-Place": "", "Slice-Facing": "", "Slice-Size": (place or {}).get("size") or ""}
    where = (place["origin_mm"], place["row"], place["column"])
    faces = facing(*where)
    oblique_deg = faces.oblique_deg if faces.oblique_deg >= OBLIQUE_FROM_DEG else 0.0
    numbers = [number for part in where for number in part] if is_measured(place) else []
    return {
        "Slice-Place": " ".join(repr(float(number)) for number in numbers),
        "Slice-Facing": f"{faces.plane} {oblique_deg!r} {faces.position_mm!r}",
        "Slice-Size": place["size"] or "",
    }


def picture_edges(place: Mapping[str, Any] | None) -> Edges:
    """The letters at the edges of a single picture, from its directions or from its own words.

    Parameters
    ----------
    place : mapping or None
        One of the ``places`` of a stack.
    """
    if place is None:
        return NO_EDGES
    if place["row"] is not None:
        right, down = letters(place["row"]), letters(place["column"])
    elif place["letters"] is not None:
        right, down = place["letters"]
    else:
        return NO_EDGES
    return Edges(opposite(right), right, opposite(down), down)
