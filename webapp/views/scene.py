"""The scene: everything the page knows about an open stack, and nothing about the patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from dash import html
from dash.development.base_component import Component

from webapp.exports.nifti_form import form_of
from webapp.findings import why_no_volume
from webapp.imaging.lattice import Lattice
from webapp.imaging.plane import OBLIQUE_FROM_DEG, PICTURE, Plane
from webapp.imaging.slicing import PlaneView, view_of
from webapp.imaging.thick import patient_view
from webapp.stackfiles import lattice_of
from webapp.stackwords import apart_words, measured_spacing
from webapp.store.catalogue import Card
from webapp.store.model import Share
from webapp.views import strip, values
from webapp.views.lines import ways

#: Slices that stray less than this from even steps are even, mm.
_EVEN_MM = 1e-6


def scene(card: Card, meta: Mapping[str, Any], links: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Everything the page needs to know about an open stack, and nothing about the patient.

    Parameters
    ----------
    card : Card
        The stack's row in the catalogue.
    meta : mapping
        Its ``meta.json``.
    links : sequence of mapping
        The stacks beside it, as `views.lines.links` finds them.

    Returns
    -------
    dict
        ``key, kind, label, links, modality, description, shape_kji, directions, spacing_mm_kji, slice_axis,
        thickness_mm, letters``, what `_values` and `_audit` add, ``choice, may_choose`` (what a refused stack offers to
        choose between), and ``time, frame_times_ms, planes, patient_planes``; lengths in mm, values in modality units.
    """
    lattice = lattice_of(meta) if meta["kind"] == "volume" else None
    return {
        "key": card.key,
        "kind": meta["kind"],
        "label": meta.get("label", ""),
        "links": list(links),
        "modality": card.modality,
        "description": card.description,
        "shape_kji": list(meta["shape_kji"]),
        "directions": lattice.directions.tolist() if lattice else None,
        "spacing_mm_kji": measured_spacing(meta),
        "slice_axis": meta["slice_axis"],
        "thickness_mm": meta["thickness_mm"],
        "letters": meta.get("letters", "human"),
        **_values(meta),
        **_audit(meta, lattice),
        "choice": meta.get("choice"),
        "may_choose": card.mine,
        "time": time(meta),
        "frame_times_ms": meta.get("frame_times_ms"),
        "planes": _planes(lattice) if lattice else {PICTURE: _picture(meta["shape_kji"])},
        "patient_planes": _patient_planes(lattice) if lattice else None,
    }


def for_guest(shown: Mapping[str, Any], share: Share | None) -> dict[str, Any]:
    """A scene without the words somebody typed, for whoever came by a link.

    Parameters
    ----------
    shown : mapping
        As `scene` builds it.
    share : Share or None
        The link; None for its maker's preview.
    """
    until = None if share is None else datetime.fromtimestamp(share.expires, UTC).strftime("%d %b %Y %H:%M UTC")
    return {**shown, "description": "", "guest": True, "shared_until": until}


def _values(meta: Mapping[str, Any]) -> dict[str, Any]:
    """What the values are and how they are turned into greys."""
    return {
        "unit": meta["value_unit"],
        "inverted": bool(meta.get("inverted")),
        "colour": bool(meta.get("colour")),
        "windows": values.windows(meta),
        "scales": values.scales(meta),
        "range": meta["value_range"],
        "no_data": meta["no_data"],
    }


def _audit(meta: Mapping[str, Any], lattice: Lattice | None) -> dict[str, Any]:
    """What was found, and the strip; findings and strip count slices as the views do, in kept order."""
    axis = meta["slice_axis"]
    return {
        "summary": meta["summary"],
        "verdict": meta["verdict"],
        "findings": [{**finding, "slices": _shown(meta, finding)} for finding in meta["findings"]],
        "slice_plane": PICTURE if axis is None else next(str(plane) for plane in Plane if plane.axis == axis),
        "export_words": form_of(lattice).words if lattice else "",
        "strip": strip.drawn(meta),
    }


def _shown(meta: Mapping[str, Any], finding: Mapping[str, Any]) -> list[int]:
    """The slices of a finding; of single pictures those that share a place."""
    if finding["id"] == "G20" and meta["kind"] != "volume":
        places = (meta.get("choice") or {"places": []})["places"]
        return sorted(one["picture"] for place in places for one in place["pictures"])
    return list(finding["slices"])


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
    planes = {}
    for plane in Plane:
        view = view_of(plane, lattice)
        apart = apart_words(lattice, view.positions_mm, plane.axis)
        planes[str(plane)] = {**_plane(view, plane.axis), "apart": apart}
    return planes


def _patient_planes(lattice: Lattice) -> dict[str, dict[str, Any]]:
    """What each plane along the patient's axes shows."""
    return {str(plane): {**_plane(patient_view(plane, lattice), plane.axis), "apart": ""} for plane in Plane}


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
    """A pile of pictures: each says its own place and size with its pixels."""
    count, rows, columns = shape
    return {
        "start": 0.0,
        "step": 1.0,
        "places": None,
        "apart": "",
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
    reasons = why_no_volume(scene_["findings"]) or [(scene_["summary"], "")]
    sentences = [
        html.Li([html.P(reason), *([html.P(remedy, className="remedy")] if remedy else [])])
        for reason, remedy in reasons
    ]
    head = html.H2("Why there is no 3D", className=f"refusal-head is-{scene_['verdict']}")
    onward = ways(scene_) if scene_.get("label") else []
    return [head, html.P("Not a volume."), html.Ul(sentences, className="reasons"), *onward]
