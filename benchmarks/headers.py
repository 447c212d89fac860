"""Made-up CT headers of one series, to which pixels and a place are given."""

from __future__ import annotations

from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian


def header(number: int) -> FileDataset:
    """The header of one picture of 4 × 4 pixels, half a millimetre above the one before it.

    Parameters
    ----------
    number : int
        From 0.
    """
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, CTImageStorage
    meta.MediaStorageSOPInstanceUID = UID(f"1.2.3.{number + 1}")
    one = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    one.SOPClassUID, one.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    one.StudyInstanceUID, one.SeriesInstanceUID, one.FrameOfReferenceUID = "1.2.3", "1.2.4", "1.2.5"
    one.PatientID, one.Modality, one.InstanceNumber = "P", "CT", number + 1
    one.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    one.ImagePositionPatient, one.ImageOrientationPatient = [0, 0, number * 0.5], [1, 0, 0, 0, 1, 0]
    one.PixelSpacing, one.SliceThickness, one.SliceLocation = [0.5, 0.5], 0.5, number * 0.5
    one.Rows = one.Columns = 4
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 12, 11, 0
    one.RescaleSlope, one.RescaleIntercept = 1, -1024
    return one
