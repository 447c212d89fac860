"""Brightness that alternates from slice to slice: a visible sign that slices disturbed each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.conftest import Silence
from tests.factories import Scan, make_series, zip_series
from webapp.config import AuditThresholds, Limits
from webapp.dicom.alternation import alternation_percent
from webapp.reconstruct import STACKS, Opening, open_input

Open = Callable[..., dict[str, Any]]

TWO_D = {"Modality": "MR", "MRAcquisitionType": "2D", "RescaleIntercept": 0}


def scan(level: Callable[[int], float], tags: dict[str, Any] | None = None) -> Scan:
    """Sixteen slices of one even brightness each."""

    def each(dataset: Dataset, k: int) -> None:
        dataset.PixelData = np.full((16, 12), level(k), np.uint16).tobytes()

    return Scan(slices=16, tags={**TWO_D, **(tags or {})}, each=each)


def noted(series: Scan, open_series: Open) -> list[dict[str, Any]]:
    """What is said of alternating brightness."""
    (stack,) = open_series(make_series(series))["stacks"]
    return [one for one in stack["findings"] if "odd_even_percent" in one["numbers"]]


def alternating(k: int) -> float:
    """Every second slice a tenth brighter."""
    return 1000 if k % 2 else 1100


def test_slices_that_alternate_by_a_tenth_are_noted_with_the_number(open_series: Open) -> None:
    (found,) = noted(scan(alternating), open_series)
    assert (found["id"], found["severity"]) == ("G45", "NOTE")
    assert "brighter than its neighbours, by 10 %" in found["message"]
    assert found["numbers"]["odd_even_percent"] == pytest.approx(100 * 100 / 1050, abs=0.5)


@pytest.mark.parametrize(
    "level",
    [
        pytest.param(lambda _: 1000, id="even"),
        pytest.param(lambda k: 400 + 100 * k, id="rising along the body"),
        pytest.param(lambda k: 3000 if k == 8 else 1000, id="one bright slice"),
        pytest.param(lambda k: 1000 + 15 * (k % 2), id="below the threshold"),
        pytest.param(lambda k: alternating(k) if k in (0, 1, 2, 13, 14, 15) else 1000, id="at the ends only"),
    ],
)
def test_a_stack_that_does_not_alternate_says_nothing(level: Callable[[int], float], open_series: Open) -> None:
    assert noted(scan(level), open_series) == []


@pytest.mark.parametrize("tags", [{"MRAcquisitionType": "3D"}, {"Modality": "CT"}], ids=["3D MR", "CT"])
def test_nothing_is_said_where_slices_cannot_disturb_each_other(tags: dict[str, Any], open_series: Open) -> None:
    assert noted(scan(alternating, tags=tags), open_series) == []


def test_from_where_on_it_is_noted_is_a_setting(tmp_path: Path, report: Silence) -> None:
    source = zip_series(tmp_path / "a.zip", make_series(scan(lambda k: 1000 + 15 * (k % 2))))
    careful = AuditThresholds(odd_even_percent=1)
    opening = Opening(tmp_path / "out", Limits(), report, audit=careful)
    opening.staging.mkdir()
    open_input(source, opening)
    (meta,) = (opening.staging / STACKS).glob("*/meta.json")
    assert "brighter than its neighbours" in meta.read_text(encoding="utf-8")


def test_padding_is_left_out_of_the_brightness(open_series: Open) -> None:
    def each(dataset: Dataset, k: int) -> None:
        pixels = np.full((16, 12), 1000, np.uint16)
        pixels[: 8 if k % 2 else 2] = 0
        dataset.PixelData, dataset.PixelPaddingValue = pixels.tobytes(), 0

    assert noted(Scan(slices=16, tags=TWO_D, each=each), open_series) == []


def test_too_few_slices_alternate_by_chance() -> None:
    assert alternation_percent(np.array([1.0, 2, 1, 2, 1])) is None


def test_values_around_zero_have_no_brightness() -> None:
    assert alternation_percent(np.array([1.0, -1] * 6)) is None
