"""Surfaces on their way out: levels on offer, facts, and files, and who may have them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import trimesh
from flask import Flask
from flask.testing import FlaskClient

from tests.jobs.house import House
from tests.routes.shelf import told
from webapp.imaging.options import SurfaceOptions
from webapp.routes import refusals, surfaces
from webapp.services import Services
from webapp.store.model import Asker
from webapp.store.share_rows import Wish

UNKNOWN = "4" * 32


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = House(tmp_path / "data", refuse_faces=True)
    opened.child.changes = {"affine_kji_to_lps": [[0, 0, 90, 0], [0, 200, 0, 0], [90, 0, 0, 0], [0, 0, 0, 1]]}
    yield opened
    opened.close()


@pytest.fixture
def browser(house: House) -> Callable[..., FlaskClient]:
    """Somebody's browser, with the links it came by."""

    def of(owner: str, *tokens: str) -> FlaskClient:
        server = Flask(__name__)
        refusals.register(server)
        parts = {
            "catalogue": house.catalogue,
            "volumes": house.volumes,
            "config": house.config,
            "owner": lambda: owner,
            "tokens": lambda: tokens,
        }
        surfaces.register(server, cast(Services, SimpleNamespace(**parts)))
        return server.test_client()

    return of


@pytest.fixture
def place(house: House) -> str:
    """The address of a surface of bone of ann's."""
    key = house.ingested()[0]
    return f"/volumes/{key}/mesh/{house.surfaced(key, 200)['artifact']}"


