"""The scene: everything the page knows about an open stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.factories import Scan
from webapp.findings import Verdict
from webapp.store.model import Card
from webapp.views import scene as scenes

KEY = "a" * 32
SCAN = Scan(tags={"PatientName": "Doe^Jane", "PatientID": "42"})


def card_of(meta: dict[str, Any]) -> Card:
    """The catalogue's row of a stack."""
    series = meta["series"]
    return Card(
        key=KEY,
        owner="me",
        kind=meta["kind"],
        modality=series["modality"],
        manufacturer=series["manufacturer"],
        description=series["description"],
        images=series["images"],
        shape_kji=None,
        spacing_mm_kji=None,
        verdict=Verdict(meta["verdict"]),
        summary=meta["summary"],
        created=0.0,
        mine=True,
        series_id="s",
        study_uid="1",
        series_uid="2",
    )


@pytest.fixture
def meta(open_scan: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The meta of the phantom as it was opened."""
    return open_scan(SCAN)


@pytest.fixture
def scene(meta: dict[str, Any]) -> dict[str, Any]:
    return scenes.scene(card_of(meta), meta)


def test_a_scene_travels_as_json(scene: dict[str, Any]) -> None:
    assert json.loads(json.dumps(scene)) == scene


def test_a_scene_holds_nothing_about_the_patient(scene: dict[str, Any]) -> None:
    text = json.dumps(scene)
    assert "Doe" not in text
    assert "patient_key" not in text


def test_the_affine_and_its_inverse_undo_each_other(scene: dict[str, Any]) -> None:
    assert np.allclose(np.array(scene["affine"]) @ np.array(scene["inverse"]), np.eye(4), atol=1e-9)


@pytest.mark.parametrize(("plane", "axis"), [("axial", 0), ("coronal", 1), ("sagittal", 2)])
def test_each_plane_scrolls_its_own_axis(scene: dict[str, Any], plane: str, axis: int) -> None:
    assert scene["planes"][plane]["axis"] == axis
    assert scene["planes"][plane]["count"] == scene["shape_kji"][axis]


@pytest.mark.parametrize(
    ("plane", "edges"), [("axial", "RLAP"), ("coronal", "RLSI"), ("sagittal", "APSI")], ids=lambda value: str(value)
)
def test_letters_stand_where_radiologists_expect_them(scene: dict[str, Any], plane: str, edges: str) -> None:
    assert "".join(scene["planes"][plane]["edges"]) == edges


def test_pixels_have_their_true_size(scene: dict[str, Any]) -> None:
    rows_mm, columns_mm = SCAN.pixel_mm
    axial, coronal = scene["planes"]["axial"], scene["planes"]["coronal"]
    assert (axial["dx"], axial["dy"]) == pytest.approx((columns_mm, rows_mm))
    assert (coronal["dx"], coronal["dy"]) == pytest.approx((columns_mm, SCAN.spacing_mm))


def test_an_upright_scan_is_not_called_oblique(scene: dict[str, Any]) -> None:
    assert scene["planes"]["axial"]["oblique_deg"] == 0


def test_an_oblique_scan_says_how_oblique_it_is(open_scan: Callable[..., dict[str, Any]]) -> None:
    meta = open_scan(Scan(directions="oblique"))
    assert scenes.scene(card_of(meta), meta)["planes"]["axial"]["oblique_deg"] == pytest.approx(20, abs=0.01)


def test_the_files_own_window_is_offered_first(open_scan: Callable[..., dict[str, Any]]) -> None:
    meta = open_scan(Scan(tags={"WindowCenter": 123, "WindowWidth": 456}))
    first = scenes.windows(meta)[0]
    assert (first["center"], first["width"]) == (123, 456)


def test_ct_presets_are_offered_with_their_numbers(meta: dict[str, Any]) -> None:
    offered = {window["name"]: (window["center"], window["width"]) for window in scenes.windows(meta)}
    assert offered["Lung"] == (-600, 1500)


def test_no_window_is_offered_twice(meta: dict[str, Any]) -> None:
    doubled = {**meta, "windows": [*meta["windows"], *meta["windows"]]}
    pairs = [(window["center"], window["width"]) for window in scenes.windows(doubled)]
    assert len(pairs) == len(set(pairs))


def test_values_that_are_not_hounsfield_get_no_ct_presets(meta: dict[str, Any]) -> None:
    own = [{"name": "Automatic", "center": 5, "width": 10}]
    assert scenes.windows({**meta, "value_unit": None, "windows": own}) == own


PICTURES = {
    "kind": "pictures",
    "shape_kji": [4, 16, 12],
    "affine_kji_to_lps": None,
    "spacing_mm_kji": None,
    "slice_axis": None,
    "verdict": "refused",
    "findings": [
        {"id": "G03", "severity": "BLOCK", "message": "All lie at one place.", "numbers": {}, "tags": [], "slices": []},
        {"id": "G71", "severity": "NOTE", "message": "A note.", "numbers": {}, "tags": [], "slices": []},
    ],
}


def test_pictures_have_one_plane_and_no_letters(meta: dict[str, Any]) -> None:
    planes = scenes.scene(card_of({**meta, **PICTURES}), {**meta, **PICTURES})["planes"]
    assert list(planes) == ["picture"]
    assert planes["picture"]["count"] == 4
    assert planes["picture"]["edges"] == ["", "", "", ""]


def test_pictures_offer_no_surface(meta: dict[str, Any]) -> None:
    assert scenes.scene(card_of({**meta, **PICTURES}), {**meta, **PICTURES})["levels"] == []


def test_a_refused_stack_says_why_beside_its_pictures(meta: dict[str, Any]) -> None:
    scene = scenes.scene(card_of({**meta, **PICTURES}), {**meta, **PICTURES})
    said = [part.children for part in scenes.refusal_words(scene)]
    assert said == ["No distances: not a volume.", "All lie at one place."]


def test_pictures_without_a_grave_finding_say_their_summary(meta: dict[str, Any]) -> None:
    scene = scenes.scene(card_of({**meta, **PICTURES}), {**meta, **PICTURES, "findings": [], "summary": "A cine."})
    assert scenes.refusal_words(scene)[-1].children == "A cine."


def test_a_volume_is_not_refused(scene: dict[str, Any]) -> None:
    assert scenes.refusal_words(scene) == []
    assert scenes.refusal_words({}) == []
