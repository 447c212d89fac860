"""When a picture was acquired, so that pictures of one place can be told apart and put in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from webapp.dicom.model import Instance
from webapp.dicom.soft_keys import seconds_of
from webapp.dicom.values import text

DAY_SECONDS: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Moment:
    """When a picture was acquired.

    Parameters
    ----------
    dated : bool
        The date is recorded; without it only times of one half of a day can be compared.
    seconds : float
        Of the day, and of all days before it where dated.
    """

    dated: bool
    seconds: float

    @property
    def clock(self) -> str:
        """The time of the day, as ``10:02:13.5``."""
        of_day = round(self.seconds % DAY_SECONDS, 3)
        minutes, seconds = divmod(of_day, 60)
        return f"{int(minutes // 60):02d}:{int(minutes % 60):02d}:{seconds:06.3f}".rstrip("0").rstrip(".")


def moment_of(instance: Instance) -> Moment | None:
    """When a picture was acquired, or None where that is not recorded (PS3.3 C.7.6.1).

    Parameters
    ----------
    instance : Instance
    """
    for keyword in ("FrameAcquisitionDateTime", "AcquisitionDateTime"):
        seconds = seconds_of(text(instance.dataset, keyword))
        if seconds is not None:
            return Moment(True, seconds)
    date, time = (text(instance.dataset, keyword) for keyword in ("AcquisitionDate", "AcquisitionTime"))
    seconds = seconds_of(time)
    if seconds is None:
        return None
    dated = seconds_of(f"{date}000000") if len(date) == 8 else None
    return Moment(False, seconds) if dated is None else Moment(True, dated + seconds)
