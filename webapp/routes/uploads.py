"""Uploads in parts by the tus protocol, from the first byte to the job that reads them.

::

    POST ── room? limit? ──> catalogue.begin_upload, an empty file
    PATCH ── owner? lock ──> bytes, fsync, offset        HEAD ──> offset
    last byte ──> originals.keep ──> catalogue.received ──> jobs.ingest ──> Trueslice-Job in the answer

A death between any two of these steps loses nothing: each can be done again, and the next HEAD, PATCH or start does.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import sqlite3
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request
from resumable_upload import TusServer

from webapp.errors import (
    MalformedRequest,
    NoSpaceLeft,
    TooManyUploads,
    TruesliceError,
    UnknownKey,
    UploadBusy,
    UploadOutOfStep,
    UploadTooBig,
)
from webapp.routes import admission, refusals
from webapp.routes.parts import FileLocks, Incoming, Parts
from webapp.services import Services

_log = logging.getLogger(__name__)
_PATH = "/uploads/"
_VERSION = "1.0.0"
_TAKEN = ("Tus-Resumable", "Upload-Length", "Upload-Offset", "Content-Type")  # never a file name, never an override
_KINDS: dict[int, type[TruesliceError]] = {
    404: UnknownKey,
    409: UploadOutOfStep,
    413: UploadTooBig,
    423: UploadBusy,
}
_LOCK_SECONDS = 5.0
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class _Tus(TusServer):  # type: ignore[misc]
    """The protocol with the two extensions that are used."""

    SUPPORTED_EXTENSIONS = ("creation", "termination")


def register(server: Flask, services: Services) -> None:
    """Take uploads under ``/uploads/``, and complete those that a dead process left whole.

    Parameters
    ----------
    server : Flask
        With the doors of `webapp.routes.security` before it.
    services : Services
    """
    room = _room(services)
    room.settle()
    options: dict[str, Any] = {"provide_automatic_options": False}

    @server.route(_PATH, methods=["POST", "OPTIONS"], **options)
    def uploads() -> Response:
        return room.create() if request.method == "POST" else room.pass_on(b"")

    @server.route(f"{_PATH}<upload_id>", methods=["HEAD", "PATCH", "DELETE", "OPTIONS"], **options)
    def upload(upload_id: str) -> Response:
        acts = {"HEAD": room.look, "PATCH": room.add, "DELETE": room.cancel}
        act = acts.get(request.method)
        return act(upload_id) if act else room.pass_on(b"")

    @server.after_request
    def tell(response: Response) -> Response:
        if request.path.startswith(_PATH):
            response.headers["Tus-Resumable"] = _VERSION
            response.headers["Trueslice-Chunk"] = str(services.config.limits.chunk_bytes)
            if response.status_code == TooManyUploads.status:
                response.headers["Retry-After"] = "5"
        return response


@dataclass(frozen=True, slots=True)
class _Uploads:
    """What the routes do."""

    services: Services
    parts: Parts
    locks: FileLocks
    tus: _Tus

    def create(self) -> Response:
        """Begin an upload if its owner may and there is room."""
        owner = self.services.owner()
        length = request.headers.get("Upload-Length", type=int)
        with self.locks.holding(owner, _LOCK_SECONDS):
            if length is not None:
                admission.check(self.services, owner, length)
                self._make_room(owner)
            reply = self.pass_on(b"")
            if reply.status_code == 201 and length is not None:
                upload_id = reply.headers["Location"].rsplit("/", 1)[-1]
                self.services.catalogue.begin_upload(owner, upload_id, length)
        return reply

    def look(self, upload_id: str) -> Response:
        """Where an upload stands."""
        self._admit(upload_id)
        return self._completed(upload_id) or self.pass_on(b"")

    def add(self, upload_id: str) -> Response:
        """Take one part; the last one ends with a job."""
        self._admit(upload_id)
        done = self._completed(upload_id)
        if done:
            return done
        try:
            reply = self.pass_on(_body())
        except (OSError, sqlite3.OperationalError) as error:
            if isinstance(error, OSError) and error.errno not in _FULL:
                raise
            with contextlib.suppress(OSError, sqlite3.OperationalError, NoSpaceLeft):
                self._drop(upload_id)  # where not even the books can be written, the sweeper does it later
            raise NoSpaceLeft from error
        return (self._completed(upload_id) if reply.status_code in {204, 404} else None) or reply

    def cancel(self, upload_id: str) -> Response:
        """End an upload; when all of it is here already, the job that reads it."""
        owner = self._admit(upload_id)
        if self.parts.is_known(upload_id):
            reply = self.pass_on(b"")
            if reply.status_code == 204:
                self.services.catalogue.forget_upload(upload_id)
            return reply
        for job in self.services.catalogue.jobs_of(owner):
            if job.subject == upload_id:
                self.services.jobs.cancel(owner, job.id)
        return Response(status=204)

    def settle(self) -> None:
        """Hand on what is whole and strike out what the catalogue does not know; done at each start."""
        for upload_id in self.parts.ids():
            try:
                self._settle_one(upload_id)
            except TruesliceError as error:
                _log.warning("an upload could not be completed at the start: %s", error.code)

    def pass_on(self, body: bytes | Incoming) -> Response:
        """Let the package answer, with only the headers it needs; its refusals in our words."""
        headers = {name: request.headers[name] for name in _TAKEN if name in request.headers}
        status, reply, _ = self.tus.handle_request(request.method, request.path, headers, body)
        if status < 400:
            return Response(status=status, headers=reply)
        return refusals.answer(_KINDS.get(status, MalformedRequest)(), status)

    def _admit(self, upload_id: str) -> str:
        """The owner, who must be the one who asks: unknown and foreign uploads answer alike."""
        owner: str = self.services.owner()
        if self.services.catalogue.upload_owner(upload_id) != owner:
            raise UnknownKey
        return owner

    def _make_room(self, owner: str) -> None:
        """Let the owner's abandoned uploads go where one more would be too many.

        Raises
        ------
        TooManyUploads
            None is abandoned.
        """
        if not admission.is_full(self.services, owner):
            return
        for upload_id in admission.abandoned(self.services, self.parts, owner):
            with contextlib.suppress(UploadBusy), self.locks.holding(upload_id, 0.0):
                self._drop(upload_id)
        if admission.is_full(self.services, owner):
            raise TooManyUploads

    def _drop(self, upload_id: str) -> None:
        """Forget an unfinished upload, bytes and all."""
        self.parts.delete_upload(upload_id)
        self.services.catalogue.forget_upload(upload_id)

    def _settle_one(self, upload_id: str) -> None:
        """Complete a whole upload; drop one that is in the book only."""
        try:
            self.services.catalogue.upload_owner(upload_id)
        except UnknownKey:
            self.parts.delete_upload(upload_id)
            return
        if self.parts.is_whole(upload_id):
            self._finish(upload_id)

    def _completed(self, upload_id: str) -> Response | None:
        """The answer about an upload that is here to its last byte, however often it is asked; None for others."""
        if self.parts.is_known(upload_id) and not self.parts.is_whole(upload_id):
            return None
        size = str(self.services.catalogue.upload(upload_id).size)
        job = self._finish(upload_id)
        return Response(status=204, headers={"Upload-Offset": size, "Upload-Length": size, "Trueslice-Job": job})

    def _finish(self, upload_id: str) -> str:
        """Make a whole upload last and have it read; the id of the job, the same each time."""
        upload = self.services.catalogue.upload(upload_id)
        with self.locks.holding(upload_id, _LOCK_SECONDS):
            if self.parts.is_known(upload_id):
                self.services.originals.keep(upload_id)
                self.services.catalogue.received(upload_id)
            elif not self._is_received(upload.owner, upload_id):
                raise UnknownKey
            job: str = self.services.jobs.ingest(upload.owner, upload_id)
            self.parts.strike_out(upload_id)
        return job

    def _is_received(self, owner: str, upload_id: str) -> bool:
        """Whether an upload that has left the book was handed on, rather than lost with the book."""
        known = any(job.subject == upload_id for job in self.services.catalogue.jobs_of(owner))
        return known or self.services.originals.size(upload_id) == self.services.catalogue.upload(upload_id).size


def _body() -> bytes | Incoming:
    """The bytes of a part, taken from the connection as they are written; all at once where their number is unknown."""
    length = request.content_length
    return request.get_data(cache=False) if length is None else Incoming(request.stream, length)


def _room(services: Services) -> _Uploads:
    """The routes' room for one instance."""
    limits = services.config.limits
    parts = Parts(services.originals)
    locks = FileLocks(services.originals.root / "locks")
    tus = _Tus(
        storage=parts,
        base_path=_PATH,
        max_size=limits.upload_bytes,
        max_chunk_size=limits.chunk_bytes,
        lock_backend=locks,
        lock_wait_seconds=_LOCK_SECONDS,
        disable_concatenation=True,
    )
    return _Uploads(services, parts, locks, tus)
