"""The choice between pictures of one place: what is offered, that nothing is picked unasked, what is said meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import dash_mantine_components as dmc
import pytest
from dash import dcc, html
from dash.exceptions import PreventUpdate

from tests.views.test_audit import parts_of, words
from webapp.errors import PicksUnfit, UnknownKey
from webapp.services import Services
from webapp.store.model import JobKind, JobState, JobStatus
from webapp.views import choice, choice_work, ids

KEY = "5f" * 16
PICKED = "6e" * 16


def place(at: int, *numbers: int) -> dict[str, Any]:
    """A contested place with its pictures."""
    pictures = [
        {"mark": f"{number}.0-00000000", "picture": number, "number": number, "acquired": None, "acquisition": None}
        for number in numbers
    ]
    return {"slice": at, "position_mm": 3.0 * at, "volume": "", "pictures": pictures}


READY = {"name": "later", "words": "the latest acquired picture of each place", "marks": ["12.0-00000000"]}


def scene(*places: dict[str, Any], ready: Sequence[dict[str, Any]] = (READY,), mine: bool = True) -> dict[str, Any]:
    found = places or (place(3, 3, 12), place(7, 7, 13))
    return {
        "key": KEY,
        "kind": "pictures",
        "may_choose": mine,
        "choice": {"of": 20, "places": list(found), "ready": list(ready)},
    }


def every(kind: type, **changes: Any) -> list[Any]:
    """All parts of one kind in the offer of a scene."""
    return [
        part for top in choice.offer(scene(**changes)) for part in [top, *top._traverse()] if isinstance(part, kind)
    ]


def test_every_contested_place_is_named_with_its_pictures() -> None:
    groups = every(dmc.RadioGroup)
    assert [one.label for one in groups] == ["Slice 4 at 9.0\u2009mm", "Slice 8 at 21.0\u2009mm"]
    assert [one.label for one in every(dmc.Radio)] == [
        "picture 4 · number 3",
        "picture 13 · number 12",
        "picture 8 · number 7",
        "picture 14 · number 13",
    ]


def test_nothing_is_picked_before_somebody_does() -> None:
    assert {one.value for one in every(dmc.RadioGroup)} == {None}


def test_each_picture_leads_to_where_it_is_shown() -> None:
    (button, *_) = [one for one in every(html.Button) if one.children == "Show"]
    props = button.to_plotly_json()["props"]
    assert (props["data-plane"], props["data-first"], props["title"]) == ("picture", "3", "Show picture 4")


def test_a_pick_for_all_places_is_a_button_of_its_own() -> None:
    (button,) = [one for one in every(html.Button) if one.children != "Show"]
    assert (button.children, button.id) == (f"Take {READY['words']}", ids.choice_ready("later"))


def test_the_offer_says_that_nothing_is_averaged_and_what_becomes_of_it() -> None:
    said = words(choice.offer(scene()))
    assert "Nothing is averaged" in said
    assert "For all places at once" in said
    assert "For all places at once" not in words(choice.offer(scene(ready=[])))


def test_a_sample_shows_its_contested_places_and_offers_no_pick() -> None:
    assert every(dmc.Radio, mine=False) == []
    assert [one.children for one in every(html.Button, mine=False)] == ["Show"] * 4
    assert "sample" in words(choice.offer(scene(mine=False)))


def test_very_many_places_are_picked_for_all_at_once_only() -> None:
    places = [place(at, 2 * at, 2 * at + 1) for at in range(choice.PLACES_SHOWN + 5)]
    parts = choice.offer(scene(*places))
    assert "And 5 more places" in words(parts)
    assert not [part for top in parts for part in top._traverse() if isinstance(part, dmc.Radio)]


@pytest.mark.parametrize("nothing", [{}, {"key": KEY}, {"key": KEY, "choice": None}])
def test_a_stack_without_contested_places_offers_nothing(nothing: dict[str, Any]) -> None:
    assert choice.offer(nothing) == []
    assert choice_work.step(services_with(), ids.SCENE, nothing, ([], None)).as_outputs(0)[2] == "choice is-absent"


def status(state: JobState, job: str = "j", subject: str = KEY, **more: Any) -> JobStatus:
    """A job about a choice."""
    facts = {"stage": "decoding", "done": 0, "total": 0, "error": None, "result": None, **more}
    return JobStatus(id=job, owner="me", kind=JobKind.CHOICE, subject=subject, state=state, created=0.0, **facts)


class Jobs:
    """Jobs that remember what they were asked for."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.picked: list[Any] = []
        self.cancelled: list[str] = []
        self._refusal = refusal

    def choose(self, _owner: str, _key: str, pick: Sequence[object]) -> str:
        if self._refusal:
            raise self._refusal
        self.picked.append(list(pick))
        return "j"

    def cancel(self, _owner: str, job: str) -> None:
        self.cancelled.append(job)
        raise UnknownKey


