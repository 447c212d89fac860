"""Which kinds of objects are pictures of a patient, by the standard's own names."""

from __future__ import annotations

from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import UID, SegmentationStorage

from webapp.dicom.values import text

#: Objects with pixels that are no pictures of a patient; they belong on top of one.
NO_PICTURES: Final = frozenset((SegmentationStorage,))


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
