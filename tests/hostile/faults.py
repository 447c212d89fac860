"""F and L: children and workers that die, disks that are full, books that are torn, and what is left behind."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.factories import Scan
from tests.hostile.bodies import NAME, element, file_of, inserted, series_files, zipped
from tests.hostile.callbacks import deleted
from tests.hostile.cases import Act
from tests.hostile.siege import Siege
from tests.hostile.town import Town, command_line, descendants, running, under
from tests.hostile.visitor import Visitor
from webapp.config import ROOT

GONE_SECONDS = 60
MARK = "XANTHIPPE"


@contextmanager
def alone(siege: Siege, **settings: str) -> Iterator[Town]:
    """Another instance, for what would disturb everybody."""
    with TemporaryDirectory(prefix="alone-", dir=siege.folder) as folder, running(Path(folder), **settings) as town:
        yield town


def children_of(town: Town) -> list[int]:
    """Processes of the sandbox."""
    assert town.process is not None
    return [pid for pid in descendants(town.process.pid) if b"sandbox_child" in command_line(pid)]


def child_dies(siege: Siege) -> None:
    """Children are killed while they read: the series comes all the same, or is refused in words; nobody else dies."""
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.4):
            for pid in children_of(siege.town)[:1]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    visitor, killer = siege.somebody(), threading.Thread(target=kill, daemon=True)
    killer.start()
    try:
        outcome = visitor.upload(zipped(series_files(Scan(slices=30))), 60)
    finally:
        over.set()
        killer.join()
    assert outcome.refusal in {"", "task_crashed", "no_dicom", "out_of_memory"}, outcome.refusal
    assert siege.town.workers == sorted(siege.workers)
    assert visitor.upload(zipped(series_files())).cards


def deleted_by_many(siege: Siege) -> None:
    """One series is deleted by eight requests while it is looked at."""
    visitor, key = siege.owner_of_one(Scan(slices=4))
    folder = siege.town.data / "volumes" / key
    assert folder.is_dir()
    with ThreadPoolExecutor(12) as pool:
        looks = [pool.submit(visitor.ask, "GET", f"/volumes/{key}/axial/1") for _ in range(8)]
        ends = [pool.submit(deleted, visitor, key) for _ in range(8)]
        looks += [pool.submit(visitor.ask, "GET", f"/volumes/{key}/axial/1") for _ in range(8)]
    assert {one.result().status for one in ends} <= {200, 204}
    assert {one.result().status for one in looks} <= {200, 404, 410}
    assert visitor.ask("GET", f"/volumes/{key}/axial/1").status == 404
    assert not folder.exists()


def nothing_stays(siege: Siege) -> None:
    """A series that was deleted is nowhere on the disk: no file, no row, no page of the book."""
    tags = {"PatientName": f"{MARK}^A", "SeriesDescription": f"{MARK} SERIES", "PatientID": f"{MARK}-1"}
    visitor, key = siege.owner_of_one(Scan(slices=3, tags=tags))
    assert holding(siege.town.data, MARK.encode())
    assert deleted(visitor, key).status in {200, 204}
    end = time.monotonic() + GONE_SECONDS
    while (left := holding(siege.town.data, MARK.encode())) and time.monotonic() < end:
        time.sleep(0.5)
    assert not left, left


def holding(folder: Path, word: bytes) -> list[str]:
    """Files below a folder that hold a word."""
    found = []
    for path in under(folder):
        with contextlib.suppress(FileNotFoundError):
            if word in path.read_bytes():
                found.append(path.name)
    return found


def modes(siege: Siege) -> None:
    """Everything that is kept is for this user alone."""
    for path in [siege.town.data, *siege.town.data.rglob("*")]:
        with contextlib.suppress(FileNotFoundError):
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path.name


def no_dumps(siege: Siege) -> None:
    """A child that dies writes no core, and has the rights it needs and no more."""
    end = time.monotonic() + 20
    while not (found := children_of(siege.town)) and time.monotonic() < end:
        time.sleep(0.1)
    limits = Path(f"/proc/{found[0]}/limits").read_text()
    core = re.search(r"Max core file size\s+(\d+)\s+(\d+)", limits)
    assert core
    assert core.groups() == ("0", "0")


def no_words_in_logs(siege: Siege) -> None:
    """What pydicom warns of, and what a request stumbles over, is logged without its text."""
    visitor = siege.somebody()
    with warnings.catch_warnings(action="ignore"):
        bad = inserted(file_of(), 0x10, 0x10, element(8, 0x22, b"DA", b"SMITH^1970"))
        files = [("SMITH^1970.dcm", bad), ("SMITH2", file_of(StudyDate="SMITH3"))]
    visitor.upload(zipped([*files, *series_files()]))
    visitor.ask("GET", "/volumes/SMITH4/axial/0?t=SMITH5")
    visitor.post_json("/_dash-update-component", {"output": "SMITH6.x", "inputs": [{"value": "SMITH7"}]})
    logs = siege.town.text_of_logs()
    assert "SMITH" not in re.sub(r"/volumes/SMITH4/\S*", "", logs)
    assert "SMITH5" not in logs
    assert NAME.split("^", maxsplit=1)[0] not in logs


def kept_apart(siege: Siege) -> None:
    """A staging folder on another disk than the volumes is refused at the start, by name."""
    with TemporaryDirectory(dir="/dev/shm") as elsewhere, TemporaryDirectory(dir=siege.folder) as data:
        if Path(elsewhere).stat().st_dev == Path(data).stat().st_dev:
            pytest.skip("there is one file system only")
        (Path(data) / "staging").symlink_to(elsewhere)
        words = [sys.executable, "-c", "import webapp.wsgi"]
        done = subprocess.run(
            words, cwd=ROOT, env={**os.environ, "TRUESLICE_DATA": data}, capture_output=True, check=False
        )
    assert done.returncode != 0
    assert b"DiskDivided" in done.stderr or b"disk_divided" in done.stderr


def torn_book(siege: Siege) -> None:
    """A catalogue that is no catalogue, then none: refused by name, then made again from the volumes."""
    with alone(siege) as town:
        visitor = Visitor(town)
        (card,) = visitor.upload(zipped(series_files())).cards
        town.stop()
        book = town.data / "catalogue.sqlite"
        for name in ("catalogue.sqlite-wal", "catalogue.sqlite-shm"):
            (town.data / name).unlink(missing_ok=True)
        book.write_bytes(b"no catalogue at all" * 500)
        words = [sys.executable, "-c", "import webapp.wsgi"]
        done = subprocess.run(
            words, cwd=ROOT, env={**os.environ, "TRUESLICE_DATA": str(town.data)}, capture_output=True, check=False
        )
        assert done.returncode != 0
        assert b"CatalogueUnreadable" in done.stderr or b"catalogue_unreadable" in done.stderr
        book.unlink()
        town.start()
        end = time.monotonic() + 30
        while visitor.ask("GET", f"/volumes/{card.key}/axial/0").status != 200:
            assert time.monotonic() < end
            time.sleep(0.2)


def torn_volume(siege: Siege) -> None:
    """A volume whose description is cut short is refused in words, to its owner alone."""
    visitor, key = siege.owner_of_one(Scan(slices=3))
    path = siege.town.data / "volumes" / key / "meta.json"
    path.write_bytes(path.read_bytes()[:100])
    answers = [visitor.ask("GET", f"/volumes/{key}/axial/0") for _ in range(6)]
    assert {answer.status for answer in answers} <= {200, 503}
    assert {answer.code for answer in answers if answer.status != 200} <= {"volume_damaged"}
    assert deleted(visitor, key).status in {200, 204}


def full_disk(siege: Siege) -> None:
    """A disk with no room: 507 before anything is taken in, nothing half, and what is open stays open."""
    folder = siege.folder / "small-disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        with running(folder) as town:
            visitor = Visitor(town)
            (card,) = visitor.upload(zipped(series_files())).cards
            answer = visitor.begin(40 << 20)
            assert (answer.status, answer.code) == (507, "no_space")
            path = visitor.begun(7 << 20)
            (folder / "ballast").write_bytes(b"\0" * (30 << 20))
            with contextlib.suppress(OSError), (folder / "ballast").open("ab") as ballast:
                while True:
                    ballast.write(b"\0" * 4096)
                    ballast.flush()
            answer = visitor.part(path, 0, os.urandom(7 << 20))
            assert (answer.status, answer.code) == (507, "no_space"), (answer.status, answer.body[:200])
            assert visitor.ask("GET", f"/volumes/{card.key}/axial/0").status == 200
            (folder / "ballast").unlink()
            assert visitor.upload(zipped(series_files())).cards
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def out_of_memory(siege: Siege) -> None:
    """A child that needs more than it may: refused in words, and nobody else notices."""
    with alone(siege, TRUESLICE_LIMITS__TASK_BYTES=str(230 << 20)) as town:
        visitor, workers = Visitor(town), town.workers
        blank = b"\0" * (2 * 4000 * 4000)
        outcome = visitor.upload(zipped([("a", file_of(Rows=4000, Columns=4000, PixelData=blank))]))
        assert outcome.refusal in {"", "out_of_memory", "task_crashed", "no_dicom"}, outcome.refusal
        assert town.workers == workers


def sweepers_together(siege: Siege) -> None:
    """What nobody knows is swept while both workers live; what somebody has stays."""
    stray = siege.town.data / "staging" / "nobody"
    stray.mkdir()
    (stray / "bytes").write_bytes(b"x" * 1000)
    end = time.monotonic() + 20
    while stray.exists():
        assert time.monotonic() < end
        time.sleep(0.2)
    with closing(sqlite3.connect(siege.town.data / "catalogue.sqlite", timeout=20)) as book:
        assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert siege.reader.visitor.ask("GET", f"/volumes/{siege.key}/axial/0").status == 200


def drained(siege: Siege) -> None:
    """SIGTERM in the middle of an upload and of a job: both go on after the restart, and nothing is half."""
    with alone(siege) as town:
        visitor, whole = Visitor(town), zipped(series_files(Scan(slices=40)))
        path = visitor.begun(len(whole))
        assert visitor.part(path, 0, whole[:1000]).status == 204
        job = visitor.sent(whole)[-1].headers["Trueslice-Job"]
        start = time.monotonic()
        town.stop()
        assert time.monotonic() - start < 30
        town.start()
        assert int(visitor.tus("HEAD", path).headers["Upload-Offset"]) == 1000
        assert visitor.part(path, 1000, whole[1000:]).headers["Trueslice-Job"]
        with town.catalogue() as book:
            end = time.monotonic() + 60
            while not book.job(visitor.owner, job).finished or len(book.library(visitor.owner)) < 1:
                assert time.monotonic() < end
                time.sleep(0.1)
            assert book.job(visitor.owner, job).state == "done"


def descriptors(siege: Siege, times: int = 40) -> None:
    """Opening and closing series leaves no file open and no memory taken."""
    before = _open_files(siege.town)
    for _ in range(times):
        visitor, key = siege.owner_of_one(Scan(slices=2))
        for _ in range(4):
            assert visitor.ask("GET", f"/volumes/{key}/axial/0").status == 200
        assert deleted(visitor, key).status in {200, 204}
    grown = {pid: count - before[pid] for pid, count in _open_files(siege.town).items()}
    assert max(grown.values()) <= 20, grown
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft > 0


def _open_files(town: Town) -> dict[int, int]:
    return {pid: len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in town.workers}


ACTS = (
    Act("F02", "children killed while they read", child_dies),
    Act("F09", "one series deleted by eight while it is looked at", deleted_by_many),
    Act("F09", "leftovers with two workers alive", sweepers_together),
    Act("F10", "a volume's description cut short", torn_volume),
    Act("F06", "staging on another disk", kept_apart),
    Act("L02", "warnings and stumbles in the log", no_words_in_logs),
    Act("L04", "what is left of a deleted series", nothing_stays),
    Act("L05", "cores of children", no_dumps),
    Act("L06", "who may read what is kept", modes),
    Act("F04", "a child with too little memory", out_of_memory, slow=True),
    Act("F05", "a full disk", full_disk, slow=True, waits="a part that meets a full disk is answered 500, not 507"),
    Act("F07", "SIGTERM in an upload and a job", drained, slow=True),
    Act("F10", "a catalogue that is none", torn_book, slow=True),
    Act("F13", "40 series opened, looked at and deleted", descriptors, slow=True),
)
