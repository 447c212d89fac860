"""The moment to which the values of a PET were decay-corrected, and what speaks against it (PS3.3 C.8.9.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from webapp.dicom.model import Instance
from webapp.dicom.moments import local_moment, moment, zone_of
from webapp.dicom.tracer import NoUptake
from webapp.dicom.values import number, text
from webapp.dicom.vendors import private_value

#: Where GE keeps the start of the scan: group, creator, element inside the block.
_GE_SCAN_START: Final = (0x0009, "GEMS_PETD_01", 0x0D)

#: A decay factor that differs from the computed one by more speaks of another moment.
_SAME_FACTOR: Final = 0.02


@dataclass(frozen=True, slots=True)
class Reference:
    """The moment of reference.

    Parameters
    ----------
    at : datetime
        By the clock of the scanner, without a zone.
    source : str
        What it was taken from, in words.
    """

    at: datetime
    source: str


def reference_of(pictures: Sequence[Instance], half_life_s: float) -> Reference:
    """The start of the scan: the series time unless pictures were acquired before it, else what stands in for it.

    A series time after an acquisition is that of a series which was made later. Then GE's own start of the scan is
    taken, else the earliest acquisition, less the part of Frame Reference Time (0054,1300) before its own frame.

    Parameters
    ----------
    pictures : sequence of at least 1 Instance
    half_life_s : float

    Raises
    ------
    NoUptake
    """
    first = pictures[0].dataset
    series = {_series_moment(picture) for picture in pictures}
    acquired = [_acquired(picture) for picture in pictures]
    told = series.pop() if len(series) == 1 else None
    if told is not None and told <= min(acquired):
        return Reference(told, "series time (0008,0031)")
    zone = zone_of(text(first, "TimezoneOffsetFromUTC"))
    own = local_moment(str(private_value(first, *_GE_SCAN_START) or ""), zone)
    if own is not None:
        return Reference(own, "GE's scan start (0009,100D)")
    earliest = min(range(len(pictures)), key=acquired.__getitem__)
    back = _frame_start_s(pictures[earliest], half_life_s)
    if back is None:
        return Reference(acquired[earliest], "earliest acquisition time (0008,0032)")
    return Reference(
        acquired[earliest] - timedelta(seconds=back),
        "earliest acquisition time (0008,0032) less its frame's own time (0054,1300)",
    )


def _series_moment(picture: Instance) -> datetime | None:
    """Series Date and Time."""
    return moment(text(picture.dataset, "SeriesDate"), text(picture.dataset, "SeriesTime"))


def _acquired(picture: Instance) -> datetime:
    """When a picture was acquired."""
    dataset = picture.dataset
    found = moment(text(dataset, "AcquisitionDate"), text(dataset, "AcquisitionTime"))
    if found is None:
        raise NoUptake("the acquisition date or time (0008,0022) (0008,0032) is not recorded in every picture")
    return found


def _mean_time_s(picture: Instance, half_life_s: float) -> float | None:
    """Seconds from the start of a frame to where its average count rate was, by its duration; None without one."""
    duration = number(picture.dataset, "ActualFrameDuration")
    if not duration or duration < 0:
        return None
    decays = math.log(2) / half_life_s * duration / 1000
    return math.log(decays / -math.expm1(-decays)) * half_life_s / math.log(2)


def _frame_start_s(picture: Instance, half_life_s: float) -> float | None:
    """Seconds from the reference to the start of a frame, by its Frame Reference Time; None where that says nothing."""
    told, mean = number(picture.dataset, "FrameReferenceTime"), _mean_time_s(picture, half_life_s)
    return None if not told or told < 0 or mean is None else told / 1000 - mean


def disagreement(pictures: Sequence[Instance], reference: datetime, half_life_s: float) -> float:
    """How much larger the recorded Decay Factors (0054,1321) are than a reference implies, at worst; 0 where they fit.

    Parameters
    ----------
    pictures : sequence of Instance
    reference : datetime
    half_life_s : float

    Returns
    -------
    float
        As a share: 0.1 stands for 10 % larger.
    """
    worst = 0.0
    for picture in pictures:
        told, mean = number(picture.dataset, "DecayFactor"), _mean_time_s(picture, half_life_s)
        if told is None or told <= 0 or told == 1 or mean is None:
            continue
        since = (_acquired(picture) - reference).total_seconds() + mean
        off = told / 2 ** (since / half_life_s) - 1
        worst = off if abs(off) > abs(worst) else worst
    return worst if abs(worst) > _SAME_FACTOR else 0.0