def test_a_surface_arrives_as_corners_and_faces(browser: Callable[..., FlaskClient], place: str) -> None:
    response = browser("ann").get(place)
    corners = int(response.headers["Mesh-Vertices"])
    assert np.array_equal(np.frombuffer(response.data, "<f4", corners * 3).reshape(-1, 3), np.eye(3))
    assert np.array_equal(np.frombuffer(response.data, "<i4", offset=corners * 12).reshape(-1, 3), [[0, 1, 2]])
    told = [response.headers[f"Mesh-{name}"] for name in ("Key", "Faces", "Level", "Grid-Step")]
    assert told == [place.split("/")[2], "1", "200.0", "3.0 2.0 1.0"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", ["stl", "ply", "obj", "glb"])
def test_a_file_arrives_with_its_triangles_under_a_name_that_tells_nothing(
    browser: Callable[..., FlaskClient], place: str, kind: str
) -> None:
    response = browser("ann").get(f"{place}.{kind}")
    solid: Any = trimesh.load_mesh(io.BytesIO(response.data), file_type=kind, process=False)
    assert len(solid.faces) == 1
    assert response.headers["Content-Disposition"] == f'attachment; filename="trueslice-surface.{kind}"'
    assert response.headers["Cache-Control"] == "no-store"


def test_a_file_is_written_while_it_is_sent(browser: Callable[..., FlaskClient], place: str) -> None:
    response = browser("ann").get(f"{place}.stl", buffered=False)
    assert response.is_streamed
    response.close()


def test_a_file_may_be_in_ras(browser: Callable[..., FlaskClient], place: str) -> None:
    response = browser("ann").get(f"{place}.ply?space=ras")
    assert b"comment SPACE=RAS UNIT=mm VERDICT=caution" in response.data
    solid: Any = trimesh.load_mesh(io.BytesIO(response.data), file_type="ply", process=False)
    assert np.array_equal(solid.vertices, np.diag([-1, -1, 1]))


def test_another_space_is_refused(browser: Callable[..., FlaskClient], place: str) -> None:
    assert browser("ann").get(f"{place}.ply?space=las").status_code == 422


def test_the_facts_come_with_the_verdict_and_whether_they_show_a_face(
    browser: Callable[..., FlaskClient], place: str
) -> None:
    facts = browser("ann").get(f"{place}.json").get_json()
    assert (facts["verdict"], facts["summary"], facts["triangles"]) == ("caution", "One line.", 1)
    assert (facts["may_show_face"], facts["options"]["level"]) == (False, 200.0)


@pytest.mark.parametrize("tail", ["", ".json", ".stl", ".glb"])
def test_what_is_unknown_and_what_is_somebody_elses_answer_alike(
    browser: Callable[..., FlaskClient], place: str, tail: str
) -> None:
    stranger = browser("bob")
    foreign, unknown = stranger.get(place + tail), stranger.get(f"/volumes/{UNKNOWN}/mesh/{UNKNOWN}{tail}")
    assert foreign.status_code == unknown.status_code == 404
    assert (foreign.data, told(foreign.headers)) == (unknown.data, told(unknown.headers))


@pytest.mark.parametrize("artifact", [UNKNOWN, "..", "%2e%2e%2f"])
def test_a_surface_nobody_made_is_not_there(browser: Callable[..., FlaskClient], place: str, artifact: str) -> None:
    stack = place.partition("/mesh/")[0]
    assert browser("ann").get(f"{stack}/mesh/{artifact}.stl").status_code == 404


def test_a_thumbnail_is_no_surface(house: House, browser: Callable[..., FlaskClient], place: str) -> None:
    key = place.split("/")[2]
    thumbnail = next(made for made in house.catalogue.artifacts_of(key) if made.kind == "thumbnail")
    assert browser("ann").get(f"/volumes/{key}/mesh/{thumbnail.id}").status_code == 404


def test_a_surface_of_another_stack_is_not_there(house: House, browser: Callable[..., FlaskClient], place: str) -> None:
    key, artifact = place.split("/")[2], place.split("/")[4]
    other = next(card.key for card in house.catalogue.library("ann") if card.key != key)
    assert browser("ann").get(f"/volumes/{other}/mesh/{artifact}").status_code == 404


def test_an_export_is_a_file_and_not_for_the_screen(
    house: House, browser: Callable[..., FlaskClient], place: str
) -> None:
    key = place.split("/")[2]
    job_id = house.jobs.mesh_export(Asker("ann"), key, SurfaceOptions(100))
    house.jobs.run_now(job_id)
    result = house.catalogue.job("ann", job_id).result
    assert result is not None
    address = f"/volumes/{key}/mesh/{result['artifact']}"
    assert [browser("ann").get(address + tail).status_code for tail in ("", ".stl")] == [404, 200]


def test_a_surface_that_just_made_room_is_not_there(
    house: House, browser: Callable[..., FlaskClient], place: str
) -> None:
    house.volumes.delete_artifact(place.split("/")[2], place.split("/")[4])
    assert [browser("ann").get(place + tail).status_code for tail in ("", ".stl")] == [404, 404]


def test_skin_of_what_may_be_a_head_is_kept_to_the_owner(
    house: House, browser: Callable[..., FlaskClient], place: str
) -> None:
    key = place.split("/")[2]
    skin = f"/volumes/{key}/mesh/{house.surfaced(key, -300)['artifact']}"
    assert browser("ann").get(f"{skin}.json").get_json()["may_show_face"]
    _, token = house.catalogue.add_share(Wish("ann", key, "", 72.0), 20)
    guest = browser("bob", token)
    for tail in ("", ".json"):
        assert guest.get(skin + tail).status_code == 403
        assert guest.get(place + tail).status_code == 200


def test_a_guest_takes_no_surface_away(house: House, browser: Callable[..., FlaskClient], place: str) -> None:
    _, token = house.catalogue.add_share(Wish("ann", place.split("/")[2], "", 72.0), 20)
    assert browser("bob", token).get(f"{place}.stl").status_code == 403


def test_the_levels_on_offer_are_looked_for_once(
    house: House, browser: Callable[..., FlaskClient], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = place.partition("/mesh/")[0] + "/levels"
    first = browser("ann").get(address).get_json()
    assert (first["unit"], first["low"], first["high"], sum(first["counts"])) == ("HU", 0.0, 23.0, 24)
    monkeypatch.setattr(surfaces, "levels_on_offer", lambda _field: pytest.fail("looked for again"))
    assert browser("ann").get(address).get_json() == first


def test_a_strangers_levels_are_not_there(browser: Callable[..., FlaskClient], place: str) -> None:
    assert browser("bob").get(place.partition("/mesh/")[0] + "/levels").status_code == 404


def test_pictures_have_no_levels(house: House, browser: Callable[..., FlaskClient]) -> None:
    house.child.kind = "pictures"
    answer = browser("ann").get(f"/volumes/{house.ingested()[0]}/levels")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "no_volume")
