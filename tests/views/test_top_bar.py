"""The top bar's words."""

from __future__ import annotations

from typing import Any

from webapp.views import top_bar

SCENE: dict[str, Any] = {
    "key": "k",
    "modality": "MR",
    "description": "Head",
    "images": 392,
    "kind": "volume",
    "shape_kji": [256, 250, 196],
    "spacing_mm_kji": [1.05, 1.04, 1.2],
    "slice_axis": 2,
}


def words(scene: dict[str, Any]) -> str:
    return "".join(str(part.children) for part in top_bar.title(scene))


def test_the_title_says_the_stacks_own_slices_and_how_large_they_are() -> None:
    assert words(SCENE) == "MR Head · 196 slices · 250 × 256 · 1.04 × 1.05 × 1.20\u2009mm"


def test_pictures_have_no_millimetres() -> None:
    pictures = {**SCENE, "kind": "pictures", "shape_kji": [3, 480, 640], "slice_axis": None, "spacing_mm_kji": None}
    assert words(pictures) == "MR Head · 3 pictures · 640 × 480"


def test_a_series_without_a_name_says_so() -> None:
    assert words({**SCENE, "modality": "", "description": "", "spacing_mm_kji": None}).startswith("no description")


def test_the_library_has_no_title() -> None:
    assert top_bar.title({}) == []
