"""What may tell pictures of one place apart: time, echo, diffusion, energy; each a named value of an instance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from webapp.dicom.model import Instance
from webapp.dicom.values import number, text, whole
from webapp.dicom.vendors import PHILIPS, b_value, gradient_direction, private_numbers

#: Decimals of a parameter that two pictures of one volume share; scanners repeat their text exactly.
_DECIMALS = 4

#: A value of a key: comparable with the others of the same key.
Value = float | str | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SoftKey:
    """A property by which a series may hold several volumes.

    Parameters
    ----------
    name : str
        In words.
    unit : str or None
    tags : tuple of str
        The evidence.
    value : callable
        Of an instance; None where it is absent.
    label : callable, optional
        What a slider shows of a value.
    """

    name: str
    unit: str | None
    tags: tuple[str, ...]
    value: Callable[[Instance], Value | None]
    label: Callable[[Value], float | str] = lambda value: value if isinstance(value, float | str) else str(value)


def _tag(*keywords: str, factor: float = 1.0) -> Callable[[Instance], Value | None]:
    """The first of these elements that is a number."""

    def value(instance: Instance) -> Value | None:
        for keyword in keywords:
            found = number(instance.dataset, keyword)
            if found is not None:
                return round(found * factor, _DECIMALS)
        return None

    return value


def _word(keyword: str) -> Callable[[Instance], Value | None]:
    """An element as text."""
    return lambda instance: text(instance.dataset, keyword) or None


def _ordinal(*names: str) -> Callable[[Instance], Value | None]:
    """The number of a frame along the first of these dimensions that it has."""

    def value(instance: Instance) -> Value | None:
        found = dict(instance.ordinals)
        return next((float(found[name]) for name in names if name in found), None)

    return value


def _b_value(instance: Instance) -> Value | None:
    """The b-value alone."""
    return b_value(instance.dataset)


def _b_value_and_direction(instance: Instance) -> Value | None:
    """The b-value with the gradient's direction; one without a direction stands before those with one."""
    found = b_value(instance.dataset)
    return None if found is None else (found, *(gradient_direction(instance.dataset) or ()))


def _b_label(value: Value) -> float | str:
    """The b-value of a value with a direction, and the direction in words where there is one."""
    if not isinstance(value, tuple):
        return value
    direction = ", ".join(f"{part:.2f}" for part in value[1:])
    return f"b {value[0]:g} along {direction}" if direction else f"b {value[0]:g}"


def _philips_phase(instance: Instance) -> Value | None:
    """Philips' number of the cardiac phase, for pictures whose trigger time was taken out."""
    found = private_numbers(instance.dataset, 0x2001, PHILIPS, 0x08)
    return found[0] if found else None


def _time_slice(instance: Instance) -> Value | None:
    """Which time slice of a dynamic PET series: Image Index counts slices fastest (PS3.3 C.8.9.4.1.9)."""
    index, slices = whole(instance.dataset, "ImageIndex"), whole(instance.dataset, "NumberOfSlices")
    return None if index is None or not slices else float((index - 1) // slices + 1)


def _clock(*keywords: str) -> Callable[[Instance], Value | None]:
    """Seconds of the first of these dates and times that is there."""

    def value(instance: Instance) -> Value | None:
        for keyword in keywords:
            seconds = seconds_of(text(instance.dataset, keyword))
            if seconds is not None:
                return round(seconds, _DECIMALS)
        return None

    return value


def seconds_of(written: str) -> float | None:
    """A DICOM TM or DT as seconds; a date counts its days (PS3.5 6.2).

    Parameters
    ----------
    written : str
    """
    digits, _, fraction = written.split("+")[0].split("-")[0].replace(":", "").partition(".")
    form = {6: "%H%M%S", 4: "%H%M", 14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M"}.get(len(digits))
    if form is None or not digits.isdigit() or not (fraction or "0").isdigit():
        return None
    try:
        moment = datetime.strptime(digits, form).replace(tzinfo=UTC)
    except ValueError:
        return None
    day = moment.toordinal() if len(digits) >= 12 else 0
    return day * 86_400.0 + moment.hour * 3600 + moment.minute * 60 + moment.second + float(f"0.{fraction or 0}")


#: Physical parameters, in the order they are tried.
PARAMETERS = (
    SoftKey(
        "temporal position",
        None,
        ("0020,0100", "0020,9128"),
        _tag("TemporalPositionIndex", "TemporalPositionIdentifier"),
    ),
    SoftKey("time slice", None, ("0054,0100",), _ordinal("time slice", "phase")),
    SoftKey("echo time", "ms", ("0018,0081", "0018,9082"), _tag("EffectiveEchoTime", "EchoTime")),
    SoftKey("echo", None, ("0018,0086",), _tag("EchoNumbers")),
    SoftKey("b-value", "s/mm²", ("0018,9087",), _b_value),
    SoftKey("b-value and direction", None, ("0018,9087", "0018,9089"), _b_value_and_direction, _b_label),
    SoftKey("trigger time", "ms", ("0018,1060", "0020,9153"), _tag("NominalCardiacTriggerDelayTime", "TriggerTime")),
    SoftKey("cardiac phase", "%", ("0020,9241",), _tag("NominalPercentageOfCardiacPhase")),
    SoftKey("cardiac phase number", None, ("2001,1008",), _philips_phase),
    SoftKey("time slot", None, ("0054,0070",), _ordinal("time slot", "R-R interval")),
    SoftKey("frame reference time", "ms", ("0054,1300",), _tag("FrameReferenceTime")),
    SoftKey("time slice", None, ("0054,1330", "0054,0081"), _time_slice),
    SoftKey("inversion time", "ms", ("0018,0082", "0018,9079"), _tag("InversionTimes", "InversionTime")),
    SoftKey("flip angle", "°", ("0018,1314",), _tag("FlipAngle")),
    SoftKey("repetition time", "ms", ("0018,0080",), _tag("RepetitionTime")),
    SoftKey("labelling", None, ("0018,9257",), _word("ASLContext")),
    SoftKey("tube voltage", "kV", ("0018,0060",), _tag("KVP")),
    SoftKey("energy", "keV", ("0018,937C",), _tag("MonoenergeticEnergyEquivalent")),
    SoftKey("energy window", None, ("0054,0010",), _ordinal("energy window", "detector")),
    SoftKey("material", None, ("0008,0008",), lambda instance: (instance.image_type[3:4] or (None,))[0]),
    SoftKey("reconstruction kernel", None, ("0018,1210",), _word("ConvolutionKernel")),
)

#: Counters and clocks: they tell copies of one picture apart too, so they are asked only when copies are gone.
COUNTERS = (
    SoftKey("acquisition number", None, ("0020,0012",), _tag("AcquisitionNumber")),
    SoftKey("acquisition number", None, ("0020,9156",), _tag("FrameAcquisitionNumber")),
    SoftKey(
        "acquisition time",
        "s",
        ("0008,0032", "0018,9074"),
        _clock("FrameAcquisitionDateTime", "AcquisitionDateTime", "AcquisitionTime"),
    ),
    SoftKey("content time", "s", ("0008,0033",), _clock("ContentTime")),
)

#: All of them, in the order they are tried.
ALL_KEYS = (*PARAMETERS, *COUNTERS)

#: Keys whose values are clock readings: shown as seconds since the first.
CLOCKS = frozenset(("acquisition time", "content time"))
