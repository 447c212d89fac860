"""SUV by body weight: numbers worked by hand, and the exact reason wherever a condition does not hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.dicom.members import instances_of
from tests.factories import Scan, make_series
from webapp.dicom.scales import LabelledScale
from webapp.dicom.suv import Uptake, uptake_of

#: A PET whose every condition holds: 400 MBq of F-18 injected one half-life (6586.2 s) before the series time.
REFERENCE = "120000.000000"
INJECTION = "101013.800000"

#: Of those 200 MBq are left: an activity of 1 Bq/ml in 80 kg is 80 · 1000 / 200 000 000.
WANTED = 0.0004

Change = Callable[[Dataset, Dataset], None]


def injection(**tags: Any) -> Dataset:
    """The item that describes the injection."""
    item = Dataset()
    item.RadionuclideTotalDose, item.RadionuclideHalfLife = 4e8, 6586.2
    item.RadiopharmaceuticalStartTime = INJECTION
    for keyword, value in tags.items():
        setattr(item, keyword, value)
    return item


def uptake(
    tags: dict[str, Any] | None = None, each: Callable[[Dataset, int], None] | None = None, **item: Any
) -> Uptake:
    """What can be said of a PET with other elements, or with another injection."""

    def told(dataset: Dataset, k: int) -> None:
        dataset.RadiopharmaceuticalInformationSequence = [injection(**item)]
        for keyword, value in {**PET, **(tags or {})}.items():
            setattr(dataset, keyword, value)
        if each is not None:
            each(dataset, k)

    return uptake_of([instances_of(make_series(Scan(slices=3, each=told)))])


PET = {
    "Modality": "PT",
    "Units": "BQML",
    "RescaleIntercept": 0,
    "CorrectedImage": ["DECY", "ATTN", "SCAT"],
    "DecayCorrection": "START",
    "PatientWeight": 80,
    "SeriesDate": "20240101",
    "SeriesTime": REFERENCE,
    "AcquisitionDate": "20240101",
    "AcquisitionTime": "120500",
}


def only(found: Uptake) -> LabelledScale:
    """SUV, which must be the only scale, without a word against it."""
    assert found.findings == ()
    (scale,) = found.scales
    assert (scale.name, scale.unit) == ("SUVbw", "g/ml")
    return scale


def reason(found: Uptake) -> str:
    """Why there is no SUV."""
    (finding,) = found.findings
    assert (found.scales, finding.id, finding.severity) == ((), "G72", "NOTE")
    assert finding.message.startswith("SUV is not shown because ")
    return finding.message.removeprefix("SUV is not shown because ")


def test_half_the_dose_is_left_after_a_half_life() -> None:
    assert only(uptake()).line == pytest.approx((WANTED, 0.0))


def test_the_formula_and_every_number_of_it_are_told() -> None:
    assert only(uptake()).detail == (
        "SUVbw = Bq/ml × 80 kg × 1000 / 200.00 MBq: 400.00 MBq of F-18 injected 10:10:13, 109.8 min before 12:00:00 "
        "by the series time (0008,0031), half-life 6586.2 s."
    )


@pytest.mark.parametrize(
    ("tags", "item"),
    [
        pytest.param({}, {"RadiopharmaceuticalStartDateTime": "20240101101013.8"}, id="by date and time"),
        pytest.param(
            {"TimezoneOffsetFromUTC": "+0100"},
            {"RadiopharmaceuticalStartDateTime": "20240101041013.8-0500"},
            id="by a clock of another zone",
        ),
        pytest.param(
            {}, {"RadiopharmaceuticalStartDateTime": "20240101101013.8+0100"}, id="by an offset that nothing is held to"
        ),
        pytest.param(
            {"SeriesTime": "000500", "AcquisitionTime": "001000"},
            {"RadiopharmaceuticalStartTime": "221513.8"},
            id="before midnight, by time alone",
        ),
        pytest.param(
            {"SeriesTime": "000500", "AcquisitionTime": "001000"},
            {"RadiopharmaceuticalStartDateTime": "20231231221513.8"},
            id="before midnight, by date and time",
        ),
        pytest.param(
            {"SeriesTime": "000500", "AcquisitionTime": "001000"},
            {"RadiopharmaceuticalStartDateTime": "20240101221513.8"},
            id="before midnight, under the date of the scan",
        ),
        pytest.param(
            {"SeriesTime": "235900", "AcquisitionDate": "20240102", "AcquisitionTime": "000400"},
            {"RadiopharmaceuticalStartTime": "220913.8"},
            id="acquired after midnight",
        ),
    ],
)
def test_times_are_subtracted_whatever_way_they_are_written(tags: dict[str, Any], item: dict[str, Any]) -> None:
    assert only(uptake(tags, **item)).line == pytest.approx((WANTED, 0.0))


def test_values_corrected_to_the_injection_are_held_against_the_whole_dose() -> None:
    """80 · 1000 / 400 000 000; no time is needed."""
    found = only(uptake({"DecayCorrection": "ADMIN", "SeriesTime": ""}, RadiopharmaceuticalStartTime=""))
    assert found.line == pytest.approx((0.0002, 0.0))
    assert "corrected to the injection" in found.detail


@pytest.mark.parametrize(
    ("half_life", "nuclide"), [(6588, "F-18"), (4057.7, "Ga-68"), (4080, "Ga-68"), (1223.4, "C-11"), (1220, "C-11")]
)
def test_the_nuclide_is_known_by_its_half_life(half_life: float, nuclide: str) -> None:
    assert f"of {nuclide} injected" in only(uptake(RadionuclideHalfLife=half_life)).detail


def made_later(dataset: Dataset, k: int) -> None:
    """A series that was made after all its pictures were acquired."""
    dataset.SeriesTime, dataset.AcquisitionTime = "180000", f"1{2 + k}0000"


def test_a_series_made_later_takes_the_scan_start_of_ge() -> None:
    def each(dataset: Dataset, k: int) -> None:
        made_later(dataset, k)
        dataset.private_block(0x0009, "GEMS_PETD_01", create=True).add_new(0x0D, "DT", "20240101120000.00")

    found = only(uptake(each=each))
    assert found.line == pytest.approx((WANTED, 0.0))
    assert "GE's scan start (0009,100D)" in found.detail


def test_a_series_made_later_takes_the_earliest_acquisition() -> None:
    found = only(uptake(each=made_later))
    assert found.line == pytest.approx((WANTED, 0.0))
    assert "earliest acquisition time" in found.detail


def test_the_earliest_acquisition_is_put_back_by_its_own_frame() -> None:
    """A frame of 600 s that began 900 s after the reference: its mean time is 298.4 s in, by ln(d / (1 − e^−d)) / λ.

    λ = ln 2 / 6586.2 = 1.052424e-4, d = 600 λ = 0.0631454; 1 − e^−d = 0.0611931; ln(1.031904) = 0.0314055; / λ = 298.4.
    """

    def each(dataset: Dataset, k: int) -> None:
        made_later(dataset, k)
        dataset.AcquisitionTime = "121500"
        dataset.ActualFrameDuration, dataset.FrameReferenceTime = 600_000, 1000 * (900 + 298.4)

    found = only(uptake(each=each))
    assert found.line == pytest.approx((WANTED, 0.0), rel=1e-4)
    assert "less its frame's own time" in found.detail


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"Units": "PROPCNTS"}, "the Units (0054,1001) are not Bq/ml, counts or g/ml in every picture."),
        ({"RescaleSlope": None}, "not every picture carries a complete rescale stage"),
        ({"CorrectedImage": ["DECY"]}, "the values are not corrected for attenuation (0028,0051)."),
        ({"CorrectedImage": ["ATTN"]}, "the values are not corrected for decay (0028,0051)."),
        ({"DecayCorrection": "NONE"}, "the Decay Correction (0054,1102) is neither START nor ADMIN."),
        ({"PatientWeight": 0}, "the weight (0010,1030) is not recorded alike in every picture."),
        ({"PatientWeight": None}, "the weight (0010,1030) is not recorded alike in every picture."),
        ({"PatientWeight": 80_000}, "the weight (0010,1030) of 80000 kg is not that of a person."),
        ({"RadiopharmaceuticalInformationSequence": []}, "the injection (0054,0016) is described no times instead of"),
        (
            {"RadiopharmaceuticalInformationSequence": [injection(), injection()]},
            "the injection (0054,0016) is described 2 times instead of once.",
        ),
        ({"AcquisitionTime": ""}, "the acquisition date or time (0008,0022) (0008,0032) is not recorded in every"),
        ({"AcquisitionDate": ""}, "the acquisition date or time (0008,0022) (0008,0032) is not recorded in every"),
        ({"Units": "CNTS"}, "the values are counts, and Philips' factors (7053,1000) (7053,1009) are not there."),
        ({"Units": "GML", "SUVType": "LBM"}, "the values are uptake already, but not by body weight (SUV Type"),
        (
            {"SeriesTime": "190000", "AcquisitionTime": "190000"},
            "the scan's reference time lies 8.83 h after the injection, which is outside 0 to 8 h.",
        ),
    ],
)
def test_a_condition_that_does_not_hold_is_the_reason(tags: dict[str, Any], words: str) -> None:
    assert reason(uptake(tags)).startswith(words)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"RadionuclideTotalDose": None}, "the injected dose (0018,1074) is not recorded."),
        ({"RadionuclideTotalDose": 400}, "the injected dose (0018,1074) of 0.0004 MBq is outside 1 to 2000 MBq."),
        ({"RadionuclideTotalDose": 4e9}, "the injected dose (0018,1074) of 4000 MBq is outside 1 to 2000 MBq."),
        ({"RadionuclideHalfLife": None}, "the half-life (0018,1075) is not recorded."),
        ({"RadionuclideHalfLife": 110}, "the half-life (0018,1075) of 110 s is that of none of F-18, Ga-68, C-11."),
        ({"RadiopharmaceuticalStartTime": ""}, "the time of injection (0018,1078) (0018,1072) is not recorded."),
        ({"RadiopharmaceuticalStartTime": "130000"}, "the scan's reference time lies 23.00 h after the injection"),
        (
            {"RadiopharmaceuticalStartDateTime": "20240103101013"},
            "the scan's reference time lies -46.17 h after the injection",
        ),
    ],
)
def test_an_injection_that_is_not_believed_is_the_reason(item: dict[str, Any], words: str) -> None:
    assert reason(uptake(**item)).startswith(words)


def test_a_half_life_of_another_nuclide_than_the_named_one_is_the_reason() -> None:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "C-131A3", "SRT", "^68^Gallium"
    found = reason(uptake(RadionuclideCodeSequence=[code]))
    assert found == "the half-life (0018,1075) of 6586.2 s is not that of Ga-68, which is named."


@pytest.mark.parametrize(
    ("keyword", "values", "words"),
    [
        ("PatientWeight", (80, 81), "the weight"),
        ("Units", ("BQML", "CNTS"), "the Units"),
        ("DecayCorrection", ("START", "ADMIN"), "the pictures differ in their Decay Correction"),
        (
            "RadiopharmaceuticalInformationSequence",
            ([injection()], [injection(RadionuclideTotalDose=3e8)]),
            "the pictures name different injections",
        ),
    ],
)
def test_pictures_that_disagree_have_no_uptake(keyword: str, values: tuple[Any, Any], words: str) -> None:
    def each(dataset: Dataset, k: int) -> None:
        setattr(dataset, keyword, values[k == 2])

    assert reason(uptake(each=each)).startswith(words)


def philips(**factors: float) -> Callable[[Dataset, int], None]:
    """Counts with Philips' private factors."""

    def each(dataset: Dataset, k: int) -> None:
        dataset.Units = "CNTS"
        block = dataset.private_block(0x7053, "Philips PET Private Group", create=True)
        for name, value in factors.items():
            block.add_new({"suv": 0x00, "activity": 0x09}[name], "DS", str(value))

    return each


