"""A volume as NIfTI-1: its voxels plane after plane, with the affine turned from LPS to RAS."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from webapp.errors import NotSupportedYet
from webapp.exports.nifti_form import Form, form_of
from webapp.findings import Verdict
from webapp.imaging.lattice import Canvas
from webapp.imaging.sampling import straight_planes
from webapp.imaging.volume import Volume

_KJI_TO_IJK = [2, 1, 0, 3]
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
_SCANNER = 1
_new_header: Any = nib.Nifti1Header

#: NIfTI-1 counts voxels along an axis in 16 bits.
_LONGEST_SIDE: Final = 32_767

#: Pixels of one resampled plane, which is held in memory.
_LARGEST_PLANE: Final = 1 << 26


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
        Its voxels are written as they are, in their own dtype, where they form an even grid and none stands for
        nothing; else as float32 with NaN where nothing was measured, resampled where the grid is not even.
    verdict : Verdict
        Goes into the description, with what was done to the voxels; nothing about the patient does.

    Raises
    ------
    NotSupportedYet
        The slices are in colour, or the grid they would be resampled onto is beyond what the format holds.
    """
    if volume.voxels.ndim > 4:
        raise NotSupportedYet("Colour pictures are not written as NIfTI.", "Export another series.")
    form = form_of(volume.lattice)
    if form.canvas is None:
        return _pieces(_header(volume, form, str(verdict)), _acquired(volume))
    _check_size(form.shape_kji)
    step = form.canvas.steps_mm[volume.slice_axis]
    told = f"{verdict}; resampled, {step:.3f} mm between slices, NaN: no data"
    return _pieces(_header(volume, form, told), _straightened(volume, form.canvas))


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
        As for `nifti_chunks`.
    """
    chunks = nifti_chunks(volume, verdict)
    with path.open("wb") as file:
        file.writelines(gzipped(chunks) if path.suffix == ".gz" else chunks)


def _check_size(shape_kji: tuple[int, int, int]) -> None:
    """Refuse a grid that the format, or a plane in memory, cannot hold: slices that lie metres apart sideways."""
    _, j, i = shape_kji
    if max(shape_kji) > _LONGEST_SIDE or j * i > _LARGEST_PLANE:
        cause = "The slices lie so far apart sideways that no even grid of a usable size holds them."
        raise NotSupportedYet(cause, "Export the tags or the surface.")


def _header(volume: Volume, form: Form, told: str) -> Any:
    """The header: shape, dtype, both affines where both can say it, millimetres, what was done."""
    affine = ras_affine(form.affine.matrix)
    times, ijk = volume.voxels.shape[0], form.shape_kji[::-1]
    header = _new_header(endianness="<")
    header.set_data_dtype(_written_dtype(volume, form))
    header.set_data_shape((*ijk, times) if times > 1 else ijk)
    header.set_xyzt_units("mm")
    header.set_slope_inter(1, 0)
    header.set_sform(affine, _SCANNER)
    # A quaternion holds no shear: where there is one, only the sform says where the voxels are.
    header.set_qform(affine, 0 if _sheared(affine) else _SCANNER, strip_shears=True)
    header["descrip"] = f"Trueslice: {told}"
    header["magic"], header["vox_offset"] = b"n+1", header.sizeof_hdr + 4
    return header


def _sheared(affine: NDArray[np.float64]) -> bool:
    """Whether the steps are not at right angles."""
    steps = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return not np.allclose(steps.T @ steps, np.eye(3), atol=1e-5)


def _acquired(volume: Volume) -> Iterator[NDArray[np.generic]]:
    """The planes as they are."""
    for volume_at_time in volume.voxels:
        for plane in volume_at_time:
            yield plane if volume.no_data is None else _with_nan(volume, plane)


def _with_nan(volume: Volume, plane: NDArray[np.generic]) -> NDArray[np.float32]:
    """A plane with NaN where nothing was measured."""
    return np.where(volume.is_nothing(plane), np.nan, plane).astype(np.float32)


def _written_dtype(volume: Volume, form: Form) -> Any:
    """The dtype the voxels are written in."""
    return volume.voxels.dtype if form.canvas is None and volume.no_data is None else np.dtype(np.float32)


def _straightened(volume: Volume, canvas: Canvas) -> Iterator[NDArray[np.generic]]:
    """The planes of the straight box around the slices."""
    for time in range(volume.voxels.shape[0]):
        yield from straight_planes(volume, canvas, time)


def _pieces(header: Any, planes: Iterator[NDArray[np.generic]]) -> Iterator[bytes]:
    """The header, then every plane with i running fastest."""
    yield bytes(header.binaryblock) + bytes(4)
    for plane in planes:
        yield np.ascontiguousarray(plane, dtype=plane.dtype.newbyteorder("<")).tobytes()


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
