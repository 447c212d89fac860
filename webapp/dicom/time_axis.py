"""What runs from volume to volume, in words: its name, its unit, its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.dicom.soft_keys import CLOCKS, PARAMETERS, SoftKey
from webapp.findings import Finding, Severity

#: Values that a sentence lists; the rest is counted.
_VALUES_SAID = 12

#: The key of volumes that nothing but blocks of the numbering tells apart.
BY_NUMBER = "volume by number"


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """What runs from volume to volume.

    Parameters
    ----------
    key : str
        In words, several joined by ×.
    unit : str or None
    values : tuple of float or str
        One a volume.
    """

    key: str
    unit: str | None
    values: tuple[float | str, ...]

    @property
    def words(self) -> str:
        """How many volumes there are and what they run over, as the summary says it."""
        over = ", time order assumed from numbering" if self.key == BY_NUMBER else f" over {self.key}"
        return f"{len(self.values)} volumes{over}"


def time_axis(values: Sequence[Any], keys: Sequence[SoftKey]) -> TimeAxis:
    """The axis of the values of one key, of a pair, or of bare blocks of numbering.

    Parameters
    ----------
    values : sequence
        Of blocks their numbers; else a tuple with a value of each key.
    keys : sequence of SoftKey
        None for blocks.
    """
    if not keys:
        return TimeAxis(BY_NUMBER, None, tuple(values))
    if len(keys) == 1:
        key, found = keys[0], [value[0] for value in values]
        if key.name in CLOCKS:
            return TimeAxis(key.name, key.unit, tuple(round(value - found[0], 3) for value in found))
        return TimeAxis(key.name, key.unit, tuple(key.label(value) for value in found))
    names = (" · ".join(map(_named, keys, value)) for value in values)
    return TimeAxis(" × ".join(key.name for key in keys), None, tuple(names))


def named_values(values: Sequence[Any], keys: Sequence[SoftKey]) -> list[str]:
    """Each value of one key or of a pair in words, as ``"echo time 10 ms"``.

    Parameters
    ----------
    values : sequence of tuple
        Ascending; a tuple holds a value of each key.
    keys : sequence of at least 1 SoftKey
    """
    axis = time_axis(values, keys)
    unit = f" {axis.unit}" if axis.unit else ""
    return [value if isinstance(value, str) else f"{axis.key} {value:g}{unit}" for value in axis.values]


def _named(key: SoftKey, value: Any) -> str:
    """One value with its key and unit."""
    label = key.label(value)
    if isinstance(label, str):
        return label
    return f"{key.name} {label:g} {key.unit or ''}".strip()


def axis_finding(axis: TimeAxis, keys: Sequence[SoftKey]) -> Finding:
    """G19: the volumes and what they run over; a note where their order is only assumed.

    Parameters
    ----------
    axis : TimeAxis
    keys : sequence of SoftKey
    """
    count, numbers = len(axis.values), {"volumes": len(axis.values), "key": axis.key, "values": list(axis.values)}
    if not keys:
        message = (
            f"{count} volumes: the places repeat in equal blocks of the numbering; their order is assumed from it."
        )
        return Finding("G19", Severity.NOTE, message, numbers, ("0020,0013",))
    said = ", ".join(f"{value:g}" if isinstance(value, float) else value for value in axis.values[:_VALUES_SAID])
    rest = f" … ({count} in all)" if count > _VALUES_SAID else ""
    unit = f" {axis.unit}" if axis.unit else ""
    tags = tuple(tag for key in keys for tag in key.tags)
    physical = all(key in PARAMETERS for key in keys)
    message = f"{count} volumes over {axis.key}: {said}{rest}{unit}."
    return Finding("G19", Severity.OK if physical else Severity.NOTE, message, numbers, tags)
