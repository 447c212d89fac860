"""Units of elements: the dictionary has none, so common ones are listed here (PS3.3, the attribute descriptions)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_BY_UNIT: Final = {
    "mm": "SliceThickness SpacingBetweenSlices ImagePositionPatient PixelSpacing SliceLocation ImagerPixelSpacing "
    "NominalScannedPixelSpacing ReconstructionDiameter DataCollectionDiameter TableHeight DistanceSourceToDetector "
    "DistanceSourceToPatient SingleCollimationWidth TotalCollimationWidth TableFeedPerRotation FocalSpots "
    "DetectorActiveDimensions IntensifierSize SlabThickness TablePosition SpatialResolution "
    "TableTopVerticalPosition TableTopLongitudinalPosition ReconstructionTargetCenterPatient "
    "DataCollectionCenterPatient ReconstructionFieldOfView ReconstructionPixelSpacing "
    "DetectorElementSpacing TagThickness GridFrameOffsetVector",
    "ms": "RepetitionTime EchoTime InversionTime TriggerTime EffectiveEchoTime ExposureTime InversionTimes FrameTime "
    "FrameAcquisitionDuration FrameReferenceTime ActualFrameDuration NominalInterval LowRRValue HighRRValue "
    "NominalCardiacTriggerDelayTime ActualCardiacTriggerDelayTime RRIntervalTimeNominal FrameTimeVector "
    "FrameDelay RespiratoryTriggerDelayThreshold ASLPulseTrainDuration",
    "s": "RevolutionTime AcquisitionDuration RadionuclideHalfLife ContrastFlowDuration",
    "°": "FlipAngle GantryDetectorTilt GantryDetectorSlew PositionerPrimaryAngle PositionerSecondaryAngle AngularStep "
    "StartAngle ScanArc TagAngleFirstAxis FieldOfViewRotation",
    "kV": "KVP",
    "mA": "XRayTubeCurrent XRayTubeCurrentInmA",
    "µA": "XRayTubeCurrentInuA",
    "mAs": "Exposure ExposureInmAs",
    "µAs": "ExposureInuAs",
    "mGy": "CTDIvol CTDIvolNotificationTrigger",
    "kW": "GeneratorPower",
    "T": "MagneticFieldStrength",
    "MHz": "ImagingFrequency TransmitterFrequency",
    "Hz/pixel": "PixelBandwidth",
    "Hz": "SpectralWidth",
    "s/mm²": "DiffusionBValue DiffusionBValueXX DiffusionBValueXY DiffusionBValueXZ DiffusionBValueYY "
    "DiffusionBValueYZ DiffusionBValueZZ",
    "W/kg": "SAR",
    "T/s": "dBdt",
    "%": "PercentSampling PercentPhaseFieldOfView",
    "1/min": "HeartRate",
    "frames/s": "CineRate RecommendedDisplayFrameRate",
    "mm/s": "TableSpeed",
    "cm/s": "VelocityEncodingMinimumValue VelocityEncodingMaximumValue",
    "kg": "PatientWeight",
    "m": "PatientSize",
    "Bq": "RadionuclideTotalDose",
    "ml": "ContrastBolusVolume ContrastBolusTotalDose",
    "ml/s": "ContrastFlowRate",
    "mg/ml": "ContrastBolusIngredientConcentration",
    "bytes": "FileMetaInformationGroupLength",
}
_UNITS: Final = MappingProxyType({keyword: unit for unit, keywords in _BY_UNIT.items() for keyword in keywords.split()})


def unit_of_keyword(keyword: str) -> str:
    """The unit of an element's values, empty where there is none or it is not listed.

    Parameters
    ----------
    keyword : str
        Of the standard.
    """
    return _UNITS.get(keyword, "")
