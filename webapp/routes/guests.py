"""Whoever came by a link: what opens a shared series, in a cookie that only this browser holds.

The link carries its token behind ``#``, which browsers send to nobody. The page behind it hands the token in once,
takes it out of the address, and from then on the cookie speaks. A browser may have come by several links.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Flask, Response, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.config import Config
from webapp.errors import GuestMayNot
from webapp.routes.owners import GUEST_NAMES, is_guest_only, is_private_channel

#: Links one browser keeps open at a time; the oldest is forgotten.
LINKS = 8
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Where a guest may send something: the page's own callbacks, and the links' own door.
_OPEN = ("/_dash-update-component", "/shares/", "/volumes/")


def current_tokens() -> Sequence[str]:
    """The tokens of the request being served, newest first."""
    sent = request.cookies.get(cookie_name(), "").split(".")
    return tuple(token for token in sent[:LINKS] if is_token(token))


def cookie_name() -> str:
    """The cookie's name; the prefix makes browsers insist on Secure, Path=/ and no Domain."""
    secure, plain = GUEST_NAMES
    return secure if is_private_channel() else plain


def is_token(sent: object) -> bool:
    """Whether something has the form of a token."""
    return isinstance(sent, str) and _TOKEN.fullmatch(sent) is not None


def register(server: Flask, config: Config) -> None:
    """Keep guests from everything but looking.

    Parameters
    ----------
    server : Flask
        With the owners' door before this one.
    config : Config
    """
    life = int(3600 * config.share_hours_most)

    def stay_outside() -> BaseResponse | None:
        if not is_guest_only():
            return None
        if request.path == "/" and "stack" not in request.args:
            return redirect("/shared")
        if request.method not in _SAFE and not request.path.startswith(_OPEN):
            raise GuestMayNot
        return None

    def answer(response: Response) -> Response:
        if (tokens := g.get("guest_tokens")) is not None:
            _set_cookie(response, tokens, life)
        return response

    server.before_request(stay_outside)
    server.after_request(answer)


def remember(token: str) -> None:
    """Let the answer being made carry the cookie with one more link, the newest first."""
    g.guest_tokens = (token, *(other for other in current_tokens() if other != token))[:LINKS]


def forget() -> None:
    """Let the answer being made take every link out of the cookie."""
    g.guest_tokens = ()


def _set_cookie(response: Response, tokens: Sequence[str], life: int) -> None:
    """Send the cookie with every protection the channel allows; the catalogue, not the cookie, knows when it ends."""
    response.set_cookie(
        cookie_name(),
        ".".join(tokens),
        max_age=life if tokens else 0,
        path="/",
        secure=is_private_channel(),
        httponly=True,
        samesite="Strict",
    )
