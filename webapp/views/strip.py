"""The strip: slices along their normal to scale, with holes, overlaps and tilt, as something to click on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dash import html
from dash.development.base_component import Component

from webapp.imaging.plane import Plane
from webapp.imaging.strip import BarKind
from webapp.stackwords import ends, lean_deg, strip_of_stack, strip_words
from webapp.views.browser import attributes

_PLANES = {plane.axis: str(plane) for plane in Plane}
_LEGEND = {BarKind.SLICE: "slice", BarKind.OVERLAP: "overlap", BarKind.HOLE: "missing"}


def drawn(meta: Mapping[str, Any]) -> dict[str, Any] | None:
    """The strip as the scene carries it; None where there is none.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.

    Returns
    -------
    dict or None
        ``bars`` (``kind, start, length`` in shares of the strip, ``first, last`` slices of the views), ``length_mm``,
        ``ends``, ``lean_deg``, ``plane`` and ``words``.
    """
    strip = strip_of_stack(meta)
    if strip is None:
        return None
    bars = [{**asdict(bar), "kind": str(bar.kind)} for bar in strip.bars]
    return {
        "bars": bars,
        "length_mm": strip.length_mm,
        "ends": list(ends(meta)),
        "lean_deg": lean_deg(meta),
        "plane": _PLANES[meta["slice_axis"]],
        "words": strip_words(meta, strip),
    }


def picture(strip: Mapping[str, Any] | None) -> list[Component]:
    """The strip on the audit panel: bars, the sides at its ends, its length, a key to what is not a plain slice.

    Parameters
    ----------
    strip : mapping or None
        As `drawn` builds it.
    """
    if strip is None:
        return []
    lean = {"transform": f"skewX({-strip['lean_deg']:.2f}deg)"} if strip["lean_deg"] else None
    bars = html.Div([_bar(bar, strip["plane"]) for bar in strip["bars"]], className="strip-bars", style=lean)
    frame = html.Div(bars, className="strip-frame", role="img", **attributes(aria_label=strip["words"]))
    first, last = strip["ends"]
    scale = [html.Span(first), html.Span(f"{strip['length_mm']:.1f}\u2009mm"), html.Span(last)]
    return [html.Div([frame, html.Div(scale, className="strip-scale"), *_key(strip)], className="strip")]


def _bar(bar: Mapping[str, Any], plane: str) -> Component:
    """One bar; a click goes to its slice."""
    place = {"left": f"{100 * bar['start']:.3f}%", "width": f"{100 * bar['length']:.3f}%"}
    first, last = bar["first"] + 1, bar["last"] + 1
    beside = "between slices" if bar["kind"] in (BarKind.HOLE, BarKind.OVERLAP) else "slices"
    name = f"slice {first}" if first == last else f"{beside} {first} and {last}"
    where = attributes(data_plane=plane, data_first=str(bar["first"]), data_last=str(bar["last"]))
    return html.Div(className=f"strip-bar is-{bar['kind']}", style=place, title=name, **where)


def _key(strip: Mapping[str, Any]) -> list[Component]:
    """What the colours and shapes stand for, where there is more than plain slices."""
    kinds = {bar["kind"] for bar in strip["bars"]}
    told = [(kind, word) for kind, word in _LEGEND.items() if kind in kinds]
    lean = f"leaning {abs(strip['lean_deg']):.1f}°: gantry tilt" if strip["lean_deg"] else ""
    if len(told) < 2 and not lean:
        return []
    items = [html.Span([html.Span(className=f"strip-mark is-{kind}"), word]) for kind, word in told]
    return [html.Div([*items, html.Span(lean)] if lean else items, className="strip-key")]
