"""What a job does: an upload becomes stacks, a choice one more of them, a level a mesh for the screen or a file."""

from __future__ import annotations

import errno
import logging
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from threading import Event
from types import MappingProxyType
from typing import Any

from webapp.config import AuditThresholds, Limits
from webapp.errors import (
    NoSpaceLeft,
    OriginalGone,
    TaskCancelled,
    TaskCrashed,
    TruesliceError,
    UnknownKey,
)
from webapp.job_copies import Copies
from webapp.job_opened import picked_of, set_aside_of, stacks_of
from webapp.sandbox import Progress, Sandbox, Task
from webapp.stackfiles import OVERLAY
from webapp.store.catalogue import Catalogue
from webapp.store.files import make_private, read_json, remove_tree
from webapp.store.model import Artifact, Claim, JobKind, Origin, StackRecord
from webapp.store.originals import Originals
from webapp.store.trail import Event as Noted
from webapp.store.trail import Trail
from webapp.store.volumes import Volumes

PROGRESS_SECONDS = 0.25
CANCEL_SECONDS = 0.1
OPENED_BYTES = 64 << 20
#: An upload is taken to unpack to this many times its size when its memory limit is set.
EXPANSION = 4

logger = logging.getLogger(__name__)


class Report:
    """What a running job says and hears: how far it is, and whether it is still wanted.

    Parameters
    ----------
    interrupted : Event
        Set when the process is about to stop.
    """

    def __init__(self, catalogue: Catalogue, claim: Claim, interrupted: Event) -> None:
        self._catalogue = catalogue
        self._claim = claim
        self._interrupted = interrupted
        self._stage = ""
        self._said = self._heard = -1.0
        self._unwanted = False

    def progress(self, progress: Progress) -> None:
        """Note progress: each new stage at once, steps of it at most four times a second."""
        now = time.monotonic()
        if progress.stage != self._stage or now - self._said >= PROGRESS_SECONDS:
            self._stage, self._said = progress.stage, now
            with suppress(Exception):  # a number that could not be noted is no reason to lose an upload
                self._catalogue.progress(self._claim, progress.stage, progress.done, progress.total)

    def cancelled(self) -> bool:
        """Whether to stop; the catalogue is asked at most ten times a second."""
        now = time.monotonic()
        if not self._unwanted and now - self._heard >= CANCEL_SECONDS:
            self._heard = now
            with suppress(Exception):
                self._unwanted = self._catalogue.is_cancelled(self._claim)
        return self._unwanted or self._interrupted.is_set()

    @property
    def only_interrupted(self) -> bool:
        """The job is wanted, but its process is about to stop."""
        return self._interrupted.is_set() and not self._catalogue.is_cancelled(self._claim)


