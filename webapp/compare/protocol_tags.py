"""Which elements make a protocol, by modality, and how far each may be from its reference."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

#: A share and a length in the element's own unit.
_Tolerance = tuple[float, float]

#: Elements whose tokens stand in no order.
SETS: Final = frozenset(("0018,0020", "0018,0021", "0018,0022"))

_EXACT: Final = (0.0, 0.0)

#: Of every modality: the kind of picture and its size.
_EVERY: Final = {
    "0028,0010": _EXACT,
    "0028,0011": _EXACT,
    "0018,0050": (0.01, 0.0),
    "0028,0030": (0.01, 0.0),
    "0018,5100": _EXACT,
}

#: Scanners round times, and fields and frequencies differ a little from one to the next; the widths are this project's
#: own choice and stand in the saved file to be edited.
_MR: Final = {
    "0018,0020": _EXACT,
    "0018,0021": _EXACT,
    "0018,0022": _EXACT,
    "0018,0023": _EXACT,
    "0018,0024": _EXACT,
    "0018,0080": (0.02, 0.0),
    "0018,0081": (0.02, 0.0),
    "0018,9082": (0.02, 0.0),
    "0018,0082": (0.02, 0.0),
    "0018,0083": _EXACT,
    "0018,0087": (0.05, 0.0),
    "0018,0089": _EXACT,
    "0018,0091": _EXACT,
    "0018,0093": (0.01, 0.0),
    "0018,0094": (0.01, 0.0),
    "0018,0095": (0.02, 0.0),
    "0018,1250": _EXACT,
    "0018,1310": _EXACT,
    "0018,1312": _EXACT,
    "0018,1314": (0.0, 1.0),
    "0018,9087": _EXACT,
}
_CT: Final = {
    "0018,0060": _EXACT,
    "0018,0022": _EXACT,
    "0018,0090": (0.02, 0.0),
    "0018,1100": (0.02, 0.0),
    "0018,1120": (0.0, 0.5),
    "0018,1150": (0.02, 0.0),
    "0018,1151": (0.1, 0.0),
    "0018,1152": (0.1, 0.0),
    "0018,1160": _EXACT,
    "0018,1190": _EXACT,
    "0018,1210": _EXACT,
    "0018,9305": (0.02, 0.0),
    "0018,9306": (0.01, 0.0),
    "0018,9307": (0.01, 0.0),
    "0018,9311": (0.01, 0.0),
}
_PT: Final = {
    "0018,1181": _EXACT,
    "0018,1210": _EXACT,
    "0018,1242": (0.05, 0.0),
    "0028,0051": _EXACT,
    "0054,1001": _EXACT,
    "0054,1101": _EXACT,
    "0054,1102": _EXACT,
    "0054,1103": _EXACT,
    "0054,1105": _EXACT,
}
_BY_MODALITY: Final = MappingProxyType({"MR": _MR, "CT": _CT, "PT": _PT})

#: Computed quantities: words, unit, and how far they may be off.
COMPUTED: Final = MappingProxyType(
    {
        "spacing": ("Spacing between slice centres, measured", "mm", 0.05),
        "gap_percent": ("Gap in percent of the thickness", "%", 2.0),
        "tilt": ("Tilt of the slices, measured", "°", 0.5),
    }
)


def checked_tags(modality: str) -> tuple[tuple[str, _Tolerance], ...]:
    """The elements of a protocol with their tolerances.

    Parameters
    ----------
    modality : str
    """
    return tuple({**_BY_MODALITY.get(modality, {}), **_EVERY}.items())
