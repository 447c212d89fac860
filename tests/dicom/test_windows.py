"""The windows a file brings along, and which way its brightness runs."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.dicom.luts import item
from tests.dicom.members import scanned
from tests.factories import Scan
from webapp.dicom.windows import FileWindow, inversion_findings, is_inverted, windows_of, windows_of_stack


def windows(**tags: Any) -> list[FileWindow]:
    return windows_of(scanned(Scan(slices=1, tags=tags))[0])


def told(**tags: Any) -> list[tuple[str, float, float]]:
    return [(one.name, one.center, one.width) for one in windows(**tags)]


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
    assert told(**tags) == wanted


@pytest.mark.parametrize(
    ("said", "function"),
    [(None, "LINEAR"), ("LINEAR", "LINEAR"), ("LINEAR_EXACT", "LINEAR_EXACT"), ("SIGMOID", "SIGMOID")],
)
def test_a_window_has_the_function_its_file_names(said: str | None, function: str) -> None:
    tags = {"WindowCenter": 40, "WindowWidth": 400, **({"VOILUTFunction": said} if said else {})}
    (window,) = windows(**tags)
    assert (window.function, window.note) == (function, "")


def test_a_linear_window_narrower_than_one_is_drawn_exactly_and_says_so() -> None:
    (window,) = windows(WindowCenter=0.5, WindowWidth=0.25)
    assert window.function == "LINEAR_EXACT"
    assert window.note == "Its width of 0.25 is below 1, which LINEAR does not allow: drawn as LINEAR_EXACT."


def test_a_function_of_no_standard_is_drawn_linear_and_says_so() -> None:
    (window,) = windows(WindowCenter=40, WindowWidth=400, VOILUTFunction="CUBIC")
    assert window.function == "LINEAR"
    assert "none of the standard's" in window.note


def table(explanation: str = "") -> Dataset:
    """Four entries of 8 bits from the value 10 on."""
    return item([4, 10, 8], [0, 51, 204, 255], explanation)


def test_tables_stand_behind_the_windows_under_their_explanation() -> None:
    sequence = Sequence([table("BONE"), table()])
    offered = windows(WindowCenter=40, WindowWidth=400, VOILUTSequence=sequence)
    assert [one.name for one in offered] == ["From the file", "BONE", "Table from the file"]
    assert [one.function for one in offered] == ["LINEAR", "LUT", "LUT"]


def test_a_table_spans_from_its_first_value_to_its_last() -> None:
    (window,) = windows(VOILUTSequence=Sequence([table()]))
    assert (window.center, window.width) == (11.5, 3)
    assert window.curve == (0, 0.2, 0.8, 1)


def test_windows_common_to_all_slices_are_agreed_on() -> None:
    offered, agree = windows_of_stack(scanned(Scan(tags={"WindowCenter": 40, "WindowWidth": 400})))
    assert ([one.center for one in offered], agree) == ([40], True)


@pytest.mark.parametrize("odd", [0, 1, 6], ids=["the first", "the second", "the last"])
def test_a_single_slice_with_another_window_is_noticed(odd: int) -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.WindowCenter, dataset.WindowWidth = 40 + (k == odd), 400

    offered, agree = windows_of_stack(scanned(Scan(each=each)))
    assert ([one.center for one in offered], agree) == ([40], False)


def test_the_evidence_of_an_inversion_is_the_tag_that_says_it() -> None:
    (picture,) = scanned(Scan(slices=1, tags={"PresentationLUTShape": "INVERSE"}))
    (finding,) = inversion_findings(picture)
    assert finding.tags == ("2050,0020",)


@pytest.mark.parametrize(
    ("tags", "inverted"),
    [
        pytest.param({}, False, id="MONOCHROME2"),
        pytest.param({"PhotometricInterpretation": "MONOCHROME1"}, True, id="MONOCHROME1"),
        pytest.param({"PresentationLUTShape": "INVERSE"}, True, id="INVERSE"),
        pytest.param({"PresentationLUTShape": "IDENTITY"}, False, id="IDENTITY"),
        pytest.param(
            {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"}, True, id="both mean one"
        ),
    ],
)
def test_small_values_are_white_where_the_file_says_so(tags: dict[str, str], inverted: bool) -> None:
    (picture,) = scanned(Scan(slices=1, tags=tags))
    assert is_inverted(picture) is inverted
    assert [finding.id for finding in inversion_findings(picture)] == (["G67"] if inverted else [])
