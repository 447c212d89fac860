"""Who may ask for which surface, how often it is made, and what stops it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.jobs.house import House
from webapp.config import Limits
from webapp.errors import BadArgument, FaceRefused, NoSurfaceHere, UnknownKey
from webapp.imaging.options import SurfaceOptions
from webapp.job_surfaces import SURFACES
from webapp.store.catalogue import EVERYONE, JobState
from webapp.store.model import Asker

ANN, BOB, GUEST = Asker("ann"), Asker("bob"), Asker("0123456789abcdef", "ann")
BONE, SKIN = SurfaceOptions(200), SurfaceOptions(-300)


def made(house: House) -> list[dict[str, Any]]:
    """The options of the surfaces that were made."""
    return [task.params["options"] for task in house.child.tasks if task.name == "surface"]


def test_a_surface_that_is_there_is_not_made_again(house: House) -> None:
    key = house.ingested()[0]
    first = house.surfaced(key, 200)
    job_id = house.jobs.surface(ANN, key, BONE)
    assert house.catalogue.job("ann", job_id).result == first
    assert len(made(house)) == 1


def test_other_options_make_another_surface(house: House) -> None:
    key = house.ingested()[0]
    house.surfaced(key, 200)
    house.jobs.run_now(house.jobs.surface(ANN, key, SurfaceOptions(200, closed=True)))
    assert [options["closed"] for options in made(house)] == [False, True]


def test_a_newer_level_stops_the_older_one(house: House) -> None:
    key = house.ingested()[0]
    older = house.jobs.surface(ANN, key, BONE)
    house.jobs.surface(ANN, key, SKIN)
    assert house.catalogue.job("ann", older).state == JobState.CANCELLED


def test_a_running_surface_hears_that_it_is_no_longer_wanted(house: House) -> None:
    key = house.ingested()[0]
    heard: list[bool] = []

    def ask_for_another(_task: object, _progress: object, cancelled: Callable[[], bool]) -> None:
        house.child.meanwhile = lambda *_: None
        house.jobs.surface(ANN, key, SKIN)
        heard.append(cancelled())

    house.child.meanwhile = ask_for_another
    older = house.jobs.surface(ANN, key, BONE)
    house.jobs.run_now(older)
    assert heard == [True]
    assert house.catalogue.job("ann", older).state == JobState.CANCELLED


def test_surfaces_shown_together_are_made_side_by_side(house: House) -> None:
    key = house.ingested()[0]
    jobs = [house.jobs.surface(ANN, key, SurfaceOptions(level), level) for level in range(SURFACES)]
    assert {house.catalogue.job("ann", job).state for job in jobs} == {JobState.WAITING}
    with pytest.raises(BadArgument):
        house.jobs.surface(ANN, key, BONE, SURFACES)


def test_a_surface_for_the_screen_never_has_more_triangles_than_it_may(houses: Callable[..., House]) -> None:
    house = houses(limits=Limits(triangles=1000))
    key = house.ingested()[0]
    for triangles in (None, 5000, 300):
        house.jobs.run_now(house.jobs.surface(ANN, key, SurfaceOptions(200, triangles)))
    assert [options["triangles"] for options in made(house)] == [1000, 300]


def test_a_surface_for_a_file_has_all_its_triangles_and_stops_none_for_the_screen(house: House) -> None:
    key = house.ingested()[0]
    shown = house.jobs.surface(ANN, key, SKIN)
    job_id = house.jobs.mesh_export(ANN, key, BONE)
    house.jobs.run_now(job_id)
    result = house.catalogue.job("ann", job_id).result
    assert result is not None
    assert house.catalogue.artifact("ann", result["artifact"]).kind == "export"
    assert made(house)[-1]["triangles"] is None
    assert house.catalogue.job("ann", shown).state == JobState.WAITING


def test_an_export_asked_for_again_is_not_made_again(house: House) -> None:
    key = house.ingested()[0]
    house.jobs.run_now(house.jobs.mesh_export(ANN, key, BONE))
    again = house.catalogue.job("ann", house.jobs.mesh_export(ANN, key, BONE))
    assert (again.state, len(made(house))) == (JobState.DONE, 1)


def test_pictures_have_no_surface(house: House) -> None:
    house.child.kind = "pictures"
    key = house.ingested()[0]
    for ask in (house.jobs.surface, house.jobs.mesh_export):
        with pytest.raises(NoSurfaceHere):
            ask(ANN, key, BONE)


def test_another_owners_stack_has_no_surface(house: House) -> None:
    key = house.ingested()[0]
    for ask in (house.jobs.surface, house.jobs.mesh_export):
        with pytest.raises(UnknownKey):
            ask(BOB, key, BONE)


@pytest.fixture
def shared(houses: Callable[..., House]) -> Callable[[bool], tuple[House, str]]:
    """A host with a series of ann's that is large enough for a face, of an unknown part."""

    def host(refuses: bool) -> tuple[House, str]:
        house = houses(refuse_faces=refuses)
        house.child.changes = {"affine_kji_to_lps": [[0, 0, 90, 0], [0, 200, 0, 0], [90, 0, 0, 0], [0, 0, 0, 1]]}
        return house, house.ingested()[0]

    return host


def test_a_host_may_keep_faces_to_the_owner(shared: Callable[[bool], tuple[House, str]]) -> None:
    house, key = shared(True)
    for ask in (house.jobs.surface, house.jobs.mesh_export):
        with pytest.raises(FaceRefused):
            ask(GUEST, key, SKIN)
    house.jobs.surface(GUEST, key, BONE)
    house.jobs.surface(ANN, key, SKIN)


def test_a_host_that_does_not_mind_shows_faces_to_whoever_may_see_the_series(
    shared: Callable[[bool], tuple[House, str]],
) -> None:
    house, key = shared(False)
    house.jobs.surface(GUEST, key, SKIN)


def test_samples_are_everybodys(shared: Callable[[bool], tuple[House, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    house, key = shared(True)
    of_ann = house.catalogue.stack("ann", key)
    sample = type(of_ann)(**{**{name: getattr(of_ann, name) for name in of_ann.__slots__}, "owner": EVERYONE})
    monkeypatch.setattr(house.catalogue, "stack", lambda _owner, _key: sample)
    house.jobs.surface(GUEST, key, SKIN)


def test_a_guest_stops_no_surface_that_the_owner_waits_for(house: House) -> None:
    key = house.ingested()[0]
    owners = house.jobs.surface(ANN, key, BONE)
    guests = house.jobs.surface(GUEST, key, SKIN)
    assert house.catalogue.job("ann", owners).state == JobState.WAITING
    with pytest.raises(UnknownKey):
        house.jobs.cancel(GUEST.name, owners)
    with pytest.raises(UnknownKey):
        house.catalogue.job("ann", guests)


def test_what_a_guest_has_made_is_made_of_the_owners_stack(house: House) -> None:
    key = house.ingested()[0]
    house.jobs.run_now(house.jobs.surface(GUEST, key, BONE))
    made_for_guest = house.catalogue.jobs_of(GUEST.name)[0].result
    assert made_for_guest is not None
    assert house.catalogue.artifact("ann", made_for_guest["artifact"]).key == key
