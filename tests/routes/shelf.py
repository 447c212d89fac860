"""A shelf with a volume, pictures and a surface on it, for the routes that send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.factories import Scan
from webapp.errors import UnknownKey
from webapp.imaging.volume import Volume
from webapp.store.model import Artifact

MINE, PICTURES, FOREIGN, MESH = "1" * 32, "2" * 32, "3" * 32, "5" * 32
SCAN = Scan()
VERTICES = np.array([[0.5, 1.5, 2.5], [1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float32)
FACES = np.array([[0, 1, 2], [1, 2, 3]], np.int32)


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

    def artifact(self, owner: str, artifact: str) -> Artifact:
        if (owner, artifact) != ("me", MESH):
            raise UnknownKey
        return Artifact(MESH, MINE, "mesh", 200.0, {"grid_step_mm": [2.0, 1.5, 1.5]})

    def artifact_folder(self, _key: str, _artifact: str) -> Path:
        np.save(self.folder / "vertices.npy", VERTICES)
        np.save(self.folder / "faces.npy", FACES)
        return self.folder

    def thumbnail(self, _key: str) -> Path:
        return self.folder / "thumbnail.png"