@dataclass(frozen=True, slots=True)
class Work:
    """Everything the work on a job needs.

    Parameters
    ----------
    staging : Path
        Where a job's folder is made; on the same disk as the volumes.
    interrupted : Event
        Set when the process is about to stop: running jobs are put back.
    """

    catalogue: Catalogue
    originals: Originals
    volumes: Volumes
    sandbox: Sandbox
    limits: Limits
    audit: AuditThresholds
    staging: Path
    interrupted: Event
    trail: Trail

    def run(self, job_id: str) -> None:
        """Do a waiting job, whatever becomes of it; one that waits no more is left alone."""
        try:
            claim = self.catalogue.claim_job(job_id)
            if claim is not None:
                self._do(claim)
        except Exception as error:
            logger.error("A job could not be ended: %s", where(error))

    def _do(self, claim: Claim) -> None:
        """Do a claimed job in a fresh folder and say how it ended."""
        report = Report(self.catalogue, claim, self.interrupted)
        staging = self.staging / claim.id
        try:
            remove_tree(staging)
            make_private(staging)
            self._kinds()[claim.kind](claim, report, staging)
        except TruesliceError as error:
            self._end(claim, report, error)
        except Exception as error:
            logger.error("A job stopped: %s", where(error))
            full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
            self._end(claim, report, NoSpaceLeft() if full else TaskCrashed())
        finally:
            remove_tree(staging)

    def _kinds(self) -> dict[JobKind, Callable[[Claim, Report, Path], None]]:
        """What is to be done for each kind of job."""
        return {
            JobKind.INGEST: self._ingest,
            JobKind.CHOICE: self._choose,
            JobKind.SURFACE: self._surface,
            JobKind.EXPORT: self._surface,
        }

    def _end(self, claim: Claim, report: Report, error: TruesliceError) -> None:
        """End a job with its reason, or put it back; the bytes of an upload that failed are of no further use."""
        if isinstance(error, TaskCancelled) and report.only_interrupted:
            self.catalogue.release(claim)
        elif self.catalogue.fail(claim, error) and claim.kind == JobKind.INGEST:
            self.originals.delete(claim.subject)
            self.trail.note(Noted.IMPORT, "failed", claim.owner, [claim.subject])

    def _ingest(self, claim: Claim, report: Report, staging: Path) -> None:
        """Read an upload, adopt its stacks, and make all of them visible at once."""
        try:
            upload = self.catalogue.upload(claim.subject)
        except UnknownKey as error:
            raise TaskCancelled from error
        opened = self._open(claim.subject, report, staging, [])
        copies = Copies(self.catalogue, self.volumes, self.staging.with_name("keeping.lock"))
        with copies.alone():
            found = stacks_of(opened, staging / "stacks", upload)
            kept = self._keep(claim, found, set_aside_of(opened), copies.known(found))
        if not kept:
            self.originals.delete(claim.subject)
        studies = {str(record.meta["series"]["study_instance_uid"]) for record in kept}
        self.trail.note(Noted.IMPORT, "done", claim.owner, [record.key for record in kept], sorted(studies))

    def _choose(self, claim: Claim, report: Report, staging: Path) -> None:
        """Read the upload of a refused stack again with picks, and adopt the one stack that they make."""
        try:
            origin = self.catalogue.place_beside(claim.subject)
        except UnknownKey as error:
            raise TaskCancelled from error
        if not self.originals.size(origin.upload):
            raise OriginalGone
        opened = self._open(origin.upload, report, staging, claim.parameters["pick"])
        self._keep(claim, [(picked_of(opened, staging / "stacks"), origin)], set_aside_of(opened))

    def _open(self, upload_id: str, report: Report, staging: Path, pick: list[str]) -> dict[str, Any]:
        """Have a child read an upload; what it says it opened."""
        source = self.originals.path(upload_id)
        expected = min(self.limits.expanded_bytes, EXPANSION * self.originals.size(upload_id))
        parameters = {"source": str(source), "audit": self.audit.model_dump(), "pick": pick}
        self.sandbox.run(Task("open", parameters, staging, expected), report.progress, report.cancelled)
        opened = read_json(staging / "opened.json", OPENED_BYTES)
        report.progress(Progress("keeping", 0, 0))
        return opened

    def _keep(
        self,
        claim: Claim,
        found: list[tuple[Path, Origin]],
        result: dict[str, Any],
        known: Mapping[Path, str] = MappingProxyType({}),
    ) -> list[StackRecord]:
        """Adopt every stack that is not there already and commit them together, or none; those that were adopted."""
        records: list[StackRecord] = []
        keys = {folder: known.get(folder) or token_hex(16) for folder, _ in found}
        new = [(folder, origin) for folder, origin in found if folder not in known]
        try:
            for folder, origin in new:
                records.append(StackRecord(keys[folder], origin, self.volumes.adopt(folder, keys[folder])))
            told = self._told([(keys[folder], origin) for folder, origin in found])
            self.catalogue.commit_series(claim, records, {**told, **result})
        except BaseException:
            for folder, _ in new:
                self.volumes.delete(keys[folder])
            raise
        for record in records:
            self.volumes.mark(record.key, record.origin)
        return records

    def _told(self, kept: list[tuple[str, Origin]]) -> dict[str, Any]:
        """What a job says of the stacks that are there now; regions over pictures are counted apart."""
        shown = [(key, origin) for key, origin in kept if self.volumes.meta(key)["kind"] != OVERLAY]
        over = {"overlays": len(kept) - len(shown)} if len(shown) < len(kept) else {}
        return {"keys": [key for key, _ in shown], "series": len({one.series for _, one in shown}), **over}

    def _surface(self, claim: Claim, report: Report, staging: Path) -> None:
        """Make a mesh of a stack, adopt it and make it visible."""
        key, options = claim.subject, claim.parameters["options"]
        expected = int(self.volumes.open(key).meta["file"]["bytes"])
        parameters = {"volume": str(self.volumes.folder(key)), "options": options}
        self.sandbox.run(Task("surface", parameters, staging, expected), report.progress, report.cancelled)
        artifact = token_hex(16)
        try:
            facts = {**self.volumes.adopt_mesh(staging, key, artifact), "options": options}
            kind = "mesh" if claim.kind == JobKind.SURFACE else "export"
            mesh = Artifact(artifact, key, kind, float(options["level"]), facts)
            result = {**facts, "artifact": artifact}
            old = self.catalogue.commit_mesh(claim, mesh, result, self.limits.surfaces_bytes)
        except BaseException:
            self.volumes.delete_artifact(key, artifact)
            raise
        for made in old:
            self.volumes.delete_artifact(key, made)


def where(error: BaseException) -> str:
    """An exception's type and place in the code; its text may hold a patient's name."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
