"""What the numbers of the open stack are: their unit, what else they mean, and what was not taken as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from dash import html
from dash.development.base_component import Component

#: What a window of a stack that was opened before windows had a function is.
_PLAIN = MappingProxyType({"function": "LINEAR_EXACT", "curve": None, "note": ""})


def windows(meta: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The windows to offer, as they were worked out when the stack was opened; none for colours.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    """
    return [{**_PLAIN, **window} for window in meta["windows"]]


def scales(meta: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The further scales of the values; those of single slices are kept in the order of the views.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.

    Returns
    -------
    list of dict
        ``name, unit, detail``, and ``slope, intercept`` or ``slopes, intercepts``: value × slope + intercept.
    """
    return [dict(scale) for scale in meta.get("scales", ())]


def section(scene: Mapping[str, Any]) -> list[Component]:
    """The values of a stack in sentences; empty for the library.

    Parameters
    ----------
    scene : mapping
        As `views.scene.scene` builds it.
    """
    if "scales" not in scene:
        return []
    scales = [part for scale in scene["scales"] for part in _scale(scale)]
    told = [html.P(sentence) for sentence in sentences(scene)]
    return [html.Section([html.H3("Values"), *told, *([html.Dl(scales)] if scales else [])], className="values")]


def sentences(scene: Mapping[str, Any]) -> Iterator[str]:
    """What there is to say of a stack's values.

    Parameters
    ----------
    scene : mapping
    """
    if scene["colour"]:
        yield "Colours: red, green and blue from 0 to 255. They have no window and no level."
        return
    yield _unit(scene["unit"])
    if scene["inverted"]:
        yield "Small values are drawn white; the numbers are as recorded."
    if scene["no_data"] is not None:
        yield "Padding is drawn as nothing and reads \u201cpadding\u201d, never a number."
    for window in scene["windows"]:
        if window["note"]:
            yield f"Window \u201c{window['name']}\u201d: {window['note']}"


def _unit(unit: str | None) -> str:
    """What the values are measured in."""
    if unit is None:
        return "Stored values: the files tell no unit for them."
    return f"Measured in {unit}."


def _scale(scale: Mapping[str, Any]) -> list[Component]:
    """One further scale and where it comes from."""
    name = " ".join(filter(None, [scale["name"], scale["unit"]]))
    return [html.Dt(name), html.Dd(scale["detail"])]
