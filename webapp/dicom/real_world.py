"""Real World Value Mapping (0040,9096): what stored values stand for, as a scale beside the modality's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from pydicom.dataset import Dataset

from webapp.dicom.model import Instance
from webapp.dicom.padding import as_pixels
from webapp.dicom.pixels import Range
from webapp.dicom.scales import LabelledScale, Line, Volumes, slice_by_slice
from webapp.dicom.values import items, number, text, whole
from webapp.findings import Finding, Severity

_EVIDENCE: Final = ("0040,9096", "0040,9212", "0040,9224", "0040,9225")

#: The most mappings of one picture that are looked at.
_MOST: Final = 16

#: Units by their code (UCUM) where that is not what a reader is used to; "1" is none at all.
_WORDS: Final = {"[hnsf'U]": "HU", "{SUVbw}g/ml": "g/ml", "{counts}": "counts", "1": "", "{ratio}": ""}

#: A line this near to the values themselves is none of its own.
_IDENTITY: Final = 1e-9


class _Label(NamedTuple):
    """What a mapping is called, and its unit; empty where it is not told."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class RealWorld:
    """What the real-world mappings of a stack give.

    Parameters
    ----------
    unit : str or None
        Of the modality values, where a mapping says that these are real-world values already.
    scales : tuple of LabelledScale
    findings : tuple of Finding
        Mappings that are not offered, and why.
    """

    unit: str | None = None
    scales: tuple[LabelledScale, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Unfit(Exception):
    """A mapping that cannot be a line over all values, and why."""


def real_world(volumes: Volumes, stored: Sequence[Range | None]) -> RealWorld:
    """The real-world mappings of a stack.

    Parameters
    ----------
    volumes : sequence of sequence of Instance
    stored : sequence of (tuple of 2 float or None)
        Smallest and largest measured stored value of each picture, volume after volume.
    """
    pictures = [picture for volume in volumes for picture in volume]
    labels = {_label(item): None for picture in pictures for item in _mappings(picture)}
    unit, scales, findings = None, [], []
    for label in labels:
        try:
            lines = [_line(picture, label, found) for picture, found in zip(pictures, stored, strict=True)]
            by_slice = slice_by_slice(_with_blanks(lines), len(volumes))
            if by_slice is None:
                raise _Unfit("it changes from volume to volume")
        except _Unfit as reason:
            findings.append(_left_out(label, str(reason)))
            continue
        if np.allclose(by_slice, (1, 0), rtol=0, atol=_IDENTITY):
            unit = unit or label.unit or None
        else:
            scales.append(LabelledScale(label.name, label.unit or None, by_slice, _detail(pictures[0], label)))
    return RealWorld(unit, tuple(scales), tuple(findings))


def _mappings(picture: Instance) -> list[Dataset]:
    """The mappings of one picture."""
    return items(picture.dataset, "RealWorldValueMappingSequence")[:_MOST]


def _label(item: Dataset) -> _Label:
    """The name and the unit of a mapping."""
    code = next(iter(items(item, "MeasurementUnitsCodeSequence")), Dataset())
    unit = text(code, "CodeValue")
    name = text(item, "LUTLabel") or text(item, "LUTExplanation") or "Real-world value"
    return _Label(name, _WORDS.get(unit, unit))


def _line(picture: Instance, label: _Label, found: Range | None) -> Line | None:
    """Slope and intercept from modality value to real-world value; None where a picture measured nothing.

    Raises
    ------
    _Unfit
    """
    own = [item for item in _mappings(picture) if _label(item) == label]
    if not own:
        raise _Unfit("not every picture has it")
    if "ModalityLUTSequence" in picture.dataset:
        raise _Unfit("the values come out of a look-up table (0028,3000)")
    if found is None:
        return None
    item = next((one for one in own if _covers(one, picture, found)), None)
    if item is None:
        raise _Unfit(f"it does not cover the stored values of a picture ({found[0]:g} to {found[1]:g})")
    slope, intercept = number(item, "RealWorldValueSlope"), number(item, "RealWorldValueIntercept")
    if slope is None or intercept is None:
        table = "RealWorldValueLUTData" in item
        raise _Unfit("it is a table" if table else "its slope or intercept is missing")
    # S·x + I of the stored value x, where the modality value is a·x + b
    a, b = picture.scale.slope, picture.scale.intercept
    return slope / a, intercept - slope * b / a


def _covers(item: Dataset, picture: Instance, found: Range) -> bool:
    """Whether a mapping holds for all stored values of a picture."""
    ends = [
        as_pixels(whole(item, f"RealWorldValue{end}ValueMapped"), picture.format)
        if f"RealWorldValue{end}ValueMapped" in item
        else number(item, f"DoubleFloatRealWorldValue{end}ValueMapped")
        for end in ("First", "Last")
    ]
    first, last = ends
    return first is not None and last is not None and first <= found[0] and found[1] <= last


def _with_blanks(lines: Sequence[Line | None]) -> list[Line]:
    """Lines of all pictures; one that measured nothing takes that of another."""
    known = next((line for line in lines if line is not None), None)
    if known is None:
        raise _Unfit("nothing was measured")
    return [known if line is None else line for line in lines]


def _left_out(label: _Label, reason: str) -> Finding:
    """G65: a mapping that is not offered."""
    to = f" to {label.unit}" if label.unit else ""
    message = f"A real-world mapping{to} (0040,9096) is not offered: {reason}."
    return Finding("G65", Severity.NOTE, message, {}, _EVIDENCE)


def _detail(picture: Instance, label: _Label) -> str:
    """The formula of the first picture, in stored values."""
    item = next(one for one in _mappings(picture) if _label(one) == label)
    slope, intercept = number(item, "RealWorldValueSlope") or 0.0, number(item, "RealWorldValueIntercept") or 0.0
    return f"Real-world value mapping (0040,9096): stored value × {slope:.6g} + {intercept:.6g}, in the first picture."
