"""Every situation in which a reference tool places slices wrongly: right here, right with a message, or refused.

The numbers are the rows of the comparison of tools that this project measures itself against.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.factories import Scan, make_series
from webapp import stackfiles
from webapp.imaging.affine import AxisOrder

OpenSeries = Callable[..., dict[str, Any]]
Change = Callable[[Dataset, int], None]

#: How far a voxel may lie from its true place, mm.
EXACT_MM = 0.01


@dataclass(frozen=True)
class Row:
    """A situation and what has to come of it.

    Parameters
    ----------
    scan : Scan
    volumes : int
        Stacks that are volumes.
    pictures : int
        Stacks that are not.
    says, never : set of str
        Findings that have to be there, on any stack, and that must not be.
    extra : callable
        Adds to the datasets or changes them after the scan.
    """

    scan: Scan
    volumes: int = 1
    pictures: int = 0
    says: set[str] = field(default_factory=set)
    never: set[str] = field(default_factory=set)
    extra: Callable[[list[Dataset]], list[Dataset]] = list


def tilted(degrees: float, recorded: float | None = None, modality: str = "CT") -> Scan:
    """Nine slices sliding along their columns."""
    tags = {"Modality": modality, **({} if recorded is None else {"GantryDetectorTilt": recorded})}
    return Scan(slices=9, slide_mm=(0, 3 * math.tan(math.radians(degrees)), 0), tags=tags)


def setting(keyword: str, value: Callable[[int], Any]) -> Change:
    """A change that gives an element another value in each slice."""

    def each(dataset: Dataset, k: int) -> None:
        setattr(dataset, keyword, value(k))

    return each


def wander(dataset: Dataset, k: int) -> None:
    """Origins that lie up to 2 mm to one side and the other."""
    dataset.ImagePositionPatient[0] += 2.0 * (-1) ** k


def again(dataset: Dataset, pixels: bytes) -> Dataset:
    """The same picture as another object, with these pixels."""
    copy = deepcopy(dataset)
    copy.SOPInstanceUID = generate_uid()
    copy.PixelData = pixels
    return copy


def sent_twice(datasets: list[Dataset]) -> list[Dataset]:
    """One place holds the same picture twice."""
    return [*datasets, again(datasets[0], datasets[0].PixelData)]


def two_at_one_place(datasets: list[Dataset]) -> list[Dataset]:
    """One place holds two different pictures."""
    return [*datasets, again(datasets[0], datasets[1].PixelData)]


def two_echoes(datasets: list[Dataset]) -> list[Dataset]:
    """The whole stack once more at a second echo time."""
    later = [again(one, (np.frombuffer(one.PixelData, "<u2") // 2).tobytes()) for one in datasets]
    for one, other in zip(datasets, later, strict=True):
        one.EchoTime, other.EchoTime = 10, 20
    return [*datasets, *later]


def fan(dataset: Dataset, k: int) -> None:
    """Each picture turned by 15° around the head-foot axis."""
    angle = math.radians(15 * k)
    dataset.ImageOrientationPatient = [math.cos(angle), math.sin(angle), 0, 0, 0, -1]


def localizer(dataset: Dataset, k: int) -> None:
    """The first picture is an overview."""
    if k == 0:
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
        dataset.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]


def half_slope(dataset: Dataset, k: int) -> None:
    """Every second slice stores twice its values and says so."""
    if k % 2:
        dataset.BitsStored, dataset.HighBit, dataset.RescaleSlope = 16, 15, 0.5
        dataset.PixelData = (np.frombuffer(dataset.PixelData, "<u2") * 2).tobytes()


def left_aligned(dataset: Dataset, k: int) -> None:
    """Twelve bits at the upper end of sixteen."""
    dataset.HighBit = 15
    dataset.PixelData = (np.frombuffer(dataset.PixelData, "<u2") << 4).tobytes()


FRAMES = generate_uid(), generate_uid()
JITTER = [0, 3.15, 5.85, 9.15, 11.85, 15, 18.1]
NO_PLACE = {"ImagePositionPatient": None, "ImageOrientationPatient": None}
GAP_TAG = {"SpacingBetweenSlices": 1, "SliceThickness": 5}
NOISE = setting("ImageOrientationPatient", lambda k: [1, 1e-5 * (k % 2), 0, 0, 1, -1e-5 * (k % 2)])
TWO_SIZES = setting("PixelSpacing", lambda k: [0.8, 0.5] if k < 3 else [0.9, 0.6])
TWO_SYSTEMS = setting("FrameOfReferenceUID", lambda k: FRAMES[k < 3])

ROWS = {
    "1 shuffled": Row(Scan(), never={"G28", "G29", "G31", "G48"}),
    "2 the tag holds the gap": Row(Scan(spacing_mm=6, tags=GAP_TAG), says={"G34"}),
    "3 a negative tag": Row(Scan(tags={"SpacingBetweenSlices": -3, "SliceThickness": 2}), says={"G37"}),
    "4 a tag of zero": Row(Scan(tags={"SpacingBetweenSlices": 0, "SliceThickness": 2}), says={"G38"}),
    "5 tilt of 20°, recorded": Row(tilted(20, 20), says={"G48"}, never={"G49", "G51"}),
    "5 tilt of -20°, recorded": Row(tilted(-20, -20), says={"G48"}, never={"G49", "G51"}),
    "6 tilt of 20°, not recorded": Row(tilted(20), says={"G48", "G49"}),
    "7 tilt of -20° in MR": Row(tilted(-20, modality="MR"), says={"G48", "G49"}),
    "8 tilt of 1°": Row(tilted(1, 1), says={"G48"}),
    "8 tilt of -2.5°": Row(tilted(-2.5, 2.5), says={"G48"}),
    "9 tilt of 0.5°": Row(tilted(0.5), says={"G48"}),
    "10 a sideways slide": Row(Scan(slide_mm=(0.5, 0, 0)), says={"G48", "G52"}),
    "10 origins that wander": Row(Scan(each=wander), says={"G53"}),
    "11 a slice missing": Row(Scan(positions_mm=[0, 3, 6, 12, 15, 18, 21]), says={"G29"}),
    "11 two slabs": Row(Scan(positions_mm=[0, 3, 6, 54, 57, 60, 63]), volumes=3, says={"G30"}),
    "12 spacing from 3 to 5 mm": Row(Scan(positions_mm=[0, 3, 6, 9, 14, 19, 24]), says={"G31"}),
    "13 wavering spacing": Row(Scan(positions_mm=JITTER), says={"G28"}, never={"G29"}),
    "14 a picture sent twice": Row(Scan(), says={"G18"}, extra=sent_twice),
    "15 two pictures at one place": Row(Scan(), 0, 1, says={"G20"}, extra=two_at_one_place),
    "16 two echoes": Row(Scan(tags={"Modality": "MR"}), says={"G19"}, never={"G20"}, extra=two_echoes),
    "17 pixel size changes": Row(Scan(each=TWO_SIZES), 2, says={"G09"}),
    "18 coordinate system changes": Row(Scan(each=TWO_SYSTEMS), 2, says={"G06"}),
    "19 noise in the directions": Row(Scan(each=NOISE), never={"G02", "G03", "G04"}),
    "20 an overview among the slices": Row(Scan(each=localizer), 1, 1, says={"G13"}, never={"G04"}),
    "21 a fan": Row(Scan(each=fan), 0, 1, says={"G05"}),
    "22 coronal": Row(Scan("coronal")),
    "22 sagittal": Row(Scan("sagittal")),
    "22 oblique": Row(Scan("oblique")),
    "23 directions too long": Row(Scan(tags={"ImageOrientationPatient": [1.02, 0, 0, 0, 1, 0]}), 0, 1, says={"G02"}),
    "23 no right angle": Row(Scan(tags={"ImageOrientationPatient": [1, 0, 0, 0.1, 0.995, 0]}), 0, 1, says={"G02"}),
    "27 a mosaic without its header": Row(Scan(tags={"ImageType": ["ORIGINAL", "MOSAIC"]}), 0, 1, says={"G17"}),
    "29 one slice": Row(Scan(slices=1, tags={"SpacingBetweenSlices": 4}), 0, 1, says={"G14"}),
    "30 no positions": Row(Scan(tags=NO_PLACE), 0, 1, says={"G01"}),
    "31 a slope for each slice": Row(Scan(each=half_slope), says={"G64"}),
    "32 inverted brightness": Row(Scan(tags={"PhotometricInterpretation": "MONOCHROME1"}), says={"G67"}),
    "33 bits at the upper end": Row(Scan(each=left_aligned)),
    "34 the meaning of the tag": Row(Scan(spacing_mm=6, tags=GAP_TAG), says={"G34"}, never={"G33", "G40"}),
    "35 gap and overlap": Row(Scan(spacing_mm=6, tags=GAP_TAG), says={"G45"}),
}


def opened(row: Row, open_series: OpenSeries) -> tuple[list[dict[str, Any]], list[Dataset]]:
    """The stacks of a row, and the pictures they came from."""
    datasets = row.extra(list(make_series(row.scan)))
    return open_series(datasets)["stacks"], datasets


def true_places(datasets: Sequence[Dataset]) -> dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Recorded position and pixel spacing of each slice, by the number that its pixels carry."""
    return {
        first_value(dataset) // 400: (
            np.array(dataset.ImagePositionPatient, float),
            np.array(dataset.PixelSpacing, float),
        )
        for dataset in reversed(datasets)
    }


