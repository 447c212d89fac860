"""The five series: their grids and what their headers say."""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np

from sample_data.grid import Grid, centred
from sample_data.write import PrivateBlock, Series, Tags

ICBM_NOTICE = (
    "Copyright (C) 1993-2004 Louis Collins, McConnell Brain Imaging Centre, Montreal Neurological Institute, "
    "McGill University. Permission to use, copy, modify, and distribute this software and its documentation for any "
    "purpose and without fee is hereby granted, provided that the above copyright notice appear in all copies. The "
    "authors and McGill University make no representations about the suitability of this software for any purpose. "
    'It is provided "as is" without express or implied warranty. The authors are not responsible for any data loss, '
    "equipment damage, property loss, or injury to subjects or patients resulting from the use or misuse of this "
    "software package."
)
MR_THICKNESS = 4.0
_MR_STEP = 5.0
_TILT = radians(15.0)
_OBLIQUE = radians(8.0)

_COMMON: Tags = {
    "SpecificCharacterSet": "ISO_IR 100",
    "PatientBirthDate": "",
    "PatientSex": "O",
    "AccessionNumber": "",
    "ReferringPhysicianName": "",
    "PositionReferenceIndicator": "",
    "PatientPosition": "HFS",
    "BurnedInAnnotation": "NO",
    "PatientIdentityRemoved": "YES",
    "DeidentificationMethod": "Invented patient",
}
_CT: Tags = {
    **_COMMON,
    "Modality": "CT",
    "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
    "Manufacturer": "Trueslice Phantom Works",
    "ManufacturerModelName": "Formula 1",
    "InstitutionName": "Trueslice sample data",
    "SoftwareVersions": "1.0",
    "PatientName": "Phantom^Torso",
    "PatientID": "TS-PHANTOM-1",
    "PatientAge": "045Y",
    "StudyDescription": "CT chest and abdomen",
    "BodyPartExamined": "CHEST_ABDOMEN",
    "ContrastBolusAgent": "Invented, portal venous phase",
    "KVP": "120",
    "XRayTubeCurrent": 210,
    "ExposureTime": 500,
    "ConvolutionKernel": "STANDARD",
    "ScanOptions": "HELICAL MODE",
    "DataCollectionDiameter": "500",
    "AcquisitionNumber": 1,
    "RescaleIntercept": "-1024",
    "RescaleSlope": "1",
    "RescaleType": "HU",
    "WindowCenter": "40",
    "WindowWidth": "400",
    "WindowCenterWidthExplanation": "SOFT TISSUE",
    "ImageComments": "A formula, not a person. Made by sample_data/make.py.",
}
_MR: Tags = {
    **_COMMON,
    "Modality": "MR",
    "PatientName": "Phantom^Head",
    "PatientID": "TS-PHANTOM-2",
    "PatientAge": "025Y",
    "BodyPartExamined": "HEAD",
    "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"],
    "MRAcquisitionType": "2D",
    "ScanningSequence": "GR",
    "SequenceVariant": "SP",
    "SliceThickness": "4.0",
    "EchoTime": "4.2",
    "RepetitionTime": "190",
    "FlipAngle": "70",
    "NumberOfAverages": "1",
    "EchoTrainLength": 1,
    "EchoNumbers": 1,
    "ImagedNucleus": "1H",
    "MagneticFieldStrength": "1.5",
    "PercentSampling": "100",
    "AcquisitionNumber": 1,
    "ImageComments": "Brain: ICBM 152 template; skull and scalp invented. " + ICBM_NOTICE,
}


def _dated(day: str, time: str) -> Tags:
    """Study, series and acquisition at one moment."""
    parts = ("Study", "Series", "Acquisition", "Content")
    return {f"{part}Date": day for part in parts} | {f"{part}Time": time for part in parts}


def _along_normal(grid: Grid, index: int) -> float:
    """Position of a slice along its own normal, n . IPP, in mm."""
    return float(np.dot(grid.normal, grid.position(index)))


def ct_phantom() -> Series:
    """Torso, axial, numbered from head to foot, 3 mm apart."""
    grid = centred((0, 12, 0), (1, 0, 0), (0, 1, 0), (0, 0, -3), (1.5, 1.5), (160, 256, 256))
    tags = {
        **_CT,
        **_dated("20250114", "091500"),
        "StudyID": "1",
        "SeriesNumber": 2,
        "SeriesDescription": "Torso 3.0 STANDARD",
        "ProtocolName": "Chest Abdomen portal venous",
        "SliceThickness": "3.0",
        "GantryDetectorTilt": "0",
        "ReconstructionDiameter": "384",
        "TableHeight": "150",
    }
    return Series("ct_phantom", grid, tags, lambda index: _along_normal(grid, index))


