"""Sharing: a link by which somebody without a place here looks at one series, and the list of those links.

::

    SHARE_BUTTON ── open ──> SHARE_DIALOG ── fill ──> what the guest sees, the links that are live
    SHARE_MAKE ── here (in the browser: the view as it is now) ──> SHARE_VIEW ── make ──> SHARE_MADE, the links
    SHARE_MADE ── address (in the browser: only it knows the host's name) ──> SHARE_ADDRESS
    a link's Withdraw ── withdraw ──> the links         COPY_VIEW ── copied (in the browser) ──> its own words
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from webapp.access import own
from webapp.dicom.technical import technical_rows
from webapp.errors import BadArgument, NotSupportedYet, TruesliceError
from webapp.services import Services
from webapp.store.model import Share
from webapp.store.share_rows import Wish
from webapp.store.tags import read_rows
from webapp.views import ids
from webapp.views.browser import attributes, in_browser
from webapp.views.library import age_words, clicked
from webapp.views.state import ViewState, scene_key

#: Lives to choose from, hours.
LIVES = ((24.0, "1 day"), (72.0, "3 days"), (168.0, "7 days"), (720.0, "30 days"))


def layout() -> Component:
    """The dialog, empty until a series is open."""
    copy = html.Button("Copy my own link", id=ids.COPY_VIEW, n_clicks=0, className="quiet-button")
    make = html.Button("Make a link", id=ids.SHARE_MAKE, n_clicks=0, className="plain-button")
    life = dmc.Select(
        id=ids.SHARE_LIFE, data=[], size="xs", allowDeselect=False, label="It opens for", className="share-life"
    )
    dialog: Component = dmc.Modal(
        [
            html.Div(id=ids.SHARE_WORDS),
            html.Div([life, make], className="share-make"),
            html.Div(
                [
                    dmc.TextInput(
                        id=ids.SHARE_ADDRESS, readOnly=True, value="", **attributes(aria_label="The new link")
                    ),
                    dcc.Clipboard(target_id=ids.SHARE_ADDRESS, title="Copy the link", className="share-copy"),
                ],
                id=ids.SHARE_RESULT,
                className="share-result is-absent",
            ),
            html.P(id=ids.SHARE_NOTE, role="status", className="quiet"),
            html.Div(id=ids.SHARE_LINKS),
            html.P(["The address of this page is your own link: it opens here alone. ", copy], className="quiet"),
            dcc.Store(id=ids.SHARE_VIEW),
            dcc.Store(id=ids.SHARE_MADE),
        ],
        id=ids.SHARE_DIALOG,
        title="Share this series",
        centered=True,
        size="lg",
    )
    return dialog


def lives(most_hours: float) -> list[dict[str, str]]:
    """The lives a link may have.

    Parameters
    ----------
    most_hours : float
        The longest one the host allows, hours.
    """
    allowed = [(hours, words) for hours, words in LIVES if hours <= most_hours]
    return [{"value": f"{hours:g}", "label": words} for hours, words in allowed or [(most_hours, f"{most_hours:g} h")]]


def words(services: Services, key: str) -> list[Component]:
    """What whoever gets the link will see, and what not.

    Parameters
    ----------
    services : Services
    key : str

    Raises
    ------
    UnknownKey, GuestMayNot
    """
    own(services, key)
    rows = read_rows(services.volumes.folder(key))
    shown = len(technical_rows(rows))
    return [
        html.P("Whoever has the link sees this one series in this view, without an account."),
        html.Ul(
            [
                html.Li("The pictures, the surface and the audit."),
                html.Li(f"{shown} of its {len(rows)} tags: how the picture was made."),
                html.Li(
                    "No name, number, date, place or description, no files to take away, none of your other series."
                ),
                html.Li("Text inside the pictures themselves, and the face of a head, stay visible."),
            ]
        ),
        html.A(
            "See it as they will (opens beside this page)",
            href=f"/?stack={key}&as=guest",
            target="_blank",
            rel="noopener",
            className="share-preview",
        ),
    ]


def make(services: Services, scene: Mapping[str, Any], hours: object, query: object) -> str:
    """Make a link to the open series as it is seen now.

    Parameters
    ----------
    services : Services
    scene : mapping
    hours : object
        What the select holds.
    query : object
        The address' query string.

    Returns
    -------
    str
        The token.

    Raises
    ------
    UnknownKey, GuestMayNot, BadArgument, NotSupportedYet, TooManyLinks
    """
    config, key = services.config, scene_key(scene)
    if config.share_hours_most <= 0:
        raise NotSupportedYet("This instance makes no links.", "Ask whoever hosts it.")
    if key is None or hours not in {one["value"] for one in lives(config.share_hours_most)}:
        raise BadArgument
    own(services, key)
    view = ViewState.from_query(query).alone(key).to_query()
    wish = Wish(services.owner(), key, view, float(str(hours)))
    return services.catalogue.add_share(wish, config.limits.share_links)[1]


def links(shares: Sequence[Share], now: float) -> list[Component]:
    """The live links, each with a button that takes it back.

    Parameters
    ----------
    shares : sequence of Share
    now : float
        Seconds since 1970.
    """
    if not shares:
        return []
    return [
        html.H3("Links that open now", className="share-title"),
        html.Ul([_link(one, now) for one in shares], className="share-list"),
    ]


def _link(share: Share, now: float) -> Component:
    """One link in words."""
    left = (share.expires - now) / 3600
    ends = f"opens for {left / 24:.0f} more days" if left >= 48 else f"opens for {max(1.0, left):.0f} more hours"
    used = "not used yet" if share.last_use is None else f"last used {age_words(share.last_use, now)}"
    text = f"made {age_words(share.created, now)}, {ends}, {used}"
    withdraw = html.Button("Withdraw", id=ids.share_withdraw(share.id), n_clicks=0, className="quiet-button")
    return html.Li([html.Span(text), withdraw], className="share-link")


def _live(services: Services, scene: Mapping[str, Any] | None) -> list[Component]:
    """The links to the open series."""
    key = scene_key(scene)
    return links(services.catalogue.shares_of(services.owner(), key), time.time()) if key else []


def filled(services: Services, scene: dict[str, Any] | None) -> tuple[list[Component], list[dict[str, str]], str]:
    """Words, lives and the life to begin with."""
    key = scene_key(scene)
    if key is None or (scene or {}).get("guest"):
        return [], [], ""
    offered = lives(services.config.share_hours_most)
    usual = f"{services.config.share_hours:g}"
    return words(services, key), offered, usual if usual in {one["value"] for one in offered} else offered[0]["value"]


def made(services: Services, scene: dict[str, Any], hours: object, view: Any) -> tuple[str, str]:
    """The token of a new link, or why there is none."""
    try:
        return make(services, scene, hours, view["search"] if isinstance(view, dict) else None), ""
    except TruesliceError as refusal:
        return "", str(refusal)


def register(app: Dash, services: Services) -> None:
    """Wire the dialog."""

    @app.callback(
        Output(ids.SHARE_WORDS, "children"),
        Output(ids.SHARE_LIFE, "data"),
        Output(ids.SHARE_LIFE, "value"),
        Output(ids.SHARE_LINKS, "children"),
        Input(ids.SHARE_DIALOG, "opened"),
        State(ids.SCENE, "data"),
        prevent_initial_call=True,
    )
    def fill(_: object, scene: dict[str, Any] | None) -> tuple[Any, ...]:
        """What is shared, and the links that are live."""
        return *filled(services, scene), _live(services, scene)

    @app.callback(
        Output(ids.SHARE_MADE, "data"),
        Output(ids.SHARE_NOTE, "children"),
        Output(ids.SHARE_LINKS, "children", allow_duplicate=True),
        Input(ids.SHARE_VIEW, "data"),
        State(ids.SCENE, "data"),
        State(ids.SHARE_LIFE, "value"),
        prevent_initial_call=True,
    )
    def make_(view: Any, scene: dict[str, Any], hours: object) -> tuple[Any, ...]:
        """A new link."""
        return *made(services, scene, hours, view), _live(services, scene)

    @app.callback(
        Output(ids.SHARE_LINKS, "children", allow_duplicate=True),
        Input(ids.share_withdraw(ALL), "n_clicks"),  # type: ignore[arg-type]
        State(ids.SCENE, "data"),
        prevent_initial_call=True,
    )
    def withdraw(clicks: list[int | None], scene: dict[str, Any]) -> list[Component]:
        """Take a link back."""
        services.catalogue.revoke_share(services.owner(), clicked(clicks, "share"))
        return _live(services, scene)

    in_browser(app, "openShare", Output(ids.SHARE_DIALOG, "opened"), Input(ids.SHARE_BUTTON, "n_clicks"))
    in_browser(app, "here", Output(ids.SHARE_VIEW, "data"), Input(ids.SHARE_MAKE, "n_clicks"))
    in_browser(
        app,
        "shareAddress",
        Output(ids.SHARE_ADDRESS, "value"),
        Output(ids.SHARE_RESULT, "className"),
        Input(ids.SHARE_MADE, "data"),
        Input(ids.SCENE, "data"),
    )
    in_browser(app, "copyView", Output(ids.COPY_VIEW, "children"), Input(ids.COPY_VIEW, "n_clicks"))
    in_browser(app, "leave", Output(ids.LEAVE, "title"), Input(ids.LEAVE, "n_clicks"))
