"""Uploads in parts: what arrives is what was sent, once, for its owner only, whatever breaks in between."""

from __future__ import annotations

import errno
import os
import stat
from collections import namedtuple
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.routes.shelf import told
from webapp.config import Config, Limits
from webapp.routes import admission, owners, parts, security, uploads
from webapp.services import Services, open_services
from webapp.store.model import JobKind, JobState

HOME = "https://localhost"
TUS = {"Tus-Resumable": "1.0.0"}
SENT = bytes(range(256)) * 16
Space = namedtuple("Space", "total used free")


class Visitor:
    """A browser that speaks tus."""

    def __init__(self, server: Flask) -> None:
        self.client: FlaskClient = server.test_client()
        self.client.get("/_dash-layout", base_url=HOME)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(path, method=method, base_url=HOME, data=body, headers={**TUS, **named})

    def begin(self, size: int = len(SENT), **headers: str) -> TestResponse:
        return self.ask("POST", "/uploads/", Upload_Length=str(size), **headers)

    def begun(self, size: int = len(SENT)) -> str:
        return self.begin(size).headers["Location"]

    def part(self, path: str, offset: int, body: bytes) -> TestResponse:
        kind = "application/offset+octet-stream"
        return self.ask("PATCH", path, body, Upload_Offset=str(offset), Content_Type=kind)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    limits = Limits(upload_bytes=1 << 20, chunk_bytes=8192, uploads_at_once=2)
    opened = open_services(Config(data=tmp_path / "data", samples=tmp_path, limits=limits), owners.current_owner)
    yield opened
    opened.jobs.stop(0)
    opened.catalogue.close()


@pytest.fixture
def serve(services: Services) -> Callable[[], Flask]:
    def start() -> Flask:
        server = Flask("uploads under test")
        security.register(server, services.config, list)
        server.add_url_rule("/_dash-layout", view_func=lambda: "")
        uploads.register(server, services)
        return server

    return start


@pytest.fixture
def server(serve: Callable[[], Flask]) -> Flask:
    return serve()


@pytest.fixture
def visitor(server: Flask) -> Visitor:
    return Visitor(server)


def kept_files(services: Services) -> dict[str, Path]:
    """Every file of the instance that is an upload."""
    return {path.name: path for path in services.originals.root.iterdir() if len(path.name) == 36}


