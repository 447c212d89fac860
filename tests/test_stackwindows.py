"""The windows a stack is offered with."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.dicom.luts import item
from tests.dicom.members import scanned
from tests.factories import Scan
from webapp.imaging.window import CT_PRESETS, NamedWindow, WindowLevel
from webapp.stackwindows import first_shown, offered_windows

AUTOMATIC = NamedWindow("Automatic", WindowLevel(123, 789))
PRESETS = [one.name for one in CT_PRESETS]


def offered(unit: str | None = "HU", scan: Scan | None = None, **tags: Any) -> list[dict[str, Any]]:
    return offered_windows(scanned(scan or Scan(slices=3, tags=tags)), unit, AUTOMATIC)


def names(windows: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in windows]


def test_the_files_own_windows_are_first() -> None:
    assert names(offered(WindowCenter=50, WindowWidth=350.5)) == ["From the file", *PRESETS, "Automatic"]


def test_a_table_joins_the_menu_behind_the_windows() -> None:
    sequence = Sequence([item([4, 10, 8], [0, 51, 204, 255], "BONE")])
    window, table, *_ = offered(WindowCenter=50, WindowWidth=350.5, VOILUTSequence=sequence)
    assert (window["function"], table["name"], table["function"]) == ("LINEAR", "BONE", "LUT")
    assert (table["center"], table["width"], table["curve"]) == (11.5, 3, [0, 0.2, 0.8, 1])


def test_only_hounsfield_units_get_the_presets_of_ct() -> None:
    assert names(offered(unit=None)) == ["Automatic"]


def test_a_preset_with_the_files_own_numbers_is_not_offered_again() -> None:
    assert names(offered(WindowCenter=40, WindowWidth=400)).count("Soft tissue") == 0


def test_a_sigmoid_is_another_window_than_a_straight_one_of_the_same_numbers() -> None:
    found = offered(WindowCenter=40, WindowWidth=400, VOILUTFunction="SIGMOID")
    assert names(found)[:2] == ["From the file", "Soft tissue"]
    assert found[0]["function"] == "SIGMOID"


def test_windows_that_change_from_slice_to_slice_stand_last_and_say_so() -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.WindowCenter, dataset.WindowWidth = 500 + k, 400

    found = offered(None, Scan(slices=3, each=each))
    assert names(found) == ["Automatic", "From the file (middle slice)"]
    assert found[1]["center"] == 501


def test_a_note_goes_with_its_window() -> None:
    assert offered(None, WindowCenter=1, WindowWidth=0.5)[0]["note"].startswith("Its width of 0.5 is below 1")


@pytest.mark.parametrize(("low", "high", "shown"), [(0, 100, "a"), (500, 900, "b"), (-900, -800, "a")])
def test_a_stack_is_first_seen_in_a_window_that_shows_something(low: float, high: float, shown: str) -> None:
    windows = [{"name": "a", "center": 50, "width": 100}, {"name": "b", "center": 700, "width": 200}]
    assert first_shown(windows, [low, high])["name"] == shown
