"""A server under attack: gunicorn with two workers on loopback, its data in a folder, its processes watched."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.hosting import free_ports
from webapp.config import ROOT
from webapp.store.catalogue import Catalogue

START_SECONDS = 60
MIB = 1 << 20

#: What makes waiting short and bombs small; everything else is as it comes.
SETTINGS = {
    "WEB_CONCURRENCY": "2",
    "TRUESLICE_SWEEP_SECONDS": "1",
    "TRUESLICE_GRACE_SECONDS": "3",
    "TRUESLICE_SPARE_MIB": "0",
    "TRUESLICE_TRUSTED_HOSTS": '["viewer.example.org"]',
    "TRUESLICE_LIMITS__MEMBER_BYTES": str(48 * MIB),
    "TRUESLICE_LIMITS__EXPANDED_BYTES": str(192 * MIB),
    "TRUESLICE_LIMITS__UPLOAD_BYTES": str(64 * MIB),
    "TRUESLICE_LIMITS__FILE_SECONDS": "6",
    "TRUESLICE_LIMITS__TASK_SECONDS": "25",
    "TRUESLICE_LIMITS__VOXELS": str(1 << 24),
    "TRUESLICE_LIMITS__MESH_BYTES": str(64 * MIB),
}


@dataclass
class Town:
    """A running instance and what is known of its processes.

    Parameters
    ----------
    folder : Path
        Holds ``data``, ``log`` and ``tmp``.
    """

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def start(self) -> None:
        """Start the master and wait until the service answers."""
        for name in ("none", "tmp"):
            (self.folder / name).mkdir(exist_ok=True)
        own = {
            "PORT": str(self.port),
            "TRUESLICE_DATA": str(self.data),
            "TRUESLICE_SAMPLES": str(self.folder / "none"),
            "TMPDIR": str(self.folder / "tmp"),
        }
        words = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "webapp.wsgi:server"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                words,
                cwd=ROOT,
                env={**os.environ, **SETTINGS, **self.settings, **own},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait(START_SECONDS)

    def wait(self, seconds: float) -> float:
        """Until the service answers; how long that took, s."""
        start = time.monotonic()
        while not self.healthy():
            assert time.monotonic() - start < seconds, self.log.read_text(errors="replace")[-2000:]
            time.sleep(0.02)
        return time.monotonic() - start

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """Ask the master to end, and end what is left of its group."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.kill()

    def kill(self) -> None:
        """End the whole group at once, as a power cut does."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @property
    def workers(self) -> list[int]:
        """Process ids of the web workers."""
        assert self.process is not None
        return sorted(pid for pid in children(self.process.pid) if b"gunicorn" in command_line(pid))

    def family(self) -> dict[int, int]:
        """Private memory of each process of the instance, bytes."""
        assert self.process is not None
        return {pid: private_bytes(pid) for pid in descendants(self.process.pid)}

    @contextmanager
    def catalogue(self) -> Iterator[Catalogue]:
        """The instance's own book, read from outside."""
        opened = Catalogue(f"sqlite:///{self.data / 'catalogue.sqlite'}")
        try:
            yield opened
        finally:
            opened.close()

    def kept_bytes(self) -> int:
        """Bytes of uploads, volumes and staging."""
        return sum(file_bytes(path) for name in ("uploads", "volumes", "staging") for path in under(self.data / name))

    def text_of_logs(self) -> str:
        """Everything that was logged."""
        return self.log.read_text(errors="surrogateescape")


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Town]:
    """An instance for the length of a block."""
    town = Town(folder, free_ports(1)[0], settings)
    try:
        town.start()
        yield town
    finally:
        town.stop()


class Watch(threading.Thread):
    """Looks at the memory of every process of an instance ten times a second."""

    def __init__(self, town: Town) -> None:
        super().__init__(daemon=True)
        self._town = town
        self._over = threading.Event()
        self.seen: list[tuple[float, dict[int, int]]] = []

    def run(self) -> None:
        while not self._over.wait(0.1):
            with contextlib.suppress(OSError):
                self.seen.append((time.monotonic(), self._town.family()))

    def stop(self) -> None:
        self._over.set()
        self.join()

    def peak(self, pids: list[int], start: float, end: float) -> int:
        """The most that any of these held in a span, bytes."""
        held = [sizes.get(pid, 0) for at, sizes in self.seen if start <= at <= end for pid in pids]
        return max(held, default=0)

    def peak_of_others(self, pids: list[int], start: float, end: float) -> int:
        """The most that any process but these held in a span, bytes."""
        sizes = [one for at, seen in self.seen if start <= at <= end for pid, one in seen.items() if pid not in pids]
        return max(sizes, default=0)


def under(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def file_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def children(pid: int) -> list[int]:
    """Direct children of a process, of all its threads."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(word) for word in (task / "children").read_text().split()]
    return found


def descendants(pid: int) -> list[int]:
    """Children, their children, and so on."""
    found = children(pid)
    return found + [deeper for child in found for deeper in descendants(child)]


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def private_bytes(pid: int) -> int:
    """Anonymous memory of a process, bytes; mapped volumes belong to nobody."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))
