"""The same series twice: what an owner has already is not kept again, however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webapp.errors import TruesliceError
from webapp.stackfiles import TAGS
from webapp.store.catalogue import Catalogue
from webapp.store.files import alone
from webapp.store.model import EVERYONE, Origin
from webapp.store.originals import sha256
from webapp.store.proof import read_meta
from webapp.store.volumes import Volumes

#: What a description says that has nothing to do with the pictures.
_ASIDE = ("trueslice",)

Found = Sequence[tuple[Path, Origin]]


@dataclass(frozen=True, slots=True)
class Copies:
    """Finds series that an owner has already.

    Parameters
    ----------
    lock : Path
        The file whose lock lets one upload at a time be kept.
    """

    catalogue: Catalogue
    volumes: Volumes
    lock: Path

    def alone(self) -> AbstractContextManager[int]:
        """While no other upload is being kept, by any thread of any process."""
        return alone(self.lock)

    def known(self, found: Found) -> dict[Path, str]:
        """The stacks found that are there already, each with the key it has.

        Parameters
        ----------
        found : sequence
            Folder and origin of each stack, as the child left it.

        Returns
        -------
        dict
            Only whole series: one whose other stacks differ is kept again as it came.
        """
        same: dict[Path, str] = {}
        for series in dict.fromkeys(origin.series for _, origin in found):
            folders = [(folder, origin) for folder, origin in found if origin.series == series]
            same |= self._twin(folders, set(same.values())) if folders[0][1].owner != EVERYONE else {}
        return same

    def _twin(self, found: Found, taken: set[str]) -> dict[Path, str]:
        """The stacks of a kept series, not taken by another yet, that equals one that was found; or nothing."""
        try:
            prints = {folder: _print_of(folder) for folder, _ in found}
            facts = read_meta(found[0][0])["series"]
        except (TruesliceError, OSError):
            return {}
        uids = (facts["study_instance_uid"], facts["series_instance_uid"])
        for keys in self.catalogue.series_called(found[0][1].owner, *uids):
            there = [(self._print(key), key) for key in keys]
            twins = {folder: next((key for one, key in there if one == mine), "") for folder, mine in prints.items()}
            if all(twins.values()) and not taken & set(twins.values()):
                return twins
        return {}

    def _print(self, key: str) -> tuple[dict[str, Any], str] | None:
        """What a kept stack is told apart by; nothing where it is damaged, so that it is kept anew."""
        try:
            self.volumes.open(key)
            return _print_of(self.volumes.folder(key))
        except (TruesliceError, OSError):
            return None


def _print_of(folder: Path) -> tuple[dict[str, Any], str]:
    """What a stack is told apart by: its description with the checksum of its voxels, and the hash of all its tags."""
    meta = read_meta(folder)
    return {name: value for name, value in meta.items() if name not in _ASIDE}, sha256(folder / TAGS)
