"""The windows a file brings along."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.dicom.members import scanned
from tests.factories import Scan
from webapp.dicom.windows import common_windows, windows_of


def windows(**tags: Any) -> list[tuple[str, float, float]]:
    return windows_of(scanned(Scan(slices=1, tags=tags))[0])


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        pytest.param({}, [], id="none"),
        pytest.param({"WindowCenter": 40, "WindowWidth": 400}, [("From the file", 40, 400)], id="one without a name"),
        pytest.param(
            {"WindowCenter": [40, -600], "WindowWidth": [400, 1500], "WindowCenterWidthExplanation": ["SOFT", "LUNG"]},
            [("SOFT", 40, 400), ("LUNG", -600, 1500)],
            id="two with names",
        ),
        pytest.param(
            {"WindowCenter": [40, -600], "WindowWidth": [400, 1500], "WindowCenterWidthExplanation": ["SOFT"]},
            [("SOFT", 40, 400), ("From the file", -600, 1500)],
            id="one name for two",
        ),
        pytest.param({"WindowCenter": 40, "WindowWidth": 0}, [], id="no width"),
        pytest.param({"WindowCenter": 40}, [], id="only a centre"),
        pytest.param({"WindowCenter": "1e300", "WindowWidth": "1e300"}, [], id="impossible numbers"),
    ],
)
def test_the_usable_windows_come_with_their_names(tags: dict[str, Any], wanted: list[tuple[str, float, float]]) -> None:
    assert windows(**tags) == wanted


def test_a_window_common_to_all_slices_is_offered() -> None:
    assert common_windows(scanned(Scan(tags={"WindowCenter": 40, "WindowWidth": 400}))) == [("From the file", 40, 400)]


def test_a_window_that_changes_from_slice_to_slice_is_not_offered() -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.WindowCenter, dataset.WindowWidth = 40 + k, 400

    assert common_windows(scanned(Scan(each=each))) == []
