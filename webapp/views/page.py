"""The whole page: top bar, library or viewer, side panel, status line.

::

    SCENE, VIEW, tab, LOCATION ── stage ──> class of the page        (in the browser: what is shown is CSS)
    SCENE, plane switch ── single ──> VIEW        panel button, ? button    (in the browser)
"""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from webapp.services import Services
from webapp.views import (
    audit,
    beside,
    choice,
    ids,
    library,
    lines,
    measure,
    overlays,
    panes,
    picture_sheet,
    planes,
    sharing,
    slices,
    surface,
    tags,
    top_bar,
    upload,
)
from webapp.views.browser import attributes, in_browser

KEYS = (
    ("↑ ↓ · PgUp PgDn", "slice by slice, or ten with Shift"),
    ("Home End", "first and last slice"),
    ("← →", "the plane before, the plane after"),
    ("1 … 6", "windows of the list"),
    ("Space", "window and zoom as at first"),
    ("i", "black and white exchanged"),
    ("x", "lines of the cursor hidden, shown"),
    ("t", "slab: off, mean, MIP, MinIP"),
    ("p", "planes along the patient, as acquired"),
    ("m", "the active view alone, and back"),
    ("c", "play and pause: pictures, or the slices of the active view"),
    ("b", "a second series beside this one, and one series again"),
    ("l g r o · Esc", "measure a length, an angle, a rectangle, an ellipse (oval); stop"),
    ("Shift and A P L R H F", "the 3D view from the front, the back, left, right, head, feet"),
    ("[ ]", "side panel closed, open"),
    ("?", "this list"),
    ("wheel", "slices; with Shift ten at a time, with Ctrl zoom about the pointer"),
    ("drag left", "window: across is width, down is level"),
    ("drag left with Ctrl", "window to the values in the box, without its darkest and brightest hundredth"),
    ("drag middle, right", "move, zoom: all views together, in mm"),
    ("click", "set the cursor in all views; with Shift it follows the pointer"),
    ("double click", "one view alone, and back"),
    ("dividers", "dragged, or with arrow keys: the share of each view; even again with Home"),
    ("fingers", "swipe for slices, pinch to zoom and move, press long for the value"),
)

THEME = {
    "fontFamily": "var(--font)",
    "primaryColor": "blue",
    "defaultRadius": "6px",
    "fontSizes": {"xs": "12px", "sm": "13px", "md": "13px"},
}


def _side_panel() -> Component:
    """The tabs: a column beside the pictures, a sheet from below on a phone."""
    panels = {"audit": audit.layout(), "tags": tags.layout(), "surface": surface.layout()}
    panels |= {"measure": measure.layout(), "overlays": overlays.layout()}
    heads = [dmc.TabsTab(name.capitalize(), value=name) for name in panels]
    bodies = [dmc.TabsPanel(body, value=name, className="side-body") for name, body in panels.items()]
    return html.Aside(
        dmc.Tabs(
            [dmc.TabsList(heads, grow=True), *bodies],
            id=ids.PANEL_TABS,
            value="audit",
            keepMounted=True,
            allowTabDeactivation=True,
        ),
        id=ids.SIDE_PANEL,
        className="side-panel",
        **attributes(aria_label="Audit, tags, surface, measure, overlays"),
    )


def _plane_switch() -> Component:
    """The coloured letters that choose the view on a phone."""
    letters = {"axial": "A", "coronal": "C", "sagittal": "S", "solid": "3D"}
    buttons = [
        html.Button(
            letter,
            id=ids.plane_button(plane),
            className=f"plane-button of-{plane}",
            n_clicks=0,
            title=plane,
            **attributes(aria_label=f"show the {plane} view"),
        )
        for plane, letter in letters.items()
    ]
    return html.Nav([*buttons, beside.phone_button()], id=ids.PLANE_SWITCH, className="plane-switch")


def _status() -> Component:
    """The audit in one line, the read-out, and what this is not."""
    return html.Footer(
        [
            html.Span(id=ids.AUDIT_LINE, className="audit-line"),
            html.Span(id=ids.READ_OUT, className="read-out"),
            html.Span("not for diagnosis", className="disclaimer"),
        ],
        className="status",
    )


def _keys_dialog() -> Component:
    """The list of keys."""
    rows = [html.Tr([html.Th(dmc.Kbd(keys)), html.Td(meaning)]) for keys, meaning in KEYS]
    dialog: Component = dmc.Modal(
        html.Table(html.Tbody(rows), className="keys"), id=ids.KEYS_DIALOG, title="Keys and pointer", centered=True
    )
    return dialog


def _panes() -> Component:
    """The pictures and the space beside them, and the time axis below."""
    pictures = html.Div([*slices.layout(), beside.pane(), surface.pane(), *panes.dividers()], className="panes")
    return html.Div([pictures, beside.bar(), lines.bar(), panes.time_bar()], className="stage")


def _viewer() -> Component:
    """Panes, switch and side panel."""
    return html.Main(
        [
            _panes(),
            _plane_switch(),
            _side_panel(),
            _status(),
        ],
        id=ids.VIEWER,
        className="viewer",
    )


def _door() -> Component:
    """The first page: one sentence, the drop zone, the library, and the way to what is taken."""
    about = html.A("What is taken, how much of it, and the version", href="/about", className="about-link")
    return html.Main([upload.layout(), library.layout(), html.Footer(about)], className="door")


def layout() -> Component:
    """The page of every visitor; it holds nothing of anybody."""
    page: Component = dmc.MantineProvider(
        html.Div(
            [
                dcc.Location(id=ids.LOCATION, refresh="callback-nav"),
                dcc.Store(id=ids.SCENE),
                top_bar.layout(),
                html.Div(id=ids.ERROR, className="error-line", role="alert"),
                _door(),
                _viewer(),
                _keys_dialog(),
                sharing.layout(),
            ],
            id=ids.PAGE,
            className="page is-opening",
        ),
        theme=THEME,
        defaultColorScheme="dark",
    )
    return page


def register(app: Dash, services: Services) -> None:
    """Register every room of the page, then what holds them together."""
    sides = (choice, surface, audit, tags, measure, overlays)
    for view in (top_bar, picture_sheet, slices, planes, beside, lines, *sides, sharing, upload, library):
        view.register(app, services)

    in_browser(
        app,
        "stage",
        Output(ids.PAGE, "className"),
        Input(ids.SCENE, "data"),
        Input(ids.VIEW, "data"),
        Input(ids.PANEL_TABS, "value"),
        Input(ids.LOCATION, "search"),
        at_start=True,
    )
    in_browser(
        app,
        "single",
        Output(ids.VIEW, "data"),
        *(Input(ids.plane_button(plane), "n_clicks") for plane in (*slices.PANES[:3], "solid")),
        Input(ids.SCENE, "data"),
        State(ids.VIEW, "data"),
        State(ids.LOCATION, "search"),
    )
    in_browser(
        app,
        "panel",
        Output(ids.PANEL_TABS, "value"),
        Input(ids.PANEL_TOGGLE, "n_clicks"),
        Input(ids.SCENE, "data"),
        State(ids.PANEL_TABS, "value"),
        State(ids.LOCATION, "search"),
    )
    in_browser(
        app,
        "keys",
        Output(ids.KEYS_DIALOG, "opened"),
        Input(ids.KEYS_BUTTON, "n_clicks"),
        State(ids.KEYS_DIALOG, "opened"),
    )
