"""Which kinds of objects are pictures of a patient, by the standard's own names."""

from __future__ import annotations

from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import UID, RTStructureSetStorage, SegmentationStorage

from webapp.dicom.values import text

#: Label maps (PS3.4 B.5) are newer than the list of the library that names the others.
LABEL_MAP: Final = UID("1.2.840.10008.5.1.4.1.1.66.7")

#: Objects with pixels that are no pictures of a patient; they belong on top of one.
NO_PICTURES: Final = frozenset((SegmentationStorage, LABEL_MAP))

#: Objects without pixels that are drawn over pictures.
STRUCTURE_SET: Final = RTStructureSetStorage


def class_of(dataset: Dataset) -> UID:
    """The SOP class (0008,0016), or the copy in the file's meta elements.

    Parameters
    ----------
    dataset : Dataset
        Read from a file.
    """
    meta = getattr(dataset, "file_meta", Dataset())
    return UID(text(dataset, "SOPClassUID") or text(meta, "MediaStorageSOPClassUID"))


def class_name(uid: UID) -> str:
    """The standard's name of an object; empty for one that it does not know.

    Parameters
    ----------
    uid : UID
    """
    return str(uid.name) if uid.is_valid and uid.name != uid else ""


def is_picture_class(dataset: Dataset) -> bool:
    """Whether the object ought to hold a picture of a patient.

    Parameters
    ----------
    dataset : Dataset
        Read from a file.
    """
    uid = class_of(dataset)
    return "Image Storage" in class_name(uid) and uid not in NO_PICTURES


def lies_over(dataset: Dataset) -> bool:
    """Whether the object is drawn over pictures: a segmentation, or the contours of structures.

    Parameters
    ----------
    dataset : Dataset
        Read from a file.
    """
    return class_of(dataset) in {*NO_PICTURES, STRUCTURE_SET}