def test_counts_become_uptake_by_the_makers_factor() -> None:
    found = only(uptake(each=philips(suv=0.000731)))
    assert found.line == pytest.approx((0.000731, 0.0))
    assert "(7053,1000)" in found.detail


def test_counts_become_activity_and_uptake_by_the_makers_other_factor() -> None:
    """1 count is 2.5 Bq/ml, and 2.5 · 80 · 1000 / 200 000 000 of uptake."""
    found = uptake(each=philips(suv=0, activity=2.5))
    assert [(one.name, one.unit) for one in found.scales] == [("SUVbw", "g/ml"), ("Activity", "Bq/ml")]
    assert [one.line for one in found.scales] == [pytest.approx((0.001, 0.0)), pytest.approx((2.5, 0.0))]


def test_another_makers_block_of_the_same_number_is_none() -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.Units = "CNTS"
        dataset.private_block(0x7053, "SOMEBODY ELSE", create=True).add_new(0x00, "DS", "0.5")

    assert "are not there" in reason(uptake(each=each))


def test_activity_is_offered_where_uptake_is_not() -> None:
    found = uptake({"PatientWeight": 0}, each=philips(activity=2.5))
    assert [one.name for one in found.scales] == ["Activity"]
    assert [one.id for one in found.findings] == ["G72"]


