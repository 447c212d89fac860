"""The library: what a card says, who may delete, and that text from a file stays text."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import dash_mantine_components as dmc
import pytest
from dash import Dash, dcc, html

from webapp.errors import UnknownKey
from webapp.findings import Verdict
from webapp.store.model import Card
from webapp.views import ids, library

NOW = 1_000_000.0


def a_card(**changes: Any) -> Card:
    facts: dict[str, Any] = {
        "key": "5f" * 16,
        "owner": "me",
        "kind": "volume",
        "modality": "CT",
        "manufacturer": "ACME",
        "description": "Abdomen",
        "images": 275,
        "slice_axis": 0,
        "shape_kji": (275, 512, 500),
        "spacing_mm_kji": (1.0, 0.78125, 0.7),
        "verdict": Verdict.TRUSTED,
        "summary": "Spacing 1.00 mm",
        "created": NOW - 200,
        "mine": True,
        "series_id": "1",
        "study_uid": "1.2",
        "series_uid": "1.2.3",
    }
    return Card(**{**facts, **changes})


def as_text(component: Any) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def buttons(component: Any) -> list[Any]:
    return [part for part in [component, *component._traverse()] if isinstance(part, html.Button)]


def test_slices_come_before_the_size_of_one() -> None:
    assert library.size_words(a_card()) == "275 slices · 500 × 512"


def test_a_card_counts_the_slices_of_its_stack_not_the_images_of_the_series() -> None:
    assert library.size_words(a_card(images=2750)) == "275 slices · 500 × 512"


def test_a_sagittal_stack_counts_its_sagittal_slices() -> None:
    card = a_card(images=4000, shape_kji=(256, 240, 176), spacing_mm_kji=(1.0, 0.9, 1.2), slice_axis=2)
    assert library.size_words(card) == "176 slices · 240 × 256"
    assert "0.90 × 1.00 × 1.20 mm" in as_text(library.card_of(card, NOW))


def test_pictures_are_not_called_slices() -> None:
    card = a_card(kind="pictures", images=1, shape_kji=(1, 480, 640), spacing_mm_kji=None, slice_axis=None)
    assert library.size_words(card) == "1 picture · 640 × 480"
    assert "no millimetres" in as_text(library.card_of(card, NOW))


def test_spacing_is_within_the_slice_then_between_slices() -> None:
    assert "0.70 × 0.78 × 1.00 mm" in as_text(library.card_of(a_card(), NOW))


def test_the_question_before_a_deletion_says_when_the_archive_goes() -> None:
    assert "the received archive goes with the last of its series" in as_text(library.layout())


@pytest.mark.parametrize("sent", [None, 7, ["5f" * 16], {"key": "5f" * 16}, "' OR 1=1", "5F" * 16])
def test_what_is_no_key_deletes_nothing(sent: object) -> None:
    asked: list[str] = []
    jobs = SimpleNamespace(delete_series=lambda _owner, key: asked.append(key))
    library.delete(SimpleNamespace(owner=lambda: "me", jobs=jobs), sent)  # type: ignore[arg-type]
    assert asked == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1\u202fmin ago"),
        (3599, "59\u202fmin ago"),
        (7200, "2\u202fh ago"),
        (86_400 * 3, "3\u202fd ago"),
    ],
)
def test_ages_are_said_in_one_unit(seconds: float, words: str) -> None:
    assert library.age_words(NOW - seconds, NOW) == words


@pytest.mark.parametrize(
    ("verdict", "words"),
    [(Verdict.TRUSTED, "● trusted"), (Verdict.CAUTION, "▲ caution"), (Verdict.REFUSED, "■ refused")],
)
def test_a_verdict_has_a_shape_and_a_word(verdict: Verdict, words: str) -> None:
    assert words in as_text(library.card_of(a_card(verdict=verdict), NOW))


def test_a_card_shows_its_thumbnail_and_opens_its_stack() -> None:
    text = as_text(library.card_of(a_card(), NOW))
    assert f"/volumes/{'5f' * 16}/thumbnail.png" in text
    assert f"/?stack={'5f' * 16}" in text


def test_only_my_own_series_can_be_deleted() -> None:
    assert len(buttons(library.card_of(a_card(), NOW))) == 1
    assert buttons(library.card_of(a_card(mine=False), NOW)) == []


def test_samples_stand_under_their_own_heading() -> None:
    headings = [part.children for part in html.Div(library.shelf([a_card(), a_card(mine=False)], NOW))._traverse()
                if isinstance(part, html.H2)]  # fmt: skip
    assert headings == ["Your series", "Samples"]


def test_no_heading_stands_over_nothing() -> None:
    assert library.shelf([], NOW) == []


def test_text_from_a_file_is_shown_as_it_is() -> None:
    nasty = "</title><script>alert(1)</script> [x](javascript:1)"
    card = library.card_of(a_card(description=nasty), NOW)
    name = next(part for part in card._traverse() if isinstance(part, html.H3))
    assert name.children[1] == nasty
    assert not [part for part in card._traverse() if isinstance(part, dcc.Markdown)]


def test_text_from_a_file_is_in_no_address() -> None:
    links = [part for part in library.card_of(a_card(description="DOE^JANE", modality="DOE"), NOW)._traverse()
             if isinstance(part, dcc.Link | html.Img)]  # fmt: skip
    assert not [link for link in links if "DOE" in str(getattr(link, "href", "")) + str(getattr(link, "src", ""))]


def test_a_series_that_is_gone_already_is_deleted_without_complaint() -> None:
    def gone(*_: str) -> None:
        raise UnknownKey

    library.delete(SimpleNamespace(owner=lambda: "me", jobs=SimpleNamespace(delete_series=gone)), "5f" * 16)


@pytest.fixture
def deleted() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def app(deleted: list[tuple[str, str]]) -> Dash:
    catalogue = SimpleNamespace(library=lambda owner, overlays: [a_card()] if owner == "me" else [])
    jobs = SimpleNamespace(delete_series=lambda owner, key: deleted.append((owner, key)))
    made = Dash("library under test")
    made.layout = dmc.MantineProvider(library.layout())
    library.register(made, SimpleNamespace(catalogue=catalogue, jobs=jobs, owner=lambda: "me"))
    return made


def call(app: Dash, **body: Any) -> Any:
    answer = app.server.test_client().post("/_dash-update-component", json=body)
    return answer.status_code, answer.get_json(silent=True)


def test_the_library_is_that_of_the_owner_who_asks(app: Dash) -> None:
    output = f"{ids.LIBRARY_CARDS}.children"
    status, answer = call(
        app,
        output=output,
        outputs={"id": ids.LIBRARY_CARDS, "property": "children"},
        inputs=[{"id": ids.LIBRARY_CHANGED, "property": "data"}],
        changedPropIds=[],
    )
    assert status == 200
    assert "Abdomen" in json.dumps(answer)


def test_nothing_is_deleted_before_it_is_confirmed(app: Dash, deleted: list[tuple[str, str]]) -> None:
    button = {"key": "k1", "kind": "card-delete"}
    name = json.dumps(button, sort_keys=True, separators=(",", ":"))
    status, answer = call(
        app,
        output=f"..{ids.DELETE_DIALOG}.opened...{ids.DELETE_KEY}.data..",
        outputs=[{"id": ids.DELETE_DIALOG, "property": "opened"}, {"id": ids.DELETE_KEY, "property": "data"}],
        inputs=[[{"id": button, "property": "n_clicks", "value": 1}]],
        changedPropIds=[f"{name}.n_clicks"],
    )
    assert status == 200
    assert answer["response"] == {ids.DELETE_DIALOG: {"opened": True}, ids.DELETE_KEY: {"data": "k1"}}
    assert deleted == []


def test_cards_that_have_just_been_drawn_ask_nothing(app: Dash) -> None:
    button = {"key": "k1", "kind": "card-delete"}
    name = json.dumps(button, sort_keys=True, separators=(",", ":"))
    status, _ = call(
        app,
        output=f"..{ids.DELETE_DIALOG}.opened...{ids.DELETE_KEY}.data..",
        outputs=[{"id": ids.DELETE_DIALOG, "property": "opened"}, {"id": ids.DELETE_KEY, "property": "data"}],
        inputs=[[{"id": button, "property": "n_clicks", "value": 0}]],
        changedPropIds=[f"{name}.n_clicks"],
    )
    assert status == 204


def test_a_confirmed_deletion_is_done_for_its_owner(app: Dash, deleted: list[tuple[str, str]]) -> None:
    (output,) = [name for name in app.callback_map if "@" in name and ids.LIBRARY_CHANGED in name]
    names = [part.rsplit(".", 1) for part in output.strip(".").split("...")]
    status, _ = call(
        app,
        output=output,
        outputs=[{"id": name, "property": prop} for name, prop in names],
        inputs=[{"id": ids.DELETE_CONFIRM, "property": "n_clicks", "value": 1}],
        state=[{"id": ids.DELETE_KEY, "property": "data", "value": "5f" * 16}],
        changedPropIds=[f"{ids.DELETE_CONFIRM}.n_clicks"],
    )
    assert status == 200
    assert deleted == [("me", "5f" * 16)]


def test_overview_pictures_are_called_so() -> None:
    said = as_text(library.card_of(a_card(kind="pictures", label="overview pictures"), NOW))
    assert "Abdomen: overview pictures" in said
    assert "Abdomen: " not in as_text(library.card_of(a_card(label="2"), NOW))


def test_pictures_with_one_true_pixel_size_say_it() -> None:
    card = a_card(kind="pictures", slice_axis=None, spacing_mm_kji=(None, 0.8, 0.5))
    assert "0.50 × 0.80\u2009mm" in as_text(library.card_of(card, NOW))
