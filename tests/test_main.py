"""The words of the command line, and how it leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from webapp import __version__

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([], id="nothing"),
        pytest.param(["dance"], id="an unknown command"),
        pytest.param(["inspect"], id="no path"),
        pytest.param(["probe", "a.zip", "--", "1", "2", "3"], id="no series"),
        pytest.param(["probe", "a.zip", "--series", "1", "--", "x"], id="a word for a number"),
        pytest.param(["export", "a.zip", "--series", "1", "--format", "doc", "-o", "x"], id="an unknown format"),
    ],
)
def test_wrong_usage_leaves_with_two(run: Run, words: list[str]) -> None:
    code, said, heard = run(*words)
    assert (code, said) == (2, "")
    assert "usage:" in heard


def test_the_version_can_be_asked_for(run: Run) -> None:
    assert run("--version")[:2] == (0, f"{__version__}\n")


def test_serve_hands_its_settings_to_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Run) -> None:
    started: list[Any] = []
    monkeypatch.setattr("webapp.__main__.serve", started.append)
    assert run("serve", "--host", "127.0.0.1", "--port", "8123", "--data", tmp_path)[0] == 0
    assert (started[0].host, started[0].port, started[0].data) == ("127.0.0.1", 8123, tmp_path)


def test_worker_works_with_the_same_settings(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    started: list[Any] = []
    monkeypatch.setattr("webapp.__main__.work", started.append)
    assert run("worker")[0] == 0
    assert len(started) == 1
