"""The sheet under the top bar's Picture: the histogram with the window on it, colours, and the picture to keep.

::

    SCENE, WINDOW, TIME, picture's rail ── pictureSheet ──> the sheet's parts (in the browser)
    picture_sheet.js writes WINDOW; save_picture.js makes the file
"""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import Dash, Input, html
from dash.development.base_component import Component

from webapp.imaging.plane import PICTURE
from webapp.services import Services
from webapp.views import ids
from webapp.views.browser import attributes, in_browser
from webapp.views.link_fields import MAPS

#: What a colour map is called where it is chosen.
MAP_NAMES = {
    "grey": "Grey",
    "hot-iron": "Hot iron",
    "hot-metal-blue": "Hot metal blue",
    "pet": "PET",
    "pet-20-step": "PET, 20 steps",
    "cividis": "Cividis, even steps",
}


def layout() -> Component:
    """The button and its sheet."""
    button = html.Button(
        "Picture", id=ids.PICTURE_BUTTON, className="bar-button viewer-only", title="Histogram, colours, save a picture"
    )
    sheet: Component = dmc.Popover(
        [
            dmc.PopoverTarget(button),
            dmc.PopoverDropdown([*_window(), *_file()], className="picture-sheet"),
        ],
        position="bottom-end",
        width=348,
        keepMounted=True,
        closeOnClickOutside=False,
        trapFocus=False,
    )
    return sheet


def _window() -> list[Component]:
    """Histogram, map and inversion."""
    options = [html.Option(MAP_NAMES[name], value=name) for name in MAPS]
    choice = html.Select(options, id=ids.COLOUR_MAP, className="plain-select")
    invert = html.Button("Invert", id=ids.INVERT, className="row-button", **attributes(aria_pressed="false"))
    return [
        html.Div(
            [
                html.H3("Window on the histogram", className="sheet-head"),
                html.Div(id=ids.HISTOGRAM, className="histogram"),
                html.P(id=ids.HISTOGRAM_ENDS, className="histogram-ends"),
                html.P(id=ids.HISTOGRAM_OF, className="quiet", role="status"),
                html.Div([html.Label(["Colours", choice], className="sheet-label"), invert], className="sheet-row"),
            ],
            className="sheet-window",
        )
    ]


def _file() -> list[Component]:
    """The picture to keep."""
    return [
        html.H3("Picture to keep", className="sheet-head"),
        html.P(
            "What is seen, as a PNG with letters, scale and \u201cnot for diagnosis\u201d. "
            "Text inside the pictures themselves, and the face of a head, stay visible.",
            className="quiet",
        ),
        dmc.Switch(id=ids.NAMED, label="With the name of the series", checked=False),
        html.Button("Save picture", id=ids.PICTURE_SAVE, className="plain-button"),
        html.P(id=ids.PICTURE_NOTE, className="quiet", role="status"),
    ]


def register(app: Dash, services: Services) -> None:
    """Let the sheet follow what is on show."""
    del services
    in_browser(
        app,
        "pictureSheet",
        Input(ids.SCENE, "data"),
        Input(ids.WINDOW, "data"),
        Input(ids.TIME, "data"),
        Input(ids.slice_slider(PICTURE), "value"),
    )
