"""A file that is drawn over pictures, read: whose it is, where it lies, and its regions."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.config import Limits
from webapp.dicom.archive import Member
from webapp.dicom.header import read_header
from webapp.dicom.picture_classes import STRUCTURE_SET, class_of
from webapp.dicom.picture_place import system_id
from webapp.dicom.regions import Segmentation, Structure
from webapp.dicom.segmentation import read_segmentation
from webapp.dicom.structures import read_structures, system_named
from webapp.dicom.values import text


@dataclass(frozen=True, slots=True, eq=False)
class Over:
    """What one file draws over pictures.

    Parameters
    ----------
    study_uid, series_uid, patient_id, modality, manufacturer, description : str
    system : str or None
        The opaque id of its coordinate system; None where it names none, or several.
    segmentation : Segmentation or None
        None for a structure set.
    structures : tuple of Structure
        Empty for a segmentation.
    """

    study_uid: str
    series_uid: str
    patient_id: str
    modality: str
    manufacturer: str
    description: str
    system: str | None
    segmentation: Segmentation | None
    structures: tuple[Structure, ...]


def read_over(member: Member, limits: Limits) -> Over:
    """A segmentation or a structure set.

    Parameters
    ----------
    member : Member
    limits : Limits

    Raises
    ------
    InstanceError
    """
    header = read_header(member, limits)
    dataset = header.dataset
    is_set = class_of(dataset) == STRUCTURE_SET
    named = system_named(dataset) if is_set else text(dataset, "FrameOfReferenceUID")
    return Over(
        study_uid=text(dataset, "StudyInstanceUID"),
        series_uid=text(dataset, "SeriesInstanceUID"),
        patient_id=text(dataset, "PatientID"),
        modality=text(dataset, "Modality"),
        manufacturer=text(dataset, "Manufacturer"),
        description=text(dataset, "SeriesDescription"),
        system=system_id(named),
        segmentation=None if is_set else read_segmentation(member, header, limits),
        structures=read_structures(dataset) if is_set else (),
    )
