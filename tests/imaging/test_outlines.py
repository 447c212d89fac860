"""Outlines as pixels and areas."""

from __future__ import annotations

import numpy as np
import pytest

from webapp.errors import RegionsUnread
from webapp.imaging import outlines
from webapp.imaging.outlines import area_of, filled


def rectangle(top: float, left: float, bottom: float, right: float) -> np.ndarray:
    """Four corners."""
    return np.array([(top, left), (top, right), (bottom, right), (bottom, left)])


def test_a_pixel_is_inside_where_its_centre_is() -> None:
    mask = filled([rectangle(1.5, 2.5, 4.5, 6.5)], (8, 9))
    assert np.argwhere(mask).tolist() == [[row, column] for row in (2, 3, 4) for column in (3, 4, 5, 6)]


def test_a_star_is_filled_as_its_points_say() -> None:
    angles = np.arange(10) * np.pi / 5
    radius = np.where(np.arange(10) % 2, 8.3, 19.7)[:, None]
    star = 25 + radius * np.stack([np.sin(angles), np.cos(angles)], axis=-1)
    mask = filled([star], (50, 50))
    wanted = [outlines._holds(star, np.array(place)) for place in np.ndindex(50, 50)]
    assert np.array_equal(mask, np.reshape(wanted, (50, 50)))


def test_an_outline_inside_another_is_a_hole_and_one_inside_that_is_not() -> None:
    nest = [rectangle(0.5, 0.5, 20.5, 20.5), rectangle(4.5, 4.5, 16.5, 16.5), rectangle(8.5, 8.5, 12.5, 12.5)]
    assert int(filled(nest, (24, 24)).sum()) == 400 - 144 + 16
    assert area_of(nest) == pytest.approx(400 - 144 + 16)


def test_what_lies_beyond_the_picture_is_cut_at_its_edge() -> None:
    assert int(filled([rectangle(-50, -50, 2.5, 100)], (6, 7)).sum()) == 3 * 7


def test_too_many_outlines_of_one_plane_have_no_area() -> None:
    assert area_of([rectangle(0, 0, 1, 1)] * 300) is None


def test_an_outline_that_crosses_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "_MOST_CROSSINGS", 10)
    with pytest.raises(RegionsUnread):
        filled([rectangle(0, 0, 20, 20)], (24, 24))
