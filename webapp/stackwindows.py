"""The windows a stack is offered with, the default first: the file's own, presets by numbers, an automatic one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webapp.dicom.model import Instance
from webapp.dicom.windows import FileWindow, windows_of_stack
from webapp.imaging.window import CT_PRESETS, NamedWindow, VoiFunction, WindowLevel


def offered_windows(instances: Sequence[Instance], unit: str | None, automatic: NamedWindow) -> list[dict[str, Any]]:
    """The windows on offer as ``meta.json`` has them, each once.

    The file's own are first where all pictures agree on them. Where they change from picture to picture, those of the
    middle one stand last, under a name that says so: what suits one picture is no default for all.

    Parameters
    ----------
    instances : sequence of at least 1 Instance
        Of the first volume.
    unit : str or None
        Of the values; presets are offered for HU.
    automatic : NamedWindow
        Made from the values.
    """
    told, agree = windows_of_stack(instances)
    own = [_named(window, "" if agree else " (middle slice)") for window in told]
    made = [*(CT_PRESETS if unit == "HU" else ()), automatic]
    offered: dict[tuple[object, ...], NamedWindow] = {}
    for one in [*own, *made] if agree else [*made, *own]:
        offered.setdefault(_looks(one.window), one)
    return [one.as_json() for one in offered.values()]


def _looks(window: WindowLevel) -> tuple[object, ...]:
    """What tells windows apart on a menu: the two straight functions with the same numbers look alike."""
    straight = window.function in (VoiFunction.LINEAR, VoiFunction.LINEAR_EXACT)
    return window.center, window.width, None if straight else window.function, window.curve


def first_shown(offered: Sequence[dict[str, Any]], value_range: Sequence[float]) -> dict[str, Any]:
    """The window a stack is first seen in: the first that shows any of its values, as the page chooses it.

    Parameters
    ----------
    offered : sequence of dict
        At least one window, as `offered_windows` gives them.
    value_range : sequence of 2 float
        Lowest and highest value.
    """
    low, high = value_range

    def shows(window: dict[str, Any]) -> bool:
        half = window["width"] / 2
        return bool(window["center"] - half < high and window["center"] + half > low)

    return next(filter(shows, offered), offered[0])


def _named(window: FileWindow, behind: str) -> NamedWindow:
    """A file's window in our own words."""
    level = WindowLevel(window.center, window.width, VoiFunction(window.function), window.curve)
    return NamedWindow(window.name + behind, level, window.note)
