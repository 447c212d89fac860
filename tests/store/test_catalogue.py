"""A series is seen by its owner, whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.staged import Clock, meta_of, origin_of
from webapp.errors import TaskCancelled, UnknownKey
from webapp.findings import Verdict
from webapp.store.catalogue import EVERYONE, Artifact, Catalogue
from webapp.store.model import Claim, JobKind, JobOrder, JobState, Origin, StackRecord

KEYS = [f"{number:032x}" for number in range(10)]
#: Bytes that the meshes of a stack may take.
ROOM = 1000


def claimed(catalogue: Catalogue, origin: Origin) -> Claim:
    """A running ingest of the origin's upload."""
    if origin.upload not in catalogue.upload_ids():
        catalogue.begin_upload(origin.owner, origin.upload, origin.upload_bytes)
        catalogue.received(origin.upload)
    claim = catalogue.claim_job(catalogue.add_job(JobOrder(origin.owner, JobKind.INGEST, origin.upload, {})))
    assert claim is not None
    return claim


def commit(catalogue: Catalogue, *stacks: tuple[str, Origin]) -> None:
    """Commit stacks that came with one upload."""
    records = [StackRecord(key, origin, meta_of()) for key, origin in stacks]
    catalogue.commit_series(claimed(catalogue, stacks[0][1]), records, {"keys": [key for key, _ in stacks]})


