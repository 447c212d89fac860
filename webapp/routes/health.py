"""Whether the server lives, and whether it can do its work."""

from __future__ import annotations

import os

from flask import Flask, Response, jsonify

from webapp.errors import NotReady
from webapp.services import Services


def register(server: Flask, services: Services) -> None:
    """Answer ``GET /health``: 200 when the catalogue can be asked and the data folder be written to, else 503.

    ``/health/ready`` is the same; ``/health/live`` asks for nothing, so a server that waits for its disk is not killed.

    Parameters
    ----------
    server : Flask
    services : Services
    """

    @server.get("/health/live")
    def live() -> Response:
        return jsonify(status="ok")

    @server.get("/health/ready")
    @server.get("/health")
    def health() -> Response:
        check(services)
        return jsonify(status="ok")


def check(services: Services) -> None:
    """Ask the catalogue and the disk.

    Raises
    ------
    NotReady
        One of them does not answer.
    """
    try:
        services.catalogue.unfinished_uploads("")
    except Exception as error:  # whatever the database's driver raises
        raise NotReady from error
    if not os.access(services.config.data, os.W_OK | os.X_OK):
        raise NotReady
