"""Series built in memory: a phantom whose every voxel says where it is, scanned in any direction.

The phantom is asymmetric in all axes: rows, columns and slices differ in number and in spacing, and the value of a
pixel encodes its own slice, row and column. Instances come shuffled, with instance numbers that say nothing.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

#: Directions of a row and down a column, patient LPS, of the standard planes and of one double oblique.
DIRECTIONS = {
    "axial": ((1, 0, 0), (0, 1, 0)),
    "coronal": ((1, 0, 0), (0, 0, -1)),
    "sagittal": ((0, 1, 0), (0, 0, -1)),
    "oblique": ((0.984808, 0.173648, 0), (-0.163176, 0.925417, -0.342020)),
}


def value_at(k: int, j: int, i: int) -> int:
    """The stored value of the phantom's pixel in slice k, row j, column i: unique, and within 12 bits."""
    return k * 400 + j * 20 + i


@dataclass(frozen=True)
class Scan:
    """How the phantom is scanned.

    Parameters
    ----------
    directions : str or pair of vectors
        A name in `DIRECTIONS`, or the directions of a row and down a column.
    slices, rows, columns : int
    spacing_mm : float
        Between slices along the normal.
    pixel_mm : tuple of 2 float
        Between rows, then between columns.
    origin_mm : tuple of 3 float
        Centre of the first pixel of slice 0, patient LPS.
    positions_mm : sequence of float, optional
        Places of the slices along the normal; evenly spaced when left out.
    slide_mm : tuple of 3 float
        Sideways movement from one slice to the next.
    tags : dict
        Further elements of every instance, by keyword.
    each : callable
        Called with each dataset and its slice number, to change it.
    """

    directions: str | tuple[Sequence[float], Sequence[float]] = "axial"
    slices: int = 7
    rows: int = 16
    columns: int = 12
    spacing_mm: float = 3.0
    pixel_mm: tuple[float, float] = (0.8, 0.5)
    origin_mm: tuple[float, float, float] = (-98.2, -121.7, 35.5)
    positions_mm: Sequence[float] | None = None
    slide_mm: tuple[float, float, float] = (0, 0, 0)
    tags: dict[str, Any] = field(default_factory=dict)
    each: Callable[[Dataset, int], None] | None = None

    @property
    def axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Row, column and normal."""
        row, column = DIRECTIONS[self.directions] if isinstance(self.directions, str) else self.directions
        return np.array(row, float), np.array(column, float), np.cross(row, column)

    def point_mm(self, k: int, j: int, i: int) -> NDArray[np.float64]:
        """The patient point of slice k, row j, column i."""
        row, column, normal = self.axes
        depth = self.positions_mm[k] if self.positions_mm is not None else k * self.spacing_mm
        start = np.array(self.origin_mm) + depth * normal + k * np.array(self.slide_mm)
        point: NDArray[np.float64] = start + j * self.pixel_mm[0] * column + i * self.pixel_mm[1] * row
        return point


def pixels_of(scan: Scan, k: int) -> NDArray[np.uint16]:
    """(rows, columns) stored values of slice k."""
    j, i = np.mgrid[: scan.rows, : scan.columns]
    stored: NDArray[np.uint16] = (k * 400 + j * 20 + i).astype(np.uint16)
    return stored


def make_instance(scan: Scan, k: int, uids: tuple[str, str, str]) -> FileDataset:
    """One slice as a complete CT instance.

    Parameters
    ----------
    scan : Scan
    k : int
    uids : tuple of str
        Study, series and frame of reference.
    """
    row, column, _ = scan.axes
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.FrameOfReferenceUID = uids
    dataset.PatientID, dataset.PatientName = "P1", "Phantom^Asymmetric"
    dataset.Modality, dataset.Manufacturer, dataset.SeriesDescription = "CT", "Maker", "Phantom"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.InstanceNumber = 1 + (k * 5) % scan.slices
    dataset.ImageOrientationPatient = [*row, *column]
    dataset.ImagePositionPatient = list(np.round(scan.point_mm(k, 0, 0), 9))
    dataset.PixelSpacing = list(scan.pixel_mm)
    dataset.SliceThickness = scan.spacing_mm
    dataset.Rows, dataset.Columns = scan.rows, scan.columns
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, -1024
    dataset.PixelData = pixels_of(scan, k).tobytes()
    for keyword, value in scan.tags.items():
        setattr(dataset, keyword, value)
    if scan.each is not None:
        scan.each(dataset, k)
    return dataset


def make_series(scan: Scan | None = None) -> list[FileDataset]:
    """The phantom's slices in a shuffled order."""
    scan = scan or Scan()
    uids = (generate_uid(), generate_uid(), generate_uid())
    datasets = [make_instance(scan, k, uids) for k in range(scan.slices)]
    random.Random(4).shuffle(datasets)
    return datasets


def numbered_and_timed(dataset: Dataset, k: int) -> None:
    """Instance numbers along the slices, one second between two acquisitions."""
    dataset.InstanceNumber, dataset.AcquisitionTime = k + 1, f"1000{k:02d}"


def repeated(dataset: Dataset, brighter: int, **changes: Any) -> Dataset:
    """A picture taken once more at its place: other pixels, another identity, and what else is changed."""
    again = deepcopy(dataset)
    again.SOPInstanceUID = generate_uid()
    again.PixelData = (np.frombuffer(dataset.PixelData, "<u2") + np.uint16(brighter)).astype("<u2").tobytes()
    for keyword, value in changes.items():
        setattr(again, keyword, value)
    return again


def contested_series(repeats: Mapping[int, int], scan: Scan | None = None) -> list[Dataset]:
    """The phantom's slices in the order of their numbers, behind them so many repeats of some slices.

    A repeat is brighter by 7 for each time it was taken again, is acquired minutes later, and is numbered on.
    """
    scan = scan or Scan(slices=12, each=numbered_and_timed)
    series: list[Dataset] = sorted(make_series(scan), key=lambda one: int(one.InstanceNumber))
    number = len(series)
    for k, count in repeats.items():
        for time in range(1, count + 1):
            number += 1
            again = {"InstanceNumber": number, "AcquisitionTime": f"10{time:02d}{k:02d}"}
            series.append(repeated(series[k], 7 * time, **again))
    return series


def as_bytes(dataset: Dataset) -> bytes:
    """A dataset as a DICOM file."""
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def zip_of(path: Path, files: Iterable[tuple[str, bytes]]) -> Path:
    """A zip of named files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files:
            archive.writestr(name, body)
    return path


def zip_series(path: Path, *series: Sequence[Dataset]) -> Path:
    """A zip of whole series, files named without meaning."""
    datasets = [dataset for one in series for dataset in one]
    return zip_of(path, ((f"a/{place:05d}", as_bytes(dataset)) for place, dataset in enumerate(datasets)))
