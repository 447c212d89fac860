"""The measure panel: tools, what was measured, and the list as a file.

::

    SCENE ── load ──> MEASURES ── measuresKept (in the browser) ──> shapes over the pictures, the list
    shapes.js: a shape is drawn, moved or deleted ──> MEASURES ── keep ──> catalogue
    MEASURE_TOOL ── measureTool (in the browser) ──> what the pointer draws
    MEASURE_SAVE ── measureSave (in the browser) ──> a CSV file
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from webapp.access import access
from webapp.errors import TruesliceError
from webapp.measures import from_json
from webapp.services import Services
from webapp.views import ids
from webapp.views.browser import attributes, in_browser
from webapp.views.state import scene_key

TOOLS = (("", "None"), ("length", "Length"), ("angle", "Angle"), ("rectangle", "Rectangle"), ("ellipse", "Ellipse"))
STORES = (ids.MEASURES, ids.MEASURES_DRAWN, ids.MEASURES_SHOWN, ids.MEASURES_SAVED, ids.MEASURE_ACTIVE)


def layout() -> Component:
    """The panel; its list is drawn in the browser."""
    tools = dmc.SegmentedControl(
        id=ids.MEASURE_TOOL,
        data=[{"value": value, "label": label} for value, label in TOOLS],
        value="",
        size="xs",
        fullWidth=True,
        **attributes(aria_label="What the pointer draws"),
    )
    return html.Section(
        [
            tools,
            html.P(
                "Choose a tool, then drag on a picture; an angle takes three clicks, its corner second. "
                "Drag an end to move it.",
                className="quiet",
            ),
            html.Ul(id=ids.MEASURE_LIST, className="measure-list", **attributes(aria_live="polite")),
            html.P("Nothing measured yet.", className="quiet measure-none"),
            html.Button("Save as CSV", id=ids.MEASURE_SAVE, n_clicks=0, className="plain-button measure-save"),
            html.P(id=ids.MEASURE_NOTE, className="quiet", role="status"),
            *(dcc.Store(id=name) for name in STORES),
        ],
        className="measure-panel",
    )


def load(services: Services, scene: Mapping[str, Any] | None) -> dict[str, Any]:
    """What was measured in the open stack by whoever looks.

    Parameters
    ----------
    services : Services
    scene : mapping or None
    """
    key = scene_key(scene)
    if key is None:
        return {"key": None, "shapes": []}
    access(services, key)
    return {"key": key, "shapes": [one.as_json() for one in services.catalogue.measures(services.owner(), key)]}


def keep(services: Services, told: object) -> str:
    """Keep what was drawn; a guest's is not kept.

    Parameters
    ----------
    services : Services
    told : object
        ``{"key", "shapes"}`` as the browser sends it.

    Returns
    -------
    str
        Why it was not kept; empty where it was.
    """
    key = scene_key(told)
    if key is None or not isinstance(told, dict):
        return ""
    try:
        found = access(services, key)
        if found.is_guest:
            return "A guest's measurements are not kept: save them as CSV."
        services.catalogue.keep_measures(services.owner(), key, from_json(told.get("shapes")))
    except TruesliceError as refusal:
        return f"Not kept. {refusal}"
    return ""


def register(app: Dash, services: Services) -> None:
    """Wire the panel."""

    @app.callback(Output(ids.MEASURES, "data"), Input(ids.SCENE, "data"))
    def load_(scene: dict[str, Any] | None) -> dict[str, Any]:
        """What was measured before."""
        return load(services, scene)

    @app.callback(Output(ids.MEASURE_NOTE, "children"), Input(ids.MEASURES_DRAWN, "data"), prevent_initial_call=True)
    def keep_(told: object) -> str:
        """Keep what was drawn."""
        if told is None:
            raise PreventUpdate
        return keep(services, told)

    in_browser(
        app,
        "measuresKept",
        Output(ids.MEASURES_SHOWN, "data"),
        Input(ids.MEASURES, "data"),
        State(ids.SCENE, "data"),
    )
    in_browser(app, "measureTool", Output(ids.MEASURE_ACTIVE, "data"), Input(ids.MEASURE_TOOL, "value"))
    in_browser(app, "measureSave", Output(ids.MEASURES_SAVED, "data"), Input(ids.MEASURE_SAVE, "n_clicks"))
