"""What a reader of values has to know: G64, G66, G67, G69, G73, and which thickness is believed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.dicom.clean import clean, findings_of, instances_of, only, varying
from tests.factories import Scan, make_series
from webapp.dicom.audit import pixel_findings
from webapp.dicom.tolerances import thickness_of
from webapp.findings import Severity

JPEG_BASELINE = "1.2.840.10008.1.2.4.50"


@pytest.mark.parametrize(
    ("scan", "finding", "severity", "words"),
    [
        pytest.param(
            clean(each=varying("RescaleSlope", lambda k: 1 + k)), "G64", "NOTE", "one by one", id="a scale a slice"
        ),
        pytest.param(
            clean(tags={"PhotometricInterpretation": "MONOCHROME1"}), "G67", "NOTE", "inverted for display", id="dark"
        ),
        pytest.param(clean(tags={"LossyImageCompression": "01"}), "G69", "WARN", "with loss", id="once lossy"),
        pytest.param(
            clean(tags={"LossyImageCompression": "01", "LossyImageCompressionRatio": [2, 12.5]}),
            "G69",
            "WARN",
            "with loss (12.5:1)",
            id="lossy twice",
        ),
        pytest.param(
            clean(tags={"HighBit": 15}), "G66", "WARN", "12 bits are stored up to bit 15; values are shifted", id="high"
        ),
        pytest.param(clean(tags={"BurnedInAnnotation": "YES"}), "G73", "NOTE", "text burned in", id="text"),
    ],
)
def test_the_audit_says_what_was_done_to_the_values(scan: Scan, finding: str, severity: str, words: str) -> None:
    found = only(finding, scan)
    assert found.severity is Severity(severity)
    assert words in found.message


@pytest.mark.parametrize(
    ("scan", "finding"),
    [
        pytest.param(clean(), "G64", id="one scale"),
        pytest.param(clean(), "G67", id="bright"),
        pytest.param(clean(tags={"LossyImageCompression": "00"}), "G69", id="never lossy"),
        pytest.param(clean(), "G66", id="ordinary bits"),
        pytest.param(clean(tags={"BurnedInAnnotation": "NO"}), "G73", id="no text"),
    ],
)
def test_the_audit_is_silent_where_nothing_was_done(scan: Scan, finding: str) -> None:
    assert finding not in findings_of(scan)


def test_a_lossy_syntax_is_told_even_when_the_header_is_silent() -> None:
    (first,) = instances_of(make_series(clean(slices=1)))
    lossy = replace(first, transfer_syntax=JPEG_BASELINE)
    assert "G69" in {finding.id for finding in pixel_findings([lossy])}


@pytest.mark.parametrize(
    ("thickness", "wanted"),
    [(3, 3.0), (0.009, 0.009), (0, None), (-2, None), (101, None), ("1e-300", None), (None, None)],
)
def test_a_thickness_is_believed_when_it_can_be_one(thickness: Any, wanted: float | None) -> None:
    assert thickness_of(instances_of(make_series(clean(slices=2, tags={"SliceThickness": thickness})))) == wanted
