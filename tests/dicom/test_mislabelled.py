"""Files that say one thing in the header and another in their bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from tests.factories import Scan, as_bytes, make_series, zip_of
from tests.factories_multiframe import make_mosaic
from tests.placed import misplaced

Open = Callable[..., dict[str, Any]]


def implicit_called_explicit(dataset: Dataset) -> bytes:
    """A file whose elements are implicit though its meta elements say explicit."""
    whole, plain = as_bytes(dataset), Dataset()
    plain.update(dict(dataset.items()))
    stream = DicomBytesIO()
    stream.is_implicit_VR, stream.is_little_endian = True, True
    write_dataset(stream, plain)
    return whole[: 144 + int.from_bytes(whole[140:144], "little")] + stream.getvalue()


@pytest.mark.filterwarnings("ignore:Expected explicit VR:UserWarning")
def test_implicit_elements_that_are_called_explicit_are_read_as_they_are(tmp_path: Path, open_path: Open) -> None:
    scan = Scan()
    files = [(f"{place}", implicit_called_explicit(one)) for place, one in enumerate(make_series(scan))]
    (stack,) = open_path(zip_of(tmp_path / "a.zip", files))["stacks"]
    assert misplaced(stack, scan, intercept=-1024) == []


def test_a_mosaic_is_known_by_its_private_header_alone(open_series: Open) -> None:
    scan, mosaic = Scan(), make_mosaic(Scan())
    mosaic.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    (stack,) = open_series([mosaic])["stacks"]
    assert (stack["kind"], misplaced(stack, scan)) == ("volume", [])


def test_negative_numbers_carry_a_minus_sign(open_series: Open) -> None:
    (stack,) = open_series(make_series(Scan(tags={"SpacingBetweenSlices": -3.0})))["stacks"]
    assert "says −3.00 mm" in next(one["message"] for one in stack["findings"] if one["id"] == "G37")
    assert "(0018,0088) −3.00 mm" in stack["summary"]


def test_a_picture_without_a_position_is_counted_in_the_singular(open_series: Open) -> None:
    def drop(dataset: Dataset, k: int) -> None:
        del dataset.ImagePositionPatient

    (stack,) = open_series(make_series(Scan(slices=1, each=drop)))["stacks"]
    assert stack["summary"] == "The picture carries no position in the patient. It is shown as a single picture."
