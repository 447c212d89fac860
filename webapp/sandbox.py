"""Work on other people's bytes in a child process with limits of memory, time and rights.

The parent starts a fresh interpreter with a minimal environment. One such child waits, its libraries imported, and is
used for one task only. They speak in lines of JSON: the task goes to the child's standard input, and what comes back is

    {"ready": true}                       the libraries are imported
    {"progress": [stage, done, total]}    so much of a stage is done
    {"touch": n}  {"clear": n}            a member of the input is worked on, was left alive
    {"touch": [n, bytes]}                 a large one is
    {"done": {...}}  {"error": {...}}     the end

Results are files in the task's staging folder; the parent unpickles nothing. A child that dies or hangs is run again on
one core. Only a member that was alone in hand twice in a row is blamed and left out: one death may have any cause.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast

from webapp.config import ROOT, Limits
from webapp.errors import TaskCancelled, TaskCrashed, TaskOutOfMemory, TaskTooSlow, TruesliceError, from_json
from webapp.sandbox_blame import Blame, Stopped

#: How often cancelling and the clocks are looked at, s.
_GLANCE: Final = 0.1

#: The longest line a child may send, bytes.
_LONGEST_LINE: Final = 1 << 20

#: Ends that somebody asked for, as a service manager does when it stops the whole group.
_ASKED_TO_END: Final = frozenset((-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP))

#: More time for each MB of a file, s.
_SECONDS_PER_MB: Final = 0.25

#: How long a fresh child may take to import its libraries, s.
_START_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Task:
    """A named piece of work.

    Parameters
    ----------
    name : str
        ``"open"`` or ``"surface"``.
    params : dict
        Plain JSON.
    staging : Path
        An existing folder that takes the result.
    expected_bytes : int
        Mapped and held beside the sandbox's own memory, bytes.
    """

    name: str
    params: dict[str, Any]
    staging: Path
    expected_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """So much of a stage is done."""

    stage: str
    done: int
    total: int


@dataclass(slots=True)
class _Watch:
    """What the parent knows of a running child: until when, at which stage, and until when each member in hand."""

    deadline: float
    stage: str = ""
    in_hand: dict[int, float] = field(default_factory=dict)


class Sandbox:
    """Runs tasks, each in a child of its own, and keeps one child warm.

    Parameters
    ----------
    limits : Limits
    keep_warm : bool
        Whether the next child is started as soon as one has ended.
    """

    def __init__(self, limits: Limits, *, keep_warm: bool = True) -> None:
        self._limits = limits
        self._keep_warm = keep_warm
        self._waiting: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Start the waiting child, if there is none."""
        with self._lock:
            if self._waiting is None or self._waiting.poll() is not None:
                self._waiting = _start()

    def close(self) -> None:
        """End the waiting child."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            _end(waiting)

    def run(self, task: Task, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> dict[str, Any]:
        """The closing document of a task.

        Parameters
        ----------
        task : Task
        on_progress : callable
            Called from this thread.
        cancelled : callable
            Asked ten times a second.

        Raises
        ------
        TruesliceError
            The task's own refusal, or a `TaskError` when the child did not reach its end.
        """
        blame = Blame(self._limits.culprits, os.cpu_count() or 1)
        while True:
            attempt = replace(task, params={**task.params, **blame.params})
            try:
                return self._attempt(attempt, on_progress, cancelled)
            except Stopped as stopped:
                blame.learn(stopped)
                _empty(task.staging)

    def _attempt(
        self, task: Task, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> dict[str, Any]:
        """One child from its first line to its last."""
        child = self._take()
        try:
            _tell(child, task, self._limits)
            return _listen(child, self._limits, on_progress, cancelled)
        finally:
            _end(child)
            if self._keep_warm:
                self.warm()

    def _take(self) -> subprocess.Popen[bytes]:
        """The waiting child, or a new one."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        return waiting if waiting is not None and waiting.poll() is None else _start()


def _start() -> subprocess.Popen[bytes]:
    """A fresh interpreter that knows no secret of this one."""
    environment = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "webapp.sandbox_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=environment,
        start_new_session=True,
        close_fds=True,
    )


def _tell(child: subprocess.Popen[bytes], task: Task, limits: Limits) -> None:
    """Send the task and close the door behind it; a child that is already dead is noticed by listening."""
    line = {
        "task": task.name,
        "params": task.params,
        "staging": str(task.staging),
        "memory": limits.task_bytes + task.expected_bytes * 3 // 2,
        "limits": limits.model_dump(),
    }
    if child.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(json.dumps(line).encode() + b"\n")
            child.stdin.close()


def _listen(
    child: subprocess.Popen[bytes],
    limits: Limits,
    on_progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> dict[str, Any]:
    """Read a child's lines until its end, its time or its cancelling."""
    watch = _Watch(time.monotonic() + _START_SECONDS + limits.task_seconds)
    pipe = cast(Any, child.stdout)
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if selector.select(_GLANCE):
                piece = os.read(pipe.fileno(), 1 << 16)
                if not piece:
                    raise _stopped(child, watch)
                *lines, pending = (pending + piece).split(b"\n")
                for line in lines:
                    answer = _hear(line, watch, limits, on_progress)
                    if answer is not None:
                        return answer
            if len(pending) > _LONGEST_LINE:
                raise TaskCrashed
            if cancelled():
                raise TaskCancelled
            _hold_to_time(watch)


def _hear(line: bytes, watch: _Watch, limits: Limits, on_progress: Callable[[Progress], None]) -> dict[str, Any] | None:
    """Take one line; the closing document when it is the last one."""
    try:
        message = json.loads(line)
        kind, content = next(iter(message.items()))
        if kind == "progress":
            watch.stage = str(content[0])
            on_progress(Progress(watch.stage, int(content[1]), int(content[2])))
        elif kind == "touch":
            number, size = content if isinstance(content, list) else (content, 0)
            watch.in_hand[int(number)] = time.monotonic() + limits.file_seconds + _SECONDS_PER_MB * int(size) / 1e6
        elif kind == "clear":
            watch.in_hand.pop(int(content), None)
        elif kind == "ready":
            watch.deadline = time.monotonic() + limits.task_seconds
        elif kind == "done":
            return dict(content)
        elif kind == "error":
            raise from_json(content)
    except (ValueError, TypeError, LookupError, AttributeError, StopIteration) as error:
        raise TaskCrashed from error
    return None


def _hold_to_time(watch: _Watch) -> None:
    """End a child whose task, or whose file in hand, takes too long."""
    now = time.monotonic()
    if now > watch.deadline:
        raise TaskTooSlow
    late = frozenset(number for number, deadline in watch.in_hand.items() if now > deadline)
    if late:
        raise Stopped(TaskTooSlow(), late, watch.stage)


def _stopped(child: subprocess.Popen[bytes], watch: _Watch) -> Exception:
    """Why a child ended without a last line; one that was asked to end from outside blames no file."""
    code = child.wait()
    if code in _ASKED_TO_END:
        return TaskCrashed("Reading was stopped from outside.")
    reason: TruesliceError = TaskCrashed()
    if code == -signal.SIGKILL:
        reason = TaskOutOfMemory("Reading was stopped from outside or ran out of memory.")
    return Stopped(reason, frozenset(watch.in_hand), watch.stage)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill a child with everything it started, and close its pipes."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def _empty(folder: Path) -> None:
    """Remove what an attempt left in its staging folder."""
    for place, folders, files in os.walk(folder, topdown=False):
        for name in files:
            (Path(place) / name).unlink()
        for name in folders:
            (Path(place) / name).rmdir()
