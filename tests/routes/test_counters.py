"""Counts for Prometheus: of all processes together, without a key, and only where the host wants them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from webapp.config import Config
from webapp.routes import counters, owners, security
from webapp.routes.counters import Counters
from webapp.services import Services, open_services

HOME = "https://localhost"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    opened = open_services(Config(data=tmp_path / "data", samples=tmp_path, metrics=True), owners.current_owner)
    yield opened
    opened.jobs.stop(0)
    opened.catalogue.close()


def serve(services: Services) -> Flask:
    server = Flask("counters under test")
    security.register(server, services.config, list)
    counters.register(server, services)
    return server


def test_two_processes_count_together(tmp_path: Path) -> None:
    first, second = Counters(tmp_path / "c"), Counters(tmp_path / "c")
    first.count("stack", 200, 0.02)
    second.count("stack", 404, 20.0)
    lines = list(first.lines())
    assert 'trueslice_requests_total{kind="stack",status="2xx"} 1' in lines
    assert 'trueslice_requests_total{kind="stack",status="4xx"} 1' in lines
    assert 'trueslice_request_seconds_bucket{kind="stack",le="0.05"} 1' in lines
    assert 'trueslice_request_seconds_bucket{kind="stack",le="10"} 1' in lines
    assert 'trueslice_request_seconds_bucket{kind="stack",le="+Inf"} 2' in lines
    assert 'trueslice_request_seconds_sum{kind="stack"} 20.020000' in lines


def test_the_counts_are_for_the_servers_user_alone(tmp_path: Path) -> None:
    Counters(tmp_path / "c")
    assert stat.S_IMODE((tmp_path / "c").stat().st_mode) == 0o600


def test_the_state_of_the_instance_is_told(services: Services) -> None:
    client = serve(services).test_client()
    client.get(f"/volumes/{'1' * 32}/axial/1", base_url=HOME)
    text = client.get("/metrics", base_url="http://10.0.0.7:8050").text
    assert 'trueslice_jobs{state="waiting"} 0' in text
    assert 'trueslice_requests_total{kind="stack",status="4xx"} 1' in text
    assert "1" * 32 not in text


def test_without_the_setting_there_is_no_such_address(tmp_path: Path) -> None:
    server = Flask("no counters")
    config = Config(data=tmp_path)
    security.register(server, config, list)
    counters.register(server, Services(config, *[None] * 5))  # type: ignore[arg-type]
    assert server.test_client().get("/metrics", base_url=HOME).status_code == 404
