"""A second series beside the open one: which it is, what it may be, and how both move along.

::

    SCENE, LOCATION ── offer ──> the list of BESIDE_OF, and of it what a link names            (server)
    BESIDE_OF, SCENE ── open ──> BESIDE_SCENE, ERROR                                           (server)
    BESIDE_SCENE, BESIDE_PRESET, BESIDE_WINDOW ── besideWindow ──> BESIDE_WINDOW, list, its value (in the browser)
    BESIDE_SCENE, SCENE, CURSOR, rails, VIEW, BESIDE_WINDOW, ZOOM, PAGE, TIME
        ── besideShow ──> figure, words, name, own rail, and the sentence that says how both move     (in the browser)

    assets/beside.js and beside_bar.js write CLICK, BESIDE_WINDOW, VIEW, BESIDE_BAR and BESIDE_OF.
"""

from __future__ import annotations

from typing import Any, Final

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from webapp.figures.slice import slice_template
from webapp.findings import VERDICT_MARKS, VERDICT_MEANINGS, Verdict
from webapp.imaging.plane import PICTURE, Plane
from webapp.services import Services
from webapp.views import ids
from webapp.views.beside_choice import linked, offered, second
from webapp.views.browser import attributes, in_browser
from webapp.views.graph import graph
from webapp.views.panes import rail

#: The name of the pane among the panes of the planes.
BESIDE: Final = "beside"


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
    def open_(chosen: str | None, scene_: dict[str, Any] | None) -> tuple[dict[str, Any], Any]:
        """The series beside; where none is asked for, what was said of the open one stays."""
        scene, words = second(services, scene_, chosen)
        return scene, words if chosen else no_update

    _register_browser(app)


def _register_browser(app: Dash) -> None:
    """What needs no request."""
    in_browser(
        app,
        "besideWindow",
        Output(ids.BESIDE_WINDOW, "data"),
        Output(ids.BESIDE_PRESET, "data"),
        Output(ids.BESIDE_PRESET, "value"),
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
        Output(ids.BESIDE_TITLE, "children"),
        Input(ids.BESIDE_SCENE, "data"),
        Input(ids.SCENE, "data"),
        *(Input(ids.slice_slider(plane), "value") for plane in (*Plane, PICTURE, BESIDE)),
        Input(ids.CURSOR, "data"),
        Input(ids.VIEW, "data"),
        Input(ids.BESIDE_WINDOW, "data"),
        Input(ids.ZOOM, "data"),
        Input(ids.PAGE, "className"),
        Input(ids.TIME, "data"),
        State(ids.SLICE_TEMPLATE, "data"),
    )
