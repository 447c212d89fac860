"""What is looked at, taken away and refused stands in the trail, each once."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask, Response

from webapp.config import Config
from webapp.errors import UnknownKey
from webapp.routes import accesses, downloads, security
from webapp.services import Services
from webapp.store.trail import TRAIL, Trail

HOME = "https://localhost"
KEY = "1" * 32


@pytest.fixture
def server(tmp_path: Path) -> Flask:
    server = Flask("accesses under test")
    security.register(server, Config(data=tmp_path), list)
    trail = Trail(tmp_path, "secret")
    accesses.register(
        server,
        cast(
            Services,
            SimpleNamespace(
                jobs=SimpleNamespace(trail=trail), volumes=SimpleNamespace(folder=lambda key: tmp_path / key)
            ),
        ),
    )
    shown = Response("slice", headers={"Slice-Key": KEY})
    server.add_url_rule(f"/volumes/{KEY}/axial/1", "slice", lambda: shown)
    server.add_url_rule(f"/volumes/{KEY}/thumbnail.png", "thumbnail", lambda: "png")
    server.add_url_rule(f"/volumes/{KEY}/tags.csv", "tags", lambda: downloads.attachment(Response("a"), "tags.csv"))
    server.add_url_rule(f"/volumes/{'2' * 32}/tags.csv", "theirs", _unknown)
    server.add_url_rule("/_dash-layout", "layout", lambda: "")
    return server


def _unknown() -> str:
    raise UnknownKey


def test_what_comes_without_tls_is_refused_and_noted_by_its_address(server: Flask, tmp_path: Path) -> None:
    (tmp_path / KEY).mkdir()
    answer = server.test_client().get(f"/volumes/{KEY}/tags.csv", base_url="http://viewer.example")
    assert answer.status_code == 403
    assert (tmp_path / TRAIL).exists()


def noted(server: Flask, tmp_path: Path, *paths: str) -> list[tuple[Any, ...]]:
    """What the trail says after one browser asked for some addresses."""
    client = server.test_client()
    client.get("/_dash-layout", base_url=HOME)
    for path in paths:
        client.get(path, base_url=HOME)
    lines = (tmp_path / TRAIL).read_text().splitlines() if (tmp_path / TRAIL).exists() else []
    return [(line["event"], line["outcome"]) for line in map(json.loads, lines)]


def test_scrolling_is_one_view(server: Flask, tmp_path: Path) -> None:
    assert noted(server, tmp_path, *[f"/volumes/{KEY}/axial/1"] * 5) == [("view", "done")]


def test_a_small_picture_in_the_library_is_no_view(server: Flask, tmp_path: Path) -> None:
    assert noted(server, tmp_path, f"/volumes/{KEY}/thumbnail.png") == []


def test_every_file_taken_away_is_noted(server: Flask, tmp_path: Path) -> None:
    assert noted(server, tmp_path, *[f"/volumes/{KEY}/tags.csv"] * 2) == [("export", "done")] * 2


def test_what_was_refused_is_noted_too(server: Flask, tmp_path: Path) -> None:
    assert noted(server, tmp_path, f"/volumes/{'2' * 32}/tags.csv") == []
    (tmp_path / ("2" * 32)).mkdir()
    assert noted(server, tmp_path, f"/volumes/{'2' * 32}/tags.csv") == [("view", "refused")]
