"""The scene: everything the page knows about an open stack, and nothing about the patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from dash import html
from dash.development.base_component import Component

from webapp.imaging.affine import Affine
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import PlaneView, view_of
from webapp.imaging.window import CT_PRESETS
from webapp.store.catalogue import Card
from webapp.views.surface_work import presets

PICTURE = "picture"


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
        ``key, kind, modality, description, shape_kji, affine, inverse, spacing_mm_kji, thickness_mm, unit, windows,
        levels, range, no_data, planes, summary, verdict, findings``; lengths in mm, values in modality units.
    """
    is_volume = meta["kind"] == "volume"
    affine = Affine(np.asarray(meta["affine_kji_to_lps"], np.float64)) if is_volume else None
    return {
        "key": card.key,
        "kind": meta["kind"],
        "modality": card.modality,
        "description": card.description,
        "images": card.images,
        "shape_kji": list(meta["shape_kji"]),
        "affine": affine.matrix.tolist() if affine else None,
        "inverse": np.linalg.inv(affine.matrix).tolist() if affine else None,
        "spacing_mm_kji": meta["spacing_mm_kji"],
        "thickness_mm": meta["thickness_mm"],
        "slice_axis": meta["slice_axis"],
        "unit": meta["value_unit"],
        "windows": windows(meta),
        "levels": presets(meta["value_unit"], meta["value_range"]) if is_volume else [],
        "range": meta["value_range"],
        "no_data": meta["no_data"],
        "planes": _planes(affine, meta["shape_kji"]) if affine else {PICTURE: _picture(meta["shape_kji"])},
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


def _planes(affine: Affine, shape_kji: list[int]) -> dict[str, dict[str, Any]]:
    """What each plane of a volume shows."""
    k, j, i = shape_kji
    return {str(plane): _plane(view_of(plane, affine, (k, j, i)), plane.axis) for plane in Plane}


def _plane(view: PlaneView, axis: int) -> dict[str, Any]:
    """One plane as the page carries it."""
    grid = view.grid
    return {
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