def ct_phantom_tilt15() -> Series:
    """The same torso with the gantry tilted by 15 degrees; the table moves along z, so the stack is sheared."""
    down = (0.0, cos(_TILT), -sin(_TILT))
    grid = centred((0, 12, 0), (1, 0, 0), down, (0, 0, -5), (2.0, 2.0), (60, 192, 192))
    tags = {
        **_CT,
        **_dated("20250114", "093000"),
        "StudyID": "2",
        "SeriesNumber": 3,
        "SeriesDescription": "Torso 4.0 STANDARD tilt 15",
        "ProtocolName": "Chest Abdomen tilted",
        "ScanOptions": "AXIAL MODE",
        "SliceThickness": "4.0",
        "SpacingBetweenSlices": "5.0",
        "GantryDetectorTilt": "15",
        "ReconstructionDiameter": "384",
        "TableHeight": "150",
    }
    return Series("ct_phantom_tilt15", grid, tags, lambda index: float(grid.position(index)[2]))


def mr_vendor_a() -> Series:
    """Head by "Northwind Imaging": spacing tag from centre to centre, Slice Location along the normal."""
    grid = centred((0, 2, 22), (1, 0, 0), (0, 1, 0), (0, 0, _MR_STEP), (1.25, 1.25), (28, 192, 192))
    tags = {
        **_MR,
        **_dated("20250120", "101000"),
        "StudyID": "A17",
        "SeriesNumber": 4,
        "Manufacturer": "Northwind Imaging",
        "ManufacturerModelName": "Gale 1.5T",
        "InstitutionName": "Northwind General (invented)",
        "SoftwareVersions": "NW 12.3",
        "StudyDescription": "MRI BRAIN",
        "SeriesDescription": "Ax LAVA T1",
        "ProtocolName": "LAVA T1",
        "SequenceName": "lava2d",
        "SpacingBetweenSlices": "5.0",
        "PixelBandwidth": "244.14",
        "ImagingFrequency": "63.87",
        "WindowCenter": "240",
        "WindowWidth": "480",
    }
    private = PrivateBlock(0x0019, "NORTHWIND_ACQ_01", ((0x10, "LO", "bandwidth: Hz per pixel"), (0x11, "DS", "5.0")))
    return Series("mr_vendor_a", grid, tags, lambda index: _along_normal(grid, index), private)


def mr_vendor_b() -> Series:
    """The same head by "Meridian Medical": the tag holds the gap, location and numbering run against the normal."""
    down = (0.0, cos(_OBLIQUE), -sin(_OBLIQUE))
    step = (0.0, -_MR_STEP * sin(_OBLIQUE), -_MR_STEP * cos(_OBLIQUE))
    grid = centred((0, 2, 22), (1, 0, 0), down, step, (1.1, 1.1), (28, 224, 180))
    tags = {
        **_MR,
        **_dated("20250203", "154500"),
        "StudyID": "774",
        "SeriesNumber": 301,
        "Manufacturer": "Meridian Medical",
        "ManufacturerModelName": "Solstice 15",
        "InstitutionName": "Meridian Clinic (invented)",
        "SoftwareVersions": "syn MM B17",
        "StudyDescription": "Head^Routine",
        "SeriesDescription": "t1_vibe_tra",
        "ProtocolName": "t1_vibe_tra",
        "SequenceName": "*vibe2d1",
        "ImageType": ["ORIGINAL", "PRIMARY", "M", "NORM"],
        "SpacingBetweenSlices": "1.0",
        "PixelBandwidth": "21.97",
        "ImagingFrequency": "63.68",
        "WindowCenter": "130",
        "WindowWidth": "260",
    }
    rows = (
        (0x08, "LO", "bandwidth: +/- kHz over the readout"),
        (0x0A, "DS", "1.0"),
        (0x0B, "LO", "gap"),
        (0x0C, "SH", "HE1-4"),
    )
    private = PrivateBlock(0x0021, "MERIDIAN MR HEADER", rows)
    return Series("mr_vendor_b", grid, tags, lambda index: -_along_normal(grid, index), private)


def mr_icbm152() -> Series:
    """The ICBM 152 average brain, sagittal, from the patient's left to right, 1 mm apart."""
    grid = Grid((76, -80, 90), (0, 1, 0), (0, 0, -1), (-1, 0, 0), (1.0, 1.0), (153, 164, 194))
    tags = {
        **_MR,
        **_dated("20250210", "080000"),
        "StudyID": "152",
        "SeriesNumber": 1,
        "PatientName": "Template^ICBM152",
        "PatientID": "TS-ICBM152",
        "BodyPartExamined": "BRAIN",
        "ImageType": ["DERIVED", "SECONDARY", "OTHER"],
        "Manufacturer": "Trueslice sample data",
        "ManufacturerModelName": "Average of 152 people",
        "InstitutionName": "Trueslice sample data",
        "StudyDescription": "ICBM 152 template",
        "MRAcquisitionType": "3D",
        "SeriesDescription": "T1 average sagittal",
        "ProtocolName": "T1 MPRAGE style",
        "SequenceVariant": "SP",
        "SliceThickness": "1.0",
        "SpacingBetweenSlices": "1.0",
        "EchoTime": "3.0",
        "RepetitionTime": "2300",
        "InversionTime": "900",
        "FlipAngle": "9",
        "WindowCenter": "500",
        "WindowWidth": "1000",
        "DeidentificationMethod": "Average of 152 volunteers; invented headers",
        "ImageComments": "ICBM 152 nonlinear symmetric 2009a, T1. " + ICBM_NOTICE,
    }
    return Series("mr_icbm152", grid, tags, lambda index: _along_normal(grid, index))
