"""One stack as files: voxels, meta, tags and a thumbnail; who writes them and who reads them agree here."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.affine import Affine, AxisOrder
from webapp.imaging.lattice import Lattice, Sampling
from webapp.imaging.volume import Volume

SCHEMA: Final = 1
TAGS_SCHEMA: Final = 2
VOXELS: Final = "volume.npy"
META: Final = "meta.json"
TAGS: Final = "tags.json"
THUMBNAIL: Final = "thumbnail.png"

#: The kind of a stack that is no pictures of its own: regions that are drawn over others.
OVERLAY: Final = "overlay"

#: The tags of a stack without pictures.
NO_TAGS: Final = MappingProxyType(
    {"schema": TAGS_SCHEMA, "rows": [], "columns": {}, "places": [[0]], "frames": [], "left_out": 0}
)

#: How meta.json writes that NaN stands for nothing.
NOT_A_NUMBER: Final = "nan"


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document; a number that is not finite is a bug and raises ValueError."""
    path.write_text(json.dumps(dict(document), allow_nan=False, ensure_ascii=False), encoding="utf-8")


def read_meta(folder: Path) -> dict[str, Any]:
    """The meta document of a stack's folder."""
    meta: dict[str, Any] = json.loads((folder / META).read_text(encoding="utf-8"))
    return meta


def checksum(path: Path) -> dict[str, int]:
    """Length and CRC-32 of a file, read in pieces."""
    crc, length = 0, 0
    with path.open("rb") as stream:
        while piece := stream.read(1 << 22):
            crc, length = zlib.crc32(piece, crc), length + len(piece)
    return {"bytes": length, "crc32": crc}


def open_voxels(folder: Path) -> NDArray[np.generic]:
    """The kept voxels, mapped and read-only.

    Returns
    -------
    (T, N, rows, columns[, 3]) memmap
        In acquired order.
    """
    voxels: NDArray[np.generic] = np.load(folder / VOXELS, mmap_mode="r", allow_pickle=False)
    return voxels


def volume_of(meta: dict[str, Any], voxels: NDArray[np.generic]) -> Volume:
    """The volume of a stack of kind ``volume``.

    Parameters
    ----------
    meta : dict
        Its ``meta.json``.
    voxels : (T, N, rows, columns) ndarray
        As `open_voxels` gives them.
    """
    acquired = meta["acquired"]
    order = AxisOrder(tuple(acquired["axes"]), tuple(acquired["flips"]))
    turned = order.view(voxels)
    turned.setflags(write=False)
    return Volume(voxels=turned, lattice=lattice_of(meta), unit=meta["value_unit"], no_data=no_data_of(meta))


def no_data_of(meta: Mapping[str, Any]) -> float | None:
    """The value of voxels that stand for nothing, NaN where that is it; None where there are none.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    """
    return None if meta["no_data"] is None else float(meta["no_data"])


def lattice_of(meta: Mapping[str, Any]) -> Lattice:
    """Where the voxels of a stack of kind ``volume`` lie.

    Parameters
    ----------
    meta : dict
        Its ``meta.json``.
    """
    k, j, i = meta["shape_kji"]
    return Lattice(
        affine=Affine(np.array(meta["affine_kji_to_lps"])),
        shape_kji=(k, j, i),
        slice_axis=meta["slice_axis"],
        origins_mm=np.array(meta["origins_mm"]),
        sampling=_sampling(meta["grid"], meta["shear"]),
        hole_step_mm=meta.get("step_mm") if meta["grid"] in ("MISSING", "SPARSE") else None,
    )


def _sampling(grid: str, shear: str) -> Sampling:
    """What views across the slices need."""
    if grid != "REGULAR" or shear == "WANDER":
        return Sampling.INTERPOLATED
    return Sampling.ACQUIRED if shear == "NONE" else Sampling.STRAIGHTENED


def load_volume(folder: Path) -> Volume:
    """The volume in a stack's folder."""
    return volume_of(read_meta(folder), open_voxels(folder))
