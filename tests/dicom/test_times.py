"""Pictures of one place told apart: volumes over echo, diffusion, phase, time; never one stack of them all."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.factories import Scan, make_series
from tests.factories_multiframe import make_enhanced, make_times, pixels_at, uids_of_one_series
from tests.placed import finding, ids, misplaced

Open = Callable[..., dict[str, Any]]
Mark = Callable[[Dataset, int, int], None]

SCAN = Scan(slices=8)


def tagged(keyword: str, *values: Any) -> Mark:
    """Writes the value of each time."""

    def mark(dataset: Dataset, k: int, t: int) -> None:
        setattr(dataset, keyword, values[t])

    return mark


def together(*marks: Mark) -> Mark:
    """Writes several things."""

    def mark(dataset: Dataset, k: int, t: int) -> None:
        for one in marks:
            one(dataset, k, t)

    return mark


def numbered(dataset: Dataset, k: int, t: int) -> None:
    """Numbers volume after volume."""
    dataset.InstanceNumber = t * SCAN.slices + k + 1


def private_b(group: int, creator: str, element: int, vr: str, *values: Any) -> Mark:
    """Writes a maker's own b-value."""

    def mark(dataset: Dataset, k: int, t: int) -> None:
        dataset.private_block(group, creator, create=True).add_new(element, vr, values[t])

    return mark


