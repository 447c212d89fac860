"""What is drawn over the phantom: segmentations and structure sets, with frames and contours where a scan puts them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import UID, RTStructureSetStorage, SegmentationStorage, generate_uid

from tests.factories import Scan, make_instance
from tests.factories_multiframe import group

LABEL_MAP = UID("1.2.840.10008.5.1.4.1.1.66.7")

#: CIELab of pure red in D50, as it is stored.
RED_LAB = (35579, 53665, 50858)


def series_of(scan: Scan) -> tuple[list[FileDataset], tuple[str, str, str]]:
    """The phantom's slices in order, with study, series and frame of reference."""
    uids = (generate_uid(), generate_uid(), generate_uid())
    return [make_instance(scan, k, uids) for k in range(scan.slices)], uids


def box(scan: Scan, k: tuple[int, int], j: tuple[int, int], i: tuple[int, int]) -> NDArray[np.bool_]:
    """(slices, rows, columns) a box, last slice, row and column included."""
    mask = np.zeros((scan.slices, scan.rows, scan.columns), bool)
    mask[k[0] : k[1] + 1, j[0] : j[1] + 1, i[0] : i[1] + 1] = True
    return mask


def _bare(scan: Scan, uids: tuple[str, str, str], sop_class: UID, modality: str) -> FileDataset:
    """An object of the phantom's study and frame of reference without anything of a picture."""
    dataset = make_instance(scan, 0, (uids[0], generate_uid(), uids[2]))
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.Modality, dataset.SeriesDescription = modality, "Drawn"
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness"):
        delattr(dataset, keyword)
    for keyword in ("RescaleSlope", "RescaleIntercept", "InstanceNumber"):
        delattr(dataset, keyword)
    return dataset


@dataclass(frozen=True)
class Drawing:
    """How a segmentation is written.

    Parameters
    ----------
    kind : str
        ``BINARY``, ``FRACTIONAL`` or ``LABELMAP``.
    empty_frames : bool
        Whether frames in which nothing is are written.
    sources : sequence of Dataset
        The pictures that frames say they were drawn on, by slice.
    shift_mm : tuple of 3 float
        How far frames lie beside the scan's slices.
    colours : sequence
        Recommended colours by segment, CIELab as stored.
    """

    kind: str = "BINARY"
    empty_frames: bool = False
    sources: Sequence[Dataset] = ()
    shift_mm: tuple[float, float, float] = (0, 0, 0)
    colours: Sequence[Sequence[int]] = field(default_factory=tuple)


def make_seg(
    scan: Scan, uids: tuple[str, str, str], masks: Mapping[str, NDArray[Any]], drawing: Drawing | None = None
) -> FileDataset:
    """A DICOM SEG of masks by name, its frames shuffled.

    Parameters
    ----------
    scan : Scan
    uids : tuple of str
        Study, series and frame of reference of the pictures.
    masks : mapping of str to (slices, rows, columns) ndarray
        Of bool; of shares from 0 to 1 where it is fractional.
    drawing : Drawing, optional
    """
    how = drawing or Drawing()
    is_map = how.kind == "LABELMAP"
    dataset = _bare(scan, uids, LABEL_MAP if is_map else UID(SegmentationStorage), "SEG")
    dataset.SegmentationType = how.kind
    dataset.SegmentSequence = []
    for number, name in enumerate(masks, start=1):
        segment = group(SegmentNumber=number, SegmentLabel=name)
        if number <= len(how.colours):
            segment.RecommendedDisplayCIELabValue = list(how.colours[number - 1])
        dataset.SegmentSequence.append(segment)
    frames = [
        (k, number, mask[k])
        for number, mask in enumerate(masks.values(), start=1)
        for k in range(scan.slices)
        if how.empty_frames or mask[k].any()
    ]
    if is_map:
        whole = sum(mask.astype(np.uint8) * number for number, mask in enumerate(masks.values(), start=1))
        frames = [(k, 0, plane) for k, plane in enumerate(np.asarray(whole)) if how.empty_frames or plane.any()]
    random.Random(7).shuffle(frames)
    row, column, _ = scan.axes
    measures = group(PixelSpacing=list(scan.pixel_mm), SliceThickness=scan.spacing_mm)
    dataset.SharedFunctionalGroupsSequence = [
        group(
            PlaneOrientationSequence=[group(ImageOrientationPatient=[*row, *column])], PixelMeasuresSequence=[measures]
        )
    ]
    dataset.PerFrameFunctionalGroupsSequence = [_frame(scan, k, number, how) for k, number, _ in frames]
    dataset.NumberOfFrames = len(frames)
    bits = 1 if how.kind == "BINARY" else 8
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    pixels = np.stack([plane for _, _, plane in frames])
    if how.kind == "BINARY":
        body = np.packbits(pixels.reshape(-1), bitorder="little").tobytes()
    elif how.kind == "FRACTIONAL":
        dataset.MaximumFractionalValue = 200
        dataset.SegmentationFractionalType = "OCCUPANCY"
        body = np.rint(pixels * 200).astype(np.uint8).tobytes()
    else:
        body = pixels.astype(np.uint8).tobytes()
    dataset.PixelData = body + b"\0" * (len(body) % 2)
    return dataset


