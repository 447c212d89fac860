"""Whether a surface may be a portrait; where there is a doubt, it may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import Scan
from webapp.errors import FaceRefused
from webapp.portrait import portrait, portrait_of, refuse_portrait

LARGE, SMALL = (240.0, 240.0, 180.0), (60.0, 240.0, 240.0)


@pytest.mark.parametrize("part", ["HEAD", "Brain", "HEADNECK", "head and neck", "SKULL", "CSPINE", "WHOLEBODY", "IAC"])
@pytest.mark.parametrize("extent_mm", [LARGE, SMALL])
def test_a_head_is_a_head_however_small_the_pictures(part: str, extent_mm: tuple[float, ...]) -> None:
    assert portrait(part, extent_mm, "HU", -300).possible


@pytest.mark.parametrize("part", [None, "", "UNKNOWN", "SEE COMMENT", "ABC"])
def test_a_part_that_is_not_known_may_be_a_head(part: str | None) -> None:
    assert portrait(part, LARGE, "HU", -300).possible


def test_pictures_smaller_than_a_face_of_an_unknown_part_show_none() -> None:
    told = portrait(None, SMALL, "HU", -300)
    assert (told.possible, told.why) == (False, "The pictures cover 60 mm, which is less than a face.")


@pytest.mark.parametrize("part", ["CHEST", "ABDOMEN", "HEART", "FOREARM", "LSPINE", "KNEE"])
def test_a_part_far_from_the_head_shows_no_face(part: str) -> None:
    assert not portrait(part, (400.0, 400.0, 400.0), "HU", -300).possible


def test_a_part_far_from_the_head_that_reaches_far_may() -> None:
    told = portrait("CHEST", (400.0, 400.0, 900.0), "HU", -300)
    assert (told.possible, told.why) == (True, "The pictures cover 900 mm, so a head may be among them.")


@pytest.mark.parametrize(("level", "possible"), [(-900, True), (-300, True), (149.9, True), (150, False), (200, False)])
def test_in_ct_skin_ends_at_150_hu(level: float, possible: bool) -> None:
    assert portrait("HEAD", LARGE, "HU", level).possible == possible


@pytest.mark.parametrize("unit", [None, "Bq/ml"])
def test_without_hounsfield_units_every_level_may_draw_skin(unit: str | None) -> None:
    assert portrait("HEAD", LARGE, unit, 5000).possible


@pytest.mark.parametrize(("part", "possible"), [("FOOT", False), ("HEAD", True)])
def test_the_tag_of_the_files_counts(open_scan: Callable[..., dict[str, Any]], part: str, possible: bool) -> None:
    meta = open_scan(Scan(tags={"BodyPartExamined": part}))
    assert meta["body_part"] == part
    assert portrait_of(meta, -300).possible == possible


def test_the_extent_of_the_pictures_counts(open_scan: Callable[..., dict[str, Any]]) -> None:
    meta = open_scan()
    assert meta["body_part"] is None
    assert portrait_of(meta, -300).why.endswith("which is less than a face.")


def test_a_portrait_is_refused_and_anything_else_is_not(open_scan: Callable[..., dict[str, Any]]) -> None:
    meta = open_scan(Scan(tags={"BodyPartExamined": "HEAD"}))
    refuse_portrait(meta, 200)
    with pytest.raises(FaceRefused):
        refuse_portrait(meta, 0)
