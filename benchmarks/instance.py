"""A server of our own for one run, as it is hosted: gunicorn with two workers on loopback, its data in a folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from webapp.store.catalogue import Catalogue

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Instance:
    """A running server.

    Parameters
    ----------
    master : int
        Process id of gunicorn's master.
    """

    url: str
    data: Path
    master: int

    def catalogue(self) -> Catalogue:
        """Its catalogue, opened beside it; to be closed."""
        return Catalogue(f"sqlite:///{self.data / 'catalogue.sqlite'}")


@contextmanager
def running(samples: Path | None = None) -> Iterator[Instance]:
    """Start a server, wait until it is ready, and stop it at the end.

    Parameters
    ----------
    samples : Path or None
        A folder of zips that everybody sees; none when left out.
    """
    with TemporaryDirectory(prefix="trueslice-bench-") as folder:
        port, data = _free_port(), Path(folder) / "data"
        nothing = Path(folder) / "no-samples"
        nothing.mkdir()
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(
                _command(), cwd=ROOT, env=_environment(port, data, samples or nothing), stdout=log, stderr=log
            )
        instance = Instance(f"http://127.0.0.1:{port}", data, process.pid)
        try:
            _wait(instance, process, Path(folder) / "log")
            yield instance
        finally:
            process.terminate()
            process.wait(30)


def _command() -> list[str]:
    """What the Procfile's web line starts."""
    return [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "webapp.wsgi:server"]


def _environment(port: int, data: Path, samples: Path) -> dict[str, str]:
    """The settings of this instance beside what the shell has."""
    return {
        **os.environ,
        "PORT": str(port),
        "TRUESLICE_HOST": "127.0.0.1",
        "TRUESLICE_PORT": str(port),
        "TRUESLICE_DATA": str(data),
        "TRUESLICE_SAMPLES": str(samples),
        "WEB_CONCURRENCY": "2",
    }


def _free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _wait(instance: Instance, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server says it can do its work."""
    for _ in range(READY_SECONDS * 10):
        if process.poll() is not None:
            break
        if _healthy(instance.url):
            return
        time.sleep(0.1)
    raise RuntimeError(f"The server did not start.\n{log.read_text(errors='replace')[-2000:]}")


def _healthy(url: str) -> bool:
    """Whether /health answers well."""
    try:
        with urlopen(f"{url}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
