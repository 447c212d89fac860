"""A shelf with a volume and pictures on it, for the routes that send them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.factories import Scan
from webapp.errors import UnknownKey
from webapp.imaging.volume import Volume

MINE, PICTURES, FOREIGN = "1" * 32, "2" * 32, "3" * 32
SCAN = Scan()


@dataclass
class Shelf:
    """My volume and my pictures, and a stack of somebody else."""

    folder: Path
    volume: Volume
    meta: dict[str, Any]
    owners: dict[str, str] = field(default_factory=lambda: {MINE: "me", PICTURES: "me", FOREIGN: "another"})

    def stack(self, owner: str, key: str) -> Any:
        if self.owners.get(key) != owner:
            raise UnknownKey
        return SimpleNamespace(mine=True)

    def open(self, key: str) -> Any:
        volume = self.volume if key == MINE else None
        return SimpleNamespace(meta=self.meta, volume=volume, voxels=self.volume.voxels)

    def thumbnail(self, _key: str) -> Path:
        return self.folder / "thumbnail.png"


def told(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What an answer's headers tell, without the id that each request has of its own."""
    return {name: value for name, value in headers if name != "X-Request-Id"}
