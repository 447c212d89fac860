"""Nouns every test may use."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests import factories
from webapp import opened_input, stackfiles
from webapp.__main__ import main
from webapp.config import Limits
from webapp.reconstruct import STACKS, Opening, open_input
from webapp.sandbox import Progress, Task
from webapp.tasks import open_task, surface_task

#: Real series that are not part of the project; tests that read them are skipped, saying so, where they are not.
REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


class Silence:
    """A report nobody listens to, that remembers the stages."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int, int]] = []
        self.in_hand: list[int] = []

    def progress(self, stage: str, done: int, total: int) -> None:
        self.stages.append((stage, done, total))

    def touch(self, number: int, size: int = 0) -> None:
        self.in_hand.append(number)

    def clear(self, number: int) -> None:
        self.in_hand.remove(number)


@pytest.fixture
def real_data() -> Callable[[str], Path]:
    """The zip of a real series by name, or a skip that says what is missing."""

    def find(name: str) -> Path:
        path = REAL_DATA / f"{name}.zip"
        if not path.exists():
            pytest.skip(f"the real series {name} is not on this machine")
        return path

    return find


@pytest.fixture
def report() -> Silence:
    return Silence()


@pytest.fixture
def open_path(tmp_path: Path, report: Silence) -> Callable[..., dict[str, Any]]:
    """Open an input without a sandbox: the document, with each meta and folder under `stacks`, `overlays`."""

    def open_(
        path: Path, limits: Limits | None = None, skip: Sequence[int] = (), pick: Sequence[str] = ()
    ) -> dict[str, Any]:
        staging = tmp_path / "staging"
        if staging.exists():
            staging = Path(tempfile.mkdtemp(prefix="staging-", dir=tmp_path))
        staging.mkdir(exist_ok=True)
        opening = Opening(staging, limits or Limits(), report, frozenset(skip), pick=tuple(pick))
        document = open_input(path, opening)
        folders = [staging / STACKS / name for series in document["series"] for name in series["stacks"]]
        document["stacks"] = [{**stackfiles.read_meta(folder), "folder": folder} for folder in folders]
        over = [staging / STACKS / name for series in document["over"] for name in series["stacks"]]
        document["overlays"] = [{**stackfiles.read_meta(folder), "folder": folder} for folder in over]
        return document

    return open_


@pytest.fixture
def open_series(tmp_path: Path, open_path: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Zip datasets and open them."""

    def open_(*series: Sequence[Dataset], pick: Sequence[str] = ()) -> dict[str, Any]:
        return open_path(factories.zip_series(tmp_path / "series.zip", *series), pick=pick)

    return open_


@pytest.fixture
def open_scan(open_series: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Scan the phantom and open what came out: the meta of its only stack."""

    def open_(scan: factories.Scan | None = None) -> dict[str, Any]:
        stacks = open_series(factories.make_series(scan))["stacks"]
        assert len(stacks) == 1
        return dict(stacks[0])

    return open_


class NoSandbox:
    """Does a task in this process, so that a test costs no second."""

    def __init__(self, limits: Limits, **_: Any) -> None:
        self._limits = limits

    def run(self, task: Task, on_progress: Callable[[Progress], None], _: Callable[[], bool]) -> dict[str, Any]:
        report = Silence()
        report.progress = lambda *said: on_progress(Progress(*said))  # type: ignore[method-assign]
        do = {"open": open_task, "surface": surface_task}[task.name]
        return do({**task.params, "skip": [], "cores": 1}, task.staging, self._limits, report)

    def close(self) -> None:
        pass


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Exit code, standard output and standard error of a command."""
    monkeypatch.setattr(opened_input, "Sandbox", NoSandbox)

    def run_(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return run_
