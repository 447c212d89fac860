"""The choice between pictures of one place: the places, what can be picked, and the job that makes the volume.

::

    SCENE ── offer ──> the places with their pictures, ready picks     (nothing is picked before somebody does)

    ready picks, START, CANCEL, TICK, SCENE ── work ──> JOB, progress, note, one more TICK or none, LIBRARY_CHANGED
                                           (the clock runs only while a job does, and waits for each answer)

    assets/audit.js: a picture of a place ──> CLICK
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from secrets import token_hex
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from webapp.imaging.plane import PICTURE
from webapp.services import Services
from webapp.stackchoices import picture_words, place_words
from webapp.views import ids
from webapp.views.browser import attributes
from webapp.views.choice_work import meant, step

TICK_MS = 400

#: Places that are offered one by one; where there are more, only ready picks are.
PLACES_SHOWN = 60


def offer(scene: Mapping[str, Any]) -> list[Component]:
    """What can be picked; nothing where no place is contested.

    Parameters
    ----------
    scene : mapping
        As `views.scene.scene` builds it.
    """
    choice = scene.get("choice")
    if not choice:
        return []
    places, ready = choice["places"], choice["ready"]
    shown = places[:PLACES_SHOWN]
    rest = len(places) - len(shown)
    parts: list[Component] = [html.H3("Choose between the pictures"), html.P(_invitation(scene, bool(ready)))]
    if scene["may_choose"]:
        parts += [html.Div([_ready(one) for one in ready], className="choice-ready")]
    parts += [_place(at, place, scene["may_choose"] and not rest) for at, place in enumerate(shown)]
    if rest:
        words = f"And {rest} more places: choose for all of them at once, or on the command line."
        parts.append(html.P(words, className="quiet"))
    return parts


def _invitation(scene: Mapping[str, Any], ready: bool) -> str:
    """What a choice does."""
    if not scene["may_choose"]:
        return "This is a sample that everybody sees, so nothing can be added to it."
    ways = "For all places at once, or one by one." if ready else "One picture for each place."
    return f"{ways} The volume is added beside these pictures, with a warning that names them. Nothing is averaged."


def _ready(one: Mapping[str, Any]) -> Component:
    """A pick for all places at once."""
    return html.Button(f"Take {one['words']}", id=ids.choice_ready(one["name"]), n_clicks=0, className="plain-button")


def _place(at: int, place: Mapping[str, Any], may_pick: bool) -> Component:
    """One place with its pictures: each can be picked, and leads to its picture."""
    rows = [html.Div([_told(one, may_pick), _way_to(one)], className="choice-row") for one in place["pictures"]]
    group: Component = dmc.RadioGroup(rows, id=ids.choice_place(at), label=place_words(place), value=None)
    return group


def _told(one: Mapping[str, Any], may_pick: bool) -> Component:
    """A picture in words, to be picked where it may be."""
    words = f"picture {one['picture'] + 1} · {picture_words(one)}"
    return dmc.Radio(value=one["mark"], label=words, size="xs") if may_pick else html.Span(words)


def _way_to(one: Mapping[str, Any]) -> Component:
    """The way to a picture."""
    where = attributes(data_plane=PICTURE, data_first=str(one["picture"]), data_last=str(one["picture"]))
    return html.Button("Show", className="slice-link", title=f"Show picture {one['picture'] + 1}", **where)


def layout() -> Component:
    """The empty offer, the button for picks one by one, and the place for progress."""
    buttons = [
        html.Button("Take these pictures", id=ids.CHOICE_START, n_clicks=0, className="plain-button"),
        html.Button("Cancel", id=ids.CHOICE_CANCEL, n_clicks=0, className="quiet-button"),
    ]
    return html.Div(
        [
            html.Div(id=ids.CHOICE_OFFER, className="choice-offer"),
            html.Div(buttons, className="choice-buttons"),
            dmc.Progress(id=ids.CHOICE_PROGRESS, value=0, className="progress is-idle", size="sm", animated=True),
            html.P(id=ids.CHOICE_NOTE, className="choice-note", role="status"),
            dcc.Store(id=ids.CHOICE_JOB),
            dcc.Interval(id=ids.CHOICE_TICK, interval=TICK_MS, max_intervals=0),
        ],
        id=ids.CHOICE,
        className="choice is-absent",
    )


def register(app: Dash, services: Services) -> None:
    """Wire the offer and the job behind it."""

    @app.callback(Output(ids.CHOICE_OFFER, "children"), Input(ids.SCENE, "data"))
    def show(scene: dict[str, Any] | None) -> list[Component]:
        """What the open stack offers to choose between."""
        return offer(scene or {})

    @app.callback(
        Output(ids.CHOICE_JOB, "data"),
        Output(ids.CHOICE_PROGRESS, "value"),
        Output(ids.CHOICE, "className"),
        Output(ids.CHOICE_NOTE, "children"),
        Output(ids.CHOICE_TICK, "max_intervals"),
        Output(ids.LIBRARY_CHANGED, "data", allow_duplicate=True),
        Input(ids.choice_ready(ALL), "n_clicks"),  # type: ignore[arg-type]
        Input(ids.CHOICE_START, "n_clicks"),
        Input(ids.CHOICE_CANCEL, "n_clicks"),
        Input(ids.CHOICE_TICK, "n_intervals"),
        Input(ids.SCENE, "data"),
        State(ids.choice_place(ALL), "value"),  # type: ignore[arg-type]
        State(ids.CHOICE_JOB, "data"),
        prevent_initial_call=True,
    )
    def work(
        ready: Sequence[int], _start: int, _cancel: int, ticks: int, scene: dict[str, Any], *states: Any
    ) -> tuple[Any, ...]:
        """One step of making the volume that was chosen."""
        done = step(services, meant(ready, ctx.triggered_id), scene or {}, states)
        return (*done.as_outputs(ticks or 0), token_hex(4) if done.made else no_update)
