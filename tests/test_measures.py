"""What a browser sends as measurements is held to its form."""

from __future__ import annotations

from typing import Any

import pytest

from webapp.errors import BadArgument
from webapp.measures import MOST, Measure, from_json

GOOD: dict[str, Any] = {
    "id": "0123456789ab",
    "kind": "length",
    "plane": "axial",
    "index": 3,
    "time": 0,
    "points": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
}


def test_a_length_is_two_patient_points() -> None:
    assert from_json([GOOD]) == (Measure("0123456789ab", "length", "axial", 3, 0, ((1, 2, 3), (4, 5, 6))),)


def test_what_is_kept_comes_back_as_it_was() -> None:
    region = {**GOOD, "kind": "ellipse", "values": {"count": 4, "mean": 1.5}}
    assert [one.as_json() for one in from_json([GOOD, region])] == [{**GOOD, "values": None}, region]


def test_a_picture_without_place_is_measured_in_columns_and_rows() -> None:
    [one] = from_json([{**GOOD, "plane": "picture", "points": [[1, 2], [3, 4]]}])
    assert one.points == ((1, 2), (3, 4))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "<script>"},
        {"id": None},
        {"kind": "volume"},
        {"kind": []},
        {"plane": "oblique"},
        {"index": -1},
        {"index": 1.5},
        {"index": True},
        {"time": "0"},
        {"points": [[1, 2, 3]]},
        {"points": [[1, 2, 3], [1, 2]]},
        {"points": [[1, 2, 3], [1, 2, float("nan")]]},
        {"points": [[1, 2, 3], [1, 2, 1e300]]},
        {"points": [[1, 2, 3], ["1", 2, 3]]},
        {"points": None},
        {"values": [1]},
        {"values": {"mean": "1"}},
    ],
)
def test_anything_else_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadArgument):
        from_json([{**GOOD, **change}])


@pytest.mark.parametrize("sent", [None, {}, "text", [None], [[]], [GOOD] * (MOST + 1)])
def test_a_list_that_is_none_is_refused(sent: object) -> None:
    with pytest.raises(BadArgument):
        from_json(sent)
