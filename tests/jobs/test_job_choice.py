"""A choice between pictures becomes one further stack of its owner, once, or a reason why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NoSandbox
from tests.factories import contested_series, make_series, zip_series
from tests.jobs.house import UPLOAD, House
from webapp.config import Limits
from webapp.errors import NothingToChoose, PicksUnfit, SampleStays, UnknownKey
from webapp.store.catalogue import EVERYONE, JobState, JobStatus


@pytest.fixture
def key(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The refused pictures of an upload with two contested places, read without a sandbox."""
    monkeypatch.setattr(house.child, "run", NoSandbox(Limits()).run)
    house.receive()
    zip_series(house.originals.path(UPLOAD), contested_series({3: 1, 7: 1}), make_series())
    job_id = house.jobs.ingest("ann", UPLOAD)
    house.jobs.run_now(job_id)
    result = house.catalogue.job("ann", job_id).result
    assert result is not None
    return str(result["keys"][0])


def chosen(house: House, key: str, *pick: object) -> JobStatus:
    """A choice that was worked on."""
    job_id = house.jobs.choose("ann", key, pick)
    house.jobs.run_now(job_id)
    return house.catalogue.job("ann", job_id)


def made(house: House, key: str, *pick: object) -> str:
    """The stack that a choice made."""
    status = chosen(house, key, *pick)
    assert status.state == JobState.DONE, status.error
    assert status.result is not None
    (new,) = status.result["keys"]
    return str(new)


def stacks(house: House) -> list[tuple[str, str]]:
    """Kind and verdict of everything the owner has, as the library shows it."""
    return [(card.kind, str(card.verdict)) for card in house.catalogue.library("ann")]


def test_a_choice_adds_one_volume_beside_the_refused_pictures(house: House, key: str) -> None:
    made(house, key, "later")
    assert stacks(house) == [("pictures", "refused"), ("volume", "caution"), ("volume", "trusted")]


def test_the_new_stack_belongs_to_the_same_series_and_says_what_was_chosen(house: House, key: str) -> None:
    new = made(house, key, "later")
    assert house.catalogue.series_keys("ann", key) == [key, new]
    meta = house.volumes.open(new).meta
    assert [one["severity"] for one in meta["findings"] if one["id"] == "G20"] == ["WARN"]
    assert "2 pictures chosen" in house.catalogue.stack("ann", new).summary


def test_the_same_choice_twice_makes_no_second_stack(house: House, key: str) -> None:
    marks: list[Any] = [place["pictures"][1]["mark"] for place in house.volumes.open(key).meta["choice"]["places"]]
    new = made(house, key, "later")
    assert made(house, key, "later") == made(house, key, *marks) == new
    assert len(stacks(house)) == 3


def test_the_same_choice_while_the_first_is_worked_on_is_the_same_job(house: House, key: str) -> None:
    assert house.jobs.choose("ann", key, ["later"]) == house.jobs.choose("ann", key, ["later"])


def test_another_choice_is_another_stack(house: House, key: str) -> None:
    assert made(house, key, "later") != made(house, key, "earlier")
    assert [kind for kind, _ in stacks(house)] == ["pictures", "volume", "volume", "volume"]


def test_a_newer_choice_stops_the_older_one(house: House, key: str) -> None:
    older = house.jobs.choose("ann", key, ["later"])
    house.jobs.choose("ann", key, ["earlier"])
    assert house.catalogue.job("ann", older).state == JobState.CANCELLED


def test_deleting_the_series_takes_the_chosen_stack_along(house: House, key: str) -> None:
    new = made(house, key, "later")
    assert set(house.jobs.delete_series("ann", new)) == {key, new}
    assert stacks(house) == [("volume", "trusted")]


def test_a_chosen_stack_comes_back_when_the_catalogue_was_lost(house: House, key: str) -> None:
    new = made(house, key, "later")
    (record,) = house.volumes.records([new])
    assert (record.origin.upload, record.origin.place) == (UPLOAD, (0, 1))


def test_another_owners_pictures_are_unknown(house: House, key: str) -> None:
    with pytest.raises(UnknownKey):
        house.jobs.choose("bob", key, ["later"])


def test_nothing_is_added_to_a_sample(house: House, key: str, tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    folder.mkdir()
    zip_series(folder / "one.zip", contested_series({3: 1}))
    house.jobs.run_now(house.jobs.add_samples(folder)[0])
    sample = next(card.key for card in house.catalogue.library("ann") if not card.mine)
    for owner in ("ann", EVERYONE):
        with pytest.raises(SampleStays):
            house.jobs.choose(owner, sample, ["later"])


@pytest.mark.parametrize("pick", [[], ["sooner"], ["0.0-00000000", "1.0-00000000"], [None], [{"a": 1}]])
def test_a_malformed_pick_is_refused_before_any_work(house: House, key: str, pick: list[object]) -> None:
    with pytest.raises(PicksUnfit):
        house.jobs.choose("ann", key, pick)
    assert len(house.catalogue.jobs_of("ann")) == 1


def test_a_volume_offers_no_choice(house: House, key: str) -> None:
    volume = next(card.key for card in house.catalogue.library("ann") if card.kind == "volume")
    with pytest.raises(NothingToChoose):
        house.jobs.choose("ann", volume, ["later"])


def failure(status: JobStatus) -> str:
    """Why a job failed, as a code."""
    assert (status.state, status.error is not None) == (JobState.FAILED, True)
    return (status.error or {})["code"]


def test_an_archive_that_is_no_longer_kept_is_said(house: House, key: str) -> None:
    house.originals.delete(UPLOAD)
    assert failure(chosen(house, key, "later")) == "original_gone"


def test_an_archive_that_holds_other_pictures_now_is_said(house: House, key: str) -> None:
    zip_series(house.originals.path(UPLOAD), contested_series({3: 1, 7: 1}))
    assert failure(chosen(house, key, "later")) == "picks_do_not_fit"
    assert house.originals.size(UPLOAD) > 0


def test_a_failed_choice_leaves_the_pictures_and_no_byte_beside_them(house: House, key: str) -> None:
    before = sorted(house.bytes_left())
    zip_series(house.originals.path(UPLOAD), make_series())
    assert failure(chosen(house, key, "later")) == "picks_do_not_fit"
    assert (sorted(house.bytes_left()), len(stacks(house))) == (before, 2)


def test_a_choice_about_a_series_deleted_meanwhile_leaves_no_byte(
    house: House, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = house.child.run

    def read_and_delete(*told: Any) -> dict[str, Any]:
        answer = run(*told)
        house.jobs.delete_series("ann", key)
        return answer

    monkeypatch.setattr(house.child, "run", read_and_delete)
    house.jobs.run_now(house.jobs.choose("ann", key, ["later"]))
    assert stacks(house) == [("volume", "trusted")]
    assert len(house.bytes_left()) == 2


def test_a_child_that_announces_no_picked_stack_is_not_believed(
    house: House, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.child, "run", type(house.child)().run)
    assert failure(chosen(house, key, "later")) == "result_missing"
