"""A stack in words and as a strip: what the page, the library and the report say of it alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from webapp.imaging.lattice import Lattice
from webapp.imaging.plane import letters
from webapp.imaging.strip import BarKind, Strip, strip_of
from webapp.stackfiles import lattice_of

#: Tilts below this are not drawn, degrees.
_DRAWN_TILT_DEG: Final = 0.05

#: What a pixel's size must be worth to be told without a further word.
TRUE_SIZES: Final = ("patient", "region")

_THIN: Final = "\u2009"
_SIGNED: Final = {"R": "−x", "L": "+x", "A": "−y", "P": "+y", "I": "−z", "S": "+z"}


def count_words(kind: str, shape_kji: Sequence[int], slice_axis: int | None) -> str:
    """How many slices or pictures a stack has, as ``275 slices``.

    Parameters
    ----------
    kind : str
        ``volume``, ``pictures`` or ``cine``.
    shape_kji : sequence of 3 int
    slice_axis : int or None
        None for pictures, which lie along the first axis.
    """
    count = shape_kji[slice_axis or 0]
    name = "slice" if kind == "volume" else "picture"
    return f"{count} {name if count == 1 else name + 's'}"


def name_words(description: str, label: str) -> str:
    """What a stack is called: its series' description, and what it is inside the series where that has a word.

    Parameters
    ----------
    description : str
    label : str
        A word for the stack, or its number inside its series.
    """
    return ": ".join(part for part in (description or "no description", "" if label.isdigit() else label) if part)


def size_words(shape_kji: Sequence[int], slice_axis: int | None) -> str:
    """Columns × rows of an acquired slice, as ``512 × 512``.

    Parameters
    ----------
    shape_kji : sequence of 3 int
    slice_axis : int or None
        None for pictures, which lie along the first axis.
    """
    rows, columns = (count for axis, count in enumerate(shape_kji) if axis != (slice_axis or 0))
    return f"{columns} × {rows}"


def spacing_words(spacing_mm_kji: Sequence[float | None] | None, slice_axis: int | None) -> str:
    """Distances between columns, rows and slices as acquired, as ``0.78 × 0.78 × 1.00 mm``; of pictures no third.

    Parameters
    ----------
    spacing_mm_kji : sequence of 3 float or None
        None where there are no millimetres; the first part None between pictures.
    slice_axis : int or None
    """
    if spacing_mm_kji is None:
        return "no millimetres"
    across = slice_axis or 0
    rows, columns = (step for axis, step in enumerate(spacing_mm_kji) if axis != across)
    steps = (columns, rows, spacing_mm_kji[across])
    return " × ".join(f"{step:.2f}" for step in steps if step is not None) + f"{_THIN}mm"


def measured_spacing(meta: Mapping[str, Any]) -> list[float | None] | None:
    """Distances along k, j, i, mm: between slices the usual step, which a hole does not stretch.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.

    Returns
    -------
    list of float or None
        Of pictures with one true pixel size, the first is None; None where there are no millimetres for all.
    """
    if meta["kind"] != "volume":
        return _common_pixel(meta.get("places") or ())
    spacing: list[float | None] = [float(step) for step in meta["spacing_mm_kji"]]
    spacing[meta["slice_axis"]] = float(meta.get("step_mm") or spacing[meta["slice_axis"]])
    return spacing


def _common_pixel(places: Sequence[Mapping[str, Any]]) -> list[float | None] | None:
    """The pixel size that all pictures share and that is true in the patient."""
    sizes = {tuple(place["spacing_mm"]) if place["size"] in TRUE_SIZES else None for place in places}
    rows_columns = sizes.pop() if len(sizes) == 1 else None
    return None if rows_columns is None else [None, *rows_columns]


def side_words(direction: Sequence[float], letters_of: str) -> str:
    """What a direction is called: by the patient's sides, or by axes where those do not hold.

    Parameters
    ----------
    direction : sequence of 3 float
        Patient LPS.
    letters_of : str
        ``human`` or ``axes``.
    """
    named = letters(direction)
    return _SIGNED[named[0]] if letters_of == "axes" else named


def apart_words(lattice: Lattice, places_mm: NDArray[np.float64], axis: int) -> str:
    """How far apart the slices of a view lie, as ``3.00 mm apart, 1 slice missing``; empty for a single one.

    Parameters
    ----------
    lattice : Lattice
    places_mm : (N,) ndarray
        Of the view's slices along its scroll direction, mm.
    axis : int
        Of k, j, i, that is scrolled.
    """
    gaps = np.diff(places_mm)
    if not len(gaps):
        return ""
    if axis == lattice.slice_axis and lattice.hole_step_mm and lattice.holes.any():
        missing = int((np.rint(gaps / lattice.hole_step_mm) - 1)[lattice.holes].sum())
        slices = "slice" if missing == 1 else "slices"
        return f"{lattice.hole_step_mm:.2f}{_THIN}mm apart, {missing} {slices} missing"
    low, high = float(gaps.min()), float(gaps.max())
    if f"{low:.2f}" == f"{high:.2f}":
        return f"{float(gaps.mean()):.2f}{_THIN}mm apart"
    return f"{low:.2f} to {high:.2f}{_THIN}mm apart"


def is_turned(meta: Mapping[str, Any]) -> bool:
    """Whether pictures are kept from the other end than the views count their slices.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``, or its geometry alone.
    """
    axis = meta["slice_axis"]
    return axis is not None and bool(meta["acquired"]["flips"][axis])


def shown_place(meta: Mapping[str, Any], place: int) -> int:
    """The slice of the views that a kept picture is, or the kept picture that a slice of the views is.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    place : int
        From 0.
    """
    axis = meta["slice_axis"]
    return int(meta["shape_kji"][axis]) - 1 - place if is_turned(meta) else place


def strip_of_stack(meta: Mapping[str, Any]) -> Strip | None:
    """The slices of a volume along their normal, in the order of the views; None for pictures and single slices.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    """
    if meta["kind"] != "volume" or meta["shape_kji"][meta["slice_axis"]] < 2:
        return None
    lattice = lattice_of(meta)
    return strip_of(lattice.depths_mm.tolist(), meta["thickness_mm"], np.flatnonzero(lattice.holes).tolist())


def lean_deg(meta: Mapping[str, Any]) -> float:
    """The tilt as it is drawn, degrees; 0 where slices stand upright or wander."""
    tilt = meta["tilt_deg"] if meta["shear"] == "SHEAR" else None
    return float(tilt) if tilt is not None and abs(tilt) >= _DRAWN_TILT_DEG else 0.0


def ends(meta: Mapping[str, Any]) -> tuple[str, str]:
    """The sides at which the strip begins and ends."""
    direction = lattice_of(meta).directions[meta["slice_axis"]]
    told = meta.get("letters", "human")
    return side_words((-direction).tolist(), told), side_words(direction.tolist(), told)


def strip_words(meta: Mapping[str, Any], strip: Strip) -> str:
    """The strip in one sentence, for those who hear it.

    Parameters
    ----------
    meta : mapping
        A stack's ``meta.json``.
    strip : Strip
        Of this stack.
    """
    first, last = ends(meta)
    count = count_words("volume", meta["shape_kji"], meta["slice_axis"])
    holes = sum(bar.kind is BarKind.HOLE for bar in strip.bars)
    overlaps = _overlapping(meta)
    thickness = meta["thickness_mm"]
    parts = [
        f"{count} over {strip.length_mm:.1f}{_THIN}mm from {first} to {last}",
        f"each {thickness:.2f}{_THIN}mm thick" if thickness else "drawn as lines, as the thickness is not known",
        f"{holes} hole{'' if holes == 1 else 's'} where slices are missing" if holes else "no holes",
        f"{overlaps} overlaps" if overlaps else "",
        f"leaning by {abs(lean_deg(meta)):.1f}° (gantry tilt)" if lean_deg(meta) else "",
        "slices shifted against each other" if meta["shear"] == "WANDER" else "",
    ]
    return ", ".join(part for part in parts if part) + "."


def _overlapping(meta: Mapping[str, Any]) -> int:
    """How many slices reach into the next one, whether or not they are drawn one by one."""
    if not meta["thickness_mm"]:
        return 0
    gaps = np.diff(lattice_of(meta).depths_mm)
    return int((meta["thickness_mm"] - gaps > 0.02 * meta["thickness_mm"]).sum())