@pytest.mark.parametrize("kind", ["", "BW"])
def test_values_that_are_uptake_already_need_no_scale_and_no_word(kind: str) -> None:
    assert uptake({"Units": "GML", "SUVType": kind}) == Uptake()


def test_what_is_no_pet_has_no_uptake_and_no_word() -> None:
    assert uptake({"Modality": "CT"}) == Uptake()


def frame_with_factor(factor: float) -> Callable[[Dataset, int], None]:
    """Frames of 2 min that began 300 s after the reference, with a recorded decay factor."""

    def each(dataset: Dataset, k: int) -> None:
        dataset.ActualFrameDuration, dataset.DecayFactor = 120_000, factor

    return each


def test_a_decay_factor_that_fits_the_times_says_nothing() -> None:
    """The mean of the frame is 359.9 s after the reference: 2 ^ (359.9 / 6586.2) = 1.0386."""
    assert only(uptake(each=frame_with_factor(1.0386))).line == pytest.approx((WANTED, 0.0))


def test_a_decay_factor_that_tells_of_another_time_is_a_warning() -> None:
    found = uptake(each=frame_with_factor(1.1425))
    assert [one.name for one in found.scales] == ["SUVbw"]
    (finding,) = found.findings
    assert (finding.id, finding.severity) == ("G72", "WARN")
    assert "up to 10 % larger" in finding.message


