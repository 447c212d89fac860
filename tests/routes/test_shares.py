"""Links: what opens with one, what stays shut, and what nobody can tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.store.staged import meta_of, origin_of, stage_stack
from webapp.config import Config, Limits
from webapp.errors import LinkDead, TooManyTries
from webapp.routes import downloads, guests, owners, security, shares, slices, surfaces, uploads
from webapp.services import Services, open_services
from webapp.store.model import JobKind, JobOrder, StackRecord
from webapp.store.share_rows import Wish

HOME = "https://localhost"
KEY = f"{7:032x}"
OTHER = f"{8:032x}"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """An instance where Ann has two stacks of one series."""
    limits = Limits(share_tries=3)
    config = Config(data=tmp_path / "data", samples=tmp_path, limits=limits)
    opened = open_services(config, owners.current_owner, guests.current_tokens)
    origin = origin_of()
    opened.catalogue.begin_upload(origin.owner, origin.upload, origin.upload_bytes)
    opened.catalogue.received(origin.upload)
    claim = opened.catalogue.claim_job(opened.catalogue.add_job(JobOrder("ann", JobKind.INGEST, origin.upload, {})))
    assert claim is not None
    for key in (KEY, OTHER):
        opened.volumes.adopt(stage_stack(tmp_path / key), key)
    records = [StackRecord(key, origin, meta_of()) for key in (KEY, OTHER)]
    opened.catalogue.commit_series(claim, records, {"keys": [KEY, OTHER]})
    yield opened
    opened.jobs.stop()
    opened.catalogue.close()


@pytest.fixture
def guest(services: Services) -> FlaskClient:
    """A browser that was never here."""
    server = Flask("test")
    for room in (uploads, slices, surfaces, downloads, shares):
        room.register(server, services)
    server.add_url_rule("/", "page", view_func=lambda: "the page")
    server.add_url_rule("/_dash-layout", "layout", view_func=owners.current_owner)
    security.register(server, services.config, list)
    return server.test_client()


@pytest.fixture
def token(services: Services) -> str:
    """What Ann's link carries."""
    return services.catalogue.add_share(Wish("ann", KEY, f"?stack={KEY}&at=1,2,3", 72.0), 20)[1]


def enter(guest: FlaskClient, token: object) -> Any:
    return guest.post("/shares/enter", json={"token": token}, base_url=HOME)


def ask(guest: FlaskClient, path: str, method: str = "GET") -> int:
    with guest.open(path, method=method, base_url=HOME) as answer:
        return answer.status_code


def test_a_token_is_exchanged_for_a_cookie_and_the_view(guest: FlaskClient, token: str) -> None:
    answer = enter(guest, token)
    assert answer.json == {"address": f"/?stack={KEY}&at=1,2,3"}
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{guests.GUEST_NAMES[0]}={token};")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))


def test_a_guest_sees_the_slices_of_the_shared_stack(guest: FlaskClient, token: str) -> None:
    assert ask(guest, f"/volumes/{KEY}/axial/0") == 404
    enter(guest, token)
    assert ask(guest, f"/volumes/{KEY}/axial/0") == 200
    assert ask(guest, f"/volumes/{KEY}/thumbnail.png") == 200


def test_a_guest_does_not_see_the_next_stack_of_the_same_series(guest: FlaskClient, token: str) -> None:
    enter(guest, token)
    assert ask(guest, f"/volumes/{OTHER}/axial/0") == 404


@pytest.mark.parametrize("name", ["tags.csv", "volume.nii.gz", "report.html", f"mesh/{'5' * 32}.stl"])
def test_a_guest_takes_nothing_away(guest: FlaskClient, token: str, name: str) -> None:
    enter(guest, token)
    assert ask(guest, f"/volumes/{KEY}/{name}") == 403


@pytest.mark.parametrize(("method", "path"), [("POST", "/uploads/"), ("PATCH", "/uploads/x"), ("DELETE", "/uploads/x")])
def test_a_guest_sends_nothing(guest: FlaskClient, token: str, method: str, path: str) -> None:
    enter(guest, token)
    assert ask(guest, path, method) == 403


def test_a_guest_is_never_made_an_owner(guest: FlaskClient, token: str) -> None:
    enter(guest, token)
    answer = guest.get("/_dash-layout", base_url=HOME, headers={"Sec-Fetch-Site": "same-origin"})
    assert "owner" not in answer.headers.get("Set-Cookie", "")


def test_a_guest_who_asks_for_the_library_comes_back_to_the_shared_view(guest: FlaskClient, token: str) -> None:
    enter(guest, token)
    answer = guest.get("/", base_url=HOME, follow_redirects=True)
    assert f'data-address="/?stack={KEY}&amp;at=1,2,3"' in answer.text


def test_a_link_that_is_withdrawn_is_dead_for_tabs_that_are_open(
    guest: FlaskClient, services: Services, token: str
) -> None:
    enter(guest, token)
    services.catalogue.revoke_share("ann", services.catalogue.share_of(token).id)
    assert ask(guest, f"/volumes/{KEY}/axial/0") == 404
    assert 'data-address=""' in guest.get("/shared", base_url=HOME).text


def test_expired_withdrawn_and_unknown_links_answer_alike(guest: FlaskClient, services: Services) -> None:
    expired = services.catalogue.add_share(Wish("ann", KEY, "", 0.0), 20)[1]
    share, withdrawn = services.catalogue.add_share(Wish("ann", KEY, "", 72.0), 20)
    services.catalogue.revoke_share("ann", share.id)
    answers = [enter(guest, dead) for dead in (expired, withdrawn, "x" * 43)]
    assert [answer.json for answer in answers] == [LinkDead().as_json()] * 3
    assert len({answer.data for answer in answers}) == 1


def test_whoever_tries_many_dead_links_has_to_wait(guest: FlaskClient, token: str) -> None:
    assert [enter(guest, f"{number:043d}").status_code for number in range(4)] == [404, 404, 404, 429]
    assert enter(guest, token).status_code == 429


def test_after_a_minute_the_door_opens_again() -> None:
    now = [0.0]
    tries = shares.Tries(1, lambda: now[0])
    tries.failed("here")
    tries.check("elsewhere")
    with pytest.raises(TooManyTries):
        tries.check("here")
    now[0] = 60.0
    tries.check("here")


@pytest.mark.parametrize("body", [None, [], {}, {"token": 5}, {"token": None}, "text"])
def test_what_is_no_token_is_refused(guest: FlaskClient, body: object) -> None:
    answer = guest.post("/shares/enter", json=body, base_url=HOME)
    assert answer.status_code == 400


def test_whoever_leaves_keeps_nothing(guest: FlaskClient, token: str) -> None:
    enter(guest, token)
    answer = guest.post("/shares/leave", json={}, base_url=HOME)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert ask(guest, f"/volumes/{KEY}/axial/0") == 404


def test_another_site_can_neither_enter_nor_leave_for_somebody(guest: FlaskClient, token: str) -> None:
    for path in ("/shares/enter", "/shares/leave"):
        answer = guest.post(path, json={"token": token}, base_url=HOME, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403


def test_a_browser_keeps_so_many_links_open_and_forgets_the_oldest(guest: FlaskClient, services: Services) -> None:
    made = [services.catalogue.add_share(Wish("ann", KEY, "", 72.0), 20)[1] for _ in range(guests.LINKS + 1)]
    for one in made:
        enter(guest, one)
    cookie = guest.get_cookie(guests.GUEST_NAMES[0], domain="localhost")
    assert cookie is not None
    assert cookie.value.split(".") == made[:0:-1]
