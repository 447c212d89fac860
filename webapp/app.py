"""Puts an instance together: services, page, routes, doors."""

from __future__ import annotations

import os

from dash import Dash
from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.config import ROOT, Config
from webapp.errors import SecretMissing
from webapp.routes import (
    about,
    accesses,
    comparisons,
    counters,
    downloads,
    guests,
    health,
    overlays,
    owners,
    pictures,
    security,
    shares,
    slices,
    surfaces,
    uploads,
)
from webapp.services import Services, open_services
from webapp.views import page

#: What is compressed on its way out; pictures and downloads already are.
_COMPRESSED = (
    "text/html",
    "text/css",
    "text/csv",
    "text/javascript",
    "application/javascript",
    "application/json",
    "application/octet-stream",
)


def create_app(config: Config) -> Dash:
    """The whole application of one instance.

    Parameters
    ----------
    config : Config

    Returns
    -------
    Dash
        With `server`, the WSGI application. Jobs are worked on in a thread of this process, or by a worker process,
        as ``config.jobs_url`` says.

    Raises
    ------
    SecretMissing
        Reachable from other machines without a secret key.
    """
    _check_secret(config)
    os.umask(0o077)
    services = open_services(config, owners.current_owner, guests.current_tokens)
    app = _page(config, services)
    _routes(app, services)
    services.jobs.add_samples(config.samples)
    services.jobs.start()
    return app


def _check_secret(config: Config) -> None:
    """Refuse to be reached from elsewhere without a key that signs messages."""
    if not owners.is_loopback(config.host) and not config.secret_key:
        raise SecretMissing


def _page(config: Config, services: Services) -> Dash:
    """The Dash application: one page, nothing from another host, no tools for developers."""
    server = Flask("trueslice")
    server.secret_key = config.secret_key or os.urandom(32)
    app = Dash(
        "trueslice",
        server=server,  # type: ignore[arg-type]
        assets_folder=str(ROOT / "assets"),
        title="Trueslice",
        update_title="",
        serve_locally=True,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1, viewport-fit=cover"}],
    )
    app.enable_dev_tools(debug=False)
    app.layout = page.layout()
    page.register(app, services)
    return app


def _routes(app: Dash, services: Services) -> None:
    """Everything beside the page, and the doors before all of it."""
    server: Flask = app.server
    for room in (
        uploads,
        slices,
        overlays,
        surfaces,
        pictures,
        downloads,
        comparisons,
        shares,
        health,
        about,
        accesses,
        counters,
    ):
        room.register(server, services)
    security.register(server, services.config, app.csp_hashes)
    server.config.update(
        COMPRESS_MIMETYPES=list(_COMPRESSED),
        COMPRESS_ALGORITHM=["zstd", "gzip"],
        COMPRESS_ZSTD_LEVEL=1,
        COMPRESS_LEVEL=1,
        COMPRESS_STREAMS=False,
    )
    Compress(server)
    if services.config.proxies:
        hops = services.config.proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
