"""V: pictures that lie nowhere, everywhere, metres apart, or in directions that are none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from pydicom.dataset import FileDataset

from tests.factories import Scan, make_series
from tests.hostile.bodies import series_files, zipped
from tests.hostile.cases import File, Upload, either
from tests.hostile.visitor import Outcome

NO_VOLUME = "G01 G02 G04 G05 G10 G14 G16 G20 G54"


def moved(places: list[float]) -> Callable[[], list[FileDataset]]:
    """Slices at such places along the body, mm."""
    return lambda: make_series(Scan(slices=len(places), positions_mm=places))


def changed(change: Callable[[Any, int], None], slices: int = 7) -> Callable[[], list[FileDataset]]:
    """A series each picture of which is changed."""
    return lambda: make_series(Scan(slices=slices, each=change))


def turned(*numbers: float) -> Callable[[], list[FileDataset]]:
    """A series in such a direction."""

    def change(dataset: Any, k: int) -> None:
        dataset["ImageOrientationPatient"]._value = list(numbers)

    return changed(change)


def two_stacks() -> list[FileDataset]:
    """Two stacks of different directions in one series, and an overview picture."""
    first, second = make_series(Scan(slices=6)), make_series(Scan("sagittal", slices=5))
    for dataset in second:
        dataset.SeriesInstanceUID, dataset.StudyInstanceUID = first[0].SeriesInstanceUID, first[0].StudyInstanceUID
        dataset.FrameOfReferenceUID = first[0].FrameOfReferenceUID
    return [*first, *second]


def sizes() -> list[FileDataset]:
    """A series of which every other picture has other rows, pixel sizes and a coordinate system of its own."""

    def change(dataset: Any, k: int) -> None:
        if k % 2:
            dataset.PixelSpacing = [2, 2]
            dataset.FrameOfReferenceUID = "1.2.3.9"
            dataset.Rows = 8
            dataset.PixelData = dataset.PixelData[:192]

    return make_series(Scan(slices=8, each=change))


def nowhere(dataset: Any, _: int) -> None:
    del dataset.ImagePositionPatient


def everywhere(dataset: Any, k: int) -> None:
    dataset.ImagePositionPatient = [0, 0, 0]
    dataset.PixelData = np.full(192, k, "<u2").tobytes()


def no_number(dataset: Any, _: int) -> None:
    dataset["ImagePositionPatient"]._value = ["nan", "inf", "1e400"]


def tilted(dataset: Any, k: int) -> None:
    """Slices that slide sideways as a tilted gantry makes them."""
    x, y, z = (float(part) for part in dataset.ImagePositionPatient)
    dataset.ImagePositionPatient = [x, y + k * 1.2, z]


#: One picture that is no volume, and its reason.
NOT_BUILT = {"finds": NO_VOLUME}
FILES = (
    File(
        "V01",
        "3 slices, each a kilometre from the next",
        moved([0, 1e6, 2e6]),
        "shown",
        finds="G50 G26 G30 G29 G31 G06 G11 G12 G13 G25 G28 G46 G52",
    ),
    File("V05", "all at one place", changed(everywhere), "shown", **NOT_BUILT),
    File("V05", "at no place", changed(nowhere), "shown", **NOT_BUILT),
    File("V05", "two stacks and two directions in one series", two_stacks, "shown"),
    File("V06", "one slice missing", moved([0, 3, 6, 9, 15, 18, 21]), "shown", finds="G29"),
    File("V06", "twice the spacing in the middle", moved([0, 3, 6, 9, 15, 21, 27]), "shown", finds="G31 G29"),
    File("V06", "uneven gaps", moved([0, 3, 6.9, 9, 12.4, 15, 18]), "shown", finds="G28 G31 G29"),
    File("V07", "a direction of zeros", turned(0, 0, 0, 0, 0, 0), "shown", **NOT_BUILT),
    File("V07", "directions at no right angle", turned(1, 0, 0, 0.7, 0.7, 0), "shown", **NOT_BUILT),
    File("V07", "a direction of no numbers", turned(float("nan"), 0, 0, 0, 1, 0), "bad_geometry either"),
    File("V07", "places that are no numbers", changed(no_number), "bad_geometry either"),
    File("V07", "a tilted gantry", changed(tilted), "shown", finds="G48"),
    File("V08", "every other picture of another size and place", sizes, "shown"),
    File("V09", "a single slice", partial(make_series, Scan(slices=1)), "shown", finds="G14"),
    File("V09", "two slices", partial(make_series, Scan(slices=2)), "shown"),
    File("V09", "pictures of one pixel", partial(make_series, Scan(rows=1, columns=1)), "shown"),
)


def _said_too_large(outcome: Outcome) -> None:
    """A series beyond the limit of voxels is refused, or set aside, by name."""
    either("expanded_too_big", "no_dicom", "out_of_memory", "too_many_voxels")(outcome)
    for card in outcome.cards:
        assert card.shape_kji is None or np.prod(card.shape_kji) <= 1 << 24


def too_large() -> bytes:
    """17 million voxels, a million more than this instance takes."""
    scan = Scan(slices=66, rows=512, columns=512)
    blank = np.zeros((512, 512), "<u2").tobytes()

    def flat(dataset: Any, k: int) -> None:
        dataset.PixelData = blank

    return zipped(series_files(Scan(slices=scan.slices, rows=512, columns=512, each=flat)))


UPLOADS = (Upload("V02", "more voxels than are taken", too_large, _said_too_large),)
