"""Whether what is drawn over pictures belongs over a stack: the coordinate system, and how far it reaches beyond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from webapp.findings import Verdict
from webapp.imaging.lattice import Lattice
from webapp.stackfiles import lattice_of

#: A region this near to the end of the pictures does not reach beyond it, voxels of theirs.
_TOUCHES: Final = 0.02


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of an overlay over one stack.

    Parameters
    ----------
    verdict : Verdict
        Refused: it is not drawn.
    reasons : tuple of str
        Why, in sentences; what was checked, where nothing is wrong.
    """

    verdict: Verdict
    reasons: tuple[str, ...]


def judged(stack: Mapping[str, Any], overlay: Mapping[str, Any]) -> Judged:
    """Whether an overlay is drawn over a stack.

    Parameters
    ----------
    stack, overlay : mapping
        Their ``meta.json``.
    """
    if (refusal := _apart(stack, overlay)) is not None:
        return Judged(Verdict.REFUSED, (refusal,))
    blocks = [one["message"] for one in overlay["findings"] if one["severity"] == "BLOCK"]
    if blocks:
        return Judged(Verdict.REFUSED, (*blocks, "It is not drawn."))
    reached = _reached(stack, overlay)
    inside = [reach for reach in reached if reach is not None]
    if not inside:
        return Judged(Verdict.REFUSED, ("All of it lies outside these pictures, so there is nothing to draw.",))
    warned = [one["message"] for one in overlay["findings"] if one["severity"] == "WARN"]
    if len(inside) < len(reached):
        warned.append(f"{len(reached) - len(inside)} of its {len(reached)} regions lie outside these pictures.")
    if max(inside) > 0:
        warned.append(
            f"It is cut off: it reaches {max(inside):.1f} mm beyond these pictures. What lies there is not drawn; its "
            "volume counts all of it."
        )
    if stack["verdict"] != Verdict.TRUSTED:
        warned.append("The geometry of these pictures is doubtful, and so is what is measured in them: see the audit.")
    if warned:
        return Judged(Verdict.CAUTION, tuple(warned))
    fine = [one["message"] for one in overlay["findings"]]
    return Judged(Verdict.TRUSTED, ("It names the same coordinate system as these pictures.", *fine))


def _apart(stack: Mapping[str, Any], overlay: Mapping[str, Any]) -> str | None:
    """Why the two cannot be laid over each other at all."""
    if stack["kind"] != "volume":
        return "These pictures form no volume, so nothing is laid over them."
    if overlay["system"] is None:
        return "It names no coordinate system (0020,0052), so where it lies in these pictures is unproven."
    if stack.get("system") is None:
        return "These pictures name no coordinate system (0020,0052), so where it lies in them is unproven."
    if stack["system"] != overlay["system"]:
        return "It names another coordinate system (0020,0052) than these pictures."
    return None


def _reached(stack: Mapping[str, Any], overlay: Mapping[str, Any]) -> list[float | None]:
    """How far each region that is not empty reaches beyond a stack, mm; None where it lies beside it."""
    lattice = lattice_of(stack)
    boxes = [region["corners_mm"] for region in overlay["overlay"]["regions"]]
    return [_beyond(lattice, np.array(box)) for box in boxes if box]


def _beyond(lattice: Lattice, corners_mm: NDArray[np.float64]) -> float | None:
    """How far a box reaches beyond the voxels of a lattice, mm; None where it lies beside them."""
    directions = lattice.directions
    ends = np.array([lattice.apply(_ends(lattice, upper)) for upper in np.ndindex(2, 2, 2)]) @ directions.T
    half = np.array(lattice.affine.spacing_mm) / 2
    low, high = ends.min(axis=0) - half, ends.max(axis=0) + half
    box = corners_mm @ directions.T
    if (box.max(axis=0) <= low).any() or (box.min(axis=0) >= high).any():
        return None
    beyond = float(max((low - box.min(axis=0)).max(), (box.max(axis=0) - high).max()))
    return beyond if beyond > _TOUCHES * float(half.min()) else 0.0


def _ends(lattice: Lattice, upper: tuple[int, ...]) -> list[int]:
    """The index of one of the eight outermost voxels."""
    return [last * (count - 1) for last, count in zip(upper, lattice.shape_kji, strict=True)]


def fusable(first: Mapping[str, Any], second: Mapping[str, Any]) -> str | None:
    """Why a second stack cannot be laid over a first one; None where it can.

    Parameters
    ----------
    first, second : mapping
        Their ``meta.json``.
    """
    if second["kind"] != "volume" or first["kind"] != "volume":
        return "is no volume"
    if second["colour"]:
        return "is in colour"
    if first.get("system") is None or second.get("system") is None:
        return "names no coordinate system, so where it lies is unproven: look at both side by side"
    if first["system"] != second["system"]:
        return "lies in another coordinate system: look at both side by side"
    return None
