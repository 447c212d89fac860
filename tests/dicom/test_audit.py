"""Every geometry tag held against the measured positions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.dicom.members import scanned, stack_from
from tests.factories import Scan
from webapp.dicom.audit import pixel_findings, thickness_of
from webapp.dicom.model import Instance
from webapp.findings import Finding, Severity

TILT = (0, 3.0 * math.tan(math.radians(15)), 0)
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"


def findings(scan: Scan) -> dict[str, Finding]:
    return {finding.id: finding for finding in stack_from(scan).findings}


def by_slice(keyword: str, value: Callable[[int], Any]) -> Scan:
    """A scan in which a tag differs from slice to slice."""

    def each(dataset: Dataset, k: int) -> None:
        setattr(dataset, keyword, value(k))

    return Scan(each=each)


@pytest.mark.parametrize(
    ("scan", "finding", "severity", "words"),
    [
        pytest.param(Scan(), "G27", "OK", "3.00 mm apart (measured, ±0.000 mm)", id="even"),
        pytest.param(Scan(spacing_mm=0.04), "G32", "WARN", "0.040 mm is implausible", id="too near"),
        pytest.param(Scan(spacing_mm=60), "G32", "WARN", "60.000 mm is implausible", id="too far"),
        pytest.param(Scan(), "G11", "NOTE", "0.800 × 0.500 mm", id="oblong pixels"),
        pytest.param(
            Scan(tags={"ImageOrientationPatient": [1.005, 0, 0, 0, 1, 0]}), "G03", "NOTE", "by 0.0050", id="cleaned up"
        ),
        pytest.param(Scan(tags={"FrameOfReferenceUID": ""}), "G07", "NOTE", "No coordinate system", id="no system"),
        pytest.param(Scan(tags={"SliceThickness": None}), "G43", "NOTE", "not recorded", id="no thickness"),
        pytest.param(Scan(tags={"SliceThickness": 0}), "G43", "NOTE", "(0 mm)", id="thickness zero"),
        pytest.param(Scan(tags={"SliceThickness": 650.182}), "G43", "NOTE", "650.182 mm", id="a scout's thickness"),
        pytest.param(
            by_slice("SliceThickness", lambda k: 4 if k < 3 else 7),
            "G44",
            "WARN",
            "from 4 to 7 mm",
            id="varying",
        ),
        pytest.param(Scan(tags={"GantryDetectorTilt": 20}), "G50", "NOTE", "20.0° is recorded", id="tilt only said"),
        pytest.param(Scan(slide_mm=TILT), "G49", "WARN", "not recorded", id="tilt not said"),
        pytest.param(
            Scan(slide_mm=TILT, tags={"GantryDetectorTilt": 18}), "G51", "WARN", "18.0° of tilt", id="another tilt said"
        ),
        pytest.param(
            by_slice("RescaleSlope", lambda k: 1 + k), "G64", "NOTE", "one by one", id="a scale for each slice"
        ),
        pytest.param(
            Scan(tags={"PhotometricInterpretation": "MONOCHROME1"}),
            "G67",
            "NOTE",
            "inverted for display",
            id="inverted",
        ),
        pytest.param(Scan(tags={"LossyImageCompression": "01"}), "G69", "WARN", "with loss", id="once lossy"),
    ],
)
def test_the_audit_says_it_with_its_numbers(scan: Scan, finding: str, severity: str, words: str) -> None:
    found = findings(scan)[finding]
    assert found.severity is Severity(severity)
    assert words in found.message


@pytest.mark.parametrize(
    ("scan", "finding"),
    [
        pytest.param(Scan(pixel_mm=(0.5, 0.5)), "G11", id="square pixels"),
        pytest.param(Scan(tags={"ImageOrientationPatient": [1.0005, 0, 0, 0, 1, 0]}), "G03", id="right angle"),
        pytest.param(Scan(), "G07", id="a coordinate system"),
        pytest.param(Scan(), "G43", id="a thickness"),
        pytest.param(Scan(tags={"GantryDetectorTilt": 0.05}), "G50", id="no tilt said, none there"),
        pytest.param(Scan(slide_mm=TILT, tags={"GantryDetectorTilt": -15}), "G49", id="tilt said, of any sign"),
        pytest.param(Scan(slide_mm=TILT, tags={"GantryDetectorTilt": -15.3}), "G51", id="nearly the tilt said"),
        pytest.param(Scan(tags={"LossyImageCompression": "00"}), "G69", id="never lossy"),
    ],
)
def test_the_audit_is_silent_where_nothing_is_wrong(scan: Scan, finding: str) -> None:
    assert finding not in findings(scan)


def test_a_lossy_syntax_is_told_even_when_the_header_is_silent() -> None:
    first = scanned(Scan(slices=1))[0]
    lossy = Instance(**{name: getattr(first, name) for name in Instance.__slots__} | {"transfer_syntax": JPEG_BASELINE})
    assert "G69" in {finding.id for finding in pixel_findings([lossy])}


@pytest.mark.parametrize(
    ("location", "words"),
    [
        pytest.param(lambda k: -(35.5 + 3 * k), "in the opposite direction", id="opposite"),
        pytest.param(lambda k: 35.5 + 3 * k + 74, "shifted by 74.0 mm", id="shifted"),
        pytest.param(lambda k: (35.5 + 3 * k) * 1.05, "stretched ×1.050", id="stretched"),
        pytest.param(lambda k: -(35.5 + 3 * k) + 10, "opposite direction and shifted by 10.0 mm", id="both"),
    ],
)
def test_the_scanners_own_location_is_told_when_it_runs_another_way(location: Any, words: str) -> None:
    assert words in findings(by_slice("SliceLocation", location))["G42"].message


@pytest.mark.parametrize(
    "location",
    [
        pytest.param(lambda k: 35.5 + 3 * k, id="the true position"),
        pytest.param(lambda k: None if k == 2 else 1000.0, id="not on every slice"),
    ],
)
def test_a_location_that_can_be_believed_or_compared_with_nothing_is_silent(location: Any) -> None:
    assert "G42" not in findings(by_slice("SliceLocation", location))


@pytest.mark.parametrize(
    ("thickness", "wanted"),
    [(3, 3.0), (0.009, 0.009), (0, None), (-2, None), (101, None), ("1e-300", None), (None, None)],
)
def test_a_thickness_is_believed_when_it_can_be_one(thickness: Any, wanted: float | None) -> None:
    assert thickness_of(scanned(Scan(slices=2, tags={"SliceThickness": thickness}))) == wanted
