"""A head on a host that keeps faces back: what somebody gets who came by its link, asked for as a browser asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask import Flask
from flask.testing import FlaskClient

from tests.jobs.house import House
from webapp.errors import FaceRefused
from webapp.routes import guests, owners, security, shares, surfaces
from webapp.services import Services
from webapp.store.share_rows import Wish
from webapp.views import ids, surface

HOME = "https://localhost"
SKIN, BONE = {"level": -300}, {"level": 700}
ASK: dict[str, Any] = {
    "output": f"..{ids.SURFACE_WORK}.data...{ids.SURFACE_TICK}.max_intervals..",
    "outputs": [
        {"id": ids.SURFACE_WORK, "property": "data"},
        {"id": ids.SURFACE_TICK, "property": "max_intervals"},
    ],
    "changedPropIds": [f"{ids.SURFACE_WISHES}.data"],
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A host that keeps faces back, with pictures of ann's that are large enough for one."""
    opened = House(tmp_path / "data", refuse_faces=True)
    opened.child.changes = {"affine_kji_to_lps": [[0, 0, 90, 0], [0, 200, 0, 0], [90, 0, 0, 0], [0, 0, 0, 1]]}
    yield opened
    opened.close()


@pytest.fixture
def key(house: House) -> str:
    return house.ingested()[0]


@pytest.fixture
def guest(house: House, key: str) -> FlaskClient:
    """A browser that came by ann's link, on the page and the addresses as they are hosted."""
    parts = {"config": house.config, "catalogue": house.catalogue, "originals": house.originals}
    services = Services(
        **parts, volumes=house.volumes, jobs=house.jobs, owner=owners.current_owner, tokens=guests.current_tokens
    )
    server = Flask("faces")
    app = Dash("faces", server=server)  # type: ignore[arg-type]
    app.layout = surface.layout()
    surface.register(app, services)
    for room in (surfaces, shares):
        room.register(server, services)
    security.register(server, services.config, list)
    browser = server.test_client()
    _, token = house.catalogue.add_share(Wish("ann", key, f"?stack={key}", 72.0), 20)
    browser.post("/shares/enter", json={"token": token}, base_url=HOME)
    return browser


def asked(guest: FlaskClient, key: str, wish: dict[str, Any], work: object = None) -> dict[str, Any]:
    """What the page hears of the first surface."""
    options = {"largest": False, "island_ml": 0, "smooth_mm": 0, "closed": False, "time": 0, **wish}
    inputs = [
        {"id": ids.SURFACE_WISHES, "property": "data", "value": {"key": key, "places": {"0": options}}},
        {"id": ids.SURFACE_TICK, "property": "n_intervals", "value": 0},
    ]
    state = [{"id": ids.SURFACE_WORK, "property": "data", "value": work}]
    answer = guest.post("/_dash-update-component", json={**ASK, "inputs": inputs, "state": state}, base_url=HOME)
    assert answer.status_code == 200
    first: dict[str, Any] = answer.get_json()["response"][ids.SURFACE_WORK]["data"]["places"]["0"]
    return first


def test_a_guest_has_no_skin_made_and_gets_none_that_the_owner_had_made(
    house: House, key: str, guest: FlaskClient
) -> None:
    owners_skin = house.surfaced(key, SKIN["level"])["artifact"]
    told = asked(guest, key, SKIN)
    assert (told["job"], told["mesh"], told["note"]) == (None, None, str(FaceRefused()))
    assert guest.get(f"/volumes/{key}/mesh/{owners_skin}", base_url=HOME).status_code == 403


def test_a_guest_has_bone_made_in_the_links_name(house: House, key: str, guest: FlaskClient) -> None:
    job = asked(guest, key, BONE)["job"]
    (share,) = house.catalogue.shares_of("ann", key)
    assert [one.id for one in house.catalogue.jobs_of(share.id)] == [job]
