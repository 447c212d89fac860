"""The surface at a level of the open volume, and the 3D pane that shows it with the three planes.

::

    SCENE, preset, level, slider ── level ──> preset, level, slider, unit                   (in the browser)

    start, TICK, SCENE ── work ──> JOB, MESH, progress, note, one more TICK or none         (server)
                          (the clock runs only while a job does, and waits for each answer)

    MESH, SCENE ── stl ──> the link to the file, empty while there is no surface           (in the browser)

    SCENE, MESH, planes, CURSOR, WINDOW, VIEW ── solid ──> 3D figure, its corner text        (in the browser;
                                      corners and faces come as binary from GET /volumes/KEY/mesh/ARTIFACT)
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html
from dash.development.base_component import Component

from webapp.figures.surface import surface_template
from webapp.services import Services
from webapp.views import ids
from webapp.views.browser import attributes, in_browser
from webapp.views.graph import graph
from webapp.views.surface_work import step

TICK_MS = 400


def pane() -> Component:
    """The 3D pane."""
    return html.Section(
        [
            graph(ids.SURFACE_GRAPH, surface_template(), still=False),
            html.Div("3D", className="corner top-left"),
            html.Div(id=ids.SURFACE_LABEL, className="corner top-right"),
        ],
        id=ids.pane("solid"),
        className="pane pane-solid",
        **attributes(data_plane="solid", aria_label="3D view"),
    )


def layout() -> Component:
    """The panel: level, presets, start, progress, planes."""
    return html.Div(
        [
            dcc.Store(id=ids.SURFACE_JOB),
            dcc.Store(id=ids.SURFACE_MESH),
            dcc.Store(id=ids.SURFACE_TEMPLATE, data=surface_template()),
            dcc.Interval(id=ids.SURFACE_TICK, interval=TICK_MS, max_intervals=0),
            html.P(id=ids.SURFACE_UNIT, className="quiet"),
            dmc.Select(id=ids.SURFACE_PRESET, label="Preset", data=[], placeholder="choose a level", clearable=False),
            dmc.NumberInput(id=ids.SURFACE_LEVEL, label="Level", debounce=True, hideControls=True),
            dmc.Slider(id=ids.SURFACE_SLIDER, min=0, max=1, value=0, label=None, size="sm", thumbLabel="Level"),
            dmc.Button("Compute", id=ids.SURFACE_START, n_clicks=0, fullWidth=True),
            dmc.Progress(id=ids.SURFACE_PROGRESS, value=0, className="progress is-idle", size="sm", animated=True),
            html.P(id=ids.SURFACE_NOTE, className="quiet", role="status"),
            html.A("Download this surface (STL)", id=ids.SURFACE_STL, href="", className="download", download=""),
            dmc.Switch(id=ids.SURFACE_PLANES, label="Show the three planes", checked=True),
        ],
        className="surface-panel",
    )


def register(app: Dash, services: Services) -> None:
    """Wire the panel and the pane."""

    @app.callback(
        Output(ids.SURFACE_JOB, "data"),
        Output(ids.SURFACE_MESH, "data"),
        Output(ids.SURFACE_PROGRESS, "value"),
        Output(ids.SURFACE_PROGRESS, "className"),
        Output(ids.SURFACE_NOTE, "children"),
        Output(ids.SURFACE_TICK, "max_intervals"),
        Input(ids.SURFACE_START, "n_clicks"),
        Input(ids.SURFACE_TICK, "n_intervals"),
        Input(ids.SCENE, "data"),
        Input(ids.OVERLAY_SOLID, "data"),
        State(ids.SURFACE_LEVEL, "value"),
        State(ids.SURFACE_JOB, "data"),
        State(ids.LOCATION, "search"),
        prevent_initial_call=True,
    )
    def work(_clicks: int, ticks: int, scene: dict[str, Any], region: object, *fields: Any) -> tuple[Any, ...]:
        """One step of making a surface."""
        return step(services, str(ctx.triggered_id), scene or {}, (*fields, region)).as_outputs(ticks or 0)

    in_browser(
        app,
        "level",
        Output(ids.SURFACE_PRESET, "data"),
        Output(ids.SURFACE_PRESET, "value"),
        Output(ids.SURFACE_LEVEL, "value"),
        Output(ids.SURFACE_SLIDER, "value"),
        Output(ids.SURFACE_SLIDER, "min"),
        Output(ids.SURFACE_SLIDER, "max"),
        Output(ids.SURFACE_UNIT, "children"),
        Input(ids.SCENE, "data"),
        Input(ids.SURFACE_PRESET, "value"),
        Input(ids.SURFACE_LEVEL, "value"),
        Input(ids.SURFACE_SLIDER, "value"),
        State(ids.LOCATION, "search"),
    )
    in_browser(
        app,
        "stl",
        Output(ids.SURFACE_STL, "href"),
        Input(ids.SURFACE_MESH, "data"),
        Input(ids.SCENE, "data"),
    )
    in_browser(
        app,
        "solid",
        Output(ids.SURFACE_GRAPH, "figure"),
        Output(ids.SURFACE_LABEL, "children"),
        Input(ids.SCENE, "data"),
        Input(ids.SURFACE_MESH, "data"),
        Input(ids.SURFACE_PLANES, "checked"),
        Input(ids.CURSOR, "data"),
        Input(ids.WINDOW, "data"),
        Input(ids.VIEW, "data"),
        Input(ids.PAGE, "className"),
        State(ids.SURFACE_TEMPLATE, "data"),
    )
