"""A multi-frame file to one Instance a frame, each with its own place, scale and tags."""

from __future__ import annotations

from dataclasses import replace

from pydicom.dataset import Dataset

from webapp.dicom.dose import is_dose, planes_of
from webapp.dicom.functional_groups import flattened, has_groups
from webapp.dicom.model import Instance
from webapp.dicom.nuclear import is_reconstruction, slices_of
from webapp.dicom.typed import placement_of, recorded_of, scale_of
from webapp.dicom.values import text, texts
from webapp.findings import Finding, Severity

#: Modalities whose frames lie in the patient: there, a frame without a position is a fault and not a film.
_IN_SPACE = frozenset(("CT", "MR", "PT", "NM"))

_POSITION_EVIDENCE = ("0020,9113", "5200,9230")


def frames_of_file(whole_file: Instance) -> list[Instance]:
    """The frames of a file as instances of their own.

    Parameters
    ----------
    whole_file : Instance
        The file's header, typed as if it were one picture.

    Returns
    -------
    list of Instance
        In the order of the file, which means nothing. A classic picture is its own only frame. Frames without a
        place of their own have none: one position at the root of a film is not the position of each of its frames.
    """
    if has_groups(whole_file.dataset):
        return _with_groups(whole_file)
    if whole_file.frames == 1:
        return [whole_file]
    if is_dose(whole_file):
        return planes_of(whole_file)
    if is_reconstruction(whole_file):
        return slices_of(whole_file)
    return [replace(whole_file, frame=frame, placement=None) for frame in range(whole_file.frames)]


def _with_groups(whole_file: Instance) -> list[Instance]:
    """Frames described by functional groups (PS3.3 C.7.6.16)."""
    flat = flattened(whole_file.dataset, whole_file.frames)
    frames = [_frame(whole_file, frame, dataset) for frame, dataset in enumerate(flat)]
    lost = sum(frame.placement is None for frame in frames)
    if not lost or (lost == len(frames) and whole_file.modality not in _IN_SPACE):
        return frames
    return [replace(frame, findings=(*frame.findings, _without_position(frame, lost))) for frame in frames]


def _frame(whole_file: Instance, frame: int, dataset: Dataset) -> Instance:
    """One frame typed from its flat data set."""
    own = texts(dataset, "FrameType") or texts(dataset, "ImageType")
    component = text(dataset, "ComplexImageComponent").upper()
    return replace(
        whole_file,
        frame=frame,
        dataset=dataset,
        whole_dataset=whole_file.dataset,
        image_type=tuple(word.strip().upper() for word in own) + ((component,) if component else ()),
        placement=placement_of(dataset),
        recorded=recorded_of(dataset),
        scale=scale_of(dataset),
        stack_id=text(dataset, "StackID"),
    )


def _without_position(frame: Instance, lost: int) -> Finding:
    """G54 for a frame that has no place, and for one that has while others have not."""
    words = f"{lost} of {frame.frames} frames carry no position in the patient"
    numbers = {"without_position": lost, "frames": frame.frames}
    if frame.placement is None:
        message = f"{words}. They are shown as single pictures."
        return Finding("G54", Severity.BLOCK, message, numbers, _POSITION_EVIDENCE)
    return Finding("G54", Severity.WARN, f"{words} and are left out of this stack.", numbers, _POSITION_EVIDENCE)
