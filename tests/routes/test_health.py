"""Health: 200 only while the server can do its work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from webapp.config import Config
from webapp.routes import health, owners, security
from webapp.services import Services, open_services

HOME = "https://localhost"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    opened = open_services(Config(data=tmp_path / "data", samples=tmp_path), owners.current_owner)
    yield opened
    opened.jobs.stop(0)
    opened.catalogue.close()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    server = Flask("health under test")
    security.register(server, services.config, list)
    health.register(server, services)
    return server.test_client()


def test_a_server_that_can_work_says_ok(client: FlaskClient) -> None:
    answer = client.get("/health", base_url=HOME)
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_server_without_its_catalogue_is_not_ready(
    client: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> int:
        raise OperationalError("SELECT", {}, Exception("/srv/data is gone"))

    monkeypatch.setattr(type(services.catalogue), "unfinished_uploads", lost)
    answer = client.get("/health", base_url=HOME)
    assert (answer.status_code, answer.json["code"]) == (503, "not_ready")
    assert "/srv" not in answer.text


def test_a_server_that_is_not_ready_still_lives(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    paths = ("/health/live", "/health/ready")
    assert [client.get(path, base_url=HOME).status_code for path in paths] == [200, 503]


def test_a_server_that_cannot_write_is_not_ready(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert client.get("/health", base_url=HOME).status_code == 503
