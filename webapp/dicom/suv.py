"""Standardised uptake of a PET by body weight: shown where every condition holds, else the reason why not (G72)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from webapp.dicom.decay import disagreement, reference_of
from webapp.dicom.model import Instance
from webapp.dicom.scales import LabelledScale, Volumes, slice_by_slice
from webapp.dicom.tracer import NoUptake, injected, tracer_of
from webapp.dicom.units import pet_units
from webapp.dicom.values import number, text, texts
from webapp.dicom.vendors import private_numbers
from webapp.findings import Finding, Severity

NAME: Final = "SUVbw"
_UNIT: Final = "g/ml"

#: Where Philips keeps what turns its counts into SUV, and into Bq/ml: group, creator, element inside the block.
_PHILIPS_SUV: Final = (0x7053, "Philips PET Private Group", 0x00)
_PHILIPS_ACTIVITY: Final = (0x7053, "Philips PET Private Group", 0x09)

#: Hours between injection and scan that are believed.
_LONGEST_H: Final = 8.0

#: Weights that are believed, kg.
_HEAVIEST_KG: Final = 700.0

_EVIDENCE: Final = ("0054,0016", "0054,1001", "0054,1102", "0028,0051", "0010,1030", "0008,0031", "0008,0032")


@dataclass(frozen=True, slots=True)
class Uptake:
    """What can be said of a PET's uptake.

    Parameters
    ----------
    scales : tuple of LabelledScale
        SUVbw where it can be computed, and for counts the activity behind it.
    findings : tuple of Finding
    """

    scales: tuple[LabelledScale, ...] = ()
    findings: tuple[Finding, ...] = ()


def uptake_of(volumes: Volumes) -> Uptake:
    """The uptake scales of a stack; nothing where it is no PET, or holds uptake already.

    Parameters
    ----------
    volumes : sequence of sequence of Instance
    """
    pictures = [picture for volume in volumes for picture in volume]
    if pictures[0].modality != "PT":
        return Uptake()
    activity: LabelledScale | None = None
    try:
        units = _common_units(pictures)
        if units == "GML":
            _check_by_weight(pictures)
            return Uptake()
        activity = _activity(volumes) if units == "CNTS" else None
        _check_corrections(pictures)
        maker = _maker_scale(volumes) if units == "CNTS" else None
        if maker is not None:
            return Uptake((maker, *([activity] if activity else [])))
        return _computed(volumes, activity)
    except NoUptake as reason:
        told = Finding("G72", Severity.NOTE, f"SUV is not shown because {reason}.", {}, _EVIDENCE)
        return Uptake((activity,) if activity else (), (told,))


def _common_units(pictures: Sequence[Instance]) -> str:
    """The Units (0054,1001) of all pictures, where uptake can come of them."""
    units = {pet_units(picture) for picture in pictures}
    if units - {"BQML", "CNTS", "GML"} or len(units) != 1:
        raise NoUptake("the Units (0054,1001) are not Bq/ml, counts or g/ml in every picture")
    if not all(picture.scale.present for picture in pictures):
        raise NoUptake("not every picture carries a complete rescale stage (0028,1052) (0028,1053)")
    return units.pop()


def _check_by_weight(pictures: Sequence[Instance]) -> None:
    """Whether values in g/ml are uptake by body weight (SUV Type, 0054,1006)."""
    kinds = {text(picture.dataset, "SUVType").upper() for picture in pictures}
    if kinds - {"", "BW"}:
        raise NoUptake("the values are uptake already, but not by body weight (SUV Type, 0054,1006)")


def _check_corrections(pictures: Sequence[Instance]) -> None:
    """Whether all pictures were corrected for attenuation and decay."""
    for picture in pictures:
        corrected = {word.strip().upper() for word in texts(picture.dataset, "CorrectedImage")}
        if "ATTN" not in corrected:
            raise NoUptake("the values are not corrected for attenuation (0028,0051)")
        if not corrected & {"DECY", "DECAY"}:
            raise NoUptake("the values are not corrected for decay (0028,0051)")
    if len(kinds := {text(picture.dataset, "DecayCorrection").upper() for picture in pictures}) > 1:
        raise NoUptake("the pictures differ in their Decay Correction (0054,1102)")
    if not kinds <= {"START", "ADMIN"}:
        raise NoUptake("the Decay Correction (0054,1102) is neither START nor ADMIN")


def _factors(volumes: Volumes, place: tuple[int, str, int]) -> tuple[tuple[float, float], ...] | None:
    """A maker's factor of each slice, where every picture has one above 0 and volumes agree."""
    pictures = [picture for volume in volumes for picture in volume]
    found = [next(iter(private_numbers(picture.dataset, *place)), 0.0) for picture in pictures]
    return slice_by_slice([(factor, 0.0) for factor in found], len(volumes)) if min(found) > 0 else None