def test_a_decay_factor_of_one_says_nothing() -> None:
    assert only(uptake(each=frame_with_factor(1)))


def test_an_opened_pet_has_its_scale_and_its_window(open_series: Callable[..., dict[str, Any]]) -> None:
    """SUV 0 to 5 is 0 to 5 / 0.0004 = 12 500 Bq/ml."""

    def each(dataset: Dataset, k: int) -> None:
        dataset.RadiopharmaceuticalInformationSequence = [injection()]

    stack = open_series(make_series(Scan(tags=PET, each=each)))["stacks"][0]
    (scale,) = stack["scales"]
    assert (scale["name"], scale["unit"], scale["slope"], scale["slopes"]) == (
        "SUVbw",
        "g/ml",
        pytest.approx(WANTED),
        None,
    )
    window = stack["windows"][0]
    assert (window["name"], window["center"], window["width"]) == ("SUV 0 to 5", 6250, 12_500)


def test_an_opened_pet_without_uptake_is_shown_up_to_its_brightest_values(
    open_series: Callable[..., dict[str, Any]],
) -> None:
    stack = open_series(make_series(Scan(tags={**PET, "PatientWeight": 0})))["stacks"][0]
    assert [one["message"][:26] for one in stack["findings"] if one["id"] == "G72"] == ["SUV is not shown because t"]
    window = stack["windows"][0]
    assert (window["center"] * 2, window["width"]) == (pytest.approx(2690, rel=0.02), pytest.approx(2690, rel=0.02))
