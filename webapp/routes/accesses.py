"""What is looked at and taken away, noted in the trail once it was answered."""

from __future__ import annotations

from flask import Flask, Response, request

from webapp.routes.rates import asking
from webapp.services import Services
from webapp.store.trail import Event
from webapp.store.volumes import KEY

_STACKS = "/volumes/"
_TO_KEEP = "attachment"
_REFUSED = frozenset({403, 404, 410})


def register(server: Flask, services: Services) -> None:
    """Note every stack that is looked at and every file that is taken away, and who was refused either; keys that open
    nothing are not noted, or guessing them would fill the disk.

    Parameters
    ----------
    server : Flask
    services : Services
    """
    trail = services.jobs.trail

    @server.after_request
    def note(response: Response) -> Response:
        key = _key()
        if key is None:
            return response
        if response.status_code in _REFUSED and services.volumes.folder(key).is_dir():
            trail.note_once(Event.VIEW, "refused", asking(), key)
        elif response.headers.get("Content-Disposition", "").startswith(_TO_KEEP) and response.status_code == 200:
            trail.note(Event.EXPORT, "done", asking(), [key])
        elif "Slice-Key" in response.headers:
            trail.note_once(Event.VIEW, "done", asking(), key)
        return response


def _key() -> str | None:
    """The stack that the address names."""
    if not request.path.startswith(_STACKS):
        return None
    name = request.path[len(_STACKS) :].partition("/")[0]
    return name if KEY.fullmatch(name) else None
