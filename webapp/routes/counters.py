"""How many requests there were and how long they took, over all web processes, for Prometheus.

The counts lie in one small file that every process maps. They hold no key, no owner and no text.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import shutil
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, Response, g, request

from webapp.services import Services
from webapp.store.files import PRIVATE_FILE
from webapp.store.model import JobState

_CALLBACKS, _STACKS, _UPLOADS = "/_dash-update-component", "/volumes/", "/uploads/"
KINDS = ("callback", "stack", "upload", "page")
STATUSES = (2, 3, 4, 5)
#: Upper ends of the classes of time, s; the last class has none.
SECONDS = (0.05, 0.1, 0.3, 1.0, 10.0)
_PER_KIND = len(STATUSES) + len(SECONDS) + 2
_SLOT = struct.Struct("<Q")
_MICRO = 1e6


class Counters:
    """The counts of one instance.

    Parameters
    ----------
    path : Path
        Their file, made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        size = _PER_KIND * len(KINDS) * _SLOT.size
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        if os.fstat(self._file).st_size < size:
            os.ftruncate(self._file, size)
        self._map = mmap.mmap(self._file, size)

    def count(self, kind: str, status: int, seconds: float) -> None:
        """Count one request."""
        start = KINDS.index(kind) * _PER_KIND
        place = next((place for place, end in enumerate(SECONDS) if seconds <= end), len(SECONDS))
        with self._alone():
            self._add(start + STATUSES.index(min(max(status // 100, 2), 5)), 1)
            self._add(start + len(STATUSES) + place, 1)
            self._add(start + _PER_KIND - 1, int(seconds * _MICRO))

    def lines(self) -> Iterator[str]:
        """The counts in Prometheus' text format."""
        yield "# TYPE trueslice_requests_total counter"
        for kind in KINDS:
            for place, status in enumerate(STATUSES):
                yield f'trueslice_requests_total{{kind="{kind}",status="{status}xx"}} {self._of(kind, place)}'
        yield "# TYPE trueslice_request_seconds histogram"
        for kind in KINDS:
            count = 0
            for place, end in enumerate((*SECONDS, float("inf"))):
                count += self._of(kind, len(STATUSES) + place)
                name = "+Inf" if end == float("inf") else f"{end:g}"
                yield f'trueslice_request_seconds_bucket{{kind="{kind}",le="{name}"}} {count}'
            yield f'trueslice_request_seconds_sum{{kind="{kind}"}} {self._of(kind, _PER_KIND - 1) / _MICRO:.6f}'
            yield f'trueslice_request_seconds_count{{kind="{kind}"}} {count}'

    def _of(self, kind: str, place: int) -> int:
        """One count."""
        return int(_SLOT.unpack_from(self._map, (KINDS.index(kind) * _PER_KIND + place) * _SLOT.size)[0])

    def _add(self, slot: int, more: int) -> None:
        """Add to one count."""
        (now,) = _SLOT.unpack_from(self._map, slot * _SLOT.size)
        _SLOT.pack_into(self._map, slot * _SLOT.size, now + more)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other process and no other thread counts."""
        own = os.open(f"/proc/self/fd/{self._file}", os.O_RDWR)
        try:
            fcntl.flock(own, fcntl.LOCK_EX)
            yield
        finally:
            os.close(own)


def register(server: Flask, services: Services) -> None:
    """Count requests and answer ``GET /metrics``, where the host wants it.

    Parameters
    ----------
    server : Flask
    services : Services
    """
    if not services.config.metrics:
        return
    counters = Counters(services.config.data / "counters.bin")

    def begin() -> None:
        g.begun = time.monotonic()

    def count(response: Response) -> Response:
        if "begun" in g:
            counters.count(_kind(request.path), response.status_code, time.monotonic() - g.begun)
        return response

    server.before_request(begin)
    server.after_request(count)

    @server.get("/metrics")
    def metrics() -> Response:
        """All counts and the instance's state."""
        text = "\n".join([*counters.lines(), *_state(services), ""])
        return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _state(services: Services) -> Iterator[str]:
    """What there is: jobs, stacks, room on the disk."""
    yield "# TYPE trueslice_jobs gauge"
    for state in (JobState.WAITING, JobState.RUNNING):
        yield f'trueslice_jobs{{state="{state}"}} {len(services.catalogue.jobs_in(state))}'
    yield "# TYPE trueslice_stacks gauge"
    yield f"trueslice_stacks {len(services.volumes.keys())}"
    yield "# TYPE trueslice_disk_free_bytes gauge"
    yield f"trueslice_disk_free_bytes {shutil.disk_usage(services.config.data).free}"


def _kind(path: str) -> str:
    """What kind of address it is; never the address."""
    kinds = ((_CALLBACKS, "callback"), (_STACKS, "stack"), (_UPLOADS, "upload"))
    return next((kind for start, kind in kinds if path.startswith(start)), "page")
