"""The chosen volume in the making: the pick that was meant, the job behind it, what is said meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dash import dcc
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from webapp.errors import TruesliceError, UnknownKey
from webapp.services import Services
from webapp.store.catalogue import JobKind, JobState, JobStatus
from webapp.views import ids
from webapp.views.state import scene_key

_STAGES = MappingProxyType(
    {
        "": "waiting for a free place",
        "reading": "reading",
        "placing": "placing slices",
        "decoding": "decoding",
        "auditing": "checking",
        "keeping": "keeping",
    }
)


@dataclass(frozen=True, slots=True)
class Work:
    """What the offer shows about one choice.

    Parameters
    ----------
    job : str or None
        The job that runs, None when none does.
    percent : float
        Progress of its stage, 0 to 100.
    note : str
        One line about it.
    made : str or None
        Key of the finished stack.
    offered : bool
        Whether there is anything to choose at all.
    """

    job: str | None = None
    percent: float = 0.0
    note: str = ""
    made: str | None = None
    offered: bool = True

    def as_outputs(self, ticks: int) -> tuple[str | None, float, str, list[str | Component], int]:
        """Job, progress, the class of the whole, the note, and how far the clock may go.

        Parameters
        ----------
        ticks : int
            How often the clock has ticked.
        """
        shown = "is-absent" if not self.offered else "is-working" if self.job else "is-idle"
        link = [dcc.Link("Open the volume", href=f"/?stack={self.made}", className="card-open")] if self.made else []
        return self.job, self.percent, f"choice {shown}", [self.note, *link], ticks + 1 if self.job else 0


def step(services: Services, cause: object, scene: Mapping[str, Any], states: Sequence[Any]) -> Work:
    """Start, cancel or follow, by what was touched.

    Parameters
    ----------
    services : Services
    cause : object
        Id of what was touched: that of a ready pick is a dict.
    scene : mapping
    states : sequence
        The marks picked one by one, None where none is; and the job that runs.
    """
    picks, job = states
    key = scene_key(scene)
    if key is None or not scene.get("choice"):
        return Work(offered=False)
    if isinstance(cause, dict):
        return start(services, key, [cause.get("pick")])
    if cause == ids.CHOICE_START:
        return start_one_by_one(services, scene, key, picks)
    if cause == ids.CHOICE_CANCEL:
        with suppress(UnknownKey):
            services.jobs.cancel(services.owner(), str(job))
    return follow(services, key, job if isinstance(job, str) and cause != ids.SCENE else None)


def start_one_by_one(services: Services, scene: Mapping[str, Any], key: str, picks: object) -> Work:
    """Queue the volume of pictures that were picked one by one, or say where one is still to be picked."""
    marks = picks if isinstance(picks, list) else []
    places = scene["choice"]["places"]
    open_ = [place["slice"] + 1 for place, mark in zip(places, marks, strict=False) if not mark]
    if open_:
        return Work(note=f"Choose a picture for slice {open_[0]} too.")
    return start(services, key, marks)


def start(services: Services, key: str, pick: Sequence[object]) -> Work:
    """Queue the volume of a pick.

    Parameters
    ----------
    services : Services
    key : str
        The refused stack.
    pick : sequence of object
    """
    try:
        job = services.jobs.choose(services.owner(), key, pick)
    except TruesliceError as refusal:
        return Work(note=str(refusal))
    return follow(services, key, job)


def follow(services: Services, key: str, job: str | None) -> Work:
    """How far a choice is: the one named, or the newest about this stack, or none.

    Parameters
    ----------
    services : Services
    key : str
        The refused stack.
    job : str or None
    """
    mine = services.catalogue.jobs_of(services.owner())
    about = [one for one in mine if one.kind == JobKind.CHOICE and one.subject == key]
    status = next((one for one in about if job in (None, one.id)), None)
    return Work() if status is None else work_of(status)


def work_of(status: JobStatus) -> Work:
    """A job's status as the offer shows it.

    Parameters
    ----------
    status : JobStatus
    """
    if status.state == JobState.DONE and status.result:
        return Work(note="The volume is there. ", made=status.result["keys"][0])
    if status.state == JobState.CANCELLED:
        return Work(note="Cancelled.")
    if status.state == JobState.FAILED:
        refusal = status.error or {}
        return Work(note=f"{refusal.get('cause', 'Stopped.')} {refusal.get('cure', '')}".strip())
    stage = _STAGES.get(status.stage or "", status.stage or "")
    counted = f" {status.done}/{status.total}" if status.total else ""
    percent = 100.0 * status.done / status.total if status.total else 0.0
    return Work(job=status.id, percent=percent, note=f"{stage}{counted} …")


def meant(clicks: Sequence[int | None], cause: object) -> object:
    """What was touched; ready picks that have just been drawn fire too and mean nothing.

    Parameters
    ----------
    clicks : sequence of int
        Of the ready picks.
    cause : object
    """
    if isinstance(cause, dict) and not any(clicks):
        raise PreventUpdate
    return cause
