"""The uploads as they were received."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from pathlib import Path
from secrets import token_hex

from webapp.errors import UnknownKey
from webapp.store.files import PRIVATE_FILE, make_private, sync_file, sync_folder

#: 32 hexadecimal digits, or those of a UUID with its dashes.
UPLOAD_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Originals:
    """The folder of received uploads, one file each, named by the upload's id.

    An unfinished upload is written into the same place; `keep` makes a finished one last.
    """

    def __init__(self, folder: Path) -> None:
        self.root = make_private(folder)

    def path(self, upload_id: str) -> Path:
        """Where an upload's bytes are, or would be.

        Raises
        ------
        UnknownKey
            This is not an upload's id.
        """
        if not UPLOAD_ID.fullmatch(upload_id):
            raise UnknownKey
        return self.root / upload_id

    def keep(self, upload_id: str) -> Path:
        """Wait until a finished upload would survive a power cut; only then may it be called received.

        Raises
        ------
        UnknownKey
            There is no such file.
        """
        path = self.path(upload_id)
        try:
            path.chmod(PRIVATE_FILE)
        except FileNotFoundError as error:
            raise UnknownKey from error
        sync_file(path)
        sync_folder(self.root)
        return path

    def add(self, upload_id: str, source: Path) -> Path:
        """Copy a file in as a finished upload: whole and durable, or not at all."""
        draft = self.root / f".{upload_id}-{token_hex(4)}"
        with (
            source.open("rb") as origin,
            os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE), "wb") as copy,
        ):
            shutil.copyfileobj(origin, copy, 1 << 20)
        draft.replace(self.path(upload_id))
        return self.keep(upload_id)

    def size(self, upload_id: str) -> int:
        """Bytes of an upload so far; 0 when there is no file."""
        try:
            return self.path(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    def sha256(self, upload_id: str) -> str:
        """Content hash of an upload, hexadecimal."""
        return sha256(self.path(upload_id))

    def delete(self, upload_id: str) -> None:
        """Delete an upload's bytes; one that is gone already is no fault."""
        self.path(upload_id).unlink(missing_ok=True)

    def strays(self, known: set[str], seconds: float) -> list[str]:
        """Uploads that nobody knows and that were last written longer ago than `seconds`."""
        names = (entry.name for entry in self.root.iterdir() if UPLOAD_ID.fullmatch(entry.name))
        return [name for name in names if name not in known and self._age(name) > seconds]

    def _age(self, name: str) -> float:
        """Seconds since a file was written to; 0 for one that is gone."""
        try:
            return time.time() - (self.root / name).stat().st_mtime
        except FileNotFoundError:
            return 0.0


def sha256(path: Path) -> str:
    """Content hash of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
