"""The fields of a link that only the page reads, each with the one form in which it is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: Colour maps; what colours they are is in assets/colour_maps.js.
MAPS: Final = ("grey", "hot-iron", "hot-metal-blue", "pet", "pet-20-step", "cividis")
PANELS: Final = ("audit", "tags", "surface", "measure", "overlays", "none")

_MM = r"-?\d{1,5}(?:\.\d{1,3})?"
_ANGLE = r"-?\d{1,3}(?:\.\d{1,3})?"
_VALUE = r"-?\d{1,12}(?:\.\d{1,16})?(?:e[-+]?\d{1,2})?"
_WIDTH = r"(?=[\d.]*[1-9])\d{1,12}(?:\.\d{1,16})?(?:e[-+]?\d{1,2})?"
_PART = r"(?:0?\.\d{1,2}|1)"
_COUNT = r"\d{1,5}"
_KEY = r"[0-9a-f]{32}"
_MAP = "|".join(MAPS)
_REGION = rf"{_KEY}\.\d{{1,3}}\.\d{{1,5}}"
_SIZE = r"\d{1,5}(?:\.\d{1,3})?"
_LEVEL = r"-?\d{1,12}(?:\.\d{1,9})?(?:e[-+]?\d{1,2})?"
_SURFACE = rf"{_LEVEL}:[0-9a-f]{{6}}:(?:0?\.\d{{1,3}}|0|1)(?::l?c?h?(?:i{_SIZE})?(?:s{_SIZE})?)?"


def _list(one: str, count: int) -> str:
    """So many of one kind, separated by commas."""
    return ",".join([one] * count)


_FORMS: Final = {
    "at": _list(_MM, 3),
    "picture": _COUNT,
    "t": _COUNT,
    "wl": f"{_VALUE},{_WIDTH}",
    "voi": r"linear|exact|sigmoid|table\d{1,2}",
    "scale": r"own|\d{1,2}",
    "map": _MAP,
    "inv": "1",
    "panel": "|".join(PANELS),
    "alone": "axial|coronal|sagittal|solid",
    "split": _list(r"0?\.\d{1,4}", 2),
    "lines": "0",
    "of": f"none|{_KEY}",
    "zoom": rf"\d{{1,3}}(?:\.\d{{1,4}})?(?:,{_list(_MM, 3)})?",
    "slab": r"\d{1,4}(?:\.\d{1,2})?,(?:mean|mip|minip)",
    "axes": "patient",
    "turn": _list(_ANGLE, 3),
    "level": _LEVEL,
    "surf": rf"{_SURFACE}(?:,{_SURFACE}){{0,2}}",
    "clip": r"[012],-?1",
    "cam": _list(r"-?\d{1,4}(?:\.\d{1,3})?", 9),
    "beside": _KEY,
    "bwl": f"{_VALUE},{_WIDTH}",
    "bmap": _MAP,
    "drawn": rf"(?:both|filled|outlined):{_PART}",
    "hide": rf"{_REGION}(?:,{_REGION}){{0,23}}",
    "over": _KEY,
    "owl": f"{_VALUE},{_WIDTH}",
    "omap": rf"(?:{_MAP}):{_PART}",
}

FIELDS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {name: re.compile(form, re.ASCII) for name, form in _FORMS.items()}
)
"""The form of each field, in the order of an address. None holds a word that is not of a list here.

``at`` the cursor, patient LPS, mm · ``picture`` and ``t`` indices from 0 · ``wl`` center and width, modality units ·
``voi`` what the window does between them, ``tableN`` for the stack's Nth window · ``scale`` which of the known scales
numbers are written in · ``map`` the colour map · ``inv`` black and white exchanged against what the file asks ·
``panel`` the open tab · ``alone`` the one view on show · ``split`` where the panes are divided, shares of width and
height · ``lines=0`` no crosshair · ``of`` the series whose slices are drawn as lines · ``zoom`` scale and centre,
patient LPS, mm · ``slab`` thickness, mm, and what is made of it · ``axes=patient`` planes along the patient · ``turn``
rotation vector of the planes, patient LPS, degrees · ``level`` the one surface of an older link · ``surf`` the surfaces
as ``LEVEL:RRGGBB:OPACITY``; behind another colon ``l`` the largest part, ``c`` closed, ``h`` hidden, ``iML`` no parts
below, ``sMM`` smoothed · ``clip`` what is cut away at the cursor: axis of k, j, i and the side that stays · ``cam``
eye, up and centre of the 3D view, in lengths of which the three of the seen box have the product 1 · ``beside`` the
series on the other side, ``bwl`` and ``bmap`` its window and colour map.
"""

#: What speaks of another series than the open one.
OF_OTHERS: Final = frozenset({"of", "beside", "bwl", "bmap", "hide", "over", "owl", "omap"})


def kept(fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The fields that have their form, in the order of `FIELDS`; what is malformed is left out.

    Parameters
    ----------
    fields : mapping
        Name and text of each field of an address.
    """
    told = [(name, fields.get(name, ""), form) for name, form in FIELDS.items()]
    return tuple((name, text) for name, text, form in told if form.fullmatch(text))