def id_of(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def job_of(services: Services, job_id: str) -> JobKind:
    return next(job.kind for job in services.catalogue.jobs_of(owner_of(services, job_id)) if job.id == job_id)


def owner_of(services: Services, job_id: str) -> str:
    (upload_id,) = kept_files(services)
    return services.catalogue.upload_owner(upload_id)


def test_a_file_sent_in_parts_arrives_byte_for_byte(visitor: Visitor, services: Services) -> None:
    path = visitor.begun()
    for at in range(0, len(SENT), 1000):
        assert visitor.part(path, at, SENT[at : at + 1000]).status_code == 204
    assert services.originals.path(id_of(path)).read_bytes() == SENT


def test_the_last_part_is_answered_with_the_job_that_reads_the_upload(visitor: Visitor, services: Services) -> None:
    answer = visitor.part(visitor.begun(), 0, SENT)
    assert job_of(services, answer.headers["Trueslice-Job"]) == JobKind.INGEST


def test_no_job_is_named_before_the_last_byte(visitor: Visitor) -> None:
    assert "Trueslice-Job" not in visitor.part(visitor.begun(), 0, SENT[:-1]).headers


def test_the_last_part_sent_twice_names_the_same_job(visitor: Visitor) -> None:
    path = visitor.begun()
    visitor.part(path, 0, SENT[:1000])
    first, second = (visitor.part(path, 1000, SENT[1000:]) for _ in range(2))
    assert (second.status_code, second.headers["Trueslice-Job"]) == (204, first.headers["Trueslice-Job"])


def test_asking_after_a_finished_upload_names_its_job_again(visitor: Visitor) -> None:
    path = visitor.begun()
    answer = visitor.part(path, 0, SENT)
    asked = visitor.ask("HEAD", path)
    assert asked.headers["Trueslice-Job"] == answer.headers["Trueslice-Job"]
    assert asked.headers["Upload-Offset"] == asked.headers["Upload-Length"] == str(len(SENT))


def test_after_a_break_the_server_says_where_to_go_on(visitor: Visitor) -> None:
    path = visitor.begun()
    visitor.part(path, 0, SENT[:1234])
    assert visitor.ask("HEAD", path).headers["Upload-Offset"] == "1234"


def test_what_came_before_a_connection_broke_is_kept(visitor: Visitor, services: Services) -> None:
    path = visitor.begun()
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    visitor.client.patch(
        path, base_url=HOME, input_stream=BytesIO(SENT[:700]), headers=[*headers.items(), ("Content-Length", "4096")]
    )
    assert visitor.ask("HEAD", path).headers["Upload-Offset"] == "700"
    visitor.part(path, 700, SENT[700:])
    assert services.originals.path(id_of(path)).read_bytes() == SENT


def test_a_part_that_does_not_follow_is_refused_and_changes_nothing(visitor: Visitor) -> None:
    path = visitor.begun()
    visitor.part(path, 0, SENT[:1000])
    answer = visitor.part(path, 2000, SENT[2000:])
    assert (answer.status_code, answer.json["code"]) == (409, "upload_out_of_step")
    assert visitor.ask("HEAD", path).headers["Upload-Offset"] == "1000"


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("whole", [False, True], ids=["unfinished", "finished"])
def test_an_upload_of_somebody_else_answers_like_one_that_never_was(
    server: Flask, visitor: Visitor, method: str, whole: bool
) -> None:
    theirs = visitor.begun()
    visitor.part(theirs, 0, SENT if whole else SENT[:10])
    stranger = Visitor(server)
    headers = {"Upload_Offset": "10", "Content_Type": "application/offset+octet-stream"}
    unknown = "/uploads/00000000-0000-4000-8000-000000000000"
    foreign, never, odd = (stranger.ask(method, path, b"x", **headers) for path in (theirs, unknown, "/uploads/odd"))
    assert foreign.status_code == never.status_code == odd.status_code == 404
    assert foreign.data == never.data == odd.data
    assert told(foreign.headers) == told(never.headers)


def test_a_method_in_a_header_does_not_get_past_the_owner(server: Flask, visitor: Visitor) -> None:
    theirs = visitor.begun()
    answer = Visitor(server).ask("POST", theirs, X_HTTP_Method_Override="DELETE")
    assert answer.status_code == 405
    assert visitor.ask("HEAD", theirs).status_code == 200


def test_a_cancelled_upload_leaves_nothing_behind(visitor: Visitor, services: Services) -> None:
    path = visitor.begun()
    visitor.part(path, 0, SENT[:1000])
    assert visitor.ask("DELETE", path).status_code == 204
    assert kept_files(services) == {}
    assert visitor.ask("HEAD", path).status_code == 404


def test_cancelling_a_finished_upload_cancels_its_job(visitor: Visitor, services: Services) -> None:
    path = visitor.begun()
    visitor.part(path, 0, SENT)
    owner = services.catalogue.upload_owner(id_of(path))
    assert visitor.ask("DELETE", path).status_code == 204
    assert [job for job in services.catalogue.jobs_of(owner) if job.state == JobState.WAITING] == []


def test_an_upload_above_the_limit_is_refused_before_its_first_byte(visitor: Visitor, services: Services) -> None:
    answer = visitor.begin((1 << 20) + 1)
    assert (answer.status_code, answer.json["code"]) == (413, "upload_too_big")
    assert kept_files(services) == {}


def test_an_upload_of_exactly_the_limit_is_taken(visitor: Visitor) -> None:
    assert visitor.begin(1 << 20).status_code == 201


def test_an_empty_file_is_refused_by_name(visitor: Visitor) -> None:
    assert visitor.begin(0).json["code"] == "zip_empty"


def test_an_upload_without_a_length_is_refused(visitor: Visitor) -> None:
    assert visitor.ask("POST", "/uploads/").status_code == 400


def test_an_upload_the_disk_has_no_room_for_is_refused(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission.shutil, "disk_usage", lambda _: Space(1 << 30, 0, (512 << 20) + 2 * len(SENT) - 1))
    answer = visitor.begin()
    assert (answer.status_code, answer.json["code"]) == (507, "no_space")


def test_an_owner_keeps_no_more_than_the_quota(
    visitor: Visitor, server: Flask, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.begun()
    monkeypatch.setitem(services.config.__dict__, "quota_gib", 2 * len(SENT) / (1 << 30))
    refused = visitor.begin(len(SENT) + 1)
    assert (refused.status_code, refused.json["code"]) == (507, "quota_reached")
    assert visitor.begin().status_code == 201
    assert Visitor(server).begin().status_code == 201


def test_a_disk_that_fills_up_on_the_way_ends_the_upload_and_frees_its_bytes(
    visitor: Visitor, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    path = visitor.begun()
    monkeypatch.setattr(parts.os, "fsync", full)
    answer = visitor.part(path, 0, SENT[:100])
    assert (answer.status_code, answer.json["code"]) == (507, "no_space")
    assert kept_files(services) == {}


def test_one_owner_has_at_most_two_uploads_on_the_way(visitor: Visitor) -> None:
    visitor.begin()
    visitor.begin()
    third = visitor.begin()
    assert (third.status_code, third.json["code"]) == (429, "too_many_uploads")
    assert int(third.headers["Retry-After"]) > 0


def test_a_finished_upload_makes_room_for_the_next(visitor: Visitor) -> None:
    visitor.begin()
    visitor.part(visitor.begun(), 0, SENT)
    assert visitor.begin().status_code == 201


def test_the_uploads_of_others_take_no_room_from_mine(server: Flask, visitor: Visitor) -> None:
    visitor.begin()
    visitor.begin()
    assert Visitor(server).begin().status_code == 201


def test_an_upload_nobody_has_gone_on_with_for_an_hour_makes_room(visitor: Visitor, services: Services) -> None:
    first, second = visitor.begun(), visitor.begun()
    visitor.part(first, 0, SENT[:10])
    visitor.part(second, 0, SENT[:10])
    os.utime(services.originals.path(id_of(first)), (0, 0))
    assert visitor.begin().status_code == 201
    assert visitor.ask("HEAD", first).status_code == 404
    assert visitor.ask("HEAD", second).status_code == 200


def test_a_part_above_the_limit_is_refused(visitor: Visitor) -> None:
    path = visitor.begun(1 << 20)
    assert visitor.part(path, 0, bytes(8192)).status_code == 204
    assert visitor.part(path, 8192, bytes(8192 + 1025)).status_code == 413


def test_the_name_of_the_file_is_kept_nowhere(visitor: Visitor, services: Services) -> None:
    visitor.begin(Upload_Metadata="filename RE9FXkpBTkUuemlw")
    visitor.part(visitor.begun(), 0, SENT)
    files = [path for path in services.config.data.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"DOE^JANE" in path.read_bytes() or b"RE9FXkpBTkU" in path.read_bytes()]


def test_files_are_for_the_server_alone(visitor: Visitor, services: Services) -> None:
    old = os.umask(0)
    try:
        visitor.part(visitor.begun(), 0, SENT[:10])
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in services.originals.root.rglob("*")}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_only_what_is_used_of_the_protocol_is_offered(visitor: Visitor) -> None:
    answer = visitor.ask("OPTIONS", "/uploads/")
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "termination"}
    assert answer.headers["Tus-Max-Size"] == str(1 << 20)
    assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]


