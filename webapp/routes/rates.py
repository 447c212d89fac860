"""How fast one browser may ask: buckets that fill by the clock, one for each kind of request and each who asks.

A bucket holds what comes in some seconds, so a page that opens, a wheel that is turned or a folder that is sent is
never held up; only what keeps on asking faster than a person can is. Each web process has its own buckets: with two of
them somebody may reach twice the rate.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from flask import Flask, g, request

from webapp.config import Limits
from webapp.errors import TooManyRequests
from webapp.routes import guests, owners

#: Seconds' worth of requests that may come at once.
BURST_SECONDS = 5.0
#: Who asked last is remembered, this many; whoever is forgotten begins with a full bucket.
MOST_ASKERS = 4096
_CALLBACKS = "/_dash-update-component"
_UPLOADS = "/uploads/"
_HOUR = 3600.0


class Buckets:
    """One bucket for each name.

    Parameters
    ----------
    per_second : float
        How fast they fill.
    most : float
        What one holds.
    clock : callable
        Seconds, by a clock that cannot jump.
    """

    def __init__(self, per_second: float, most: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._most = most
        self._clock = clock
        self._lock = Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> bool:
        """Take one from a name's bucket; False when it is empty."""
        now = self._clock()
        with self._lock:
            left, seen = self._left.pop(name, (self._most, now))
            left = min(self._most, left + (now - seen) * self._per_second)
            taken = left >= 1.0
            self._left[name] = (left - taken, now)
            while len(self._left) > MOST_ASKERS:
                self._left.popitem(last=False)
        return taken


def register(server: Flask, limits: Limits) -> None:
    """Refuse what comes too fast.

    Parameters
    ----------
    server : Flask
        With the owners' and the guests' doors before this one.
    limits : Limits
    """
    data = Buckets(limits.requests_per_second, limits.requests_per_second * BURST_SECONDS)
    callbacks = Buckets(limits.callbacks_per_second, limits.callbacks_per_second * BURST_SECONDS)
    begun = Buckets(limits.uploads_per_hour / _HOUR, limits.uploads_per_hour)

    def wait() -> None:
        buckets = callbacks if request.path == _CALLBACKS else data
        if not buckets.take(asking()):
            raise TooManyRequests
        if request.method == "POST" and request.path == _UPLOADS and not begun.take(asking()):
            raise TooManyRequests("More uploads were begun in this hour than one may.", "Wait some minutes.")

    server.before_request(wait)


def asking() -> str:
    """Who asks: a browser by its cookie, a guest by the link, anybody else by the address."""
    if "owner" in g and owners.is_known():
        return f"owner {g.owner}"
    return next(iter(guests.current_tokens()), f"address {request.remote_addr}")
