"""Other people's bytes in a child process: results, refusals, limits, and what a bad member costs."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.factories import Scan, as_bytes, make_series, zip_of, zip_series
from webapp import sandbox
from webapp.config import Limits
from webapp.errors import (
    BadArgument,
    EmptyArchive,
    LevelOutOfRange,
    MeshTooBig,
    NoSurfaceHere,
    TaskCancelled,
    TaskCrashed,
    TaskOutOfMemory,
    TaskTooSlow,
)
from webapp.imaging.mesh import open_mesh
from webapp.imaging.options import SurfaceOptions
from webapp.sandbox import Progress, Sandbox, Task

#: A child that does the real tasks, but comes to harm at members of certain names.
BAD_CHILD = """
import os, signal, time
import numpy
from webapp import sandbox_child
from webapp.dicom import reading
honest = reading.read_header
def read_header(member, limits):
    if member.name.startswith("kills"): os.kill(os.getpid(), signal.SIGKILL)
    if member.name.startswith("hangs"): time.sleep(60)
    if member.name.startswith("eats"): numpy.zeros(1 << 32, "u1")
    if member.name.startswith("breaks"): raise LookupError("secret value")
    return honest(member, limits)
reading.read_header = read_header
sandbox_child.main()
"""


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    folder = tmp_path / "staging"
    folder.mkdir()
    return folder


@pytest.fixture
def a_sandbox() -> Iterator[Callable[..., Sandbox]]:
    """Makes sandboxes and ends their children."""
    made: list[Sandbox] = []

    def make(**limits: Any) -> Sandbox:
        made.append(Sandbox(Limits(**limits), keep_warm=False))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def bad_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children that die, hang or eat memory at members of certain names."""
    honest = subprocess.Popen

    def start(words: list[str], **how: Any) -> Any:
        return honest([words[0], "-c", BAD_CHILD], **how)

    monkeypatch.setattr(sandbox.subprocess, "Popen", start)


def quiet(_: Progress) -> None:
    """Nobody listens."""


def opening(source: Path, staging: Path, expected: int = 1 << 28) -> Task:
    return Task("open", {"source": str(source)}, staging, expected)


def zip_with(path: Path, *names: str) -> Path:
    """A series with further members of certain names in its middle."""
    files = [(f"{number}", as_bytes(dataset)) for number, dataset in enumerate(make_series())]
    spare = as_bytes(make_series(Scan(slices=1))[0])
    return zip_of(path, [*files[:3], *((name, spare) for name in names), *files[3:]])


def set_aside(staging: Path) -> list[tuple[str, str]]:
    document = json.loads((staging / "opened.json").read_text())
    return [(one["name"], one["code"]) for one in document["set_aside"]]


def test_a_series_comes_back_with_its_progress(
    tmp_path: Path, staging: Path, a_sandbox: Callable[..., Sandbox]
) -> None:
    heard: list[Progress] = []
    source = zip_series(tmp_path / "a.zip", make_series())
    answer = a_sandbox().run(opening(source, staging), heard.append, lambda: False)
    assert answer == {"files": 7, "stacks": 1}
    assert list(dict.fromkeys(one.stage for one in heard)) == ["reading", "placing", "decoding", "auditing"]
    assert Progress("decoding", 7, 7) in heard
    assert (staging / "stacks" / "0000-1" / "volume.npy").exists()


def surface_at(level: float, folder: Path, out: Path, **more: Any) -> Task:
    """The making of a surface."""
    return Task("surface", {"volume": str(folder), "options": SurfaceOptions(level, **more).as_json()}, out)


def test_a_surface_comes_back_and_a_level_outside_is_refused_by_name(
    tmp_path: Path, a_sandbox: Callable[..., Sandbox], open_scan: Callable[..., dict[str, Any]]
) -> None:
    folder = open_scan()["folder"]
    out = tmp_path / "mesh"
    out.mkdir()
    facts = a_sandbox().run(surface_at(0.0, folder, out, triangles=500), quiet, lambda: False)
    assert (len(open_mesh(out).faces), facts["unit"]) == (facts["triangles"], "HU")
    with pytest.raises(LevelOutOfRange, match="-1024 to"):
        a_sandbox().run(surface_at(9e9, folder, out), quiet, lambda: False)


def test_a_surface_larger_than_the_limit_is_refused_by_name(
    tmp_path: Path, a_sandbox: Callable[..., Sandbox], open_scan: Callable[..., dict[str, Any]]
) -> None:
    with pytest.raises(MeshTooBig, match="the limit is 0 MB"):
        a_sandbox(mesh_bytes=1000).run(surface_at(0.0, open_scan()["folder"], tmp_path), quiet, lambda: False)


def test_a_time_point_that_is_not_there_has_no_surface(
    tmp_path: Path, a_sandbox: Callable[..., Sandbox], open_scan: Callable[..., dict[str, Any]]
) -> None:
    with pytest.raises(BadArgument, match="time point"):
        a_sandbox().run(surface_at(0.0, open_scan()["folder"], tmp_path, time=1), quiet, lambda: False)


