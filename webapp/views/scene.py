"""The scene: everything the page knows about an open stack, and nothing about the patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from dash import html
from dash.development.base_component import Component

from webapp.imaging.lattice import Lattice
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import PlaneView, view_of
from webapp.imaging.window import CT_PRESETS
from webapp.stackfiles import lattice_of
from webapp.store.catalogue import Card
from webapp.views.surface_work import presets

PICTURE = "picture"


#: Slices that stray less than this from even steps are even, mm.
_EVEN_MM = 1e-6

#: Below this angle a plane carries its plain name, degrees.
OBLIQUE_FROM_DEG = 1.0


def scene(card: Card, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Everything the page needs to know about an open stack, and nothing about the patient.

    Parameters
    ----------
    card : Card
        The stack's row in the catalogue.
    meta : mapping
        Its ``meta.json``.

    Returns
    -------
    dict
        ``key, kind, modality, description, shape_kji, directions, spacing_mm_kji, thickness_mm, unit, windows,
        levels, range, no_data, time, planes, summary, verdict, findings``; lengths in mm, values in modality units.
    """
    lattice = lattice_of(meta) if meta["kind"] == "volume" else None
    return {
        "key": card.key,
        "kind": meta["kind"],
        "modality": card.modality,
        "description": card.description,
        "images": card.images,
        "shape_kji": list(meta["shape_kji"]),
        "directions": lattice.directions.tolist() if lattice else None,
        "spacing_mm_kji": meta["spacing_mm_kji"],
        "thickness_mm": meta["thickness_mm"],
        "slice_axis": meta["slice_axis"],
        "unit": meta["value_unit"],
        "windows": windows(meta),
        "levels": presets(meta["value_unit"], meta["value_range"]) if lattice else [],
        "range": meta["value_range"],
        "no_data": meta["no_data"],
        "time": time(meta),
        "planes": _planes(lattice) if lattice else {PICTURE: _picture(meta["shape_kji"])},
        "summary": meta["summary"],
        "verdict": meta["verdict"],
        "findings": list(meta["findings"]),
    }


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


def _picture(shape: list[int]) -> dict[str, Any]:
    """A pile of pictures: places are pixels, and no direction is known."""
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
        "dy": 1.0,
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
    grave = [finding for finding in scene_["findings"] if finding["severity"] == "BLOCK"]
    sentences = [html.P(finding["message"]) for finding in grave] or [html.P(scene_["summary"])]
    return [html.P("No distances: not a volume.", className="refusal-head"), *sentences]
