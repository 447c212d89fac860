"""The doors and the headers: which requests come in at all, and what goes out with every answer.

::

    request ── method ── path ── host ── TLS ── origin ── size ── owner ── rate ──> route
                 405      404     400    403     403      413              429
    answer  <── headers, CSP, no-store, cookie ──────────────────────────────┘
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from flask import Flask, Response, request
from werkzeug.sansio.utils import host_is_trusted

from webapp.config import Config
from webapp.errors import (
    BodyTooBig,
    CrossSiteRefused,
    MethodRefused,
    PlainHttpRefused,
    TooManyRequests,
    UnknownHost,
    UnknownKey,
)
from webapp.routes import guests, journal, owners, rates, refusals

SUITES = "/_dash-component-suites/"
ASSETS = "/assets/"
UPLOADS = "/uploads/"
HEALTH = frozenset({"/health", "/health/live", "/health/ready"})
METRICS = "/metrics"
_PAGES = frozenset(
    {
        "/",
        "/shared",
        "/_dash-layout",
        "/_dash-dependencies",
        "/_dash-update-component",
        "/_favicon.ico",
        "/about",
        METRICS,
        *HEALTH,
    },
)
_ROOMS = (SUITES, ASSETS, UPLOADS, "/volumes/", "/shares/")
_CATCH_ALL = "/<path:path>"  # Dash's own route that answers everything with the page
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CHUNK_SLACK = 1024
_YEAR = 31_536_000

_POLICY = (
    "default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), usb=(), payment=()"),
)


def register(server: Flask, config: Config, script_hashes: Callable[[], Sequence[str]]) -> None:
    """Put the doors before, the headers behind and the owner into every request of a server.

    Parameters
    ----------
    server : Flask
    config : Config
    script_hashes : callable
        Gives the hashes of the page's inline scripts (``app.csp_hashes``); asked once, at the first answer, when all
        callbacks are registered.
    """
    policy = functools.cache(lambda: _POLICY.format(hashes=" ".join(script_hashes())))
    server.config["MAX_CONTENT_LENGTH"] = config.limits.callback_bytes

    journal.register(server)

    def doors() -> None:
        _check_address()
        if request.path not in HEALTH and request.path != METRICS:
            _check_host(config)
            _check_channel(config)
        _check_origin()
        _check_size(config)

    server.before_request(doors)
    refusals.register(server)
    owners.register(server, config)
    guests.register(server, config)
    rates.register(server, config.limits)
    server.after_request(lambda response: _dress(response, policy()))


def _check_address() -> None:
    """Deny every method and path that is not known by name."""
    path = request.path
    if request.method not in _METHODS or (request.method == "OPTIONS" and not path.startswith(UPLOADS)):
        raise MethodRefused
    if path not in _PAGES and not path.startswith(_ROOMS):
        raise UnknownKey
    if request.url_rule is not None and request.url_rule.rule == _CATCH_ALL:
        raise UnknownKey


def _check_host(config: Config) -> None:
    """Answer only to the names this server has been given, and always to the machine itself."""
    if not config.trusted_hosts or owners.is_loopback(request.host):
        return
    if not host_is_trusted(request.host, config.trusted_hosts):
        raise UnknownHost


def _check_channel(config: Config) -> None:
    """No patient data over a line that others can read, unless the host says so."""
    if not config.allow_plain_http and not owners.is_private_channel():
        raise PlainHttpRefused


def _check_origin() -> None:
    """No change on behalf of another site (the upload routes take bytes, so "JSON only" does not protect them)."""
    if request.method in _SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if site not in {"same-origin", "none"} or origin not in {None, f"{request.scheme}://{request.host}"}:
        raise CrossSiteRefused


def _check_size(config: Config) -> None:
    """One callback's body is small; only a part of an upload may be larger."""
    if request.method == "PATCH" and request.path.startswith(UPLOADS):
        request.max_content_length = config.limits.chunk_bytes + _CHUNK_SLACK
    if (request.content_length or 0) > (request.max_content_length or 0):
        raise BodyTooBig


def _dress(response: Response, policy: str) -> Response:
    """Give an answer its headers."""
    response.headers["Content-Security-Policy"] = policy
    for name, value in _HEADERS:
        response.headers[name] = value
    if response.status_code == TooManyRequests.status:
        response.headers.setdefault("Retry-After", "1")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"
    response.headers["Cache-Control"] = _cache_control(response)
    return response


def _cache_control(response: Response) -> str:
    """Only the program's own files may stay in a browser's cache; nothing a patient's data went into."""
    found = response.status_code in {200, 304}
    if found and request.path.startswith(SUITES):
        return f"max-age={_YEAR}, immutable" if response.cache_control.max_age else "no-cache"
    if found and request.path.startswith(ASSETS):
        return f"max-age={_YEAR}, immutable" if "m" in request.args else "no-cache"
    return "no-store"
