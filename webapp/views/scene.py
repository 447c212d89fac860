"""The scene: everything the page knows about an open stack, and nothing about the patient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from dash import html
from dash.development.base_component import Component

from webapp.dicom.tag_row import TagRow
from webapp.findings import why_no_volume
from webapp.imaging.lattice import Lattice
from webapp.imaging.plane import PICTURE, Plane
from webapp.imaging.slicing import PlaneView, view_of
from webapp.imaging.window import CT_PRESETS
from webapp.stackfiles import lattice_of
from webapp.stackwords import is_turned, measured_spacing, shown_place
from webapp.store.catalogue import Card
from webapp.views import strip
from webapp.views.surface_work import presets

#: Slices that stray less than this from even steps are even, mm.
_EVEN_MM = 1e-6

#: Tags that tell the proportion of a pixel, rows before columns: the first one usable counts.
_ASPECTS = ("0028,0030", "0018,1164", "0028,0034")
#: Pixel sizes, mm, and proportions beyond these are not credible.
_LARGEST, _LONGEST = 1e6, 20.0

#: Below this angle a plane carries its plain name, degrees.
OBLIQUE_FROM_DEG = 1.0


#: Grids that one spacing describes.
_EVEN_GRIDS = ("REGULAR", "JITTER")


def scene(card: Card, meta: Mapping[str, Any], aspect: float = 1.0) -> dict[str, Any]:
    """Everything the page needs to know about an open stack, and nothing about the patient.

    Parameters
    ----------
    card : Card
        The stack's row in the catalogue.
    meta : mapping
        Its ``meta.json``.
    aspect : float
        Distance between rows over distance between columns, for pictures.

    Returns
    -------
    dict
        ``key, kind, modality, description, shape_kji, directions, spacing_mm_kji, slice_axis, letters``, what
        `_values` and `_audit` add, and ``time, frame_times_ms, planes``; lengths in mm, values in modality units.
    """
    lattice = lattice_of(meta) if meta["kind"] == "volume" else None
    return {
        "key": card.key,
        "kind": meta["kind"],
        "modality": card.modality,
        "description": card.description,
        "shape_kji": list(meta["shape_kji"]),
        "directions": lattice.directions.tolist() if lattice else None,
        "spacing_mm_kji": measured_spacing(meta),
        "slice_axis": meta["slice_axis"],
        "letters": meta.get("letters", "human"),
        **_values(meta, lattice),
        **_audit(meta),
        "time": time(meta),
        "frame_times_ms": meta.get("frame_times_ms"),
        "planes": _planes(lattice) if lattice else {PICTURE: _picture(meta["shape_kji"], aspect)},
    }


def _values(meta: Mapping[str, Any], lattice: Lattice | None) -> dict[str, Any]:
    """What the values are and how they are turned into greys."""
    return {
        "unit": meta["value_unit"],
        "inverted": bool(meta.get("inverted")),
        "windows": windows(meta),
        "levels": presets(meta["value_unit"], meta["value_range"]) if lattice else [],
        "range": meta["value_range"],
        "no_data": meta["no_data"],
    }


def _audit(meta: Mapping[str, Any]) -> dict[str, Any]:
    """What was found, with slices as the views count them, and the strip."""
    shown = [[shown_place(meta, place) for place in finding["slices"]] for finding in meta["findings"]]
    axis = meta["slice_axis"]
    return {
        "summary": meta["summary"],
        "verdict": meta["verdict"],
        "findings": [{**finding, "shown": places} for finding, places in zip(meta["findings"], shown, strict=True)],
        "slice_plane": PICTURE if axis is None else next(str(plane) for plane in Plane if plane.axis == axis),
        "is_turned": is_turned(meta),
        "is_even": meta["grid"] in _EVEN_GRIDS,
        "strip": strip.drawn(meta),
    }


def pixel_aspect(rows: Iterable[TagRow]) -> float:
    """Distance between rows over distance between columns, as the tags tell it; 1 where none does.

    Parameters
    ----------
    rows : iterable of TagRow
        Of a stack's first picture.
    """
    told = {row.tag: row.value for row in reversed(list(rows)) if row.tag in _ASPECTS}
    for tag in _ASPECTS:
        parts = told.get(tag, "").split("\\")
        try:
            down, across = (float(part) for part in parts)
        except ValueError:
            continue
        if 0 < down < _LARGEST and 0 < across < _LARGEST and 1 / _LONGEST <= down / across <= _LONGEST:
            return down / across
    return 1.0


def windows(meta: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The windows to offer, each once, the stack's own first; CT presets follow where values are HU.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    """
    presets_ = CT_PRESETS if meta["value_unit"] == "HU" else ()
    named = [{"name": one.name, "center": one.window.center, "width": one.window.width} for one in presets_]
    offered: dict[tuple[float, float], dict[str, Any]] = {}
    for window in (*meta["windows"], *named):
        offered.setdefault((window["center"], window["width"]), dict(window))
    return list(offered.values())


