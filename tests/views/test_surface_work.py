"""Surfaces in the making: what is wished for, the jobs behind it, what is said meanwhile."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from webapp.config import ROOT
from webapp.errors import GuestMayNot, LevelNotANumber, LevelOutOfRange, UnknownKey
from webapp.imaging.options import SurfaceOptions
from webapp.services import Services
from webapp.store.model import Asker, JobKind, JobState, JobStatus, Share
from webapp.views import surface
from webapp.views import surface_work as works

KEY, OTHER = "5f" * 16, "6a" * 16
SHARE = Share("s", "me", KEY, "", 0.0, 1.0, None, None)
BONE = {"level": 200, "largest": False, "island_ml": 0, "smooth_mm": 0, "closed": False, "time": 0}
MADE = {"artifact": "a", "level": 200.0, "triangles": 4}
#: A volume of 400 mm of an unknown part.
META = {
    "kind": "volume",
    "shape_kji": [3, 3, 3],
    "affine_kji_to_lps": [[0, 0, 200, 0], [0, 200, 0, 0], [200, 0, 0, 0], [0, 0, 0, 1]],
    "value_unit": "HU",
    "body_part": None,
}


class Jobs:
    """Jobs that are put down and never done."""

    def __init__(self) -> None:
        self.asked: list[tuple[Asker, str, SurfaceOptions, object]] = []
        self.cancelled: list[str] = []
        self.refuses = False

    def surface(self, asker: Asker, key: str, options: SurfaceOptions, place: object) -> str:
        if self.refuses:
            raise LevelOutOfRange
        self.asked.append((asker, key, options, place))
        return f"job {len(self.asked)}"

    def mesh_export(self, asker: Asker, key: str, options: SurfaceOptions) -> str:
        return self.surface(asker, key, options, "file")

    def cancel(self, _owner: str, job: str) -> None:
        self.cancelled.append(job)


class Instance:
    """One stack, its jobs, and whoever asks."""

    def __init__(self, *, guest: bool = False) -> None:
        self.jobs = Jobs()
        self.status: dict[str, Any] = {"state": JobState.WAITING}
        self.guest = guest
        self.config = SimpleNamespace(refuse_faces=False)

    def _stack(self, owner: str, key: str) -> Any:
        if key not in (KEY, OTHER) or owner != "me":
            raise UnknownKey
        return SimpleNamespace(mine=not self.guest)

    def _job(self, owner: str, job: str) -> JobStatus:
        if self.status["state"] == "gone":
            raise UnknownKey
        facts = {"stage": "", "done": 0, "total": 0, "error": None, "result": None, **self.status}
        return JobStatus(id=job, owner=owner, kind=JobKind.SURFACE, subject=KEY, created=0.0, **facts)

    @property
    def services(self) -> Services:
        catalogue = SimpleNamespace(
            stack=self._stack, job=self._job, share_of=lambda _token: SHARE, note_use=lambda _share: None
        )
        volumes = SimpleNamespace(meta=lambda key: META if key == KEY else {"kind": "overlay"})
        parts = {"owner": lambda: "me", "tokens": lambda: ("t",) if self.guest else (), "volumes": volumes}
        return cast(Services, SimpleNamespace(catalogue=catalogue, jobs=self.jobs, config=self.config, **parts))


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch) -> Instance:
    monkeypatch.setattr(works, "portrait_of", lambda _meta, level: SimpleNamespace(possible=level < 0, why="Because."))
    return Instance()


def wishes(**places: dict[str, Any]) -> dict[str, Any]:
    """What a page asks for: ``p0`` is the first place."""
    return {"key": KEY, "places": {name.removeprefix("p"): {**BONE, **wish} for name, wish in places.items()}}


def asked(instance: Instance) -> list[float]:
    return [options.level for _, _, options, _ in instance.jobs.asked]


@pytest.mark.parametrize(("field", "level"), [(200, 200.0), ("-300", -300.0), (0.5, 0.5)])
def test_a_level_may_be_typed(field: object, level: float) -> None:
    assert works.as_level(field) == level


@pytest.mark.parametrize("field", [None, "", "bone", True, [], float("nan"), "NaN", "inf"])
def test_what_is_no_number_is_no_level(field: object) -> None:
    with pytest.raises(LevelNotANumber):
        works.as_level(field)


def test_a_wish_becomes_a_job_and_the_clock_runs(instance: Instance) -> None:
    made = works.step(instance.services, wishes(p0={}), None)
    assert made["places"]["0"]["job"] == "job 1"
    assert made["places"]["0"]["note"] == "waiting for a free place …"
    assert surface.with_clock(made, 4)[1] == 5


def test_what_is_being_made_is_not_asked_for_again(instance: Instance) -> None:
    made = works.step(instance.services, wishes(p0={}), None)
    works.step(instance.services, wishes(p0={}), made)
    assert asked(instance) == [200.0]


def test_the_last_mesh_stays_while_another_level_is_made(instance: Instance) -> None:
    instance.status = {"state": JobState.DONE, "result": MADE}
    made = works.step(instance.services, wishes(p0={}), None)
    assert (made["places"]["0"]["job"], made["places"]["0"]["mesh"]["artifact"]) == (None, "a")
    instance.status = {"state": JobState.RUNNING, "stage": "marching", "done": 1, "total": 4}
    later = works.step(instance.services, wishes(p0={"level": 700}), made)["places"]["0"]
    assert later["job"] == "job 2"
    assert later["mesh"] == made["places"]["0"]["mesh"]
    assert (later["percent"], later["note"]) == (25, "finding the surface …")


def test_a_finished_surface_stops_the_clock(instance: Instance) -> None:
    instance.status = {"state": JobState.DONE, "result": MADE}
    made = works.step(instance.services, wishes(p0={}), None)
    assert surface.with_clock(made, 4)[1] == 0


def test_surfaces_share_the_triangles_that_a_screen_can_turn(instance: Instance) -> None:
    works.step(instance.services, wishes(p0={}, p2={"level": -300}), None)
    told = [(options.level, options.triangles, place) for _, _, options, place in instance.jobs.asked]
    assert told == [(200.0, 150_000, 0), (-300.0, 150_000, 2)]


def test_a_surface_that_is_taken_away_is_no_longer_made(instance: Instance) -> None:
    made = works.step(instance.services, wishes(p0={}, p1={}), None)
    left = works.step(instance.services, wishes(p0={}), made)
    assert instance.jobs.cancelled == ["job 2"]
    assert left["places"].keys() == {"0"}


def test_another_series_stops_the_surfaces_of_the_one_before(instance: Instance) -> None:
    made = works.step(instance.services, wishes(p0={}), None)
    assert works.step(instance.services, {"key": OTHER, "places": {}}, made) == {"key": OTHER, "places": {}}
    assert instance.jobs.cancelled == ["job 1"]


@pytest.mark.parametrize("level", ["bone", "NaN", None, "1e999"])
def test_a_level_that_is_none_says_so_and_leaves_the_mesh(instance: Instance, level: object) -> None:
    instance.status = {"state": JobState.DONE, "result": MADE}
    made = works.step(instance.services, wishes(p0={}), None)
    wrong = works.step(instance.services, wishes(p0={"level": level}), made)
    assert wrong["places"]["0"]["note"] == str(LevelNotANumber())
    assert wrong["places"]["0"]["mesh"]["artifact"] == "a"
    assert works.step(instance.services, wishes(p0={"level": level}), wrong) == wrong
    assert asked(instance) == [200.0]


@pytest.mark.parametrize("level", ["bone", "NaN"])
def test_a_level_that_is_none_stops_the_one_in_the_making(instance: Instance, level: str) -> None:
    made = works.step(instance.services, wishes(p0={}), None)
    works.step(instance.services, wishes(p0={"level": level}), made)
    assert instance.jobs.cancelled == ["job 1"]


def test_a_refusal_is_told_once_and_not_asked_for_again(instance: Instance) -> None:
    instance.jobs.refuses = True
    made = works.step(instance.services, wishes(p0={}), None)
    assert made["places"]["0"]["note"] == str(LevelOutOfRange())
    instance.jobs.refuses = False
    assert works.step(instance.services, wishes(p0={}), made) == made


def test_a_failed_surface_says_cause_and_cure(instance: Instance) -> None:
    error = {"code": "x", "cause": "No memory.", "cure": "Choose another."}
    instance.status = {"state": JobState.FAILED, "error": error}
    made = works.step(instance.services, wishes(p0={}), None)["places"]["0"]
    assert (made["job"], made["note"]) == (None, "No memory. Choose another.")


def test_a_job_that_is_gone_stops_the_clock(instance: Instance) -> None:
    instance.status = {"state": "gone"}
    made = works.step(instance.services, wishes(p0={}), None)
    assert "no longer" in made["places"]["0"]["note"]
    assert surface.with_clock(made, 4)[1] == 0


def test_a_file_has_every_triangle(instance: Instance) -> None:
    works.step(instance.services, wishes(p0={}, export={"closed": True}), None)
    _, _, options, place = instance.jobs.asked[1]
    assert (options.triangles, options.closed, place) == (None, True, "file")
    assert instance.jobs.asked[0][2].triangles == works.ON_SCREEN


def test_a_guest_asks_in_the_links_name_and_has_no_file_made(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(guest=True)
    made = works.step(instance.services, wishes(p0={}, export={}), None)
    assert [who for who, *_ in instance.jobs.asked] == [Asker("s", "me")]
    assert made["places"]["export"]["note"] == str(GuestMayNot())


@pytest.mark.parametrize(
    ("keeps", "words"), [(True, "This host does not show it"), (False, "Whoever you give a link to")]
)
def test_a_portrait_says_so_and_who_sees_it(instance: Instance, keeps: bool, words: str) -> None:
    instance.config.refuse_faces = keeps
    instance.status = {"state": JobState.DONE, "result": {**MADE, "level": -300.0}}
    face = works.step(instance.services, wishes(p0={"level": -300}), None)["places"]["0"]["mesh"]["face"]
    assert face.startswith("This surface may show a face")
    assert words in face


def test_a_guest_who_can_give_no_link_hears_of_none(instance: Instance) -> None:
    instance.guest = True
    instance.status = {"state": JobState.DONE, "result": {**MADE, "level": -300.0}}
    face = works.step(instance.services, wishes(p0={"level": -300}), None)["places"]["0"]["mesh"]["face"]
    assert face.endswith("Because.")


def test_bone_is_no_portrait(instance: Instance) -> None:
    instance.status = {"state": JobState.DONE, "result": MADE}
    assert works.step(instance.services, wishes(p0={}), None)["places"]["0"]["mesh"]["face"] == ""


@pytest.mark.parametrize("sent", [None, [], "x", {"key": "../x", "places": {"0": BONE}}, {"places": {"0": BONE}}])
def test_what_is_no_wish_makes_nothing(instance: Instance, sent: object) -> None:
    assert works.step(instance.services, sent, {"key": KEY, "places": []}) == {}


@pytest.mark.parametrize("wish", [{"smooth_mm": "much"}, {"largest": 1}, {"colour": "red"}, {"time": -1}])
def test_an_option_that_is_none_is_refused_in_words(instance: Instance, wish: dict[str, Any]) -> None:
    made = works.step(instance.services, wishes(p0=wish), None)["places"]["0"]
    assert made["job"] is None
    assert made["note"]


def test_the_surface_of_a_region_is_made_of_what_it_was_drawn_in(instance: Instance) -> None:
    wish = {"level": 0.5, "closed": True, "time": 1, "region": 2, "of": OTHER}
    instance.status = {"state": JobState.DONE, "result": {**MADE, "level": 0.5}}
    made = works.step(instance.services, wishes(p0=wish), None)["places"]["0"]["mesh"]
    ((_, key, options, _),) = instance.jobs.asked
    assert (key, options.region, options.time, options.closed) == (OTHER, 2, 1, True)
    assert (made["of"], made["face"]) == (OTHER, "")


@pytest.mark.parametrize("of", ["../x", None, 7])
def test_a_region_of_what_is_no_stack_is_refused(instance: Instance, of: object) -> None:
    made = works.step(instance.services, wishes(p0={"region": 2, "of": of}), None)["places"]["0"]
    assert (made["job"], made["note"]) == (None, str(UnknownKey()))


def test_a_strangers_stack_has_no_surfaces(instance: Instance) -> None:
    sent = {"key": "7b" * 16, "places": {"0": BONE}}
    assert works.step(instance.services, sent, None)["places"]["0"]["note"] == str(UnknownKey())


def test_every_stage_has_words() -> None:
    told = {"reading", "checking", "writing"}
    told |= set(re.findall(r'progress\("(\w+)"', (ROOT / "webapp/imaging/surface.py").read_text(encoding="utf-8")))
    assert len(told) > 5
    assert told <= works.STAGES.keys()
