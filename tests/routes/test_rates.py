"""A wheel and a folder are never held up; what asks on and on is, and nobody else with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.store.staged import Clock
from webapp.config import Config, Limits
from webapp.routes import rates, security
from webapp.routes.rates import BURST_SECONDS, Buckets

HOME = "https://localhost"


@pytest.fixture
def server(tmp_path: Path) -> Flask:
    server = Flask("rates under test")
    limits = Limits(requests_per_second=2, callbacks_per_second=1, uploads_per_hour=3)
    security.register(server, Config(data=tmp_path, limits=limits), list)
    server.add_url_rule("/_dash-layout", "layout", view_func=lambda: "")
    server.add_url_rule("/volumes/x", "slice", view_func=lambda: "slice")
    server.add_url_rule("/uploads/", "upload", view_func=lambda: "", methods=["POST"])
    return server


def statuses(server: Flask, path: str, times: int, method: str = "GET") -> list[int]:
    """What one browser is answered, one request after the other."""
    client = server.test_client()
    client.get("/_dash-layout", base_url=HOME)
    return [client.open(path, method=method, base_url=HOME).status_code for _ in range(times)]


def test_a_wheel_at_60_a_second_over_three_planes_is_never_held_up() -> None:
    clock, limits = Clock(0.0), Limits()
    buckets = Buckets(limits.requests_per_second, limits.requests_per_second * BURST_SECONDS, clock)
    for _ in range(60 * 60):
        clock.now += 1 / 60
        assert all(buckets.take("me") for _ in range(3))


def test_2000_files_of_8_mib_sent_at_a_gigabit_are_never_held_up() -> None:
    clock, limits = Clock(0.0), Limits()
    buckets = Buckets(limits.requests_per_second, limits.requests_per_second * BURST_SECONDS, clock)
    for _ in range(2000):
        clock.now += 8 * 8 / 1000
        assert buckets.take("me")


def test_who_asks_on_and_on_waits_for_a_second(server: Flask) -> None:
    answers = statuses(server, "/volumes/x", 60)
    assert (answers[:9], answers[-1]) == ([200] * 9, 429)


def test_a_refusal_says_when_to_come_again(server: Flask) -> None:
    client = server.test_client()
    last = [client.get("/volumes/x", base_url=HOME) for _ in range(60)][-1]
    assert (last.headers["Retry-After"], (last.json or {})["code"]) == ("1", "too_fast")


def test_one_browser_does_not_hold_up_another(server: Flask) -> None:
    statuses(server, "/volumes/x", 20)
    assert statuses(server, "/volumes/x", 5) == [200] * 5


def test_uploads_are_counted_by_the_hour(server: Flask) -> None:
    assert statuses(server, "/uploads/", 5, "POST") == [200, 200, 200, 429, 429]


def test_an_empty_bucket_fills_by_the_clock() -> None:
    clock = Clock(0.0)
    buckets = Buckets(1.0, 1.0, clock)
    assert (buckets.take("me"), buckets.take("me")) == (True, False)
    clock.now = 1.0
    assert buckets.take("me")


def test_no_more_askers_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_ASKERS", 2)
    buckets = Buckets(0.0, 1.0, Clock(0.0))
    for name in ("a", "b", "c", "a"):
        assert buckets.take(name)
