"""What was injected before a PET: the dose, when, and how fast it decays (PS3.3 C.8.9.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydicom.dataset import Dataset

from webapp.dicom.model import Instance
from webapp.dicom.moments import local_moment, time_of_day, zone_of
from webapp.dicom.values import items, number, text

#: Half-lives of the nuclides whose uptake is computed, s, and the codes that name them (PS3.16 CID 4020).
_HALF_LIVES: Final = {"F-18": 6586.2, "Ga-68": 4057.7, "C-11": 1223.4}
_CODES: Final = {
    "C-111A1": "F-18",
    "77004003": "F-18",
    "C-131A3": "Ga-68",
    "35337001": "Ga-68",
    "C-105A1": "C-11",
    "40565003": "C-11",
}

#: A recorded half-life is that of a nuclide within this share.
_SAME_HALF_LIFE: Final = 0.01

#: Doses that a person is given, Bq.
_DOSES: Final = (1e6, 2e9)


class NoUptake(Exception):
    """SUV cannot be shown; the reason ends the sentence "SUV is not shown because …"."""


@dataclass(frozen=True, slots=True)
class Tracer:
    """An injection.

    Parameters
    ----------
    dose_bq : float
    half_life_s : float
    nuclide : str
    started : str
        Radiopharmaceutical Start DateTime (0018,1078) or Time (0018,1072) as it is written.
    is_dated : bool
        Whether it is a DateTime.
    """

    dose_bq: float
    half_life_s: float
    nuclide: str
    started: str
    is_dated: bool

    def left_bq(self, seconds: float) -> float:
        """What is left of the dose, Bq.

        Parameters
        ----------
        seconds : float
            Since the injection.
        """
        return float(self.dose_bq * 2 ** (-seconds / self.half_life_s))


def tracer_of(pictures: Sequence[Instance]) -> Tracer:
    """The one injection that all pictures name.

    Parameters
    ----------
    pictures : sequence of at least 1 Instance

    Raises
    ------
    NoUptake
    """
    found = {_tracer(picture) for picture in pictures}
    if len(found) > 1:
        raise NoUptake("the pictures name different injections (0054,0016)")
    return found.pop()


def _tracer(picture: Instance) -> Tracer:
    """The injection that one picture names."""
    told = items(picture.dataset, "RadiopharmaceuticalInformationSequence")
    if len(told) != 1:
        raise NoUptake(f"the injection (0054,0016) is described {len(told) or 'no'} times instead of once")
    item = told[0]
    half_life = number(item, "RadionuclideHalfLife")
    if half_life is None:
        raise NoUptake("the half-life (0018,1075) is not recorded")
    dated = text(item, "RadiopharmaceuticalStartDateTime")
    started = dated or text(item, "RadiopharmaceuticalStartTime")
    return Tracer(_dose(item), half_life, _nuclide(item, half_life), started, bool(dated))


def _dose(item: Dataset) -> float:
    """The injected dose, Bq."""
    dose = number(item, "RadionuclideTotalDose")
    if dose is None:
        raise NoUptake("the injected dose (0018,1074) is not recorded")
    low, high = _DOSES
    if not low <= dose <= high:
        raise NoUptake(f"the injected dose (0018,1074) of {dose / 1e6:.6g} MBq is outside 1 to 2000 MBq")
    return dose


def _nuclide(item: Dataset, half_life: float) -> str:
    """The nuclide of a half-life, which must not contradict the one that is named."""
    fitting = [name for name, known in _HALF_LIVES.items() if abs(half_life - known) <= _SAME_HALF_LIFE * known]
    if not fitting:
        raise NoUptake(f"the half-life (0018,1075) of {half_life:g} s is that of none of {', '.join(_HALF_LIVES)}")
    for code in items(item, "RadionuclideCodeSequence")[:1]:
        named = _CODES.get(text(code, "CodeValue"), fitting[0])
        if named != fitting[0]:
            raise NoUptake(f"the half-life (0018,1075) of {half_life:g} s is not that of {named}, which is named")
    return fitting[0]


def injected(tracer: Tracer, reference: datetime, zone_offset: str) -> datetime:
    """When the dose was injected, by the clock that the reference was read off.

    A time alone, or one of the same day, that lies after the reference is of the day before.

    Parameters
    ----------
    tracer : Tracer
    reference : datetime
        To which the values were decay-corrected.
    zone_offset : str
        Timezone Offset From UTC (0008,0201) of the file, empty where there is none.

    Raises
    ------
    NoUptake
    """
    midnight = reference.replace(hour=0, minute=0, second=0, microsecond=0)
    if tracer.is_dated:
        found = local_moment(tracer.started, zone_of(zone_offset))
    else:
        since_midnight = time_of_day(tracer.started)
        found = None if since_midnight is None else midnight + since_midnight
    if found is None:
        raise NoUptake("the time of injection (0018,1078) (0018,1072) is not recorded")
    later_that_day = found > reference and found.date() == reference.date()
    return found - timedelta(days=1) if later_that_day else found
