"""The top bar's words."""

from __future__ import annotations

from typing import Any

from webapp.views import top_bar

SCENE: dict[str, Any] = {
    "key": "k",
    "modality": "MR",
    "description": "Head",
    "images": 196,
    "shape_kji": [256, 250, 196],
    "spacing_mm_kji": [1.05, 1.04, 1.2],
    "slice_axis": 2,
}


def words(scene: dict[str, Any]) -> str:
    return "".join(str(part.children) for part in top_bar.title(scene))


def test_the_title_says_what_was_acquired_and_how_large_it_is() -> None:
    assert words(SCENE) == "MR Head · 196 slices · 250 × 256 · 1.04 × 1.05 × 1.20\u2009mm"


def test_pictures_have_no_millimetres() -> None:
    assert words({**SCENE, "spacing_mm_kji": None}) == "MR Head · 196 images"


def test_a_series_without_a_name_says_so() -> None:
    assert words({**SCENE, "modality": "", "description": "", "spacing_mm_kji": None}).startswith("no description")


def test_the_library_has_no_title() -> None:
    assert top_bar.title({}) == []
