"""What is asked of a surface."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from webapp.errors import BadArgument, LevelNotANumber

#: Strongest smoothing, mm; beyond it little is left of a patient.
STRONGEST_MM: Final = 20.0

#: Largest island that may be asked away, ml.
LARGEST_ML: Final = 10_000.0


@dataclass(frozen=True, slots=True)
class SurfaceOptions:
    """What is asked of a surface.

    Parameters
    ----------
    level : float
        Iso value, in the unit of the values.
    triangles : int or None
        The most there may be; None for the full resolution of the voxels.
    largest : bool
        Whether only the part that encloses most is kept.
    island_ml : float
        Parts that enclose less are left out, ml.
    smooth_mm : float
        Details narrower than this are smoothed away, mm; 0 for none.
    closed : bool
        Whether it is closed where the values end.
    time : int
        Zero-based time point; of regions the layer.
    region : int or None
        The label of one region, whose surface lies half-way between inside and outside; None for values.

    Raises
    ------
    LevelNotANumber, BadArgument
    """

    level: float
    triangles: int | None = None
    largest: bool = False
    island_ml: float = 0.0
    smooth_mm: float = 0.0
    closed: bool = False
    time: int = 0
    region: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", level_of(self.level))
        for name, most in (("island_ml", LARGEST_ML), ("smooth_mm", STRONGEST_MM)):
            object.__setattr__(self, name, _size(name, getattr(self, name), most))
        for name in ("largest", "closed"):
            if not isinstance(getattr(self, name), bool):
                raise BadArgument(f"The option {name} is neither true nor false.")
        for name, least in (("triangles", 1), ("time", 0), ("region", 1)):
            value = getattr(self, name)
            is_whole = isinstance(value, int) and not isinstance(value, bool) and value >= least
            if not is_whole and not (name in ("triangles", "region") and value is None):
                raise BadArgument(f"The option {name} is not a whole number of at least {least}.")

    def as_json(self) -> dict[str, Any]:
        """Every option, so that equal wishes are equal documents."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> SurfaceOptions:
        """The options that `as_json` wrote; names that are none are refused.

        Raises
        ------
        LevelNotANumber, BadArgument
        """
        if not document.keys() <= {field.name for field in fields(cls)}:
            raise BadArgument("A surface has no such option.")
        if "level" not in document:
            raise LevelNotANumber
        return cls(**document)


def level_of(level: object) -> float:
    """A level that is a finite number.

    Parameters
    ----------
    level : object
        Whatever was asked for; a text is none, even one of digits.

    Raises
    ------
    LevelNotANumber
    """
    if isinstance(level, bool) or not isinstance(level, int | float):
        raise LevelNotANumber
    try:
        number = float(level)
    except OverflowError as wrong:
        raise LevelNotANumber from wrong
    if not math.isfinite(number):
        raise LevelNotANumber
    return number


def _size(name: str, value: object, most: float) -> float:
    """A size between zero and a most."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise BadArgument(f"The option {name} is not a number from 0 to {most:g}.", "Give another number.")
    return float(value)
