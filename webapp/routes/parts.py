"""Uploads on their way: the bytes so far, how many, and a lock that holds over several worker processes."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from resumable_upload import SQLiteStorage
from resumable_upload.locks import LockBackend
from werkzeug.exceptions import ClientDisconnected

from webapp.errors import UnknownKey, UploadBusy, UploadOutOfStep
from webapp.store.files import PRIVATE_FILE, make_private, sync_folder
from webapp.store.originals import Originals

_LOCKS = 64
_POLL_SECONDS = 0.02
_PIECE = 256 * 1024


class Incoming:
    """The body of a request, read while it is written, so that a part is never held in memory.

    Parameters
    ----------
    stream : file-like
        The request's body.
    length : int
        Its announced length, bytes.
    """

    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream = stream
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        """The bytes in small pieces; fewer than announced when the connection breaks."""
        left = self._length
        with contextlib.suppress(ClientDisconnected, OSError):
            while left and (piece := self._stream.read(min(left, _PIECE))):
                left -= len(piece)
                yield piece


class Parts(SQLiteStorage):  # type: ignore[misc]
    """The package's storage, made durable and private: fsync before the offset moves, no metadata, mode 0600.

    Parameters
    ----------
    originals : Originals
        Where the bytes are put; the book of offsets lies beside them.
    """

    def __init__(self, originals: Originals) -> None:
        self.originals = originals
        book = originals.root / "tus.sqlite"
        os.close(os.open(book, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
        super().__init__(str(book), str(originals.root))

    def get_file_path(self, upload_id: str) -> str:
        """Where the bytes so far are."""
        return str(self.originals.path(upload_id))

    def create_upload(
        self,
        upload_id: str,
        upload_length: int | None,
        metadata: dict[str, str],
        expires_at: datetime | None = None,
        is_partial: bool = False,
    ) -> None:
        """Begin an upload; what the browser says about the file is not kept."""
        os.close(os.open(self.get_file_path(upload_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
        sync_folder(self.originals.root)
        super().create_upload(upload_id, upload_length, {}, expires_at, is_partial)

    def write_chunk(self, upload_id: str, offset: int, data: bytes | Incoming) -> None:
        """Put bytes in their place and wait until they are on the disk.

        Raises
        ------
        UnknownKey
            The file is gone: writing it anew would leave a hole before this part.
        UploadOutOfStep
            The connection broke; what came is kept and counted.
        """
        with self._upload_lock(upload_id):
            try:
                handle = os.open(self.get_file_path(upload_id), os.O_WRONLY)
            except FileNotFoundError as error:
                raise UnknownKey from error
            with os.fdopen(handle, "wb", buffering=0) as file:
                file.seek(offset)
                written = sum(_write(file, piece) for piece in ((data,) if isinstance(data, bytes) else data))
                os.fsync(file.fileno())
        if written < len(data):
            self.update_offset_atomic(upload_id, offset, offset + written)
            raise UploadOutOfStep

    def is_known(self, upload_id: str) -> bool:
        """Whether an upload is in the book; it leaves it when it is complete and handed on."""
        return self.get_upload(upload_id) is not None

    def strike_out(self, upload_id: str) -> None:
        """Take an upload out of the book and leave its bytes where they are."""
        with closing(sqlite3.connect(self.db_path, timeout=self.timeout)) as connection, connection:
            connection.execute("DELETE FROM uploads WHERE upload_id = ?", (upload_id,))

    def is_whole(self, upload_id: str) -> bool:
        """Whether an upload is in the book and its last byte is here."""
        upload = self.get_upload(upload_id)
        return upload is not None and upload["offset"] == upload["upload_length"]

    def ids(self) -> list[str]:
        """Every upload in the book."""
        with closing(sqlite3.connect(self.db_path, timeout=self.timeout)) as connection:
            return [str(upload_id) for (upload_id,) in connection.execute("SELECT upload_id FROM uploads")]

    def idle_seconds(self, upload_id: str) -> float:
        """Since when nothing has been added, s."""
        try:
            return time.time() - self.originals.path(upload_id).stat().st_mtime
        except FileNotFoundError:
            return float("inf")


class FileLocks(LockBackend):  # type: ignore[misc]
    """Locks by flock: they hold between threads and processes, and end with the process that holds them.

    Parameters
    ----------
    folder : Path
        A fixed small number of lock files is kept there; two keys that share one only wait for each other.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = make_private(folder)
        self._held: dict[str, int] = {}

    def acquire(self, key: str, ttl_seconds: float, wait_timeout: float = 0.0) -> str | None:
        """Take a lock, waiting at most `wait_timeout` seconds; None when somebody else holds it."""
        place = int(hashlib.sha256(key.encode()).hexdigest(), 16) % _LOCKS
        handle = os.open(self._folder / f"{place:02}.lock", os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        deadline = time.monotonic() + wait_timeout
        while not _try_lock(handle):
            if time.monotonic() >= deadline:
                os.close(handle)
                return None
            time.sleep(_POLL_SECONDS)
        token = secrets.token_hex(8)
        self._held[token] = handle
        return token

    def release(self, key: str, token: str) -> None:
        """Give a lock back; one that is not held is no fault."""
        handle = self._held.pop(token, None)
        if handle is not None:
            os.close(handle)

    @contextmanager
    def holding(self, key: str, wait_seconds: float) -> Iterator[None]:
        """Hold a lock for a while.

        Raises
        ------
        UploadBusy
            Somebody else holds it for longer than `wait_seconds`.
        """
        token = self.acquire(key, 0.0, wait_seconds)
        if token is None:
            raise UploadBusy
        try:
            yield
        finally:
            self.release(key, token)


def _write(file: IO[bytes], piece: bytes) -> int:
    """Write all of a piece; how long it was."""
    rest = memoryview(piece)
    while rest:
        rest = rest[file.write(rest) :]
    return len(piece)


def _try_lock(handle: int) -> bool:
    """Take the lock of an open file unless another has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
