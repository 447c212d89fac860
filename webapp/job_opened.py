"""What a sandboxed child says it opened: folders with their origins, and what was set aside."""

from __future__ import annotations

import re
from pathlib import Path
from secrets import token_hex
from typing import Any

from webapp.errors import NothingToShow, ResultMissing
from webapp.store.model import Origin, Upload

#: Lines of what was set aside that a job remembers; the count is always whole.
SET_ASIDE = 200
FOLDER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def stacks_of(opened: dict[str, Any], folder: Path, upload: Upload) -> list[tuple[Path, Origin]]:
    """Folder and origin of every stack that was announced.

    Parameters
    ----------
    opened : dict
        ``opened.json``.
    folder : Path
        Where the stacks' folders are.
    upload : Upload

    Raises
    ------
    ResultMissing
        It is no such document.
    NothingToShow
        There is none.
    """
    found: list[tuple[Path, Origin]] = []
    try:
        for outer, series in enumerate([*opened["series"], *opened.get("over", ())]):
            series_id = token_hex(16)
            for inner, name in enumerate(series["stacks"]):
                place = (outer, inner)
                origin = Origin(upload.owner, upload.id, upload.size, series_id, place, upload.created)
                found.append((_inside(folder, name), origin))
    except (KeyError, TypeError) as error:
        raise ResultMissing from error
    if not found:
        raise NothingToShow
    return found


def picked_of(opened: dict[str, Any], folder: Path) -> Path:
    """The folder of the one stack that a choice made.

    Parameters
    ----------
    opened : dict
        ``opened.json``.
    folder : Path
        Where the stacks' folders are.

    Raises
    ------
    ResultMissing
        There is not exactly one.
    """
    try:
        (name,) = [name for series in opened["series"] for name in series["picked"]]
        return _inside(folder, name)
    except (KeyError, TypeError, ValueError) as error:
        raise ResultMissing from error


def set_aside_of(opened: dict[str, Any]) -> dict[str, Any]:
    """The first lines of what was set aside, and how many there are.

    Parameters
    ----------
    opened : dict
        ``opened.json``.

    Raises
    ------
    ResultMissing
        It is no such document.
    """
    try:
        lines = [{name: str(line[name]) for name in ("name", "code", "reason")} for line in opened["set_aside"]]
    except (KeyError, TypeError) as error:
        raise ResultMissing from error
    return {"set_aside": lines[:SET_ASIDE], "set_aside_count": len(lines)}


def _inside(folder: Path, name: str) -> Path:
    """A stack's folder; a name that leads elsewhere is refused."""
    if not FOLDER.fullmatch(name):
        raise ResultMissing
    return folder / name
