"""A volume as NIfTI-1: the exact voxels, with the affine turned from LPS to RAS."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from webapp.errors import NotSupportedYet
from webapp.findings import Verdict
from webapp.imaging.volume import Volume

# How far slices may stand from even steps, as a part of one step: beyond it the grid check speaks of another kind.
UNEVEN = 0.1
_KJI_TO_IJK = [2, 1, 0, 3]
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
_SCANNER = 1
_new_header: Any = nib.Nifti1Header


def ras_affine(kji_to_lps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The affine NIfTI wants.

    Parameters
    ----------
    kji_to_lps : (4, 4) ndarray of float64
        From index ``(k, j, i)`` to patient LPS in mm.

    Returns
    -------
    (4, 4) ndarray of float64
        From index ``(i, j, k)`` to patient RAS in mm; its columns are the true steps, so a sheared stack stays sheared.
    """
    return np.asarray(_LPS_TO_RAS @ np.asarray(kji_to_lps)[:, _KJI_TO_IJK], dtype=np.float64)


def nifti_chunks(volume: Volume, verdict: Verdict) -> Iterator[bytes]:
    """The file in pieces of one plane each, so that no copy of the volume is made.

    Parameters
    ----------
    volume : Volume
        Its voxels are written as they are, in their own dtype; where some stand for nothing, as float32 with NaN there.
    verdict : Verdict
        Goes into the description; nothing about the patient does.

    Raises
    ------
    NotSupportedYet
        The slices are not evenly spaced, so no single affine is true; or they are in colour.
    """
    if volume.voxels.ndim > 4:
        raise NotSupportedYet("Colour pictures are not written as NIfTI.", "Export another series.")
    _check_even(volume)
    header = _header(volume, verdict)
    return _pieces(volume, bytes(header.binaryblock) + bytes(4))


def gzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same stream as gzip, quick rather than small."""
    sink = _Sink()
    with gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=1, mtime=0) as packed:
        for chunk in chunks:
            packed.write(chunk)
            yield sink.take()
    yield sink.take()


def write_nifti(volume: Volume, verdict: Verdict, path: Path) -> None:
    """Write the volume; a name that ends in ``.gz`` is compressed.

    Raises
    ------
    NotSupportedYet
        The slices are not evenly spaced, so no single affine is true.
    """
    chunks = nifti_chunks(volume, verdict)
    with path.open("wb") as file:
        file.writelines(gzipped(chunks) if path.suffix == ".gz" else chunks)


def _check_even(volume: Volume) -> None:
    """Refuse a stack whose slices do not stand at even steps."""
    origins = np.asarray(volume.lattice.origins_mm, dtype=np.float64)
    if len(origins) < 3:
        return
    step = (origins[-1] - origins[0]) / (len(origins) - 1)
    off = np.linalg.norm(origins - origins[0] - np.arange(len(origins))[:, None] * step, axis=1)
    if float(off.max()) > UNEVEN * float(np.linalg.norm(step)):
        cause = "The slices are not evenly spaced, and NIfTI knows one spacing only."
        raise NotSupportedYet(cause, "Export the tags or the surface.")


def _header(volume: Volume, verdict: Verdict) -> Any:
    """The header: shape, dtype, both affines where both can say it, millimetres."""
    affine = ras_affine(volume.affine.matrix)
    times, *kji = volume.voxels.shape[:4]
    header = _new_header(endianness="<")
    header.set_data_dtype(volume.voxels.dtype if volume.no_data is None else np.dtype(np.float32))
    header.set_data_shape((*kji[::-1], times) if times > 1 else kji[::-1])
    header.set_xyzt_units("mm")
    header.set_slope_inter(1, 0)
    header.set_sform(affine, _SCANNER)
    # A quaternion holds no shear: where there is one, only the sform says where the voxels are.
    header.set_qform(affine, 0 if _sheared(affine) else _SCANNER, strip_shears=True)
    header["descrip"] = f"Trueslice: {verdict}"
    header["magic"], header["vox_offset"] = b"n+1", header.sizeof_hdr + 4
    return header


def _sheared(affine: NDArray[np.float64]) -> bool:
    """Whether the steps are not at right angles."""
    steps = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return not np.allclose(steps.T @ steps, np.eye(3), atol=1e-5)


def _pieces(volume: Volume, head: bytes) -> Iterator[bytes]:
    """The header, then every plane with i running fastest."""
    yield head
    for volume_at_time in volume.voxels:
        for plane in volume_at_time:
            written = plane if volume.no_data is None else np.where(volume.is_nothing(plane), np.nan, plane)
            dtype = plane.dtype if volume.no_data is None else np.dtype(np.float32)
            yield np.ascontiguousarray(written, dtype=dtype.newbyteorder("<")).tobytes()


class _Sink:
    """Where the compressor writes, emptied by whoever sends on."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        """Keep the bytes until they are taken."""
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def take(self) -> bytes:
        """Everything since the last time."""
        held = bytes(self._held)
        self._held.clear()
        return held