def test_uploads_are_never_joined_or_served(visitor: Visitor) -> None:
    path = visitor.begun()
    visitor.part(path, 0, SENT)
    assert visitor.begin(Upload_Concat="partial").headers["Location"] != path
    assert visitor.ask("GET", path).status_code == 405


def test_a_death_between_the_last_byte_and_the_job_is_put_right_by_asking(
    visitor: Visitor, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = visitor.begun()
    with monkeypatch.context() as broken:
        broken.setattr(type(services.jobs), "ingest", _die)
        assert visitor.part(path, 0, SENT).status_code == 500
    assert visitor.ask("HEAD", path).headers["Trueslice-Job"]


def test_a_death_before_the_upload_was_called_received_is_put_right_by_the_next_start(
    visitor: Visitor, services: Services, serve: Callable[[], Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = visitor.begun()
    with monkeypatch.context() as broken:
        broken.setattr(type(services.originals), "keep", _die)
        assert visitor.part(path, 0, SENT).status_code == 500
    owner = services.catalogue.upload_owner(id_of(path))
    assert services.catalogue.jobs_of(owner) == []
    serve()
    assert [job.subject for job in services.catalogue.jobs_of(owner)] == [id_of(path)]


def test_an_unfinished_upload_survives_a_restart(visitor: Visitor, serve: Callable[[], Flask]) -> None:
    path = visitor.begun()
    visitor.part(path, 0, SENT[:1000])
    visitor.client.application = serve()
    assert visitor.ask("HEAD", path).headers["Upload-Offset"] == "1000"


def test_an_upload_the_catalogue_has_forgotten_is_gone_after_the_next_start(
    visitor: Visitor, services: Services, serve: Callable[[], Flask]
) -> None:
    path = visitor.begun()
    visitor.part(path, 0, SENT[:1000])
    services.catalogue.forget_upload(id_of(path))
    serve()
    assert kept_files(services) == {}


def test_two_processes_never_write_to_one_upload_at_once(tmp_path: Path) -> None:
    mine, theirs = parts.FileLocks(tmp_path), parts.FileLocks(tmp_path)
    token = mine.acquire("upload", 1.0)
    assert token is not None
    assert theirs.acquire("upload", 1.0, wait_timeout=0.05) is None
    mine.release("upload", token)
    assert theirs.acquire("upload", 1.0) is not None


def test_a_busy_upload_is_refused_for_now(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    path = visitor.begun()
    monkeypatch.setattr(parts.FileLocks, "acquire", lambda *_, **__: None)
    answer = visitor.part(path, 0, SENT[:10])
    assert (answer.status_code, answer.json["code"]) == (423, "upload_busy")


def _die(*_: object) -> str:
    raise RuntimeError
