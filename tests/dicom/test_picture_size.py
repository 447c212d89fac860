"""How large the pixels of a picture are, and what that size is worth."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import MultiFrameGrayscaleByteSecondaryCaptureImageStorage, SecondaryCaptureImageStorage

from tests.dicom.members import Bytes, instance_of
from tests.factories import Scan, as_bytes, make_instance, make_series
from tests.factories_multiframe import make_film, uids_of_one_series
from webapp.config import Limits
from webapp.dicom.model import Instance
from webapp.dicom.picture_size import PixelSize, SizeKind, pixel_aspect_of, pixel_size_of
from webapp.dicom.read import read_instances

UNPLACED = {"ImagePositionPatient": None, "ImageOrientationPatient": None, "PixelSpacing": None}
SHADOW = {**UNPLACED, "Modality": "DX"}
CENTIMETRES, SECONDS = 3, 4


def picture(**tags: Any) -> Instance:
    """One picture with these elements."""
    return instance_of(make_instance(Scan(tags=tags), 0, uids_of_one_series()))


def region(down_cm: float, across_cm: float, unit: int = CENTIMETRES) -> Dataset:
    """A calibrated region of an ultrasound picture."""
    found = Dataset()
    found.PhysicalUnitsXDirection, found.PhysicalUnitsYDirection = unit, CENTIMETRES
    found.PhysicalDeltaX, found.PhysicalDeltaY = across_cm, down_cm
    return found


def ultrasound(*regions: Dataset, **tags: Any) -> Instance:
    return picture(**{**UNPLACED, "Modality": "US", "SequenceOfUltrasoundRegions": Sequence(regions), **tags})


def test_a_placed_picture_has_its_pixel_spacing() -> None:
    assert pixel_size_of(picture()) == PixelSize((0.8, 0.5), SizeKind.PATIENT)


def test_a_slice_that_lost_its_place_keeps_its_pixel_size() -> None:
    found = pixel_size_of(picture(ImagePositionPatient=None))
    assert found == PixelSize((0.8, 0.5), SizeKind.PATIENT)


@pytest.mark.parametrize(
    ("tags", "size", "kind"),
    [
        pytest.param({"ImagerPixelSpacing": [0.2, 0.2]}, (0.2, 0.2), SizeKind.DETECTOR, id="at the detector"),
        pytest.param(
            {"ImagerPixelSpacing": [0.2, 0.2], "PixelSpacing": [0.2, 0.2]}, (0.2, 0.2), SizeKind.DETECTOR, id="a copy"
        ),
        pytest.param(
            {"ImagerPixelSpacing": [0.3, 0.3], "EstimatedRadiographicMagnificationFactor": 1.5},
            (0.2, 0.2),
            SizeKind.MAGNIFICATION,
            id="magnification recorded",
        ),
        pytest.param(
            {"ImagerPixelSpacing": [0.2, 0.2], "PixelSpacing": [0.15, 0.15]},
            (0.15, 0.15),
            SizeKind.PATIENT,
            id="corrected",
        ),
        pytest.param(
            {
                "ImagerPixelSpacing": [0.2, 0.2],
                "PixelSpacing": [0.2, 0.2],
                "PixelSpacingCalibrationType": "FIDUCIAL",
            },
            (0.2, 0.2),
            SizeKind.PATIENT,
            id="calibrated",
        ),
        pytest.param({"PixelSpacing": [0.2, 0.2]}, (0.2, 0.2), SizeKind.UNSTATED, id="not said"),
    ],
)
def test_the_size_of_an_x_ray_shadow_is_worth_what_its_header_says(
    tags: dict[str, Any], size: tuple[float, float], kind: SizeKind
) -> None:
    found = pixel_size_of(picture(**{**SHADOW, **tags}))
    assert found is not None
    assert (found.spacing_mm, found.kind) == (pytest.approx(size), kind)


def test_an_x_ray_shadow_without_any_size_has_none() -> None:
    assert pixel_size_of(picture(**SHADOW)) is None


def test_an_ultrasound_region_tells_its_size_in_centimetres() -> None:
    found = pixel_size_of(ultrasound(region(0.04, 0.02), region(0.1, 0.005, SECONDS)))
    assert found == PixelSize((pytest.approx(0.4), pytest.approx(0.2)), SizeKind.REGION)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "regions", [(region(0.04, 0.04), region(0.02, 0.02)), (region(0.1, 0.005, SECONDS),)], ids=["differ", "no lengths"]
)
def test_ultrasound_regions_that_tell_no_one_length_give_none(regions: tuple[Dataset, ...]) -> None:
    assert pixel_size_of(ultrasound(*regions, PixelSpacing=[0.3, 0.3])) is None


@pytest.mark.parametrize("delta", [0, None])
def test_a_region_without_a_step_is_no_measure(delta: Any) -> None:
    assert pixel_size_of(ultrasound(region(delta, 0.02))) is None


@pytest.mark.parametrize(
    "sop_class", [SecondaryCaptureImageStorage, MultiFrameGrayscaleByteSecondaryCaptureImageStorage]
)
def test_a_captured_screen_has_millimetres_only_where_it_was_calibrated(sop_class: str) -> None:
    tags = {**UNPLACED, "SOPClassUID": sop_class, "PixelSpacing": [0.3, 0.3]}
    assert pixel_size_of(picture(**tags)) is None
    calibrated = pixel_size_of(picture(**tags, PixelSpacingCalibrationType="GEOMETRY"))
    assert calibrated == PixelSize((0.3, 0.3), SizeKind.PATIENT)


def test_the_step_of_a_film_scanner_is_no_size_in_the_patient() -> None:
    film = {**UNPLACED, "SOPClassUID": SecondaryCaptureImageStorage, "NominalScannedPixelSpacing": [0.2, 0.1]}
    assert pixel_size_of(picture(**film)) is None
    assert pixel_aspect_of(picture(**film)) == 2


@pytest.mark.parametrize(
    ("tags", "aspect"),
    [
        ({"PixelSpacing": [0.4, 0.2]}, 2.0),
        ({"ImagerPixelSpacing": [0.1, 0.1]}, 1.0),
        ({"PixelAspectRatio": [4, 3]}, 4 / 3),
        ({"PixelSpacing": [0, 0.2]}, 1.0),
        ({"PixelSpacing": [1, 1_000_000]}, 1.0),
        ({"SpacingBetweenSlices": 4}, 1.0),
    ],
    ids=str,
)
def test_a_pictures_proportions_come_from_its_tags(tags: dict[str, Any], aspect: float) -> None:
    assert pixel_aspect_of(picture(**{**UNPLACED, **tags})) == pytest.approx(aspect)


def test_every_frame_of_an_ultrasound_film_is_as_large_as_its_region_says() -> None:
    film = make_film(Scan(slices=3))
    film.SequenceOfUltrasoundRegions = Sequence([region(0.04, 0.02)])
    frames = read_instances(Bytes(as_bytes(film)), Limits())
    assert [pixel_aspect_of(frame) for frame in frames] == pytest.approx([2, 2, 2])


def test_the_pictures_of_a_series_agree() -> None:
    assert {pixel_size_of(instance_of(one)) for one in make_series()} == {PixelSize((0.8, 0.5), SizeKind.PATIENT)}
