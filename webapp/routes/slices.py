"""Pixels and thumbnails as bytes: one slice is one request."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from flask import Flask, Response, request, send_file
from numpy.typing import NDArray

from webapp.access import access
from webapp.errors import BadArgument, IndexOutOfRange, NotAVolume
from webapp.imaging import filters
from webapp.imaging.plane import PICTURE, Plane
from webapp.imaging.slicing import Grid, Slice
from webapp.routes.cuts import cut_of, taken, wish_of
from webapp.routes.pictures import NO_EDGES, picture_edges, place_headers
from webapp.services import Services
from webapp.stackplaces import picture_grid

#: Digits of a number in an address, at the most.
_LONGEST_NUMBER = 6

_WIRE_DTYPES = ("int16", "uint16", "uint8", "float32")


def register(server: Flask, services: Services) -> None:
    """Add the routes under ``/volumes/KEY/``."""

    @server.get("/volumes/<key>/<plane>/<int(signed=True):index>")
    def slice_(key: str, plane: str, index: int) -> Response:
        """One slice of a plane."""
        return slice_response(services, key, plane, index)

    @server.get("/volumes/<key>/thumbnail.png")
    def thumbnail(key: str) -> Response:
        """The middle slice, small."""
        access(services, key)
        return private(send_file(services.volumes.thumbnail(key), mimetype="image/png"))

    @server.post("/volumes/<key>/cut")
    def cut(key: str) -> Response:
        """A plane in any direction."""
        return cut_response(services, key)


def slice_response(services: Services, key: str, plane: str, index: int) -> Response:
    """One slice with the headers that say what its pixels are and where they lie.

    Parameters
    ----------
    services : Services
    key : str
        Of a stack the asking owner may see.
    plane : str
        ``axial``, ``coronal``, ``sagittal`` or ``picture``.
    index : int
        Zero-based.

    Raises
    ------
    UnknownKey, BadArgument, IndexOutOfRange, NotSupportedYet
    """
    access(services, key)
    time, wish = time_asked(), wish_of(request.args)
    stored = services.volumes.open(key)
    place = None
    if plane == PICTURE:
        pixels_only = _picture(stored.voxels, index, time)
        place = _place(stored.meta, index)
        shown = replace(pixels_only, grid=picture_grid(place), edges=picture_edges(place))
    elif plane in set(Plane) and stored.volume is not None:
        shown = taken(stored.volume, Plane(plane), index, time, wish)
    else:
        raise BadArgument("This stack has no such plane.", "Open it from the library.")
    response = packed(shown, stored.meta)
    response.headers.update(place_headers(place))
    named = {"Slice-Key": key, "Slice-Plane": plane, "Slice-Index": str(index), "Slice-Time": str(time)}
    response.headers.update(named)
    return private(response)


def cut_response(services: Services, key: str) -> Response:
    """An oblique cut, described in the body of the request.

    Parameters
    ----------
    services : Services
    key : str

    Raises
    ------
    UnknownKey, NotAVolume, BadArgument, NotSupportedYet
    """
    access(services, key)
    stored, time = services.volumes.open(key), time_asked()
    if stored.volume is None:
        raise NotAVolume
    response = packed(cut_of(stored.volume, request.get_json(silent=True), time), stored.meta)
    named = {"Slice-Key": key, "Slice-Plane": "cut", "Slice-Index": "0", "Slice-Time": str(time)}
    response.headers.update(named)
    return private(response)


def packed(shown: Slice, meta: dict[str, Any]) -> Response:
    """Pixels in the filter that packs best, with what they are.

    Parameters
    ----------
    shown : Slice
    meta : dict
        Of the stack they are of.
    """
    pixels = wire(shown.pixels)
    name, body = filters.encode(pixels)
    response = Response(body, mimetype="application/octet-stream")
    response.headers.update(_headers(shown, pixels, meta) | {"Slice-Filter": name})
    return response


def _headers(taken: Slice, pixels: NDArray[np.generic], meta: dict[str, Any]) -> dict[str, str]:
    """What the pixels are: kind, size (rows, columns, channels of colours), place in mm, letters."""
    return {
        "Slice-Dtype": pixels.dtype.name,
        "Slice-Shape": " ".join(map(str, pixels.shape)),
        "Slice-Grid": " ".join(repr(float(part)) for part in _grid_parts(taken.grid)),
        "Slice-Scale": "1 0",
        "Slice-No-Data": _no_data(meta["no_data"]),
        "Slice-Edges": " ".join(taken.edges),
        "Slice-Sampling": str(taken.sampling),
    }


def _no_data(value: float | str | None) -> str:
    """The number that stands for nothing; empty where there is none, or where it is NaN, which says so itself."""
    return "" if value is None or math.isnan(float(value)) else repr(value)


def _grid_parts(grid: Grid) -> tuple[float, float, float, float]:
    """x0 dx y0 dy, mm."""
    return grid.x0, grid.dx, grid.y0, grid.dy


def time_asked() -> int:
    """The time point asked for, from 0.

    Raises
    ------
    BadArgument
    """
    time = request.args.get("t", "0")
    if not (time.isascii() and time.isdigit() and len(time) <= _LONGEST_NUMBER):
        raise BadArgument("The time t is not a whole number.", "Leave it out.")
    return int(time)


def _picture(voxels: NDArray[np.generic], index: int, time: int) -> Slice:
    """One picture of a stack that is no volume, as it was acquired.

    Raises
    ------
    IndexOutOfRange
    """
    if not (0 <= index < voxels.shape[1] and 0 <= time < voxels.shape[0]):
        raise IndexOutOfRange
    return Slice(voxels[time, index], picture_grid(None), NO_EDGES)


def _place(meta: dict[str, Any], index: int) -> dict[str, Any] | None:
    """Where a picture lies, as far as it is known; stacks kept by an earlier version do not say."""
    places = meta.get("places")
    return places[index] if places else None


def wire(pixels: NDArray[np.generic]) -> NDArray[np.generic]:
    """Pixels in the smallest kind of the wire that holds them exactly, float32 where none does.

    Parameters
    ----------
    pixels : (rows, columns) ndarray, or (rows, columns, 3 or 4) ndarray of uint8
        Modality values, or colours.
    """
    if pixels.dtype.name == "float32" or pixels.dtype.name not in _WIRE_DTYPES:
        whole = pixels.astype(np.int16, casting="unsafe") if _fits_int16(pixels) else None
        return whole if whole is not None and np.array_equal(whole, pixels) else pixels.astype(np.float32)
    return pixels


def _fits_int16(pixels: NDArray[np.generic]) -> bool:
    """Whether every value is finite and within int16."""
    limits = np.iinfo(np.int16)
    values = np.asarray(pixels)
    return bool(np.isfinite(values).all() and values.min() >= limits.min and values.max() <= limits.max)


def private(response: Response) -> Response:
    """Kept by nobody: the only cache is the one inside the page.

    Parameters
    ----------
    response : Response
    """
    response.headers["Cache-Control"] = "no-store"
    return response
