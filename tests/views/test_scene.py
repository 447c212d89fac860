"""The scene: everything the page knows about an open stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.factories import Scan, contested_series
from webapp.findings import Verdict
from webapp.store.model import Card
from webapp.views import audit
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


def test_the_directions_of_a_scene_are_at_right_angles_even_when_the_stack_is_tilted(
    open_scan: Callable[..., dict[str, Any]],
) -> None:
    meta = open_scan(Scan(slide_mm=(0, 1, 0)))
    directions = np.array(scenes.scene(card_of(meta), meta)["directions"])
    assert np.allclose(directions @ directions.T, np.eye(3), atol=1e-9)


def test_a_place_along_each_plane_is_the_place_of_its_slice(scene: dict[str, Any]) -> None:
    """The phantom is upright: along k, j, i lie z, y, x of the patient."""
    starts = [scene["planes"][plane]["start"] for plane in ("axial", "coronal", "sagittal")]
    steps = [scene["planes"][plane]["step"] for plane in ("axial", "coronal", "sagittal")]
    assert starts == pytest.approx(SCAN.origin_mm[::-1])
    assert steps == pytest.approx([SCAN.spacing_mm, *SCAN.pixel_mm])
    assert {scene["planes"][plane]["places"] for plane in scene["planes"]} == {None}


def test_uneven_slices_are_listed_by_their_places(open_scan: Callable[..., dict[str, Any]]) -> None:
    positions = [0, 3, 6, 9, 14, 19, 24]
    meta = open_scan(Scan(positions_mm=positions))
    planes = scenes.scene(card_of(meta), meta)["planes"]
    assert planes["axial"]["places"] == pytest.approx([35.5 + place for place in positions])
    assert planes["coronal"]["places"] is None


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


PICTURES: dict[str, Any] = {
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


def test_a_refused_stack_says_why_beside_its_pictures(meta: dict[str, Any]) -> None:
    scene = scenes.scene(card_of({**meta, **PICTURES}), {**meta, **PICTURES})
    said = str(scenes.refusal_words(scene))
    assert said.index("Why there is no 3D") < said.index("Not a volume.") < said.index("All lie at one place.")


def test_pictures_without_a_grave_finding_say_their_summary(meta: dict[str, Any]) -> None:
    scene = scenes.scene(card_of({**meta, **PICTURES}), {**meta, **PICTURES, "findings": [], "summary": "A cine."})
    assert "A cine." in str(scenes.refusal_words(scene))


def test_a_volume_is_not_refused(scene: dict[str, Any]) -> None:
    assert scenes.refusal_words(scene) == []
    assert scenes.refusal_words({}) == []


def test_a_scene_says_when_black_and_white_are_exchanged(open_scan: Callable[..., dict[str, Any]]) -> None:
    meta = open_scan(Scan(tags={"PhotometricInterpretation": "MONOCHROME1"}))
    assert scenes.scene(card_of(meta), meta)["inverted"] is True


def test_other_pictures_are_not_inverted(scene: dict[str, Any]) -> None:
    assert scene["inverted"] is False


@pytest.mark.parametrize("directions", ["axial", "coronal", "sagittal", "oblique"])
def test_sentence_click_strip_and_view_count_a_hole_alike(
    open_scan: Callable[..., dict[str, Any]], directions: str
) -> None:
    """One number for one slice: in words, behind the button, on the strip, and on the view that scrolls there."""
    meta = open_scan(Scan(directions, slices=6, positions_mm=[0, 3, 9, 12, 15, 18]))
    told = scenes.scene(card_of(meta), meta)
    (found,) = (one for one in told["findings"] if one["id"] == "G29")
    (hole,) = (bar for bar in told["strip"]["bars"] if bar["kind"] == "hole")
    (button,) = (part for part in audit.finding_item(found, told)._traverse() if hasattr(part, "data-first"))
    before = int(np.diff(told["planes"][told["slice_plane"]]["places"]).argmax())
    assert f"after slice {before + 1}:" in found["message"]
    assert (button.children, getattr(button, "data-first")) == (str(before + 1), str(before))
    assert (hole["first"], hole["last"]) == (before, before + 1)


@pytest.mark.parametrize(
    ("positions", "words"),
    [
        pytest.param(None, "3.00 mm apart", id="even"),
        pytest.param([0, 3, 6, 12, 15, 18, 21], "3.00 mm apart, 1 slice missing", id="one missing"),
        pytest.param([0, 3, 12, 15, 18, 24, 27], "3.00 mm apart, 3 slices missing", id="three missing"),
        pytest.param([0, 3, 6, 9, 14, 19, 24], "3.00 to 5.00 mm apart", id="uneven"),
        pytest.param([0, 3.15, 5.85, 9.15, 11.85, 15, 18.1], "2.70 to 3.30 mm apart", id="wavering"),
    ],
)
def test_a_view_says_how_far_apart_its_slices_are(
    open_scan: Callable[..., dict[str, Any]], positions: list[float] | None, words: str
) -> None:
    meta = open_scan(Scan(positions_mm=positions))
    planes = scenes.scene(card_of(meta), meta)["planes"]
    assert planes["axial"]["apart"].replace("\u2009", " ") == words
    assert planes["coronal"]["apart"].replace("\u2009", " ") == "0.80 mm apart"


def test_the_strip_of_a_clean_stack_is_one_bar_a_slice(scene: dict[str, Any], meta: dict[str, Any]) -> None:
    assert [bar["kind"] for bar in scene["strip"]["bars"]] == ["slice"] * meta["shape_kji"][0]
    assert scene["strip"]["plane"] == "axial"
    assert "no holes" in scene["strip"]["words"]


def test_a_missing_slice_is_a_hole_in_the_strip(open_scan: Callable[..., dict[str, Any]]) -> None:
    meta = open_scan(Scan(positions_mm=[0, 3, 6, 12, 15, 18, 21]))
    strip = scenes.scene(card_of(meta), meta)["strip"]
    (hole,) = [bar for bar in strip["bars"] if bar["kind"] == "hole"]
    assert (hole["first"], hole["last"]) == (2, 3)
    assert "1 hole where slices are missing" in strip["words"]


def test_pictures_say_why_there_is_no_volume_and_what_can_be_done(open_scan: Callable[..., dict[str, Any]]) -> None:
    meta = open_scan(Scan(slices=1))
    said = str(scenes.refusal_words(scenes.scene(card_of(meta), meta)))
    assert "Not a volume." in said
    assert "Upload the whole series" in said
    assert "No distances" not in said


def test_a_hole_does_not_stretch_the_spacing_that_is_told(meta: dict[str, Any]) -> None:
    stretched = {**meta, "spacing_mm_kji": [3.5, 0.8, 0.5], "step_mm": 3.0}
    assert scenes.scene(card_of(meta), stretched)["spacing_mm_kji"] == [3.0, 0.8, 0.5]


def test_an_animals_sides_are_named_by_axes(meta: dict[str, Any]) -> None:
    animal = scenes.scene(card_of(meta), {**meta, "letters": "axes"})
    assert animal["letters"] == "axes"
    assert animal["strip"]["ends"] == ["−z", "+z"]
    assert scenes.scene(card_of(meta), meta)["strip"]["ends"] == ["I", "S"]


def test_contested_places_lead_to_the_pictures_that_share_them(open_series: Callable[..., dict[str, Any]]) -> None:
    (meta,) = open_series(contested_series({3: 1}))["stacks"]
    told = scenes.scene(card_of(meta), meta)
    (found,) = [one for one in told["findings"] if one["id"] == "G20"]
    assert found["slices"] == [3, 12]
    assert (told["choice"]["of"], told["may_choose"], told["slice_plane"]) == (12, True, "picture")
    assert "Choose one picture for each of these places" in str(scenes.refusal_words(told))


def test_overview_pictures_are_named_and_lead_to_their_series(meta: dict[str, Any]) -> None:
    finding = {
        "id": "G13",
        "severity": "NOTE",
        "message": "3 overview pictures (localizers).",
        "numbers": {"overview_pictures": 3},
        "tags": [],
        "slices": [],
    }
    link = {"key": "c" * 32, "name": "Head", "overview": False, "sibling": True, "placed": True, "colour": "#fff"}
    told = {**meta, **PICTURES, "verdict": "trusted", "findings": [finding], "label": "overview pictures"}
    scene = scenes.scene(card_of(told), told, [link])
    assert scene["label"] == "overview pictures"
    said = str(scenes.refusal_words(scene))
    assert "Overview pictures only help planning." in said
    assert "Show Head" in said


def test_a_split_by_kinds_is_no_reason_against_a_volume(meta: dict[str, Any]) -> None:
    split = {"id": "G13", "severity": "NOTE", "message": "2 kinds.", "numbers": {"kinds": 2}, "tags": [], "slices": []}
    told = {**meta, **PICTURES, "findings": [*PICTURES["findings"], split]}
    assert "2 kinds." not in str(scenes.refusal_words(scenes.scene(card_of(told), told)))