def test_a_card_says_what_the_library_needs(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    card = catalogue.stack("ann", KEYS[0])
    assert (card.modality, card.manufacturer, card.description, card.images) == ("CT", "Maker", "Chest", 2)
    assert (card.shape_kji, card.spacing_mm_kji, card.verdict) == ((3, 2, 4), (1.0, 2.0, 1.0), Verdict.CAUTION)
    assert (card.study_uid, card.series_uid, card.series_id) == ("1.2", "1.2.3", "5" * 32)


def test_pictures_without_millimetres_have_no_spacing_on_their_card(catalogue: Catalogue) -> None:
    meta = meta_of(kind="pictures", spacing_mm_kji=None)
    catalogue.commit_series(claimed(catalogue, origin_of()), [StackRecord(KEYS[0], origin_of(), meta)], {})
    assert catalogue.stack("ann", KEYS[0]).spacing_mm_kji is None


def test_another_owners_stack_is_as_unknown_as_one_that_never_was(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    for key in (KEYS[0], KEYS[1]):
        with pytest.raises(UnknownKey):
            catalogue.stack("bob", key)


def test_the_library_shows_own_ones_newest_first_and_then_the_samples(catalogue: Catalogue) -> None:
    def of(owner: str, upload: str, created: float) -> Origin:
        return origin_of(owner=owner, upload=upload * 32, series=upload * 32, created=created)

    commit(catalogue, (KEYS[0], of("ann", "a", 10.0)))
    commit(catalogue, (KEYS[1], of("ann", "b", 20.0)))
    commit(catalogue, (KEYS[2], of(EVERYONE, "c", 40.0)))
    commit(catalogue, (KEYS[3], of(EVERYONE, "d", 30.0)))
    commit(catalogue, (KEYS[4], of("bob", "e", 50.0)))
    shown = [(card.key, card.mine) for card in catalogue.library("ann")]
    assert shown == [(KEYS[1], True), (KEYS[0], True), (KEYS[3], False), (KEYS[2], False)]


def test_stacks_of_one_upload_keep_their_order(catalogue: Catalogue) -> None:
    places = {KEYS[2]: (0, 0), KEYS[1]: (0, 1), KEYS[0]: (1, 0)}
    commit(catalogue, *((key, origin_of(place=place, series=str(place[0]) * 32)) for key, place in places.items()))
    assert [card.key for card in catalogue.library("ann")] == [KEYS[2], KEYS[1], KEYS[0]]


def test_two_series_of_one_study_share_it(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()), (KEYS[1], origin_of(series="6" * 32, place=(1, 0))))
    first, second = catalogue.library("ann")
    assert (first.study_uid, first.series_id == second.series_id) == (second.study_uid, False)


def test_a_cancelled_job_commits_nothing(catalogue: Catalogue) -> None:
    claim = claimed(catalogue, origin_of())
    catalogue.cancel("ann", claim.id)
    with pytest.raises(TaskCancelled):
        catalogue.commit_series(claim, [StackRecord(KEYS[0], origin_of(), meta_of())], {})
    assert catalogue.library("ann") == []


def test_an_upload_dropped_meanwhile_commits_nothing_and_leaves_the_job_open(catalogue: Catalogue) -> None:
    claim = claimed(catalogue, origin_of())
    catalogue.forget_upload("a" * 32)
    with pytest.raises(TaskCancelled):
        catalogue.commit_series(claim, [StackRecord(KEYS[0], origin_of(), meta_of())], {})
    assert catalogue.library("ann") == []
    assert catalogue.job("ann", claim.id).state == JobState.RUNNING


def test_a_second_stack_that_cannot_be_noted_takes_the_first_back(catalogue: Catalogue) -> None:
    broken = {name: value for name, value in meta_of().items() if name != "verdict"}
    records = [StackRecord(KEYS[0], origin_of(), meta_of()), StackRecord(KEYS[1], origin_of(), broken)]
    claim = claimed(catalogue, origin_of())
    with pytest.raises(KeyError):
        catalogue.commit_series(claim, records, {})
    assert catalogue.library("ann") == []


def test_the_job_is_done_when_its_series_is_there(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    assert catalogue.jobs_of("ann")[0].state == JobState.DONE
    assert catalogue.jobs_of("ann")[0].result == {"keys": [KEYS[0]]}


def test_every_stack_has_a_thumbnail_in_the_catalogue(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    assert [made.kind for made in catalogue.artifacts_of(KEYS[0])] == ["thumbnail"]


def test_deleting_a_series_takes_all_its_stacks(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()), (KEYS[1], origin_of(place=(0, 1))))
    assert sorted(catalogue.delete_series("ann", KEYS[1])) == KEYS[:2]
    assert catalogue.library("ann") == []


def test_a_sample_cannot_be_deleted(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of(owner=EVERYONE)))
    for owner in ("ann", EVERYONE):
        with pytest.raises(UnknownKey):
            catalogue.delete_series(owner, KEYS[0])


def test_another_owners_series_cannot_be_deleted(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    with pytest.raises(UnknownKey):
        catalogue.delete_series("bob", KEYS[0])
    assert len(catalogue.library("ann")) == 1


def test_the_original_goes_with_its_last_series(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()), (KEYS[1], origin_of(series="6" * 32)))
    assert catalogue.remove_series("ann", KEYS[0]).upload is None
    assert catalogue.remove_series("ann", KEYS[1]).upload == "a" * 32
    assert catalogue.upload_ids() == set()


def test_the_jobs_about_a_deleted_series_are_forgotten(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    catalogue.add_job(JobOrder("ann", JobKind.SURFACE, KEYS[0], {}))
    catalogue.remove_series("ann", KEYS[0])
    assert catalogue.jobs_of("ann") == []


def test_rows_made_again_from_the_folders_show_the_same_library(catalogue: Catalogue, tmp_path: object) -> None:
    origins = {KEYS[0]: origin_of(), KEYS[1]: origin_of(series="6" * 32, place=(1, 0))}
    commit(catalogue, *origins.items())
    again = Catalogue("sqlite://", Clock())
    assert again.rebuild([StackRecord(key, origin, meta_of()) for key, origin in origins.items()]) == 2
    assert again.library("ann") == catalogue.library("ann")
    assert again.upload("a" * 32).size == 10
    assert again.origins() == origins
    again.close()


def test_making_rows_again_leaves_those_that_are_there(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    assert catalogue.rebuild([StackRecord(KEYS[0], origin_of(), meta_of(summary="Other."))]) == 0
    assert catalogue.stack("ann", KEYS[0]).summary == "One line."


def test_a_series_nobody_looked_at_expires_and_a_sample_does_not(catalogue: Catalogue, clock: Clock) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    commit(catalogue, (KEYS[1], origin_of(upload="b" * 32, series="6" * 32, owner=EVERYONE)))
    assert catalogue.expired(clock.now - 1) == {}
    assert catalogue.expired(clock.now + 1) == {"5" * 32: ("ann", KEYS[0])}


def test_a_look_at_one_stack_keeps_its_whole_series(catalogue: Catalogue, clock: Clock) -> None:
    commit(catalogue, (KEYS[0], origin_of()), (KEYS[1], origin_of(place=(0, 1))))
    clock.now += 3600
    catalogue.touch(KEYS[1])
    assert catalogue.expired(clock.now - 1) == {}


def test_a_clock_that_was_set_back_does_not_keep_an_old_view_from_being_noted(
    catalogue: Catalogue, clock: Clock
) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    clock.now -= 3600
    catalogue.touch(KEYS[0])
    assert catalogue.expired(clock.now + 1) == {"5" * 32: ("ann", KEYS[0])}


def test_a_mesh_is_seen_by_whoever_may_see_its_stack(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    mesh = Artifact("c" * 32, KEYS[0], "mesh", 200.0, {"options": {"level": 200.0}})
    claim = catalogue.claim_job(catalogue.add_job(JobOrder("ann", JobKind.SURFACE, KEYS[0], {})))
    assert claim is not None
    catalogue.commit_mesh(claim, mesh, {}, ROOM)
    assert catalogue.artifact("ann", "c" * 32) == mesh
    assert catalogue.made_with(KEYS[0], "mesh", {"level": 200.0}) == mesh
    assert catalogue.made_with(KEYS[0], "mesh", {"level": 201.0}) is None
    assert catalogue.made_with(KEYS[0], "export", {"level": 200.0}) is None
    with pytest.raises(UnknownKey):
        catalogue.artifact("bob", "c" * 32)


def make(catalogue: Catalogue, clock: Clock, number: int, kind: str = "mesh", size: int = 0) -> list[str]:
    """Make one more mesh of a stack, and name those that made room."""
    clock.now += 1
    order = JobOrder("ann", JobKind.SURFACE, KEYS[0], {"level": number}, newest_only=True)
    claim = catalogue.claim_job(catalogue.add_job(order))
    assert claim is not None
    mesh = Artifact(f"{number:032x}", KEYS[0], kind, float(number), {"bytes": size})
    return catalogue.commit_mesh(claim, mesh, {}, ROOM)


def test_only_the_newest_meshes_of_a_stack_are_kept(catalogue: Catalogue, clock: Clock) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    made_room = [gone for number in range(9) for gone in make(catalogue, clock, number)]
    assert made_room == [f"{0:032x}"]
    assert len([made for made in catalogue.artifacts_of(KEYS[0]) if made.kind == "mesh"]) == 8


def test_exports_do_not_take_the_place_of_what_is_on_screen(catalogue: Catalogue, clock: Clock) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    make(catalogue, clock, 0)
    made_room = [gone for number in range(1, 6) for gone in make(catalogue, clock, number, "export")]
    assert made_room == [f"{1:032x}"]


def test_large_meshes_make_room_earlier_and_the_newest_stays_whatever_its_size(
    catalogue: Catalogue, clock: Clock
) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    assert make(catalogue, clock, 0, size=400) == []
    assert make(catalogue, clock, 1, size=600) == []
    assert make(catalogue, clock, 2, size=400) == [f"{0:032x}"]
    assert make(catalogue, clock, 3, "export", size=5000) == [f"{2:032x}", f"{1:032x}"]


def test_the_levels_on_offer_are_kept_once_they_were_looked_for(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    catalogue.keep_levels(KEYS[0], {"low": 1})
    catalogue.keep_levels("f" * 32, {"low": 2})
    kept = [made for made in catalogue.artifacts_of(KEYS[0]) if made.kind == "levels"]
    assert [made.facts for made in kept] == [{"low": 1}]


def test_a_mesh_of_a_stack_deleted_meanwhile_is_not_noted(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], origin_of()))
    claim = catalogue.claim_job(catalogue.add_job(JobOrder("ann", JobKind.SURFACE, KEYS[0], {})))
    assert claim is not None
    catalogue.remove_series("ann", KEYS[0])
    with pytest.raises(TaskCancelled):
        catalogue.commit_mesh(claim, Artifact("c" * 32, KEYS[0], "mesh", 1.0, {}), {}, ROOM)


def test_text_that_a_database_refuses_is_made_fit(catalogue: Catalogue) -> None:
    meta = meta_of()
    meta["series"] = {**meta["series"], "description": "a\0b" + "c" * 400, "modality": None}
    catalogue.commit_series(claimed(catalogue, origin_of()), [StackRecord(KEYS[0], origin_of(), meta)], {})
    card = catalogue.stack("ann", KEYS[0])
    assert (card.description, card.modality) == ("ab" + "c" * 254, "")


def test_an_origin_survives_its_own_document() -> None:
    origin = replace(origin_of(), place=(3, 4))
    assert Origin.from_json(origin.as_json()) == origin


def test_a_further_stack_of_a_series_stands_behind_the_others(catalogue: Catalogue) -> None:
    places = ((0, 0), (0, 1), (1, 0))
    commit(
        catalogue, *((KEYS[at], origin_of(place=place, series=str(place[0]) * 32)) for at, place in enumerate(places))
    )
    assert catalogue.place_beside(KEYS[0]) == origin_of(place=(0, 2), series="0" * 32)
    with pytest.raises(UnknownKey):
        catalogue.place_beside(KEYS[9])


def of_study(owner: str, mark: str) -> Origin:
    """A series of its own upload."""
    return origin_of(owner=owner, upload=mark * 32, series=mark * 32)


def test_the_companions_of_a_stack_are_the_other_stacks_of_its_study(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], of_study("ann", "a")), (KEYS[1], of_study("ann", "a")))
    commit(catalogue, (KEYS[2], of_study("ann", "b")))
    assert [card.key for card in catalogue.companions("ann", KEYS[0])] == [KEYS[1], KEYS[2]]


def test_another_owners_stacks_of_the_same_study_are_no_companions(catalogue: Catalogue) -> None:
    commit(catalogue, (KEYS[0], of_study("ann", "a")))
    commit(catalogue, (KEYS[1], of_study("bob", "b")))
    commit(catalogue, (KEYS[2], of_study(EVERYONE, "c")))
    assert [catalogue.companions(owner, key) for owner, key in (("ann", KEYS[0]), ("bob", KEYS[1]))] == [[], []]
    with pytest.raises(UnknownKey):
        catalogue.companions("ann", KEYS[1])


def test_another_study_has_no_companions_here(catalogue: Catalogue) -> None:
    other = meta_of()
    other["series"] = {**other["series"], "study_instance_uid": "1.9"}
    commit(catalogue, (KEYS[0], of_study("ann", "a")))
    origin = of_study("ann", "b")
    catalogue.commit_series(claimed(catalogue, origin), [StackRecord(KEYS[1], origin, other)], {"keys": [KEYS[1]]})
    assert catalogue.companions("ann", KEYS[0]) == []


def test_pictures_that_share_a_true_pixel_size_say_it_on_their_card(catalogue: Catalogue) -> None:
    places = [{"spacing_mm": [0.8, 0.5], "size": "patient"}] * 3
    meta = meta_of(kind="pictures", spacing_mm_kji=None, places=places, label="overview pictures")
    catalogue.commit_series(claimed(catalogue, origin_of()), [StackRecord(KEYS[0], origin_of(), meta)], {})
    card = catalogue.stack("ann", KEYS[0])
    assert (card.spacing_mm_kji, card.label) == ((None, 0.8, 0.5), "overview pictures")
