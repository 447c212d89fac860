"""Colour pictures, films and volumes: opened in their colours, without window, unit and values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from tests.factories import Scan, make_series, zip_series
from webapp import stackfiles
from webapp.config import Limits
from webapp.errors import NoSurfaceHere
from webapp.imaging.options import SurfaceOptions
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import take
from webapp.tasks import surface_task

Open = Callable[..., dict[str, Any]]


def colours_of(k: int, rows: int = 16, columns: int = 12) -> NDArray[np.uint8]:
    """(rows, columns, 3) colours that say where they are: red the slice, green the row, blue the column."""
    j, i = np.mgrid[:rows, :columns]
    return np.stack([np.full_like(j, 10 * k), j, 20 * i], axis=-1).astype(np.uint8)


def in_colour(dataset: Dataset, k: int) -> None:
    """A slice in colour, plane by plane where its number is odd."""
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PlanarConfiguration = 3, "RGB", k % 2
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    colours = colours_of(k)
    dataset.PixelData = (np.moveaxis(colours, -1, 0) if k % 2 else colours).tobytes()


def test_slices_in_colour_form_a_volume(open_scan: Callable[..., dict[str, Any]]) -> None:
    stack = open_scan(Scan(each=in_colour))
    assert (stack["kind"], stack["colour"], stack["dtype"]) == ("volume", True, "uint8")
    assert (stack["windows"], stack["value_unit"], stack["value_range"], stack["scales"]) == ([], None, None, [])
    volume = stackfiles.load_volume(stack["folder"])
    assert volume.voxels.shape == (1, 7, 16, 12, 3)
    assert all(np.array_equal(volume.voxels[0, k], colours_of(k)) for k in range(7))


def test_a_side_view_in_colour_mixes_nothing(open_scan: Callable[..., dict[str, Any]]) -> None:
    stack = open_scan(Scan(each=in_colour, slide_mm=(0.0, 0.4, 0.0)))
    pixels = take(stackfiles.load_volume(stack["folder"]), Plane.SAGITTAL, 5).pixels
    shown = pixels[pixels[..., 3] > 0]
    assert set(np.unique(shown[:, 0])) <= {10 * k for k in range(7)}
    assert set(np.unique(shown[:, 2])) == {100}


def test_one_series_of_grey_and_colour_is_two_stacks_and_says_so(open_series: Open) -> None:
    def each(dataset: Dataset, k: int) -> None:
        if k >= 4:
            in_colour(dataset, k)

    stacks = open_series(make_series(Scan(each=each)))["stacks"]
    assert sorted((stack["colour"], stack["shape_kji"][0]) for stack in stacks) == [(False, 4), (True, 3)]
    assert all("colour and grey" in {one["id"]: one["message"] for one in stack["findings"]}["G08"] for stack in stacks)


def test_a_film_in_colour_keeps_every_picture(open_series: Open) -> None:
    def film(dataset: Dataset, k: int) -> None:
        in_colour(dataset, 0)
        dataset.SOPClassUID, dataset.Modality, dataset.NumberOfFrames = SecondaryCaptureImageStorage, "US", 5
        dataset.PixelData = b"".join(colours_of(frame).tobytes() for frame in range(5))
        del dataset.ImagePositionPatient, dataset.ImageOrientationPatient

    (stack,) = open_series(make_series(Scan(slices=1, each=film)))["stacks"]
    assert (stack["kind"], stack["colour"], stack["shape_kji"]) == ("cine", True, [5, 16, 12])
    voxels = stackfiles.open_voxels(stack["folder"])
    assert np.array_equal(voxels[0], np.stack([colours_of(frame) for frame in range(5)]))


def test_a_picture_whose_palette_is_missing_costs_only_itself(open_series: Open) -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.PhotometricInterpretation, dataset.RescaleIntercept = "PALETTE COLOR", 0
        for colour in ("Red", "Green", "Blue"):
            setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [4096, 0, 8])
            setattr(dataset, f"{colour}PaletteColorLookupTableData", bytes(range(256)) * 16)
        if k == 6:
            del dataset.RedPaletteColorLookupTableData

    document = open_series(make_series(Scan(each=each)))
    assert [(one["code"], "palette" in one["reason"]) for one in document["set_aside"]] == [("bad_dimensions", True)]
    stack = document["stacks"][0]
    assert (stack["kind"], stack["colour"], stack["shape_kji"][0]) == ("volume", True, 6)
    voxel = stackfiles.open_voxels(stack["folder"])[0, 2, 3, 4]
    assert voxel.tolist() == [(2 * 400 + 3 * 20 + 4) % 256] * 3


def test_colours_have_no_value_to_probe(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    series = make_series(Scan(each=in_colour))
    path = zip_series(tmp_path / "a.zip", series)
    code, _, error = run("probe", path, "--series", series[0].SeriesInstanceUID, "--", 0, 0, 0)
    assert (code, "Colours are no values" in error) == (1, True)


def test_colours_have_no_surface(open_scan: Callable[..., dict[str, Any]], tmp_path: Path, report: Any) -> None:
    stack = open_scan(Scan(each=in_colour))
    params = {"volume": str(stack["folder"]), "options": SurfaceOptions(9).as_json(), "cores": 1}
    with pytest.raises(NoSurfaceHere, match="Colours"):
        surface_task(params, tmp_path, Limits(), report)
