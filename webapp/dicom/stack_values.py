"""All that can be said of a decoded stack's values: their unit, further scales, and what a reader has to know."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.dicom.decoded import Decoded
from webapp.dicom.padding import padding_findings, rounding_findings
from webapp.dicom.real_world import real_world
from webapp.dicom.scales import LabelledScale, Volumes, philips_scale
from webapp.dicom.suv import NAME as SUVBW
from webapp.dicom.suv import uptake_of
from webapp.dicom.units import pet_units, unit_of
from webapp.findings import Finding


@dataclass(frozen=True, slots=True)
class StackValues:
    """What the values of a stack are.

    Parameters
    ----------
    unit : str or None
        Of the modality values.
    scales : tuple of LabelledScale
    findings : tuple of Finding
        G64, G65, G68, G72.
    suv_factor : float or None
        Modality value times this is SUV by body weight; None where that is not known, or differs between slices.
    """

    unit: str | None = None
    scales: tuple[LabelledScale, ...] = ()
    findings: tuple[Finding, ...] = ()
    suv_factor: float | None = None


def values_of(volumes: Volumes, decoded: Decoded) -> StackValues:
    """The values of a stack; colours have no unit and no scales.

    Parameters
    ----------
    volumes : sequence of sequence of Instance
        T volumes of N pictures, in kept order.
    decoded : Decoded
        What came of them.
    """
    if decoded.is_colour:
        return StackValues()
    pictures = [picture for volume in volumes for picture in volume]
    form = pictures[0].format
    mapped, uptake, philips = real_world(volumes, decoded.stored), uptake_of(volumes), philips_scale(volumes)
    findings = (
        *padding_findings(pictures, decoded.nothing, len(pictures) * form.rows * form.columns),
        *rounding_findings(pictures, decoded.low, decoded.high),
        *mapped.findings,
        *uptake.findings,
    )
    scales = (*uptake.scales, *mapped.scales, *([philips] if philips else []))
    return StackValues(unit_of(pictures) or mapped.unit, scales, findings, _suv_factor(volumes, scales))


def _suv_factor(volumes: Volumes, scales: tuple[LabelledScale, ...]) -> float | None:
    """From modality value to SUV by body weight."""
    first = volumes[0][0]
    if first.modality != "PT":
        return None
    if pet_units(first) == "GML":
        return 1.0
    line = next((scale.line for scale in scales if scale.name == SUVBW), None)
    return None if line is None or line[0] <= 0 else line[0]
