"""Modality LUT Sequence (0028,3000): a table in the place of slope and intercept (PS3.3 C.11.1.1)."""

from __future__ import annotations

from typing import Final

from webapp.dicom.lut import Table, table_of
from webapp.dicom.model import Instance
from webapp.dicom.values import items, text
from webapp.errors import BadGeometry

_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"


def modality_table(instance: Instance) -> Table:
    """The table of a picture that has the sequence.

    Parameters
    ----------
    instance : Instance

    Raises
    ------
    BadGeometry
        It cannot be used.
    """
    big_endian = instance.transfer_syntax == _BIG_ENDIAN
    for item in items(instance.dataset, "ModalityLUTSequence")[:1]:
        if table := table_of(item, signed=instance.format.signed, big_endian=big_endian):
            return table
    raise BadGeometry("Its values need a look-up table (0028,3000), which is damaged.")


def kind_of_values(instance: Instance) -> str:
    """What the values are by the file's own word: Modality LUT Type (0028,3004) of a table, else Rescale Type.

    Parameters
    ----------
    instance : Instance

    Returns
    -------
    str
        In capitals; empty where there is none.
    """
    for item in items(instance.dataset, "ModalityLUTSequence")[:1]:
        return text(item, "ModalityLUTType").upper()
    return instance.scale.kind


def is_rescaled(instance: Instance) -> bool:
    """Whether the modality stage is there in full.

    Parameters
    ----------
    instance : Instance
    """
    return instance.scale.present or "ModalityLUTSequence" in instance.dataset
