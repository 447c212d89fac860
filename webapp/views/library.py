"""The library: what this browser has uploaded and the samples, as cards.

::

    LIBRARY_CHANGED ── show ──> LIBRARY_CARDS                       (a job has finished, a series has gone)
    a card's Delete ── ask ──> DELETE_DIALOG, DELETE_KEY
    DELETE_CONFIRM ── delete ──> LIBRARY_CHANGED, DELETE_DIALOG     DELETE_KEEP ── keep ──> DELETE_DIALOG
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from secrets import token_hex
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from webapp import stackwords
from webapp.errors import UnknownKey
from webapp.findings import VERDICT_MARKS, Verdict
from webapp.services import Services
from webapp.stackfiles import OVERLAY
from webapp.store.model import Card
from webapp.views import ids
from webapp.views.state import key_of

_LIES_OVER = "Drawn over the pictures of its study: open those."
_LABEL: dict[str, Any] = {"aria-label": "Library"}
_THIN = "\u202f"
_AGES = ((60.0, 1.0, ""), (3600.0, 60.0, "min"), (86_400.0, 3600.0, "h"), (float("inf"), 86_400.0, "d"))


def size_words(card: Card) -> str:
    """Number of slices and size of one, for instance ``275 slices · 512 × 512``.

    Parameters
    ----------
    card : Card
    """
    if card.shape_kji is None:
        return f"{card.images} images"
    count = stackwords.count_words(card.kind, card.shape_kji, card.slice_axis)
    return f"{count} · {stackwords.size_words(card.shape_kji, card.slice_axis)}"


def age_words(created: float, now: float) -> str:
    """How long ago something was, for instance ``3 min ago``.

    Parameters
    ----------
    created, now : float
        Seconds since 1970.
    """
    age = max(0.0, now - created)
    unit, name = next((unit, name) for end, unit, name in _AGES if age < end)
    return f"{int(age // unit)}{_THIN}{name} ago" if name else "just now"


def shelf(cards: Sequence[Card], now: float) -> list[Component]:
    """The owner's cards, then the samples under their own heading.

    Parameters
    ----------
    cards : sequence of Card
        In the order they are shown.
    now : float
        Seconds since 1970.
    """
    own = [card_of(card, now) for card in cards if card.mine]
    samples = [card_of(card, now) for card in cards if not card.mine]
    parts = [_group("Your series", own)] if own else []
    return [*parts, _group("Samples", samples)] if samples else parts


def card_of(card: Card, now: float) -> Component:
    """One stack as a card; a sample has no Delete.

    Parameters
    ----------
    card : Card
    now : float
        Seconds since 1970.
    """
    address = f"/?stack={card.key}"
    picture = html.Img(src=f"/volumes/{card.key}/thumbnail.png", alt="", className="card-picture")
    modality = html.Span(card.modality or "no modality", className="card-modality")
    name: list[Component | str] = [modality, stackwords.name_words(card.description, card.label)]
    is_over = card.kind == OVERLAY
    sizes = [size_words(card), stackwords.spacing_words(card.spacing_mm_kji, card.slice_axis)]
    actions: list[Component] = [] if is_over else [dcc.Link("Open", href=address, className="card-open")]
    if card.mine:
        actions.append(html.Button("Delete", id=ids.card_delete(card.key), n_clicks=0, className="quiet-button"))
    return html.Article(
        [
            html.Div(picture, className="card-window")
            if is_over
            else dcc.Link(picture, href=address, className="card-window"),
            html.Div(
                [
                    html.H3(name, className="card-name"),
                    *map(html.Div, [_LIES_OVER] if is_over else sizes),
                    html.Div([_badge(card.verdict), html.Span(age_words(card.created, now))], className="card-line"),
                    html.Div(actions, className="card-line"),
                ],
                className="card-words",
            ),
        ],
        className="card",
    )


def delete(services: Services, key: object) -> None:
    """Delete the series a stack belongs to, for good; one that is gone already is as wanted.

    Parameters
    ----------
    services : Services
    key : object
        A stack of the series; whatever is no key is as good as gone.
    """
    known = key_of(key)
    with contextlib.suppress(UnknownKey):
        if known is not None:
            services.jobs.delete_series(services.owner(), known)


def layout() -> Component:
    """The empty shelf and the question before a deletion."""
    buttons = [
        html.Button("Keep it", id=ids.DELETE_KEEP, n_clicks=0, className="quiet-button"),
        html.Button("Delete", id=ids.DELETE_CONFIRM, n_clicks=0, className="grave-button"),
    ]
    words = (
        "The series, its stacks and surfaces leave this server at once; the received archive goes with the last of "
        "its series. This cannot be undone."
    )
    return html.Section(
        [
            html.Div(id=ids.LIBRARY_CARDS),
            dcc.Store(id=ids.LIBRARY_CHANGED),
            dcc.Store(id=ids.DELETE_KEY),
            dmc.Modal(
                [html.P(words), html.Div(buttons, className="dialog-buttons")],
                id=ids.DELETE_DIALOG,
                title="Delete this series",
                centered=True,
            ),
        ],
        id=ids.LIBRARY,
        className="library",
        **_LABEL,
    )


def register(app: Dash, services: Services) -> None:
    """Wire the shelf and its dialog."""

    @app.callback(Output(ids.LIBRARY_CARDS, "children"), Input(ids.LIBRARY_CHANGED, "data"))
    def show(_: object) -> list[Component]:
        """Everything this owner may open."""
        return shelf(services.catalogue.library(services.owner(), overlays=True), time.time())

    @app.callback(
        Output(ids.DELETE_DIALOG, "opened"),
        Output(ids.DELETE_KEY, "data"),
        Input(ids.card_delete(ALL), "n_clicks"),  # type: ignore[arg-type]
        prevent_initial_call=True,
    )
    def ask(clicks: list[int | None]) -> tuple[bool, str]:
        """Ask before deleting."""
        return True, clicked(clicks, "key")

    @app.callback(
        Output(ids.LIBRARY_CHANGED, "data", allow_duplicate=True),
        Output(ids.DELETE_DIALOG, "opened", allow_duplicate=True),
        Input(ids.DELETE_CONFIRM, "n_clicks"),
        State(ids.DELETE_KEY, "data"),
        prevent_initial_call=True,
    )
    def confirm(_: int, key: object) -> tuple[str, bool]:
        """Delete, and draw the shelf anew."""
        delete(services, key)
        return token_hex(4), False

    app.clientside_callback(
        "() => false",
        Output(ids.DELETE_DIALOG, "opened", allow_duplicate=True),
        Input(ids.DELETE_KEEP, "n_clicks"),
        prevent_initial_call=True,
    )


def clicked(clicks: Sequence[int | None], name: str) -> str:
    """Which of many like buttons was clicked; buttons that have just been drawn fire too and mean nothing."""
    trigger: Any = ctx.triggered_id
    if not any(clicks) or not trigger or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return str(trigger[name])


def _group(title: str, cards: list[Component]) -> Component:
    """A heading over its cards."""
    return html.Div([html.H2(title, className="shelf-title"), html.Div(cards, className="shelf")])


def _badge(verdict: Verdict) -> Component:
    """The verdict by shape, word and colour."""
    return html.Span(f"{VERDICT_MARKS[verdict]} {verdict}", className=f"verdict-{verdict}")
