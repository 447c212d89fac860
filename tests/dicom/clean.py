"""A phantom about which the audit has nothing to say, and what it says once something is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydicom.dataset import Dataset

from tests.dicom.members import instances_of
from tests.factories import Scan, make_series
from webapp.config import AuditThresholds
from webapp.dicom.copies import pixel_fingerprints
from webapp.dicom.grouping import Group, groups_of, series_of
from webapp.dicom.stack import Stack, stack_of
from webapp.findings import Finding

Change = Callable[[Dataset, int], None]


def clean(*, each: Change | None = None, tags: dict[str, Any] | None = None, **scan: Any) -> Scan:
    """A scan with square pixels, slices numbered in the order of the body and a patient whose place is known."""

    def numbered(dataset: Dataset, k: int) -> None:
        dataset.InstanceNumber = k + 1
        if each is not None:
            each(dataset, k)

    return Scan(**{"pixel_mm": (1.0, 1.0), **scan}, tags={"PatientPosition": "HFS", **(tags or {})}, each=numbered)


def varying(keyword: str, value: Callable[[int], Any]) -> Change:
    """A change that gives an element another value in each slice."""

    def each(dataset: Dataset, k: int) -> None:
        setattr(dataset, keyword, value(k))

    return each


def stack_from(scan: Scan, thresholds: AuditThresholds | None = None) -> Stack:
    """The stack of a scan."""
    return stack_of(Group(tuple(instances_of(make_series(scan)))), pixel_fingerprints, thresholds)


def stacks_of(datasets: Iterable[Dataset]) -> list[Stack]:
    """The stacks that a series falls into."""
    (series,) = series_of(instances_of(datasets))
    return [stack_of(group, pixel_fingerprints) for group in groups_of(series)]


def findings_of(scan: Scan, thresholds: AuditThresholds | None = None) -> dict[str, Finding]:
    """What is said about a scan, by id."""
    return {finding.id: finding for finding in stack_from(scan, thresholds).findings}


def only(finding: str, scan: Scan) -> Finding:
    """The finding of a scan with this id."""
    return findings_of(scan)[finding]
