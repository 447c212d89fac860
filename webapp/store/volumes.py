"""The volumes on disk: adopted whole, opened as memory maps, proven once a boot."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from webapp.errors import ResultMissing, UnknownKey, VolumeDamaged
from webapp.store.files import (
    make_private,
    read_json,
    remove_leftovers,
    remove_tree,
    sync_file,
    sync_folder,
    write_json,
)
from webapp.store.model import Origin, StackRecord
from webapp.store.proof import MESH_FILES, prove_mesh, prove_stack, read_meta
from webapp.store.stored_stack import StoredStack, boot_id, load_stack

KEY = re.compile(r"[0-9a-f]{32}")
#: Stacks one process keeps open; an open one costs address space and a few kB.
OPEN_STACKS = 64


class Volumes:
    """The folder of all volumes; any number of processes may have one each.

    Parameters
    ----------
    folder : Path
        On the same disk as the staging folder.
    boot : str, optional
        What changes when the machine starts again; the kernel's own when left out.
    """

    def __init__(self, folder: Path, boot: str | None = None) -> None:
        self.root = make_private(folder)
        self._boot = boot_id() if boot is None else boot
        self._open: OrderedDict[str, tuple[tuple[int, int], StoredStack]] = OrderedDict()
        self._lock = Lock()

    def folder(self, key: str) -> Path:
        """Where a stack's files are, or would be.

        Raises
        ------
        UnknownKey
            This is not a key.
        """
        if not KEY.fullmatch(key):
            raise UnknownKey
        return self.root / key

    def thumbnail(self, key: str) -> Path:
        """The small picture of a stack."""
        return self.folder(key) / "thumbnail.png"

    def artifact_folder(self, key: str, artifact: str) -> Path:
        """Where the files of something made of a stack are."""
        if not KEY.fullmatch(artifact):
            raise UnknownKey
        return self.folder(key) / "artifacts" / artifact

    def adopt(self, staged: Path, key: str) -> dict[str, Any]:
        """Take over a stack that a sandboxed child finished, in one step.

        Parameters
        ----------
        staged : Path
            Its folder in staging, gone afterwards.
        key : str
            A new one.

        Returns
        -------
        dict
            ``meta.json``.

        Raises
        ------
        ResultMissing
            The files are not whole, or not what they say they are.
        """
        meta = prove_stack(staged)
        for name in ("meta.json", "tags.json"):
            sync_file(staged / name)
        (staged / "verified").write_text(self._boot)
        staged.rename(self.folder(key))
        sync_folder(self.root)
        return meta

    def adopt_mesh(self, staged: Path, key: str, artifact: str) -> dict[str, Any]:
        """Take over a mesh that a sandboxed child finished, in one step; ``mesh.json`` and the ``bytes`` it all takes.

        Raises
        ------
        ResultMissing
            The files are not whole, or not what they say they are.
        UnknownKey
            The stack was deleted meanwhile.
        """
        facts = prove_mesh(staged)
        parcel = make_private(staged / "parcel")
        for name in MESH_FILES:
            (staged / name).replace(parcel / name)
        try:
            (self.folder(key) / "artifacts").mkdir(mode=0o700, exist_ok=True)
            parcel.rename(self.artifact_folder(key, artifact))
        except FileNotFoundError as error:
            raise UnknownKey from error
        size = sum((self.artifact_folder(key, artifact) / name).stat().st_size for name in MESH_FILES)
        return {**facts, "bytes": size}

    def open(self, key: str) -> StoredStack:
        """Open a stack, or find it open.

        Raises
        ------
        UnknownKey
            There is no such stack.
        VolumeDamaged
            The voxels are not the ones that were written; they can be made again from the original.
        """
        identity = self._identity(key)
        with self._lock:
            if key in self._open and self._open[key][0] == identity:
                self._open.move_to_end(key)
                return self._open[key][1]
        try:
            opened = load_stack(self.folder(key), self._boot)
        except (FileNotFoundError, ResultMissing) as error:
            self._identity(key)
            raise VolumeDamaged from error
        with self._lock:
            self._open[key] = (identity, opened)
            self._open.move_to_end(key)
            self._let_go()
        return opened

    def meta(self, key: str) -> dict[str, Any]:
        """A stack's description alone: its voxels are not proven.

        Raises
        ------
        UnknownKey
            There is no such stack.
        VolumeDamaged
            The description cannot be read.
        """
        identity = self._identity(key)
        with self._lock:
            if key in self._open and self._open[key][0] == identity:
                return self._open[key][1].meta
        try:
            return read_meta(self.folder(key))
        except ResultMissing as error:
            raise VolumeDamaged from error

    def delete(self, key: str) -> None:
        """Delete a stack with everything made of it; one that is gone already is no fault."""
        with self._lock:
            self._open.pop(key, None)
        remove_tree(self.folder(key))

    def delete_artifact(self, key: str, artifact: str) -> None:
        """Delete something made of a stack."""
        remove_tree(self.artifact_folder(key, artifact))

    def mark(self, key: str, origin: Origin) -> None:
        """Note beside a stack whose it is: the sign that the catalogue has had its rows."""
        with suppress(FileNotFoundError):
            write_json(self.folder(key) / "owner.json", origin.as_json())

    def unmark(self, key: str) -> None:
        """Take the sign away, before the rows go."""
        (self.folder(key) / "owner.json").unlink(missing_ok=True)

    def is_marked(self, key: str) -> bool:
        """Whether the catalogue has had this stack's rows."""
        return (self.folder(key) / "owner.json").is_file()

    def keys(self) -> set[str]:
        """Every stack there is a folder of, in the catalogue or not."""
        return {entry.name for entry in self.root.iterdir() if KEY.fullmatch(entry.name)}

    def age(self, key: str) -> float:
        """Seconds since a stack's folder was last moved or changed; endless for one that is gone."""
        try:
            return time.time() - self.folder(key).stat().st_ctime
        except FileNotFoundError:
            return float("inf")

    def size(self, key: str) -> int:
        """Bytes of all files of a stack; 0 when it is gone."""
        sizes = 0
        for path in self.folder(key).rglob("*"):
            with suppress(FileNotFoundError):
                sizes += path.lstat().st_size
        return sizes

    def records(self, keys: Iterable[str]) -> Iterator[StackRecord]:
        """What the catalogue's rows of some stacks can be made from; folders without a whole sign are left out."""
        for key in keys:
            with suppress(ResultMissing, KeyError, TypeError, ValueError, IndexError):
                origin = Origin.from_json(read_json(self.folder(key) / "owner.json", 1 << 16))
                yield StackRecord(key, origin, read_meta(self.folder(key)))

    def remove_leftovers(self) -> None:
        """Finish deletions that a crash interrupted."""
        remove_leftovers(self.root)

    def _identity(self, key: str) -> tuple[int, int]:
        """What tells this folder's description from another one of the same name."""
        try:
            facts = (self.folder(key) / "meta.json").stat()
        except FileNotFoundError as error:
            with self._lock:
                self._open.pop(key, None)
            raise UnknownKey from error
        return facts.st_ino, facts.st_mtime_ns

    def _let_go(self) -> None:
        """Close what was deleted elsewhere, and the one not asked for longest; a view in use stays valid."""
        for key in [key for key in self._open if not (self.root / key).is_dir()]:
            del self._open[key]
        while len(self._open) > OPEN_STACKS:
            self._open.popitem(last=False)
