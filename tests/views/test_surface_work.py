"""The surface panel: levels, the job behind it, what it says meanwhile."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from webapp.errors import LevelNotANumber, LevelOutOfRange
from webapp.services import Services
from webapp.store.model import JobKind, JobState, JobStatus
from webapp.views import ids
from webapp.views import surface_work as surface

KEY = "5f" * 16
SCENE = {"key": KEY, "kind": "volume"}
JOB = {"id": "j", "key": KEY, "level": 200.0}


def status(state: JobState, **more: Any) -> JobStatus:
    """A surface job."""
    facts = {"stage": "marching", "done": 0, "total": 0, "error": None, "result": None, **more}
    return JobStatus(id="j", owner="me", kind=JobKind.SURFACE, subject=KEY, state=state, created=0.0, **facts)


def services_with(*jobs: JobStatus, refuses: bool = False) -> Services:
    """An instance with these jobs."""

    def make(_owner: str, _key: str, _level: float) -> str:
        if refuses:
            raise LevelOutOfRange
        return "j"

    parts = {
        "owner": lambda: "me",
        "catalogue": SimpleNamespace(
            jobs_of=lambda _owner: list(jobs), stack=lambda _owner, _key: SimpleNamespace(mine=True)
        ),
        "jobs": SimpleNamespace(surface=make),
    }
    return cast(Services, SimpleNamespace(**parts))


def test_levels_are_offered_with_their_numbers() -> None:
    labels = [one["label"] for one in surface.presets("HU", [-1000, 2000])]
    assert "Bone · 200 HU" in labels
    assert "Skin · −300 HU" in labels


def test_levels_outside_the_values_are_not_offered() -> None:
    assert [one["value"] for one in surface.presets("HU", [100, 300])] == ["150", "200"]


@pytest.mark.parametrize(("unit", "values"), [(None, [0, 900]), ("Bq/ml", [0, 900]), ("HU", None)])
def test_other_values_have_no_presets(unit: str | None, values: list[float] | None) -> None:
    assert surface.presets(unit, values) == []


@pytest.mark.parametrize(("field", "level"), [(200, 200.0), ("-300", -300.0), (0.5, 0.5)])
def test_a_level_may_be_typed(field: object, level: float) -> None:
    assert surface.as_level(field) == level


@pytest.mark.parametrize("field", [None, "", "bone", True, [], float("nan"), "inf"])
def test_what_is_no_number_is_no_level(field: object) -> None:
    with pytest.raises(LevelNotANumber):
        surface.as_level(field)


def test_the_clock_runs_while_a_surface_is_made() -> None:
    work = surface.start(services_with(), SCENE, "200")
    assert work.job == JOB
    assert work.as_outputs(4)[-1] == 5


def test_a_refused_level_says_why_and_stops_the_clock() -> None:
    work = surface.start(services_with(refuses=True), SCENE, 9999)
    assert work.note == str(LevelOutOfRange())
    assert work.as_outputs(4)[-1] == 0


def test_progress_is_shown_in_words_and_percent() -> None:
    work = surface.follow(services_with(status(JobState.RUNNING, done=1, total=4)), JOB)
    assert work.percent == 25
    assert work.note == "finding the surface …"
    assert work.job == JOB


def test_a_finished_surface_is_named_and_the_clock_stops() -> None:
    work = surface.follow(services_with(status(JobState.DONE, result={"artifact": "a"})), JOB)
    assert work.mesh == {"key": KEY, "artifact": "a", "level": 200.0}
    assert work.as_outputs(4)[-1] == 0


def test_a_failed_surface_says_cause_and_cure() -> None:
    error = {"code": "x", "cause": "No memory.", "cure": "Choose another."}
    work = surface.follow(services_with(status(JobState.FAILED, error=error)), JOB)
    assert work.note == "No memory. Choose another."
    assert work.job is None


def test_a_job_that_is_gone_stops_the_clock() -> None:
    work = surface.follow(services_with(), JOB)
    assert work.job is None
    assert "no longer" in work.note


def test_a_link_with_a_level_makes_the_surface() -> None:
    assert surface.opening(services_with(), SCENE, "?level=200").job == JOB


@pytest.mark.parametrize(("scene", "query"), [(SCENE, ""), ({"key": KEY, "kind": "pictures"}, "?level=200")])
def test_nothing_is_made_unasked(scene: dict[str, Any], query: str) -> None:
    assert surface.opening(services_with(), scene, query) == surface.Work()


@pytest.mark.parametrize(
    ("cause", "job", "expected"),
    [
        (ids.SCENE, None, None),
        (ids.SURFACE_START, None, JOB),
        (ids.SURFACE_TICK, JOB, JOB),
        (ids.SURFACE_TICK, None, None),
    ],
)
def test_each_cause_has_its_step(cause: str, job: dict[str, Any] | None, expected: dict[str, Any] | None) -> None:
    services = services_with(status(JobState.RUNNING))
    assert surface.step(services, cause, SCENE, (200, job, "", None)).job == expected


def test_the_surface_of_a_region_is_made_and_keeps_its_name_and_colour() -> None:
    region = {"key": KEY, "of": KEY, "layer": 0, "value": 2, "colour": "#7caf7f", "label": "Node"}
    services = services_with(status(JobState.DONE, result={"artifact": "a"}))
    job = surface.step(services, ids.OVERLAY_SOLID, SCENE, (200, None, "", region)).job
    looks = {"of": KEY, "colour": "#7caf7f", "label": "Node"}
    assert job == {"id": JOB["id"], "key": KEY, "level": 0.5, **looks}
    assert surface.follow(services, job).mesh == {"key": KEY, "level": 0.5, **looks, "artifact": "a"}


def test_the_library_makes_no_surface() -> None:
    assert surface.step(services_with(), ids.SURFACE_START, {}, (200, None, "", None)) == surface.Work()
