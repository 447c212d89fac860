"""A pane: one picture, the words and marks over it, the rail under it; and the time axis below all panes."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from webapp.figures.slice import slice_template
from webapp.findings import VERDICT_MARKS, VERDICT_MEANINGS, Verdict
from webapp.imaging.plane import PICTURE
from webapp.views import ids
from webapp.views.browser import attributes
from webapp.views.graph import graph


def pane(plane: str) -> Component:
    """One picture with everything that lies over it.

    Parameters
    ----------
    plane : str
        A `Plane`, or `PICTURE`.
    """
    return html.Section(
        [
            graph(ids.slice_graph(plane), slice_template(plane), still=True),
            html.Div(id=ids.slice_name(plane), className="corner top-left"),
            *verdict_marks(),
            html.Div(id=ids.slice_label(plane), className="corner top-right"),
            html.Div(edges(), id=ids.slice_edges(plane), className="edges"),
            html.Div(id=ids.slice_foot(plane), className="corner bottom-left"),
            html.Div([html.Span(className="ruler-text"), html.Span(className="ruler-bar")], className="ruler"),
            html.Div(className="waiting", **attributes(aria_hidden="true")),
            rail(plane),
            *([play_button()] if plane == PICTURE else []),
        ],
        id=ids.pane(plane),
        className=f"pane pane-{plane}",
        **attributes(data_plane=str(plane), aria_label=f"{plane} view"),
    )


def edges() -> list[Component]:
    """Places for the letters of a picture's sides, in the order in which a slice names them."""
    return [html.Span(className=f"edge {side}") for side in ("left", "right", "top", "bottom")]


def verdict_marks() -> list[Component]:
    """The marks in a pane's corner that say that a stack is not to be trusted; the page's class shows the right one."""
    return [
        html.Button(
            VERDICT_MARKS[verdict],
            className=f"pane-mark of-{verdict}",
            title=f"{str(verdict).capitalize()}: {VERDICT_MEANINGS[verdict]}",
            **attributes(data_panel="audit", aria_label=f"{verdict}: show the audit"),
        )
        for verdict in (Verdict.CAUTION, Verdict.REFUSED)
    ]


def play_button() -> Component:
    """The button that plays pictures; `assets/cine.js` says whether they play."""
    words = attributes(aria_label="Play the pictures", aria_pressed="false")
    return html.Button("Play", id=ids.PLAY, className="play-button", title="Play and pause: c", **words)


def rail(plane: str) -> Component:
    """The thin slider that scrolls a plane."""
    return html.Div(
        dmc.Slider(
            id=ids.slice_slider(plane),
            min=0,
            max=1,
            value=0,
            step=1,
            size="xs",
            label=None,
            updatemode="drag",
            thumbLabel=f"{plane} slice",
        ),
        className="rail",
    )


def dividers() -> list[Component]:
    """What stands between the four panes: dragged, or moved by keys, it gives each its share; `assets/layout.js`."""
    words = {"across": ("vertical", "left and right views"), "down": ("horizontal", "upper and lower views")}
    bars = [
        html.Div(
            className=f"divider divides-{name}",
            role="separator",
            tabIndex=0,
            **attributes(
                data_divides=name,
                aria_orientation=orientation,
                aria_valuemin="15",
                aria_valuemax="85",
                aria_valuenow="50",
                aria_label=f"divider of the {between}",
            ),
        )
        for name, (orientation, between) in words.items()
    ]
    return [*bars, html.Div(className="divider divides-both", **attributes(data_divides="both", aria_hidden="true"))]


def time_bar() -> Component:
    """The slider through time points or parameters, there only when a stack has several."""
    slider = dmc.Slider(
        id=ids.TIME_SLIDER, min=0, max=1, value=0, step=1, size="xs", label=None, updatemode="drag", thumbLabel="time"
    )
    return html.Div(
        [html.Span(id=ids.TIME_LABEL, className="time-label", role="status"), slider],
        id=ids.TIME_BAR,
        className="time-bar is-absent",
    )
