"""The top bar: what is open, how far it can be trusted, and its window.

::

    SCENE ── head ──> title, verdict
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from webapp.services import Services
from webapp.stackwords import count_words, name_words, size_words, spacing_words
from webapp.views import audit, beside, ids, picture_sheet, planes
from webapp.views.browser import attributes


def title(scene: Mapping[str, Any]) -> list[Component]:
    """What is open, in words fit for the top bar: modality, images, size and spacing.

    Parameters
    ----------
    scene : mapping
        As `views.slices.scene` builds it; empty for the library.
    """
    if not scene.get("key"):
        return []
    name = name_words(" ".join(filter(None, [scene["modality"], scene["description"]])), scene.get("label", ""))
    shape, axis, spacing = scene["shape_kji"], scene["slice_axis"], scene["spacing_mm_kji"]
    parts = [count_words(scene["kind"], shape, axis), size_words(shape, axis)]
    parts += [spacing_words(spacing, axis)] if spacing else []
    parts += [_shared_words(scene)] if scene.get("guest") else []
    details = [html.Span(f" · {part}", className="title-part") for part in parts]
    return [html.Span(name, className="title-name"), *details]


def _shared_words(scene: Mapping[str, Any]) -> str:
    """Until when a guest may look."""
    until = scene.get("shared_until")
    return f"shared with you until {until}" if until else "as a guest will see it"


def layout() -> Component:
    """Name, title, verdict, window controls, theme, keys, panel."""
    return html.Header(
        [
            dcc.Link("Trueslice", href="/", id=ids.HOME, className="brand", title="Library"),
            html.H1(id=ids.TITLE, className="title"),
            html.Span(id=ids.VERDICT, className="verdict", role="status"),
            html.Div(_window_controls(), className="window-controls viewer-only"),
            html.Div(
                [
                    dmc.ColorSchemeToggle(
                        id=ids.THEME,
                        lightIcon="☀",
                        darkIcon="☾",
                        variant="subtle",
                        **attributes(aria_label="Light or dark"),
                    ),
                    planes.layout(),
                    beside.button(),
                    picture_sheet.layout(),
                    html.Button(
                        "Share",
                        id=ids.SHARE_BUTTON,
                        n_clicks=0,
                        className="bar-button viewer-only owner-only",
                        title="A link for somebody else",
                    ),
                    html.Button(
                        "Close",
                        id=ids.LEAVE,
                        n_clicks=0,
                        className="bar-button viewer-only guest-only",
                        title="Leave, and keep nothing in this browser",
                    ),
                    html.Button("?", id=ids.KEYS_BUTTON, className="bar-button viewer-only wide-only", title="Keys"),
                    html.Button(
                        "Panel",
                        id=ids.PANEL_TOGGLE,
                        className="bar-button viewer-only wide-only",
                        title="Side panel [ ]",
                    ),
                ],
                className="bar-end",
            ),
        ],
        id=ids.TOP_BAR,
        className="top-bar",
    )


def _window_controls() -> list[Component]:
    """The scale that values are written in, where there are several; preset, width and level."""
    number = {"hideControls": True, "debounce": True, "size": "xs", "className": "window-number"}
    return [
        dmc.Select(
            id=ids.VALUE_SCALE,
            data=[],
            size="xs",
            className="value-scale",
            allowDeselect=False,
            **attributes(aria_label="Values written in"),
        ),
        dmc.Select(
            id=ids.WINDOW_PRESET,
            data=[],
            size="xs",
            placeholder="window",
            className="window-preset",
            allowDeselect=False,
            **attributes(aria_label="Window preset"),
        ),
        dmc.NumberInput(id=ids.WINDOW_WIDTH, leftSection="W", **number, **attributes(aria_label="Window width")),
        dmc.NumberInput(id=ids.WINDOW_CENTER, leftSection="L", **number, **attributes(aria_label="Window level")),
    ]


def register(app: Dash, services: Services) -> None:
    """Fill the bar whenever another stack is opened."""
    del services

    @app.callback(Output(ids.TITLE, "children"), Output(ids.VERDICT, "children"), Input(ids.SCENE, "data"))
    def head(scene: dict[str, Any] | None) -> tuple[list[Component], list[Component]]:
        """Title and verdict of the open stack."""
        return title(scene or {}), audit.badge(scene["verdict"]) if scene and scene.get("key") else []
