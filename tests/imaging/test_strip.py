"""The slices drawn to scale along their normal."""

from __future__ import annotations

import numpy as np
import pytest

from webapp.imaging.strip import MOST_BARS, BarKind, Strip, strip_of


def bars(strip: Strip, kind: BarKind) -> list[tuple[float, float]]:
    """Start and length of the bars of a kind, mm."""
    return [(bar.start * strip.length_mm, bar.length * strip.length_mm) for bar in strip.bars if bar.kind is kind]


def test_contiguous_slices_fill_the_strip_from_edge_to_edge() -> None:
    strip = strip_of([10, 13, 16, 19], 3)
    assert strip.length_mm == pytest.approx(12)
    assert bars(strip, BarKind.SLICE) == [pytest.approx((3 * k, 3)) for k in range(4)]
    assert len(strip.bars) == 4


def test_a_gap_is_the_empty_room_between_two_bars() -> None:
    first, second = bars(strip_of([0, 5], 4), BarKind.SLICE)
    assert second[0] - (first[0] + first[1]) == pytest.approx(1)


def test_an_overlap_lies_over_the_two_slices_it_belongs_to() -> None:
    strip = strip_of([0, 3, 6], 5)
    assert bars(strip, BarKind.OVERLAP) == [pytest.approx((3, 2)), pytest.approx((6, 2))]
    assert [(bar.first, bar.last) for bar in strip.bars if bar.kind is BarKind.OVERLAP] == [(0, 1), (1, 2)]


def test_slices_that_overlap_by_rounding_only_do_not_overlap() -> None:
    assert bars(strip_of([0, 2.99, 5.98], 3), BarKind.OVERLAP) == []


def test_a_hole_reaches_from_slice_to_slice() -> None:
    strip = strip_of([0, 3, 9, 12], 3, holes_after=[1])
    assert bars(strip, BarKind.HOLE) == [pytest.approx((6, 3))]
    (hole,) = (bar for bar in strip.bars if bar.kind is BarKind.HOLE)
    assert (hole.first, hole.last) == (1, 2)


def test_slices_thicker_than_their_step_do_not_hide_a_hole() -> None:
    strip = strip_of([0, 3, 9, 12], 8, holes_after=[1])
    assert bars(strip, BarKind.HOLE) == [pytest.approx((4 + 4.5, 3))]


def test_what_lies_over_the_slices_is_drawn_after_them() -> None:
    kinds = [bar.kind for bar in strip_of([0, 2, 9], 3, holes_after=[1]).bars]
    assert kinds == [BarKind.SLICE] * 3 + [BarKind.OVERLAP, BarKind.HOLE]


def test_slices_of_unknown_thickness_are_thin_lines() -> None:
    strip = strip_of([0, 3, 8], None)
    shares = [bar.length for bar in strip.bars]
    assert shares == [pytest.approx(0.3 / 8.3)] * 3
    assert strip.length_mm == 8.0


@pytest.mark.parametrize("count", [MOST_BARS, MOST_BARS + 1])
def test_more_slices_than_can_be_told_apart_are_drawn_as_one_block(count: int) -> None:
    strip = strip_of([2.0 * k for k in range(count)], 2)
    assert len(strip.bars) == (count if count == MOST_BARS else 1)
    assert sum(bar.last - bar.first + 1 for bar in strip.bars) == count


def test_blocks_end_at_a_hole() -> None:
    positions = [*(2.0 * k for k in range(100)), *(300 + 2.0 * k for k in range(50))]
    strip = strip_of(positions, 2, holes_after=[99])
    assert [(bar.kind, bar.first, bar.last) for bar in strip.bars] == [
        (BarKind.BLOCK, 0, 99),
        (BarKind.BLOCK, 100, 149),
        (BarKind.HOLE, 99, 100),
    ]


def test_many_slices_that_touch_nowhere_are_parted_at_the_wide_gaps_only() -> None:
    positions = [*(5.0 * k for k in range(150)), *(900 + 5.0 * k for k in range(150))]
    strip = strip_of(positions, 2)
    assert [(bar.first, bar.last) for bar in strip.bars] == [(0, 149), (150, 299)]


def test_a_slice_alone_among_blocks_is_a_slice() -> None:
    positions = [*(2.0 * k for k in range(130)), 400.0]
    assert [bar.kind for bar in strip_of(positions, 2).bars] == [BarKind.BLOCK, BarKind.SLICE]


@pytest.mark.parametrize("thickness", [None, 1.0, 3.0, 8.0])
def test_no_bar_reaches_beyond_the_strip(thickness: float | None) -> None:
    positions = np.cumsum([0, 3, 3, 6, 2, 9, 3]).tolist()
    for bar in strip_of(positions, thickness, holes_after=[2, 4]).bars:
        assert -1e-9 <= bar.start <= bar.start + bar.length <= 1 + 1e-9
