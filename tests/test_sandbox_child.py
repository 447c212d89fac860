"""The rights and the knowledge of a sandboxed child."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

from webapp import sandbox, sandbox_child
from webapp.config import ROOT

#: A child that says what it may do.
CURIOUS_CHILD = """
import json, os, socket
from webapp import sandbox_child
sandbox_child.give_up_rights()
try:
    socket.create_connection(("127.0.0.1", {port}), 2); network = "reached"
except OSError as error:
    network = "unreachable"
print(json.dumps({{"environment": sorted(os.environ), "network": network, "umask": os.umask(0)}}))
"""


def test_the_child_knows_no_secret_and_reaches_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUESLICE_SECRET_KEY", "very secret")
    listener = socket.create_server(("127.0.0.1", 0))
    words = CURIOUS_CHILD.format(port=listener.getsockname()[1])
    honest = subprocess.Popen
    monkeypatch.setattr(sandbox.subprocess, "Popen", lambda _, **how: honest([sys.executable, "-c", words], **how))
    child = sandbox._start()
    answer = json.loads(child.communicate(timeout=30)[0])
    listener.close()
    assert [name for name in answer["environment"] if "TRUESLICE" in name or "HOME" in name] == []
    assert answer["umask"] == 0o077
    if _may_leave_the_network():
        assert answer["network"] == "unreachable"


def _may_leave_the_network() -> bool:
    """Whether the kernel lets an ordinary process leave the network."""
    words = "import ctypes; l = ctypes.CDLL(None); exit(l.unshare(0x40000000) and l.unshare(0x50000000))"
    return subprocess.run([sys.executable, "-c", words], check=False).returncode == 0


def test_a_child_without_a_task_ends_in_peace() -> None:
    child = subprocess.run(
        [sys.executable, "-m", "webapp.sandbox_child"],
        input=b"",
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.defpath},
    )
    assert (child.returncode, json.loads(child.stdout)) == (0, {"ready": True})


def test_a_c_library_that_cannot_keep_memory_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_child.ctypes, "CDLL", lambda _: object())
    sandbox_child.keep_memory()
