"""Every finding of the audit of geometry: an upload in which it appears with its gravity; a clean one without any."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import generate_uid

from tests import test_geometry_frames, test_geometry_rows
from tests.dicom.clean import clean, varying
from tests.factories import Scan, make_series
from tests.factories_multiframe import make_enhanced, make_mosaic, make_nuclear, make_times
from tests.test_geometry_rows import fan, localizer, sent_twice, two_at_one_place, wander

OpenSeries = Callable[..., dict[str, Any]]
Make = Callable[[], Sequence[Dataset]]

SYSTEMS = generate_uid(), generate_uid()
MR_2D = {"Modality": "MR", "MRAcquisitionType": "2D"}
SHADOW = {"Modality": "DX", "ImagerPixelSpacing": [0.14, 0.14], "PixelSpacing": [0.14, 0.14]}


def of(**scan: Any) -> Make:
    """A clean series with this changed."""
    return lambda: make_series(clean(**scan))


def tagged(**tags: Any) -> Make:
    """A clean series whose pictures carry these elements too."""
    return of(tags=tags)


def each(keyword: str, value: Callable[[int], Any]) -> Make:
    """A clean series in which this element changes from slice to slice."""
    return of(each=varying(keyword, value))


def tilted(degrees: float, **tags: Any) -> Make:
    """A clean series whose slices slide along their columns."""
    return of(slices=9, slide_mm=(0, 3 * math.tan(math.radians(degrees)), 0), tags=tags)


def at(*positions: float, **tags: Any) -> Make:
    """A clean series with slices at these places."""
    return of(slices=len(positions), positions_mm=list(positions), tags=tags)


def echoes(short: bool) -> Make:
    """Three volumes at three echo times, the last one perhaps cut short."""

    def mark(dataset: Dataset, k: int, t: int) -> None:
        dataset.EchoTime = 5 * (t + 1)

    def make() -> list[FileDataset]:
        series = make_times(Scan(), 3, mark)
        lost = [one for one in series if float(one.EchoTime) == 15][:2] if short else []
        return [one for one in series if one not in lost]

    return make


def smaller(dataset: Dataset, k: int) -> None:
    """Pictures of fewer rows behind the third."""
    if k > 2:
        dataset.Rows = 8
        dataset.PixelData = dataset.PixelData[: len(dataset.PixelData) // 2]


def hidden_copy(dataset: Dataset, k: int) -> None:
    """Philips' own copy of the position, half a millimetre off."""
    item = Dataset()
    item.ImagePositionPatient = [float(part) + 0.5 for part in dataset.ImagePositionPatient]
    dataset.private_block(0x2005, "Philips MR Imaging DD 005", create=True).add_new(0x0F, "SQ", [item])


def placeless() -> list[Dataset]:
    """Frames without a place."""
    dataset = make_enhanced(Scan())
    dataset.PerFrameFunctionalGroupsSequence = [Dataset() for _ in range(7)]
    return [dataset]


def frames(change: Callable[[Dataset, int], None]) -> Make:
    """An enhanced object whose frames' content items are changed."""
    return lambda: [make_enhanced(Scan(slices=8), each=lambda frame, k, _: change(frame.FrameContentSequence[0], k))]


