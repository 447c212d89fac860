"""The surface in the making: which levels are offered, the job behind it, what is said meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from webapp.access import asker
from webapp.errors import LevelNotANumber, TruesliceError
from webapp.imaging.levels import CT_LEVELS
from webapp.imaging.options import SurfaceOptions, level_of
from webapp.services import Services
from webapp.store.catalogue import JobState, JobStatus
from webapp.views import ids
from webapp.views.state import ViewState, scene_key

_STAGES = MappingProxyType(
    {
        "": "waiting for a free place",
        "reading": "reading the volume",
        "averaging": "choosing the grid",
        "marching": "finding the surface",
        "thinning": "thinning it out",
        "measuring": "measuring what that changed",
        "checking": "checking it",
        "writing": "writing it down",
    }
)

#: Half-way from outside a region to its inside.
_BORDER = 0.5

#: What belongs to the surface of a region beside that of a stack.
_LOOKS = ("of", "colour", "label")


@dataclass(frozen=True, slots=True)
class Work:
    """What the panel shows about one surface in the making.

    Parameters
    ----------
    job : dict or None
        ``{"id", "key", "level"}`` of the job that runs, None when none does; of a region also ``{"of", "colour",
        "label"}``: what it is drawn over the stack by, and how it looks.
    mesh : dict or None
        ``{"key", "artifact", "level"}`` of the finished mesh, and the same of a region.
    percent : float
        Progress, 0 to 100.
    note : str
        One line about it.
    """

    job: dict[str, Any] | None = None
    mesh: dict[str, Any] | None = None
    percent: float = 0.0
    note: str = ""

    def as_outputs(self, ticks: int) -> tuple[dict[str, Any] | None, dict[str, Any] | None, float, str, str, int]:
        """Job, mesh, progress, its class, note, and how far the clock may go.

        One tick at a time: a clock that goes on while an answer is under way would make every slow answer a late one,
        and late answers are dropped.

        Parameters
        ----------
        ticks : int
            How often the clock has ticked.
        """
        shown = "progress" if self.job else "progress is-idle"
        return self.job, self.mesh, self.percent, shown, self.note, ticks + 1 if self.job else 0


def presets(unit: str | None, value_range: Sequence[float] | None) -> list[dict[str, str]]:
    """The levels to offer, with their numbers; none where values are not HU or lie out of range.

    Parameters
    ----------
    unit : str or None
        Unit of the values.
    value_range : sequence of 2 float or None
        Lowest and highest value, in that unit.
    """
    if unit != "HU" or not value_range:
        return []
    low, high = value_range
    return [
        {"value": f"{level.value:g}", "label": f"{level.name} · {_number(level.value)} HU"}
        for level in CT_LEVELS
        if low < level.value < high
    ]


def start(services: Services, scene: Mapping[str, Any], level: object) -> Work:
    """Queue the surface at a level.

    Parameters
    ----------
    services : Services
    scene : mapping
    level : object
        What the level's field holds, modality units.
    """
    try:
        wanted = as_level(level)
        job = services.jobs.surface(asker(services, scene["key"]), scene["key"], SurfaceOptions(wanted))
    except TruesliceError as refusal:
        return Work(note=str(refusal))
    return Work(job={"id": job, "key": scene["key"], "level": wanted}, note=f"{_STAGES['']} …")


def start_region(services: Services, told: Mapping[str, Any]) -> Work:
    """Queue the surface of a region that lies over the open stack.

    Parameters
    ----------
    services : Services
    told : mapping
        ``key`` of the stack, ``of``, ``layer`` and ``value`` of the region, and its ``colour`` and ``label``.
    """
    try:
        options = SurfaceOptions(_BORDER, closed=True, time=told["layer"], region=told["value"])
        job = services.jobs.surface(asker(services, told["of"]), told["of"], options)
    except (TruesliceError, KeyError) as refusal:
        return Work(note=str(refusal) if isinstance(refusal, TruesliceError) else "")
    looks = {name: told.get(name) for name in _LOOKS}
    return Work(job={"id": job, "key": told.get("key"), "level": _BORDER, **looks}, note=f"{_STAGES['']} …")


def as_level(level: object) -> float:
    """The level as a number; a text of digits is one.

    Raises
    ------
    LevelNotANumber
    """
    try:
        return level_of(float(level) if isinstance(level, str) else level)
    except ValueError as wrong:
        raise LevelNotANumber from wrong


def follow(services: Services, job: Mapping[str, Any]) -> Work:
    """How far a queued surface is.

    Parameters
    ----------
    services : Services
    job : mapping
        The ``job`` of an earlier `Work`.
    """
    mine = services.catalogue.jobs_of(asker(services, job.get("of") or job["key"]).name)
    status = next((status for status in mine if status.id == job["id"]), None)
    if status is None:
        return Work(note="The surface is no longer being made.")
    return _work_of(status, dict(job))


def _work_of(status: JobStatus, job: dict[str, Any]) -> Work:
    """A job's status as the panel shows it."""
    if status.state == JobState.DONE and status.result:
        made = {name: job[name] for name in ("key", "level", *_LOOKS) if name in job}
        return Work(mesh={**made, "artifact": status.result["artifact"]})
    if status.state in (JobState.FAILED, JobState.CANCELLED):
        refusal = status.error or {}
        return Work(note=f"{refusal.get('cause', 'Stopped.')} {refusal.get('cure', '')}".strip())
    stage = _STAGES.get(status.stage or "", status.stage or "")
    percent = 100.0 * status.done / status.total if status.total else 0.0
    return Work(job=job, percent=percent, note=f"{stage} …")


def opening(services: Services, scene: Mapping[str, Any], query: str | None) -> Work:
    """What happens when a stack is opened: the surface its address asks for, or nothing."""
    level = ViewState.from_query(query).level
    if level is None or scene.get("kind") != "volume":
        return Work()
    return start(services, scene, level)


def step(services: Services, cause: str, scene: dict[str, Any], fields: tuple[object, Any, str | None, Any]) -> Work:
    """Open, start or follow, by what was touched."""
    level, job, search, region = fields
    if scene_key(scene) is None:
        return Work()
    if cause == ids.SCENE:
        return opening(services, scene, search)
    if cause == ids.OVERLAY_SOLID and isinstance(region, dict):
        return start_region(services, region)
    if cause == ids.SURFACE_START:
        return start(services, scene, level)
    return follow(services, job) if isinstance(job, dict) and {"id", "key", "level"} <= job.keys() else Work()


def _number(value: float) -> str:
    """A value with a true minus sign."""
    return f"{value:g}".replace("-", "−")