def time(meta: Mapping[str, Any]) -> dict[str, Any]:
    """The time points or parameters of a stack, and what each is called.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.

    Returns
    -------
    dict
        ``points``, and ``words``: one text a point, as ``"echo time 5.1 ms · 2/10"``.
    """
    points, key, unit = meta["time_points"], meta["time_key"] or "time point", meta["time_unit"]
    values = meta["time_values"] or [None] * points
    named = [_named(key, value, unit) for value in values]
    return {"points": points, "words": [f"{name} · {place + 1}/{points}" for place, name in enumerate(named)]}


def _named(key: str, value: float | str | None, unit: str | None) -> str:
    """One time point in words."""
    if value is None:
        return key
    shown = f"{value:g}" if isinstance(value, int | float) else value
    return " ".join(part for part in (key, shown, unit) if part)


def _planes(lattice: Lattice) -> dict[str, dict[str, Any]]:
    """What each plane of a volume shows."""
    return {str(plane): _plane(view_of(plane, lattice), plane.axis) for plane in Plane}


def _plane(view: PlaneView, axis: int) -> dict[str, Any]:
    """One plane as the page carries it."""
    grid, places = view.grid, view.positions_mm
    steps = np.diff(places)
    even = len(steps) == 0 or float(np.ptp(steps)) < _EVEN_MM
    return {
        "start": float(places[0]),
        "step": float(steps.mean()) if len(steps) else 1.0,
        "places": None if even else places.tolist(),
        "axis": axis,
        "count": view.count,
        "rows": view.rows,
        "columns": view.columns,
        "x0": grid.x0,
        "dx": grid.dx,
        "y0": grid.y0,
        "dy": grid.dy,
        "edges": list(view.edges),
        "oblique_deg": view.oblique_deg if view.oblique_deg >= OBLIQUE_FROM_DEG else 0.0,
    }


def _picture(shape: list[int], aspect: float) -> dict[str, Any]:
    """A pile of pictures: places are columns, and no direction is known."""
    count, rows, columns = shape
    return {
        "start": 0.0,
        "step": 1.0,
        "places": None,
        "axis": 0,
        "count": count,
        "rows": rows,
        "columns": columns,
        "x0": 0.0,
        "dx": 1.0,
        "y0": 0.0,
        "dy": aspect,
        "edges": ["", "", "", ""],
        "oblique_deg": 0.0,
    }


def refusal_words(scene_: Mapping[str, Any]) -> list[Component]:
    """Why a stack is shown as pictures; empty for a volume.

    Parameters
    ----------
    scene_ : mapping
        As `scene` builds it.
    """
    if scene_.get("kind", "volume") == "volume":
        return []
    reasons = why_no_volume(scene_["findings"]) or [(scene_["summary"], "")]
    sentences = [
        html.Li([html.P(reason), *([html.P(remedy, className="remedy")] if remedy else [])])
        for reason, remedy in reasons
    ]
    head = html.H2("Why there is no 3D", className=f"refusal-head is-{scene_['verdict']}")
    return [head, html.P("Not a volume."), html.Ul(sentences, className="reasons")]
