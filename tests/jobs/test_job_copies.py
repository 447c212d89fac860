"""The same series is kept once for each owner, however often and however many at once send it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex

from tests.jobs.house import House
from webapp.store.model import JobState


def sent(house: House) -> list[str]:
    """The stacks of one more upload of the same bytes."""
    job = house.jobs.ingest("ann", house.receive(token_hex(16)))
    house.jobs.run_now(job)
    result = house.catalogue.job("ann", job).result
    assert result is not None
    return list(result["keys"])


def test_a_series_sent_twice_is_kept_once(house: House) -> None:
    first, second = sent(house), sent(house)
    assert second == first
    assert len(house.catalogue.library("ann")) == len(first)
    assert house.volumes.keys() == set(first)


def test_the_second_upload_leaves_no_byte(house: House) -> None:
    sent(house)
    before = sorted(house.bytes_left())
    sent(house)
    assert sorted(house.bytes_left()) == before


def test_sent_by_eight_at_once_it_is_kept_once(house: House) -> None:
    jobs = [house.jobs.ingest("ann", house.receive(token_hex(16))) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(house.jobs.run_now, jobs))
    assert {house.catalogue.job("ann", job).state for job in jobs} == {JobState.DONE}
    assert len(house.volumes.keys()) == len(house.catalogue.library("ann")) == 2


def test_a_damaged_copy_is_kept_anew(house: House) -> None:
    first, whole = sent(house)
    (house.volumes.folder(first) / "volume.npy").write_bytes(b"")
    second = sent(house)
    assert whole in second
    assert first not in second


def test_another_owner_has_a_copy_of_the_own(house: House) -> None:
    first = sent(house)
    upload = house.receive(token_hex(16), "bob")
    job = house.jobs.ingest("bob", upload)
    house.jobs.run_now(job)
    result = house.catalogue.job("bob", job).result
    assert result is not None
    assert not set(first) & set(result["keys"])
