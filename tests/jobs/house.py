"""One process's share of an instance, with a stand-in for the sandbox."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.store.staged import stage_mesh, stage_stack
from webapp.config import Config
from webapp.imaging.options import SurfaceOptions
from webapp.jobs import Jobs
from webapp.sandbox import Progress, Task
from webapp.store.catalogue import Catalogue
from webapp.store.model import Asker
from webapp.store.originals import Originals
from webapp.store.volumes import Volumes

UPLOAD = "a" * 32


class Child:
    """A stand-in for the sandbox that writes what a child would write, or does what a test tells it to."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.meanwhile: Callable[[Task, Callable[[Progress], None], Callable[[], bool]], None] = lambda *_: None
        self.names = ["0000-1", "0001-1"]
        self.kind = "volume"
        self.changes: dict[str, Any] = {}

    def warm(self) -> None:
        pass

    def close(self) -> None:
        pass

    def run(self, task: Task, progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> dict[str, Any]:
        self.tasks.append(task)
        progress(Progress("reading", 1, 2))
        if task.name == "surface":
            stage_mesh(task.staging, task.params["options"]["level"])
        else:
            self._open(task.staging)
        self.meanwhile(task, progress, cancelled)
        return {}

    def _open(self, staging: Path) -> None:
        """Two series of one stack each."""
        for name in self.names:
            stage_stack(staging / "stacks" / name, kind=self.kind, **self.changes)
        aside = [{"name": "notes.txt", "code": "not_dicom", "reason": "Not a DICOM file."}]
        series = [{"stacks": [name]} for name in self.names]
        (staging / "opened.json").write_text(json.dumps({"input": {}, "series": series, "set_aside": aside}))


class House:
    """One process's share of an instance."""

    def __init__(self, data: Path, **settings: Any) -> None:
        self.child = Child()
        self.config = Config(data=data, **settings)
        self.catalogue = Catalogue(self.config.catalogue)
        self.originals = Originals(data / "uploads")
        self.volumes = Volumes(data / "volumes")
        self.jobs = Jobs(self.config, self.catalogue, self.originals, self.volumes, self.child)  # type: ignore[arg-type]

    def receive(self, upload: str = UPLOAD, owner: str = "ann") -> str:
        """A finished upload."""
        self.catalogue.begin_upload(owner, upload, 3)
        self.originals.path(upload).write_bytes(b"zip")
        self.originals.keep(upload)
        self.catalogue.received(upload)
        return upload

    def ingested(self) -> list[str]:
        """The stacks of an upload that was read."""
        job_id = self.jobs.ingest("ann", self.receive())
        self.jobs.run_now(job_id)
        result = self.catalogue.job("ann", job_id).result
        assert result is not None
        return list(result["keys"])

    def surfaced(self, key: str, level: float, owner: str = "ann") -> dict[str, Any]:
        """The result of a surface job that was done."""
        job_id = self.jobs.surface(Asker(owner), key, SurfaceOptions(level))
        self.jobs.run_now(job_id)
        result = self.catalogue.job(owner, job_id).result
        assert result is not None
        return result

    def bytes_left(self) -> list[str]:
        """Whatever lies in the folders of uploads, staging and volumes."""
        folders = ("uploads", "staging", "volumes")
        return [path.name for folder in folders for path in (self.config.data / folder).iterdir()]

    def close(self) -> None:
        """As a process that ends."""
        self.jobs.stop(0.5)
        self.catalogue.close()


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never became true"
        time.sleep(0.02)
