"""The windows a file brings along (PS3.3 C.11.2.1.2)."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.dicom.model import Instance
from webapp.dicom.values import numbers, texts

#: Numbers beyond this are no window of any modality.
_WIDEST = 1e20

#: Name, centre and width in modality units.
FileWindow = tuple[str, float, float]


def windows_of(instance: Instance) -> list[FileWindow]:
    """The usable windows of one instance with their names.

    Parameters
    ----------
    instance : Instance
    """
    centers = numbers(instance.dataset, "WindowCenter") or []
    widths = numbers(instance.dataset, "WindowWidth") or []
    names = texts(instance.dataset, "WindowCenterWidthExplanation")
    return [
        (names[place] if place < len(names) and names[place].strip() else "From the file", center, width)
        for place, (center, width) in enumerate(zip(centers, widths, strict=False))
        if abs(center) <= _WIDEST and 0 < width <= _WIDEST
    ]


def common_windows(instances: Sequence[Instance]) -> list[FileWindow]:
    """The windows of the middle instance, when all instances bring the same; nothing otherwise.

    A window that changes from slice to slice would make the picture flicker and hide differences between slices.
    """
    middle = windows_of(instances[len(instances) // 2])
    return middle if all(windows_of(instance) == middle for instance in (instances[0], instances[-1])) else []
