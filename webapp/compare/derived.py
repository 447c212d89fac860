"""What is physically true of a stack, so that makers can be compared: measured or computed here, read from no tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from webapp.compare.acquisition import order_words
from webapp.compare.computed import Computed, side_by_side
from webapp.compare.likeness import Tolerance
from webapp.compare.table import ComparedRow
from webapp.dicom.tag_table import TagTable
from webapp.stackwords import measured_spacing

#: Two computed numbers are the same within this: they are rounded to be shown.
_COMPUTED: Final = Tolerance(relative=1e-3, absolute=5e-4)

_QUANTITIES: Final = (
    Computed("spacing", "Spacing between slice centres", "mm"),
    Computed("gap", "Gap between slices; an overlap is negative", "mm"),
    Computed("gap_percent", "Gap in percent of the thickness", "%"),
    Computed("sampled_percent", "Share of the depth that is imaged", "%"),
    Computed("coverage", "Depth covered, from edge to edge", "mm"),
    Computed("tilt", "Tilt of the slices", "°"),
    Computed("pixel", "Pixel size, between rows and between columns", "mm"),
    Computed("anisotropy", "Spacing over pixel size"),
    Computed("slices", "Slices"),
    Computed("missing", "Slices missing between them"),
    Computed("placed_by", "Where the places of slices come from", vr="LO"),
    Computed("order", "Order of acquisition", vr="LO"),
)


def derived_of(table: TagTable, meta: Mapping[str, Any]) -> dict[str, str]:
    """What was computed of one stack, by name; what cannot be said is left out.

    Parameters
    ----------
    table : TagTable
        Its tags, for the order of acquisition.
    meta : mapping
        Its ``meta.json``.
    """
    spacing = measured_spacing(meta)
    axis = meta["slice_axis"]
    if meta["kind"] != "volume" or spacing is None or axis is None:
        return {}
    step = spacing[axis]
    count = int(meta["shape_kji"][axis])
    between_rows, between_columns = _pixel_mm(meta)
    told = {
        "tilt": f"{abs(meta['tilt_deg'] or 0.0):.1f}",
        "pixel": f"{between_rows:.5g}\\{between_columns:.5g}",
        "slices": str(count),
        "placed_by": str(meta.get("placed_by", "measured")),
        "order": order_words(table, meta),
    }
    if count > 1:
        anisotropy = step / min(between_rows, between_columns)
        told |= {"spacing": f"{step:.4g}", "anisotropy": f"{anisotropy:.3g}", "missing": str(_missing(meta))}
        told |= _sampling(meta, step)
    return told


def derived_rows(stacks: Sequence[tuple[TagTable, Mapping[str, Any]]], reference: int = 0) -> tuple[ComparedRow, ...]:
    """The computed rows of several stacks side by side.

    Parameters
    ----------
    stacks : sequence of (TagTable, mapping)
        Tags and ``meta.json`` of each column.
    reference : int
    """
    return side_by_side(_QUANTITIES, [derived_of(table, meta) for table, meta in stacks], reference, _COMPUTED)


def _pixel_mm(meta: Mapping[str, Any]) -> tuple[float, float]:
    """Distances between rows and between columns, in the plane of the slices, which may be tilted."""
    steps = np.linalg.norm(np.array(meta["affine_kji_to_lps"])[:3, :3], axis=0)
    axes = meta["acquired"]["axes"]
    return float(steps[axes.index(1)]), float(steps[axes.index(2)])


def _sampling(meta: Mapping[str, Any], step: float) -> dict[str, str]:
    """Gap, sampled share and coverage, where a thickness can be believed."""
    covered = next((one["numbers"]["covered_mm"] for one in meta["findings"] if one["id"] == "G47"), None)
    told = {} if covered is None else {"coverage": f"{covered:.1f}"}
    thickness = meta["thickness_mm"]
    if not thickness:
        return told
    gap = step - thickness
    share = 100 * min(1.0, thickness / step)
    return told | {
        "gap": _signed(f"{gap:.2f}"),
        "gap_percent": _signed(f"{100 * gap / thickness:.0f}"),
        "sampled_percent": f"{share:.0f}",
    }


def _signed(number: str) -> str:
    """A number without the sign of a nought."""
    return number.lstrip("-") if not number.strip("-0.") else number


def _missing(meta: Mapping[str, Any]) -> int:
    """How many slices are missing, by the audit."""
    return sum(int(one["numbers"].get("missing", 0)) for one in meta["findings"] if one["id"] in ("G29", "G30"))