def first_value(dataset: Dataset) -> int:
    """The value that the first pixel stands for, before the intercept."""
    stored = int(np.frombuffer(dataset.PixelData, "<u2")[0])
    return int((stored >> dataset.HighBit + 1 - dataset.BitsStored) * dataset.RescaleSlope)


def shown_places(stack: dict[str, Any]) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    """Stored values of a volume in kept order, and the patient point at which each is shown."""
    order = AxisOrder(tuple(stack["acquired"]["axes"]), tuple(stack["acquired"]["flips"]))
    voxels = order.view(stackfiles.open_voxels(stack["folder"]))[0]
    indices = np.moveaxis(np.indices(voxels.shape), 0, -1)
    starts = np.array(stack["origins_mm"])[indices[..., stack["slice_axis"]]]
    indices[..., stack["slice_axis"]] = 0
    return voxels.astype(int) + 1024, starts + indices @ np.array(stack["affine_kji_to_lps"])[:3, :3].T


def farthest_mm(stack: dict[str, Any], scan: Scan, datasets: Sequence[Dataset]) -> float:
    """How far the voxel farthest from its true patient point lies; every value names its own pixel."""
    stored, shown = shown_places(stack)
    places = true_places(datasets)
    row, column, _ = scan.axes
    starts = np.array([places[k][0] for k in (stored // 400).ravel().tolist()]).reshape(shown.shape)
    steps = np.array([places[k][1] for k in (stored // 400).ravel().tolist()]).reshape(*stored.shape, 2)
    down, right = (stored % 400 // 20 * steps[..., 0])[..., None], (stored % 20 * steps[..., 1])[..., None]
    return float(np.linalg.norm(shown - (starts + down * column + right * row), axis=-1).max())


@pytest.mark.parametrize("name", ROWS)
def test_each_situation_is_a_volume_with_its_message_or_refused_with_its_reason(
    name: str, open_series: OpenSeries
) -> None:
    row = ROWS[name]
    stacks, _ = opened(row, open_series)
    ids = {finding["id"] for stack in stacks for finding in stack["findings"]}
    kinds = [stack["kind"] for stack in stacks]
    assert (kinds.count("volume"), len(kinds) - kinds.count("volume")) == (row.volumes, row.pictures)
    assert row.says <= ids
    assert not row.never & ids


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.volumes])
def test_every_voxel_of_a_volume_lies_at_its_true_patient_point(name: str, open_series: OpenSeries) -> None:
    row = ROWS[name]
    stacks, datasets = opened(row, open_series)
    shown = [stack for stack in stacks if stack["kind"] == "volume"]
    assert max(farthest_mm(stack, row.scan, datasets) for stack in shown) < EXACT_MM


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row.volumes])
def test_what_is_no_volume_has_no_distance_between_slices(name: str, open_series: OpenSeries) -> None:
    (stack,) = opened(ROWS[name], open_series)[0]
    assert (stack["spacing_mm_kji"], stack["affine_kji_to_lps"], stack["origins_mm"]) == (None, None, None)
