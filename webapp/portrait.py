"""Whether a surface may be a portrait: skin of a head, by which a person can be known again.

::

    level ─ does it draw skin? ──────────────── in HU: below 150; in any other unit it may
    part  ─ (0018,0015) names head, neck … ──── it is a head
          ─ names a part far from the head ──── none, unless the pictures reach so far that a head fits in as well
          ─ is missing or says something else ─ a head, unless the pictures are too small for a face

A tag is a hint and no proof, and so is what the pictures cover: where they leave a doubt, a head is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from webapp.errors import FaceRefused
from webapp.stackfiles import lattice_of

#: HU from which no skin is drawn any more: muscle ends at about 80, and noise adds some.
SKIN_BELOW_HU: Final = 150.0

#: A face measures about this much in its smallest extent, mm.
FACE_MM: Final = 100.0

#: Pictures longer than this along the body may reach from the part they name to the head, mm.
FAR_MM: Final = 450.0

#: Parts that are or may hold a head (PS3.16 CID 4031, and what scanners write).
_HEAD: Final = re.compile(
    r"HEAD|BRAIN|SKULL|FACE|FACIAL|NECK|ORBIT|EYE|SINUS|JAW|MAXILL|MANDIB|DENT|TEETH|TMJ|^EARS?$|INNEREAR|^IACS?$|TEMPORAL|PITUIT|SELLA|NASO"
    r"|NOSE|PHARYN|LARYN|THYROID|PAROTID|TONGUE|CAROTID|CERV|C-?SPINE|CSPINE|WHOLE|BODY|TRUNK"
)

#: Parts that hold none.
_ELSEWHERE: Final = re.compile(
    r"^(CHEST|THORAX|LUNG|HEART|CARDIAC|BREAST|ABDOMEN|ABDOMENPELVIS|PELVIS|LIVER|KIDNEY|PROSTATE|UTERUS|BLADDER|HIP"
    r"|THIGH|FEMUR|KNEE|CALF|LEG|ANKLE|FOOT|TOE|SHOULDER|HUMERUS|ELBOW|FOREARM|WRIST|HAND|FINGER|LSPINE|L-SPINE|TSPINE"
    r"|T-SPINE|SACRUM|COCCYX|EXTREMITY|ARM|AORTA)$"
)


@dataclass(frozen=True, slots=True)
class Portrait:
    """Whether a surface may be a portrait.

    Parameters
    ----------
    possible : bool
    why : str
        One sentence.
    """

    possible: bool
    why: str


def portrait(body_part: str | None, extent_mm: Sequence[float], unit: str | None, level: float) -> Portrait:
    """Whether a surface may show a face.

    Parameters
    ----------
    body_part : str or None
        Body Part Examined (0018,0015).
    extent_mm : sequence of 3 float
        What the pictures cover along patient x, y, z, mm.
    unit : str or None
        Of the level.
    level : float
    """
    if unit == "HU" and level >= SKIN_BELOW_HU:
        return Portrait(False, f"From {SKIN_BELOW_HU:.0f} HU on no skin is drawn.")
    part = re.sub(r"[\s_]", "", (body_part or "").upper())
    if _HEAD.search(part):
        return Portrait(True, "The part that was examined (0018,0015) may show the head.")
    if _ELSEWHERE.match(part):
        if max(extent_mm) <= FAR_MM:
            return Portrait(False, "The part that was examined (0018,0015) does not show the head.")
        return Portrait(True, f"The pictures cover {max(extent_mm):.0f} mm, so a head may be among them.")
    if min(extent_mm) < FACE_MM:
        return Portrait(False, f"The pictures cover {min(extent_mm):.0f} mm, which is less than a face.")
    return Portrait(True, "Nothing says that the part that was examined (0018,0015) is no head.")


def portrait_of(meta: Mapping[str, Any], level: float) -> Portrait:
    """Whether a surface of a volume may show a face.

    Parameters
    ----------
    meta : dict
        Its ``meta.json``.
    level : float
    """
    lattice = lattice_of(meta)
    ends = np.stack(np.meshgrid(*([0, size - 1] for size in lattice.shape_kji), indexing="ij"), axis=-1)
    return portrait(
        meta.get("body_part"), np.ptp(lattice.apply(ends.reshape(-1, 3)), axis=0), meta["value_unit"], level
    )


def refuse_portrait(meta: Mapping[str, Any], level: float) -> None:
    """Refuse a surface that may show a face; for whoever is not the owner of a host that keeps those back.

    Raises
    ------
    FaceRefused
    """
    if portrait_of(meta, level).possible:
        raise FaceRefused