def services_with(*known: JobStatus, jobs: Jobs | None = None) -> Services:
    parts = {
        "owner": lambda: "me",
        "catalogue": SimpleNamespace(jobs_of=lambda _owner: list(known)),
        "jobs": jobs or Jobs(),
    }
    return cast(Services, SimpleNamespace(**parts))


def test_a_ready_pick_starts_the_work_and_the_clock() -> None:
    jobs = Jobs()
    services = services_with(status(JobState.WAITING, stage=""), jobs=jobs)
    work = choice_work.step(services, ids.choice_ready("later"), scene(), ([None, None], None))
    assert jobs.picked == [["later"]]
    assert work.as_outputs(4) == ("j", 0.0, "choice is-working", ["waiting for a free place …"], 5)


def test_pictures_picked_one_by_one_start_it_too() -> None:
    jobs = Jobs()
    picks = ["12.0-00000000", "7.0-00000000"]
    choice_work.step(services_with(jobs=jobs), ids.CHOICE_START, scene(), (picks, None))
    assert jobs.picked == [picks]


@pytest.mark.parametrize(("picks", "slice_"), [([None, "7.0-00000000"], 4), (["3.0-00000000", None], 8)])
def test_a_place_that_is_still_open_is_named_and_nothing_starts(picks: list[str | None], slice_: int) -> None:
    jobs = Jobs()
    work = choice_work.step(services_with(jobs=jobs), ids.CHOICE_START, scene(), (picks, None))
    assert (jobs.picked, work.note) == ([], f"Choose a picture for slice {slice_} too.")


def test_a_refused_pick_says_why_and_stops_the_clock() -> None:
    services = services_with(jobs=Jobs(PicksUnfit()))
    work = choice_work.step(services, ids.choice_ready("later"), scene(), ([], None))
    assert work.note == str(PicksUnfit())
    assert work.as_outputs(4)[-1] == 0


def test_progress_is_told_stage_by_stage_with_its_numbers() -> None:
    services = services_with(status(JobState.RUNNING, done=30, total=120))
    work = choice_work.step(services, ids.CHOICE_TICK, scene(), ([], "j"))
    assert (work.percent, work.note) == (25.0, "decoding 30/120 …")


def test_the_finished_volume_can_be_opened_and_the_library_is_drawn_anew() -> None:
    services = services_with(status(JobState.DONE, result={"keys": [PICKED]}))
    work = choice_work.step(services, ids.CHOICE_TICK, scene(), ([], "j"))
    _, _, shown, note, ticks = work.as_outputs(4)
    link = next(part for part in note if isinstance(part, dcc.Link))
    assert (link.href, shown, ticks, work.made) == (f"/?stack={PICKED}", "choice is-idle", 0, PICKED)


def test_a_failed_choice_says_cause_and_cure() -> None:
    error = {"code": "x", "cause": "No archive.", "cure": "Upload again."}
    services = services_with(status(JobState.FAILED, error=error))
    assert choice_work.step(services, ids.CHOICE_TICK, scene(), ([], "j")).note == "No archive. Upload again."


def test_a_choice_can_be_cancelled_and_one_that_is_gone_is_as_wanted() -> None:
    jobs = Jobs()
    services = services_with(status(JobState.CANCELLED), jobs=jobs)
    work = choice_work.step(services, ids.CHOICE_CANCEL, scene(), ([], "j"))
    assert (jobs.cancelled, work.note, work.job) == (["j"], "Cancelled.", None)


def test_a_page_opened_again_finds_its_own_running_choice() -> None:
    services = services_with(status(JobState.RUNNING, job="other", subject="9" * 32), status(JobState.RUNNING))
    assert choice_work.step(services, ids.SCENE, scene(), ([], None)).job == "j"


def test_a_page_without_a_choice_under_way_says_nothing() -> None:
    assert choice_work.step(services_with(), ids.SCENE, scene(), ([], None)).as_outputs(3) == (
        None,
        0.0,
        "choice is-idle",
        [""],
        0,
    )


def test_buttons_that_have_just_been_drawn_start_nothing() -> None:
    with pytest.raises(PreventUpdate):
        choice_work.meant([0, None], ids.choice_ready("later"))
    assert choice_work.meant([0, 1], ids.choice_ready("later")) == ids.choice_ready("later")
    assert choice_work.meant([0, 0], ids.CHOICE_START) == ids.CHOICE_START


def test_the_parts_of_the_offer_stand_ready_before_a_stack_is_opened() -> None:
    assert choice.layout().className == "choice is-absent"
    assert parts_of(choice.layout(), html.Button)[0].id == ids.CHOICE_START
