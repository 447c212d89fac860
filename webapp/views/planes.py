"""How the planes are shown: acquired or along the patient's axes, each slice alone or merged with its neighbours.

::

    SCENE, SLAB_MODE, SLAB_MM, PLANE_AXES ── planes ──> PLANES, the controls, the button's words     (in the browser)

    PLANES starts `place` and `show` of the slices anew; `assets/planes.js` names each slice after it.
"""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from webapp.imaging.cut import THICKEST_MM
from webapp.services import Services
from webapp.views import ids
from webapp.views.browser import attributes, in_browser

#: What is made of the slices within the thickness.
MODES = (("", "Off"), ("mean", "Mean"), ("mip", "MIP"), ("minip", "MinIP"))
AXES = (("acquired", "Acquired"), ("patient", "Patient"))


def _choice(id_: str, options: tuple[tuple[str, str], ...], value: str, label: str) -> Component:
    """Buttons of which one is down."""
    data = [{"value": value_, "label": words} for value_, words in options]
    control: Component = dmc.SegmentedControl(
        id=id_, data=data, value=value, size="xs", fullWidth=True, **attributes(aria_label=label)
    )
    return control


def layout() -> Component:
    """The button of the top bar and what it opens."""
    button = html.Button(
        "Planes",
        id=ids.PLANES_BUTTON,
        className="bar-button viewer-only planes-button is-absent",
        title="Slabs and the patient's axes: t, p",
    )
    thickness = dmc.NumberInput(
        id=ids.SLAB_MM,
        value=10,
        min=0.1,
        max=THICKEST_MM,
        step=1,
        debounce=True,
        size="xs",
        label="Thickness, mm",
    )
    controls = [
        html.H2("Slab", className="planes-head"),
        _choice(ids.SLAB_MODE, MODES, "", "What is made of the slices of a slab"),
        thickness,
        html.P(
            "Each pixel is the mean, the largest (MIP) or the smallest (MinIP) value within the thickness.",
            className="quiet",
        ),
        html.H2("Planes along", className="planes-head"),
        _choice(ids.PLANE_AXES, AXES, "acquired", "Which axes the planes follow"),
        html.P("Along the patient's axes every value is interpolated.", className="quiet"),
        html.P("Measuring is off in slabs and along the patient's axes.", className="quiet"),
    ]
    popover: Component = dmc.Popover(
        [dmc.PopoverTarget(button), dmc.PopoverDropdown(controls, className="planes-panel")],
        position="bottom-end",
        trapFocus=True,
        width=280,
    )
    return html.Div([popover, dcc.Store(id=ids.PLANES)], className="planes-control")


def register(app: Dash, services: Services) -> None:
    """Wire what the module's picture shows."""
    del services
    in_browser(
        app,
        "planes",
        Output(ids.PLANES, "data"),
        Output(ids.SLAB_MODE, "value"),
        Output(ids.SLAB_MM, "value"),
        Output(ids.PLANE_AXES, "value"),
        Output(ids.PLANES_BUTTON, "className"),
        Input(ids.SCENE, "data"),
        Input(ids.SLAB_MODE, "value"),
        Input(ids.SLAB_MM, "value"),
        Input(ids.PLANE_AXES, "value"),
        State(ids.LOCATION, "search"),
    )
