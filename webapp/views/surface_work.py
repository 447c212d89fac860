"""Surfaces in the making: what the page wishes for against what there is, and what is said meanwhile.

::

    wishes ─ new or other than what was made ── start, the last mesh stays
           ─ the same, its job unfinished ───── follow
           ─ gone ───────────────────────────── cancel
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from webapp.access import access, asker, own
from webapp.errors import LevelNotANumber, TruesliceError, UnknownKey
from webapp.imaging.options import SurfaceOptions, level_of
from webapp.portrait import portrait_of
from webapp.services import Services
from webapp.stackfiles import OVERLAY
from webapp.store.model import JobState, JobStatus
from webapp.views.state import key_of, scene_key

#: Triangles on screen together; a software renderer turns no more of them.
ON_SCREEN: Final = 300_000

#: The place of the mesh for a file.
EXPORT: Final = "export"

#: Where surfaces are made side by side.
PLACES: Final = ("0", "1", "2", EXPORT)

STAGES = MappingProxyType(
    {
        "": "waiting for a free place",
        "reading": "reading the volume",
        "averaging": "choosing the grid",
        "marching": "finding the surface",
        "sorting": "sorting its parts",
        "smoothing": "smoothing it",
        "thinning": "thinning it out",
        "measuring": "measuring what that changed",
        "checking": "checking it",
        "writing": "writing it down",
    }
)

_FACE: Final = "This surface may show a face, by which a person can be known again."
_FACE_KEPT: Final = "This host does not show it to whoever comes by a link."
_FACE_SHOWN: Final = "Whoever you give a link to sees it as well."

Place = dict[str, Any]


def step(services: Services, wishes: object, work: object) -> dict[str, Any]:
    """One step from what there is towards what is wished for.

    Parameters
    ----------
    services : Services
    wishes : object
        ``{"key", "places": {place: options}}``, of `PLACES`; options as `SurfaceOptions.as_json` writes them, the level
        as text or number, and of a region ``of``, the key of what it was drawn in. A browser may send anything.
    work : object
        What the step before answered.

    Returns
    -------
    dict
        ``{"key", "places": {place: {"wish", "job", "mesh", "percent", "note"}}}``: the options; the id of the job that
        is under way, or None; the facts of the newest finished mesh, or None; progress; one line about it.
    """
    key = scene_key(wishes)
    wished, before = _places(wishes), _places(work)
    if scene_key(work) != key:
        _cancel(services, scene_key(work), before.values())
        before = {}
    if key is None:
        return {}
    _cancel(services, key, [before[place] for place in before.keys() - wished.keys()])
    shared = ON_SCREEN // max(1, len(wished.keys() - {EXPORT}))
    places = {}
    for place, wish in wished.items():
        whole = wish if place == EXPORT else {**wish, "triangles": shared}
        places[place] = _one(services, (key, place), whole, before.get(place))
    return {"key": key, "places": places}


def is_unfinished(work: Mapping[str, Any]) -> bool:
    """Whether there is a job to follow.

    Parameters
    ----------
    work : mapping
        As `step` answers it.
    """
    return any(one["job"] for one in work.get("places", {}).values())


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


def _places(sent: object) -> dict[str, Place]:
    """The places of a document from a browser."""
    places = sent.get("places") if isinstance(sent, dict) else None
    known = places if isinstance(places, dict) else {}
    return {place: known[place] for place in PLACES if isinstance(known.get(place), dict)}


def _one(services: Services, where: tuple[str, str], wish: Place, before: Place | None) -> Place:
    """The next state of one surface."""
    mesh = (before or {}).get("mesh")
    try:
        if before is None or before.get("wish") != wish:
            job = _start(services, where, wish)
            before = {"wish": wish, "job": job, "mesh": mesh, "percent": 0.0, "note": ""}
        return _followed(services, where[0], before) if before.get("job") else before
    except TruesliceError as refusal:
        _cancel(services, where[0], [before or {}])
        return {"wish": wish, "job": None, "mesh": mesh, "percent": 0.0, "note": str(refusal)}


def _start(services: Services, where: tuple[str, str], wish: Place) -> str:
    """Put a surface down; the id of its job."""
    key, place = _subject(where[0], wish), where[1]
    asked = {name: value for name, value in wish.items() if name != "of"}
    options = SurfaceOptions.from_json({**asked, "level": as_level(wish.get("level"))})
    if place == EXPORT:
        own(services, key)
        return services.jobs.mesh_export(asker(services, key), key, replace(options, triangles=None))
    return services.jobs.surface(asker(services, key), key, options, int(place))


def _followed(services: Services, key: str, before: Place) -> Place:
    """How far a surface is."""
    try:
        status = services.catalogue.job(asker(services, key).name, str(before["job"]))
    except UnknownKey:
        return {**before, "job": None, "note": "The surface is no longer being made."}
    if status.state == JobState.DONE and status.result:
        mesh = _facts(services, _subject(key, before["wish"]), status.result)
        return {**before, "job": None, "mesh": mesh, "percent": 100.0, "note": ""}
    if status.finished:
        refusal = status.error or {}
        said = f"{refusal.get('cause', 'Stopped.')} {refusal.get('cure', '')}".strip()
        return {**before, "job": None, "note": said}
    return {**before, "percent": _percent(status), "note": f"{STAGES.get(status.stage or '', status.stage)} …"}


def _percent(status: JobStatus) -> float:
    """Progress, 0 to 100."""
    return 100.0 * status.done / status.total if status.total else 0.0


def _facts(services: Services, key: str, result: Place) -> Place:
    """What is known of a finished mesh, and what is to be said where it may be a portrait."""
    meta = services.volumes.meta(key)
    if meta["kind"] == OVERLAY:
        return {**result, "of": key, "face": ""}
    face = portrait_of(meta, result["level"])
    shared = _FACE_KEPT if services.config.refuse_faces else _FACE_SHOWN
    told = f"{_FACE} {face.why} {'' if access(services, key).is_guest else shared}"
    return {**result, "of": key, "face": told.strip() if face.possible else ""}


def _subject(key: str, wish: Place) -> str:
    """The stack whose surface is wished for: the open one, or what was drawn over it.

    Raises
    ------
    UnknownKey
    """
    subject = key_of(wish.get("of", key))
    if subject is None:
        raise UnknownKey
    return subject


def _cancel(services: Services, key: str | None, gone: Iterable[Place]) -> None:
    """Stop what nobody waits for any more; a stack that is gone took its jobs along."""
    with suppress(UnknownKey):
        for job in [str(one["job"]) for one in gone if one.get("job")]:
            services.jobs.cancel(asker(services, str(key)).name, job)
