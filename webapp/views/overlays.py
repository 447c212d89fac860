"""The overlays panel: what lies over the pictures, its volumes and looks, and a second series over the first.

::

    SCENE ── overlaysOpened (in the browser: GET /volumes/KEY/overlays) ──> the list, OVERLAYS_OPENED
    regions.js asks POST /volumes/KEY/over/OTHER for the plane on screen and paints it in its place
    a region's 3D button ──> SURFACE_ACT, one more surface of the surface panel
"""

from __future__ import annotations

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from webapp.services import Services
from webapp.views import ids
from webapp.views.browser import in_browser


def layout() -> Component:
    """The panel; everything in it is drawn in the browser."""
    return html.Section(
        [
            html.Div(id=ids.OVERLAY_LIST, className="over-parts"),
            dcc.Store(id=ids.OVERLAYS_OPENED),
        ],
        className="over-panel",
    )


def register(app: Dash, services: Services) -> None:
    """Wire the panel."""
    del services
    in_browser(app, "overlaysOpened", Output(ids.OVERLAYS_OPENED, "data"), Input(ids.SCENE, "data"))
