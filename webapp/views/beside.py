"""A second series beside the open one: which it is, what it may be, and how both move along.

::

    SCENE, LOCATION ── offer ──> the list of BESIDE_OF, and of it what a link names            (server)
    BESIDE_OF, SCENE ── open ──> BESIDE_SCENE, ERROR                                           (server)
    BESIDE_SCENE, BESIDE_PRESET, BESIDE_WINDOW ── besideWindow ──> BESIDE_WINDOW, list, its value (in the browser)
    BESIDE_SCENE, SCENE, CURSOR, rails, VIEW, BESIDE_WINDOW, ZOOM, PAGE
        ── besideShow ──> figure, words, own rail, and the sentence that says how both move     (in the browser)

    assets/beside.js writes CLICK, BESIDE_WINDOW, VIEW and BESIDE_OF.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from webapp.access import access
from webapp.errors import TruesliceError
from webapp.figures.slice import slice_template
from webapp.findings import VERDICT_MARKS, VERDICT_MEANINGS, Verdict
from webapp.imaging.plane import PICTURE, Plane
from webapp.services import Services
from webapp.stackplaces import systems_of
from webapp.stackwords import count_words, name_words
from webapp.store.model import Card
from webapp.views import ids
from webapp.views.browser import attributes, in_browser
from webapp.views.graph import graph
from webapp.views.panes import rail
from webapp.views.scene import scene
from webapp.views.state import key_of, scene_key
from webapp.views.tag_columns import is_guest, label

#: The name of the pane among the panes of the planes.
BESIDE: Final = "beside"

SAME_MM: Final = "Moves in the same millimetres."
BY_SHARE: Final = "Moves by share of the way: no common frame of reference."
BY_COUNT: Final = "Moves by share of the way: single pictures have no common millimetres."


def offered(services: Services, scene_: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The series that can stand beside the open one, those of its study first; none for a guest.

    Parameters
    ----------
    services : Services
    scene_ : mapping or None
        The open stack, as `views.scene.scene` builds it.
    """
    key = scene_key(scene_)
    if key is None or is_guest(scene_):
        return []
    study = _study(services, key)
    others = [card for card in services.catalogue.library(services.owner()) if card.key != key]
    groups = {
        "Same study": [card for card in others if card.key in study],
        "Other studies": [card for card in others if card.key not in study],
    }
    return [{"group": name, "items": [_option(card) for card in cards]} for name, cards in groups.items() if cards]


def _option(card: Card) -> dict[str, str]:
    """A series of the list; stacks of one series are told apart by their names."""
    named = "" if card.label.isdigit() else card.label
    return {"value": card.key, "label": " · ".join(filter(None, [label(card), named]))}


def _study(services: Services, key: str) -> set[str]:
    """The other stacks of a stack's study."""
    return {card.key for card in services.catalogue.companions(services.owner(), key)}


def linked(groups: list[dict[str, Any]], search: str | None) -> str | None:
    """The series that a link puts beside the open one, if it is offered.

    Parameters
    ----------
    groups : list of dict
        As `offered` makes them.
    search : str or None
        The address' query string.
    """
    asked = asked_for(search)
    return asked if any(asked == item["value"] for group in groups for item in group["items"]) else None


def asked_for(search: str | None) -> str | None:
    """The key behind ``beside=`` of an address."""
    return key_of(parse_qs((search or "").removeprefix("?")).get("beside", [""])[0])


