"""The story of docs/coordinates.md, told again by the code: every number in it is derived here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.factories import Scan
from tests.imaging.volumes import straight
from webapp.config import ROOT
from webapp.dicom.grid import CLEANED_UP, NOT_ORTHONORMAL, Frame, along, common_frame
from webapp.dicom.model import Placement
from webapp.imaging.affine import PATIENT_AXES, Affine, nearest_axes
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import PlaneView, view_of

TEXT = (ROOT / "docs" / "coordinates.md").read_text(encoding="utf-8")

#: The oblique series that docs/coordinates.md carries through.
STORY = Scan("oblique", slices=12, rows=256, columns=320, spacing_mm=4.8)


def story_frame() -> tuple[Frame, list[Placement]]:
    """Directions and placements of the story's slices."""
    row, column, _ = STORY.axes
    places = [Placement(STORY.point_mm(k, 0, 0), row, column, STORY.pixel_mm) for k in range(STORY.slices)]
    return common_frame(places), places


def story_affine() -> Affine:
    """Its affine, in the order slice, row, column."""
    frame, places = story_frame()
    across = (places[-1].position_mm - places[0].position_mm) / (len(places) - 1)
    return Affine.from_steps([across, frame.column * 0.8, frame.row * 0.5], places[0].position_mm)


def story_view(plane: Plane) -> PlaneView:
    """One of its planes."""
    return view_of(plane, straight(story_affine(), (STORY.slices, STORY.rows, STORY.columns)))


def written(numbers: Any, digits: int) -> list[str]:
    """Numbers as the story writes them."""
    words = (f"{number:.{digits}f}" for number in np.ravel(numbers))
    return [("0" if float(word) == 0 else word).replace("-", "−") for word in words]


def story_numbers() -> Iterator[tuple[str, str]]:
    """Every number the story derives: what it is, and how the code writes it."""
    frame, places = story_frame()
    affine = story_affine()
    axial = story_view(Plane.AXIAL)
    yield "normal", f"({', '.join(written(frame.normal, 4))})"
    yield from (("place along the normal", word) for word in written(along(frame, places)[:2], 3))
    yield "second slice", f"({', '.join(written(places[1].position_mm, 3))})"
    for axis, line in zip("xyz", affine.matrix, strict=False):
        yield "affine", f"| {axis} | {' | '.join(written(line[:3], 4))} | {written(line[3], 1)[0]} |"
    yield "spacing", f"({', '.join(f'{step:g}' for step in np.round(affine.spacing_mm, 6))})"
    yield "a voxel", f"({', '.join(written(affine.apply([7, 50, 100]), 3))})"
    yield "obliqueness", f"{axial.oblique_deg:.1f}° off"
    yield "grid", f"x = {written(axial.grid.x0, 2)[0]} mm"
    yield "grid", f"y = {written(axial.grid.y0, 2)[0]} mm"
    yield "letters", f"bottom edge is {axial.edges.bottom}"
    yield "letters", f"the top {axial.edges.top}"


def test_the_numbers_of_the_coordinate_story_are_the_codes() -> None:
    story = " ".join(TEXT.split())
    assert [(what, words) for what, words in story_numbers() if words not in story] == []


def test_the_cosines_of_the_coordinate_story_are_the_codes() -> None:
    cosines = np.asarray(PATIENT_AXES) @ story_affine().directions.T
    rows = re.findall(r"^\| (?:head|back|left) \| (.*) \|$", TEXT, re.MULTILINE)
    said = [[cell.strip("* ") for cell in row.split("|")] for row in rows]
    assert said == [written(line, 3) for line in cosines]


def test_the_sagittal_stack_of_the_coordinate_story_is_turned_as_it_says() -> None:
    steps = [(-4.0, 0, 0), (0, 0, -0.8), (0, 0.5, 0)]
    acquired = Affine.from_steps(steps, (80, -100, 90))
    order = nearest_axes(acquired)
    turned = acquired.reordered(order, (20, 256, 320))
    assert (order.axes, order.flips) == ((1, 2, 0), (True, False, True))
    assert f"({', '.join(written(turned.origin_mm, 0))})" in TEXT


def test_the_limits_of_directions_in_the_coordinate_story_are_the_codes() -> None:
    assert f"Up to {CLEANED_UP:g} they" in TEXT
    assert f"up to {NOT_ORTHONORMAL:g} with a note" in TEXT
