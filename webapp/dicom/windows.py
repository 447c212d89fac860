"""The windows a file brings along and the way its brightness runs (PS3.3 C.11.2.1, C.11.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from webapp.dicom.model import Instance
from webapp.dicom.values import numbers, text, texts
from webapp.dicom.voi import voi_tables
from webapp.findings import Finding, Severity

#: Numbers beyond this are no window of any modality.
_WIDEST: Final = 1e20

#: The most windows of one picture that are offered.
_MOST_WINDOWS: Final = 32

#: VOI LUT Function (0028,1056) (PS3.3 C.11.2.1.2, C.11.2.1.3); absent means the first.
FUNCTIONS: Final = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
TABLE: Final = "LUT"


@dataclass(frozen=True, slots=True)
class FileWindow:
    """A window as a file brings it.

    Parameters
    ----------
    name : str
    center, width : float
        Modality units; of a table from the value of its first entry to that of its last.
    function : str
        One of `FUNCTIONS`, or `TABLE`.
    curve : tuple of float or None
        The greys of a table, 0 to 1, evenly spread over the window.
    note : str
        What was not taken as it stands, as a sentence; empty when all was.
    """

    name: str
    center: float
    width: float
    function: str = "LINEAR"
    curve: tuple[float, ...] | None = None
    note: str = ""


def windows_of(instance: Instance) -> list[FileWindow]:
    """The usable windows of one picture, then its tables, each with its name.

    Parameters
    ----------
    instance : Instance
    """
    tables = [
        FileWindow(
            table.name or "Table from the file",
            (table.first + table.last) / 2,
            table.last - table.first,
            TABLE,
            table.curve,
        )
        for table in voi_tables(instance)
    ]
    return _linear_windows(instance) + tables


def _linear_windows(instance: Instance) -> list[FileWindow]:
    """The pairs of Window Center and Width, and the function that all of one picture share."""
    centers = numbers(instance.dataset, "WindowCenter") or []
    widths = numbers(instance.dataset, "WindowWidth") or []
    pairs = list(zip(centers, widths, strict=False))[:_MOST_WINDOWS]
    names = texts(instance.dataset, "WindowCenterWidthExplanation")[: len(pairs)]
    function = text(instance.dataset, "VOILUTFunction").strip().upper() or FUNCTIONS[0]
    return [
        _window((name or "").strip() or "From the file", center, width, function)
        for (center, width), name in zip_longest(pairs, names)
        if abs(center) <= _WIDEST and 0 < width <= _WIDEST
    ]


def _window(name: str, center: float, width: float, told: str) -> FileWindow:
    """A window whose function is one that it can have."""
    function, note = told, ""
    if told not in FUNCTIONS:
        function, note = "LINEAR", "Its VOI LUT Function (0028,1056) is none of the standard's: drawn as LINEAR."
    if function == "LINEAR" and width < 1:
        function = "LINEAR_EXACT"
        note = f"Its width of {width:g} is below 1, which LINEAR does not allow: drawn as LINEAR_EXACT."
    return FileWindow(name, center, width, function, note=note)


def is_inverted(instance: Instance) -> bool:
    """Whether the lowest value is white: MONOCHROME1, or a Presentation LUT Shape (2050,0020) of INVERSE.

    The one goes with the other where both are there (PS3.3 C.8.11.3.1.2), so two of them are not undone.

    Parameters
    ----------
    instance : Instance
    """
    return bool(_inverted_by(instance))


def _inverted_by(instance: Instance) -> tuple[str, ...]:
    """The tags that say that the lowest value is white."""
    shape = text(instance.dataset, "PresentationLUTShape").strip().upper()
    said = {"0028,0004": instance.format.photometric == "MONOCHROME1", "2050,0020": shape == "INVERSE"}
    return tuple(tag for tag, holds in said.items() if holds)


def inversion_findings(instance: Instance) -> list[Finding]:
    """G67: black and white exchanged.

    Parameters
    ----------
    instance : Instance
    """
    tags = _inverted_by(instance)
    message = "Brightness is inverted for display, the values are not."
    return [Finding("G67", Severity.NOTE, message, {}, tags)] if tags else []


def windows_of_stack(instances: Sequence[Instance]) -> tuple[list[FileWindow], bool]:
    """The windows of the middle picture, and whether all pictures bring the same.

    Where they do not, one window holds for the whole stack nevertheless: one that changed from slice to slice would
    make the picture flicker and hide differences between slices.

    Parameters
    ----------
    instances : sequence of at least 1 Instance
    """
    own = windows_of(instances[len(instances) // 2])
    return own, all(windows_of(instance) == own for instance in instances)
