"""How elements run along a stack."""

from __future__ import annotations

import pytest

from webapp.dicom.tag_row import Variation
from webapp.dicom.tag_variation import numbers_of, variation_of

ROW = (tuple(range(5)),)


def along(values: list[str | None], vr: str = "DS") -> tuple[Variation, str]:
    return variation_of(values, (tuple(range(len(values))),), vr)


@pytest.mark.parametrize(
    ("values", "vr", "kind", "words"),
    [
        (["4", "4", "4"], "DS", Variation.CONSTANT, "4"),
        (["1", "2", "3"], "IS", Variation.REGULAR, "1 to 3 in steps of 1"),
        (["3", "1.5", "0"], "DS", Variation.REGULAR, "3 to 0 in steps of −1.5"),
        (["0\\0\\1", "0\\0\\2", "0\\0\\3"], "DS", Variation.REGULAR, "0\\0\\1 to 0\\0\\3 in even steps"),
        (["0.33", "0.67", "1.00"], "DS", Variation.REGULAR, "0.33 to 1.00 in steps of 0.335"),
        (["120000", "120002.5", "120005"], "TM", Variation.REGULAR, "120000 to 120005 in steps of 2.5"),
        (["1", "3", "2"], "IS", Variation.IRREGULAR, "1 to 3, 3 values"),
        (["9", "10", "2", "10"], "IS", Variation.IRREGULAR, "2 to 10, 3 values"),
        (["1", "2", "4"], "IS", Variation.IRREGULAR, "1 to 4, 3 values"),
        (["1", "2"], "IS", Variation.IRREGULAR, "1 to 2, 2 values"),
        (["A", "B", "A"], "CS", Variation.IRREGULAR, "A, B"),
        (["1.1", "1.2", "1.3", "1.4"], "UI", Variation.IRREGULAR, "4 values"),
        (["5", None, "5"], "DS", Variation.SOME, "in 2 of 3"),
        (["5", None, "6"], "DS", Variation.SOME, "in 2 of 3, 5, 6"),
        (["", "5", "5"], "DS", Variation.IRREGULAR, "empty, 5"),
    ],
)
def test_a_column_says_how_it_runs(values: list[str | None], vr: str, kind: Variation, words: str) -> None:
    found, said = along(values, vr)
    assert found is kind
    if kind is not Variation.SOME or words.count(",") < 2:
        assert said.startswith(words.split(", 5")[0])


def test_what_is_the_same_in_every_volume_runs_along_the_slices() -> None:
    places = ((0, 1, 2), (3, 4, 5))
    assert variation_of(["1", "2", "3"] * 2, places, "DS") == (
        Variation.REGULAR,
        "1 to 3 in steps of 1, the same in every volume",
    )


def test_what_changes_from_volume_to_volume_only_runs_along_them() -> None:
    places = ((0, 1), (2, 3), (4, 5))
    kind, words = variation_of(["10", "10", "20", "20", "30", "30"], places, "DS")
    assert (kind, words) == (Variation.REGULAR, "10 to 30 in steps of 10, from volume to volume")


def test_the_tiles_of_a_mosaic_count_as_one() -> None:
    places = ((0, 0, 0), (1, 1, 1), (2, 2, 2))
    assert variation_of(["1", "2", "3"], places, "IS")[0] is Variation.REGULAR


@pytest.mark.parametrize("value", ["nan", "inf", "abc", ""])
def test_what_is_no_finite_number_is_text(value: str) -> None:
    assert numbers_of(value, "DS") is None