def second(services: Services, scene_: Mapping[str, Any] | None, chosen: object) -> tuple[dict[str, Any], str]:
    """The scene beside the open one, and the words to show when it cannot be had.

    Parameters
    ----------
    services : Services
    scene_ : mapping or None
        The open stack, as it comes back from a browser.
    chosen : object
        The key of the other.

    Returns
    -------
    dict
        As `views.scene.scene` builds it, with ``of``, the open stack's key, ``in_mm``, whether both lie in one frame of
        reference, ``words``, the sentence that says so, and ``name``; empty where nothing stands beside.
    """
    of, key = scene_key(scene_), key_of(chosen)
    if of is None or key is None or of == key:
        return {}, ""
    try:
        here, there = access(services, of), access(services, key)
        if here.is_guest or there.is_guest or is_guest(scene_):
            return {}, ""
        services.catalogue.touch(key)
        metas = services.volumes.open(of).meta, services.volumes.open(key).meta
    except TruesliceError as refusal:
        return {}, str(refusal)
    words = how(*metas, same_study=key in _study(services, of))
    named = " ".join(filter(None, [there.card.modality, name_words(there.card.description, there.card.label)]))
    count = count_words(metas[1]["kind"], metas[1]["shape_kji"], metas[1]["slice_axis"])
    moves = {"of": of, "in_mm": words == SAME_MM, "words": words, "name": f"{named} · {count}"}
    return {**scene(there.card, metas[1]), **moves}, ""


def how(here: Mapping[str, Any], there: Mapping[str, Any], *, same_study: bool) -> str:
    """The sentence that says how two stacks move along.

    Parameters
    ----------
    here, there : mapping
        Their ``meta.json``.
    same_study : bool
        Whether they are of one study of one patient: a frame of reference that two studies name is not believed.
    """
    if here["kind"] != "volume" or there["kind"] != "volume":
        return BY_COUNT
    return SAME_MM if same_study and systems_of(here) & systems_of(there) else BY_SHARE


def pane() -> Component:
    """The picture of the second series with everything that lies over it; no plane of the open one."""
    marks = [
        html.Span(
            VERDICT_MARKS[verdict],
            className=f"pane-mark of-{verdict}",
            title=f"{str(verdict).capitalize()}: {VERDICT_MEANINGS[verdict]}",
            role="img",
            **attributes(aria_label=f"beside: {verdict}"),
        )
        for verdict in (Verdict.CAUTION, Verdict.REFUSED)
    ]
    return html.Section(
        [
            graph(ids.slice_graph(BESIDE), slice_template(PICTURE), still=True),
            html.Div(id=ids.slice_name(BESIDE), className="corner top-left"),
            *marks,
            html.Div(id=ids.BESIDE_TITLE, className="corner beside-title"),
            html.Div(id=ids.slice_label(BESIDE), className="corner top-right"),
            html.Div(id=ids.slice_edges(BESIDE), className="edges"),
            html.Div(id=ids.slice_foot(BESIDE), className="corner bottom-left"),
            html.Div([html.Span(className="ruler-text"), html.Span(className="ruler-bar")], className="ruler"),
            html.Div(className="waiting", **attributes(aria_hidden="true")),
            rail(BESIDE),
        ],
        id=ids.pane(BESIDE),
        className="pane pane-beside",
        **attributes(aria_label="the series beside"),
    )


def bar() -> Component:
    """Which series stands beside, its window, how both move, and the ways out; there only when asked for."""
    return html.Div(
        [
            dcc.Store(id=ids.BESIDE_SCENE),
            dcc.Store(id=ids.BESIDE_WINDOW),
            html.Span("Beside", className="lines-word"),
            dmc.Select(
                id=ids.BESIDE_OF,
                data=[],
                size="xs",
                placeholder="Choose a second series",
                searchable=True,
                nothingFoundMessage="No other series",
                className="beside-of",
                **attributes(aria_label="Series beside"),
            ),
            dmc.Select(
                id=ids.BESIDE_PRESET,
                data=[],
                size="xs",
                placeholder="window",
                allowDeselect=False,
                className="beside-preset",
                **attributes(aria_label="Window of the series beside"),
            ),
            html.Span([_plane_button(plane) for plane in Plane], className="beside-planes wide-only"),
            html.Span(id=ids.BESIDE_NOTE, className="beside-note", role="status"),
            html.Button("Swap", id=ids.BESIDE_SWAP, className="lines-open", title="Open that series, this one beside"),
            html.Button("Close", id=ids.BESIDE_CLOSE, className="lines-open", title="One series again"),
        ],
        id=ids.BESIDE_BAR,
        className="beside-bar is-absent",
    )


