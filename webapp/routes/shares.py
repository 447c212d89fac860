"""The door of the links: a token is handed in once and becomes a cookie.

::

    GET /shared#TOKEN ── share_link.js ──> POST /shares/enter {token} ── live? ──> cookie, address of the view
                                           POST /shares/leave         ─────────> cookie gone, nothing left in the tab
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from html import escape
from threading import Lock

from flask import Flask, Response, jsonify, request

from webapp.errors import LinkDead, MalformedRequest, TooManyTries
from webapp.routes import guests
from webapp.services import Services

MINUTE_SECONDS = 60.0
#: Addresses that are remembered at a time; more only come from somebody who has many.
_ADDRESSES = 4096

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Trueslice</title><link rel="stylesheet" href="/assets/viewer.css"><script src="/assets/share_link.js" defer>
</script></head>
<body><main class="refusal-page" id="share-door" data-dead="{cause}" data-cure="{cure}" data-address="{address}">
<h1>Opening the shared series …</h1><p><noscript>This page needs JavaScript.</noscript></p></main></body></html>
"""


class Tries:
    """How often an address came with a link that opens nothing, within the last minute.

    Parameters
    ----------
    most : int
    clock : callable
        Seconds, by a clock that cannot jump.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._lock = Lock()
        self._failed: dict[str, deque[float]] = {}

    def check(self, address: str) -> None:
        """Refuse an address that failed too often.

        Raises
        ------
        TooManyTries
        """
        with self._lock:
            if len(self._recent(address)) >= self._most:
                raise TooManyTries

    def failed(self, address: str) -> None:
        """Note one more failure."""
        with self._lock:
            recent = self._recent(address)
            recent.append(self._clock())
            self._failed.pop(address, None)
            self._failed[address] = recent
            while len(self._failed) > _ADDRESSES:
                del self._failed[next(iter(self._failed))]

    def _recent(self, address: str) -> deque[float]:
        """The failures of an address that still count."""
        recent = self._failed.get(address, deque(maxlen=self._most))
        while recent and recent[0] <= self._clock() - MINUTE_SECONDS:
            recent.popleft()
        return recent


def register(server: Flask, services: Services) -> None:
    """Open the links' door.

    Parameters
    ----------
    server : Flask
        With the doors of `webapp.routes.security` before it.
    services : Services
    """
    tries = Tries(services.config.limits.share_tries)

    @server.get("/shared")
    def door() -> Response:
        """The page a link leads to."""
        address = next(live_views(services), "")
        page = _PAGE.format(cause=LinkDead.cause, cure=LinkDead.cure, address=escape(address))
        return Response(page, mimetype="text/html")

    @server.post("/shares/enter")
    def enter() -> Response:
        """A token becomes a cookie."""
        return enter_with(services, tries, request.get_json(silent=True))

    @server.post("/shares/leave")
    def leave() -> Response:
        """Nothing of the series stays in this browser."""
        guests.forget()
        response = jsonify({})
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def live_views(services: Services) -> Iterator[str]:
    """Addresses of the views that the asking browser's links still open, newest first.

    Parameters
    ----------
    services : Services
    """
    for token in services.tokens():
        with suppress(LinkDead):
            yield f"/{services.catalogue.share_of(token).view}"


def enter_with(services: Services, tries: Tries, sent: object) -> Response:
    """Exchange a token for a cookie.

    Parameters
    ----------
    services : Services
    tries : Tries
    sent : object
        The body: ``{"token": text}``.

    Returns
    -------
    Response
        ``{"address"}``: where the shared view is.

    Raises
    ------
    MalformedRequest, LinkDead, TooManyTries
    """
    token = sent.get("token") if isinstance(sent, dict) else None
    if not isinstance(token, str):
        raise MalformedRequest
    asking = request.remote_addr or ""
    tries.check(asking)
    try:
        if not guests.is_token(token):
            raise LinkDead
        share = services.catalogue.share_of(token)
    except LinkDead:
        tries.failed(asking)
        raise
    services.catalogue.note_use(share)
    guests.remember(token)
    return jsonify({"address": f"/{share.view}"})
