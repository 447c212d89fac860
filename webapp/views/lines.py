"""Reference lines: whose slices are drawn where they cut what is shown, and the way to the stacks beside it.

::

    SCENE, LINES_OF ── lines ──> LINES, the list of LINES_OF, its value, the bar          (in the browser)

    assets/reference.js fetches GET /volumes/KEY/PLANE/INDEX/lines/OTHER, writes LINES when an answer has come, and
    leads to another stack at the cursor: LINES_OPEN, and every button that carries ``data-stack``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from webapp.errors import TruesliceError
from webapp.figures.slice import LINE_COLOURS, PICTURE_COLOUR
from webapp.imaging.plane import Plane
from webapp.services import Services
from webapp.stackplaces import systems_of
from webapp.stackwords import count_words, name_words
from webapp.store.catalogue import Card
from webapp.views import ids
from webapp.views.browser import attributes, in_browser

#: Stacks of one study whose descriptions are read when one of them is opened.
_MOST: Final = 60

_PLANES: Final = {plane.axis: str(plane) for plane in Plane}


def links(services: Services, card: Card, meta: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The stacks of the same study that lie in the same coordinate system, or belong to the same series.

    Parameters
    ----------
    services : Services
    card : Card
        The open stack.
    meta : mapping
        Its ``meta.json``.

    Returns
    -------
    list of dict
        ``key, name, colour``; ``placed``: whether the coordinate system is the same; ``overview``: overview pictures;
        ``sibling``: of the same series. Volumes first, those of the same series before others, the longest first.
    """
    here, found = systems_of(meta), []
    for other in services.catalogue.companions(services.owner(), card.key)[:_MOST]:
        try:
            placed = bool(here & systems_of(services.volumes.meta(other.key)))
        except TruesliceError:  # deleted meanwhile, or damaged: opening it would say so
            continue
        link = {
            "key": other.key,
            "name": _name(other),
            "colour": _colour(other),
            "placed": placed,
            "overview": not other.label.isdigit() and other.label != "",
            "sibling": other.series_id == card.series_id,
        }
        if placed or link["sibling"]:
            found.append((_rank(other, link), link))
    return [link for _, link in sorted(found, key=lambda pair: pair[0])]


def _rank(card: Card, link: Mapping[str, Any]) -> tuple[bool, bool, int]:
    """Where a stack stands in the list."""
    count = card.shape_kji[card.slice_axis or 0] if card.shape_kji else 0
    return card.kind != "volume", not link["sibling"], -count


def _name(card: Card) -> str:
    """A stack of the list in words: its name, its slices, their plane."""
    count = count_words(card.kind, card.shape_kji, card.slice_axis) if card.shape_kji else ""
    plane = f", {_PLANES[card.slice_axis]}" if card.slice_axis is not None else ""
    return f"{name_words(card.description, card.label)} · {count}{plane}"


def _colour(card: Card) -> str:
    """The colour of a stack's lines: that of its plane."""
    return PICTURE_COLOUR if card.slice_axis is None else LINE_COLOURS[_PLANES[card.slice_axis]]


def ways(scene: Mapping[str, Any]) -> list[Component]:
    """From a stack to the overview pictures of its series, and from these to its stacks, as buttons.

    Parameters
    ----------
    scene : mapping
        As `views.scene.scene` builds it.
    """
    siblings = [link for link in scene.get("links", ()) if link["sibling"]]
    if scene.get("label"):
        return [_way(link, f"Show {link['name']}") for link in siblings if not link["overview"]]
    return [_way(link, "Show the overview pictures") for link in siblings if link["overview"]]


def _way(link: Mapping[str, Any], words: str) -> Component:
    """A button that opens a stack, at the cursor where both lie in one coordinate system."""
    return html.P(html.Button(words, className="way", **attributes(data_stack=link["key"])), className="evidence")


def bar() -> Component:
    """The list of stacks whose slices can be drawn as lines; there only when there are such stacks."""
    choice = dmc.Select(
        id=ids.LINES_OF,
        data=[],
        size="xs",
        allowDeselect=False,
        className="lines-of",
        **attributes(aria_label="Lines where the slices of another stack cut this picture"),
    )
    return html.Div(
        [
            dcc.Store(id=ids.LINES),
            html.Span("Lines of", className="lines-word"),
            choice,
            html.Button("Open", id=ids.LINES_OPEN, className="lines-open", title="Open that stack at the cursor"),
            html.Span(className="lines-note", role="status"),
        ],
        id=ids.LINES_BAR,
        className="lines-bar is-absent",
    )


def register(app: Dash, services: Services) -> None:
    """Wire the list."""
    del services
    in_browser(
        app,
        "lines",
        Output(ids.LINES, "data"),
        Output(ids.LINES_OF, "data"),
        Output(ids.LINES_OF, "value"),
        Output(ids.LINES_BAR, "className"),
        Input(ids.SCENE, "data"),
        Input(ids.LINES_OF, "value"),
    )