#: What makes each finding appear, and how grave it then is.
APPEARS: dict[str, tuple[str, Make]] = {
    "G01": ("BLOCK", tagged(ImagePositionPatient=None)),
    "G02": ("BLOCK", tagged(ImageOrientationPatient=[1.02, 0, 0, 0, 1, 0])),
    "G03": ("NOTE", tagged(ImageOrientationPatient=[1.005, 0, 0, 0, 1, 0])),
    "G04": ("NOTE", each("ImageOrientationPatient", lambda k: [1, 0, 0, 0, 1, 0] if k < 4 else [1, 0, 0, 0, 0, -1])),
    "G05": ("BLOCK", of(each=fan)),
    "G06": ("NOTE", each("FrameOfReferenceUID", lambda k: SYSTEMS[k < 3])),
    "G07": ("NOTE", tagged(FrameOfReferenceUID="")),
    "G08": ("NOTE", of(each=smaller)),
    "G09": ("NOTE", each("PixelSpacing", lambda k: [1, 1] if k < 3 else [1.1, 1.1])),
    "G10": ("WARN", tagged(PixelSpacing=None)),
    "G11": ("NOTE", of(pixel_mm=(1.2, 1.0))),
    "G12": ("WARN", tagged(**SHADOW)),
    "G13": ("NOTE", of(each=localizer)),
    "G14": ("NOTE", of(slices=1)),
    "G15": ("NOTE", of(slices=2)),
    "G16": ("NOTE", each("ImagePositionPatient", lambda k: [0, 0, 0])),
    "G17": ("BLOCK", tagged(ImageType=["ORIGINAL", "MOSAIC"])),
    "G18": ("NOTE", lambda: sent_twice(list(make_series(clean())))),
    "G19": ("OK", echoes(short=False)),
    "G20": ("BLOCK", lambda: two_at_one_place(list(make_series(clean())))),
    "G21": ("WARN", echoes(short=True)),
    "G22": ("NOTE", each("InstanceNumber", lambda k: 1 + k * 3 % 7)),
    "G23": ("OK", each("InstanceNumber", lambda k: 7 - k)),
    "G24": ("NOTE", each("InstanceNumber", lambda k: 1)),
    "G25": ("NOTE", tagged(ImagesInAcquisition=9)),
    "G26": ("OK", each("AcquisitionNumber", lambda k: 1 + k // 4)),
    "G27": ("OK", of()),
    "G28": ("NOTE", at(0, 3.15, 6, 9.15, 12, 15.15)),
    "G29": ("WARN", at(0, 3, 6, 12, 15, 18)),
    "G30": ("WARN", at(0, 3, 6, 54, 57, 60)),
    "G31": ("WARN", at(0, 3, 6, 9, 14, 19)),
    "G32": ("WARN", of(spacing_mm=60)),
    "G33": ("OK", tagged(SpacingBetweenSlices=3)),
    "G34": ("WARN", of(spacing_mm=6, tags={"SpacingBetweenSlices": 1, "SliceThickness": 5})),
    "G35": ("WARN", tilted(20, SpacingBetweenSlices=3 / math.cos(math.radians(20)), SliceThickness=2)),
    "G36": ("WARN", of(spacing_mm=2.7, tags={"SpacingBetweenSlices": 2.9, "SliceThickness": 2.9})),
    "G37": ("WARN", tagged(SpacingBetweenSlices=-3, SliceThickness=2)),
    "G38": ("NOTE", tagged(SpacingBetweenSlices=501)),
    "G39": ("WARN", tagged(SpacingBetweenSlices=6, SliceThickness=2)),
    "G40": ("WARN", tagged(SpacingBetweenSlices=20, SliceThickness=5)),
    "G41": ("OK", of()),
    "G42": ("NOTE", each("SliceLocation", lambda k: -(35.5 + 3 * k))),
    "G43": ("NOTE", tagged(SliceThickness=None)),
    "G44": ("WARN", each("SliceThickness", lambda k: 3 if k < 4 else 2)),
    "G45": ("WARN", of(tags={**MR_2D, "SliceThickness": 4})),
    "G46": ("NOTE", of(spacing_mm=5, tags={"SliceThickness": 5})),
    "G47": ("OK", of()),
    "G48": ("WARN", tilted(20, GantryDetectorTilt=20)),
    "G49": ("WARN", tilted(20)),
    "G50": ("NOTE", tagged(GantryDetectorTilt=15)),
    "G51": ("WARN", tilted(20, GantryDetectorTilt=15)),
    "G52": ("WARN", of(slide_mm=(0.5, 0, 0))),
    "G53": ("WARN", of(each=wander)),
    "G54": ("BLOCK", placeless),
    "G55": ("NOTE", frames(lambda content, k: setattr(content, "InStackPositionNumber", {2: 4, 3: 3}.get(k, k + 1)))),
    "G56": ("NOTE", frames(lambda content, k: setattr(content, "StackID", "1" if k < 4 else "2"))),
    "G57": ("WARN", lambda: [make_nuclear(Scan(spacing_mm=4))]),
    "G58": ("NOTE", lambda: [make_mosaic(Scan(spacing_mm=4))]),
    "G59": ("NOTE", tagged(PatientPosition=None)),
    "G60": ("WARN", tagged(AnatomicalOrientationType="QUADRUPED")),
    "G61": ("NOTE", tagged(ImageType=["DERIVED", "SECONDARY", "MPR"])),
    "G62": ("NOTE", of(tags={"Manufacturer": "Philips"}, each=hidden_copy)),
    "G63": ("NOTE", tagged(PatientIdentityRemoved="YES", SeriesTime="000000.00")),
}

#: What is told of a clean series: checks that passed.
PASSED = {"G27", "G41", "G45", "G47"}


def gravities(datasets: Sequence[Dataset], open_series: OpenSeries) -> set[tuple[str, str]]:
    """Finding and severity of all that is told of an upload."""
    stacks = open_series(datasets)["stacks"]
    return {(one["id"], one["severity"]) for stack in stacks for one in stack["findings"]}


@pytest.mark.parametrize("finding", APPEARS)
def test_each_finding_appears_where_it_should_with_its_gravity(finding: str, open_series: OpenSeries) -> None:
    severity, make = APPEARS[finding]
    assert (finding, severity) in gravities(make(), open_series)


def test_a_clean_series_is_told_what_passed_and_nothing_else(open_series: OpenSeries) -> None:
    assert gravities(make_series(clean()), open_series) == {(finding, "OK") for finding in PASSED}


def test_every_finding_of_the_audit_of_geometry_has_its_upload() -> None:
    assert list(APPEARS) == [f"G{number:02d}" for number in range(1, 64)]


def test_every_row_of_the_comparison_of_tools_has_its_test() -> None:
    named = [name.split()[0] for name in (*test_geometry_rows.ROWS, *test_geometry_frames.FILES)]
    alone = [name.split("_")[2] for name in vars(test_geometry_frames) if name.startswith("test_row_")]
    assert {*named, *alone} == {*(str(number) for number in range(1, 36)), "2b"}