def _frame(scan: Scan, k: int, number: int, how: Drawing) -> Dataset:
    """The groups of one frame."""
    position = [float(part) for part in np.round(scan.point_mm(k, 0, 0) + np.array(how.shift_mm), 9)]
    item = group(PlanePositionSequence=[group(ImagePositionPatient=position)])
    if number:
        item.SegmentIdentificationSequence = [group(ReferencedSegmentNumber=number)]
    if how.sources:
        source = group(ReferencedSOPInstanceUID=how.sources[k].SOPInstanceUID)
        item.DerivationImageSequence = [group(SourceImageSequence=[source])]
    return item


def ring(scan: Scan, k: int, low: tuple[float, float], high: tuple[float, float]) -> NDArray[np.float64]:
    """(4, 3) a rectangle in a slice from a fractional row and column to another, mm."""
    (top, left), (bottom, right) = low, high
    row, column, _ = scan.axes
    start = scan.point_mm(k, 0, 0)
    corners = [(top, left), (top, right), (bottom, right), (bottom, left)]
    return np.array([start + j * scan.pixel_mm[0] * column + i * scan.pixel_mm[1] * row for j, i in corners])


def make_structures(
    scan: Scan,
    uids: tuple[str, str, str],
    structures: Mapping[str, Sequence[tuple[str, NDArray[np.float64]]]],
    colours: Sequence[Sequence[float]] = (),
) -> FileDataset:
    """An RTSTRUCT of contours by structure: each its geometric type and its points, mm."""
    dataset = _bare(scan, uids, UID(RTStructureSetStorage), "RTSTRUCT")
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, keyword)
    del dataset.FrameOfReferenceUID
    dataset.ReferencedFrameOfReferenceSequence = [group(FrameOfReferenceUID=uids[2])]
    dataset.StructureSetROISequence = [
        group(ROINumber=number, ROIName=name, ReferencedFrameOfReferenceUID=uids[2])
        for number, name in enumerate(structures, start=1)
    ]
    dataset.ROIContourSequence = []
    for number, contours in enumerate(structures.values(), start=1):
        drawn = group(ReferencedROINumber=number)
        if number <= len(colours):
            drawn.ROIDisplayColor = list(colours[number - 1])
        drawn.ContourSequence = [
            group(
                ContourGeometricType=kind,
                NumberOfContourPoints=len(points),
                ContourData=[f"{part:.10g}" for part in np.asarray(points).reshape(-1)],
            )
            for kind, points in contours
        ]
        dataset.ROIContourSequence.append(drawn)
    return dataset