def _plane_button(plane: Plane) -> Component:
    """One of the planes in which both are shown."""
    return html.Button(str(plane), className=f"beside-plane of-{plane}", **attributes(data_beside_plane=str(plane)))


def button() -> Component:
    """The button that shows and hides the bar; a guest has none."""
    words = attributes(data_beside_bar="")
    return html.Button(
        "Beside", className="bar-button viewer-only wide-only owner-only", title="A second series beside: b", **words
    )


def phone_button() -> Component:
    """The same button under the thumb."""
    return html.Button("Beside", className="plane-button beside-switch owner-only", **attributes(data_beside_bar=""))


def register(app: Dash, services: Services) -> None:
    """Wire the flow that the module's picture shows."""

    @app.callback(
        Output(ids.BESIDE_OF, "data"),
        Output(ids.BESIDE_OF, "value"),
        Input(ids.SCENE, "data"),
        State(ids.LOCATION, "search"),
    )
    def offer(scene_: dict[str, Any] | None, search: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """What can stand beside, and what a link asks for."""
        groups = offered(services, scene_)
        return groups, linked(groups, search)

    @app.callback(
        Output(ids.BESIDE_OF, "data", allow_duplicate=True),
        Input(ids.LIBRARY_CHANGED, "data"),
        State(ids.SCENE, "data"),
        prevent_initial_call=True,
    )
    def offer_again(_changed: object, scene_: dict[str, Any] | None) -> list[dict[str, Any]]:
        """What can stand beside now."""
        return offered(services, scene_)

    @app.callback(
        Output(ids.BESIDE_SCENE, "data"),
        Output(ids.ERROR, "children", allow_duplicate=True),
        Input(ids.BESIDE_OF, "value"),
        State(ids.SCENE, "data"),
        prevent_initial_call=True,
    )
    def open_(chosen: str | None, scene_: dict[str, Any] | None) -> tuple[dict[str, Any], str]:
        """The series beside."""
        return second(services, scene_, chosen)

    _register_browser(app)


def _register_browser(app: Dash) -> None:
    """What needs no request."""
    in_browser(
        app,
        "besideWindow",
        Output(ids.BESIDE_WINDOW, "data"),
        Output(ids.BESIDE_PRESET, "data"),
        Output(ids.BESIDE_PRESET, "value"),
        Output(ids.BESIDE_TITLE, "children"),
        Input(ids.BESIDE_SCENE, "data"),
        Input(ids.BESIDE_PRESET, "value"),
        Input(ids.BESIDE_WINDOW, "data"),
        State(ids.LOCATION, "search"),
    )
    in_browser(
        app,
        "besideShow",
        Output(ids.slice_graph(BESIDE), "figure"),
        Output(ids.slice_label(BESIDE), "children"),
        Output(ids.slice_edges(BESIDE), "children"),
        Output(ids.slice_foot(BESIDE), "children"),
        Output(ids.slice_name(BESIDE), "children"),
        Output(ids.slice_slider(BESIDE), "value"),
        Output(ids.slice_slider(BESIDE), "max"),
        Output(ids.BESIDE_NOTE, "children"),
        Input(ids.BESIDE_SCENE, "data"),
        Input(ids.SCENE, "data"),
        *(Input(ids.slice_slider(plane), "value") for plane in (*Plane, PICTURE, BESIDE)),
        Input(ids.CURSOR, "data"),
        Input(ids.VIEW, "data"),
        Input(ids.BESIDE_WINDOW, "data"),
        Input(ids.ZOOM, "data"),
        Input(ids.PAGE, "className"),
        State(ids.SLICE_TEMPLATE, "data"),
    )
