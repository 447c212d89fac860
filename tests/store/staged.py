"""Stacks and meshes as a sandboxed child leaves them in staging."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from webapp.store.model import Origin

#: A stack that a test commits.
KEY = f"{7:032x}"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
TAGS = {
    "schema": 1,
    "instances": 2,
    "rows": [
        {
            "path": "0008,0060",
            "tag": "0008,0060",
            "keyword": "Modality",
            "name": "Modality",
            "vr": "CS",
            "value": "CT",
            "depth": 0,
            "creator": "",
        }
    ],
    "varying": {"0020,0032": ["0\\0\\0", None]},
}


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def voxels_of(shape: tuple[int, ...] = (1, 2, 3, 4), dtype: str = "int16") -> np.ndarray:
    """Values that name their own place."""
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


def meta_of(**changes: Any) -> dict[str, Any]:
    """meta.json of a small regular stack, acquired as coronal slices that run to the front."""
    k, j, i = 3, 2, 4
    return {
        "schema": 1,
        "trueslice": "0",
        "series": {
            "series_instance_uid": "1.2.3",
            "study_instance_uid": "1.2",
            "patient_key": "p",
            "modality": "CT",
            "manufacturer": "Maker",
            "description": "Chest",
            "images": 2,
        },
        "id": "1",
        "kind": "volume",
        "shape_kji": [k, j, i],
        "slice_axis": 1,
        "spacing_mm_kji": [1.0, 2.0, 1.0],
        "affine_kji_to_lps": [[0, 0, 1, 0], [0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]],
        "origins_mm": [[0, 0, 0], [0, 2, 0]],
        "acquired": {"axes": [1, 0, 2], "flips": [False, True, False]},
        "time_points": 1,
        "time_key": None,
        "time_unit": None,
        "time_values": None,
        "grid": "REGULAR",
        "tilt_deg": 0.0,
        "shear": "NONE",
        "dtype": "int16",
        "colour": False,
        "no_data": None,
        "value_unit": "HU",
        "value_range": [0, 23],
        "thickness_mm": None,
        "windows": [],
        "verdict": "caution",
        "summary": "One line.",
        "findings": [
            {"id": "G01", "severity": "WARN", "message": "A gap.", "numbers": {"mm": 2.0}, "tags": [], "slices": [1]}
        ],
        **changes,
    }


def stage_stack(folder: Path, voxels: np.ndarray | None = None, **changes: Any) -> Path:
    """A finished stack folder; `changes` go into its meta.json."""
    folder.mkdir(parents=True)
    np.save(folder / "volume.npy", voxels_of() if voxels is None else voxels)
    content = (folder / "volume.npy").read_bytes()
    meta = meta_of(file={"bytes": len(content), "crc32": zlib.crc32(content)})
    (folder / "meta.json").write_text(json.dumps({**meta, **changes}))
    (folder / "tags.json").write_text(json.dumps(TAGS))
    (folder / "thumbnail.png").write_bytes(PNG)
    return folder


def stage_mesh(folder: Path, level: float = 200.0, faces: list[list[int]] | None = None) -> Path:
    """A finished mesh of one triangle."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "vertices.npy", np.eye(3, dtype="<f4"))
    np.save(folder / "faces.npy", np.array(faces or [[0, 1, 2]], "<i4"))
    (folder / "mesh.json").write_text(
        json.dumps({"level": level, "unit": "HU", "triangles": 1, "vertices": 3, "grid_step_mm": [3.0, 2.0, 1.0]})
    )
    return folder


def origin_of(**changes: Any) -> Origin:
    """Where a stack came from."""
    facts = {
        "owner": "ann",
        "upload": "a" * 32,
        "upload_bytes": 10,
        "series": "5" * 32,
        "place": (0, 0),
        "created": 1_000_000.0,
    }
    return Origin(**{**facts, **changes})
