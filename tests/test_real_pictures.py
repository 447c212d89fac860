"""Every odd picture that another program reads opens with the same values, or is set aside with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from tests.conftest import REAL_DATA
from tests.dicom.members import Bytes
from webapp.config import Limits
from webapp.dicom.colour import is_coloured, rgb_values
from webapp.dicom.pixel_data import Pixels
from webapp.dicom.read import read_instances
from webapp.errors import InstanceError

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.filterwarnings("ignore::UserWarning:pydicom"),
]

NAMES = ("oddities_a", "dicomdir_3patients")

#: Pictures that are set aside though another program reads them, and the words of the reason.
SET_ASIDE = {
    "MR_small_padded.dcm": "8320 bytes, but rows, columns, bits and frames describe 8192",
}

#: Pictures whose smallest and largest value are others: the answers are places in a palette, here are its colours.
OTHERWISE = {"examples_palette.dcm": (0, 255)}


def pictures() -> list[Any]:
    """The pictures that the answers name."""
    if not REAL_DATA.exists():
        return [pytest.param("", {}, marks=pytest.mark.skip(reason="the real series are not on this machine"))]
    answers = json.loads((REAL_DATA / "answers.json").read_text(encoding="utf-8"))
    found = [(name, one) for name in NAMES for one in answers[name]["files"]]
    return [pytest.param(name, one, id=one["file"].rpartition("/")[2]) for name, one in found]


def values_of(name: str, file: str) -> list[np.ndarray[Any, Any]]:
    """Stored values, or colours, of every frame of a file."""
    with ZipFile(REAL_DATA / f"{name}.zip") as archive:
        body = archive.read(file)
    instances = read_instances(Bytes(body), Limits())
    pixels = Pixels(instances[0], body)
    return [
        rgb_values(one, *pixels.samples(one)) if is_coloured(one) else pixels.stored_values(one) for one in instances
    ]


@pytest.mark.parametrize(("name", "wanted"), pictures())
def test_a_picture_that_another_program_reads_has_the_same_smallest_and_largest_value(
    name: str, wanted: dict[str, Any]
) -> None:
    file = wanted["file"].rpartition("/")[2]
    if "min" not in wanted:
        pytest.skip("no other program reads it")
    if file in SET_ASIDE:
        with pytest.raises(InstanceError, match=SET_ASIDE[file]):
            values_of(name, wanted["file"])
        return
    frames = values_of(name, wanted["file"])
    found = min(int(one.min()) for one in frames), max(int(one.max()) for one in frames)
    assert found == OTHERWISE.get(file, (wanted["min"], wanted["max"]))


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("test_files/MR_truncated.dcm", "cut short (8130 of 8192 bytes)"),
        ("test_files/badVR.dcm", "number of frames (0028,0008)"),
        ("Database/2026-05-26-oob-monochrome-65535.dcm", "larger than 8192 rows or columns"),
    ],
)
def test_a_picture_that_cannot_be_read_is_named_with_the_reason(
    file: str, reason: str, real_data: Callable[[str], Path], open_path: Callable[..., dict[str, Any]]
) -> None:
    document = open_path(real_data("oddities_a"))
    (told,) = (one["reason"] for one in document["set_aside"] if one["name"].endswith(file))
    assert reason in told
    assert all(stack["verdict"] for stack in document["stacks"])
