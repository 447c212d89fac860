"""In which order slices were acquired and numbered: interleaving, and G22 to G26.

Instance and Acquisition Numbers have no meaning in space (PS3.3 C.7.6.1); they are told about, never used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from webapp.dicom.audited import Audited
from webapp.dicom.grid import GridKind
from webapp.dicom.model import Instance
from webapp.dicom.values import text, whole
from webapp.dicom.vendors import PHILIPS, private_numbers
from webapp.findings import Finding, Severity

_NUMBER_TAG: Final = ("0020,0013",)

#: Fewer slices than these have no order to speak of.
_FEW_SLICES: Final = 6

#: Private counts of slices: group, creator, element (GE, Philips).
_PRIVATE_COUNTS: Final = ((0x0021, "GEMS_RELA_01", 0x4F), (0x2001, PHILIPS, 0x18))


def is_interleaved(instances: Sequence[Instance]) -> bool:
    """Whether every second slice was acquired before all the others, by Acquisition Time (0008,0032).

    Parameters
    ----------
    instances : sequence of Instance
        In spatial order, either way round.
    """
    if len(instances) < _FEW_SLICES:
        return False
    times = [_seconds(text(instance.dataset, "AcquisitionTime")) for instance in instances]
    known = [seconds for seconds in times if seconds is not None]
    if len(known) < len(times):
        return False
    even, odd = known[::2], known[1::2]
    return max(even) < min(odd) or max(odd) < min(even)


def _seconds(time: str) -> float | None:
    """HHMMSS.FFFFFF as seconds of the day, or None (PS3.5 6.2, TM)."""
    try:
        return int(time[:2]) * 3600 + int(time[2:4]) * 60 + float(time[4:])
    except ValueError:
        return None


def numbering_findings(stack: Audited) -> list[Finding]:
    """G22–G24: Instance Number against the order of the body; silent for frames, which share their file's number."""
    if len(stack.instances) < 3 or not _one_file_each(stack.instances):
        return []
    numbers = [instance.number for instance in stack.instances]
    known = [number for number in numbers if number is not None]
    if len(set(known)) < len(numbers):
        message = "The instance numbers are blank or repeated; they are not used."
        return [Finding("G24", Severity.NOTE, message, {}, _NUMBER_TAG)]
    rank = _rank_correlation(np.array(known))
    if rank == 1:
        return []
    if rank == -1:
        message = f"The slices are numbered from {stack.way[1]} to {stack.way[0]}."
        return [Finding("G23", Severity.OK, message, {"rank_correlation": rank}, _NUMBER_TAG)]
    message = (
        f"The instance numbers do not run in the order of the body (rank correlation {rank:.2f}); positions are used."
    )
    return [Finding("G22", Severity.NOTE, message, {"rank_correlation": rank}, _NUMBER_TAG)]


def _rank_correlation(numbers: NDArray[np.int_]) -> float:
    """Spearman's rank correlation of distinct numbers with their places; exactly ±1 for a plain order."""
    count = len(numbers)
    ranks = np.argsort(np.argsort(numbers))
    apart = int(((ranks - np.arange(count)) ** 2).sum())
    return 1 - 6 * apart / (count * (count**2 - 1))


def acquisition_findings(stack: Audited) -> list[Finding]:
    """G26: several acquisitions that fit together."""
    if stack.grid.kind is not GridKind.REGULAR:
        return []
    parts = {text(instance.dataset, "AcquisitionNumber") for instance in stack.instances} - {""}
    if len(parts) < 2:
        return []
    message = f"Acquired in {len(parts)} parts that fit together."
    return [Finding("G26", Severity.OK, message, {"parts": len(parts)}, ("0020,0012",))]


def completeness_findings(stack: Audited) -> list[Finding]:
    """G25: whether the header announces more slices than there are.

    Only where the stack is all of its series and even: then slices may be missing at an end, where positions cannot
    tell. A whole multiple is the same slices at several times.
    """
    here = len(stack.instances)
    if not stack.whole or stack.grid.kind is not GridKind.REGULAR or not _one_file_each(stack.instances):
        return []
    counts = [(tag, count) for tag, count in _announced(stack.first.dataset) if count > here and count % here]
    if not counts:
        return _first_number(stack)
    tag, announced = counts[0]
    message = f"The header announces {announced} pictures, {here} are here: slices may be missing at an end."
    return [Finding("G25", Severity.NOTE, message, {"announced": announced, "here": here}, (tag,))]


def _announced(dataset: Dataset) -> list[tuple[str, int]]:
    """The counts of slices that a header carries, each with its tag."""
    counts = [("0020,1002", whole(dataset, "ImagesInAcquisition")), ("0054,0081", whole(dataset, "NumberOfSlices"))]
    for group, creator, element in _PRIVATE_COUNTS:
        found = private_numbers(dataset, group, creator, element)
        counts.append((f"{group:04X},10{element:02X}", int(found[0]) if found else None))
    return [(tag, count) for tag, count in counts if count is not None]


def _first_number(stack: Audited) -> list[Finding]:
    """G25 from holes: numbers that follow the slices one by one, but do not start at 1."""
    numbers = [instance.number for instance in stack.instances]
    first, last = numbers[0], numbers[-1]
    if first is None or last is None or abs(last - first) != len(numbers) - 1 or min(first, last) < 2:
        return []
    before = min(first, last) - 1
    message = (
        f"The slices are numbered from {before + 1} on: {'one' if before == 1 else before} may be missing at an end."
    )
    return [Finding("G25", Severity.NOTE, message, {"first_number": before + 1}, _NUMBER_TAG)]


def _one_file_each(instances: Sequence[Instance]) -> bool:
    """Whether each slice is a file of its own."""
    return all(instance.frames == 1 and instance.tile is None for instance in instances)
