"""A stack opened from the disk: its voxels mapped, proven once a boot, and turned to the patient's axes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.errors import ResultMissing, VolumeDamaged
from webapp.imaging.affine import AxisOrder
from webapp.imaging.volume import Volume
from webapp.stackfiles import OVERLAY, VOXELS, checksum, open_voxels, volume_of
from webapp.store.proof import prove_voxels, read_meta

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, eq=False)
class StoredStack:
    """A stack as it lies on the disk.

    Parameters
    ----------
    meta : dict
        ``meta.json``; shared by all threads, not to be changed.
    volume : Volume or None
        None for pictures and cine. Of regions its time points are layers of labels.
    voxels : (T, K, J, I) or (T, K, J, I, 3) ndarray of int16, uint16, float32 or uint8, read-only
        A view of the memory map, axes permuted and flipped to the nearest patient axes; modality units.
        For pictures ``(T, N, rows, columns)``.
    """

    meta: dict[str, Any]
    volume: Volume | None
    voxels: NDArray[np.generic]


def load_stack(folder: Path, boot: str) -> StoredStack:
    """Map a stack's voxels and put them the right way round.

    Parameters
    ----------
    folder : Path
        The stack's folder.
    boot : str
        What changes when the machine starts again; empty: every process reads the whole file once.

    Raises
    ------
    FileNotFoundError, ResultMissing
        The folder is not whole.
    VolumeDamaged
        The voxels are not the ones that were written.
    """
    meta = read_meta(folder)
    prove_voxels(folder / VOXELS, meta)
    _verify(folder, meta["file"]["crc32"], boot)
    acquired = open_voxels(folder)
    if meta["kind"] in ("volume", OVERLAY):
        volume = _volume(meta, acquired)
        return StoredStack(meta, volume, volume.voxels)
    order = AxisOrder(tuple(meta["acquired"]["axes"]), tuple(meta["acquired"]["flips"]))
    return StoredStack(meta, None, order.view(acquired))


def _verify(folder: Path, crc32: int, boot: str) -> None:
    """Read the whole file once after each start of the machine: what was written before may never have landed."""
    mark = folder / "verified"
    if boot and mark.is_file() and mark.read_text() == boot:
        return
    if checksum(folder / VOXELS)["crc32"] != crc32:
        raise VolumeDamaged
    mark.write_text(boot)


def _volume(meta: dict[str, Any], acquired: NDArray[np.generic]) -> Volume:
    """The voxels with their place in the patient."""
    try:
        return volume_of(meta, acquired)
    except ValueError as error:
        raise ResultMissing from error


def boot_id() -> str:
    """What changes when the machine starts again; empty where nothing tells."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""
