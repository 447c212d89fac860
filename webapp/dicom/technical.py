"""What of a series' tags may be shown to a guest: how the picture was made, nothing of whom or where or when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from webapp.dicom.tag_row import TagRow

#: Numbers and defined terms alone: no name, no text that somebody typed, no date, no UID, no place.
TECHNICAL: Final = frozenset(
    (
        *("Modality", "ImageType", "PatientPosition", "NumberOfFrames", "InstanceNumber"),
        *("SliceThickness", "SpacingBetweenSlices", "SliceLocation", "GantryDetectorTilt"),
        *("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "ImagerPixelSpacing"),
        *("Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration"),
        *("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"),
        *("RescaleIntercept", "RescaleSlope", "WindowCenter", "WindowWidth", "VOILUTFunction"),
        *("LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod"),
        *("KVP", "ExposureTime", "XRayTubeCurrent", "Exposure", "ReconstructionDiameter", "SpiralPitchFactor"),
        *("ScanningSequence", "SequenceVariant", "ScanOptions", "MRAcquisitionType", "EchoNumbers"),
        *("RepetitionTime", "EchoTime", "InversionTime", "EchoTrainLength", "FlipAngle", "NumberOfAverages"),
        *("MagneticFieldStrength", "ImagingFrequency", "PixelBandwidth", "AcquisitionMatrix", "DiffusionBValue"),
        *("PercentSampling", "PercentPhaseFieldOfView", "InPlanePhaseEncodingDirection"),
        *("Units", "DecayCorrection", "FrameReferenceTime"),
    )
)


def technical_rows(rows: Iterable[TagRow]) -> list[TagRow]:
    """The rows a guest may read.

    Parameters
    ----------
    rows : iterable of TagRow

    Returns
    -------
    list of TagRow
        Elements of the standard on the list, wherever they are nested; never a private one.
    """
    return [row for row in rows if row.keyword in TECHNICAL and not row.creator]
