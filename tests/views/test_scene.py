"""The scene: everything the page knows about an open stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.factories import Scan
from webapp.dicom.tag_row import TagRow
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


def test_slices_of_findings_are_those_of_the_views(meta: dict[str, Any]) -> None:
    """A stack whose kept order runs against the patient's axis is counted from the other end."""
    finding = {"id": "G29", "severity": "WARN", "message": "x", "numbers": {}, "tags": [], "slices": [0, 2]}
    flips = [True, False, False]
    turned = {**meta, "findings": [finding], "acquired": {**meta["acquired"], "flips": flips}}
    told = scenes.scene(card_of(meta), turned)
    last = meta["shape_kji"][0] - 1
    assert told["findings"][0]["shown"] == [last, last - 2]
    assert told["is_turned"]


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


@pytest.mark.parametrize(
    ("tag", "value", "aspect"),
    [
        ("0028,0030", "0.4\\0.2", 2.0),
        ("0018,1164", "0.1\\0.1", 1.0),
        ("0028,0034", "4\\3", 4 / 3),
        ("0028,0030", "0\\0.2", 1.0),
        ("0028,0030", "nan\\1", 1.0),
        ("0028,0030", "1\\1000000", 1.0),
        ("0028,0030", "0.4", 1.0),
        ("0018,0088", "4\\3", 1.0),
    ],
)
def test_a_pictures_proportions_come_from_its_tags(tag: str, value: str, aspect: float) -> None:
    row = TagRow(tag, tag, "", "", "DS", value, 0, "")
    assert scenes.pixel_aspect([row]) == pytest.approx(aspect)


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
