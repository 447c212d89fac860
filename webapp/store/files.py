"""Small acts on disk that either happen whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any, NoReturn

from webapp.errors import ResultMissing

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
#: How a folder on its way out is called; nobody opens these, and the sweep empties what a crash left.
GONE = ".gone-"


def make_private(folder: Path) -> Path:
    """The folder, made if need be, for the server's user alone."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    return folder


@contextmanager
def alone(path: Path) -> Iterator[int]:
    """A file, made if need be, open while nobody else has it so: no other process, no other thread.

    Parameters
    ----------
    path : Path

    Returns
    -------
    context manager of int
        The open file's handle.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


#: A folder's entries are made durable the same way.
sync_folder = sync_file


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a document beside its place, make it durable, and move it there in one step.

    Parameters
    ----------
    path : Path
        In a folder that exists.
    document : dict
        Plain JSON values.
    """
    draft = path.with_name(f".{path.name}-{token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(document, file, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def _no_constant(name: str) -> NoReturn:
    """NaN and Infinity are not JSON, and no browser reads them."""
    raise ValueError(name)


def read_json(path: Path, limit: int) -> dict[str, Any]:
    """Read a document that a sandboxed child wrote.

    Parameters
    ----------
    path : Path
    limit : int
        The most it may measure, bytes.

    Raises
    ------
    ResultMissing
        It is not there, not an ordinary file, too long, not JSON, or not an object.
    """
    require_file(path, limit)
    try:
        document = json.loads(path.read_bytes(), parse_constant=_no_constant)
    except (OSError, ValueError, RecursionError) as error:
        raise ResultMissing from error
    if not isinstance(document, dict):
        raise ResultMissing
    return document


def require_file(path: Path, limit: int) -> int:
    """Length in bytes of an ordinary file; a link, a device or a longer file is a `ResultMissing`."""
    try:
        facts = path.lstat()
    except OSError as error:
        raise ResultMissing from error
    if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1 or facts.st_size > limit:
        raise ResultMissing
    return facts.st_size


def require_only(folder: Path, names: frozenset[str]) -> None:
    """Refuse a folder that holds anything else than the files named, and close those to others."""
    try:
        found = list(os.scandir(folder))
    except OSError as error:
        raise ResultMissing from error
    if folder.is_symlink() or {entry.name for entry in found} != names:
        raise ResultMissing
    for entry in found:
        if not entry.is_file(follow_symlinks=False):
            raise ResultMissing
        Path(entry).chmod(PRIVATE_FILE)
    folder.chmod(PRIVATE_FOLDER)


def remove_tree(folder: Path) -> None:
    """Take a folder out of sight in one step, then empty it; one that is gone already is no fault."""
    gone = folder.with_name(f"{GONE}{token_hex(8)}")
    try:
        folder.rename(gone)
    except FileNotFoundError:
        return
    shutil.rmtree(gone, ignore_errors=True)


def remove_leftovers(parent: Path) -> None:
    """Empty what `remove_tree` took out of sight before its process died."""
    for gone in parent.glob(f"{GONE}*"):
        shutil.rmtree(gone, ignore_errors=True)
