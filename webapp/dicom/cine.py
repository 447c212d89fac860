"""When the pictures of a film were taken (PS3.3 C.7.6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from webapp.dicom.model import Instance
from webapp.dicom.values import number, numbers


def frame_times_ms(instances: Sequence[Instance]) -> list[float] | None:
    """Times of the pictures from the first one on, ms, as they are recorded.

    Parameters
    ----------
    instances : sequence of Instance
        In shown order.

    Returns
    -------
    list of float or None
        From Frame Time Vector (0018,1065), Frame Time (0018,1063) or, of single pictures, Trigger Time (0018,1060).
        None where nothing is recorded, or what is does not run forward.
    """
    dataset, frames = instances[0].dataset, instances[0].frames
    if frames == 1:
        triggers = [number(instance.dataset, "TriggerTime") for instance in instances]
        known = [time for time in triggers if time is not None]
        return _forward([time - known[0] for time in known]) if len(known) == len(instances) else None
    steps = numbers(dataset, "FrameTimeVector", frames)
    if steps is None:
        step = number(dataset, "FrameTime")
        steps = None if step is None else [0.0, *[step] * (frames - 1)]
    if steps is None:
        return None
    times = list(accumulate(steps))
    return _forward([times[instance.frame] - times[instances[0].frame] for instance in instances])


def _forward(times: list[float]) -> list[float] | None:
    """The times when each is later than the one before."""
    return times if all(after > before for before, after in pairwise(times)) else None
