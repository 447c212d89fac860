"""Files in memory as members of an input, and what is read out of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.factories import Scan, as_bytes, make_series
from webapp.config import Limits
from webapp.dicom.archive import Member
from webapp.dicom.copies import pixel_fingerprints
from webapp.dicom.grouping import Group
from webapp.dicom.model import Instance
from webapp.dicom.pixel_data import Pixels
from webapp.dicom.read import read_instances
from webapp.dicom.stack import Stack, stack_of


@dataclass
class Bytes:
    """A member whose bytes are in memory."""

    body: bytes
    number: int = 0
    name: str = "picture"

    @property
    def size(self) -> int:
        return len(self.body)

    def head(self, wanted: int) -> bytes:
        return self.body[:wanted]

    def read(self) -> bytes:
        return self.body


def read_one(member: Member) -> Instance:
    """The picture of a member that holds one."""
    (instance,) = read_instances(member, Limits())
    return instance


def stored_values(instance: Instance, whole: bytes) -> NDArray[np.integer]:
    """A picture's numbers out of the bytes of its file."""
    return Pixels(instance, whole).stored_values(instance)


def instance_of(dataset: Dataset, number: int = 0) -> Instance:
    """A dataset written and read again."""
    return read_one(Bytes(as_bytes(dataset), number, f"picture {number}"))


def instances_of(datasets: Iterable[Dataset]) -> list[Instance]:
    """Datasets written and read again, in their order."""
    return [instance_of(dataset, number) for number, dataset in enumerate(datasets)]


def scanned(scan: Scan | None = None) -> list[Instance]:
    """The instances of a scan of the phantom, shuffled."""
    return instances_of(make_series(scan))


def stack_from(scan: Scan | None = None) -> Stack:
    """The stack of a scan of the phantom."""
    return stack_of(Group(tuple(scanned(scan))), pixel_fingerprints)


def finding_ids(stack: Stack) -> list[str]:
    """Ids of a stack's findings."""
    return [finding.id for finding in stack.findings]
