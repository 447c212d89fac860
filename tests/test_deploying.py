"""What docs/deploying.md says, done: its settings, its services and its nginx, from one end to the other over TLS."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests import factories, hosting
from tests.hosting import NAME, NGINX, Answer, Hosted, Visitor
from webapp.imaging import filters
from webapp.routes.owners import SECURE_NAME

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed: install the package nginx-light"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
]


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """Two web processes, a worker and nginx, each started as the page says."""
    folder = tmp_path_factory.mktemp("hosted")
    ports = dict(zip(("https", "http", "app"), hosting.free_ports(3), strict=True))
    instance = Hosted(folder, ports["https"], ports["http"], ports["app"], hosting.certificate(folder))
    (folder / "site.conf").write_text(hosting.site(folder, ports), encoding="utf-8")
    (folder / "nginx.conf").write_text(hosting.AROUND.format(folder=folder), encoding="utf-8")
    environment = hosting.environment(folder, ports)
    try:
        hosting.start(instance, "web", hosting.command("trueslice-web.service"), environment)
        hosting.start(instance, "worker", hosting.command("trueslice-worker.service"), environment)
        hosting.start(instance, "nginx", [str(NGINX), "-c", str(folder / "nginx.conf"), "-p", str(folder)], environment)
        hosting.until(lambda: hosting.answers(instance), hosting.START_SECONDS, instance.logs)
        yield instance
    finally:
        for process in reversed(instance.processes):
            hosting.stop(process)


@pytest.fixture
def visitor(hosted: Hosted) -> Visitor:
    return Visitor(hosted)


@pytest.fixture(scope="module")
def scan() -> factories.Scan:
    return factories.Scan()


@pytest.fixture(scope="module")
def uploaded(hosted: Hosted, scan: factories.Scan, tmp_path_factory: pytest.TempPathFactory) -> tuple[Visitor, Answer]:
    """A visitor who has sent a small series in two parts, once it is in the library; and the last part's answer."""
    path = factories.zip_series(tmp_path_factory.mktemp("zip") / "series.zip", factories.make_series(scan))
    sender = Visitor(hosted)
    last = sender.send(path.read_bytes(), parts=2)
    hosting.until(lambda: bool(sender.library()), hosting.READ_SECONDS, hosted.logs)
    return sender, last


def test_the_health_address_answers_over_tls(hosted: Hosted) -> None:
    answer = hosted.ask("GET", "/health")
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})


def test_the_page_itself_comes_over_tls(hosted: Hosted) -> None:
    answer = hosted.ask("GET", "/")
    assert (answer.status, b"Trueslice" in answer.body) == (200, True)


def test_browsers_are_told_to_stay_with_tls(hosted: Hosted) -> None:
    assert "max-age=31536000" in hosted.ask("GET", "/").headers["Strict-Transport-Security"]


