"""Up to three surfaces of the open volume, and the 3D pane that shows them with the three planes.

::

    SCENE, tab ── surfaceLevels ──> LEVELS: histogram, levels on offer, marks              (GET /volumes/KEY/levels)

    SCENE, LEVELS, controls, ACT ── surfaces ──> SURFACES, controls                         (in the browser)
           (ACT: what was touched in the list of surfaces or in the histogram, which surface_panel.js draws)

    SURFACES, TIME ── surfaceWishes ──> WISHES, once the hand rests                         (in the browser)

    WISHES, TICK ── work ──> WORK, one more TICK or none                                    (server)
                    (the clock runs only while a job does, and waits for each answer)

    WORK, SURFACES ── surfaceShown ──> MESH: what is drawn, how; list, facts, check, file   (in the browser)

    SCENE, MESH, planes, clip, CURSOR, WINDOW, VIEW ── solid ──> 3D figure, its corner text (in the browser;
                                      corners and faces come as binary from GET /volumes/KEY/mesh/ARTIFACT)

    surface_view.js turns the camera, writes CAMERA, and answers a click on what is drawn with CLICK.
"""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, html
from dash.development.base_component import Component

from webapp.figures.surface import dark_pane
from webapp.services import Services
from webapp.views import ids, surface_panel
from webapp.views.browser import attributes, in_browser
from webapp.views.graph import graph
from webapp.views.surface_work import is_unfinished, step

#: The controls that the list of surfaces and they themselves move.
_CONTROLS = (
    (ids.SURFACE_PRESET, "value"),
    (ids.SURFACE_LEVEL, "value"),
    (ids.SURFACE_SLIDER, "value"),
    (ids.SURFACE_LARGEST, "checked"),
    (ids.SURFACE_ISLAND, "value"),
    (ids.SURFACE_SMOOTH, "value"),
    (ids.SURFACE_CLOSED, "checked"),
)


def pane() -> Component:
    """The 3D pane."""
    return html.Section(
        [
            graph(ids.SURFACE_GRAPH, dark_pane(), still=False),
            html.Div("3D", className="corner top-left"),
            html.Div(id=ids.SURFACE_LABEL, className="corner top-right"),
        ],
        id=ids.pane("solid"),
        className="pane pane-solid",
        **attributes(data_plane="solid", aria_label="3D view"),
    )


def layout() -> Component:
    """The panel."""
    return surface_panel.layout()


def register(app: Dash, services: Services) -> None:
    """Wire the panel and the pane."""

    @app.callback(
        Output(ids.SURFACE_WORK, "data"),
        Output(ids.SURFACE_TICK, "max_intervals"),
        Input(ids.SURFACE_WISHES, "data"),
        Input(ids.SURFACE_TICK, "n_intervals"),
        State(ids.SURFACE_WORK, "data"),
        prevent_initial_call=True,
    )
    def work_(wishes: object, ticks: int | None, work: object) -> tuple[dict[str, Any], int]:
        """One step of making surfaces."""
        return with_clock(step(services, wishes, work), ticks or 0)

    _register_wishes(app)
    _register_shown(app)


def with_clock(work: dict[str, Any], ticks: int) -> tuple[dict[str, Any], int]:
    """Work, and how far the clock may go.

    One tick at a time: a clock that goes on while an answer is under way would make every slow answer a late one, and
    late answers are dropped.

    Parameters
    ----------
    work : dict
        As `step` answers it.
    ticks : int
        How often the clock has ticked.
    """
    return work, ticks + 1 if is_unfinished(work) else 0


def _register_wishes(app: Dash) -> None:
    """From what is touched to what is wished for."""
    in_browser(
        app,
        "surfaceLevels",
        Output(ids.SURFACE_LEVELS, "data"),
        Input(ids.SCENE, "data"),
        Input(ids.PANEL_TABS, "value"),
        State(ids.SURFACE_LEVELS, "data"),
        State(ids.LOCATION, "search"),
    )
    in_browser(
        app,
        "surfaces",
        Output(ids.SURFACES, "data"),
        *(Output(*control) for control in _CONTROLS),
        *(Output(ids.SURFACE_SLIDER, bound) for bound in ("min", "max", "step")),
        Output(ids.SURFACE_PRESET, "data"),
        Output(ids.SURFACE_UNIT, "children"),
        Output(ids.SURFACE_WHY, "children"),
        Output(ids.SURFACE_CLIP, "value"),
        Input(ids.SCENE, "data"),
        Input(ids.SURFACE_LEVELS, "data"),
        Input(ids.SURFACE_ACT, "data"),
        Input(ids.SURFACE_START, "n_clicks"),
        Input(ids.SURFACE_EXPORT, "n_clicks"),
        *(Input(*control) for control in _CONTROLS),
        State(ids.SURFACES, "data"),
        State(ids.LOCATION, "search"),
    )
    in_browser(
        app,
        "surfaceWishes",
        Output(ids.SURFACE_WISHES, "data"),
        Input(ids.SURFACES, "data"),
        Input(ids.TIME, "data"),
    )


def _register_shown(app: Dash) -> None:
    """From what was made to what is seen."""
    in_browser(
        app,
        "surfaceShown",
        Output(ids.SURFACE_MESH, "data"),
        Output(ids.SURFACE_FILE, "href"),
        Output(ids.SURFACE_FILE, "children"),
        Input(ids.SURFACE_WORK, "data"),
        Input(ids.SURFACES, "data"),
        Input(ids.SURFACE_FORMAT, "value"),
        Input(ids.SURFACE_SPACE, "value"),
        State(ids.SCENE, "data"),
        State(ids.SURFACE_LEVELS, "data"),
    )
    in_browser(
        app,
        "solid",
        Output(ids.SURFACE_GRAPH, "figure"),
        Output(ids.SURFACE_LABEL, "children"),
        Input(ids.SCENE, "data"),
        Input(ids.SURFACE_MESH, "data"),
        Input(ids.SURFACE_PLANES, "checked"),
        Input(ids.SURFACE_CLIP, "value"),
        Input(ids.CURSOR, "data"),
        Input(ids.WINDOW, "data"),
        Input(ids.VIEW, "data"),
        Input(ids.PAGE, "className"),
        State(ids.SURFACE_LEVELS, "data"),
        State(ids.SURFACE_TEMPLATE, "data"),
    )
