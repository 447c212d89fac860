"""What lies over a stack: regions with their volumes, other stacks to be laid over it, and both on the plane on show.

::

    GET  /volumes/KEY/overlays          what there is, what it measures, and what is refused, and why
    POST /volumes/KEY/over/OTHER        OTHER on a plane described as for a cut: labels, or values between voxels
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import numpy as np
from flask import Flask, Response, json, request

from webapp.access import access
from webapp.errors import GuestMayNot, TruesliceError, UnknownKey
from webapp.findings import Verdict
from webapp.imaging.cut import take_cut
from webapp.imaging.labels import labels_on
from webapp.imaging.lattice import Sampling
from webapp.imaging.parallel import parallel_values
from webapp.imaging.plane import Edges
from webapp.imaging.slicing import Grid, Slice
from webapp.routes.cuts import cut_asked
from webapp.routes.slices import packed, private, time_asked
from webapp.services import Services
from webapp.stackfiles import OVERLAY
from webapp.stackoverlays import fusable, judged
from webapp.stackwords import name_words
from webapp.store.model import Card
from webapp.store.stored_stack import StoredStack

#: Stacks of one study that are looked at.
_MOST: Final = 60

_NO_EDGES: Final = Edges("", "", "", "")


def register(server: Flask, services: Services) -> None:
    """Add the routes."""

    @server.get("/volumes/<key>/overlays")
    def overlays(key: str) -> Response:
        """What there is to lay over a stack."""
        return private(Response(json.dumps(listed(services, key)), mimetype="application/json"))

    @server.post("/volumes/<key>/over/<other>")
    def over(key: str, other: str) -> Response:
        """One of them on a plane."""
        return over_response(services, key, other)


def listed(services: Services, key: str) -> dict[str, Any]:
    """Everything that may be laid over a stack.

    Parameters
    ----------
    services : Services
    key : str

    Returns
    -------
    dict
        ``overlays``: each with ``key``, ``words``, ``name``, ``verdict``, ``reasons``, ``shares`` and ``regions``
        (``label``, ``colour``, ``layer``, ``value``, ``voxels``, ``volume_ml``, ``contour_ml``, ``points_mm``).
        ``stacks``: other stacks, each with ``key``, ``name``, ``unit``, ``range``, ``volumes``, ``window``, and
        ``why_not`` where it is not laid over this one. To a guest only overlays are told, without what somebody wrote.

    Raises
    ------
    UnknownKey
    """
    found = access(services, key)
    meta = services.volumes.meta(key)
    over: list[dict[str, Any]] = []
    stacks: list[dict[str, Any]] = []
    for card in services.catalogue.companions(found.owner or services.owner(), key)[:_MOST]:
        with suppress(TruesliceError):  # deleted meanwhile, or damaged: nothing to offer
            other = services.volumes.meta(card.key)
            if card.kind == OVERLAY:
                services.catalogue.touch(card.key)
                over.append(_overlay(card, meta, other, named=not found.is_guest))
            elif not found.is_guest:
                stacks.append(_stack(card, meta, other))
    return {"overlays": over, "stacks": stacks}


def _overlay(card: Card, stack: Mapping[str, Any], meta: Mapping[str, Any], *, named: bool) -> dict[str, Any]:
    """One overlay and its regions."""
    said = judged(stack, meta)
    told = ("colour", "layer", "value", "voxels", "volume_ml", "contour_ml", "centre_mm", "points_mm")
    regions = [
        {"label": (region["label"] if named else "") or f"Region {place + 1}", **{name: region[name] for name in told}}
        for place, region in enumerate(meta["overlay"]["regions"])
    ]
    return {
        "key": card.key,
        "words": meta["overlay"]["words"],
        "name": card.description if named else "",
        "summary": meta["summary"],
        "verdict": str(said.verdict),
        "reasons": list(said.reasons),
        "shares": meta["overlay"]["marks"] == "fractional",
        "regions": regions,
    }


def _stack(card: Card, first: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    """One other stack, and why it is not laid over the first one where it is not."""
    window = next(iter(meta.get("windows") or ()), None)
    return {
        "key": card.key,
        "name": " ".join(filter(None, (card.modality, name_words(card.description, card.label)))),
        "unit": meta["value_unit"],
        "range": meta["value_range"],
        "volumes": meta["time_points"],
        "window": window and {"center": window["center"], "width": window["width"]},
        "why_not": fusable(first, meta),
    }


def over_response(services: Services, key: str, other: str) -> Response:
    """What lies over a plane of a stack.

    Of regions the smallest box of pixels that holds any: ``Over-Box`` (first row, first column, rows, columns) and
    ``Over-Layers``, then one label a pixel, layer after layer. Of another stack its values between voxels, with the
    headers of a slice.

    Parameters
    ----------
    services : Services
    key, other : str
        The stack on show, and what is laid over it.

    Raises
    ------
    UnknownKey, GuestMayNot, BadArgument
    """
    found = access(services, key)
    reader = found.owner or services.owner()
    if other not in {card.key for card in services.catalogue.companions(reader, key)}:
        raise UnknownKey
    meta, laid = services.volumes.meta(key), services.volumes.open(other)
    if laid.meta["kind"] == OVERLAY:
        if judged(meta, laid.meta).verdict == Verdict.REFUSED:
            raise UnknownKey
        return _labels(laid)
    if found.is_guest:
        raise GuestMayNot
    if fusable(meta, laid.meta) is not None:
        raise UnknownKey
    return _values(other, laid)


def _labels(laid: StoredStack) -> Response:
    """Labels on the plane that is asked for."""
    cut, slab = cut_asked(request.get_json(silent=True))
    shares = laid.meta["overlay"]["marks"] == "fractional"
    if laid.volume is None:
        raise UnknownKey
    labels = labels_on(laid.volume, cut, slab.thickness_mm, shares=shares)
    used = (labels != 0).any(axis=0)
    rows, columns = (np.flatnonzero(used.any(axis=1 - axis)) for axis in (0, 1))
    box = [0, 0, 0, 0]
    if rows.size:
        box = [int(rows[0]), int(columns[0]), int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1]
    top, left, height, width = box
    body = np.ascontiguousarray(labels[:, top : top + height, left : left + width])
    response = Response(body.astype(body.dtype.newbyteorder("<")).tobytes(), mimetype="application/octet-stream")
    response.headers.update(
        {"Over-Box": " ".join(map(str, box)), "Over-Layers": str(len(labels)), "Over-Dtype": body.dtype.name}
    )
    return private(response)


def _values(other: str, laid: StoredStack) -> Response:
    """Values of another stack on the plane that is asked for."""
    cut, slab = cut_asked(request.get_json(silent=True))
    if laid.volume is None:
        raise UnknownKey
    time = min(time_asked(), laid.volume.voxels.shape[0] - 1)
    straight = None if slab.thickness_mm else parallel_values(laid.volume, cut, time)
    pixels = take_cut(laid.volume, cut, slab, time) if straight is None else straight
    shown = Slice(pixels, Grid(0.0, cut.step_mm[1], 0.0, cut.step_mm[0]), _NO_EDGES, Sampling.INTERPOLATED)
    response = packed(shown, laid.meta)
    response.headers.update({"Slice-Key": other, "Slice-Plane": "cut", "Slice-Index": "0", "Slice-Time": str(time)})
    return private(response)