def test_the_cookie_is_for_tls_and_this_site_alone(visitor: Visitor) -> None:
    words = visitor.first.headers["Set-Cookie"]
    assert words.startswith(f"{SECURE_NAME}=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= {word.strip() for word in words.split(";")}


def test_two_web_processes_serve(hosted: Hosted) -> None:
    web = hosted.processes[0].pid
    children = Path(f"/proc/{web}/task/{web}/children").read_text().split()
    assert len(children) == 2


def test_an_upload_in_two_parts_is_answered_with_its_job(uploaded: tuple[Visitor, Answer]) -> None:
    assert uploaded[1].headers["Trueslice-Job"]


def test_the_worker_puts_the_series_into_the_library_and_its_pixels_are_the_files(
    uploaded: tuple[Visitor, Answer], scan: factories.Scan
) -> None:
    sender, _ = uploaded
    (key,) = sender.library()
    answer = sender.ask("GET", f"/volumes/{key}/axial/2")
    rows, columns = (int(word) for word in answer.headers["Slice-Shape"].split())
    pixels = filters.decode(answer.headers["Slice-Filter"], answer.body, answer.headers["Slice-Dtype"], (rows, columns))
    assert np.array_equal(pixels, factories.pixels_of(scan, 2).astype(int) - 1024)


def test_another_browser_does_not_see_the_series(uploaded: tuple[Visitor, Answer], visitor: Visitor) -> None:
    (key,) = uploaded[0].library()
    foreign, unknown = (visitor.ask("GET", f"/volumes/{name}/axial/2") for name in (key, "0" * 32))
    assert (foreign.status, foreign.body) == (404, unknown.body)


def test_plain_http_is_sent_to_tls(hosted: Hosted) -> None:
    answer = hosted.ask_plainly("/?panel=tags")
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{NAME}/?panel=tags")


@pytest.mark.parametrize("host", ["localhost", "other.example.org"])
def test_the_proxy_does_not_speak_to_other_names(hosted: Hosted, host: str) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        hosted.ask_plainly("/", host)
    with pytest.raises(http.client.RemoteDisconnected):
        hosted.ask("GET", "/", Host=host)


def test_the_application_refuses_what_its_proxy_took_in_plainly(hosted: Hosted) -> None:
    answer = hosted.ask_behind("/", Host=NAME, X_Forwarded_Proto="http", X_Forwarded_Host=NAME)
    assert (answer.status, json.loads(answer.body)["code"]) == (403, "plain_http")


def test_the_application_refuses_another_name(hosted: Hosted) -> None:
    answer = hosted.ask_behind("/", X_Forwarded_Proto="https", X_Forwarded_Host="other.example.org")
    assert (answer.status, json.loads(answer.body)["code"]) == (400, "unknown_host")


def test_a_part_that_is_too_large_ends_at_the_proxy(hosted: Hosted, visitor: Visitor) -> None:
    reply = visitor.ask("POST", "/uploads/", b"", Content_Length=str((8 << 20) + 1025))
    assert reply.status == 413


def test_no_log_holds_an_address_a_query_or_a_name(hosted: Hosted, uploaded: tuple[Visitor, Answer]) -> None:
    hosted.ask("GET", "/?stack=0123&at=1,2,3")
    time.sleep(0.5)
    logs = hosted.logs()
    assert "GET" in logs
    assert not [words for words in ("at=1,2,3", "Phantom", "series.zip", uploaded[0].token) if words in logs]
    assert "127.0.0.1" not in (hosted.folder / "trueslice.log").read_text()


def test_what_is_backed_up_is_enough_to_go_on(hosted: Hosted, uploaded: tuple[Visitor, Answer], tmp_path: Path) -> None:
    sender, _ = uploaded
    copy = tmp_path / "data"
    copy.mkdir(mode=0o700)
    archive = tmp_path / "backup.tar"
    leave = ["--exclude=./staging", "--exclude=./queue.sqlite*"]
    subprocess.run(["tar", "-C", str(hosted.data), *leave, "-cf", str(archive), "."], check=True)
    subprocess.run(["tar", "-C", str(copy), "-xf", str(archive)], check=True)
    restored = Hosted(tmp_path, 0, 0, hosting.free_ports(1)[0], hosted.context)
    (tmp_path / "no-samples").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "TRUESLICE_DATA": str(copy),
        "TRUESLICE_PORT": str(restored.app_port),
        "TRUESLICE_SAMPLES": str(tmp_path / "no-samples"),
        "TRUESLICE_PROXIES": "1",
        "WEB_CONCURRENCY": "1",
    }
    (key,) = sender.library()
    ask = {"Host": NAME, "X_Forwarded_Proto": "https", "Cookie": f"{SECURE_NAME}={sender.token}"}
    hosting.start(restored, "web", hosting.command("trueslice-web.service"), environment)
    try:
        hosting.until(lambda: hosting.listens(restored.app_port), hosting.START_SECONDS, restored.logs)
        assert restored.ask_behind(f"/volumes/{key}/axial/2", **ask).status == 200
    finally:
        hosting.stop(restored.processes[0])
