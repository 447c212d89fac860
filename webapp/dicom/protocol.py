"""How a stack was acquired, as far as its header says: 2D or 3D, the sequence, the repetition time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from webapp.dicom.model import Instance
from webapp.dicom.values import number, text, texts

#: Modalities that count decays.
NUCLEAR: Final = frozenset(("PT", "NM"))


@dataclass(frozen=True, slots=True)
class Protocol:
    """What decides how a gap between slices is judged.

    Parameters
    ----------
    modality : str
    two_dimensional : bool or None
        MR acquired slice by slice; None for other modalities.
    said : bool
        The header says so; otherwise it was concluded.
    refocused : bool
        A spin echo or an inversion recovery, whose 180° pulses make cross-talk worst.
    repetition_ms : float or None
    """

    modality: str
    two_dimensional: bool | None
    said: bool
    refocused: bool
    repetition_ms: float | None


def protocol_of(instance: Instance, thickness_mm: float | None, thick_mm: float) -> Protocol:
    """The protocol in a picture's header.

    Parameters
    ----------
    instance : Instance
    thickness_mm : float or None
    thick_mm : float
        Thickness from which MR that says neither 2D nor 3D is taken for 2D.
    """
    dataset = instance.dataset
    kind = text(dataset, "MRAcquisitionType").upper()
    two_dimensional: bool | None = None
    if instance.modality == "MR":
        named_3d = "3D" in text(dataset, "SequenceName").upper()
        guess = not named_3d and thickness_mm is not None and thickness_mm >= thick_mm
        two_dimensional = kind == "2D" if kind in ("2D", "3D") else guess
    return Protocol(
        instance.modality, two_dimensional, kind in ("2D", "3D"), _refocused(dataset), number(dataset, "RepetitionTime")
    )


def _refocused(dataset: Dataset) -> bool:
    """Whether 180° pulses are played: Scanning Sequence (0018,0020), or the pulse sequence of enhanced MR."""
    if {"SE", "IR"} & {word.strip().upper() for word in texts(dataset, "ScanningSequence")}:
        return True
    return text(dataset, "EchoPulseSequence").upper() == "SPIN" or text(dataset, "InversionRecovery").upper() == "YES"
