"""The slices of a nuclear medicine reconstruction: one start, one signed step, and vectors that number the frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from webapp.dicom.model import Instance, Placement
from webapp.dicom.typed import placed_at
from webapp.dicom.values import items, number, numbers, whole
from webapp.findings import Finding, Severity

#: Image Type value 3 of objects whose frames are slices (PS3.3 C.8.4.9.1.1).
_RECONSTRUCTIONS = frozenset(("RECON TOMO", "RECON GATED TOMO"))

#: The vectors that number frames along other dimensions than space, in words (PS3.3 C.8.4.8).
_DIMENSIONS = {
    "energy window": "EnergyWindowVector",
    "detector": "DetectorVector",
    "phase": "PhaseVector",
    "R-R interval": "RRIntervalVector",
    "time slot": "TimeSlotVector",
    "time slice": "TimeSliceVector",
}


def is_reconstruction(instance: Instance) -> bool:
    """Whether the frames are reconstructed slices, and not projections or a film.

    Parameters
    ----------
    instance : Instance
    """
    return instance.modality in ("NM", "PT") and not _RECONSTRUCTIONS.isdisjoint(instance.image_type)


def slices_of(whole_file: Instance) -> list[Instance]:
    """A reconstruction's frames, each at the place that start and step give.

    Parameters
    ----------
    whole_file : Instance

    Returns
    -------
    list of Instance
        Places run along the normal by the signed Spacing Between Slices (0018,0088) (PS3.3 C.8.4.15.1.1), and every
        frame says that this is assumed. Without start, step or numbers the frames have no place.
    """
    frames = whole_file.frames
    numbered = _vector(whole_file, "SliceVector")
    ordinals = {name: _vector(whole_file, keyword) for name, keyword in _DIMENSIONS.items()}
    varying = {name: found for name, found in ordinals.items() if found and len(set(found)) > 1}
    if numbered is None and not varying:
        numbered = list(range(1, frames + 1))
    step = number(whole_file.dataset, "SpacingBetweenSlices")
    first = _start(whole_file)
    if first is None or not step or numbered is None:
        return [replace(whole_file, frame=frame, placement=None) for frame in range(frames)]
    along = np.cross(first.row, first.column) * step
    return [
        replace(
            whole_file,
            frame=frame,
            placement=replace(first, position_mm=first.position_mm + along * (numbered[frame] - 1)),
            placed_by="assumed from the tag (0018,0088)",
            ordinals=tuple((name, found[frame]) for name, found in varying.items()),
            findings=(*whole_file.findings, _assumed(step)),
        )
        for frame in range(frames)
    ]


def _start(whole_file: Instance) -> Placement | None:
    """The place of the first slice, which only a single detector's description can be."""
    detectors = items(whole_file.dataset, "DetectorInformationSequence")
    if len(detectors) != 1:
        return None
    start = numbers(detectors[0], "ImagePositionPatient", 3)
    return None if start is None else placed_at(start, detectors[0], whole_file.dataset)


def _vector(whole_file: Instance, keyword: str) -> list[int] | None:
    """A number for each frame, or None."""
    found = numbers(whole_file.dataset, keyword, whole_file.frames)
    return None if found is None or whole(whole_file.dataset, keyword) is None else [int(value) for value in found]


def _assumed(step_mm: float) -> Finding:
    """G57: nobody recorded where each slice lies."""
    message = f"Slice places are computed from one start and a step of {step_mm:.2f} mm, not recorded slice by slice."
    return Finding("G57", Severity.WARN, message, {"step_mm": step_mm}, ("0054,0022", "0018,0088"))
