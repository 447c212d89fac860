"""The phantom in files that hold many pictures: enhanced, mosaic, VFRAME, nuclear, dose, film."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import (
    UID,
    EnhancedMRImageStorage,
    MRImageStorage,
    NuclearMedicineImageStorage,
    RTDoseStorage,
    UltrasoundMultiFrameImageStorage,
    generate_uid,
)

from tests.factories import Scan, make_instance, pixels_of

#: How much brighter the phantom is from one time to the next.
BRIGHTER = 20

#: Called with a frame's groups, its slice and its time.
Change = Callable[[Dataset, int, int], None]

#: Elements that belong into functional groups, and not at the root of an enhanced object.
_MOVED = (
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "SliceThickness",
    "RescaleSlope",
    "RescaleIntercept",
)


def uids_of_one_series() -> tuple[str, str, str]:
    """Study, series and frame of reference."""
    return generate_uid(), generate_uid(), generate_uid()


def pixels_at(scan: Scan, k: int, t: int) -> NDArray[np.uint16]:
    """(rows, columns) stored values of slice k at time t."""
    return pixels_of(scan, k) + np.uint16(t * BRIGHTER)


def group(**elements: Any) -> Dataset:
    """A data set of elements by keyword."""
    dataset = Dataset()
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    return dataset


def make_enhanced(
    scan: Scan | None = None,
    *,
    times: int = 1,
    order: Sequence[tuple[int, int]] | None = None,
    each: Change | None = None,
    uids: tuple[str, str, str] | None = None,
) -> FileDataset:
    """The phantom as one enhanced MR object, frames shuffled.

    Parameters
    ----------
    scan : Scan, optional
    times : int
        Volumes in the object.
    order : sequence of (slice, time), optional
        The frames there are, in the order of the file.
    each : callable, optional
        Changes a frame's groups.
    uids : tuple of str, optional
        Study, series and frame of reference.
    """
    scan = scan or Scan()
    if order is None:
        order = [(k, t) for t in range(times) for k in range(scan.slices)]
        random.Random(5).shuffle(order)
    dataset = make_instance(scan, 0, uids or uids_of_one_series())
    thickness, slope = dataset.SliceThickness, dataset.RescaleSlope
    for keyword in _MOVED:
        delattr(dataset, keyword)
    _become(dataset, EnhancedMRImageStorage, "MR")
    row, column, _ = scan.axes
    measures = group(PixelSpacing=list(scan.pixel_mm), SliceThickness=thickness)
    dataset.SharedFunctionalGroupsSequence = [
        group(
            PlaneOrientationSequence=[group(ImageOrientationPatient=[*row, *column])],
            PixelMeasuresSequence=[measures],
            PixelValueTransformationSequence=[group(RescaleSlope=slope, RescaleIntercept=0, RescaleType="US")],
        )
    ]
    dataset.PerFrameFunctionalGroupsSequence = [_frame(scan, k, t) for k, t in order]
    dataset.DimensionIndexSequence = [group(DimensionIndexPointer=0x00209057, FunctionalGroupPointer=0x00209111)]
    for item, (k, t) in zip(dataset.PerFrameFunctionalGroupsSequence, order, strict=True):
        if each is not None:
            each(item, k, t)
    dataset.NumberOfFrames = len(order)
    dataset.PixelData = b"".join(pixels_at(scan, k, t).tobytes() for k, t in order)
    return dataset


def measures_of(dataset: FileDataset) -> Dataset:
    """The shared Pixel Measures of an enhanced object."""
    measures: Dataset = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    return measures


def _frame(scan: Scan, k: int, t: int) -> Dataset:
    """The groups of slice k at time t."""
    position = [float(part) for part in np.round(scan.point_mm(k, 0, 0), 9)]
    content = group(StackID="1", InStackPositionNumber=k + 1, TemporalPositionIndex=t + 1, DimensionIndexValues=[k + 1])
    return group(
        FrameContentSequence=[content],
        PlanePositionSequence=[group(ImagePositionPatient=position)],
        MRImageFrameTypeSequence=[group(FrameType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"])],
    )


def _become(dataset: FileDataset, sop_class: str, modality: str) -> None:
    """Change what kind of object a data set is."""
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = UID(sop_class)
    dataset.Modality = modality


def make_times(scan: Scan, times: int, mark: Callable[[Dataset, int, int], None]) -> list[FileDataset]:
    """The phantom as classic MR files at several times, shuffled.

    Parameters
    ----------
    scan : Scan
    times : int
    mark : callable
        Called with each data set, its slice and its time; writes what tells times apart.
    """
    uids = uids_of_one_series()
    datasets = []
    for t in range(times):
        for k in range(scan.slices):
            dataset = make_instance(scan, k, uids)
            _become(dataset, MRImageStorage, "MR")
            del dataset.RescaleSlope, dataset.RescaleIntercept, dataset.InstanceNumber
            dataset.PixelData = pixels_at(scan, k, t).tobytes()
            mark(dataset, k, t)
            datasets.append(dataset)
    random.Random(6).shuffle(datasets)
    return datasets


def csa_header(values: Mapping[str, Sequence[str]], *, newer: bool = True) -> bytes:
    """A Siemens CSA header of named texts, in the newer or the older layout."""
    packed = (b"SV10\x04\x03\x02\x01" if newer else b"") + struct.pack("<2i", len(values), 77)
    for name, texts in values.items():
        items = [*texts, *[""] * (6 - len(texts))]
        packed += struct.pack("<64si4s3i", name.encode(), len(texts), b"FD\0\0", 4, 6, 77)
        for text in items:
            body = text.encode() + b"\0" if text else b""
            first = len(body) if newer else len(body) + 6
            packed += struct.pack("<4i", first, len(body), 77, len(body)) + body + b"\0" * (-len(body) % 4)
    return packed


def tiled(pictures: Sequence[NDArray[np.uint16]], across: int, down: int) -> NDArray[np.uint16]:
    """Pictures beside and below each other, row by row; empty places are 0."""
    rows, columns = pictures[0].shape
    whole = np.zeros((rows * down, columns * across), np.uint16)
    for number, picture in enumerate(pictures):
        top, left = number // across * rows, number % across * columns
        whole[top : top + rows, left : left + columns] = picture
    return whole


def make_mosaic(
    scan: Scan,
    t: int = 0,
    *,
    along: float = 1.0,
    header: bytes | None = None,
    protocol_mm: float | None = None,
    uids: tuple[str, str, str] | None = None,
) -> FileDataset:
    """The phantom as a Siemens mosaic: its recorded position is that of the large picture.

    Parameters
    ----------
    scan : Scan
        Slice 0 is the first tile.
    t : int
        Time, also its Acquisition Number.
    along : float
        1 when slices run along the picture's normal, -1 against it.
    header : bytes, optional
        The CSA image header; a right one when left out; empty for none.
    protocol_mm : float, optional
        The step in the scan protocol.
    uids : tuple of str, optional
    """
    row, column, normal = scan.axes
    across = int(np.ceil(np.sqrt(scan.slices)))
    dataset = make_instance(scan, 0, uids or uids_of_one_series())
    _become(dataset, MRImageStorage, "MR")
    del dataset.RescaleSlope, dataset.RescaleIntercept
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    dataset.Manufacturer = "SIEMENS"
    dataset.AcquisitionNumber = dataset.InstanceNumber = t + 1
    dataset.SpacingBetweenSlices = scan.spacing_mm
    dataset.Rows, dataset.Columns = scan.rows * across, scan.columns * across
    inset = row * scan.pixel_mm[1] * (dataset.Columns - scan.columns) / 2
    inset = inset + column * scan.pixel_mm[0] * (dataset.Rows - scan.rows) / 2
    dataset.ImagePositionPatient = [float(part) for part in np.round(scan.point_mm(0, 0, 0) - inset, 9)]
    dataset.PixelData = tiled([pixels_at(scan, k, t) for k in range(scan.slices)], across, across).tobytes()
    if header is None:
        direction = [f"{part:.8f}" for part in normal * along]
        header = csa_header({"NumberOfImagesInMosaic": [str(scan.slices)], "SliceNormalVector": direction})
    if header:
        block = dataset.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
        block.add_new(0x10, "OB", header)
        if protocol_mm is not None:
            block.add_new(0x20, "OB", _protocol(scan, normal * along * protocol_mm))
    return dataset


def _protocol(scan: Scan, step_mm: NDArray[np.float64]) -> bytes:
    """The text of a scan protocol that names the centre of every slice; coordinates of 0 are left out."""
    lines = [f"sSliceArray.lSize = {scan.slices}"]
    for k in range(scan.slices):
        for axis, value in zip(("Sag", "Cor", "Tra"), k * step_mm, strict=True):
            if value:
                lines.append(f"sSliceArray.asSlice[{k}].sPosition.d{axis} = {value:.9f}")
    return "\n".join(lines).encode()


def make_vframe(scan: Scan, *, private: bool = True) -> FileDataset:
    """The phantom as a tiled picture of United Imaging, without a position at its root."""
    row, column, _ = scan.axes
    across = int(np.ceil(np.sqrt(scan.slices)))
    down = -(-scan.slices // across)
    dataset = make_instance(scan, 0, uids_of_one_series())
    _become(dataset, MRImageStorage, "MR")
    del dataset.RescaleSlope, dataset.RescaleIntercept, dataset.ImagePositionPatient
    dataset.Manufacturer = "UIH"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "VFRAME"]
    dataset.Rows, dataset.Columns = scan.rows * down, scan.columns * across
    dataset.PixelData = tiled([pixels_of(scan, k) for k in range(scan.slices)], across, down).tobytes()
    if private:
        block = dataset.private_block(0x0065, "Image Private Header", create=True)
        block.add_new(0x50, "DS", str(scan.slices))
        places = [[float(part) for part in np.round(scan.point_mm(k, 0, 0), 9)] for k in range(scan.slices)]
        block.add_new(
            0x51,
            "SQ",
            [group(ImagePositionPatient=place, ImageOrientationPatient=[*row, *column]) for place in places],
        )
    return dataset


def make_nuclear(scan: Scan, *, sign: int = 1, kind: str = "RECON TOMO") -> FileDataset:
    """The phantom as a nuclear medicine reconstruction: one start, one signed step."""
    row, column, _ = scan.axes
    dataset = make_instance(scan, 0, uids_of_one_series())
    _become(dataset, NuclearMedicineImageStorage, "NM")
    start = dataset.ImagePositionPatient
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "RescaleSlope", "RescaleIntercept"):
        delattr(dataset, keyword)
    dataset.ImageType = ["ORIGINAL", "PRIMARY", kind, "EMISSION"]
    dataset.SpacingBetweenSlices = sign * scan.spacing_mm
    dataset.DetectorInformationSequence = [group(ImagePositionPatient=start, ImageOrientationPatient=[*row, *column])]
    dataset.FrameIncrementPointer = 0x00540080
    dataset.SliceVector = list(range(1, scan.slices + 1))
    return _stacked(dataset, scan)


def make_dose(scan: Scan, offsets: Sequence[float]) -> FileDataset:
    """The phantom as a dose grid with the planes at these offsets."""
    dataset = make_instance(scan, 0, uids_of_one_series())
    _become(dataset, RTDoseStorage, "RTDOSE")
    del dataset.RescaleSlope, dataset.RescaleIntercept
    dataset.DoseGridScaling, dataset.DoseUnits, dataset.DoseType = "0.5", "GY", "PHYSICAL"
    dataset.GridFrameOffsetVector = list(offsets)
    return _stacked(dataset, scan)


def make_film(scan: Scan) -> FileDataset:
    """An ultrasound film of as many pictures as the phantom has slices, 40 ms a picture."""
    dataset = make_instance(scan, 0, uids_of_one_series())
    _become(dataset, UltrasoundMultiFrameImageStorage, "US")
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(dataset, keyword)
    dataset.FrameTime, dataset.FrameIncrementPointer = 40, 0x00181063
    return _stacked(dataset, scan)


def _stacked(dataset: FileDataset, scan: Scan) -> FileDataset:
    """All slices' pixels one after the other."""
    dataset.NumberOfFrames = scan.slices
    dataset.PixelData = b"".join(pixels_of(scan, k).tobytes() for k in range(scan.slices))
    return dataset


def reversed_scan(scan: Scan) -> Scan:
    """The scan whose slices lie against the normal instead of along it."""
    return replace(scan, positions_mm=[-k * scan.spacing_mm for k in range(scan.slices)])