def _maker_scale(volumes: Volumes) -> LabelledScale | None:
    """SUV of Philips' counts by the maker's own factor."""
    lines = _factors(volumes, _PHILIPS_SUV)
    if lines is None:
        return None
    detail = f"SUVbw = counts × {lines[0][0]:.6g}, Philips' own SUV factor (7053,1000); its times are not checked."
    return LabelledScale(NAME, _UNIT, lines, detail)


def _activity(volumes: Volumes) -> LabelledScale | None:
    """Bq/ml of Philips' counts by the maker's own factor."""
    lines = _factors(volumes, _PHILIPS_ACTIVITY)
    if lines is None:
        return None
    detail = f"Bq/ml = counts × {lines[0][0]:.6g}, Philips' own activity factor (7053,1009)."
    return LabelledScale("Activity", "Bq/ml", lines, detail)


def _computed(volumes: Volumes, activity: LabelledScale | None) -> Uptake:
    """SUVbw = activity × weight × 1000 / what was left of the dose at the moment of reference."""
    pictures = [picture for volume in volumes for picture in volume]
    if pet_units(pictures[0]) == "CNTS" and activity is None:
        raise NoUptake("the values are counts, and Philips' factors (7053,1000) (7053,1009) are not there")
    weight_kg = _weight_kg(pictures)
    left_bq, words, findings = _left_bq(pictures)
    factor = weight_kg * 1000 / left_bq
    lines = activity.lines if activity else ((1.0, 0.0),) * len(volumes[0])
    counts = f"counts × {activity.lines[0][0]:.6g} (7053,1009)" if activity else "Bq/ml"
    detail = f"SUVbw = {counts} × {weight_kg:g} kg × 1000 / {left_bq / 1e6:.2f} MBq: {words}."
    scale = LabelledScale(NAME, _UNIT, tuple((slope * factor, 0.0) for slope, _ in lines), detail)
    return Uptake((scale, *([activity] if activity else [])), findings)


def _weight_kg(pictures: Sequence[Instance]) -> float:
    """The patient's weight (0010,1030), kg."""
    weights = {number(picture.dataset, "PatientWeight") for picture in pictures}
    weight = weights.pop() if len(weights) == 1 else None
    if weight is None or weight <= 0:
        raise NoUptake("the weight (0010,1030) is not recorded alike in every picture")
    if weight > _HEAVIEST_KG:
        raise NoUptake(f"the weight (0010,1030) of {weight:g} kg is not that of a person")
    return weight


def _left_bq(pictures: Sequence[Instance]) -> tuple[float, str, tuple[Finding, ...]]:
    """What the activities are to be held against, Bq; how it was worked out; and what speaks against that."""
    tracer = tracer_of(pictures)
    given = f"{tracer.dose_bq / 1e6:.2f} MBq of {tracer.nuclide}"
    if text(pictures[0].dataset, "DecayCorrection").upper() == "ADMIN":
        return tracer.dose_bq, f"{given} injected, values decay-corrected to the injection", ()
    reference = reference_of(pictures, tracer.half_life_s)
    zones = {text(picture.dataset, "TimezoneOffsetFromUTC") for picture in pictures}
    at = injected(tracer, reference.at, zones.pop() if len(zones) == 1 else "")
    seconds = (reference.at - at).total_seconds()
    if not 0 <= seconds <= _LONGEST_H * 3600:
        raise NoUptake(
            f"the scan's reference time lies {seconds / 3600:.2f} h after the injection, which is outside 0 to 8 h"
        )
    words = (
        f"{given} injected {at:%H:%M:%S}, {seconds / 60:.1f} min before {reference.at:%H:%M:%S} by the "
        f"{reference.source}, half-life {tracer.half_life_s:g} s"
    )
    off = disagreement(pictures, reference.at, tracer.half_life_s)
    return tracer.left_bq(seconds), words, _doubt(off)


def _doubt(off: float) -> tuple[Finding, ...]:
    """G72 where the recorded decay factors tell of another moment of reference."""
    if not off:
        return ()
    message = (
        f"SUV may be off: the recorded Decay Factors (0054,1321) are up to {abs(off) * 100:.0f} % "
        f"{'larger' if off > 0 else 'smaller'} than the times used for it imply."
    )
    return (Finding("G72", Severity.WARN, message, {"share": off}, ("0054,1321", *_EVIDENCE)),)
