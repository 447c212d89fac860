"""A hosted instance as docs/deploying.md describes it, on this machine's loopback."""

from __future__ import annotations

import configparser
import http.client
import os
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from webapp.config import ROOT
from webapp.routes.owners import SECURE_NAME, owner_of
from webapp.store.catalogue import Catalogue

DEPLOY = ROOT / "docs" / "deploy"
NAME = "viewer.example.org"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

#: How long a service may take to answer, and a small upload to be read, s.
START_SECONDS = 60
READ_SECONDS = 60

#: Around the page's own file: what Debian's nginx.conf says, in a folder of the test's own.
AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-main.log;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Hosted:
    """A hosted instance behind its proxy."""

    folder: Path
    https_port: int
    http_port: int
    app_port: int
    context: ssl.SSLContext
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request over TLS, to the instance's name."""
        named = {"Host": NAME, **{name.replace("_", "-"): value for name, value in headers.items()}}
        secure = http.client.HTTPSConnection("127.0.0.1", self.https_port, context=self.context, timeout=30)
        return exchange(secure, method, path, body, named)

    def ask_plainly(self, path: str, host: str = NAME) -> Answer:
        """One request without TLS."""
        plain = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=30)
        return exchange(plain, "GET", path, None, {"Host": host})

    def ask_behind(self, path: str, **headers: str) -> Answer:
        """One request straight to the web processes, as their proxy would send it."""
        inside = http.client.HTTPConnection("127.0.0.1", self.app_port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return exchange(inside, "GET", path, None, named)

    def logs(self) -> str:
        """Everything written to any log."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))


def exchange(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> Answer:
    try:
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        return Answer(reply.status, reply.headers, reply.read())
    finally:
        connection.close()


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate for the example's name, and a client that trusts it for every address."""
    request = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(["openssl", *request.split(), *files], check=True, capture_output=True)
    context = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
    context.check_hostname = False
    return context


def replaced(text: str, **changes: str) -> str:
    """The page's text with its example values changed; each of them has to be there."""
    for old, new in changes.items():
        assert old in text, f"the page does not say {old}"
        text = text.replace(old, new)
    return text


def site(folder: Path, ports: dict[str, int]) -> str:
    """docs/deploy/nginx.conf on this machine's loopback."""
    lines = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if "listen [::]" not in line)
    return replaced(
        text,
        **{
            "listen 443": f"listen 127.0.0.1:{ports['https']}",
            "listen 80": f"listen 127.0.0.1:{ports['http']}",
            "127.0.0.1:8050": f"127.0.0.1:{ports['app']}",
            f"/etc/letsencrypt/live/{NAME}": str(folder),
            "/var/log/nginx": str(folder),
        },
    )


def environment(folder: Path, ports: dict[str, int]) -> dict[str, str]:
    """docs/deploy/trueslice.env as systemd reads it, with this test's folder, port and key."""
    text = replaced(
        (DEPLOY / "trueslice.env").read_text(encoding="utf-8"),
        **{
            "/var/lib/trueslice": str(folder / "data"),
            "replace-me-by-a-long-random-text": "0123456789" * 4,
        },
    )
    said = dict(word.split("=", 1) for word in shlex.split(text, comments=True))
    (folder / "no-samples").mkdir()
    own = {"TRUESLICE_PORT": str(ports["app"]), "TRUESLICE_SAMPLES": str(folder / "no-samples")}
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **said, **own}


def command(service: str) -> list[str]:
    """The ExecStart of one of the page's units, with this interpreter."""
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.read(DEPLOY / service, encoding="utf-8")
    assert unit["Service"]["WorkingDirectory"] == "/opt/trueslice"
    interpreter, *words = shlex.split(unit["Service"]["ExecStart"])
    assert interpreter == "/opt/trueslice/.venv/bin/python"
    return [sys.executable, *words]


def start(hosted: Hosted, name: str, words: list[str], environment: dict[str, str]) -> None:
    with (hosted.folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    hosted.processes.append(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until(done: Callable[[], bool], seconds: float, otherwise: Callable[[], str]) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            pytest.fail(otherwise())
        time.sleep(0.1)


def answers(hosted: Hosted) -> bool:
    try:
        return hosted.ask("GET", "/health").status == 200
    except OSError:
        return False


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Visitor:
    """A browser that holds its cookie and speaks tus."""

    def __init__(self, hosted: Hosted) -> None:
        self.hosted = hosted
        self.first = hosted.ask("GET", "/_dash-layout")
        self.token = self.first.headers["Set-Cookie"].split("=", 1)[1].split(";", 1)[0]

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        cookie = f"{SECURE_NAME}={self.token}"
        return self.hosted.ask(method, path, body, Cookie=cookie, Tus_Resumable="1.0.0", **headers)

    def send(self, whole: bytes, parts: int) -> Answer:
        """Upload in so many parts; the answer to the last."""
        path = self.ask("POST", "/uploads/", b"", Upload_Length=str(len(whole))).headers["Location"]
        size = -(-len(whole) // parts)
        kind = "application/offset+octet-stream"
        for at in range(0, len(whole), size):
            reply = self.ask("PATCH", path, whole[at : at + size], Upload_Offset=str(at), Content_Type=kind)
            assert reply.status == 204, reply.body
        return reply

    def library(self) -> list[str]:
        """Keys of this visitor's own stacks."""
        catalogue = Catalogue(f"sqlite:///{self.hosted.data / 'catalogue.sqlite'}")
        try:
            return [card.key for card in catalogue.library(owner_of(self.token)) if card.mine]
        finally:
            catalogue.close()
