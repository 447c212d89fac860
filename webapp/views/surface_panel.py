"""The surface panel: levels, quality, views, the file; surface_panel.js fills the list, the histogram and the facts."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from webapp.figures.surface import surface_template
from webapp.imaging.options import LARGEST_ML, STRONGEST_MM
from webapp.views import ids
from webapp.views.browser import attributes

TICK_MS = 400

#: From where the 3D view looks: the letter that is its key, and its words.
VIEWS = (
    ("A", "from the front"),
    ("P", "from the back"),
    ("L", "from the left"),
    ("R", "from the right"),
    ("H", "from the head"),
    ("F", "from the feet"),
)

#: What is cut away at the cursor: axis of k, j, i, and the side that stays, up or down that axis.
CLIPS = (
    ("", "Nothing"),
    ("0,-1", "Above the axial plane"),
    ("0,1", "Below the axial plane"),
    ("1,1", "In front of the coronal plane"),
    ("1,-1", "Behind the coronal plane"),
    ("2,-1", "Left of the sagittal plane"),
    ("2,1", "Right of the sagittal plane"),
)

_STORES = (
    ids.SURFACES,
    ids.SURFACE_ACT,
    ids.SURFACE_LEVELS,
    ids.SURFACE_WISHES,
    ids.SURFACE_WORK,
    ids.SURFACE_MESH,
    ids.SURFACE_CAMERA,
)


def layout() -> Component:
    """The panel."""
    return html.Div(
        [
            *(dcc.Store(id=name) for name in _STORES),
            dcc.Store(id=ids.SURFACE_TEMPLATE, data=surface_template()),
            dcc.Interval(id=ids.SURFACE_TICK, interval=TICK_MS, max_intervals=0),
            html.P(id=ids.SURFACE_WHY, className="surface-why"),
            html.Div([*_level(), *_quality(), *_view(), *_file()], className="surface-controls"),
        ],
        id=ids.SURFACE_PANEL,
        className="surface-panel",
    )


def _level() -> list[Component]:
    """The surfaces there are, and the level of the chosen one."""
    return [
        html.Ul(id=ids.SURFACE_ROWS, className="surface-rows"),
        html.Button("Make a surface", id=ids.SURFACE_START, n_clicks=0, className="plain-button"),
        html.Div(id=ids.SURFACE_HISTOGRAM, className="surface-histogram", **attributes(aria_hidden="true")),
        dmc.Slider(
            id=ids.SURFACE_SLIDER,
            min=0,
            max=1,
            value=0,
            label=None,
            size="sm",
            thumbLabel="Level",
            updatemode="drag",
        ),
        html.Div(
            [
                dmc.TextInput(id=ids.SURFACE_LEVEL, label="Level", debounce=True, value=""),
                dmc.Select(
                    id=ids.SURFACE_PRESET, label="Levels to begin with", data=[], placeholder="choose", clearable=False
                ),
            ],
            className="surface-pair",
        ),
        html.P(id=ids.SURFACE_UNIT, className="quiet"),
        html.Div(id=ids.SURFACE_FACTS, className="surface-facts", **attributes(aria_live="polite")),
    ]


def _quality() -> list[Component]:
    """What is left out, smoothed and closed."""
    number = {"hideControls": True, "debounce": True, "min": 0, "value": 0, "decimalScale": 3}
    return [
        html.H3("What is kept"),
        dmc.Switch(id=ids.SURFACE_LARGEST, label="The largest part only", checked=False),
        html.Div(
            [
                dmc.NumberInput(id=ids.SURFACE_ISLAND, label="No parts below, ml", max=LARGEST_ML, **number),
                dmc.NumberInput(id=ids.SURFACE_SMOOTH, label="No details below, mm", max=STRONGEST_MM, **number),
            ],
            className="surface-pair",
        ),
        dmc.Switch(id=ids.SURFACE_CLOSED, label="Closed where the pictures end", checked=False),
    ]


def _view() -> list[Component]:
    """Where it is seen from, with which planes, and what is cut away."""
    buttons = [
        html.Button(
            letter,
            className="surface-view",
            title=f"{words}: Shift and {letter}",
            **attributes(data_view=letter, aria_label=f"Look {words}"),
        )
        for letter, words in VIEWS
    ]
    clips = [{"value": value, "label": label} for value, label in CLIPS]
    return [
        html.H3("How it is seen"),
        html.Div(buttons, className="surface-views", role="group", **attributes(aria_label="Look from")),
        dmc.Switch(id=ids.SURFACE_PLANES, label="Show the three planes", checked=True),
        dmc.Select(
            id=ids.SURFACE_CLIP,
            label="Cut away at the cursor",
            data=clips,
            value="",
            allowDeselect=False,
            clearable=False,
        ),
    ]


def _file() -> list[Component]:
    """The chosen surface as a file, checked before it is taken away; not for guests."""
    formats = [{"value": kind, "label": kind.upper()} for kind in ("stl", "ply", "obj", "glb")]
    spaces = [{"value": "lps", "label": "LPS, as in DICOM"}, {"value": "ras", "label": "RAS"}]
    choices = {"size": "xs", "fullWidth": True}
    return [
        html.Div(
            [
                html.H3("As a file"),
                html.P("The chosen surface at full resolution, in mm; nothing is thinned out.", className="quiet"),
                dmc.SegmentedControl(
                    id=ids.SURFACE_FORMAT, data=formats, value="stl", **choices, **attributes(aria_label="Format")
                ),
                dmc.SegmentedControl(
                    id=ids.SURFACE_SPACE, data=spaces, value="lps", **choices, **attributes(aria_label="Axes")
                ),
                html.Button("Make the file", id=ids.SURFACE_EXPORT, n_clicks=0, className="plain-button"),
                html.Div(id=ids.SURFACE_CHECK, className="surface-facts", **attributes(aria_live="polite")),
                html.A("", id=ids.SURFACE_FILE, href="", className="download", download=""),
            ],
            className="surface-file owner-only",
        )
    ]
