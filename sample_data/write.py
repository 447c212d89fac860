"""Voxels and a grid to DICOM instances in a zip, the same bytes at every run."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, MRImageStorage, generate_uid

from sample_data.grid import Grid

Voxels = NDArray[np.uint16]
Tags = Mapping[str, object]

_ZIP_DATE = (2025, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PrivateBlock:
    """A vendor's own tags: group, creator, and ``(offset, VR, value)`` rows."""

    group: int
    creator: str
    rows: tuple[tuple[int, str, object], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """What the instances of one series say besides their pixels.

    Attributes
    ----------
    name : str
        Name of the zip and seed of every UID.
    grid : Grid
        Slice 0 carries Instance Number 1.
    tags : mapping of DICOM keyword to value, the same in every instance
    slice_location : callable
        Slice number to Slice Location (0020,1041) in mm, as this vendor counts it.
    private : PrivateBlock or None
    """

    name: str
    grid: Grid
    tags: Tags
    slice_location: Callable[[int], float]
    private: PrivateBlock | None = field(default=None)


def uid(*parts: str) -> UID:
    """Return the UID that always belongs to these words."""
    return generate_uid(entropy_srcs=["trueslice sample data", *parts])


def write_zip(series: Series, voxels: Voxels, folder: Path) -> Path:
    """Write one series as ``folder/<name>.zip``.

    Parameters
    ----------
    series : Series
    voxels : (slices, rows, columns) ndarray of uint16
        Stored values.
    folder : Path

    Returns
    -------
    Path
        Of the zip; it holds ``<name>/IM0001.dcm`` and so on, by Instance Number.
    """
    target = folder / f"{series.name}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for index, pixels in enumerate(voxels):
            entry = zipfile.ZipInfo(f"{series.name}/IM{index + 1:04d}.dcm", _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, _encoded(_instance(series, index, pixels)), compresslevel=9)
    return target


def _instance(series: Series, index: int, pixels: NDArray[np.uint16]) -> Dataset:
    """One instance with header and pixels."""
    dataset = Dataset()
    for keyword, value in series.tags.items():
        setattr(dataset, keyword, value)
    _identify(dataset, series, index)
    _place(dataset, series, index)
    _describe_pixels(dataset, pixels)
    if series.private:
        block = dataset.private_block(series.private.group, series.private.creator, create=True)
        for offset, vr, value in series.private.rows:
            block.add_new(offset, vr, value)
    return dataset


def _identify(dataset: Dataset, series: Series, index: int) -> None:
    """Set the UIDs and the numbers that follow the slice."""
    storage = CTImageStorage if dataset.Modality == "CT" else MRImageStorage
    dataset.SOPClassUID = storage
    dataset.SOPInstanceUID = uid(series.name, "instance", str(index))
    dataset.StudyInstanceUID = uid(series.name, "study")
    dataset.SeriesInstanceUID = uid(series.name, "series")
    dataset.FrameOfReferenceUID = uid(series.name, "frame of reference")
    dataset.InstanceNumber = index + 1
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = storage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.ImplementationClassUID = uid("implementation")
    dataset.file_meta.ImplementationVersionName = "TRUESLICE_SAMPLE"


def _place(dataset: Dataset, series: Series, index: int) -> None:
    """Set position, orientation and spacing (PS3.3 C.7.6.2)."""
    grid = series.grid
    dataset.ImagePositionPatient = [_decimal(value) for value in grid.position(index)]
    dataset.ImageOrientationPatient = [_decimal(value) for value in (*grid.row, *grid.column)]
    dataset.PixelSpacing = [_decimal(value) for value in grid.spacing]
    dataset.SliceLocation = _decimal(round(series.slice_location(index), 4))


def _describe_pixels(dataset: Dataset, pixels: NDArray[np.uint16]) -> None:
    """Set the pixels and the tags that say how to read them."""
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.PixelData = pixels.astype("<u2").tobytes()


def _encoded(dataset: Dataset) -> bytes:
    """DICOM file (PS3.10) as bytes."""
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def _decimal(value: float) -> str:
    """Decimal string of at most 16 characters, with as many digits as fit."""
    text = f"{value + 0.0:.10f}".rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    return text if len(text) <= 16 else text[:16]
