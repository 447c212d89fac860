"""From the zip to the first three views, and what a slice weighs on the wire.

::

    ours   tus upload ─ last byte sent ─┬─ reading, placing, decoding, auditing ─ three slices received
    peers  the same zip, unpacked by ───┴─ unzip + dcm2niix · unzip + SimpleITK · inflate alone
"""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

import numpy as np
from numpy.typing import NDArray

from benchmarks.client import Answer, Client
from benchmarks.instance import ROOT, Instance
from benchmarks.rows import Peer, Row, row
from benchmarks.wire import pixels
from webapp.routes.owners import owner_of
from webapp.store.model import Card

PEERS = ROOT / ".venv-peers" / "bin"
SCRIPTS = Path(__file__).resolve().parent / "peers"
ROUNDS = 5
SLICES = 15
LONGEST_SECONDS = 120.0


def rows(instance: Instance, source: Path) -> list[Row]:
    """Measure both sides in turns.

    Parameters
    ----------
    instance : Instance
        A server that is running.
    source : Path
        A zip with a series that forms a volume.
    """
    sides: dict[str, Callable[[], float]] = {
        "ours": lambda: ours(instance, source),
        "inflate": lambda: inflate(source),
        "dcm2niix": lambda: unzip_and(source, dcm2niix),
        "simpleitk": lambda: unzip_and(source, simpleitk),
    }
    for measure in sides.values():
        measure()
    taken = [{name: measure() for name, measure in sides.items()} for _ in range(ROUNDS)]
    seconds = {name: [one[name] for one in taken] for name in sides}
    what = f"last byte of {source.name} to three views"
    return [
        row(what, seconds["ours"], Peer("unzip + dcm2niix -z n", seconds["dcm2niix"], 0.6), "s"),
        row(what, seconds["ours"], Peer("unzip + SimpleITK", seconds["simpleitk"], 0.5), "s"),
        row(what, seconds["ours"], Peer("inflate alone", seconds["inflate"], 2.0), "s"),
        weight(instance, source),
    ]


def opened(instance: Instance, source: Path) -> tuple[Client, Card, float]:
    """Upload as a new visitor and wait for the largest volume: the client, its card, when the last byte was sent."""
    with closing(instance.catalogue()) as catalogue:
        client = Client(instance.url)
        sent = client.upload(source)
        owner = owner_of(client.token)
        while perf_counter() < sent + LONGEST_SECONDS:
            library = catalogue.library(owner)
            volumes = [card for card in library if card.mine and card.kind == "volume" and card.shape_kji]
            if volumes:
                return client, max(volumes, key=lambda card: np.prod(card.shape_kji or 0)), sent
            sleep(0.01)
    raise RuntimeError("The upload did not become a volume.")


def ours(instance: Instance, source: Path) -> float:
    """Seconds from the last byte sent to the middle slice of three planes received."""
    client, card, sent = opened(instance, source)
    for plane, count in zip(("axial", "coronal", "sagittal"), card.shape_kji or (), strict=True):
        client.get(f"/volumes/{card.key}/{plane}/{count // 2}")
    taken = perf_counter() - sent
    client.close()
    return taken


def inflate(source: Path) -> float:
    """Seconds to unpack every member in memory, on one core."""
    start = perf_counter()
    with zipfile.ZipFile(source) as archive:
        for member in archive.infolist():
            archive.read(member)
    return perf_counter() - start


def unzip_and(source: Path, then: Callable[[Path, Path], list[str]]) -> float:
    """Seconds to unpack to a folder and run a peer on it."""
    with TemporaryDirectory(prefix="trueslice-bench-") as folder:
        unpacked, out = Path(folder) / "in", Path(folder) / "out"
        out.mkdir()
        start = perf_counter()
        _run(["unzip", "-q", str(source), "-d", str(unpacked)])
        _run(then(unpacked, out))
        return perf_counter() - start


def dcm2niix(unpacked: Path, out: Path) -> list[str]:
    """Convert to NIfTI without compression."""
    return [str(PEERS / "dcm2niix"), "-z", "n", "-o", str(out), str(unpacked)]


def simpleitk(unpacked: Path, _out: Path) -> list[str]:
    """Read every series into an array."""
    return [str(PEERS / "python"), str(SCRIPTS / "read_series.py"), str(unpacked)]


def weight(instance: Instance, source: Path) -> Row:
    """Bytes of axial slices over the wire, against lossless JPEG-LS of the same slices."""
    client, card, _ = opened(instance, source)
    count = (card.shape_kji or (1,))[0]
    paths = [f"/volumes/{card.key}/axial/{place}" for place in np.linspace(0, count - 1, SLICES).astype(int)]
    sizes = [len(client.get(path).body) for path in paths]
    theirs = jpegls_sizes(np.stack([unsigned(client.get(path, "gzip")) for path in paths]))
    client.close()
    peer = Peer("JPEG-LS, lossless", theirs, 1.2)
    return row("axial slice over the wire", sizes, peer, "bytes")


def unsigned(answer: Answer) -> NDArray[np.uint16]:
    """The slice's whole numbers lifted to start at 0, as JPEG-LS takes them."""
    shown = pixels(answer)
    if shown.dtype.kind == "f":
        raise RuntimeError("JPEG-LS takes whole numbers; this series has others.")
    return (shown.astype(np.int32) - int(shown.min())).astype(np.uint16)


def jpegls_sizes(slices: NDArray[np.uint16]) -> list[int]:
    """Bytes of each slice (N, rows, columns) as lossless JPEG-LS."""
    with TemporaryDirectory(prefix="trueslice-bench-") as folder:
        np.save(Path(folder) / "slices.npy", slices)
        command = [str(PEERS / "python"), str(SCRIPTS / "jpegls_sizes.py"), str(Path(folder) / "slices.npy")]
        sizes: list[int] = json.loads(_run(command))
    return sizes


def _run(command: list[str]) -> bytes:
    """Run to the end; what it printed."""
    return subprocess.run(command, check=True, capture_output=True).stdout