def test_pictures_have_no_surface(
    tmp_path: Path, a_sandbox: Callable[..., Sandbox], open_scan: Callable[..., dict[str, Any]]
) -> None:
    folder = open_scan(Scan(slices=1))["folder"]
    with pytest.raises(NoSurfaceHere):
        a_sandbox().run(surface_at(0.0, folder, tmp_path), quiet, lambda: False)


def test_a_refusal_comes_back_as_itself(tmp_path: Path, staging: Path, a_sandbox: Callable[..., Sandbox]) -> None:
    with pytest.raises(EmptyArchive):
        a_sandbox().run(opening(zip_of(tmp_path / "a.zip", []), staging), quiet, lambda: False)


def test_a_warm_child_is_used_once_and_another_waits(tmp_path: Path, staging: Path) -> None:
    warm = Sandbox(Limits())
    try:
        warm.warm()
        first = warm._waiting
        warm.run(opening(zip_series(tmp_path / "a.zip", make_series()), staging), quiet, lambda: False)
        assert warm._waiting is not first
        assert first is not None
        assert first.poll() is not None
    finally:
        warm.close()
    assert warm._waiting is None


@pytest.mark.usefixtures("bad_child")
@pytest.mark.parametrize("name", ["kills", "hangs"])
def test_a_member_that_stops_the_reader_is_named_and_left_out(
    tmp_path: Path, staging: Path, a_sandbox: Callable[..., Sandbox], name: str
) -> None:
    source = zip_with(tmp_path / "a.zip", name)
    answer = a_sandbox(file_seconds=1.0).run(opening(source, staging), quiet, lambda: False)
    assert answer["stacks"] == 1
    assert set_aside(staging) == [(name, "stopped_reading")]


@pytest.mark.usefixtures("bad_child")
def test_more_such_members_than_the_limit_end_the_reading(
    tmp_path: Path, staging: Path, a_sandbox: Callable[..., Sandbox]
) -> None:
    source = zip_with(tmp_path / "a.zip", "kills 1", "kills 2")
    with pytest.raises(TaskOutOfMemory):
        a_sandbox(culprits=1).run(opening(source, staging), quiet, lambda: False)
    assert list(staging.iterdir()) == []


@pytest.mark.usefixtures("bad_child")
def test_memory_beyond_the_limit_is_refused_and_not_taken(
    tmp_path: Path, staging: Path, a_sandbox: Callable[..., Sandbox]
) -> None:
    with pytest.raises(TaskOutOfMemory):
        a_sandbox().run(opening(zip_with(tmp_path / "a.zip", "eats"), staging), quiet, lambda: False)


@pytest.mark.usefixtures("bad_child")
def test_an_unforeseen_fault_costs_its_file_and_tells_no_text(
    tmp_path: Path, staging: Path, a_sandbox: Callable[..., Sandbox]
) -> None:
    a_sandbox().run(opening(zip_with(tmp_path / "a.zip", "breaks"), staging), quiet, lambda: False)
    assert set_aside(staging) == [("breaks", "stopped_reading")]
    assert "secret" not in (staging / "opened.json").read_text()


@pytest.mark.usefixtures("bad_child")
def test_cancelling_ends_the_child_at_once(tmp_path: Path, staging: Path, a_sandbox: Callable[..., Sandbox]) -> None:
    wish = threading.Event()
    timer = threading.Timer(1.5, wish.set)
    timer.start()
    began = time.monotonic()
    with pytest.raises(TaskCancelled):
        a_sandbox(file_seconds=50.0).run(opening(zip_with(tmp_path / "a.zip", "hangs"), staging), quiet, wish.is_set)
    timer.join()
    assert time.monotonic() - began < 30


@pytest.mark.usefixtures("bad_child")
def test_a_task_that_takes_too_long_is_ended(
    tmp_path: Path, staging: Path, a_sandbox: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_START_SECONDS", 0.5)
    source = zip_with(tmp_path / "a.zip", "hangs")
    with pytest.raises(TaskTooSlow):
        a_sandbox(task_seconds=1.0, file_seconds=50.0).run(opening(source, staging), quiet, lambda: False)


@pytest.mark.parametrize(
    "words",
    ["print('noise', flush=True)", "print('[1]', flush=True)", "print('{\"progress\": 3}', flush=True)", "print('{}')"],
    ids=["no JSON", "no object", "no stage", "nothing said"],
)
def test_a_child_that_speaks_out_of_turn_is_not_believed(
    staging: Path, tmp_path: Path, a_sandbox: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    honest = subprocess.Popen
    monkeypatch.setattr(sandbox.subprocess, "Popen", lambda _, **how: honest([sys.executable, "-c", words], **how))
    with pytest.raises(TaskCrashed):
        a_sandbox().run(opening(tmp_path, staging), quiet, lambda: False)