@pytest.mark.parametrize(
    ("mark", "key", "unit", "values"),
    [
        (tagged("TemporalPositionIdentifier", 1, 2, 3), "temporal position", None, [1, 2, 3]),
        (tagged("EchoTime", "5.1", "10.2", "15.3"), "echo time", "ms", [5.1, 10.2, 15.3]),
        (tagged("EchoNumbers", 1, 2, 3), "echo", None, [1, 2, 3]),
        (tagged("DiffusionBValue", 0.0, 500.0, 1000.0), "b-value", "s/mm²", [0, 500, 1000]),
        (tagged("TriggerTime", "0", "40", "80"), "trigger time", "ms", [0, 40, 80]),
        (tagged("NominalPercentageOfCardiacPhase", 10.0, 40.0, 70.0), "cardiac phase", "%", [10, 40, 70]),
        (tagged("FrameReferenceTime", "0", "30000", "60000"), "frame reference time", "ms", [0, 30000, 60000]),
        (tagged("InversionTime", "100", "500", "900"), "inversion time", "ms", [100, 500, 900]),
        (tagged("FlipAngle", "2", "8", "15"), "flip angle", "°", [2, 8, 15]),
        (tagged("KVP", "80", "100", "140"), "tube voltage", "kV", [80, 100, 140]),
        (
            tagged("ConvolutionKernel", "BONE", "SOFT", "STANDARD"),
            "reconstruction kernel",
            None,
            ["BONE", "SOFT", "STANDARD"],
        ),
        (tagged("AcquisitionNumber", 4, 5, 6), "acquisition number", None, [4, 5, 6]),
        (tagged("AcquisitionTime", "115959", "120001.5", "120004"), "acquisition time", "s", [0, 2.5, 5]),
        (
            tagged("AcquisitionDateTime", "20260101235959", "20260102000001", "20260102000003"),
            "acquisition time",
            "s",
            [0, 2, 4],
        ),
        (numbered, "volume by number", None, [1, 2, 3]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_three_times_eight_pictures_are_three_volumes_of_eight(
    open_series: Open, mark: Mark, key: str, unit: str | None, values: list[Any]
) -> None:
    (stack,) = open_series(make_times(SCAN, 3, mark))["stacks"]
    assert (stack["time_points"], stack["time_key"], stack["time_unit"]) == (3, key, unit)
    assert stack["time_values"] == values
    assert misplaced(stack, SCAN) == []
    assert (stack["verdict"], finding(stack, "G19")["numbers"]["volumes"]) == ("trusted", 3)


@pytest.mark.parametrize(
    "mark",
    [
        private_b(0x0019, "SIEMENS MR HEADER", 0x0C, "IS", "0", "500", "1000"),
        private_b(0x0043, "GEMS_PARM_01", 0x39, "IS", ["0", "8"], ["1000000500", "8"], ["1000001000", "8"]),
        private_b(0x2001, "Philips Imaging DD 001", 0x03, "FL", 0.0, 500.0, 1000.0),
        private_b(0x0065, "Image Private Header", 0x09, "FD", 0.0, 500.0, 1000.0),
        private_b(0x0019, "SIEMENS MR HEADER", 0x0C, "UN", b"0 ", b"500 ", b"1000"),
        private_b(0x0021, "SIEMENS MR SDI 02", 0x05, "IS", "0", "500", "1000"),
        private_b(0x2001, "Philips Imaging DD 001", 0x03, "UN", *(struct.pack("<f", b) for b in (0, 500, 1000))),
    ],
    ids=[
        *("Siemens", "GE", "Philips", "United Imaging", "Siemens, type lost", "Siemens XA", "Philips, type lost"),
    ],
)
def test_a_makers_own_b_value_tells_volumes_apart(open_series: Open, mark: Mark) -> None:
    (stack,) = open_series(make_times(SCAN, 3, mark))["stacks"]
    assert (stack["time_key"], stack["time_values"]) == ("b-value", [0, 500, 1000])


def test_a_b_value_in_a_block_of_another_name_is_not_believed(open_series: Open) -> None:
    mark = together(private_b(0x2001, "Somebody else", 0x03, "FL", 0.0, 500.0, 1000.0), numbered)
    (stack,) = open_series(make_times(SCAN, 3, mark))["stacks"]
    assert stack["time_key"] == "volume by number"


def private_direction(group: int, creator: str, vr: str, *elements: int) -> Mark:
    """Writes a maker's own gradient direction, in one element of three numbers or in three of one."""

    def mark(dataset: Dataset, k: int, t: int) -> None:
        dataset.DiffusionBValue = 700.0
        block = dataset.private_block(group, creator, create=True)
        direction = [float(t == axis) for axis in range(3)]
        for element, part in zip(elements, [direction] if len(elements) == 1 else direction, strict=True):
            block.add_new(element, vr, part)

    return mark


@pytest.mark.parametrize(
    "mark",
    [
        private_direction(0x0019, "SIEMENS MR HEADER", "FD", 0x0E),
        private_direction(0x0021, "SIEMENS MR SDI 02", "FD", 0x46),
        private_direction(0x0019, "GEMS_ACQU_01", "DS", 0xBB, 0xBC, 0xBD),
        private_direction(0x2005, "Philips MR Imaging DD 001", "FL", 0xB0, 0xB1, 0xB2),
        private_direction(0x0065, "Image Private Header", "FD", 0x37),
    ],
    ids=["Siemens", "Siemens XA", "GE", "Philips", "United Imaging"],
)
def test_a_makers_own_direction_tells_equal_b_values_apart(open_series: Open, mark: Mark) -> None:
    (stack,) = open_series(make_times(SCAN, 3, mark))["stacks"]
    assert (stack["time_key"], stack["time_points"]) == ("b-value and direction", 3)
    assert "b 700 along 0.00, 0.00, 1.00" in stack["time_values"]


def test_philips_own_phase_number_tells_cardiac_phases_apart(open_series: Open) -> None:
    mark = private_b(0x2001, "Philips Imaging DD 001", 0x08, "IS", "1", "2", "3")
    (stack,) = open_series(make_times(SCAN, 3, mark))["stacks"]
    assert (stack["time_key"], stack["time_values"]) == ("cardiac phase number", [1, 2, 3])


def test_a_trigger_time_goes_before_philips_own_phase_number(open_series: Open) -> None:
    phase = private_b(0x2001, "Philips Imaging DD 001", 0x08, "IS", "1", "2", "3")
    (stack,) = open_series(make_times(SCAN, 3, together(phase, tagged("TriggerTime", "0", "40", "80"))))["stacks"]
    assert stack["time_key"] == "trigger time"


def test_equal_b_values_are_told_apart_by_their_directions(open_series: Open) -> None:
    def mark(dataset: Dataset, k: int, t: int) -> None:
        dataset.DiffusionBValue = 0.0 if t == 0 else 1000.0
        if t:
            dataset.DiffusionGradientOrientation = [0.0, 1.0, 0.0] if t == 1 else [1.0, 0.0, 0.0]

    (stack,) = open_series(make_times(SCAN, 3, mark))["stacks"]
    assert stack["time_key"] == "b-value and direction"
    assert stack["time_values"] == ["b 0", "b 1000 along 0.00, 1.00, 0.00", "b 1000 along 1.00, 0.00, 0.00"]


def test_two_keys_together_name_each_volume(open_series: Open) -> None:
    mark = together(tagged("EchoTime", "5", "10", "5", "10"), tagged("FlipAngle", "3", "3", "9", "9"))
    (stack,) = open_series(make_times(SCAN, 4, mark))["stacks"]
    assert stack["time_key"] == "echo time × flip angle"
    assert stack["time_values"] == [
        "echo time 5 ms · flip angle 3 °",
        "echo time 5 ms · flip angle 9 °",
        "echo time 10 ms · flip angle 3 °",
        "echo time 10 ms · flip angle 9 °",
    ]


def test_a_key_earlier_in_the_list_goes_before_a_later_one(open_series: Open) -> None:
    mark = together(tagged("AcquisitionNumber", 3, 2, 1), tagged("EchoTime", "5", "10", "15"))
    (stack,) = open_series(make_times(SCAN, 3, mark))["stacks"]
    assert stack["time_key"] == "echo time"


def test_a_key_that_does_not_cover_every_place_once_explains_nothing(open_series: Open) -> None:
    def mixed(dataset: Dataset, k: int, t: int) -> None:
        dataset.EchoTime = "5" if (k + t) % 3 else "10"
        numbered(dataset, k, t)

    (stack,) = open_series(make_times(SCAN, 3, mixed))["stacks"]
    assert stack["time_key"] == "volume by number"


def test_a_parameter_that_changes_inside_one_volume_splits_nothing(open_scan: Callable[..., dict[str, Any]]) -> None:
    stack = open_scan(Scan(each=lambda dataset, k: setattr(dataset, "AcquisitionNumber", k)))
    assert (stack["time_points"], stack["time_key"], "G19" in ids(stack)) == (1, None, False)


def test_numbering_that_counts_times_fastest_is_blocks_too(open_series: Open) -> None:
    def fastest(dataset: Dataset, k: int, t: int) -> None:
        dataset.InstanceNumber = k * 3 + t + 1

    (stack,) = open_series(make_times(SCAN, 3, fastest))["stacks"]
    assert (stack["time_key"], misplaced(stack, SCAN)) == ("volume by number", [])
    assert "assumed" in finding(stack, "G19")["message"]
    assert stack["summary"].endswith("3 volumes, time order assumed from numbering")


def test_repeats_that_nothing_explains_are_refused(open_series: Open) -> None:
    numbers = random.Random(1).sample(range(24), 24)

    def scrambled(dataset: Dataset, k: int, t: int) -> None:
        dataset.InstanceNumber = numbers[t * SCAN.slices + k]

    (stack,) = open_series(make_times(SCAN, 3, scrambled))["stacks"]
    assert (stack["kind"], stack["verdict"]) == ("pictures", "refused")
    assert finding(stack, "G20")["numbers"] == {"pictures": 24, "places": 8, "repeated": 8}
    assert "nothing" in stack["summary"] or "neither" in stack["summary"]


def test_one_picture_too_many_is_refused_and_its_place_named(open_series: Open) -> None:
    series = make_times(SCAN, 1, lambda dataset, k, t: None)
    other = deepcopy(next(one for one in series if one.PixelData == pixels_at(SCAN, 3, 0).tobytes()))
    other.SOPInstanceUID, other.PixelData = "1.2.3.4", pixels_at(SCAN, 3, 2).tobytes()
    (stack,) = open_series([*series, other])["stacks"]
    assert (stack["kind"], finding(stack, "G20")["slices"]) == ("pictures", [3])


def test_an_aborted_last_volume_is_left_out_and_said(open_series: Open) -> None:
    series = make_times(SCAN, 3, tagged("TemporalPositionIdentifier", 1, 2, 3))
    kept = [one for one in series if one.TemporalPositionIdentifier < 3 or one.ImagePositionPatient[2] < 45]
    (stack,) = open_series(kept)["stacks"]
    assert (stack["time_points"], stack["time_values"], stack["verdict"]) == (2, [1, 2], "caution")
    assert finding(stack, "G21")["numbers"] == {"volume": 3, "slices": 4, "of": 8}
    assert misplaced(stack, SCAN) == []


def test_an_aborted_last_block_is_left_out_and_said(open_series: Open) -> None:
    kept = [one for one in make_times(SCAN, 3, numbered) if one.InstanceNumber <= 20]
    (stack,) = open_series(kept)["stacks"]
    assert (stack["time_points"], stack["time_key"]) == (2, "volume by number")
    assert finding(stack, "G21")["numbers"] == {"volume": 3, "slices": 4, "of": 8}


def test_a_series_sent_twice_under_new_ids_stays_one_volume(open_series: Open) -> None:
    first = make_times(SCAN, 1, tagged("AcquisitionNumber", 1))
    second = deepcopy(first)
    for number, dataset in enumerate(second):
        dataset.SOPInstanceUID, dataset.AcquisitionNumber = f"1.2.3.{number}", 2
    (stack,) = open_series([*first, *second])["stacks"]
    assert (stack["time_points"], finding(stack, "G18")["numbers"]) == (1, {"copies": 8})


def test_slices_without_signal_are_no_copies_where_a_parameter_tells_them_apart(open_series: Open) -> None:
    def mark(dataset: Dataset, k: int, t: int) -> None:
        dataset.EchoTime = str(5 + t)
        if k == 0:
            dataset.PixelData = bytes(len(dataset.PixelData))

    (stack,) = open_series(make_times(SCAN, 3, mark))["stacks"]
    assert (stack["time_points"], "G18" in ids(stack)) == (3, False)


def test_slices_without_signal_are_no_copies_where_a_counter_tells_them_apart(open_series: Open) -> None:
    def mark(dataset: Dataset, k: int, t: int) -> None:
        dataset.AcquisitionNumber = 1 + t
        if k == 0:
            dataset.PixelData = bytes(len(dataset.PixelData))

    (stack,) = open_series(make_times(SCAN, 3, mark))["stacks"]
    assert (stack["time_points"], "G18" in ids(stack)) == (3, False)


def test_pictures_that_start_elsewhere_are_not_the_same_place_at_another_time(open_series: Open) -> None:
    def moved(dataset: Dataset, k: int, t: int) -> None:
        dataset.EchoTime = str(5 + t)
        dataset.ImagePositionPatient = [
            float(dataset.ImagePositionPatient[0]) + 9 * t,
            *dataset.ImagePositionPatient[1:],
        ]

    (stack,) = open_series(make_times(SCAN, 3, moved))["stacks"]
    assert (stack["kind"], "G20" in ids(stack)) == ("pictures", True)


def test_positions_that_differ_by_noise_are_one_place(open_series: Open) -> None:
    def noisy(dataset: Dataset, k: int, t: int) -> None:
        dataset.EchoTime = str(5 + t)
        x, y, z = map(float, dataset.ImagePositionPatient)
        dataset.ImagePositionPatient = [x, y, z + 0.0004 * (t - 1)]

    (stack,) = open_series(make_times(SCAN, 3, noisy))["stacks"]
    assert stack["time_points"] == 3


def test_pictures_of_one_place_are_a_film(open_series: Open) -> None:
    series = make_times(Scan(slices=1), 5, tagged("TriggerTime", "0", "30", "60", "90", "120"))
    for dataset in series:
        dataset.InstanceNumber = 1 + int(dataset.TriggerTime) // 30
    (stack,) = open_series(series)["stacks"]
    assert (stack["kind"], stack["frame_times_ms"], "G16" in ids(stack)) == ("cine", [0, 30, 60, 90, 120], True)


def test_equal_pictures_of_one_film_are_no_copies(open_series: Open) -> None:
    film = make_enhanced(Scan(slices=1), times=4)
    film.PixelData = pixels_at(SCAN, 0, 0).tobytes() * 4
    (stack,) = open_series([film])["stacks"]
    assert (stack["kind"], stack["shape_kji"][0], "G18" in ids(stack)) == ("cine", 4, False)


def test_times_inside_one_enhanced_object_are_volumes(open_series: Open) -> None:
    (stack,) = open_series([make_enhanced(SCAN, times=3)])["stacks"]
    assert (stack["time_points"], stack["time_key"], misplaced(stack, SCAN)) == (3, "temporal position", [])


def test_enhanced_objects_of_one_series_at_the_same_places_are_volumes(open_series: Open) -> None:
    uids = uids_of_one_series()
    objects = []
    for t in (1, 0, 2):
        one = make_enhanced(SCAN, order=[(k, t) for k in range(SCAN.slices)], uids=uids)
        one.InstanceNumber = t + 1
        for frame in one.PerFrameFunctionalGroupsSequence:
            del frame.FrameContentSequence[0].TemporalPositionIndex
        objects.append(one)
    (stack,) = open_series(objects)["stacks"]
    assert (stack["time_points"], stack["time_key"], misplaced(stack, SCAN)) == (3, "volume by number", [])


def test_an_aborted_enhanced_object_is_left_out_and_said(open_series: Open) -> None:
    uids = uids_of_one_series()
    objects = [
        make_enhanced(SCAN, order=[(k, t) for k in range(SCAN.slices - 3 * (t == 2))], uids=uids) for t in range(3)
    ]
    (stack,) = open_series(objects)["stacks"]
    assert (stack["time_points"], finding(stack, "G21")["numbers"]["slices"]) == (2, 5)


def test_a_lost_slice_costs_only_the_volume_it_belongs_to(open_series: Open) -> None:
    series = make_times(SCAN, 3, tagged("EchoTime", "5", "10", "15"))
    broken = next(one for one in series if one.EchoTime == 10)
    broken.PixelData = broken.PixelData[:-50]
    (stack,) = open_series(series)["stacks"]
    assert (stack["time_values"], finding(stack, "G21")["numbers"]["volume"]) == ([5, 15], 2)


def test_a_clean_single_volume_says_nothing_of_time(open_series: Open) -> None:
    (stack,) = open_series(make_series(SCAN))["stacks"]
    assert not {"G16", "G18", "G19", "G20", "G21"}.intersection(ids(stack))
