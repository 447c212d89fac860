"""The sandboxed child: gives up its rights, does one named task, says how far it is, and ends."""

from __future__ import annotations

import ctypes
import errno
import importlib
import json
import logging
import os
import resource
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from webapp.config import Limits
from webapp.errors import ExpandedTooBig, NoSpaceLeft, TaskCrashed, TaskOutOfMemory, TruesliceError

#: The tasks by name, and where they are; imported before the task comes.
TASKS: Final = {"open": "webapp.tasks:open_task", "surface": "webapp.tasks:surface_task"}

#: Linux: leave the network, and the user namespace in which one may do so without being root.
_NEW_NETWORK: Final = 0x40000000
_NEW_USER: Final = 0x10000000
_NO_NEW_PRIVILEGES: Final = 38

#: glibc's mallopt: free memory that is kept, and the size from which on a piece is never kept.
_TRIM_THRESHOLD: Final = -1
_MAP_THRESHOLD: Final = -3
_KEPT_BYTES: Final = 64 << 20
_LARGEST_KEPT_BYTES: Final = 8 << 20

#: Open files a task may hold.
_FILES: Final = 64

#: Progress is sent when at least this share of a stage was done since the last line.
_STEP: Final = 0.01


class Lines:
    """The pipe to the parent: one JSON document a line, from any thread."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()
        self._said = ("", 0)

    def send(self, **message: Any) -> None:
        """Send one line at once."""
        with self._lock:
            self._pipe.write(json.dumps(message).encode() + b"\n")
            self._pipe.flush()

    def progress(self, stage: str, done: int, total: int) -> None:
        """So much of a stage is done; steps too small to be seen are left out."""
        if (stage, done) != self._said and (
            stage != self._said[0] or done == total or done - self._said[1] >= total * _STEP
        ):
            self._said = (stage, done)
            self.send(progress=[stage, done, total])

    def touch(self, number: int, size: int = 0) -> None:
        """A member of so many bytes is about to be worked on; 0 stands for one that is not large."""
        self.send(touch=[number, size] if size else number)

    def clear(self, number: int) -> None:
        """A member was left alive."""
        self.send(clear=number)


def give_up_rights() -> None:
    """Leave the network where the kernel allows it, gain no rights, leave no core, be the first to go."""
    os.umask(0o077)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if libc.unshare(_NEW_NETWORK) != 0:
        libc.unshare(_NEW_USER | _NEW_NETWORK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    with suppress(OSError):
        os.nice(5)


def keep_memory() -> None:
    """Let glibc keep memory of a picture's size for the next one: given back each time, it costs as much as a codec."""
    with suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_MAP_THRESHOLD, _LARGEST_KEPT_BYTES)


def hold_to_limits(memory_bytes: int, limits: Limits) -> None:
    """Bound memory, written bytes and processor time of this process."""
    seconds = int(limits.task_seconds) * (os.cpu_count() or 1) + 60
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * limits.voxels + (1 << 20),) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _load(name: str) -> Callable[..., dict[str, Any]]:
    """The function of a task."""
    module, _, function = TASKS[name].partition(":")
    loaded: Callable[..., dict[str, Any]] = getattr(importlib.import_module(module), function)
    return loaded


def main() -> None:
    """Import, wait for one task, do it, send its end."""
    give_up_rights()
    keep_memory()
    warnings.simplefilter("ignore")  # pydicom's warnings quote values
    logging.disable(logging.CRITICAL)
    tasks = {name: _load(name) for name in TASKS}
    lines = Lines(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    lines.send(ready=True)
    order = sys.stdin.buffer.readline()
    if not order:
        return
    task = json.loads(order)
    limits = Limits(**task["limits"])
    hold_to_limits(task["memory"], limits)
    try:
        lines.send(done=tasks[task["task"]](task["params"], Path(task["staging"]), limits, lines))
    except TruesliceError as error:
        lines.send(error=error.as_json())
    except MemoryError:
        lines.send(error=TaskOutOfMemory().as_json())
    except OSError as error:
        lines.send(error=_disk(error).as_json())
    except Exception as error:
        lines.send(error=TaskCrashed(f"Reading stopped unexpectedly ({_where(error)}).").as_json())


def _disk(error: OSError) -> TruesliceError:
    """A refusal for a file that could not be written or read."""
    if error.errno == errno.ENOSPC:
        return NoSpaceLeft()
    return (
        ExpandedTooBig()
        if error.errno == errno.EFBIG
        else TaskCrashed(f"Reading stopped unexpectedly ({_where(error)}).")
    )


def _where(error: BaseException) -> str:
    """Kind of an unforeseen fault and its place in the code: never its text, which may quote a value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "?"
    return f"{type(error).__name__} at {place}"


if __name__ == "__main__":
    main()
