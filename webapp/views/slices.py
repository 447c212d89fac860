"""Three linked slices of one stack, or one pane of pictures where there is no volume.

::

    LOCATION ── open ──> SCENE, ERROR                                         (server; the only request with words)

    SCENE ──────┐
    CLICK ──────┼── place ──> CURSOR (mm), every rail's value and length
    rails ──────┘            (circular, so all in one callback: the cursor is the fact, a rail is its rounding)

    SCENE, own rail, WINDOW, CURSOR, VIEW, ZOOM, PAGE, TIME, LINES ── show, once per plane ──> painter.js
                             (the one hand that draws: pixels from the page's cache or GET /volumes/KEY/PLANE/INDEX,
                              and in the same task the words that belong to them; Dash owns neither)

    SCENE, preset, center, width, scale, WINDOW ── window ──> WINDOW, preset, center, width, scale (no request)
    CURSOR, WINDOW, tab, VIEW, TIME, picture's rail, SURFACES, clip, CAMERA ── address ──> the address bar once the hand
                             rests (address.js; every other part of the page tells it of its own fields)

    pointer.js, cine.js and audit.js ── what the hand does ──> painter.js, drawn at once; CLICK, WINDOW and ZOOM are
                             told once it rests. keys.js writes WINDOW and VIEW, pointer.js VIEW, surface_view.js CLICK.
"""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from webapp.access import access
from webapp.errors import NotAVolume, TruesliceError
from webapp.figures.slice import reference_template, slice_template
from webapp.imaging.plane import PICTURE, Plane
from webapp.services import Services
from webapp.stackfiles import OVERLAY
from webapp.views import choice, ids
from webapp.views.browser import in_browser
from webapp.views.lines import links
from webapp.views.panes import pane
from webapp.views.scene import for_guest, refusal_words, scene
from webapp.views.state import ViewState

PANES = (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL, PICTURE)


def open_stack(services: Services, query: str | None) -> tuple[dict[str, Any], str]:
    """The scene an address asks for, and the words to show when it cannot be had.

    Parameters
    ----------
    services : Services
    query : str or None
        The address' query string.
    """
    state = ViewState.from_query(query)
    key = state.stack
    if key is None:
        return {}, ""
    try:
        found = access(services, key)
        services.catalogue.touch(key)
        meta = services.volumes.open(key).meta
        if found.card.kind == OVERLAY:
            raise NotAVolume("These are regions without pictures.", "Open the pictures that they are drawn over.")
        if found.is_guest or state.as_guest:
            return for_guest(scene(found.card, meta), found.share), ""
        return scene(found.card, meta, links(services, found.card, meta)), ""
    except TruesliceError as refusal:
        return {}, str(refusal)


def refusal() -> Component:
    """The place beside the pictures where a stack that is no volume says why, and what there is to choose."""
    return html.Div([html.Div(id=ids.REFUSAL), choice.layout()], className="refusal")


def layout() -> list[Component]:
    """The stores of the flow and the four slice panes; the page places them."""
    templates = {**{str(plane): slice_template(plane) for plane in PANES}, "reference": reference_template()}
    return [
        dcc.Store(id=ids.CURSOR),
        dcc.Store(id=ids.WINDOW),
        dcc.Store(id=ids.CLICK),
        dcc.Store(id=ids.VIEW, data={"single": "axial", "maximised": False}),
        dcc.Store(id=ids.ZOOM, data={}),
        dcc.Store(id=ids.TIME),
        dcc.Store(id=ids.ADDRESS),
        dcc.Store(id=ids.SLICE_TEMPLATE, data=templates),
        *(pane(plane) for plane in PANES),
        refusal(),
    ]


def register(app: Dash, services: Services) -> None:
    """Wire the flow that the module's picture shows."""

    @app.callback(
        Output(ids.SCENE, "data"),
        Output(ids.ERROR, "children"),
        Input(ids.LOCATION, "search"),
        prevent_initial_call=False,
    )
    def open_(search: str | None) -> tuple[dict[str, Any], str]:
        """The stack the address names."""
        return open_stack(services, search)

    @app.callback(Output(ids.REFUSAL, "children"), Input(ids.SCENE, "data"))
    def refuse(scene_: dict[str, Any] | None) -> list[Component]:
        """Why there is no volume."""
        return refusal_words(scene_ or {})

    _register_place(app)
    for plane in PANES:
        _register_show(app, plane)
    _register_window(app)
    in_browser(
        app,
        "time",
        Output(ids.TIME, "data"),
        Output(ids.TIME_SLIDER, "value"),
        Output(ids.TIME_SLIDER, "max"),
        Output(ids.TIME_LABEL, "children"),
        Output(ids.TIME_BAR, "className"),
        Input(ids.SCENE, "data"),
        Input(ids.TIME_SLIDER, "value"),
        State(ids.LOCATION, "search"),
    )


def _register_place(app: Dash) -> None:
    """Cursor and rails, in one callback since they move each other; and the address that follows them."""
    rails = [ids.slice_slider(plane) for plane in PANES]
    in_browser(
        app,
        "place",
        Output(ids.CURSOR, "data"),
        *(Output(rail_, "value") for rail_ in rails),
        *(Output(rail_, "max") for rail_ in rails),
        Input(ids.SCENE, "data"),
        Input(ids.CLICK, "data"),
        *(Input(rail_, "value") for rail_ in rails),
        Input(ids.PLANES, "data"),
        State(ids.CURSOR, "data"),
        State(ids.LOCATION, "search"),
    )
    in_browser(
        app,
        "address",
        Output(ids.ADDRESS, "data"),
        Input(ids.CURSOR, "data"),
        Input(ids.WINDOW, "data"),
        Input(ids.PANEL_TABS, "value"),
        Input(ids.VIEW, "data"),
        Input(ids.TIME, "data"),
        Input(ids.slice_slider(PICTURE), "value"),
        Input(ids.SURFACES, "data"),
        Input(ids.SURFACE_CLIP, "value"),
        Input(ids.SURFACE_CAMERA, "data"),
    )


def _register_show(app: Dash, plane: str) -> None:
    """Tell the painter what one plane is to show."""
    in_browser(
        app,
        f"show_{plane}",
        Input(ids.SCENE, "data"),
        Input(ids.slice_slider(plane), "value"),
        Input(ids.WINDOW, "data"),
        Input(ids.CURSOR, "data"),
        Input(ids.VIEW, "data"),
        Input(ids.ZOOM, "data"),
        Input(ids.PAGE, "className"),
        Input(ids.TIME, "data"),
        Input(ids.LINES, "data"),
        Input(ids.PLANES, "data"),
        State(ids.SLICE_TEMPLATE, "data"),
    )


def _register_window(app: Dash) -> None:
    """The window, the scale of its numbers, and their controls, in one callback since they move each other."""
    in_browser(
        app,
        "window",
        Output(ids.WINDOW, "data"),
        Output(ids.WINDOW_PRESET, "data"),
        Output(ids.WINDOW_PRESET, "value"),
        Output(ids.WINDOW_CENTER, "value"),
        Output(ids.WINDOW_WIDTH, "value"),
        Output(ids.VALUE_SCALE, "data"),
        Output(ids.VALUE_SCALE, "value"),
        Input(ids.SCENE, "data"),
        Input(ids.WINDOW_PRESET, "value"),
        Input(ids.WINDOW_CENTER, "value"),
        Input(ids.WINDOW_WIDTH, "value"),
        Input(ids.VALUE_SCALE, "value"),
        Input(ids.WINDOW, "data"),
        State(ids.LOCATION, "search"),
    )
