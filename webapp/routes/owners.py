"""Whose request this is: an opaque cookie that only this browser holds.

::

    cookie ──SHA-256──> owner id (flask.g) ──> current_owner() ──> catalogue, jobs
      └── handed out by the first request that cannot have come from another site

The cookie is SameSite=Strict, so a link in a mail opens the page *without* it. A new one is therefore never set on
such a visit: it would replace the old one, and with it the way to everything this browser has uploaded.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets

from flask import Flask, Response, g, request

from webapp.config import Config

SECURE_NAME = "__Host-owner"
PLAIN_NAME = "owner"
GUEST_NAMES = ("__Host-guest", "guest")  # over a private channel, over another one
LONGEST_SECONDS = 400 * 86_400  # browsers cut every cookie's life to 400 days
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_RENEWED_AT = frozenset({"/", "/_dash-layout", "/_dash-update-component"})
_INTRODUCED_AT = frozenset({"/_dash-layout", "/uploads/"})


def current_owner() -> str:
    """The owner id of the request being served: 32 hexadecimal digits that do not tell the cookie."""
    return str(g.owner)


def is_loopback(host: str) -> bool:
    """Whether a Host header (name, with or without a port) means this very machine.

    Parameters
    ----------
    host : str
        For instance ``localhost:8050``, ``127.0.0.1`` or ``[::1]:8050``.
    """
    name = re.sub(r":\d*$", "", host).strip("[]").lower()
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def is_private_channel() -> bool:
    """Whether nobody can listen to the request being served: TLS, or the machine itself."""
    return request.is_secure or is_loopback(request.host)


def owner_of(token: str) -> str:
    """The owner id that belongs to a cookie's value."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def register(server: Flask, config: Config) -> None:
    """Recognise the owner before each request, and hand out or renew the cookie after it.

    Parameters
    ----------
    server : Flask
    config : Config
        ``keep_hours`` and ``upload_hours`` say how long the data, and with it the cookie, may live.
    """
    life = _life_seconds(config)

    def answer(response: Response) -> Response:
        if g.get("owner_cookie", False):
            _set_cookie(response, life)
        return response

    server.before_request(_recognise)
    server.after_request(answer)


def _life_seconds(config: Config) -> int:
    """How long the cookie lives, s: as long as the data may, counted from the last request."""
    hours = min((hours for hours in (config.keep_hours, config.keep_hours_most) if hours > 0), default=0.0)
    if not hours:
        return LONGEST_SECONDS
    return min(LONGEST_SECONDS, int(3600 * (hours + config.upload_hours)))


def _recognise() -> None:
    """Put the owner of this request into flask.g."""
    known = is_known()
    g.owner_token = request.cookies[_cookie_name()] if known else secrets.token_urlsafe(32)
    g.owner = owner_of(g.owner_token)
    g.owner_cookie = request.path in _RENEWED_AT if known else _may_introduce()


def _cookie_name() -> str:
    """The cookie's name; the prefix makes browsers insist on Secure, Path=/ and no Domain."""
    return SECURE_NAME if is_private_channel() else PLAIN_NAME


def is_guest_only() -> bool:
    """Whether the browser came by a share link and is no owner itself: it is never made one."""
    return any(request.cookies.get(name) for name in GUEST_NAMES) and not is_known()


def is_known() -> bool:
    """Whether the request carries an owner's cookie."""
    return _TOKEN.fullmatch(request.cookies.get(_cookie_name(), "")) is not None


def _may_introduce() -> bool:
    """Whether this request, which has no cookie, certainly does not come from a browser that holds one."""
    if is_guest_only():
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if request.path == "/":
        return site in {"same-origin", "none"}
    return request.path in _INTRODUCED_AT and site in {None, "same-origin", "none"}


def _set_cookie(response: Response, life: int) -> None:
    """Send the cookie with every protection the channel allows."""
    response.set_cookie(
        _cookie_name(),
        g.owner_token,
        max_age=life,
        path="/",
        secure=is_private_channel(),
        httponly=True,
        samesite="Strict",
    )
